"""Reads of hours."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.people.accounts.queries import inside
from zero_work_market.reference.law import queries as law
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import State
from zero_work_market.rights.hours.models import Hours, HoursClaim
from zero_work_market.rights.hours.rules import Word, differ, last_words, offered_minutes
from zero_work_market.rights.wages.rules import REMIND_EVERY, REMINDERS

Done = tuple[date, int, int | None]
"""An agreed shift: its day, minutes, pieces."""


@dataclass(frozen=True)
class HoursRow:
    """One worker's one shift: who said what of it, and what a tap would say. `words` in the order they were said."""

    posting_id: int
    placement_id: int
    worker_id: int
    shift_id: int
    starts_at: datetime
    ends_at: datetime
    arrived_at: datetime | None
    left_at: datetime | None
    by_piece: bool
    offered: int
    hours_id: int | None
    words: tuple[Word, ...]
    said: tuple[tuple[str, str, datetime], ...]
    """(side, reason given, when) of each of `words`."""
    agreed_minutes: int | None
    agreed_pieces: int | None
    disputed_at: datetime | None
    in_doubt: bool
    """The employer says that the worker never came, and staff haven't decided."""

    @cached_property
    def last(self) -> dict[str, Word]:
        """Each side's latest word."""
        return last_words(self.words)

    @property
    def disputed(self) -> bool:
        """The two differ now."""
        return self.agreed_minutes is None and differ(self.words)

    def suggested(self, side: str) -> Word:
        """What one tap of a side says: what the other side said, or else what arrival and leaving come to."""
        other = next((word for spoken, word in self.last.items() if spoken != side), None)
        return Word(side, other.minutes, other.pieces) if other else Word(side, self.offered, None)

    def is_over(self, at: datetime) -> bool:
        """The worker has left, or the shift has ended."""
        return self.left_at is not None or self.ends_at <= at


def hours_of(
    session: Session,
    *,
    posting_id: int | None = None,
    worker_id: int | None = None,
    hours_ids: Iterable[int] | None = None,
) -> list[HoursRow]:
    """Shifts that workers arrived at, with the words on their hours: of a posting, a worker's, or by id whatever."""
    query = (
        select(Mark, Placement.worker_id, Posting, Shift, Hours)
        .join(Placement, Placement.id == Mark.placement_id)
        .join(Posting, Posting.id == Placement.posting_id)
        .join(Shift, Shift.id == Mark.shift_id)
        .outerjoin(Hours, and_(Hours.placement_id == Mark.placement_id, Hours.shift_id == Mark.shift_id))
    )
    if hours_ids is None:
        query = query.where(or_(Mark.state == State.ARRIVED, Hours.agreed_at.is_not(None)))
    if posting_id is not None:
        query = query.where(Posting.id == posting_id)
    if worker_id is not None:
        query = query.where(Placement.worker_id == worker_id)
    if hours_ids is not None:
        query = query.where(Hours.id.in_(list(hours_ids)))
    return [_hours_row(*row) for row in session.execute(query.order_by(Shift.starts_at, Placement.id)).unique()]


def unasked(session: Session, *, at: datetime, limit: int = 500) -> list[tuple[int, int]]:
    """(placement, shift) of arrivals whose shift is over and whose hours nobody was asked for yet."""
    query = (
        select(Mark.placement_id, Mark.shift_id)
        .join(Shift, Shift.id == Mark.shift_id)
        .outerjoin(Hours, and_(Hours.placement_id == Mark.placement_id, Hours.shift_id == Mark.shift_id))
        .where(Mark.state == State.ARRIVED, Hours.id.is_(None), Shift.ends_at <= at)
    )
    ordered = query.order_by(Shift.posting_id, Mark.id).limit(limit)
    return [(placement, shift) for placement, shift in session.execute(ordered)]


def to_remind(session: Session, *, at: datetime, limit: int = 500) -> list[int]:
    """Ids of hours that nobody disputes and one side or both keep silent on, for a day since they were last asked."""
    turn = case(
        *((Hours.reminders == n, Hours.opened_at <= at - (n + 1) * REMIND_EVERY) for n in range(REMINDERS)), else_=False
    )
    query = select(Hours.id).where(Hours.agreed_at.is_(None), Hours.disputed_at.is_(None), turn, _came())
    return list(session.scalars(query.order_by(Hours.id).limit(limit)))


def undecided(*, scopes: Collection[str], at: datetime) -> Select[Hours]:
    """Hours that staff may decide in `scopes`: disputed, or one side silent for too long; the oldest first."""
    silent = timedelta(hours=law.limit("silent_hours", local_date(at)).value)
    spoken = select(func.min(HoursClaim.at)).where(HoursClaim.hours_id == Hours.id).scalar_subquery()
    query = (
        select(Hours)
        .join(Placement, Placement.id == Hours.placement_id)
        .join(Posting, Posting.id == Placement.posting_id)
        .where(Hours.agreed_at.is_(None), or_(Hours.disputed_at.is_not(None), spoken <= at - silent))
        .where(inside(Posting.county, scopes), _came())
    )
    return query.order_by(func.coalesce(Hours.disputed_at, Hours.opened_at), Hours.id)


def count_undecided(session: Session, *, scopes: Collection[str], at: datetime) -> int:
    return session.scalar(select(func.count()).select_from(undecided(scopes=scopes, at=at).subquery())) or 0


def works_of(session: Session, wage_ids: Iterable[int]) -> dict[int | None, tuple[Done, ...]]:
    """The agreed shifts behind wages, in order, by wage id."""
    query = (
        select(Hours.wage_id, Shift.starts_at, Hours.agreed_minutes, Hours.agreed_pieces)
        .join(Shift, Shift.id == Hours.shift_id)
        .where(Hours.wage_id.in_(list(wage_ids)))
        .order_by(Hours.wage_id, Shift.starts_at)
    )
    works: dict[int | None, tuple[Done, ...]] = {}
    for wage_id, starts_at, minutes, pieces in session.execute(query):
        works[wage_id] = (*works.get(wage_id, ()), (local_date(starts_at), minutes or 0, pieces))
    return works


def _came() -> ColumnElement[bool]:
    """The arrival that the hours are of stands."""
    here = (Mark.placement_id == Hours.placement_id, Mark.shift_id == Hours.shift_id)
    return exists().where(*here, Mark.state == State.ARRIVED)


def _hours_row(mark: Mark, worker_id: int, posting: Posting, shift: Shift, hours: Hours | None) -> HoursRow:
    claims = hours.claims if hours else []
    return HoursRow(
        posting_id=posting.id,
        placement_id=mark.placement_id,
        worker_id=worker_id,
        shift_id=shift.id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        arrived_at=mark.arrived_at,
        left_at=mark.left_at,
        by_piece=posting.pay_kind == PayKind.PIECE,
        offered=offered_minutes(shift.starts_at, shift.ends_at, mark.arrived_at, mark.left_at, posting.break_minutes),
        hours_id=hours.id if hours else None,
        words=tuple(Word(claim.side, claim.minutes, claim.pieces) for claim in claims),
        said=tuple((claim.side, claim.words, claim.at) for claim in claims),
        agreed_minutes=hours.agreed_minutes if hours else None,
        agreed_pieces=hours.agreed_pieces if hours else None,
        disputed_at=hours.disputed_at if hours else None,
        in_doubt=mark.is_in_doubt,
    )
