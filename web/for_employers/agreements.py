"""签约: the employer's agreements of a posting, signed together with one signature and one code."""

from flask import Response as File
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web import limits
from web.agreements import Shown, refused, send_code, shown
from web.auth import EMPLOYER, may_enter, viewer
from web.for_employers.blueprint import own_posting, pages
from web.papers import download
from web.papers.agreement import agreement_paper
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import held_by
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.contracts import queries, service
from zero_work_market.rights.contracts.models import Agreement
from zero_work_market.rights.contracts.rules import Side


@pages.get("/<int:posting_id>/agreements")
@may_enter(EMPLOYER)
def agreements(posting_id: int) -> str:
    """Who has signed, and what will be signed: the terms once, for they are the same for all but the name."""
    with transaction() as session:
        posting = own_posting(session, posting_id)
        for placement in held_by(session, posting_id=posting_id):
            service.follow_seat(session, placement_id=placement.id, at=clock.now())
        rows = queries.of_posting(session, posting_id)
        found = [(shown(session, one), _masked_name(session, held)) for one, held in rows]
        return render_template(
            "for_employers/agreements.html", posting=posting, found=found, texts=_texts([one for one, _ in found]),
            waiting=[one for one, _ in found if not one.has(Side.EMPLOYER)], Side=Side,
        )  # fmt: skip


@pages.get("/<int:posting_id>/agreements/<int:agreement_id>")
@may_enter(EMPLOYER)
def agreement(posting_id: int, agreement_id: int) -> str:
    """One of them, with its proof. Raises NotFound."""
    with transaction(read_only=True) as session:
        posting, found = own_posting(session, posting_id), _own(session, posting_id, agreement_id)
        return render_template(
            "for_employers/agreement.html", posting=posting, agreement=shown(session, found), side=Side.EMPLOYER
        )


@pages.post("/<int:posting_id>/sign/code")
@may_enter(EMPLOYER)
@limits.logins
def sign_code(posting_id: int) -> tuple[str, int]:
    """Send the code and ask for signature and code; sent again, what was drawn stays."""
    with transaction(read_only=True) as session:
        own_posting(session, posting_id)
    status, errors = send_code(viewer().as_employer())
    return _ask(posting_id, request.form, errors), status


@pages.post("/<int:posting_id>/sign")
@may_enter(EMPLOYER)
@limits.logins
def sign(posting_id: int) -> Response | tuple[str, int]:
    given = request.form
    back = url_for("employers.agreements", posting_id=posting_id)
    try:
        if not given.get("consent"):
            raise InvalidValue(field="consent", reason="unticked")
        with transaction() as session:
            own_posting(session, posting_id)
            done = service.sign_as_employer(
                session, posting_id=posting_id, seen=given.getlist("seen"), code=given.get("code", ""),
                drawn=given.get("strokes", ""), typed_name=given.get("typed_name", ""),
                by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        done = error
    if isinstance(done, LeyeError):
        status, errors = refused(done)
        if done.code == "agreement_changed":
            flash(errors["form"], "bad")
            return redirect(back, 303)
        return _ask(posting_id, given, errors), status
    flash(f"签好了 {len(done)} 份。" if done else "都签过了。", "ok")
    return redirect(back, 303)


@pages.get("/<int:posting_id>/agreements/<int:agreement_id>.pdf")
@may_enter(EMPLOYER)
def agreement_pdf(posting_id: int, agreement_id: int) -> File:
    """The look at the worker's full name and number is logged. Raises NotFound."""
    with transaction() as session:
        own_posting(session, posting_id)
        found = _own(session, posting_id, agreement_id)
        service.say_seen(
            session, agreement_id=found.id, reason=f"下载用工约定（第 {posting_id} 单）", by=viewer().as_employer(),
            at=clock.now(),
        )  # fmt: skip
        return download.pdf(agreement_paper(session, found), f"用工约定 {found.number}")


def _ask(posting_id: int, given: MultiDict[str, str], errors: dict[str, str]) -> str:
    with transaction(read_only=True) as session:
        posting = own_posting(session, posting_id)
        account = session.get_one(Account, viewer().account_id)
        waiting = [one.text_hash for one in service.waiting_for_employer(session, posting_id)]
        return render_template(
            "for_employers/sign.html", posting=posting, given=given, errors=errors,
            seen=[one for one in given.getlist("seen") if one in waiting], phone=account.phone,
            name=posting.employer.operator,
        )  # fmt: skip


def _own(session: Session, posting_id: int, agreement_id: int) -> Agreement:
    """An agreement of the posting. Raises NotFound."""
    found = queries.agreement(session, agreement_id)
    if session.get_one(Placement, found.placement_id).posting_id != posting_id:
        raise NotFound(what="agreement")
    return found


def _masked_name(session: Session, placement: Placement) -> str:
    return mask_name(session.get_one(Worker, placement.worker_id).surname)


def _texts(found: list[Shown]) -> list[tuple[int, list[tuple[str, list[str]]]]]:
    """(how many, the terms) of each wording among those that wait, without who they are with."""
    counted: dict[str, tuple[int, list[tuple[str, list[str]]]]] = {}
    for one in found:
        if not one.has(Side.EMPLOYER):
            terms = list(one.parts[1:])
            many = counted.get(repr(terms), (0, terms))[0]
            counted[repr(terms)] = (many + 1, terms)
    return list(counted.values())
