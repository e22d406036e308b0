"""学手艺: courses of a county, those that lead to work that is wanted first; each course's own page."""

from flask import render_template, request

from web.auth import EVERYONE, may_enter, viewer
from web.for_everyone.blueprint import pages
from web.for_everyone.markets import HERE_COOKIE
from web.training import WORDS, Offer, days_said, offers, year_now
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.people.workers.models import Worker
from zero_work_market.policy.courses import queries
from zero_work_market.policy.courses.models import Enrolment
from zero_work_market.policy.courses.rules import State
from zero_work_market.reference.regions.queries import counties, region
from zero_work_market.reference.regions.rules import km_between


@pages.get("/courses")
@may_enter(EVERYONE)
def courses() -> str:
    """Of the county asked for, else of the viewer's own: the flagship first, then what postings ask for most."""
    now = clock.now()
    with transaction(read_only=True) as session:
        worker = session.get(Worker, viewer().worker_id) if viewer().worker_id else None
        known = {one.code for one in counties()}
        said = (request.args.get("county"), worker.town[:6] if worker else None, request.cookies.get(HERE_COOKIE))
        county = next((code for code in said if code in known), counties()[0].code)
        found = queries.courses_in(session, [county], number=request.args.get("page", 1, type=int))
        rows = offers(session, found.rows, at=now, county=county)
        mine = len(queries.of_worker(session, worker.id, today=clock.local_date(now))) if worker else 0
    year = year_now(now)
    rows.sort(key=lambda one: (year not in one.flagship, one.next is None, -one.seats))
    return render_template(
        "for_everyone/courses.html", rows=rows, found=found, county=region(county), counties=counties(), mine=mine,
        km={one.course.id: _km(one, worker) for one in rows}, year=year, days_said=days_said, **WORDS,
    )  # fmt: skip


@pages.get("/courses/<int:course_id>")
@may_enter(EVERYONE)
def course(course_id: int) -> str:
    """What it teaches, where it leads, its batches that can be booked, and how many passed. Raises NotFound."""
    now = clock.now()
    with transaction(read_only=True) as session:
        row = queries.course(session, course_id)
        [offer] = offers(session, [row], at=now, county=row.county)
        open_batches = queries.bookable(session, today=clock.local_date(now), course_id=course_id)
        order = queries.order_of_course(session, course_id)
        worker_id = viewer().worker_id
        own = _own(queries.of_worker(session, worker_id, today=clock.local_date(now))) if worker_id else {}
    return render_template(
        "for_everyone/course.html", row=row, offer=offer, open_batches=open_batches, order=order, own=own,
        days_said=days_said, **WORDS,
    )  # fmt: skip


def _own(held: list[queries.Own]) -> dict[int, Enrolment]:
    """By batch, without those that were left."""
    return {one.enrolment.batch_id: one.enrolment for one in held if one.enrolment.state != State.LEFT}


def _km(one: Offer, worker: Worker | None) -> float | None:
    """How far the next batch is from the worker's home."""
    if worker is None or one.next is None:
        return None
    town = region(one.next.town)
    return km_between(worker.lon, worker.lat, town.lon, town.lat)
