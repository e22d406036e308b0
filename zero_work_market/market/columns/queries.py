"""Rows to columns: what the engine is told of workers, postings and drafts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matching import Postings, Workers
from zero_work_market.ground import clock
from zero_work_market.market.columns.rules import ALL_SLOTS, busy_slots, needed_slots, week_slots
from zero_work_market.market.gate.rules import Draft, hourly_fen
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting, PreferredBrand, Requirement, Shift
from zero_work_market.market.postings.queries import taking
from zero_work_market.market.postings.rules import State
from zero_work_market.people.workers.models import DayOff, HeldBrand, Skill, Worker
from zero_work_market.reference.occupations.queries import index_of

WORKER_OCCUPATIONS, WORKER_BRANDS, POSTING_OCCUPATIONS, POSTING_BRANDS = 8, 4, 4, 4
CHUNK = 20_000

Array = NDArray[Any]
Query = Select[*tuple[Any, ...]]
Within = Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]
"""Which rows: a condition on the column that holds the id of the worker or posting."""


class Brands(dict[str, int]):
    """The engine's number of each brand code: the next free one for a code that is new."""

    def __missing__(self, code: str) -> int:
        self[code] = len(self)
        return self[code]


def among(ids: Sequence[int]) -> Within:
    return lambda column: column.in_(ids)


def all_workers(session: Session, *, today: date, brands: Brands) -> Workers:
    """Every active worker, read CHUNK ids at a time."""
    first, last = session.execute(select(func.min(Worker.id), func.max(Worker.id))).one()
    starts = range(first or 0, (last or 0) + 1, CHUNK)
    read = [workers(session, _from(start), today=today, brands=brands) for start in starts]
    return Workers(**{name: np.concatenate([getattr(chunk, name) for chunk in read]) for name in Workers.COLUMNS})


def workers(session: Session, within: Within, *, today: date, brands: Brands) -> Workers:
    """Those of the workers who are active."""
    people = select(
        Worker.id, Worker.lon, Worker.lat, Worker.radius_km, Worker.relocates, Worker.week, Worker.min_hourly_fen
    ).where(Worker.active, within(Worker.id))
    ids, lon, lat, radius_km, relocates, weeks, floors = _read(session, people.order_by(Worker.id))
    id = np.array(ids, np.int64)
    skills = select(Skill.worker_id, Skill.occupation, Skill.level).where(within(Skill.worker_id))
    skilled, codes, levels = _read(session, skills.order_by(Skill.worker_id, Skill.id))
    held = select(HeldBrand.worker_id, HeldBrand.brand).where(within(HeldBrand.worker_id))
    holders, held_codes = _read(session, held.order_by(HeldBrand.worker_id, HeldBrand.id))
    return Workers(
        id=id,
        lon=np.array(lon, np.float64),
        lat=np.array(lat, np.float64),
        radius_km=np.array(radius_km, np.float32),
        relocates=np.array(relocates, np.bool_),
        slots=_free(session, within, id, np.array(weeks, np.uint64), today),
        min_hourly_fen=np.array(floors, np.int32),
        occupation=_spread(id, skilled, [index_of(code) for code in codes], WORKER_OCCUPATIONS, -1, np.int16),
        level=_spread(id, skilled, levels, WORKER_OCCUPATIONS, 0, np.int8),
        brand=_spread(id, holders, [brands[code] for code in held_codes], WORKER_BRANDS, -1, np.int16),
    )


def all_postings(session: Session, *, today: date, brands: Brands) -> Postings:
    """Every open posting."""
    is_open = select(Posting.id).where(Posting.state == State.OPEN)
    return postings(session, lambda column: column.in_(is_open), today=today, brands=brands)


def postings(session: Session, within: Within, *, today: date, brands: Brands) -> Postings:
    """Those of the postings that are open and have a shift from `today` on."""
    query = taking(at=clock.now()).where(Posting.state == State.OPEN, within(Posting.id)).order_by(Posting.id)
    shifts = select(Shift.posting_id, Shift.starts_at, Shift.ends_at).where(within(Shift.posting_id))
    needs = select(Requirement.posting_id, Requirement.occupation, Requirement.level)
    liked = select(PreferredBrand.posting_id, PreferredBrand.brand)
    shifts_of = _grouped(session, shifts)
    needs_of = _grouped(session, needs.where(within(Requirement.posting_id)).order_by(Requirement.id))
    liked_of = _grouped(session, liked.where(within(PreferredBrand.posting_id)).order_by(PreferredBrand.id))
    rows = [
        PostingRow(
            *row, shifts_of.get(row.id, ()), needs_of.get(row.id, ()), [code for (code,) in liked_of.get(row.id, ())]
        )
        for row in session.execute(query.with_only_columns(Posting.id, Posting.lon, Posting.lat, Posting.hourly_fen))
    ]
    return row_columns([row for row in rows if needed_slots(row.shifts, today=today)], today, brands)


def posting_columns(posting: Posting, *, today: date, brands: Brands) -> Postings:
    """One posting, in whichever state it is."""
    shifts = [(shift.starts_at, shift.ends_at) for shift in posting.shifts]
    needs = [(need.occupation, need.level) for need in posting.occupations]
    liked = [preferred.brand for preferred in posting.brands]
    row = PostingRow(posting.id, posting.lon, posting.lat, posting.hourly_fen, shifts, needs, liked)
    return row_columns([row], today, brands)


def draft_columns(draft: Draft, *, today: date, brands: Brands) -> Postings:
    """A draft as a posting of id 0."""
    row = PostingRow(0, draft.lon, draft.lat, hourly_fen(draft), draft.shifts, draft.occupations, draft.brands)
    return row_columns([row], today, brands)


@dataclass(frozen=True)
class PostingRow:
    """What a posting's columns are made of: `needs` (occupation, level), the first four of each."""

    id: int
    lon: float
    lat: float
    hourly_fen: int
    shifts: Sequence[tuple[datetime, datetime]]
    needs: Sequence[tuple[str, int]]
    brands: Sequence[str]


def row_columns(rows: list[PostingRow], today: date, brands: Brands) -> Postings:
    """Rows as columns; each must have a shift in the ring from `today` on."""
    needs = [row.needs[:POSTING_OCCUPATIONS] for row in rows]
    liked = [[brands[code] for code in row.brands[:POSTING_BRANDS]] for row in rows]
    return Postings(
        id=np.array([row.id for row in rows], np.int64),
        lon=np.array([row.lon for row in rows], np.float64),
        lat=np.array([row.lat for row in rows], np.float64),
        slots=np.array([needed_slots(row.shifts, today=today) for row in rows], np.uint64),
        hourly_fen=np.array([row.hourly_fen for row in rows], np.int32),
        occupation=_padded([[index_of(code) for code, _ in row] for row in needs], POSTING_OCCUPATIONS, -1, np.int16),
        level=_padded([[level for _, level in row] for row in needs], POSTING_OCCUPATIONS, 0, np.int8),
        brand=_padded(liked, POSTING_BRANDS, -1, np.int16),
    )


def _padded(rows: Sequence[Sequence[int]], width: int, empty: int, dtype: type[np.generic]) -> Array:
    columns = np.full((len(rows), width), empty, dtype)
    for at, row in enumerate(rows):
        columns[at, : len(row)] = row
    return columns


def _free(session: Session, within: Within, ids: Array, weeks: Array, today: date) -> Array:
    """Free quarters uint64 (n,) of workers by their ordinary weeks, days off and seats."""
    off = select(DayOff.worker_id, DayOff.day).where(DayOff.day >= today, within(DayOff.worker_id))
    held = (
        select(Placement.worker_id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.posting_id == Placement.posting_id)
        .where(Placement.seat.is_not(None), Shift.ends_at > clock.day_bounds(today)[0], within(Placement.worker_id))
    )
    off_of, held_of = _grouped(session, off), _grouped(session, held)
    free: Array = week_slots(weeks, today=today)
    for row in np.flatnonzero(np.isin(ids, [*off_of, *held_of])).tolist():
        days_off, taken = [day for (day,) in off_of.get(int(ids[row]), ())], held_of.get(int(ids[row]), ())
        free[row] &= np.uint64(~busy_slots(today=today, days_off=days_off, taken=taken) & ALL_SLOTS)
    return free


def _spread(
    ids: Array, owners: Sequence[int], values: Sequence[int], width: int, empty: int, dtype: type[np.generic]
) -> Array:
    """Values side by side in their owner's row, (n, width). Owners and ids ascend; not all owners need be in `ids`."""
    owner = np.array(owners, np.int64)
    place = np.arange(len(owner)) - owner.searchsorted(owner)
    kept = np.flatnonzero((place < width) & np.isin(owner, ids))
    columns = np.full((len(ids), width), empty, dtype)
    columns[ids.searchsorted(owner[kept]), place[kept]] = np.array(values, dtype)[kept]
    return columns


def _read(session: Session, query: Query) -> list[tuple[Any, ...]]:
    """The columns of a query's rows; past the ORM, which takes half as long again."""
    rows = session.connection().execute(query).all()
    return list(zip(*rows, strict=True)) if rows else [()] * len(query.selected_columns)


def _grouped(session: Session, query: Query) -> dict[int, list[Any]]:
    """The rows without their first column, by it."""
    grouped: dict[int, list[Any]] = {}
    for id, *values in session.connection().execute(query):
        grouped.setdefault(id, []).append(tuple(values))
    return grouped


def _from(start: int) -> Within:
    return lambda column: column.between(start, start + CHUNK - 1)
