"""Taking a seat, giving it up, taking it away.

Every verb locks the posting first and then workers, several in the order of their ids, so that no two of them can wait
for each other, and a worker's overlapping acceptances of two postings are decided one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, once, outbox
from zero_work_market.ground.audit import SYSTEM, Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.queries import application_of, calls_of, pending_of, queue_of
from zero_work_market.market.applications.rules import State as ApplicationState
from zero_work_market.market.applications.rules import require_move
from zero_work_market.market.applications.service import call, close_pending, close_queues, close_unanswered
from zero_work_market.market.placements.events import (
    PendingCalledOff,
    PlacementCancelled,
    PostingFilled,
    SeatAccepted,
    SeatFreed,
    SeatGivenUp,
)
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import (
    engagement,
    engagements,
    free_seat,
    held_by,
    placement_of,
    seats_taken,
)
from zero_work_market.market.placements.rules import (
    AlreadySeated,
    AlreadyThere,
    Organised,
    PostingClosed,
    ProfilePaused,
    SeatGone,
    ShiftsOverlap,
    State,
    TooFewSeats,
    TooYoung,
    clash,
    is_late_notice,
)
from zero_work_market.market.placements.rules import require_move as require_placement_move
from zero_work_market.market.postings.models import Posting, Seat
from zero_work_market.market.postings.queries import due_to_close, first_trade, locked, of_employer_ids
from zero_work_market.market.postings.rules import TAKING, is_for_crew
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.market.postings.service import move
from zero_work_market.people.accounts.rules import Role, check_reason
from zero_work_market.people.employers import service as employers
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import age_on


@dataclass(frozen=True)
class Answer:
    """What an acceptance came to: a seat, or a place in the queue."""

    posting_id: int
    worker_id: int
    placement_id: int | None
    seat: int | None
    queue_place: int | None


def accept(
    session: Session,
    *,
    posting_id: int,
    worker_id: int,
    by: Actor,
    at: datetime,
    key: str | None = None,
    overlap_reason: str = "",
) -> Answer:
    """Take a seat of the posting, or a place in its queue when all are taken, for a crew alone, or others wait.

    Once the work has begun it is for those alone who were called to it, somebody being missing.
    The same acceptance again, with or without its idempotency `key`, answers the same. `overlap_reason` is staff's word
    for letting shifts overlap; it is logged. Raises NotFound, PostingClosed, TooYoung, ProfilePaused, ShiftsOverlap.
    """
    posting = locked(session, posting_id)
    request = f"accept:{posting_id}:{worker_id}"
    if by.account_id is not None and once.result_of(session, account_id=by.account_id, key=key, request=request):
        return answer_of(session, posting_id=posting_id, worker_id=worker_id)
    application = application_of(session, posting_id=posting_id, worker_id=worker_id)
    if application is None or application.state not in (ApplicationState.ACCEPTED, ApplicationState.QUEUED):
        if application is None or not _is_called(posting, application, at):
            _require_taking(posting, at)
        worker = _locked_worker(session, worker_id)
        _require_fit(posting, worker)
        _require_no_clash(session, posting, worker_id, at, overlap_reason)
        application = application or Application(posting_id=posting.id, worker_id=worker_id, created_at=at)
        application.answered_at = at
        application.helped_by = by.account_id if by.role in set(Role) else None
        _seat_or_queue(session, posting, application, by, at, overlap_reason)
    if by.account_id is not None:
        once.remember(session, account_id=by.account_id, key=key, request=request, result_id=application.id, at=at)
    return answer_of(session, posting_id=posting_id, worker_id=worker_id)


def seat_together(
    session: Session, *, posting: Posting, members: Mapping[int, Actor], at: datetime
) -> dict[int, LeyeError]:
    """Seats for all of these workers (by id, with whoever took the seat for them) or for none.

    Who of them can't take one any more, and why: nothing when all are seated. A crew goes before the queue. The caller
    holds the posting's lock. Raises PostingClosed, TooFewSeats.
    """
    _require_taking(posting, at)
    free = posting.headcount - seats_taken(session, posting_ids=[posting.id]).get(posting.id, 0)
    if free < len(members):
        raise TooFewSeats(free=free, need=len(members))
    refused = {}
    for worker_id in sorted(members):
        try:
            _require_seatable(session, posting, _locked_worker(session, worker_id), at)
        except LeyeError as error:
            refused[worker_id] = error
    if refused:
        return refused
    for worker_id, by in sorted(members.items()):
        application = application_of(session, posting_id=posting.id, worker_id=worker_id)
        application = application or Application(posting_id=posting.id, worker_id=worker_id, created_at=at)
        application.answered_at = at
        _seat(session, posting, application, by, at, "")
    return {}


def require_seatable(session: Session, *, posting: Posting, worker_id: int, at: datetime) -> None:
    """Raises PostingClosed, TooYoung, ProfilePaused, ShiftsOverlap, AlreadySeated unless the worker could take a seat
    now, if one were free. The caller holds the posting's lock."""
    _require_taking(posting, at)
    _require_seatable(session, posting, _locked_worker(session, worker_id), at)


def answer_of(session: Session, *, posting_id: int, worker_id: int) -> Answer:
    """How a worker stands with a posting now."""
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    if placement is not None and placement.seat is not None:
        return Answer(posting_id, worker_id, placement.id, placement.seat, None)
    queue = queue_of(session, posting_id=posting_id)
    place = queue.index(worker_id) + 1 if worker_id in queue else None
    return Answer(posting_id, worker_id, None, None, place)


def withdraw(session: Session, *, posting_id: int, worker_id: int, by: Actor, at: datetime) -> None:
    """Give up a seat or a place in the queue; the next in the queue is called.

    Raises NotFound, PostingClosed once the work has begun, AlreadyThere.
    """
    posting = locked(session, posting_id)
    application = application_of(session, posting_id=posting_id, worker_id=worker_id)
    if application is None or application.state not in (ApplicationState.ACCEPTED, ApplicationState.QUEUED):
        raise NotFound(what="seat")
    if not (application.state == ApplicationState.QUEUED and _calls(posting, at)):
        _require_taking(posting, at)
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    if placement is not None and placement.seat is not None and placement.arrived_at is not None:
        raise AlreadyThere(count=1)
    _move_application(application, ApplicationState.WITHDRAWN)
    application.answered_at = at
    if placement is not None and placement.seat is not None:
        placement.state, placement.seat, placement.ended_at = State.WITHDRAWN, None, at
        placement.ended_late = is_late_notice(starts_at=posting.closes_at, at=at)
        _say_lost(session, posting, placement, by, at)
        if posting.state == PostingState.FILLED:
            move(posting, PostingState.OPEN)
        session.flush()
        outbox.announce(session, SeatGivenUp(posting_id=posting_id, worker_id=worker_id))
        if queue_of(session, posting_id=posting_id):
            outbox.announce(session, SeatFreed(posting_id=posting_id))
    record(session, verb="seat.withdrawn", subject=f"posting:{posting_id}", by=by, at=at, worker=worker_id)


def fill_from_queue(session: Session, *, posting_id: int, at: datetime) -> Placement | None:
    """Give a free seat to the first in the queue whose time is still free; announces again while both are left."""
    posting = locked(session, posting_id)
    if posting.state not in TAKING or posting.closes_at <= at or _free_seat(session, posting) is None:
        return None
    if is_for_crew(posting.crew_until, at=at):
        return None
    for worker_id in queue_of(session, posting_id=posting_id):
        if clash(engagement(posting), engagements(session, worker_id=worker_id, after=at, but=posting_id)):
            continue
        _locked_worker(session, worker_id)
        _require_no_clash(session, posting, worker_id, at, "")
        application = application_of(session, posting_id=posting_id, worker_id=worker_id)
        assert application is not None
        placement = _seat(session, posting, application, SYSTEM, at, "")
        if placement is not None and _free_seat(session, posting) is not None:
            outbox.announce(session, SeatFreed(posting_id=posting_id))
        return placement
    return None


def call_from_queue(session: Session, *, posting_id: int, at: datetime) -> list[Application]:
    """While the first shift runs, ask the next in the queue to come: one for each free seat that nobody is asked for.

    Once everybody is there the queue closes. Returns those who were called.
    """
    posting = locked(session, posting_id)
    if not _calls(posting, at):
        return []
    held = held_by(session, posting_id=posting_id)
    if len(held) >= posting.headcount:
        if all(placement.arrived_at for placement in held):
            close_pending(session, posting_ids=[posting_id], at=at)
        return []
    wanted = max(0, posting.headcount - len(held) - calls_of(session, posting_id=posting_id))
    here = engagement(posting)
    free = (
        worker_id
        for worker_id in queue_of(session, posting_id=posting_id)
        if not clash(here, engagements(session, worker_id=worker_id, after=at, but=posting_id))
    )
    return call(session, posting=posting, worker_ids=list(islice(free, wanted)), by=SYSTEM, at=at)


def set_arrival(session: Session, *, placement: Placement, arrived_at: datetime | None) -> None:
    """Say when the worker was first there, None when no arrival stands. The caller holds the posting's lock."""
    placement.arrived_at = arrived_at
    session.flush()


def miss(session: Session, *, posting: Posting, placement: Placement, by: Actor, at: datetime) -> None:
    """Take the seat from a worker who isn't there. The caller holds the posting's lock. Raises IllegalMove."""
    require_placement_move(placement.state, State.NO_SHOW)
    placement.state, placement.seat, placement.ended_at, placement.excused = State.NO_SHOW, None, at, False
    application = application_of(session, posting_id=posting.id, worker_id=placement.worker_id)
    if application is not None:
        _move_application(application, ApplicationState.CLOSED)
    session.flush()
    _say_lost(session, posting, placement, by, at)


def restore(session: Session, *, posting: Posting, placement: Placement, beyond: bool, by: Actor, at: datetime) -> None:
    """Give back a seat that was lost by not being there: any that is free.

    `beyond`: where none is, because somebody else was called meanwhile, a seat is added to the posting's. That puts a
    wrong right after the fact, and is the one way to more seats than heads. The caller holds the posting's lock.
    Raises IllegalMove, SeatGone.
    """
    require_placement_move(placement.state, State.ACCEPTED)
    number = _free_seat(session, posting)
    if number is None and not beyond:
        raise SeatGone()
    if number is None:
        number = 1 + (session.scalar(select(func.max(Seat.number)).where(Seat.posting_id == posting.id)) or 0)
        session.add(Seat(posting_id=posting.id, number=number))
        session.flush()
    placement.state, placement.seat, placement.ended_at, placement.excused = State.ACCEPTED, number, None, False
    application = application_of(session, posting_id=posting.id, worker_id=placement.worker_id)
    if application is not None:
        _move_application(application, ApplicationState.ACCEPTED)
    session.flush()
    evidence.add(
        session, "seat_restored", chain=posting.county, posting_id=posting.id, placement_id=placement.id, by=by, at=at
    )


def excuse(session: Session, *, placement: Placement) -> None:
    """A no-show that isn't to be held against the worker. The caller holds the posting's lock."""
    placement.excused = True
    session.flush()


def cancel_posting(session: Session, *, posting_id: int, by: Actor, at: datetime, reason: str = "") -> Posting:
    """The employer calls the work off: seats are taken away, everything pending closes, workers are told.

    Raises NotFound, IllegalMove, PostingClosed once the work has begun, AlreadyThere once somebody has come to it.
    """
    posting = locked(session, posting_id)
    there = [placement for placement in held_by(session, posting_id=posting_id) if placement.arrived_at]
    if there:
        raise AlreadyThere(count=len(there))
    move(posting, PostingState.WITHDRAWN)
    if posting.closes_at <= at:
        raise PostingClosed(state=PostingState.EXPIRED)
    posting.state_reason = reason
    _call_off(session, posting, by, at)
    late = is_late_notice(starts_at=posting.closes_at, at=at)
    record(session, verb="posting.cancelled", subject=f"posting:{posting_id}", by=by, at=at, reason=reason, late=late)
    return posting


def take_down(session: Session, *, posting_id: int, reason: str, by: Actor, at: datetime) -> Posting:
    """Staff takes an open posting out and says why: seats are taken away, everything pending closes, workers are told.

    Who has come already keeps the seat, and what is owed for it.
    Raises NotFound, ReasonMissing, IllegalMove when it is over.
    """
    posting = locked(session, posting_id)
    move(posting, PostingState.REFUSED)
    posting.state_reason = check_reason(reason)
    _call_off(session, posting, by, at)
    subject = f"posting:{posting_id}"
    record(session, verb="posting.taken_down", subject=subject, by=by, at=at, reason=posting.state_reason)
    return posting


def suspend_employer(session: Session, *, employer_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Suspend an employer and everything it has open."""
    employers.suspend(session, employer_id=employer_id, reason=reason, by=by, at=at)
    for posting_id in of_employer_ids(session, employer_id=employer_id, states=(*TAKING, PostingState.WAITING)):
        posting = locked(session, posting_id)
        move(posting, PostingState.SUSPENDED)
        _call_off(session, posting, by, at)


def close_due(session: Session, *, at: datetime) -> int:
    """Close the postings whose first shift began, the invitations not answered in time, the queues nobody will need.

    A queue outlives the start: until the first shift is over, its first is called when somebody is missing. Returns
    how many closed.
    """
    ids = due_to_close(session, at=at)
    for posting_id in ids:
        move(locked(session, posting_id), PostingState.EXPIRED)
    return len(ids) + close_unanswered(session, at=at) + close_queues(session, at=at)


def _require_taking(posting: Posting, at: datetime) -> None:
    if posting.state not in TAKING:
        raise PostingClosed(state=posting.state)
    if posting.closes_at <= at:
        raise PostingClosed(state=PostingState.EXPIRED)


def _calls(posting: Posting, at: datetime) -> bool:
    """True while workers of the queue may be called: the first shift runs, of an employer that isn't suspended."""
    begun = posting.state in (*TAKING, PostingState.EXPIRED) and posting.closes_at <= at < posting.shifts[0].ends_at
    return begun and posting.employer.state != Verification.SUSPENDED


def _is_called(posting: Posting, application: Application, at: datetime) -> bool:
    """True for one who was called and may still say yes."""
    asked = application.state == ApplicationState.INVITED and application.called_at is not None
    return asked and application.respond_by is not None and application.respond_by > at and _calls(posting, at)


def _free_seat(session: Session, posting: Posting) -> int | None:
    """A seat's number while fewer are held than there are heads; a seat added after the fact is no room for more."""
    held = seats_taken(session, posting_ids=[posting.id]).get(posting.id, 0)
    return free_seat(session, posting_id=posting.id) if held < posting.headcount else None


def _locked_worker(session: Session, worker_id: int) -> Worker:
    worker = session.get(Worker, worker_id, with_for_update=True)
    if worker is None:
        raise NotFound(what="worker")
    return worker


def _require_seatable(session: Session, posting: Posting, worker: Worker, at: datetime) -> None:
    held = placement_of(session, posting_id=posting.id, worker_id=worker.id)
    if held is not None and held.seat is not None:
        raise AlreadySeated()
    _require_fit(posting, worker)
    _require_no_clash(session, posting, worker.id, at, "")


def _require_fit(posting: Posting, worker: Worker) -> None:
    if not worker.active:
        raise ProfilePaused()
    if age_on(worker.born_on, local_date(posting.closes_at)) < posting.min_age:
        raise TooYoung(min_age=posting.min_age)


def _require_no_clash(session: Session, posting: Posting, worker_id: int, at: datetime, overlap_reason: str) -> None:
    if overlap_reason:
        return
    found = clash(engagement(posting), engagements(session, worker_id=worker_id, after=at, but=posting.id))
    if found:
        raise ShiftsOverlap(other=found[0].title, other_id=found[0].posting_id, reason=found[1])


def _seat_or_queue(
    session: Session, posting: Posting, application: Application, by: Actor, at: datetime, overlap_reason: str
) -> None:
    free = _free_seat(session, posting) is not None and not is_for_crew(posting.crew_until, at=at)
    called = _is_called(posting, application, at)
    if free and (called or not queue_of(session, posting_id=posting.id)):
        _seat(session, posting, application, by, at, overlap_reason)
        return
    _move_application(application, ApplicationState.QUEUED)
    application.queued_at = application.queued_at if called else at
    session.add(application)
    session.flush()
    record(session, verb="seat.queued", subject=f"posting:{posting.id}", by=by, at=at, worker=application.worker_id)
    if free:
        outbox.announce(session, SeatFreed(posting_id=posting.id))


def _seat(
    session: Session, posting: Posting, application: Application, by: Actor, at: datetime, overlap_reason: str
) -> Placement | None:
    number = _free_seat(session, posting)
    if number is None:
        return None
    _move_application(application, ApplicationState.ACCEPTED)
    session.add(application)
    placement = placement_of(session, posting_id=posting.id, worker_id=application.worker_id)
    if placement is None:
        placement = Placement(posting_id=posting.id, worker_id=application.worker_id)
        session.add(placement)
    placement.seat, placement.state, placement.accepted_at, placement.ended_at = number, State.ACCEPTED, at, None
    placement.village = _village_in(posting, session.get_one(Worker, placement.worker_id))
    placement.organised_by = Organised.SELF if application.helped_by is None else Organised.AGENT
    placement.ended_late = False
    if overlap_reason:
        placement.overlap_allowed_by, placement.overlap_reason = by.account_id, overlap_reason
    session.flush()
    if posting.state == PostingState.OPEN and _free_seat(session, posting) is None:
        move(posting, PostingState.FILLED)
        outbox.announce(session, PostingFilled(posting_id=posting.id))
    outbox.announce(session, SeatAccepted(placement_id=placement.id))
    evidence.add(
        session, "seat_accepted", chain=posting.county, posting_id=posting.id, placement_id=placement.id, by=by, at=at,
        worker=placement.worker_id, employer=posting.employer_id, town=posting.town, village=placement.village,
        day=local_date(posting.closes_at).isoformat(), trade=first_trade(posting),
    )  # fmt: skip
    subject = f"posting:{posting.id}"
    record(
        session, verb="seat.accepted", subject=subject, by=by, at=at, reason=overlap_reason, worker=placement.worker_id
    )
    return placement


def _move_application(application: Application, target: ApplicationState) -> None:
    if application.state is not None:
        require_move(application.state, target)
    application.state = target


def _call_off(session: Session, posting: Posting, by: Actor, at: datetime) -> None:
    """Take the seats away, but of those who are there already, and close what is pending; everybody is told."""
    for worker_id in pending_of(session, posting_id=posting.id):
        outbox.announce(session, PendingCalledOff(posting_id=posting.id, worker_id=worker_id))
    close_pending(session, posting_ids=[posting.id], at=at)
    for placement in held_by(session, posting_id=posting.id):
        if placement.arrived_at is not None:
            continue
        placement.state, placement.seat, placement.ended_at = State.CANCELLED, None, at
        placement.ended_late = is_late_notice(starts_at=posting.closes_at, at=at)
        application = application_of(session, posting_id=posting.id, worker_id=placement.worker_id)
        if application is not None:
            _move_application(application, ApplicationState.CLOSED)
        _say_lost(session, posting, placement, by, at)
        outbox.announce(session, PlacementCancelled(placement_id=placement.id))
    session.flush()


def _say_lost(session: Session, posting: Posting, placement: Placement, by: Actor, at: datetime) -> None:
    evidence.add(
        session, "seat_lost", chain=posting.county, posting_id=posting.id, placement_id=placement.id, by=by, at=at,
        why=placement.state.value,
    )  # fmt: skip


def _village_in(posting: Posting, worker: Worker) -> str:
    return worker.village if worker.village and worker.village.startswith(posting.town) else ""
