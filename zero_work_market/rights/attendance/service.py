"""Arriving, being called by name, leaving, being missed; contesting a mark and deciding on it.

Every verb locks the posting first, so that a scan, the roll-call and the clock come one after the other.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, outbox
from zero_work_market.ground.audit import SYSTEM, Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.placements.rules import AlreadyThere, SeatGone, due_at
from zero_work_market.market.placements.rules import State as Seat
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.market.postings.queries import locked
from zero_work_market.people.accounts.rules import check_reason
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.law.queries import limit
from zero_work_market.reference.regions.rules import km_between
from zero_work_market.rights.attendance import queries, rules
from zero_work_market.rights.attendance.events import ArrivedOffline, MarkContested, MarkDecided, MarkedAbsent
from zero_work_market.rights.attendance.models import GateKey, Mark, WrongTry
from zero_work_market.rights.attendance.rules import (
    LEAVES,
    STEP,
    TRIES,
    TRIES_WITHIN,
    How,
    Said,
    State,
    Verdict,
    begin_of,
)
from zero_work_market.rights.contracts.rules import Side


@dataclass(frozen=True)
class _Deed:
    """What is being said of whom at which shift, by whom and when; the posting is locked."""

    session: Session
    posting: Posting
    placement: Placement
    shift: Shift
    by: Actor
    at: datetime

    @property
    def is_first_shift(self) -> bool:
        return self.shift.id == self.posting.shifts[0].id

    @property
    def due_at(self) -> datetime:
        worker = self.session.get_one(Worker, self.placement.worker_id)
        distance_km = km_between(worker.lon, worker.lat, self.posting.lon, self.posting.lat)
        return due_at(starts_at=self.shift.starts_at, accepted_at=self.placement.accepted_at, distance_km=distance_km)

    @property
    def missing_from(self) -> datetime:
        grace = limit("no_show_minutes", local_date(self.shift.starts_at)).value
        return self.due_at + timedelta(minutes=grace)

    @property
    def mark(self) -> Mark | None:
        return queries.mark_of(self.session, placement_id=self.placement.id, shift_id=self.shift.id)

    def say(self, kind: str, **told: object) -> None:
        """Add to the chain of evidence, and to the log."""
        evidence.add(
            self.session, kind, chain=self.posting.county, posting_id=self.posting.id, placement_id=self.placement.id,
            by=self.by, at=self.at, shift=self.shift.id, **told,
        )  # fmt: skip
        subject = f"placement:{self.placement.id}"
        record(self.session, verb=f"attendance.{kind}", subject=subject, by=self.by, at=self.at, shift=self.shift.id)

    def stand(self, mark: Mark) -> None:
        """An arrival stands: say so."""
        self.session.flush()
        self.set_first_arrival()
        assert mark.arrived_at is not None
        assert mark.how is not None
        told = {"minutes_late": mark.minutes_late, "arrived_at": mark.arrived_at.isoformat()}
        self.say("arrived", how=mark.how.value, **told)

    def set_first_arrival(self) -> None:
        first = queries.first_arrival(self.session, placement_id=self.placement.id)
        placements.set_arrival(self.session, placement=self.placement, arrived_at=first)

    def miss(self) -> None:
        placements.miss(self.session, posting=self.posting, placement=self.placement, by=self.by, at=self.at)

    def restore(self, *, beyond: bool) -> None:
        placements.restore(
            self.session, posting=self.posting, placement=self.placement, beyond=beyond, by=self.by, at=self.at
        )


def open_gate(session: Session, *, posting_id: int, at: datetime) -> GateKey:
    """The posting's key for its codes, made the first time that they are shown."""
    key = queries.gate_key(session, posting_id=posting_id)
    if key is None:
        locked(session, posting_id)
        key = queries.gate_key(session, posting_id=posting_id)
    if key is None:
        key = GateKey(posting_id=posting_id, made_at=at)
        key.secret = secrets.token_hex(32)
        session.add(key)
        session.flush()
    return key


def arrive(
    session: Session,
    *,
    posting_id: int,
    worker_id: int,
    by: Actor,
    at: datetime,
    token: str = "",
    code: str = "",
    noted_at: datetime | None = None,
) -> Mark | LeyeError:
    """The worker is there, by the gate's token or by its six digits, noted at `noted_at` if not just now.

    A second code for the same shift changes nothing. A wrong code is returned, not raised, so that the try is kept:
    WrongGateCode, or AskForeman after TRIES. Raises NotFound without a seat, OutsideHours, TokenTooOld, SeatGone,
    MarkDecided.
    """
    posting, placement = _held(session, posting_id, worker_id)
    seen = _seen(session, placement, token, code, noted_at, at)
    if isinstance(seen, LeyeError):
        return seen
    how, moment = seen
    return _arrived(_Deed(session, posting, placement, _shift_at(posting, moment), by, at), how, moment)


def leave(
    session: Session,
    *,
    posting_id: int,
    worker_id: int,
    by: Actor,
    at: datetime,
    token: str = "",
    code: str = "",
    noted_at: datetime | None = None,
) -> Mark | LeyeError:
    """The worker goes, by the same codes; the second time changes nothing. Returns and raises as `arrive`, and
    NotArrived.
    """
    posting, placement = _held(session, posting_id, worker_id)
    seen = _seen(session, placement, token, code, noted_at, at)
    if isinstance(seen, LeyeError):
        return seen
    how, moment = seen
    marks = queries.marks_of_placement(session, placement_id=placement.id)
    for shift in reversed(posting.shifts):
        mark = marks.get(shift.id)
        came = mark is not None and mark.arrived_at is not None and mark.arrived_at <= moment
        if mark is not None and came and moment <= shift.ends_at + LEAVES:
            return _left(_Deed(session, posting, placement, shift, by, at), mark, how, moment)
    raise rules.NotArrived()


def roll_call(
    session: Session, *, posting_id: int, shift_id: int, said: Mapping[int, Said], by: Actor, at: datetime
) -> list[Mark]:
    """What the foreman says of names, by placement id: all of it, or nothing. Returns the marks made or changed.

    It can be said from an hour before the shift until a day after it. Raises NotFound, OutsideHours, NotMissingYet,
    AlreadyThere, NotArrived, SeatGone, MarkDecided.
    """
    posting = locked(session, posting_id)
    shift = next((shift for shift in posting.shifts if shift.id == shift_id), None)
    if shift is None:
        raise NotFound(what="shift")
    rules.require_roll_call(_times(posting), posting.shifts.index(shift), at=at)
    names = {placement.id: placement for placement in queries.called_to(session, posting_id=posting_id)}
    if not said.keys() <= names.keys():
        raise NotFound(what="placement")
    deeds = {id: _Deed(session, posting, names[id], shift, by, at) for id in sorted(said)}
    return [_called(deed, said[id]) for id, deed in deeds.items()]


def undo(session: Session, *, mark_id: int, by: Actor, at: datetime) -> None:
    """Take back what the foreman ticked in the last minutes: first that somebody left, then that they came.

    Raises NotFound, UndoOver for what was proven by a code, is too long ago, or is contested.
    """
    mark, deed = _of_mark(session, mark_id, by, at)
    back = queries.to_undo(mark, at=at)
    if back is None:
        raise rules.UndoOver()
    if back == Said.LEFT:
        mark.left_at = mark.left_how = None
        deed.say("left", left_at=None)
        return
    session.delete(mark)
    session.flush()
    deed.set_first_arrival()
    deed.say("arrival_struck")


def mark_missing(session: Session, *, posting_id: int, at: datetime) -> list[Mark]:
    """Mark who isn't there though the grace after the start is over, and call the next in the queue for them.

    For the task. Idempotent: who is marked is left alone.
    """
    posting = locked(session, posting_id)
    begun = [shift for shift in posting.shifts if shift.starts_at <= at <= shift.starts_at + queries.LOOKED_BACK]
    marks = []
    for shift in begun:
        known = queries.marks_of_shift(session, shift_id=shift.id)
        for placement in queries.called_to(session, posting_id=posting_id):
            deed = _Deed(session, posting, placement, shift, SYSTEM, at)
            if placement.seat is not None and placement.id not in known and at >= deed.missing_from:
                marks.append(_absent(deed, None))
    placements.call_from_queue(session, posting_id=posting_id, at=at)
    return marks


def contest(session: Session, *, mark_id: int, side: Side, words: str, by: Actor, at: datetime) -> Mark:
    """Say that a mark is wrong, within the hours for it; staff decide. The same side again changes only the words.

    What the other side says against a mark that is contested already stands beside it. Raises NotFound,
    NotContestable, ArrivalGranted for an employer who spoke of the hours, MarkDecided, ContestOver, InvalidValue.
    """
    words = rules.check_words(words)
    mark, deed = _of_mark(session, mark_id, by, at)
    _require_undecided(mark)
    if not rules.may_contest(side, state=mark.state, minutes_late=mark.minutes_late):
        raise rules.NotContestable()
    if side == Side.EMPLOYER and mark.granted_at is not None:
        raise rules.ArrivalGranted()
    hours = limit("contest_hours", local_date(mark.marked_at)).value
    rules.require_contestable(marked_at=mark.marked_at, at=at, hours=hours)
    if mark.contested_at is None or (mark.contested_by != side and not mark.counter):
        outbox.announce(session, MarkContested(mark_id=mark_id))
    mark.contested_at = mark.contested_at or at
    if mark.contested_by in (None, side):
        mark.contested_by, mark.contest = side, words
    else:
        mark.counter = words
    session.flush()
    subject = f"placement:{deed.placement.id}"
    record(session, verb="attendance.contested", subject=subject, by=by, at=at, shift=mark.shift_id, side=side.value)
    return mark


def decide(session: Session, *, mark_id: int, verdict: Verdict, reason: str, by: Actor, at: datetime) -> Mark:
    """Staff's word on a contested mark, with reasons; it stands.

    Raises NotFound, ReasonMissing, MarkDecided, NotContestable when nobody contests it, or not both to be decided for
    the other, or an arrival is to be excused.
    """
    reason = check_reason(reason)
    mark, deed = _of_mark(session, mark_id, by, at)
    _require_undecided(mark)
    excuses_nothing = verdict == Verdict.EXCUSED and mark.state != State.ABSENT
    if mark.contested_at is None or excuses_nothing or (verdict == Verdict.COUNTERED and not mark.counter):
        raise rules.NotContestable()
    mark.verdict, mark.decision, mark.decided_at, mark.decided_by = verdict, reason, at, by.account_id
    if verdict == Verdict.EXCUSED:
        mark.state = State.EXCUSED
        placements.excuse(session, placement=deed.placement)
    elif verdict != Verdict.UPHELD:
        is_for_worker = (mark.contested_by == Side.WORKER) == (verdict == Verdict.OVERTURNED)
        (_overturn_for_worker if is_for_worker else _strike)(deed, mark)
    session.flush()
    outbox.announce(session, MarkDecided(mark_id=mark_id))
    subject = f"placement:{deed.placement.id}"
    record(session, verb=f"attendance.{verdict}", subject=subject, by=by, at=at, reason=reason, shift=mark.shift_id)
    return mark


def _held(session: Session, posting_id: int, worker_id: int) -> tuple[Posting, Placement]:
    """The posting, locked, and the worker's placement in it, if only lost by not being there. Raises NotFound."""
    posting = locked(session, posting_id)
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    if placement is not None:
        session.refresh(placement)
    if placement is None or placement.state not in (Seat.ACCEPTED, Seat.NO_SHOW):
        raise NotFound(what="seat")
    return posting, placement


def _of_mark(session: Session, mark_id: int, by: Actor, at: datetime) -> tuple[Mark, _Deed]:
    """A mark as it is once its posting is locked. Raises NotFound."""
    posting = locked(session, queries.row(session, mark_id).posting.id)
    found = queries.row(session, mark_id)
    placement = session.get_one(Placement, found.mark.placement_id)
    session.refresh(found.mark)
    session.refresh(placement)
    return found.mark, _Deed(session, posting, placement, found.shift, by, at)


def _seen(
    session: Session, placement: Placement, token: str, code: str, noted_at: datetime | None, at: datetime
) -> tuple[How, datetime] | LeyeError:
    """How and when the worker was at the gate, by what was scanned or heard. Raises TokenTooOld."""
    if queries.wrong_tries(session, placement_id=placement.id, at=at) >= TRIES:
        return _ask_foreman()
    key = queries.gate_key(session, posting_id=placement.posting_id)
    secret = "" if key is None else queries.secret_of(key)
    told, noted = rules.read_token(token), min(noted_at or at, at)
    if secret and told is not None and told.posting_id == placement.posting_id and rules.is_genuine(told, secret):
        fresh, moment = rules.is_fresh(told.step, at=at), min(begin_of(told.step), at)
        how = How.QR if fresh else How.OFFLINE
    elif secret and not token and rules.is_spoken(code, secret, at=noted):
        how, moment = How.SPOKEN if at - noted <= STEP else How.OFFLINE, noted
    else:
        return _wrong(session, placement, at)
    rules.require_sent_in_time(moment, at=at, hours=limit("late_report_hours", local_date(at)).value)
    return how, moment


def _wrong(session: Session, placement: Placement, at: datetime) -> LeyeError:
    forgotten = WrongTry.at <= at - TRIES_WITHIN
    session.execute(delete(WrongTry).where(WrongTry.placement_id == placement.id, forgotten))
    session.add(WrongTry(placement_id=placement.id, at=at))
    session.flush()
    left = TRIES - queries.wrong_tries(session, placement_id=placement.id, at=at)
    return rules.WrongGateCode(left=left) if left > 0 else _ask_foreman()


def _ask_foreman() -> LeyeError:
    return rules.AskForeman(minutes=TRIES_WITHIN // timedelta(minutes=1))


def _shift_at(posting: Posting, moment: datetime) -> Shift:
    return posting.shifts[rules.shift_at(_times(posting), moment)]


def _times(posting: Posting) -> list[tuple[datetime, datetime]]:
    return [(shift.starts_at, shift.ends_at) for shift in posting.shifts]


def _arrived(deed: _Deed, how: How, moment: datetime) -> Mark:
    mark = deed.mark
    if mark is not None and mark.state == State.ARRIVED:
        return mark
    if mark is not None:
        _require_undecided(mark)
    if deed.placement.state == Seat.NO_SHOW:
        if not deed.is_first_shift:
            raise SeatGone()
        deed.restore(beyond=how == How.OFFLINE and moment < deed.missing_from)
    mark = _marked(deed, mark, State.ARRIVED, how)
    mark.arrived_at = moment
    mark.minutes_late = rules.minutes_late(due_at=mark.due_at, arrived_at=moment)
    mark.told_at = deed.at if how == How.OFFLINE else None
    deed.stand(mark)
    if how == How.OFFLINE:
        outbox.announce(deed.session, ArrivedOffline(mark_id=mark.id))
    return mark


def _marked(deed: _Deed, mark: Mark | None, state: State, how: How | None) -> Mark:
    """The mark, made or changed; what was contested before is now as the one said who contested it."""
    if mark is None:
        mark = Mark(placement_id=deed.placement.id, shift_id=deed.shift.id, due_at=deed.due_at, minutes_late=0)
        deed.session.add(mark)
    mark.state, mark.how, mark.marked_at = state, how, deed.at
    mark.contested_at = mark.contested_by = None
    mark.contest = mark.counter = ""
    return mark


def _called(deed: _Deed, said: Said) -> Mark:
    """One name of a roll-call."""
    mark = deed.mark
    there = mark is not None and mark.state == State.ARRIVED
    if said == Said.LEFT:
        if mark is None or not there:
            raise rules.NotArrived()
        return _left(deed, mark, How.ROLL_CALL, deed.at)
    if said == Said.MISSING:
        if there:
            raise AlreadyThere(count=1)
        if mark is not None:
            return mark
        if deed.at < deed.missing_from:
            raise rules.NotMissingYet(from_at=deed.missing_from)
        return _absent(deed, How.ROLL_CALL)
    if said == Said.HERE and deed.at > deed.shift.ends_at:
        raise rules.OutsideHours(opens_at=None)
    return _arrived(deed, How.ROLL_CALL, deed.at if said == Said.HERE else min(deed.due_at, deed.at))


def _absent(deed: _Deed, how: How | None) -> Mark:
    """Mark an absence; at the first shift it costs the seat."""
    mark = _marked(deed, None, State.ABSENT, how)
    deed.session.flush()
    deed.say("absent")
    if deed.is_first_shift:
        deed.miss()
    outbox.announce(deed.session, MarkedAbsent(mark_id=mark.id))
    return mark


def _left(deed: _Deed, mark: Mark, how: How, moment: datetime) -> Mark:
    if mark.left_at is None:
        mark.left_at, mark.left_how = moment, how
        deed.session.flush()
        deed.say("left", left_at=moment.isoformat())
    return mark


def _require_undecided(mark: Mark) -> None:
    if mark.decided_at is not None:
        raise rules.MarkDecided()


def _overturn_for_worker(deed: _Deed, mark: Mark) -> None:
    """The worker was there in time: the arrival stands, and so does the seat."""
    if deed.placement.state == Seat.NO_SHOW and deed.is_first_shift:
        deed.restore(beyond=True)
    mark.state, mark.how, mark.arrived_at, mark.minutes_late = State.ARRIVED, How.STAFF, mark.due_at, 0
    deed.stand(mark)


def _strike(deed: _Deed, mark: Mark) -> None:
    """The worker wasn't there: the arrival falls, and with the last of them the seat."""
    deed.say("arrival_struck")
    mark.state, mark.how, mark.arrived_at, mark.minutes_late = State.ABSENT, How.STAFF, None, 0
    mark.left_at = mark.left_how = None
    deed.session.flush()
    deed.set_first_arrival()
    deed.say("absent")
    if deed.placement.state == Seat.ACCEPTED and deed.placement.arrived_at is None:
        deed.miss()
