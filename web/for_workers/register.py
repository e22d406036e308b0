"""A worker registers: who, where, what, by tapping."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.auth import ACCOUNT, may_enter, viewer
from web.errors import said_by_field
from web.for_workers.blueprint import pages
from web.forms import chosen_skills, chosen_week, place_given, trades_by_heading
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.rules import DAYTIME, NewWorker, Profile
from zero_work_market.reference.regions.queries import counties, towns


@pages.get("/register")
@may_enter(ACCOUNT)
def register() -> str | Response:
    if viewer().worker_id is not None:
        return redirect(url_for("everyone.own_market"))
    return _page({}, {})


@pages.post("/register")
@may_enter(ACCOUNT)
def try_register() -> Response | tuple[str, int]:
    given = request.form
    try:
        if not given.get("consent"):
            raise InvalidValue(field="consent", reason="unticked")
        new = NewWorker(
            name=given.get("name", ""), id_number=given.get("id_number", ""), place=place_given(given),
            skills=chosen_skills(given), profile=Profile(week=chosen_week(given) or DAYTIME),
        )  # fmt: skip
        with transaction() as session:
            workers.register(session, new=new, by=viewer().as_worker(), at=clock.now(), account_id=viewer().account_id)
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(given.to_dict(), errors, given.getlist("skill")), status
    flash("登记好了。看看今天有什么活。", "ok")
    return redirect(url_for("everyone.own_market"), 303)


def _page(given: dict[str, str], errors: dict[str, str], skills: list[str] | None = None) -> str:
    return render_template(
        "for_workers/register.html",
        given=given, errors=errors, chosen=skills or [], places=[(one, towns(one.code)) for one in counties()],
        trades=trades_by_heading(),
    )  # fmt: skip
