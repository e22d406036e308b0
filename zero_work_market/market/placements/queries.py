"""Reads of placements and of free seats."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import Engagement, State
from zero_work_market.market.postings.models import Posting, Seat, Shift
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name


@dataclass(frozen=True)
class Mate:
    """Someone who holds a seat, as the others see them."""

    worker_id: int
    masked_name: str
    town: str


@dataclass(frozen=True)
class Record:
    """A worker's past seats, as far as it is known what came of them.

    `accepted` are those that the worker came to, missed, or gave up within 24 hours of the start (`withdrawn_late`).
    Not among them: given up in time, cancelled by the employer, `excused` by staff, or never marked by anybody.
    """

    accepted: int = 0
    arrived: int = 0
    withdrawn_late: int = 0
    excused: int = 0


def placement_of(session: Session, *, posting_id: int, worker_id: int) -> Placement | None:
    held = select(Placement).where(Placement.posting_id == posting_id, Placement.worker_id == worker_id)
    return session.scalars(held).one_or_none()


def held_by(session: Session, *, posting_id: int) -> list[Placement]:
    """Placements that hold a seat of the posting, by seat."""
    query = select(Placement).where(Placement.posting_id == posting_id, Placement.seat.is_not(None))
    return list(session.scalars(query.order_by(Placement.seat)))


def mates_of(session: Session, *, posting_id: int) -> list[Mate]:
    """Who holds the seats of a posting, by seat, with names masked."""
    query = (
        select(Worker.id, Worker.surname, Worker.town)
        .join(Placement, Placement.worker_id == Worker.id)
        .where(Placement.posting_id == posting_id, Placement.seat.is_not(None))
        .order_by(Placement.seat)
    )
    return [Mate(worker_id, mask_name(surname), town) for worker_id, surname, town in session.execute(query)]


def running(session: Session, *, worker_id: int, at: datetime) -> Posting | None:
    """The posting whose shift the worker is in now."""
    query = (
        select(Posting)
        .join(Placement, Placement.posting_id == Posting.id)
        .join(Shift, Shift.posting_id == Posting.id)
        .where(Placement.worker_id == worker_id, Placement.seat.is_not(None), Shift.starts_at <= at, Shift.ends_at > at)
    )
    return session.scalars(query.limit(1)).one_or_none()


def free_seat(session: Session, *, posting_id: int) -> int | None:
    """The lowest free seat of the posting, None when all are taken."""
    taken = select(Placement.seat).where(Placement.posting_id == posting_id, Placement.seat.is_not(None))
    free = select(func.min(Seat.number)).where(Seat.posting_id == posting_id, Seat.number.not_in(taken))
    return session.scalar(free)


def seats_taken(session: Session, *, posting_ids: Iterable[int]) -> dict[int, int]:
    """How many seats are held, by posting id; a posting without any is left out."""
    counted = (
        select(Placement.posting_id, func.count())
        .where(Placement.posting_id.in_(posting_ids), Placement.seat.is_not(None))
        .group_by(Placement.posting_id)
    )
    return dict(session.execute(counted).all())


def engagements(session: Session, *, worker_id: int, after: datetime, but: int) -> list[Engagement]:
    """Times and places that a worker is taken for after a moment, leaving out the posting `but`."""
    held = (
        select(Posting)
        .join(Placement, Placement.posting_id == Posting.id)
        .where(Placement.worker_id == worker_id, Placement.seat.is_not(None))
        .where(Posting.ends_at > after, Posting.id != but)
    )
    return [engagement(posting) for posting in session.scalars(held.order_by(Posting.id))]


def engagement(posting: Posting) -> Engagement:
    shifts = tuple((shift.starts_at, shift.ends_at) for shift in posting.shifts)
    return Engagement(posting.id, posting.title, shifts, posting.lon, posting.lat)


def of_worker(session: Session, *, worker_id: int) -> list[Placement]:
    """Every placement of a worker, the newest first."""
    query = select(Placement).where(Placement.worker_id == worker_id)
    return list(session.scalars(query.order_by(Placement.accepted_at.desc())))


def last_work_day(session: Session, *, worker_id: int) -> date | None:
    """Day on which the worker's last held seat ends; None for one who never held any."""
    held = select(func.max(Posting.ends_at)).join(Placement, Placement.posting_id == Posting.id)
    last = session.scalar(held.where(Placement.worker_id == worker_id))
    return None if last is None else local_date(last)


def records(session: Session, *, worker_ids: Iterable[int], at: datetime) -> dict[int, Record]:
    """Records of workers over postings that have begun; a worker without any is left out."""
    came = (Placement.state == State.ACCEPTED) & Placement.arrived_at.is_not(None)
    missed = (Placement.state == State.NO_SHOW) & ~Placement.excused
    late = (Placement.state == State.WITHDRAWN) & Placement.ended_late
    excused = (Placement.state == State.NO_SHOW) & Placement.excused
    counted = (
        select(Placement.worker_id, *(func.sum(case((which, 1), else_=0)) for which in (came, missed, late, excused)))
        .join(Posting, Posting.id == Placement.posting_id)
        .where(Placement.worker_id.in_(worker_ids), Posting.closes_at <= at, or_(came, missed, late, excused))
        .group_by(Placement.worker_id)
    )
    return {
        worker_id: Record(int(arrived + absent + given_up), int(arrived), int(given_up), int(excused_ones))
        for worker_id, arrived, absent, given_up, excused_ones in session.execute(counted)
    }
