"""Rows to columns: the engine that each process keeps, brought up to date from the change feed before every query."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import Engine, Explanation, OccupationTree, Postings, Weights, Workers
from zero_work_market.ground import changes, clock, db
from zero_work_market.market.gate.rules import Draft, hourly_fen
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.market.postings.queries import taking
from zero_work_market.market.postings.rules import State
from zero_work_market.market.shortlists.rules import Place, Shortlist, free_slots, needed_slots
from zero_work_market.people.workers.models import DayOff, HeldBrand, Skill, Worker
from zero_work_market.reference.occupations.queries import index_of, middle_groups, small_groups

ORIGIN = (116.6, 35.4)
WORKER_OCCUPATIONS, WORKER_BRANDS, POSTING_OCCUPATIONS, POSTING_BRANDS = 8, 4, 4, 4
BY_DISTANCE = Weights(skill=0.0, location=1.0, brand=0.0, pay=0.0)
CHUNK = 20_000


@dataclass
class LiveEngine:
    """A matching engine and how far in the change feed it has come."""

    engine: Engine
    cursor: changes.Cursor
    today: date
    brands: dict[str, int] = field(default_factory=dict)
    workers: set[int] = field(default_factory=set)
    postings: set[int] = field(default_factory=set)

    def brand_index(self, code: str) -> int:
        return self.brands.setdefault(code, len(self.brands))


_lives: WeakKeyDictionary[Database, LiveEngine] = WeakKeyDictionary()
_lock = threading.RLock()


def live_engine() -> LiveEngine:
    """This process's engine with every change committed by now, by whichever process.

    It reads in a transaction of its own, so that what the caller has not committed is not taken in.
    """
    with _lock, db.transaction(read_only=True) as session:
        today = clock.local_date(clock.now())
        live = _lives.pop(db.engine(), None)
        if live is None or live.cursor.too_old or live.today != today:
            live = _loaded(session, today)
        else:
            changed = changes.take(session, live.cursor)
            _take_workers(session, live, changed.get("worker", set()))
            _take_postings(session, live, changed.get("posting", set()))
        _lives[db.engine()] = live  # only when whole: one that failed half way is loaded anew
        return live


def shortlist(posting: Posting, *, k: int = 50, by_distance: bool = False) -> Shortlist:
    """The first k workers for a posting, in whichever state it is."""
    live = live_engine()
    return _shortlist(live, _posting_columns(live, [_values_of(posting)]), k, by_distance)


def shortlist_of_draft(draft: Draft, *, k: int = 50, by_distance: bool = False) -> Shortlist:
    """The preview while typing: the first k workers for a draft that is not stored."""
    live = live_engine()
    return _shortlist(live, _posting_columns(live, [_values_of_draft(draft)]), k, by_distance)


def ranked_postings(worker_id: int, *, k: int = 200, by_distance: bool = False) -> list[tuple[int, float]]:
    """Ids and scores of the postings for a worker, the best first; empty for one who is paused."""
    live = live_engine()
    if worker_id not in live.workers:
        return []
    ranking = live.engine.postings_for(worker_id, k=k, weights=_weights(by_distance))
    return list(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True))


def explain(*, worker_id: int, posting_id: int) -> Explanation | None:
    """Why a worker ranks where they do for an open posting; None when either isn't in the market now."""
    live = live_engine()
    if worker_id not in live.workers or posting_id not in live.postings:
        return None
    return live.engine.explain(worker_id, posting_id)


def _shortlist(live: LiveEngine, row: Postings, k: int, by_distance: bool) -> Shortlist:
    ranking = live.engine.workers_for_draft(row, k=k + 1, weights=_weights(by_distance))
    places, weights = [], asdict(BY_DISTANCE if by_distance else Weights())
    for worker_id, score in zip(ranking.ids[:k].tolist(), ranking.scores[:k].tolist(), strict=True):
        told = live.engine.explain_draft(worker_id, row)
        places.append(Place(worker_id, score, dict(told.parts), weights, told.distance_km))
    return Shortlist(places=tuple(places), more=len(ranking.ids) > k)


def _weights(by_distance: bool) -> Weights | None:
    return BY_DISTANCE if by_distance else None


def _loaded(session: Session, today: date) -> LiveEngine:
    engine = Engine(OccupationTree(small_groups(), middle_groups()), weights=Weights(), origin=ORIGIN)
    live = LiveEngine(engine=engine, cursor=changes.start(session), today=today)
    _take_workers(session, live, None)
    _take_postings(session, live, None)
    return live


def _take_workers(session: Session, live: LiveEngine, ids: set[int] | None) -> None:
    """Bring workers up to date; all of them when `ids` is None."""
    for chunk in _chunks(ids):
        found = _worker_values(session, live, chunk)
        if found:
            live.engine.upsert_workers(_worker_columns(found))
            live.workers.update(row[0] for row in found)
        gone = live.workers & (set(chunk) - {row[0] for row in found}) if chunk is not None else set()
        if gone:
            live.engine.remove_workers(np.fromiter(gone, dtype=np.int64))
            live.workers -= gone


def _take_postings(session: Session, live: LiveEngine, ids: set[int] | None) -> None:
    for chunk in _chunks(ids):
        query = taking(at=clock.now()).where(Posting.state == State.OPEN)
        if chunk is not None:
            query = query.where(Posting.id.in_(chunk))
        values = [_values_of(posting) for posting in session.scalars(query)]
        found = [row for row in values if needed_slots(row.shifts, today=live.today)]
        if found:
            live.engine.upsert_postings(_posting_columns(live, found))
            live.postings.update(row.id for row in found)
        gone = live.postings & (set(chunk) - {row.id for row in found}) if chunk is not None else set()
        if gone:
            live.engine.remove_postings(np.fromiter(gone, dtype=np.int64))
            live.postings -= gone


def _chunks(ids: set[int] | None) -> Iterable[list[int] | None]:
    return [None] if ids is None else [sorted(ids)[at : at + CHUNK] for at in range(0, len(ids), CHUNK)]


WorkerValues = tuple[int, float, float, float, bool, int, int, list[tuple[int, int]], list[int]]


def _worker_values(session: Session, live: LiveEngine, ids: Sequence[int] | None) -> list[WorkerValues]:
    """id, lon, lat, radius, relocates, slots, floor, [(occupation, level)], [brand] of the active workers."""

    def limited(query: Any, column: Any) -> Any:
        return query if ids is None else query.where(column.in_(ids))

    skills = _grouped(
        session,
        limited(select(Skill.worker_id, Skill.occupation, Skill.level).order_by(Skill.id), Skill.worker_id),
        lambda row: (index_of(row[1]), row[2]),
    )
    brands = _grouped(
        session,
        limited(select(HeldBrand.worker_id, HeldBrand.brand).order_by(HeldBrand.id), HeldBrand.worker_id),
        lambda row: live.brand_index(row[1]),
    )
    off = _grouped(
        session,
        limited(select(DayOff.worker_id, DayOff.day).where(DayOff.day >= live.today), DayOff.worker_id),
        lambda row: row[1],
    )
    held = (
        select(Placement.worker_id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.posting_id == Placement.posting_id)
        .where(Placement.seat.is_not(None), Shift.ends_at > clock.day_bounds(live.today)[0])
    )
    taken = _grouped(session, limited(held, Placement.worker_id), lambda row: (row[1], row[2]))
    people = select(
        Worker.id,
        Worker.lon,
        Worker.lat,
        Worker.radius_km,
        Worker.relocates,
        Worker.week,
        Worker.min_hourly_fen,
    ).where(Worker.active)
    ordinary = {}
    rows: list[WorkerValues] = []
    for wid, lon, lat, radius, relocates, week, floor in session.execute(limited(people, Worker.id)):
        if week not in ordinary:
            ordinary[week] = free_slots(week, today=live.today, days_off=(), taken=())
        slots = ordinary[week]
        if wid in off or wid in taken:
            slots = free_slots(week, today=live.today, days_off=off.get(wid, ()), taken=taken.get(wid, ()))
        rows.append((wid, lon, lat, radius, relocates, slots, floor, skills.get(wid, []), brands.get(wid, [])))
    return rows


def _grouped(session: Session, query: Any, value: Callable[[Any], Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in session.execute(query):
        grouped.setdefault(row[0], []).append(value(row))
    return grouped


def _worker_columns(rows: list[WorkerValues]) -> Workers:
    ids, lons, lats, radii, relocates, slots, floors, skills, brands = zip(*rows, strict=True)
    return Workers(
        id=np.array(ids, dtype=np.int64),
        lon=np.array(lons, dtype=np.float64),
        lat=np.array(lats, dtype=np.float64),
        radius_km=np.array(radii, dtype=np.float32),
        relocates=np.array(relocates, dtype=np.bool_),
        slots=np.array(slots, dtype=np.uint64),
        min_hourly_fen=np.array(floors, dtype=np.int32),
        occupation=_padded([[code for code, _ in row] for row in skills], WORKER_OCCUPATIONS, -1, np.int16),
        level=_padded([[level for _, level in row] for row in skills], WORKER_OCCUPATIONS, 0, np.int8),
        brand=_padded(brands, WORKER_BRANDS, -1, np.int16),
    )


@dataclass(frozen=True)
class PostingValues:
    id: int
    lon: float
    lat: float
    shifts: list[tuple[datetime, datetime]]
    hourly_fen: int
    occupations: list[tuple[str, int]]
    brands: list[str]


def _values_of(posting: Posting) -> PostingValues:
    shifts = [(shift.starts_at, shift.ends_at) for shift in posting.shifts]
    occupations = [(need.occupation, need.level) for need in posting.occupations]
    brands = [preferred.brand for preferred in posting.brands]
    return PostingValues(posting.id, posting.lon, posting.lat, shifts, posting.hourly_fen, occupations, brands)


def _values_of_draft(draft: Draft) -> PostingValues:
    shifts, occupations = list(draft.shifts), list(draft.occupations)
    return PostingValues(0, draft.lon, draft.lat, shifts, hourly_fen(draft), occupations, list(draft.brands))


def _posting_columns(live: LiveEngine, rows: list[PostingValues]) -> Postings:
    occupations = [row.occupations[:POSTING_OCCUPATIONS] for row in rows]
    brands = [[live.brand_index(code) for code in row.brands[:POSTING_BRANDS]] for row in rows]
    return Postings(
        id=np.array([row.id for row in rows], dtype=np.int64),
        lon=np.array([row.lon for row in rows], dtype=np.float64),
        lat=np.array([row.lat for row in rows], dtype=np.float64),
        slots=np.array([needed_slots(row.shifts, today=live.today) for row in rows], dtype=np.uint64),
        hourly_fen=np.array([row.hourly_fen for row in rows], dtype=np.int32),
        occupation=_padded([[index_of(c) for c, _ in row] for row in occupations], POSTING_OCCUPATIONS, -1, np.int16),
        level=_padded([[level for _, level in row] for row in occupations], POSTING_OCCUPATIONS, 0, np.int8),
        brand=_padded(brands, POSTING_BRANDS, -1, np.int16),
    )


def _padded(rows: Sequence[Sequence[int]], width: int, empty: int, dtype: Any) -> Any:
    columns = np.full((len(rows), width), empty, dtype=dtype)
    for at, row in enumerate(rows):
        columns[at, : len(row)] = row[:width]
    return columns
