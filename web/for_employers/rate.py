"""评一评: the employer rates who worked, after pay, sees what they said, and may contest it."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.for_employers.blueprint import own_posting, pages
from web.ratings import Typed, context, refused, said_in, state_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings import queries, service


@dataclass(frozen=True)
class Row:
    """One who worked, and how their rating stands."""

    worker_id: int
    name: str
    state: str
    to_do: bool


@pages.get("/<int:posting_id>/rate")
@may_enter(EMPLOYER)
def rate(posting_id: int) -> str:
    """Everybody who holds a seat of the posting, or worked in it."""
    now = clock.now()
    with transaction(read_only=True) as session:
        posting = own_posting(session, posting_id)
        held = queries.worked(session, posting_id=posting_id)
        names = shown_workers(session, [one.worker_id for one in held])
        ids = [one.id for one in held]
        views = queries.views(session, placement_ids=ids, side=Side.EMPLOYER, at=now)
        rows = [
            Row(one.worker_id, names[one.worker_id].masked_name, *state_said(views[one.id]))
            for one in held
            if one.worker_id in names
        ]
        terms = queries.terms(clock.local_date(now))
        return render_template("for_employers/rate.html", job=job_of(session, posting), rows=rows, terms=terms)


@pages.get("/<int:posting_id>/rate/<int:worker_id>")
@may_enter(EMPLOYER)
def rate_worker(posting_id: int, worker_id: int) -> str:
    """Raises NotFound for one who never had a seat of the posting."""
    return _page(posting_id, worker_id, Typed())


@pages.post("/<int:posting_id>/rate/<int:worker_id>")
@may_enter(EMPLOYER)
def try_rate(posting_id: int, worker_id: int) -> Response | tuple[str, int]:
    """Rate, or change what was given."""
    try:
        with transaction() as session:
            _placement(session, posting_id, worker_id)
            service.rate(
                session, posting_id=posting_id, worker_id=worker_id, side=Side.EMPLOYER, by=viewer().as_employer(),
                at=clock.now(), **said_in(request.form).as_arguments(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, typed = refused(error, request.form)
        return _page(posting_id, worker_id, typed), status
    flash("评好了。", "ok")
    return redirect(url_for("employers.rate", posting_id=posting_id), 303)


@pages.post("/<int:posting_id>/rate/<int:worker_id>/contest")
@may_enter(EMPLOYER)
def contest_rating(posting_id: int, worker_id: int) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            _placement(session, posting_id, worker_id)
            service.contest(
                session, posting_id=posting_id, worker_id=worker_id, side=Side.EMPLOYER,
                words=request.form.get("contest", ""), by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, typed = refused(error, request.form)
        return _page(posting_id, worker_id, typed), status
    flash("交上去了，县里的工作人员来看，有结果发短信告诉你们。", "ok")
    return redirect(url_for("employers.rate_worker", posting_id=posting_id, worker_id=worker_id), 303)


def _placement(session: Session, posting_id: int, worker_id: int) -> Placement:
    own_posting(session, posting_id)
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    if placement is None:
        raise NotFound(what="placement")
    return placement


def _page(posting_id: int, worker_id: int, typed: Typed) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        placement = _placement(session, posting_id, worker_id)
        worker = shown_workers(session, [worker_id]).get(worker_id)
        if worker is None:
            raise NotFound(what="worker")
        view = queries.view(session, placement_id=placement.id, side=Side.EMPLOYER, at=now)
        return render_template(
            "for_employers/rate_worker.html",
            job=job_of(session, own_posting(session, posting_id)), worker=worker, worker_id=worker_id,
            **context(view, typed, now),
        )  # fmt: skip
