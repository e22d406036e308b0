"""Agreeing on hours. Every verb locks the posting first; the caller has decided that `by` is the side it speaks for."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, outbox
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.market.postings.queries import locked
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission, check_reason
from zero_work_market.reference.law import queries as law
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.queries import mark_of
from zero_work_market.rights.attendance.rules import State
from zero_work_market.rights.hours import queries, rules
from zero_work_market.rights.hours.events import HoursAsked, HoursDecided, HoursDisputed
from zero_work_market.rights.hours.models import Hours, HoursClaim
from zero_work_market.rights.hours.rules import Word
from zero_work_market.rights.wages.queries import cycle_of
from zero_work_market.rights.wages.service import make_wage


def claim_hours(
    session: Session,
    *,
    placement_id: int,
    shift_id: int,
    side: str,
    minutes: int,
    pieces: int | None = None,
    words: str = "",
    by: Actor,
    at: datetime,
) -> Hours:
    """One side's word on a shift that the worker arrived at. Once both sides say the same, it is agreed and paid for.

    A word stands for good: another of the same side is put beside it, and one that differs from the other side's makes
    a dispute. The same word again changes nothing. The employer's word grants that the worker came. Raises NotFound,
    NotArrived, ArrivalInDoubt for the employer, HoursTooEarly, HoursAgreed, InvalidValue on "minutes" or "pieces".
    """
    posting, placement = _held(session, placement_id)
    shift, mark = _arrived_shift(session, posting, placement, shift_id, at)
    if side == "employer":
        _require_no_doubt(mark)
    minutes = rules.check_minutes(minutes)
    pieces = rules.check_pieces(pieces, by_piece=posting.pay_kind == PayKind.PIECE)
    hours = _opened(session, placement, shift, at)
    said = Word(side, minutes, pieces)
    if said == rules.last_words(_words(hours)).get(side):
        return hours
    if hours.agreed_at is not None:
        if (minutes, pieces) == (hours.agreed_minutes, hours.agreed_pieces):
            return hours
        raise rules.HoursAgreed(minutes=hours.agreed_minutes)
    _say(session, posting, hours, said, words.strip()[:300], by, at)
    if side == "employer":
        mark.granted_at = mark.granted_at or at
    if rules.agreed(_words(hours)):
        _agree(session, posting, placement, hours, shift, by, at)
    elif rules.differ(_words(hours)) and hours.disputed_at is None:
        hours.disputed_at = at
        outbox.announce(session, HoursDisputed(hours_id=hours.id))
    session.flush()
    return hours


def decide_hours(
    session: Session, *, hours_id: int, minutes: int, pieces: int | None = None, reason: str, by: Actor, at: datetime
) -> Hours:
    """Staff of the county decide what the two can't agree on, or one keeps silent about; both words stay.

    Raises NotFound, NotAllowed, OutOfScope, HoursAgreed, HoursUndisputed, NotArrived, ArrivalInDoubt, ReasonMissing,
    InvalidValue.
    """
    known = session.get(Hours, hours_id)
    if known is None:
        raise NotFound(what="hours", id=hours_id)
    posting, placement = _held(session, known.placement_id)
    accounts.require(session, by=by, permission=Permission.DECIDE, region=posting.county)
    reason = check_reason(reason)
    hours = session.get_one(Hours, hours_id, populate_existing=True)
    if hours.agreed_at is not None:
        raise rules.HoursAgreed(minutes=hours.agreed_minutes)
    silent = timedelta(hours=law.limit("silent_hours", local_date(at)).value)
    if hours.disputed_at is None and not (hours.claims and hours.claims[0].at <= at - silent):
        raise rules.HoursUndisputed()
    shift, mark = _arrived_shift(session, posting, placement, hours.shift_id, at)
    _require_no_doubt(mark)
    by_piece = posting.pay_kind == PayKind.PIECE
    decided = Word(rules.STAFF, rules.check_minutes(minutes), rules.check_pieces(pieces, by_piece=by_piece))
    _say(session, posting, hours, decided, reason, by, at)
    mark.granted_at = mark.granted_at or at
    _agree(session, posting, placement, hours, shift, by, at)
    record(session, verb="hours.decided", subject=f"placement:{placement.id}", by=by, at=at, reason=reason)
    outbox.announce(session, HoursDecided(hours_id=hours.id))
    session.flush()
    return hours


def ask_for_hours(session: Session, *, at: datetime) -> int:
    """Ask both sides of every shift that is over, and whoever is silent again each day, three times.

    Nothing is ever agreed because somebody kept silent. Returns for how many workers it was asked.
    """
    asked: dict[int, list[int]] = {}
    for placement_id, shift_id in queries.unasked(session, at=at):
        posting, placement = _held(session, placement_id)
        shift = next(one for one in posting.shifts if one.id == shift_id)
        asked.setdefault(shift_id, []).append(_opened(session, placement, shift, at).id)
    for hours_id in queries.to_remind(session, at=at):
        hours = session.get_one(Hours, hours_id)
        hours.reminders += 1
        asked.setdefault(hours.shift_id, []).append(hours_id)
    for shift_id, hours_ids in asked.items():
        outbox.announce(session, HoursAsked(shift_id=shift_id, hours_ids=hours_ids))
    session.flush()
    return sum(map(len, asked.values()))


def _held(session: Session, placement_id: int) -> tuple[Posting, Placement]:
    """The placement under its posting's lock. Raises NotFound."""
    placement = session.get(Placement, placement_id)
    if placement is None:
        raise NotFound(what="placement", id=placement_id)
    return locked(session, placement.posting_id), placement


def _arrived_shift(
    session: Session, posting: Posting, placement: Placement, shift_id: int, at: datetime
) -> tuple[Shift, Mark]:
    """The shift, over for the worker, and the arrival at it. Raises NotFound, NotArrived, HoursTooEarly."""
    shift = next((one for one in posting.shifts if one.id == shift_id), None)
    if shift is None:
        raise NotFound(what="shift", id=shift_id)
    mark = mark_of(session, placement_id=placement.id, shift_id=shift_id)
    if mark is None or mark.state != State.ARRIVED:
        raise rules.NotArrived()
    if mark.left_at is None and at < shift.ends_at:
        raise rules.HoursTooEarly()
    return shift, mark


def _require_no_doubt(mark: Mark) -> None:
    if mark.is_in_doubt:
        raise rules.ArrivalInDoubt()


def _opened(session: Session, placement: Placement, shift: Shift, at: datetime) -> Hours:
    """The shift's row, made if it wasn't there; the posting's lock keeps it one."""
    known = select(Hours).where(Hours.placement_id == placement.id, Hours.shift_id == shift.id)
    hours = session.scalars(known.execution_options(populate_existing=True)).one_or_none()
    if hours is None:
        hours = Hours(placement_id=placement.id, shift_id=shift.id, opened_at=at, claims=[])
        session.add(hours)
        session.flush()
    return hours


def _words(hours: Hours) -> list[Word]:
    return [Word(claim.side, claim.minutes, claim.pieces) for claim in hours.claims]


def _say(session: Session, posting: Posting, hours: Hours, said: Word, why: str, by: Actor, at: datetime) -> None:
    hours.claims.append(
        HoursClaim(side=said.side, minutes=said.minutes, pieces=said.pieces, words=why, account_id=by.account_id, at=at)
    )
    evidence.add(
        session, "hours_claimed", chain=posting.county, posting_id=posting.id, placement_id=hours.placement_id,
        by=by, at=at, shift=hours.shift_id, side=said.side, minutes=said.minutes,
    )  # fmt: skip


def _agree(
    session: Session, posting: Posting, placement: Placement, hours: Hours, shift: Shift, by: Actor, at: datetime
) -> None:
    found = rules.agreed(_words(hours))
    assert found is not None
    (hours.agreed_minutes, hours.agreed_pieces), hours.agreed_at = found, at
    day = local_date(shift.starts_at)
    evidence.add(
        session, "hours_agreed", chain=posting.county, posting_id=posting.id, placement_id=placement.id, by=by, at=at,
        shift=shift.id, day=day.isoformat(), minutes=hours.agreed_minutes,
    )  # fmt: skip
    session.flush()
    _pay_for(session, posting, placement, day, by, at)


def _pay_for(session: Session, posting: Posting, placement: Placement, day: date, by: Actor, at: datetime) -> None:
    """Have the wage of the pay cycle that `day` lies in made anew from all its agreed hours."""
    first, last = cycle_of(posting, day)
    days = {shift.id: local_date(shift.starts_at) for shift in posting.shifts}
    agreed = select(Hours).where(Hours.placement_id == placement.id, Hours.agreed_at.is_not(None)).order_by(Hours.id)
    rows = [row for row in session.scalars(agreed) if first <= days[row.shift_id] <= last]
    done = [(days[row.shift_id], row.agreed_minutes or 0, row.agreed_pieces) for row in rows]
    wage = make_wage(session, posting=posting, placement=placement, done=done, by=by, at=at)
    for row in rows:
        row.wage_id = wage.id
