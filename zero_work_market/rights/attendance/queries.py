"""Reads of marks, and the codes of now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.rules import State as ApplicationState
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import State as PlacementState
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.attendance.models import GateKey, Mark, WrongTry
from zero_work_market.rights.attendance.rules import (
    LEAVES,
    STEP,
    TRIES_WITHIN,
    UNDO,
    How,
    Said,
    State,
    begin_of,
    may_contest,
    spoken_code,
    step_at,
    token,
)
from zero_work_market.rights.contracts.rules import Side

LOOKED_BACK = timedelta(hours=24)
"""Who wasn't marked within a day of the start never will be by the clock alone: it may be the clock that stood."""


@dataclass(frozen=True)
class Codes:
    """What the employer's phone shows, until `until`."""

    spoken: str
    token: str
    shown_at: datetime
    until: datetime


@dataclass(frozen=True)
class MarkRow:
    """A mark with what it is about."""

    mark: Mark
    posting: Posting
    shift: Shift
    worker_id: int

    def may_contest(self, side: Side, *, at: datetime) -> bool:
        """True while that side may contest the mark."""
        mark = self.mark
        said = mark.contested_by == side or (mark.contested_by is not None and mark.counter)
        granted = side == Side.EMPLOYER and mark.granted_at is not None
        open_still = not said and not granted and mark.decided_at is None and at <= self.contested_until
        return open_still and may_contest(side, state=mark.state, minutes_late=mark.minutes_late)

    @property
    def is_first_shift(self) -> bool:
        return self.shift.starts_at == self.posting.closes_at

    @property
    def contested_until(self) -> datetime:
        return self.mark.marked_at + timedelta(hours=limit("contest_hours", local_date(self.mark.marked_at)).value)

    @property
    def decided_until(self) -> datetime | None:
        """By when staff decide; None for a mark that nobody contests."""
        if self.mark.contested_at is None:
            return None
        days = limit("decide_days", local_date(self.mark.contested_at)).value
        return self.mark.contested_at + timedelta(days=days)


def gate_key(session: Session, *, posting_id: int) -> GateKey | None:
    return session.scalars(select(GateKey).where(GateKey.posting_id == posting_id)).one_or_none()


def codes(key: GateKey, *, at: datetime) -> Codes:
    """The codes of the half minute that runs."""
    secret, step = secret_of(key), step_at(at)
    begin = begin_of(step)
    return Codes(spoken_code(secret, step), token(secret, posting_id=key.posting_id, step=step), begin, begin + STEP)


def secret_of(key: GateKey) -> str:
    assert key.secret is not None
    return key.secret


def to_undo(mark: Mark, *, at: datetime) -> Said | None:
    """What of a mark the foreman, who ticked it, may take back: LEFT, HERE, or nothing."""
    if mark.left_how == How.ROLL_CALL and mark.left_at is not None and at - mark.left_at <= UNDO:
        return Said.LEFT
    ticked = mark.state == State.ARRIVED and mark.how == How.ROLL_CALL
    ticked = ticked and mark.contested_at is None and mark.granted_at is None
    return Said.HERE if ticked and at - mark.marked_at <= UNDO else None


def may_leave(starts_at: datetime, ends_at: datetime, *, mark: Mark | None, moment: datetime) -> bool:
    """True while a worker who came to a shift, and hasn't left it, may say so."""
    there = mark is not None and mark.state == State.ARRIVED and mark.left_at is None
    return there and starts_at <= moment <= ends_at + LEAVES


def mark_of(session: Session, *, placement_id: int, shift_id: int) -> Mark | None:
    found = select(Mark).where(Mark.placement_id == placement_id, Mark.shift_id == shift_id)
    return session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def marks_of_placement(session: Session, *, placement_id: int) -> dict[int, Mark]:
    """Marks by shift id."""
    rows = session.scalars(select(Mark).where(Mark.placement_id == placement_id))
    return {mark.shift_id: mark for mark in rows}


def marks_of_shift(session: Session, *, shift_id: int) -> dict[int, Mark]:
    """Marks by placement id."""
    rows = session.scalars(select(Mark).where(Mark.shift_id == shift_id))
    return {mark.placement_id: mark for mark in rows}


def called_to(session: Session, *, posting_id: int) -> list[Placement]:
    """Whom the foreman's roll names: those who hold a seat, then those who lost it by not being there."""
    names = select(Placement).where(
        Placement.posting_id == posting_id,
        or_(Placement.seat.is_not(None), Placement.state == PlacementState.NO_SHOW),
    )
    found = session.scalars(names.execution_options(populate_existing=True))
    return sorted(found, key=lambda one: (one.seat is None, one.seat or 0, one.id))


def first_arrival(session: Session, *, placement_id: int) -> datetime | None:
    """The first arrival of a placement that stands."""
    arrived = select(func.min(Mark.arrived_at)).where(Mark.placement_id == placement_id, Mark.state == State.ARRIVED)
    return session.scalar(arrived)


def row(session: Session, mark_id: int) -> MarkRow:
    """Raises NotFound."""
    found = session.execute(_rows().where(Mark.id == mark_id)).one_or_none()
    if found is None:
        raise NotFound(what="mark")
    return MarkRow(*found)


def of_worker(session: Session, *, worker_id: int, limit: int | None = 50) -> list[MarkRow]:
    """A worker's marks, the latest shift first; None: all of them."""
    found = _rows().where(Placement.worker_id == worker_id).order_by(Shift.starts_at.desc()).limit(limit)
    return [MarkRow(*each) for each in session.execute(found)]


def contested(*, counties: Iterable[str], decided: bool = False) -> Select[Mark]:
    """Contested marks of some counties: those that wait, the first to be decided first, or the latest decided."""
    of_counties = (
        select(Mark)
        .join(Placement, Placement.id == Mark.placement_id)
        .join(Posting, Posting.id == Placement.posting_id)
        .where(Mark.contested_at.is_not(None), Posting.county.in_(tuple(counties)))
    )
    if decided:
        return of_counties.where(Mark.decided_at.is_not(None)).order_by(Mark.decided_at.desc(), Mark.id)
    return of_counties.where(Mark.decided_at.is_(None)).order_by(Mark.contested_at, Mark.id)


def wrong_tries(session: Session, *, placement_id: int, at: datetime) -> int:
    """Wrong codes for a placement within TRIES_WITHIN."""
    counted = select(func.count()).where(WrongTry.placement_id == placement_id, WrongTry.at > at - TRIES_WITHIN)
    return session.scalar(counted) or 0


def due(session: Session, *, at: datetime) -> list[int]:
    """Ids of postings in which somebody may be missing now, or may be called for one who is."""
    begun = Shift.starts_at.between(at - LOOKED_BACK, at)
    marked = exists().where(Mark.placement_id == Placement.id, Mark.shift_id == Shift.id)
    unmarked = (
        select(Shift.posting_id)
        .join(Placement, Placement.posting_id == Shift.posting_id)
        .where(begun, Placement.seat.is_not(None), ~marked)
    )
    waiting = (
        select(Shift.posting_id)
        .join(Application, Application.posting_id == Shift.posting_id)
        .where(begun, Shift.ends_at > at, Application.state == ApplicationState.QUEUED)
    )
    return sorted({*session.scalars(unmarked), *session.scalars(waiting)})


def _rows() -> Select[Mark, Posting, Shift, int]:
    return (
        select(Mark, Posting, Shift, Placement.worker_id)
        .join(Placement, Placement.id == Mark.placement_id)
        .join(Posting, Posting.id == Placement.posting_id)
        .join(Shift, Shift.id == Mark.shift_id)
    )
