"""我: the profile, each line changed by tapping."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.brands import service as brands
from labor_brands.brands.queries import certificates_of
from labor_brands.steps.queries import steps_of
from web import auth
from web.auth import WORKER, may_enter, viewer
from web.errors import said_by_field
from web.for_workers import own_record
from web.for_workers.blueprint import pages
from web.forms import DAYS, QUARTERS, chosen_skills, chosen_week, place_given, ticked_week, trades_by_heading
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.market.placements.queries import last_work_day
from zero_work_market.people.employers.rules import months_later
from zero_work_market.people.origins import service as origins
from zero_work_market.people.origins.queries import home_of
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.queries import WorkerCard, has_consent, worker_card
from zero_work_market.people.workers.rules import Purpose
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import counties, region, towns
from zero_work_market.rights.ratings.service import forget_erased

RADII = tuple((km, f"{km} 公里") for km in (3, 5, 8, 15, 30))

DEAREST_FEN = 20_000
"""A floor above this is a slip of the finger: it would end every invitation."""
TITLES = {
    "place": "住在哪里", "radius": "走多远", "skills": "会干什么", "times": "什么时候有空", "pay": "最低工钱",
}  # fmt: skip


@pages.get("/me")
@may_enter(WORKER)
def me() -> str:
    card = _card()
    with transaction(read_only=True) as session:
        home = home_of(session, card.id)
        certificates = certificates_of(session, card.id)
        [steps] = steps_of(session, [card.id]).values()
        agreed = has_consent(session, worker_id=card.id, purpose=Purpose.EXCHANGE)
    return render_template(
        "for_workers/me.html", card=card, town=region(card.town), home=home, certificates=certificates, steps=steps,
        exchange_agreed=agreed,
        skills_held="、".join(label(skill.occupation) for skill in card.skills),
    )  # fmt: skip


@pages.route("/me/place", methods=["GET", "POST"])
@may_enter(WORKER)
def place() -> str | Response | tuple[str, int]:
    return _edit("place", lambda session, of: workers.set_place(session, place=place_given(request.form), **of))


@pages.route("/me/radius", methods=["GET", "POST"])
@may_enter(WORKER)
def radius() -> str | Response | tuple[str, int]:
    return _edit(
        "radius",
        lambda session, of: workers.set_radius(
            session, radius_km=_radius(), relocates=bool(request.form.get("relocates")), **of
        ),
    )


@pages.route("/me/skills", methods=["GET", "POST"])
@may_enter(WORKER)
def skills() -> str | Response | tuple[str, int]:
    return _edit("skills", lambda session, of: workers.set_skills(session, skills=chosen_skills(request.form), **of))


@pages.route("/me/times", methods=["GET", "POST"])
@may_enter(WORKER)
def times() -> str | Response | tuple[str, int]:
    return _edit("times", lambda session, of: workers.set_week(session, week=chosen_week(request.form), **of))


@pages.route("/me/pay", methods=["GET", "POST"])
@may_enter(WORKER)
def pay() -> str | Response | tuple[str, int]:
    return _edit("pay", lambda session, of: workers.set_floor(session, min_hourly_fen=_floor(), **of))


@pages.post("/me/pause")
@may_enter(WORKER)
def pause() -> Response:
    """Out of the rankings, and back again."""
    with transaction() as session:
        resting = bool(request.form.get("rest"))
        (workers.pause if resting else workers.resume)(session, **_of())
    flash("歇着了，不再给你派活。想干了回来点一下。" if resting else "又开始给你找活了。", "ok")
    return redirect(url_for("workers.me"), 303)


@pages.get("/me/export")
@may_enter(WORKER)
def export() -> Response:
    """All that is kept of the worker, as a file (个人信息保护法 45)."""
    with transaction() as session:
        of = _of()
        data = workers.export_of(session, **of)
        data |= own_record.of_hires(session, worker_id=of["worker_id"], at=of["at"])
    body = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    return Response(
        body, mimetype="application/json", headers={"Content-Disposition": "attachment; filename=leye.json"}
    )


@pages.route("/me/erase", methods=["GET", "POST"])
@may_enter(WORKER)
def erase() -> str | Response:
    """Empty the profile after asking (个人信息保护法 47)."""
    if request.method == "GET":
        return render_template("for_workers/erase.html", card=_card())
    with transaction() as session:
        of = _of()
        last = last_work_day(session, worker_id=of["worker_id"])
        origins.forget(session, **of)
        workers.erase(session, kept_until=_kept_until(last) if last else None, **of)
        forget_erased(session, at=clock.now())
        brands.forget_erased(session, **of)
    auth.log_out()
    flash("资料删掉了。", "ok")
    return redirect(url_for("everyone.own_market"), 303)


def _kept_until(last: date) -> date:
    """The wage ledger and the agreements are kept for some years (保障农民工工资支付条例 15, 劳动合同法 50)."""
    years = max(law.limit(name, last).value for name in ("wage_ledger_years", "contract_years"))
    return clock.local_date(months_later(clock.day_bounds(last)[0], 12 * years))


def _edit(what: str, change: Callable[[Session, dict[str, Any]], None]) -> str | Response | tuple[str, int]:
    """One screen of the profile: shown, or changed; with what was typed and why it can't be taken."""
    if request.method == "GET":
        return _screen(what, {}), 200
    try:
        with transaction() as session:
            change(session, _of())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _screen(what, errors), status
    flash("改好了，马上按新的给你找活。", "ok")
    return redirect(url_for("workers.me"), 303)


def _screen(what: str, errors: dict[str, str]) -> str:
    card, given = _card(), request.form
    return render_template(
        f"for_workers/{what}.html",
        title=TITLES[what],
        card=card, errors=errors, given=given, trades=trades_by_heading(), days=DAYS, quarters=QUARTERS, radii=RADII,
        places=[(one, towns(one.code)) for one in counties()], levels=LEVELS,
        ticked=set(given.getlist("free")) if given else ticked_week(card.week),
        chosen=given.getlist("skill") if given else [skill.occupation for skill in card.skills],
    )  # fmt: skip


def _of() -> dict[str, Any]:
    worker_id = viewer().worker_id
    by: Actor = viewer().as_worker()
    return {"worker_id": worker_id, "by": by, "at": clock.now()}


def _card() -> WorkerCard:
    worker_id = viewer().worker_id
    assert worker_id is not None
    with transaction(read_only=True) as session:
        card = worker_card(session, worker_id)
    assert card is not None
    return card


def _radius() -> float:
    given = request.form.get("radius_km", "")
    try:
        return float(given)
    except ValueError:
        raise InvalidValue(field="radius_km", reason="not_a_number", given=given) from None


def _floor() -> int:
    given = request.form.get("min_hourly", "").strip()
    floor = fen_from_yuan(given, field="min_hourly_fen") if given else 0
    if floor > DEAREST_FEN:
        raise InvalidValue(field="min_hourly_fen", reason="too_dear")
    return floor
