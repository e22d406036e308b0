"""One worker's home at the desk: told with a signed slip, proven by paper, and what it may bring."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web import origin_words
from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages
from web.for_staff.workers import REGISTER
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.origins import service
from zero_work_market.people.origins.queries import home_of
from zero_work_market.people.origins.rules import Proof, Status
from zero_work_market.people.workers.queries import WorkerCard, worker_card

PROVE = Permission.PROVE_ORIGIN


@pages.get("/workers/<int:worker_id>/origin")
@may_enter(staff(REGISTER))
def origin(worker_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _show(_card(worker_id, REGISTER), {})


@pages.post("/workers/<int:worker_id>/origin/tell")
@may_enter(staff(REGISTER))
def tell_origin(worker_id: int) -> Response | tuple[str, int]:
    """As the worker says it at the desk, with the number of the slip that they signed."""
    return _change(worker_id, REGISTER, _tell, "记下了。看过证明，再核。")


@pages.post("/workers/<int:worker_id>/origin/prove")
@may_enter(staff(PROVE))
def prove_origin(worker_id: int) -> Response | tuple[str, int]:
    return _change(worker_id, PROVE, _prove, "核好了。")


@pages.post("/workers/<int:worker_id>/origin/unprove")
@may_enter(staff(PROVE))
def unprove_origin(worker_id: int) -> Response | tuple[str, int]:
    return _change(worker_id, PROVE, _unprove, "撤了，这个人先不算。")


Change = Callable[[Session, dict[str, Any]], None]


def _tell(session: Session, of: dict[str, Any]) -> None:
    given = request.form
    if not given.get("region"):
        raise InvalidValue(field="region", reason="required")
    status = Status.LIFTED if given.get("status") == Status.LIFTED else Status.NONE
    service.tell(session, region=given["region"], status=status, slip=given.get("slip", ""), **of)


def _prove(session: Session, of: dict[str, Any]) -> None:
    given = request.form.get("proof", "")
    if given not in set(Proof):
        raise InvalidValue(field="proof", reason="required")
    service.prove(session, proof=Proof(given), number=request.form.get("number", ""), **of)


def _unprove(session: Session, of: dict[str, Any]) -> None:
    service.unprove(session, reason=request.form.get("reason", ""), **of)


def _change(worker_id: int, permission: Permission, change: Change, said: str) -> Response | tuple[str, int]:
    card = _card(worker_id, permission)
    by = viewer().as_staff(permission, card.village or card.town)
    try:
        with transaction() as session:
            change(session, {"worker_id": card.id, "by": by, "at": clock.now()})
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _show(card, errors), status
    flash(said, "ok")
    return redirect(url_for("staff.origin", worker_id=card.id), 303)


def _card(worker_id: int, permission: Permission) -> WorkerCard:
    with transaction(read_only=True) as session:
        card = worker_card(session, worker_id)
    if card is None:
        raise NotFound(what="worker")
    viewer().require(permission, card.village or card.town)
    return card


def _show(card: WorkerCard, errors: dict[str, str]) -> str:
    with transaction(read_only=True) as session:
        home = home_of(session, card.id)
        chances = origin_words.chances_of(session, home, card.id, today=clock.local_date(clock.now()))
    return page(
        "origin", "workers", card=card, home=home, chances=chances, errors=errors, given=request.form,
        words=origin_words, options=[("", "选一个"), *origin_words.home_options()],
        proves=viewer().may(PROVE, card.village or card.town),
    )  # fmt: skip
