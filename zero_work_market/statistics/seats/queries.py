"""The first board: postings, invitations and accepted seats by county, town and day.

An accepted seat is L1 of the evidence ladder; it is never called employment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import Select, and_, case, func, literal_column, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import day_bounds, local_date
from zero_work_market.ground.paging import Page
from zero_work_market.market.applications.models import Application
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import Organised, State
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.queries import inside

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Counts:
    """Counts of one place and day (or of a sum of such)."""

    postings: int = 0
    seats: int = 0
    invitations: int = 0
    accepted: int = 0
    """Seats held: person-times at L1."""
    workers: int = 0
    """Different persons who hold them. Doesn't add up over places and days."""

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.postings + other.postings,
            self.seats + other.seats,
            self.invitations + other.invitations,
            self.accepted + other.accepted,
            self.workers + other.workers,
        )


@dataclass(frozen=True)
class AcceptedSeat:
    """A row behind the count of accepted seats."""

    placement_id: int
    posting_id: int
    title: str
    employer: str
    town: str
    worker_id: int
    accepted_at: datetime
    starts_at: datetime


def by_place(session: Session, *, scopes: Iterable[str], first: date, last: date, level: str) -> dict[str, Counts]:
    """Counts of the work that starts between two days, by county or town ("county" | "town") code."""
    place = Posting.county if level == "county" else Posting.town
    return _counts(session, scopes, first, last, place)


def by_day(session: Session, *, scopes: Iterable[str], first: date, last: date) -> dict[date, Counts]:
    """The same by local day on which the first shift starts."""
    days: dict[date, Counts] = {}
    for closes_at, counts in _counts(session, scopes, first, last, Posting.closes_at).items():
        day = local_date(closes_at)
        days[day] = days.get(day, Counts()) + counts
    return days


def total(session: Session, *, scopes: Iterable[str], first: date, last: date) -> Counts:
    """The sum, with each person counted once."""
    summed = sum(by_place(session, scopes=scopes, first=first, last=last, level="county").values(), Counts())
    persons = (
        _limited(select(func.count(func.distinct(Placement.worker_id))).select_from(Posting), scopes, first, last)
        .join(Placement, Placement.posting_id == Posting.id)
        .where(Placement.seat.is_not(None))
    )
    return Counts(summed.postings, summed.seats, summed.invitations, summed.accepted, session.scalar(persons) or 0)


def accepted_seats(
    session: Session, *, scopes: Iterable[str], first: date, last: date, limit: int = 500, offset: int = 0
) -> list[AcceptedSeat]:
    """The rows that make the count of accepted seats, the latest first."""
    rows = _limited(
        select(Placement.id, Posting, Placement.worker_id, Placement.accepted_at), scopes, first, last
    ).join(Placement, Placement.posting_id == Posting.id)
    rows = rows.where(Placement.seat.is_not(None)).order_by(Placement.accepted_at.desc(), Placement.id.desc())
    return [
        AcceptedSeat(
            placement_id, posting.id, posting.title, posting.employer.short, posting.town, worker, at, posting.closes_at
        )
        for placement_id, posting, worker, at in session.execute(rows.limit(limit).offset(offset))
    ]


@dataclass(frozen=True)
class CameBy:
    """Hires that were come by in one way: persons and person-times."""

    persons: int = 0
    times: int = 0


@dataclass(frozen=True)
class CameRow:
    """A hire, how it was come by, and which staff account accepted it for the worker, if one did."""

    placement_id: int
    title: str
    employer: str
    worker_id: int
    starts_at: datetime
    how: str
    helped_by: int | None


CHANNEL = "channel"
"""How a hire was come by whose posting carries a channel's code; the other ways are those of `Organised`."""


def came_by(session: Session, *, scopes: Iterable[str], first: date, last: date) -> dict[str, dict[str, CameBy]]:
    """By county and then by how they were come by: hires of the work that starts between two days, where an
    arrival stands.

    Organised is a channel's, a crew's, or one that staff accepted for the worker; else the worker found it alone. Of
    two that hold, the first named counts.
    """
    counted = (
        _limited(
            select(Posting.county, _way, func.count(Placement.worker_id.distinct()), func.count()), scopes, first, last
        )
        .join(Placement, Placement.posting_id == Posting.id)
        .where(*_ARRIVED)
        .group_by(Posting.county, _way)
    )
    found: dict[str, dict[str, CameBy]] = {}
    for county, how, persons, times in session.execute(counted):
        found.setdefault(county, {})[how] = CameBy(persons, times)
    return found


def came_rows(
    session: Session, *, scopes: Iterable[str], first: date, last: date, how: str, number: int, size: int = 30
) -> Page[CameRow]:
    """The hires that were come by in one way, or with an empty `how` in any, the latest first."""
    query = (
        _limited(select(Placement, Posting, _way, Application.helped_by), scopes, first, last)
        .join(Placement, Placement.posting_id == Posting.id)
        .join(
            Application,
            and_(Application.posting_id == Posting.id, Application.worker_id == Placement.worker_id),
            isouter=True,
        )
        .where(*_ARRIVED)
    )
    if how:
        query = query.where(_way == how)
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Placement.id).subquery())) or 0
    number = max(1, min(number, -(-total // size) or 1))
    ordered = query.order_by(Posting.closes_at.desc(), Placement.id.desc()).limit(size).offset((number - 1) * size)
    rows = tuple(
        CameRow(held.id, posting.title, posting.employer.short, held.worker_id, posting.closes_at, way, helped_by)
        for held, posting, way, helped_by in session.execute(ordered)
    )
    return Page(rows, number, size, total)


_ARRIVED = (Placement.state == State.ACCEPTED, Placement.arrived_at.is_not(None))
_way = case(
    (Posting.channel != "", literal_column(f"'{CHANNEL}'")),
    (Placement.organised_by == Organised.CREW, literal_column(f"'{Organised.CREW.value}'")),
    (Placement.organised_by == Organised.AGENT, literal_column(f"'{Organised.AGENT.value}'")),
    else_=literal_column(f"'{Organised.SELF.value}'"),
)


def _limited(query: Select[*Columns], scopes: Iterable[str], first: date, last: date) -> Select[*Columns]:
    begin, end = day_bounds(first)[0], day_bounds(last)[1]
    return query.where(
        inside(Posting.town, scopes),
        Posting.published_at.is_not(None),
        Posting.closes_at >= begin,
        Posting.closes_at < end,
    )


def _counts(session: Session, scopes: Iterable[str], first: date, last: date, by: Any) -> dict[Any, Counts]:
    scopes = tuple(scopes)
    made: dict[Any, Counts] = {}
    postings = _limited(select(by, func.count(), func.sum(Posting.headcount)), scopes, first, last).group_by(by)
    for place, count, seats in session.execute(postings):
        made[place] = Counts(postings=count, seats=seats)
    invited = (
        _limited(select(by, func.count()), scopes, first, last)
        .join(Application, Application.posting_id == Posting.id)
        .where(Application.invited_at.is_not(None))
        .group_by(by)
    )
    for place, count in session.execute(invited):
        made[place] = made[place] + Counts(invitations=count)
    held = (
        _limited(select(by, func.count(), func.count(func.distinct(Placement.worker_id))), scopes, first, last)
        .join(Placement, Placement.posting_id == Posting.id)
        .where(Placement.seat.is_not(None))
        .group_by(by)
    )
    for place, count, workers in session.execute(held):
        made[place] = made[place] + Counts(accepted=count, workers=workers)
    return made
