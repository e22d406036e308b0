"""Reads of partners' vacancies, ranked by an engine of their own: they never stand among the postings here."""

import threading
from dataclasses import dataclass, replace
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as Database
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from labor_brands.bundles.rules import Vacancy
from labor_brands.exchange.models import ImportedVacancy
from labor_brands.exchange.queries import open_vacancies, vacancy
from labor_brands.far_jobs.rules import FarJob, far_job
from labor_brands.partners.models import Partner
from labor_brands.partners.queries import place_said
from matching import Engine, OccupationTree, Weights
from zero_work_market.ground import db
from zero_work_market.ground.clock import local_date
from zero_work_market.market.columns.queries import Brands, PostingRow, among, row_columns, workers
from zero_work_market.market.columns.rules import needed_slots
from zero_work_market.market.engine.queries import ORIGIN
from zero_work_market.market.search.queries import meant
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.occupations.queries import index_of, middle_groups, small_groups
from zero_work_market.reference.occupations.rules import UnknownOccupation
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import UnknownRegion

MOST = 200
"""So many are shown at once."""


@dataclass
class _Kept:
    """An engine of all open vacancies, and of which state of them."""

    engine: Engine
    brands: Brands
    state: tuple[date, int, int]


_engines: WeakKeyDictionary[Database, _Kept] = WeakKeyDictionary()
_lock = threading.Lock()


def job(session: Session, vacancy_id: int) -> FarJob:
    """Raises NotFound, VacancyGone."""
    row = vacancy(session, vacancy_id)
    return _shown(session, [row])[0]


def jobs(
    session: Session,
    *,
    at: datetime,
    worker: Worker | None = None,
    words: str = "",
    occupation: str = "",
    k: int = MOST,
) -> list[FarJob]:
    """Open vacancies elsewhere: for a worker who would move those that fit first, then by their time."""
    scores = dict(ranked(session, worker_id=worker.id, at=at, k=k)) if worker is not None and worker.relocates else {}
    query = _wanted(at, words, occupation)
    best = session.scalars(query.where(ImportedVacancy.id.in_(scores))).all() if scores else []
    rest = session.scalars(query.where(ImportedVacancy.id.not_in(scores)).limit(k - len(best))).all()
    shown = _shown(session, [*sorted(best, key=lambda row: -scores[row.id]), *rest])
    return [replace(one, score=scores.get(one.id)) for one in shown]


def count(session: Session, *, at: datetime, words: str = "", occupation: str = "") -> int:
    """How many `jobs` there are."""
    wanted = _wanted(at, words, occupation).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(wanted)) or 0


def ranked(session: Session, *, worker_id: int, at: datetime, k: int = MOST) -> list[tuple[int, float]]:
    """Ids and scores of the open vacancies that a worker is eligible for, the best first."""
    today = local_date(at)
    with _lock:
        kept = _engine(session, at)
        asking = workers(session, among([worker_id]), today=today, brands=kept.brands)
        if not len(asking.id):
            return []
        kept.engine.upsert_workers(asking)
        ranking = kept.engine.postings_for(worker_id, k=k)
        kept.engine.remove_workers([worker_id])
    return list(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True))


def _wanted(at: datetime, words: str, occupation: str) -> Select[ImportedVacancy]:
    """By a part of the title, or by the trade that the words are read as."""
    query = open_vacancies(at=at)
    if occupation:
        query = query.where(ImportedVacancy.occupation == occupation)
    if words:
        literal = ImportedVacancy.title.contains(words, autoescape=True)
        query = query.where(or_(literal, ImportedVacancy.occupation.in_(meant(words))))
    return query


def _engine(session: Session, at: datetime) -> _Kept:
    """Made anew when anything changed: a version only ever rises, so their sum tells."""
    today, database = local_date(at), db.engine()
    open_ones = open_vacancies(at=at).order_by(None)
    counted = open_ones.with_only_columns(func.count(), func.coalesce(func.sum(ImportedVacancy.version), 0))
    count, versions = session.execute(counted).one()
    kept = _engines.get(database)
    if kept is None or kept.state != (today, count, int(versions)):
        tree = OccupationTree(small_groups(), middle_groups())
        kept = _Kept(Engine(tree, weights=Weights(), origin=ORIGIN), Brands(), (today, count, int(versions)))
        rows = session.execute(open_ones.with_only_columns(ImportedVacancy.id, ImportedVacancy.body))
        read = [row for id, body in rows if (row := _row(id, body, today)) is not None]
        kept.engine.upsert_postings(row_columns(read, today=today, brands=kept.brands))
        _engines[database] = kept
    return kept


def _row(id: int, body: dict[str, object], today: date) -> PostingRow | None:
    """What the engine needs; None for what lies beyond its days. A trade that isn't known here isn't asked for."""
    told = Vacancy.model_validate(body)
    shifts = [(shift.start, shift.end) for shift in told.shifts]
    if not needed_slots(shifts, today=today):
        return None
    needs = {trade.occupation: trade.level for trade in told.trades if _known(trade.occupation)}
    # Two sides' brand codes have nothing in common yet, so none is preferred.
    return PostingRow(id, told.lon, told.lat, told.pay.hourly_fen, shifts, list(needs.items()), ())


def _known(code: str) -> bool:
    try:
        index_of(code)
    except UnknownOccupation:
        return False
    return True


def _shown(session: Session, rows: list[ImportedVacancy]) -> list[FarJob]:
    codes = dict(session.execute(select(Partner.id, Partner.code)).all())
    told = [(row, Vacancy.model_validate(row.body)) for row in rows]
    return [
        far_job(row.id, codes[row.partner_id], _origin(codes[row.partner_id], one.region), one) for row, one in told
    ]


def _origin(partner: str, county: str) -> str:
    """山东济宁嘉祥, 重庆万州; of a county that isn't kept, where the partner is."""
    try:
        return place_said(partner) + (region(county).short if county != partner else "")
    except UnknownRegion:
        return place_said(partner)
