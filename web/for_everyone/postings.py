"""A posting as everyone sees it, and for a worker with what it means to them."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from labor_brands.export_channels.queries import channel_of_code, next_ride
from web.auth import EVERYONE, may_enter, viewer
from web.crew_words import calls
from web.drawings import day_ruler
from web.for_everyone.blueprint import pages
from web.job_posting import job_posting
from web.ratings import rated_said
from web.wage_words import SHAPES, record_said
from web.words import closed_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import NotFound
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.queries import engagement, engagements, mates_of
from zero_work_market.market.placements.rules import Engagement, clash
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.postings.rules import TAKING, State, is_for_crew
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.market.search.rules import Job
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.law.queries import minimum_wage
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import ride_minutes
from zero_work_market.rights.wages.queries import paid_record

HOUR = timedelta(hours=1)


@pages.get("/postings/<int:posting_id>")
@may_enter(EVERYONE)
def posting(posting_id: int) -> str:
    """One posting. Raises NotFound; what staff haven't let out is there for its employer and staff over its town."""
    now = clock.now()
    with transaction(read_only=True) as session:
        row = posting_by_id(session, posting_id)
        watched = viewer().employer_id == row.employer_id or viewer().may(Permission.BOARD, row.town)
        if row.published_at is None and not watched:
            raise NotFound(what="posting")
        worker_id = viewer().worker_id
        worker = session.get(Worker, worker_id) if worker_id is not None else None
        job = job_of(session, row, worker=worker)
        record = paid_record(session, [row.employer_id], clock.local_date(now)).get(row.employer_id)
        held = engagements(session, worker_id=worker.id, after=now, but=row.id) if worker else []
        busy = _busy_hours(held, job.shifts[0][0])
        channel = channel_of_code(session, row.channel)
        ride = next_ride(session, row, at=now) if channel else None
        asked = calls(session, worker_id=worker.id, at=now) if worker else []
        return render_template(
            "for_everyone/posting.html",
            job=job, channel=channel, ride=ride, words=row.words, worker=worker,
            mates=mates_of(session, posting_id=posting_id),
            key=secrets.token_urlsafe(12), ruler=_ruler(job.shifts[0], busy), skills_said=_skills(job),
            busy=busy, clash=clash(engagement(row), held) if worker else None,
            town=region(row.town), minutes=ride_minutes(job.distance_km) if job.distance_km is not None else None,
            floor=minimum_wage(row.county, clock.local_date(row.closes_at)), closed=closed_said(job),
            record=record, record_said=record_said, lights=[SHAPES[one] for one in record.lamps] if record else [],
            rated=rated_said(session, row.employer_id, now),
            crew=next((one for one in asked if one.posting.id == row.id), None),
            for_crew=is_for_crew(row.crew_until, at=now), told=_told(row, now),
            waiting=row.state == State.WAITING, back=url_for("everyone.market", county=row.county),
        )  # fmt: skip


def _told(row: Posting, now: datetime) -> dict[str, Any] | None:
    """The posting for machines, while it takes."""
    if row.state not in TAKING or row.closes_at <= now:
        return None
    return job_posting(row, url=f"{settings().public_url}/postings/{row.id}")


def _busy_hours(held: list[Engagement], start: datetime) -> list[tuple[float, float]]:
    """Hours of the posting's first day that the worker is taken for."""
    begin, end = clock.day_bounds(clock.local_date(start))
    spans = [(max(first, begin), min(last, end)) for one in held for first, last in one.shifts]
    return [((first - begin) / HOUR, (last - begin) / HOUR) for first, last in spans if first < last]


def _ruler(shift: tuple[datetime, datetime], busy: list[tuple[float, float]]) -> Markup:
    begin = clock.day_bounds(clock.local_date(shift[0]))[0]
    return day_ruler((shift[0] - begin) / HOUR, (shift[1] - begin) / HOUR, busy)


def _skills(job: Job) -> str:
    """ "包装工，中级工起" """
    return "、".join(f"{label(code)}{f'，{LEVELS[level]}起' if level > 1 else ''}" for code, level in job.occupations)
