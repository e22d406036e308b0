"""Search: words are understood through the occupations' reader, fit comes from the engine, the rest narrows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.market.applications.queries import queue_lengths, rows_of_worker
from zero_work_market.market.applications.rules import State as ApplicationState
from zero_work_market.market.placements.queries import seats_taken
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import taking
from zero_work_market.market.postings.rules import State
from zero_work_market.market.search.rules import Found, Job, Place, Wanted, runs_on
from zero_work_market.market.shortlists.queries import explained, ranked_postings
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.job_titles.queries import reader
from zero_work_market.reference.occupations.queries import occupation
from zero_work_market.reference.regions.rules import km_between

GATES = ("slots", "pay", "distance", "skill")
SURE, SURE_OF_LETTERS, ABOUT = 0.5, 0.85, 0.1
"""Confidence from which the reader's occupation is taken as meant: one wrong character of two, nearly all letters."""


def job(session: Session, posting: Posting, *, worker: Worker | None = None) -> Job:
    """One posting, as the worker who asks sees it."""
    row = _jobs(session, [posting])[0]
    if worker is None:
        return row
    scores = dict(ranked_postings(worker.id))
    return _for_worker(session, [row], worker, scores)[0]


def search(
    session: Session, *, wanted: Wanted, at: datetime, worker: Worker | None = None, place: Place | None = None
) -> Found:
    """Open postings that are `wanted`, for a worker by fit and for a visitor by distance and time; full ones last.

    `by_day` counts what is found on each of the 7 days from today, whatever days are asked for, and `week` each job of
    these days once.
    """
    if worker is not None:
        place = Place(worker.lon, worker.lat)
    query = taking(at=at)
    if wanted.county:
        query = query.where(Posting.county == wanted.county)
    if wanted.least_hourly_fen:
        query = query.where(Posting.hourly_fen >= wanted.least_hourly_fen)
    jobs = _jobs(session, session.scalars(query.order_by(Posting.closes_at, Posting.id)).all())
    jobs = [_placed(row, place) for row in jobs]
    if wanted.within_km is not None and place is not None:
        jobs = [row for row in jobs if row.distance_km is not None and row.distance_km <= wanted.within_km]
    jobs = _matching_words(jobs, wanted)
    if worker is not None:
        scores = dict(ranked_postings(worker.id))
        jobs = _for_worker(session, jobs, worker, scores)
        if wanted.within_reach:
            jobs = [row for row in jobs if _within_reach(row, worker)]
    by_day = _counted_by_day(jobs, local_date(at))
    week = sum(runs_on(row.shifts, min(by_day), max(by_day)) for row in jobs)
    if wanted.first_day is not None:
        last = wanted.last_day or wanted.first_day
        jobs = [row for row in jobs if runs_on(row.shifts, wanted.first_day, last)]
    ordered = sorted(jobs, key=_by_distance if wanted.by_distance or worker is None else _by_fit)
    return Found(jobs=tuple(ordered), total=len(ordered), by_day=by_day, week=week)


def similar(session: Session, *, posting: Posting, worker: Worker, at: datetime, k: int = 3) -> tuple[Job, ...]:
    """Open postings for a worker whose seat was taken away: the best of the engine's, this one left out."""
    found = search(session, wanted=Wanted(), at=at, worker=worker)
    return tuple(row for row in found.jobs if row.score is not None and row.id != posting.id)[:k]


def jobs_of(session: Session, postings: Iterable[Posting], *, worker: Worker | None = None) -> list[Job]:
    """Postings, in whichever state, as list rows."""
    rows = _jobs(session, list(postings))
    return rows if worker is None else _for_worker(session, rows, worker, {})


def _jobs(session: Session, postings: Iterable[Posting]) -> list[Job]:
    postings = list(postings)
    ids = [posting.id for posting in postings]
    taken, queues = seats_taken(session, posting_ids=ids), queue_lengths(session, posting_ids=ids)
    return [
        Job(
            id=posting.id,
            employer_id=posting.employer_id,
            employer=posting.employer.name,
            employer_short=posting.employer.short,
            verified=posting.employer.state == Verification.VERIFIED,
            state=posting.state,
            title=posting.title,
            headcount=posting.headcount,
            taken=taken.get(posting.id, 0),
            queue=queues.get(posting.id, 0),
            county=posting.county,
            town=posting.town,
            address=posting.address,
            lon=posting.lon,
            lat=posting.lat,
            shifts=tuple((shift.starts_at, shift.ends_at) for shift in posting.shifts),
            break_minutes=posting.break_minutes,
            closes_at=posting.closes_at,
            pay_kind=posting.pay_kind,
            pay_fen=posting.pay_fen,
            hourly_fen=posting.hourly_fen,
            total_fen=posting.total_fen,
            pay_days=posting.pay_days,
            meals=posting.meals,
            lodging=posting.lodging,
            transport=posting.transport,
            insurance=posting.insurance,
            min_age=posting.min_age,
            occupations=tuple((need.occupation, need.level) for need in posting.occupations),
            brands=tuple(preferred.brand for preferred in posting.brands),
            crew_until=posting.crew_until,
        )
        for posting in postings
    ]


def _placed(row: Job, place: Place | None) -> Job:
    return row if place is None else replace(row, distance_km=km_between(place.lon, place.lat, row.lon, row.lat))


def _for_worker(session: Session, jobs: list[Job], worker: Worker, scores: dict[int, float]) -> list[Job]:
    applications = rows_of_worker(session, worker_id=worker.id, posting_ids=[row.id for row in jobs])
    told = []
    for row in jobs:
        row = _placed(row, Place(worker.lon, worker.lat))
        known = applications.get(row.id)
        if known is not None:
            row = replace(row, application=known.state, respond_by=known.respond_by, queue_place=known.queue_place)
        told.append(replace(row, score=scores.get(row.id)))
    shut = _shut(worker.id, [row for row in told if row.id not in scores])
    return [replace(row, shut=shut.get(row.id, "")) for row in told]


def _shut(worker_id: int, rows: list[Job]) -> dict[int, str]:
    """The first gate that is shut for the worker, of those postings that might be theirs to take."""
    might_be = [row.id for row in rows if row.state == State.OPEN and row.application != ApplicationState.ACCEPTED]
    why = explained(worker_id=worker_id, posting_ids=might_be)
    return {id: next((gate for gate in GATES if not one.gates[gate]), "") for id, one in why.items()}


def _matching_words(jobs: list[Job], wanted: Wanted) -> list[Job]:
    words = wanted.words.strip()
    if wanted.occupation:
        jobs = [row for row in jobs if wanted.occupation in {code for code, _ in row.occupations}]
    if not words:
        return jobs
    literal = {row.id for row in jobs if words in row.title or words in row.employer or words in row.address}
    codes = meant(words)
    groups = {occupation(code).small for code in codes}
    return [
        row
        for row in jobs
        if row.id in literal or any(code in codes or occupation(code).small in groups for code, _ in row.occupations)
    ]


def meant(words: str) -> set[str]:
    """Occupations that the words stand for: those the reader is about as sure of as of its first, if that is enough."""
    found = reader().read(words, k=3)
    enough = SURE_OF_LETTERS if words.isascii() else SURE
    return {one.code for one in found if one.confidence >= max(enough, found[0].confidence - ABOUT)}


def _within_reach(row: Job, worker: Worker) -> bool:
    near = row.distance_km is not None and row.distance_km <= worker.radius_km
    return near or row.score is not None or row.application is not None


def _counted_by_day(jobs: list[Job], today: date) -> dict[date, int]:
    days = [today + timedelta(days=ahead) for ahead in range(7)]
    return {day: sum(1 for row in jobs if runs_on(row.shifts, day, day)) for day in days}


def _by_distance(row: Job) -> tuple[bool, float, datetime, int]:
    return row.free == 0, row.distance_km if row.distance_km is not None else 0.0, row.closes_at, row.id


def _by_fit(row: Job) -> tuple[int, float, float, int]:
    """Invitations first, then what the engine ranks, then what a gate keeps out, by distance; full ones last."""
    if row.application == ApplicationState.INVITED:
        group = 0
    elif row.score is not None:
        group = 1
    elif row.free:
        group = 2
    else:
        group = 3
    return group, -(row.score or 0.0), row.distance_km or 0.0, row.id
