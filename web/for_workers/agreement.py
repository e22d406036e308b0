"""签约: the agreement in plain words, then a signature and a code."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import Response as File
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web import limits
from web.agreements import refused, send_code, shown
from web.auth import WORKER, may_enter, viewer
from web.for_workers.blueprint import pages
from web.papers import download
from web.papers.agreement import agreement_paper
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.contracts import queries, service
from zero_work_market.rights.contracts.models import Agreement
from zero_work_market.rights.contracts.rules import Side, State


class Part(NamedTuple):
    """What the hire's own page says of its agreement, and the act beside it."""

    done: bool
    text: str
    act: str
    href: str


def part(session: Session, placement: Placement, now: datetime) -> dict[str, Any]:
    """Values for `_agreement.html`: `agreement_part`, None where there is nothing to agree on."""
    agreement = queries.of_placement(session, placement.id)
    if agreement is None and (placement.seat is None or posting_by_id(session, placement.posting_id).ends_at <= now):
        return {"agreement_part": None}
    href = url_for("workers.agreement", posting_id=placement.posting_id)
    return {"agreement_part": Part(*_stage(agreement), href)}


@pages.get("/mine/<int:posting_id>/agreement")
@may_enter(WORKER)
def agreement(posting_id: int) -> str:
    """Made on the spot if nobody was faster. Raises NotFound without a seat, now or before."""
    with transaction() as session:
        held = _own(session, posting_id)
        found = service.follow_seat(session, placement_id=held.id, at=clock.now())
        if found is None:
            raise NotFound(what="agreement")
        posting = posting_by_id(session, posting_id)
        return render_template(
            "for_workers/agreement.html", agreement=shown(session, found), posting=posting, side=Side.WORKER
        )


@pages.post("/mine/<int:posting_id>/sign/code")
@may_enter(WORKER)
@limits.logins
def sign_code(posting_id: int) -> tuple[str, int]:
    """Send the code and ask for signature and code; sent again, what was drawn stays."""
    with transaction(read_only=True) as session:
        _own(session, posting_id)
    status, errors = send_code(viewer().as_worker())
    return _ask(posting_id, request.form, errors), status


@pages.post("/mine/<int:posting_id>/sign")
@may_enter(WORKER)
@limits.logins
def sign(posting_id: int) -> Response | tuple[str, int]:
    given = request.form
    try:
        if not given.get("consent"):
            raise InvalidValue(field="consent", reason="unticked")
        with transaction() as session:
            found = service.sign_as_worker(
                session, placement_id=_own(session, posting_id).id, seen=given.get("seen", ""),
                code=given.get("code", ""), drawn=given.get("strokes", ""), typed_name=given.get("typed_name", ""),
                by=viewer().as_worker(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        found = error
    if isinstance(found, LeyeError):
        status, errors = refused(found)
        if found.code in ("agreement_void", "agreement_changed"):
            flash(errors["form"], "bad")
            return redirect(url_for("workers.agreement", posting_id=posting_id), 303)
        return _ask(posting_id, given, errors), status
    flash("签好了，两边都签齐了。" if found.state == State.SIGNED else "签好了，等单位签。", "ok")
    return redirect(url_for("workers.agreement", posting_id=posting_id), 303)


@pages.get("/mine/<int:posting_id>/agreement.pdf")
@may_enter(WORKER)
def agreement_pdf(posting_id: int) -> File:
    with transaction(read_only=True) as session:
        found = queries.of_placement(session, _own(session, posting_id).id)
        if found is None:
            raise NotFound(what="agreement")
        return download.pdf(agreement_paper(session, found), f"用工约定 {found.number}")


def _stage(agreement: Agreement | None) -> tuple[bool, str, str]:
    if agreement is not None and agreement.state == State.VOID:
        return True, "位子退掉了，约定作废。", "看约定"
    if agreement is not None and agreement.state == State.SIGNED:
        return True, "两边都签好了。", "看约定"
    if agreement is not None and queries.signature_of(agreement, Side.WORKER):
        return False, "你签好了，等单位签。", "看约定"
    if agreement is not None and agreement.signatures:
        return False, "单位签好了，等你签。", "签约"
    return False, "先看约定，再签字，不收钱。", "签约"


def _ask(posting_id: int, given: MultiDict[str, str], errors: dict[str, str]) -> str:
    with transaction(read_only=True) as session:
        held = _own(session, posting_id)
        worker = session.get_one(Worker, held.worker_id)
        found = queries.of_placement(session, held.id)
        if found is None:
            raise NotFound(what="agreement")
        return render_template(
            "for_workers/sign.html", posting=posting_by_id(session, posting_id), given=given, errors=errors,
            seen=given.get("seen") or found.text_hash, phone=worker.phone, name=worker.name,
        )  # fmt: skip


def _own(session: Session, posting_id: int) -> Placement:
    """The viewer's placement in a posting. Raises NotFound."""
    worker_id = viewer().worker_id
    held = placement_of(session, posting_id=posting_id, worker_id=worker_id) if worker_id is not None else None
    if held is None:
        raise NotFound(what="placement")
    return held
