"""One worker at the desk: the masked card, full numbers with a reason, the profile kept on the worker's behalf."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.brands.queries import certificates_of
from labor_brands.steps.queries import steps_of
from web import limits
from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages, place_name
from web.for_staff.figures import rung_said
from web.for_staff.workers import REGISTER, home_given, homes
from web.forms import DAYS, QUARTERS, chosen_skills, chosen_week, ticked_week, trades_by_heading
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.queries import account
from zero_work_market.people.accounts.rules import CodePurpose, Permission
from zero_work_market.people.origins.queries import home_of
from zero_work_market.people.workers import service
from zero_work_market.people.workers.queries import WorkerCard, worker_card
from zero_work_market.people.workers.rules import Secret, age_on
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.statistics.indicators.queries import person_placements

LATEST = 10
"""Placements of a worker that the page shows."""


@pages.get("/workers/<int:worker_id>")
@may_enter(staff(REGISTER))
def worker(worker_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _show(_card(worker_id))


@pages.post("/workers/<int:worker_id>/reveal/<any(name, id_number, phone):what>")
@may_enter(staff(Permission.SEE_FULL_ID))
def reveal(worker_id: int, what: str) -> str | tuple[str, int]:
    """One full value, with a reason, logged."""
    card, reason = _card(worker_id), request.form.get("reason", "")
    by = viewer().as_staff(Permission.SEE_FULL_ID, _home(card))
    try:
        with transaction() as session:
            seen = service.reveal(session, worker_id=card.id, what=Secret(what), reason=reason, by=by, at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _show(card, errors={what: next(iter(errors.values()))}), status
    return _show(card, seen={what: seen})


@pages.post("/workers/<int:worker_id>/certificates/<occupation>")
@may_enter(staff(REGISTER))
def see_certificate(worker_id: int, occupation: str) -> Response | tuple[str, int]:
    """The original was shown at the desk."""

    def seen(session: Session, of: dict[str, Any]) -> None:
        service.see_certificate(session, occupation=occupation, **of)

    return _change(worker_id, seen, "原件看过了，记上了。")


@pages.post("/workers/<int:worker_id>/<any(pause, resume):verb>")
@may_enter(staff(REGISTER))
def rest(worker_id: int, verb: str) -> Response | tuple[str, int]:
    """Out of the rankings, and back again."""
    deed, said = {
        "pause": (service.pause, "歇着了，不再给他派活。"), "resume": (service.resume, "又开始给他找活了。"),
    }[verb]  # fmt: skip
    return _change(worker_id, lambda session, of: deed(session, **of), said)


@pages.get("/workers/<int:worker_id>/edit")
@may_enter(staff(REGISTER))
def edit_worker(worker_id: int) -> str:
    return _edit(_card(worker_id))


@pages.post("/workers/<int:worker_id>/edit/<any(home, reach, pay, week, skills):what>")
@may_enter(staff(REGISTER))
def change_worker(worker_id: int, what: str) -> Response | tuple[str, int]:
    """One part of the profile, as the worker says it at the desk."""
    return _change(worker_id, CHANGES[what], "改好了，马上按新的给他找活。", on_edit=True)


@pages.get("/workers/<int:worker_id>/phone")
@may_enter(staff(REGISTER))
def phone(worker_id: int) -> str:
    return page("phone", "workers", card=_card(worker_id), phone="", sent=False, errors={})


@pages.post("/workers/<int:worker_id>/phone")
@may_enter(staff(REGISTER))
@limits.logins
def send_bind_code(worker_id: int) -> str | tuple[str, int]:
    """Send the worker the code that binds the phone: it opens no account."""
    card, number = _card(worker_id), request.form.get("phone", "")
    try:
        with transaction() as session:
            accounts.request_code(session, phone=number, at=clock.now(), purpose=CodePurpose.BIND)
    except LeyeError as error:
        status, errors = said_by_field(error)
        sent = error.code == "code_too_soon"
        return page("phone", "workers", card=card, phone=number, sent=sent, errors=errors), status
    return page("phone", "workers", card=card, phone=number, sent=True, errors={})


@pages.post("/workers/<int:worker_id>/phone/bind")
@may_enter(staff(REGISTER))
@limits.logins
def bind_phone(worker_id: int) -> Response | tuple[str, int]:
    card, given = _card(worker_id), request.form
    number = given.get("phone", "")
    try:
        with transaction() as session:
            bound = service.bind_phone(session, phone=number, code=given.get("code", ""), **_of(card))
    except LeyeError as error:
        bound = error
    if isinstance(bound, LeyeError):
        status, errors = said_by_field(bound)
        return page("phone", "workers", card=card, phone=number, sent=True, errors=errors), status
    flash("绑上了。他用这个手机号登录，自己就能接活。", "ok")
    return redirect(url_for("staff.worker", worker_id=card.id), 303)


Change = Callable[[Session, dict[str, Any]], None]


def _set_home(session: Session, of: dict[str, Any]) -> None:
    place = home_given()
    viewer().require(REGISTER, place.village or place.town)
    service.set_place(session, place=place, **of)


def _set_reach(session: Session, of: dict[str, Any]) -> None:
    given = request.form.get("radius_km", "")
    try:
        radius_km = float(given)
    except ValueError:
        raise InvalidValue(field="radius_km", reason="not_a_number", given=given) from None
    service.set_radius(session, radius_km=radius_km, relocates=bool(request.form.get("relocates")), **of)


def _set_pay(session: Session, of: dict[str, Any]) -> None:
    given = request.form.get("min_hourly", "").strip()
    service.set_floor(session, min_hourly_fen=fen_from_yuan(given, field="min_hourly_fen") if given else 0, **of)


CHANGES: dict[str, Change] = {
    "home": _set_home,
    "reach": _set_reach,
    "pay": _set_pay,
    "week": lambda session, of: service.set_week(session, week=chosen_week(request.form), **of),
    "skills": lambda session, of: service.set_skills(session, skills=chosen_skills(request.form), **of),
}


def _change(worker_id: int, change: Change, said: str, on_edit: bool = False) -> Response | tuple[str, int]:
    card = _card(worker_id)
    try:
        with transaction() as session:
            change(session, _of(card))
    except LeyeError as error:
        status, errors = said_by_field(error)
        return (_edit(card, errors) if on_edit else _show(card, errors=errors)), status
    flash(said, "ok")
    return redirect(url_for("staff.worker", worker_id=card.id), 303)


def _card(worker_id: int) -> WorkerCard:
    with transaction(read_only=True) as session:
        card = worker_card(session, worker_id)
    if card is None:
        raise NotFound(what="worker")
    viewer().require(REGISTER, _home(card))
    return card


def _home(card: WorkerCard) -> str:
    return card.village or card.town


def _of(card: WorkerCard) -> dict[str, Any]:
    at: datetime = clock.now()
    return {"worker_id": card.id, "by": viewer().as_staff(REGISTER, _home(card)), "at": at}


def _show(card: WorkerCard, *, errors: dict[str, str] | None = None, seen: dict[str, str] | None = None) -> str:
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        agent = account(session, card.registered_by) if card.registered_by else None
        home, origin = place_name(session, _home(card)), home_of(session, card.id)
        certificates = certificates_of(session, card.id)
        [steps] = steps_of(session, [card.id]).values()
        placements = [
            one
            for scope in viewer().scopes(Permission.BOARD)
            for one in person_placements(session, worker_id=card.id, year=today.year, region=scope)
        ]
    return page(
        "worker", "workers", card=card, errors=errors or {}, seen=seen or {}, typed=request.form.get("reason", ""),
        age=age_on(card.born_on, today), home=home, origin=origin, agent=agent, levels=LEVELS,
        ahead=[day for day in card.days_off if day >= today], certificates=certificates, steps=steps,
        set_brands=Permission.SET_BRANDS, placements=placements[:LATEST], rung_said=rung_said,
    )  # fmt: skip


def _edit(card: WorkerCard, errors: dict[str, str] | None = None) -> str:
    """The profile's forms; what was typed into the one that failed stays."""
    given = request.form
    return page(
        "worker_edit", "workers", card=card, errors=errors or {}, given=given, homes=homes(), home=_home(card),
        trades=trades_by_heading(), days=DAYS, quarters=QUARTERS, levels=LEVELS,
        ticked=set(given.getlist("free")) if "free" in given else ticked_week(card.week),
        chosen=given.getlist("skill") if "skill" in given else [skill.occupation for skill in card.skills],
    )  # fmt: skip
