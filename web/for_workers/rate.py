"""评一评: the worker rates the employer after pay, sees what the employer said, and may contest it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.auth import WORKER, may_enter, viewer
from web.for_workers.blueprint import pages
from web.ratings import Typed, context, refused, said_in
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings import queries, service


@pages.get("/mine/<int:posting_id>/rate")
@may_enter(WORKER)
def rate(posting_id: int) -> str:
    """Raises NotFound for one who never had a seat of the posting."""
    return _page(posting_id, Typed())


@pages.post("/mine/<int:posting_id>/rate")
@may_enter(WORKER)
def try_rate(posting_id: int) -> Response | tuple[str, int]:
    """Rate, or change what was given."""
    try:
        with transaction() as session:
            service.rate(
                session, posting_id=posting_id, worker_id=_worker_id(), side=Side.WORKER, by=viewer().as_worker(),
                at=clock.now(), **said_in(request.form).as_arguments(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, typed = refused(error, request.form)
        return _page(posting_id, typed), status
    flash("评好了。", "ok")
    return redirect(url_for("workers.rate", posting_id=posting_id), 303)


@pages.post("/mine/<int:posting_id>/rate/contest")
@may_enter(WORKER)
def contest_rating(posting_id: int) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            service.contest(
                session, posting_id=posting_id, worker_id=_worker_id(), side=Side.WORKER,
                words=request.form.get("contest", ""), by=viewer().as_worker(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, typed = refused(error, request.form)
        return _page(posting_id, typed), status
    flash("交上去了，县里的工作人员来看，有结果发短信告诉你。", "ok")
    return redirect(url_for("workers.rate", posting_id=posting_id), 303)


def _page(posting_id: int, typed: Typed) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        row = posting_by_id(session, posting_id)
        placement = placement_of(session, posting_id=posting_id, worker_id=_worker_id())
        if placement is None:
            raise NotFound(what="placement")
        view = queries.view(session, placement_id=placement.id, side=Side.WORKER, at=now)
        return render_template("for_workers/rate.html", job=job_of(session, row), **context(view, typed, now))


def _worker_id() -> int:
    worker_id = viewer().worker_id
    assert worker_id is not None
    return worker_id
