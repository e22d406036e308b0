"""我的课: enrolling, leaving, and what has come of it: days, result, certificate, subsidy."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from web.auth import WORKER, may_enter, viewer
from web.errors import wording
from web.for_workers.blueprint import pages
from web.training import WORDS, days_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.policy.courses import queries, service
from zero_work_market.policy.courses.rules import Kind


@pages.get("/courses")
@may_enter(WORKER)
def courses() -> str:
    with transaction(read_only=True) as session:
        own = queries.of_worker(session, _worker_id(), today=clock.local_date(clock.now()))
    return render_template("for_workers/courses.html", own=own, skill=Kind.SKILL, days_said=days_said, **WORDS)


@pages.post("/courses/<int:batch_id>/<any(enrol, leave):verb>")
@may_enter(WORKER)
def book(batch_id: int, verb: str) -> Response:
    """Raises NotFound."""
    try:
        with transaction() as session:
            course_id = queries.batch(session, batch_id).course_id
            deed = service.enrol if verb == "enrol" else service.leave
            deed(session, batch_id=batch_id, worker_id=_worker_id(), **_as())
    except NotFound:
        raise
    except LeyeError as error:
        flash(wording(error)[1], "bad")
        return redirect(url_for("everyone.course", course_id=course_id), 303)
    flash("报上名了，到日子去上课。" if verb == "enrol" else "退掉了，名额让给别人。", "ok")
    return redirect(url_for("workers.courses"), 303)


@pages.post("/enrolments/<int:enrolment_id>/claim")
@may_enter(WORKER)
def claim_subsidy(enrolment_id: int) -> Response:
    """Ask for the subsidy of one's certificate. Raises NotFound for another's enrolment."""
    try:
        with transaction() as session:
            if queries.enrolment(session, enrolment_id).worker_id != _worker_id():
                raise NotFound(what="enrolment")
            service.claim(session, enrolment_id=enrolment_id, kind=Kind.SKILL, **_as())
    except NotFound:
        raise
    except LeyeError as error:
        flash(wording(error)[1], "bad")
    else:
        flash("报上去了，县里批了发短信告诉你。", "ok")
    return redirect(url_for("workers.courses"), 303)


def _as() -> dict[str, Any]:
    return {"by": viewer().as_worker(), "at": clock.now()}


def _worker_id() -> int:
    worker_id = viewer().worker_id
    assert worker_id is not None
    return worker_id
