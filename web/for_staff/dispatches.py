"""A channel's buses: planned, filled, left and arrived."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.export_channels import queries, service
from labor_brands.export_channels.models import Dispatch
from labor_brands.export_channels.rules import DispatchState
from labor_brands.export_channels.service import Plan
from web import channel_words
from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages
from web.for_staff.channels import MANAGE, allowed
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.people.accounts.rules import mask_phone
from zero_work_market.people.workers.queries import shown_workers

FIELDS = ("transport", "meeting_place", "bring", "contact", "phone", "notes")


@pages.get("/channels/<int:channel_id>/dispatches/new")
@may_enter(staff(MANAGE))
def new_dispatch(channel_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return page("dispatch_new", "channels", row=allowed(channel_id), errors={}, given=request.form)


@pages.post("/channels/<int:channel_id>/dispatches/new")
@may_enter(staff(MANAGE))
def plan_dispatch(channel_id: int) -> Response | tuple[str, int]:
    row = allowed(channel_id)
    by = viewer().as_staff(MANAGE, row.county)
    try:
        with transaction() as session:
            made = service.plan(session, channel_id=row.id, plan=_plan(), by=by, at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return page("dispatch_new", "channels", row=row, errors=errors, given=request.form), status
    flash("这一趟定了。接着把人放上名单，每个人都会收到短信。", "ok")
    return redirect(url_for("staff.dispatch", dispatch_id=made.id), 303)


@pages.get("/dispatches/<int:dispatch_id>")
@may_enter(staff(MANAGE))
def dispatch(dispatch_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _page(_allowed(dispatch_id))


@pages.post("/dispatches/<int:dispatch_id>/<any(change, put_on, take_off, depart, arrive, call_off):verb>")
@may_enter(staff(MANAGE))
def keep_dispatch(dispatch_id: int, verb: str) -> Response | tuple[str, int]:
    row = _allowed(dispatch_id)
    of = {"dispatch_id": row.id, "by": viewer().as_staff(MANAGE, row.channel.county), "at": clock.now()}
    deed, done = DEEDS[verb]
    try:
        with transaction() as session:
            deed(session, of)
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(_allowed(dispatch_id), verb, errors), status
    flash(done, "ok")
    return redirect(url_for("staff.dispatch", dispatch_id=row.id), 303)


def _allowed(dispatch_id: int) -> Dispatch:
    with transaction(read_only=True) as session:
        row = queries.dispatch(session, dispatch_id)
    viewer().require(MANAGE, row.channel.county)
    return row


def _page(row: Dispatch, verb: str = "", errors: dict[str, str] | None = None) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        on_it = {seat.worker_id for seat in row.seats}
        hired = {hire.worker_id: hire for hire in queries.hires(session, row.channel) if hire.starts_at > now}
        holders = queries.brand_holders(session, row.channel)
        wanted = [one for one in dict.fromkeys([*hired, *holders]) if one not in on_it]
        people = shown_workers(session, [*on_it, *wanted])
    planned = row.state == DispatchState.PLANNED
    return page(
        "dispatch", "channels", row=row, people=people, hired=hired, wanted=wanted if planned else [], verb=verb,
        errors=errors or {}, given=request.form, words=channel_words, phone=mask_phone(row.contact_phone or ""),
        held=_typed(row),
        may_leave=planned and clock.local_date(row.departs_at) <= clock.local_date(now),
    )  # fmt: skip


def _typed(row: Dispatch) -> dict[str, str]:
    """A plan as the form would hold it, but for the phone."""
    leaves = clock.local(row.departs_at)
    kept = {name: getattr(row, name) for name in FIELDS if name != "phone"}
    return kept | {"day": f"{leaves:%Y-%m-%d}", "hour": f"{leaves:%H:%M}"}


def _plan() -> Plan:
    return Plan(departs_at=_moment(), **{name: request.form.get(name, "") for name in FIELDS})


def _moment() -> datetime:
    try:
        day = datetime.fromisoformat(request.form.get("day", "")).date()
        hour = time.fromisoformat(request.form.get("hour", ""))
    except ValueError:
        raise InvalidValue(field="departs_at", reason="required") from None
    return clock.at_local(day, hour.replace(tzinfo=None))


def _change(session: Session, of: dict[str, Any]) -> None:
    """The phone stays as it is when none is typed."""
    plan = _plan()
    if not plan.phone:
        held = queries.dispatch(session, of["dispatch_id"]).contact_phone
        plan = Plan(**vars(plan) | {"phone": held})
    service.change(session, plan=plan, **of)


def _ticked() -> set[int]:
    return set(request.form.getlist("worker", type=int))


def _put_on(session: Session, of: dict[str, Any]) -> None:
    if not _ticked():
        raise InvalidValue(field="workers", reason="unticked")
    service.put_on(session, worker_ids=_ticked(), **of)


def _take_off(session: Session, of: dict[str, Any]) -> None:
    service.take_off(session, worker_id=request.form.get("worker", 0, type=int), **of)


DEEDS: dict[str, tuple[Callable[[Session, dict[str, Any]], object], str]] = {
    "change": (_change, "改好了。时间、地方变了的，名单上的人都收到短信。"),
    "put_on": (_put_on, "放上名单了，每个人都收到短信：哪天几点、在哪里上车。"),
    "take_off": (_take_off, "从名单上拿下来了。"),
    "depart": (lambda s, of: service.depart(s, boarded=_ticked(), **of), "发车了，勾上的人算去了。"),
    "arrive": (lambda s, of: service.arrive(s, arrived=_ticked(), **of), "到了，记上了。到岗还看他们打的卡。"),
    "call_off": (lambda s, of: service.call_off(s, **of), "这一趟取消了，名单上的人都收到短信。"),
}
"""Verb → what it does with the form, and what is said when it is done."""
