"""Publishing, moderating, revising. Cancelling and closing are placements' business: they take seats away."""

from datetime import datetime

from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, once, outbox
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.market.gate.rules import Draft, PayKind, hourly_fen, is_construction, require_lawful, total_fen
from zero_work_market.market.postings.events import PostingDecided, PostingPublished
from zero_work_market.market.postings.models import Posting, PreferredBrand, Requirement, Seat, Shift
from zero_work_market.market.postings.queries import first_trade, locked
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.postings.rules import State, require_move
from zero_work_market.people.employers.models import Employer, Project
from zero_work_market.people.employers.rules import EmployerSuspended, Verification, may_publish_at_once
from zero_work_market.reference.law import queries as law


def publish(
    session: Session,
    *,
    draft: Draft,
    employer_id: int,
    invite_first: int,
    by: Actor,
    at: datetime,
    key: str | None = None,
) -> Posting:
    """Publish a lawful draft at once for a verified employer; for others it waits for staff.

    Sent twice with one idempotency `key`, it is one posting. Raises PostingRefused with every finding,
    EmployerSuspended, InvalidValue on "project" for one that isn't the employer's or is over.
    """
    employer = session.get(Employer, employer_id, with_for_update=True, populate_existing=True)
    if employer is None:
        raise NotFound(what="employer")
    if by.account_id is not None:
        earlier = once.result_of(session, account_id=by.account_id, key=key, request="publish")
        if earlier is not None:
            return posting_by_id(session, earlier)
    if employer.state == Verification.SUSPENDED:
        raise EmployerSuspended()
    require_lawful(draft, law=law.gate_law(), on=local_date(at), now=at)
    _require_own_project(session, draft, employer_id)
    at_once = may_publish_at_once(employer.state, employer.valid_until, at=at)
    posting = _row(draft, employer_id, invite_first, at)
    posting.state = State.OPEN if at_once else State.WAITING
    session.add(posting)
    session.flush()
    if at_once:
        _announce(session, posting, by, at)
    if by.account_id is not None:
        once.remember(session, account_id=by.account_id, key=key, request="publish", result_id=posting.id, at=at)
    record(session, verb=f"posting.{posting.state}", subject=f"posting:{posting.id}", by=by, at=at)
    return posting


def approve(session: Session, *, posting_id: int, by: Actor, at: datetime) -> Posting:
    """Staff lets a waiting posting out. Raises IllegalMove when it is decided or over, EmployerSuspended."""
    posting = locked(session, posting_id)
    if posting.employer.state == Verification.SUSPENDED:
        raise EmployerSuspended()
    move(posting, State.EXPIRED if posting.closes_at <= at else State.OPEN)
    if posting.state == State.OPEN:
        _announce(session, posting, by, at)
    outbox.announce(session, PostingDecided(posting_id=posting_id))
    record(session, verb="posting.approved", subject=f"posting:{posting_id}", by=by, at=at)
    return posting


def refuse(session: Session, *, posting_id: int, reason: str, by: Actor, at: datetime) -> Posting:
    """Staff keeps a waiting posting back and says why. Raises IllegalMove, InvalidValue without a reason."""
    if len(reason.strip()) < 4:
        raise InvalidValue(field="reason", reason="too_short", least=4)
    posting = locked(session, posting_id)
    if posting.state != State.WAITING:
        require_move(posting.state, State.WAITING)
    move(posting, State.REFUSED)
    posting.state_reason = reason.strip()
    outbox.announce(session, PostingDecided(posting_id=posting_id))
    record(session, verb="posting.refused", subject=f"posting:{posting_id}", by=by, at=at, reason=reason.strip())
    return posting


def revise(
    session: Session,
    *,
    posting_id: int,
    headcount: int,
    pay_fen: int,
    words: str,
    draft: Draft,
    by: Actor,
    at: datetime,
) -> Posting:
    """Change an open posting for the better: more seats, more pay, other words; never less than workers accepted.

    `draft` is the posting as it would be, judged again by the gate. Raises IllegalMove, InvalidValue, PostingRefused.
    """
    posting = locked(session, posting_id)
    if posting.state not in (State.OPEN, State.FILLED, State.WAITING):
        require_move(posting.state, State.OPEN)
    if headcount < posting.headcount:
        raise InvalidValue(field="headcount", reason="below_present", least=posting.headcount)
    if pay_fen < posting.pay_fen:
        raise InvalidValue(field="pay", reason="below_present", least=posting.pay_fen)
    require_lawful(draft, law=law.gate_law(), on=local_date(at), now=at)
    for number in range(posting.headcount + 1, headcount + 1):
        session.add(Seat(posting_id=posting.id, number=number))
    if headcount > posting.headcount and posting.state == State.FILLED:
        move(posting, State.OPEN)
    posting.headcount, posting.pay_fen, posting.words = headcount, pay_fen, words
    posting.hourly_fen, posting.total_fen = hourly_fen(draft), total_fen(draft)
    record(
        session, verb="posting.revised", subject=f"posting:{posting_id}", by=by, at=at, headcount=headcount, pay=pay_fen
    )
    return posting


def set_channel(session: Session, *, posting_id: int, channel: str, by: Actor, at: datetime) -> None:
    """Say which export channel the work belongs to, or that it belongs to none. Raises NotFound."""
    posting = locked(session, posting_id)
    if posting.channel != channel:
        record(
            session, verb="posting.channel_set", subject=f"posting:{posting_id}", by=by, at=at,
            before=posting.channel, channel=channel,
        )  # fmt: skip
        posting.channel = channel


def move(posting: Posting, target: State) -> None:
    """Change the state by the table. Raises IllegalMove."""
    require_move(posting.state, target)
    posting.state = target


def _announce(session: Session, posting: Posting, by: Actor, at: datetime) -> None:
    posting.published_at = at
    evidence.add(
        session, "posting_published", chain=posting.county, posting_id=posting.id, by=by, at=at,
        employer=posting.employer_id, town=posting.town, day=local_date(posting.closes_at).isoformat(),
        seats=posting.headcount, trade=first_trade(posting),
    )  # fmt: skip
    outbox.announce(session, PostingPublished(posting_id=posting.id))


def _require_own_project(session: Session, draft: Draft, employer_id: int) -> None:
    if draft.project_id is None:
        return
    project = session.get(Project, draft.project_id)
    if project is None or project.employer_id != employer_id or project.closed_at is not None:
        raise InvalidValue(field="project", reason="unknown")


def _row(draft: Draft, employer_id: int, invite_first: int, at: datetime) -> Posting:
    shifts = sorted(draft.shifts)
    return Posting(
        employer_id=employer_id,
        title=draft.title,
        headcount=draft.headcount,
        county=draft.county,
        town=draft.town,
        address=draft.address,
        lon=draft.lon,
        lat=draft.lat,
        pay_kind=PayKind(draft.pay_kind),
        pay_fen=draft.pay_fen,
        pieces_per_hour=draft.pieces_per_hour,
        hourly_fen=hourly_fen(draft),
        total_fen=total_fen(draft),
        pay_days=draft.pay_days,
        employment=draft.employment,
        break_minutes=draft.break_minutes,
        meals=draft.meals,
        lodging=draft.lodging,
        transport=draft.transport,
        insurance=draft.insurance,
        min_age=draft.min_age,
        words=draft.words,
        project_id=draft.project_id if is_construction(draft) else None,
        channel=draft.channel,
        invite_first=invite_first,
        posted_at=at,
        closes_at=shifts[0][0],
        ends_at=max(end for _, end in shifts),
        shifts=[Shift(starts_at=start, ends_at=end) for start, end in shifts],
        occupations=[Requirement(occupation=code, level=level) for code, level in draft.occupations],
        brands=[PreferredBrand(brand=brand) for brand in draft.brands],
        seats=[Seat(number=number) for number in range(1, draft.headcount + 1)],
    )
