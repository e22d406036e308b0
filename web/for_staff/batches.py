"""One run of a course: its roster, the calling of each day, results, certificates; and one person's row of it.

Staff of a town and agents see, enter and take off their own people; the rest is for who runs the county's courses.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import said_by_field, wording
from web.for_staff import reads
from web.for_staff.blueprint import counties_around, page, pages
from web.training import WORDS, day_given, days_said, number_given
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import worker_card
from zero_work_market.policy.courses import queries, service
from zero_work_market.policy.courses.models import Batch, Enrolment
from zero_work_market.policy.courses.queries import RosterRow
from zero_work_market.policy.courses.rules import Kind, State
from zero_work_market.reference.regions.rules import CITY

RUN, SEE = Permission.RUN_COURSES, Permission.REGISTER_WORKER


@pages.get("/batches/<int:batch_id>")
@may_enter(staff(SEE))
def batch(batch_id: int) -> str:
    return _page(_seen(batch_id), {})


@pages.post("/batches/<int:batch_id>/enrol")
@may_enter(staff(SEE))
def enrol(batch_id: int) -> Response | tuple[str, int]:
    """By ID number or phone, in full: who runs the course enters people from anywhere."""
    row, number = _seen(batch_id), request.form.get("number", "")
    scopes = (CITY,) if viewer().may(RUN, row.course.county) else viewer().scopes(SEE)
    try:
        with transaction() as session:
            ids = reads.worker_ids_of(session, number, scopes, at=clock.now())
            if len(ids) != 1:
                raise InvalidValue(field="number", reason="several" if ids else "unregistered")
            service.enrol(session, batch_id=batch_id, worker_id=ids[0], by=_by(session, row, ids[0]), at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(row, {"number": next(iter(errors.values()))}), status
    flash("报上名了。", "ok")
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


@pages.post("/batches/<int:batch_id>/leave")
@may_enter(staff(SEE))
def leave_batch(batch_id: int) -> Response | tuple[str, int]:
    """Take somebody off the roster. Raises NotFound, OutOfScope."""
    row, worker_id = _seen(batch_id), request.form.get("worker", 0, type=int)
    try:
        with transaction() as session:
            service.leave(
                session, batch_id=batch_id, worker_id=worker_id, by=_by(session, row, worker_id), at=clock.now()
            )
    except LeyeError as error:
        status, said = wording(error)
        return _page(row, {"form": said}), status
    flash("退掉了，名额让出来了。", "ok")
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


@pages.get("/batches/<int:batch_id>/day")
@may_enter(staff(RUN))
def class_day(batch_id: int) -> str:
    """The roster of one day, to tick: the day asked for, else the last that is due."""
    return _day_page(_of_mine(batch_id), {})


@pages.post("/batches/<int:batch_id>/day")
@may_enter(staff(RUN))
def call_day(batch_id: int) -> Response | tuple[str, int]:
    row, given = _of_mine(batch_id), request.form
    try:
        day, present = day_given(given, "day"), set(given.getlist("there", type=int))
        with transaction() as session:
            service.call_roster(session, batch_id=batch_id, day=day, present=present, **_as(row))
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _day_page(row, errors), status
    flash(f"记上了，到了 {len(present)} 个。", "ok")
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


@pages.post("/batches/<int:batch_id>/end")
@may_enter(staff(RUN))
def end_batch(batch_id: int) -> Response | tuple[str, int]:
    row = _of_mine(batch_id)
    try:
        with transaction() as session:
            service.end_batch(session, batch_id=batch_id, **_as(row))
    except LeyeError as error:
        status, said = wording(error)
        return _page(row, {"form": said}), status
    flash("结班了。课上够的算进人次，接着登成绩。", "ok")
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


@pages.get("/batches/<int:batch_id>/results")
@may_enter(staff(RUN))
def results(batch_id: int) -> str:
    return _results_page(_of_mine(batch_id), {})


@pages.post("/batches/<int:batch_id>/results")
@may_enter(staff(RUN))
def save_results(batch_id: int) -> Response | tuple[str, int]:
    """Scores, and certificate numbers of who passed: all of the page, or none of it when one can't be taken."""
    row, given = _of_mine(batch_id), request.form
    with transaction(read_only=True) as session:
        rows = queries.roster(session, batch_id)
    at_fault: RosterRow | None = None
    try:
        with transaction() as session:
            for at_fault in rows:
                _save(session, row, at_fault, given)
    except LeyeError as error:
        status, said = wording(error)
        key = f"{error.details.get('field') or 'form'}.{at_fault.enrolment_id}" if at_fault else "form"
        return _results_page(row, {key: said, "form": f"{at_fault.masked_name}，{said}" if at_fault else said}), status
    flash("存好了。考过的发了短信。", "ok")
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


@pages.post("/batches/<int:batch_id>/claims")
@may_enter(staff(RUN))
def claim_batch(batch_id: int) -> Response:
    """Claim the training subsidy for everybody of the batch who counts and for whom it wasn't claimed."""
    row, made = _of_mine(batch_id), 0
    with transaction() as session:
        for one in queries.roster(session, batch_id):
            if one.why_out is None and Kind.TRAINING not in one.claims:
                service.claim(session, enrolment_id=one.enrolment_id, kind=Kind.TRAINING, **_as(row))
                made += 1
    flash(f"报了 {made} 个人的培训补贴，等着批。" if made else "能报的都报过了。", "ok" if made else "bad")
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


@pages.get("/enrolments/<int:enrolment_id>")
@may_enter(staff(SEE))
def enrolment(enrolment_id: int) -> str:
    """Raises NotFound, OutOfScope to who neither runs the course nor keeps the person."""
    return _person_page(enrolment_id, {})


@pages.post("/enrolments/<int:enrolment_id>/claim/<any(training, skill):kind>")
@may_enter(staff(SEE))
def claim_for(enrolment_id: int, kind: str) -> Response | tuple[str, int]:
    """Claim a subsidy for somebody."""
    row, worker = _person(enrolment_id)
    try:
        with transaction() as session:
            by = _by(session, row.batch, worker.id)
            service.claim(session, enrolment_id=enrolment_id, kind=Kind(kind), by=by, at=clock.now())
    except LeyeError as error:
        status, said = wording(error)
        return _person_page(enrolment_id, {"form": said}), status
    flash("报上去了，等县里批。", "ok")
    return redirect(url_for("staff.enrolment", enrolment_id=enrolment_id), 303)


def _save(session: Session, batch: Batch, row: RosterRow, given: Mapping[str, str]) -> None:
    score, number = (
        given.get(f"score.{row.enrolment_id}", "").strip(),
        given.get(f"number.{row.enrolment_id}", "").strip(),
    )
    if score and score != str(row.score):
        scores = {row.enrolment_id: number_given(given, f"score.{row.enrolment_id}", "score")}
        service.grade(session, batch_id=batch.id, scores=scores, **_as(batch))
    if number and number != row.certificate:
        issued_on = day_given(given, "issued_on")
        service.issue(session, enrolment_id=row.enrolment_id, number=number, issued_on=issued_on, **_as(batch))


def _seen(batch_id: int) -> Batch:
    """A batch of a county in which the viewer has a scope. Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        row = queries.batch(session, batch_id)
    if row.course.county not in counties_around(SEE):
        viewer().require(SEE, row.course.county)
    return row


def _of_mine(batch_id: int) -> Batch:
    with transaction(read_only=True) as session:
        row = queries.batch(session, batch_id)
    viewer().require(RUN, row.course.county)
    return row


def _as(row: Batch) -> dict[str, Any]:
    return {"by": viewer().as_staff(RUN, row.course.county), "at": clock.now()}


def _by(session: Session, row: Batch, worker_id: int) -> Actor:
    """As who runs the course, or as who keeps the person. Raises NotFound, OutOfScope."""
    if viewer().may(RUN, row.course.county):
        return viewer().as_staff(RUN, row.course.county)
    worker = session.get(Worker, worker_id)
    if worker is None:
        raise NotFound(what="worker")
    return viewer().as_staff(SEE, worker.village or worker.town)


def _person(enrolment_id: int) -> tuple[Enrolment, Worker]:
    with transaction(read_only=True) as session:
        row = queries.enrolment(session, enrolment_id)
        worker = session.get_one(Worker, row.worker_id)
    if not viewer().may(RUN, row.batch.course.county):
        viewer().require(SEE, worker.village or worker.town)
    return row, worker


def _page(row: Batch, errors: dict[str, str]) -> str:
    may_run = viewer().may(RUN, row.course.county)
    with transaction(read_only=True) as session:
        people = queries.roster(session, row.id, None if may_run else viewer().scopes(SEE))
        held = queries.days_held(session, row.id)
        count = queries.taken(session, [row.id]).get(row.id, queries.Taken())
        least = queries.least_attendance(row.ended_on or row.ends_on)
    open_claims = [one for one in people if one.why_out is None and Kind.TRAINING not in one.claims]
    return page(
        "batch", "courses", row=row, people=people, held=held, count=count, may_run=may_run, errors=errors,
        least=least, today=clock.local_date(clock.now()), number=request.form.get("number", ""),
        to_claim=len(open_claims), days_said=days_said, **WORDS,
    )  # fmt: skip


def _day_page(row: Batch, errors: dict[str, str]) -> str:
    today = clock.local_date(clock.now())
    length = (min(row.ends_on, today) - row.starts_on).days + 1
    due = [row.starts_on + timedelta(days=ahead) for ahead in range(max(length, 0))]
    with transaction(read_only=True) as session:
        people = [one for one in queries.roster(session, row.id) if one.state != State.LEFT]
        held, there = queries.days_held(session, row.id), queries.presence(session, row.id)
    day = _asked_day(due)
    marked = {id for id, days in there.items() if day in days}
    present = marked if day in held else {one.enrolment_id for one in people}
    return page(
        "batch_day", "courses", row=row, people=people, held=held, due=due, day=day, present=present, errors=errors,
        days_said=days_said,
    )  # fmt: skip


def _asked_day(due: list[date]) -> date | None:
    said = request.values.get("day", "")
    return next((day for day in due if day.isoformat() == said), due[-1] if due else None)


def _results_page(row: Batch, errors: dict[str, str]) -> str:
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        people = [one for one in queries.roster(session, row.id) if one.state not in (State.LEFT, State.ENROLLED)]
        held = len(queries.days_held(session, row.id))
    return page(
        "batch_results", "courses", row=row, people=people, held=held, errors=errors, given=request.form, today=today,
        mark=queries.pass_score(today), **WORDS,
    )  # fmt: skip


def _person_page(enrolment_id: int, errors: dict[str, str]) -> str:
    row, worker = _person(enrolment_id)
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        card = worker_card(session, worker.id)
        held, there = queries.days_held(session, row.batch_id), queries.presence(session, row.batch_id)[row.id]
        certificate, claims = queries.certificate_of(session, row.id), queries.claims_for(session, row.id)
        lacks = {kind: queries.missing(row, certificate, kind, today=today) for kind in Kind}
    return page(
        "enrolment", "courses", row=row, card=card, worker=worker, held=held, there=there, certificate=certificate,
        subsidies=claims, lacking=lacks, errors=errors, days_said=days_said,
        least=queries.least_attendance(row.batch.ended_on or row.batch.ends_on), **WORDS,
    )  # fmt: skip
