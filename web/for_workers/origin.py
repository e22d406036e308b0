"""老家: where the worker is at home, told or taken back, and what it may bring."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web import origin_words
from web.auth import WORKER, may_enter, viewer
from web.errors import said_by_field
from web.for_workers.blueprint import pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.people.origins import service
from zero_work_market.people.origins.queries import home_of
from zero_work_market.people.origins.rules import Status


@pages.route("/me/origin", methods=["GET", "POST"])
@may_enter(WORKER)
def origin() -> str | Response | tuple[str, int]:
    if request.method == "GET":
        return _screen({})
    given = request.form
    try:
        if not given.get("region"):
            raise InvalidValue(field="region", reason="required")
        if "consent" not in given:
            raise InvalidValue(field="consent", reason="unticked")
        status = Status.LIFTED if given.get("status") == Status.LIFTED else Status.NONE
        with transaction() as session:
            service.tell(
                session, worker_id=_worker_id(), region=given["region"], status=status, by=viewer().as_worker(),
                at=clock.now(),
            )  # fmt: skip
    except LeyeError as error:
        code, errors = said_by_field(error)
        return _screen(errors), code
    flash("记下了。带上证明去驿站给工作人员看一眼，就核好了。", "ok")
    return redirect(url_for("workers.origin"), 303)


@pages.post("/me/origin/forget")
@may_enter(WORKER)
def forget_origin() -> Response:
    """Nothing of it stays."""
    with transaction() as session:
        service.forget(session, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now())
    flash("删掉了，以后不算你。", "ok")
    return redirect(url_for("workers.me"), 303)


def _screen(errors: dict[str, str]) -> str:
    now, worker_id = clock.now(), _worker_id()
    with transaction(read_only=True) as session:
        home = home_of(session, worker_id)
        chances = origin_words.chances_of(session, home, worker_id, today=clock.local_date(now))
    return render_template(
        "for_workers/origin.html", title="老家在哪", home=home, chances=chances, errors=errors, given=request.form,
        words=origin_words, options=[("", "选一个"), *origin_words.home_options()], now=now,
    )  # fmt: skip


def _worker_id() -> int:
    worker_id = viewer().worker_id
    assert worker_id is not None
    return worker_id
