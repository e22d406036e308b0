"""Jobs elsewhere: agreeing that partner regions are told of oneself, applying, taking it back."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.exchange import service
from labor_brands.partners.queries import partners, place_said
from labor_brands.partners.rules import State
from web.auth import WORKER, may_enter, viewer
from web.errors import wording
from web.for_workers.blueprint import pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.queries import has_consent
from zero_work_market.people.workers.rules import Purpose


@pages.get("/me/exchange")
@may_enter(WORKER)
def exchange_consent() -> str:
    """What partner regions would be told, and the switch."""
    with transaction(read_only=True) as session:
        given = has_consent(session, worker_id=_worker_id(), purpose=Purpose.EXCHANGE)
        places = [place_said(one.code) for one in partners(session) if one.state == State.ACTIVE]
    return render_template(
        "for_workers/exchange.html", given=given, places=places, job=request.args.get("job", type=int)
    )


@pages.post("/me/exchange")
@may_enter(WORKER)
def set_exchange_consent() -> Response:
    """On or off; then to the job that asked for it, or to all that come from elsewhere."""
    agrees, job = request.form.get("agree") == "1", request.form.get("job", type=int)
    of: dict[str, Any] = {"worker_id": _worker_id(), "by": viewer().as_worker(), "at": clock.now()}
    with transaction() as session:
        if agrees:
            workers.consent(session, purpose=Purpose.EXCHANGE, **of)
        else:
            workers.take_back_consent(session, purpose=Purpose.EXCHANGE, **of)
    flash("记下了，外地的活可以申请了。" if agrees else "收回了，那边不再看得到你。", "ok")
    if agrees and job:
        return redirect(url_for("everyone.far_job", vacancy_id=job), 303)
    return redirect(url_for("everyone.far" if agrees else "workers.me"), 303)


@pages.post("/far/<int:vacancy_id>/apply")
@may_enter(WORKER)
def apply_far(vacancy_id: int) -> Response:
    def answer(session: Session) -> str:
        service.apply(session, vacancy_id=vacancy_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now())
        return "申请记下了，随下一包转过去。那边回话就发短信告诉你。"

    return _done(answer, vacancy_id)


@pages.post("/far/<int:vacancy_id>/withdraw")
@may_enter(WORKER)
def withdraw_far(vacancy_id: int) -> Response:
    def answer(session: Session) -> str:
        service.withdraw(
            session, vacancy_id=vacancy_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now()
        )
        return "撤回了，下一包就告诉那边。"

    return _done(answer, vacancy_id)


def _done(answer: Callable[[Session], str], vacancy_id: int) -> Response:
    try:
        with transaction() as session:
            said = answer(session)
        flash(said, "ok")
    except LeyeError as error:
        flash(wording(error)[1], "bad")
        return redirect(url_for("everyone.far"), 303)
    return redirect(url_for("everyone.far_job", vacancy_id=vacancy_id), 303)


def _worker_id() -> int:
    worker_id = viewer().worker_id
    assert worker_id is not None
    return worker_id
