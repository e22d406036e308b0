"""工资表 (条例 15): what each worker is owed, and the payments with their proof; one transfer may pay several."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response as File
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.errors import said_by_field, wording
from web.filters import yuan
from web.for_employers.blueprint import own_posting, pages
from web.papers import download
from web.papers.wage_sheet import lines_of, sheet_book, sheet_paper
from web.wage_words import PROOFS, formula, lamp_said, period_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.people.employers.models import Project
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.hours.queries import hours_of, works_of
from zero_work_market.rights.wages import service
from zero_work_market.rights.wages.models import Payment
from zero_work_market.rights.wages.queries import WageRow, wages_of
from zero_work_market.rights.wages.rules import ITEM_NAMES, Deduction, Extra


@pages.get("/<int:posting_id>/wages")
@may_enter(EMPLOYER)
def wages(posting_id: int) -> str:
    return _sheet(posting_id, {})


@pages.post("/<int:posting_id>/wages")
@may_enter(EMPLOYER)
def pay_many(posting_id: int) -> Response | tuple[str, int]:
    """One transfer that paid in full all who are ticked (`wage`): `number`, `paid_on`, and perhaps a `photo`."""
    given, now = request.form, clock.now()
    chosen = set(given.getlist("wage", type=int))
    try:
        if not chosen:
            raise InvalidValue(field="wage", reason="unticked")
        with transaction() as session:
            own_posting(session, posting_id)
            rows = [row for row in wages_of(session, posting_id=posting_id) if row.id in chosen and row.unrecorded_fen]
            for row in rows:
                service.pay(
                    session, wage_id=row.id, fen=row.unrecorded_fen, paid_on=_day(given, "paid_on"), how="bank",
                    number=given.get("number", ""), photo=_photo(), on_behalf="on_behalf" in given,
                    by=viewer().as_employer(), at=now,
                )  # fmt: skip
            total = sum(row.unrecorded_fen for row in rows)
    except NotFound:
        raise
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _sheet(posting_id, errors), status
    done = f"记上了，{len(rows)} 笔，共 {yuan(total)} 元。他们会收到短信，问到没到账。"
    flash(done if rows else "这些都记过了，不用再记。", "ok")
    return redirect(url_for("employers.wages", posting_id=posting_id), 303)


@pages.get("/<int:posting_id>/wages/<int:wage_id>")
@may_enter(EMPLOYER)
def wage(posting_id: int, wage_id: int) -> str:
    """Raises NotFound for a wage of another posting."""
    return _line(posting_id, wage_id, {})


@pages.post("/<int:posting_id>/wages/<int:wage_id>/pay")
@may_enter(EMPLOYER)
def pay_one(posting_id: int, wage_id: int) -> Response | tuple[str, int]:
    """A payment, whole or in part (`fen` in yuan): by transfer, in cash that the worker signs for, or without."""
    given, now = request.form, clock.now()
    try:
        with transaction() as session:
            _own(session, posting_id, wage_id)
            payment = service.pay(
                session, wage_id=wage_id, fen=fen_from_yuan(given.get("fen", ""), field="fen"),
                paid_on=_day(given, "paid_on"), how=given.get("how", ""), number=given.get("number", ""),
                drawn=given.get("strokes", ""), photo=_photo(), note=given.get("note", ""),
                on_behalf="on_behalf" in given, by=viewer().as_employer(), at=now, key=given.get("key"),
            )  # fmt: skip
            waits = payment.waits
    except NotFound:
        raise
    except LeyeError as error:
        return _refused(posting_id, wage_id, error)
    flash("记上了。短信问他了，等他说收到才算发了。" if waits else "记上了。干活的人会收到短信，问到没到账。", "ok")
    return redirect(url_for("employers.wages", posting_id=posting_id), 303)


@pages.post("/<int:posting_id>/wages/<int:wage_id>/items")
@may_enter(EMPLOYER)
def set_items(posting_id: int, wage_id: int) -> Response | tuple[str, int]:
    """What comes on top, and what is lawfully taken off: `extra.<kind>` and `off.<kind>` in yuan, with their `.why`."""
    try:
        with transaction() as session:
            _own(session, posting_id, wage_id)
            service.set_items(
                session, wage_id=wage_id, extras=_items("extra", [one.value for one in Extra]),
                deductions=_items("off", [name.split(".")[1] for name in request.form if _is_amount("off", name)]),
                by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        return _refused(posting_id, wage_id, error)
    flash("改好了，工资条也跟着变了。", "ok")
    return redirect(url_for("employers.wage", posting_id=posting_id, wage_id=wage_id), 303)


@pages.post("/<int:posting_id>/wages/<int:wage_id>/payments/<int:payment_id>/void")
@may_enter(EMPLOYER)
def void_payment(posting_id: int, wage_id: int, payment_id: int) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            row = _own(session, posting_id, wage_id)
            if payment_id not in {payment.id for payment in row.payments}:
                raise NotFound(what="payment")
            service.void_payment(
                session, payment_id=payment_id, reason=request.form.get("reason", ""), by=viewer().as_employer(),
                at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        return _refused(posting_id, wage_id, error)
    flash("作废了，还留着能看见。干活的人会收到短信。", "ok")
    return redirect(url_for("employers.wage", posting_id=posting_id, wage_id=wage_id), 303)


@pages.get("/<int:posting_id>/wages/<int:wage_id>/payments/<int:payment_id>/photo")
@may_enter(EMPLOYER)
def payment_photo(posting_id: int, wage_id: int, payment_id: int) -> File:
    """The picture of the bank's slip. Raises NotFound."""
    with transaction(read_only=True) as session:
        _own(session, posting_id, wage_id)
        payment = session.get(Payment, payment_id)
        if payment is None or payment.wage_id != wage_id or payment.photo is None:
            raise NotFound(what="photo")
        return File(payment.photo, mimetype=payment.media_type)


@pages.post("/<int:posting_id>/wages/sheet.<any(xlsx, pdf):kind>")
@may_enter(EMPLOYER)
def wage_sheet(posting_id: int, kind: str) -> File:
    """The whole sheet with names, ID numbers and phones in the clear, each look of them logged."""
    now = clock.now()
    with transaction() as session:
        posting = own_posting(session, posting_id)
        rows = wages_of(session, posting_id=posting_id)
        if not rows:
            raise NotFound(what="sheet")
        reason = f"编制工资支付台账（条例第十五条，第 {posting_id} 单）"
        lines = lines_of(session, posting, rows, reason=reason, by=viewer().as_employer(), at=now)
        project = session.get(Project, posting.project_id) if posting.project_id else None
    title = f"工资表 {posting.title} {posting_id}"
    if kind == "pdf":
        return download.pdf(sheet_paper(posting, lines, project, at=now), title)
    return download.xlsx(sheet_book(posting, lines, project), title)


def _sheet(posting_id: int, errors: dict[str, str]) -> str:
    now = clock.now()
    today = clock.local_date(now)
    with transaction(read_only=True) as session:
        posting = own_posting(session, posting_id)
        rows = wages_of(session, posting_id=posting_id)
        unsaid = [row for row in hours_of(session, posting_id=posting_id) if row.agreed_minutes is None]
        people = shown_workers(session, [row.worker_id for row in rows])
    given = request.form
    ticked = set(given.getlist("wage", type=int)) if given else {row.id for row in rows}
    return render_template(
        "for_employers/wages.html",
        posting=posting, rows=rows, lamps={row.id: lamp_said(row, today) for row in rows}, people=people,
        unpaid=[row for row in rows if row.unrecorded_fen], unsaid=[row for row in unsaid if row.is_over(now)],
        ticked=ticked, errors=errors, given=given, today=today, period_said=period_said,
    )  # fmt: skip


def _line(posting_id: int, wage_id: int, errors: dict[str, str]) -> str:
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        row = _own(session, posting_id, wage_id)
        posting = own_posting(session, posting_id)
        works = works_of(session, [wage_id]).get(wage_id, ())
        person = shown_workers(session, [row.worker_id]).get(row.worker_id)
    return render_template(
        "for_employers/wage.html",
        posting=posting, wage=row, person=person, lamp=lamp_said(row, today), proofs=PROOFS, errors=errors,
        formula=formula(row, works, pay_kind=posting.pay_kind, pay_fen=posting.pay_fen), given=request.form,
        extras=[(one.value, ITEM_NAMES[one]) for one in Extra], today=today, period_said=period_said,
        deductions=[(one.value, ITEM_NAMES[one]) for one in Deduction], key=_key(),
        held={item.kind: item for item in (*row.gross, *row.deductions)},
    )  # fmt: skip


def _key() -> str:
    return request.form.get("key") or secrets.token_urlsafe(12)


def _refused(posting_id: int, wage_id: int, error: LeyeError) -> tuple[str, int]:
    status, errors = said_by_field(error)
    if error.code in ("pay_in_kind", "unlawful_deduction", "reason_missing", "payment_known"):
        errors = {error.code: wording(error)[1]}
    return _line(posting_id, wage_id, errors), status


def _own(session: Session, posting_id: int, wage_id: int) -> WageRow:
    own_posting(session, posting_id)
    for row in wages_of(session, posting_id=posting_id):
        if row.id == wage_id:
            return row
    raise NotFound(what="wage")


def _day(given: Any, name: str) -> date:
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        raise InvalidValue(field=name, reason="required") from None


def _photo() -> bytes:
    sent = request.files.get("photo")
    return sent.read() if sent else b""


def _is_amount(prefix: str, name: str) -> bool:
    return name.startswith(f"{prefix}.") and name.count(".") == 1 and bool(request.form[name].strip())


def _items(prefix: str, kinds: Sequence[str]) -> list[tuple[str, int, str]]:
    given, items = request.form, []
    for field in (f"{prefix}.{kind}" for kind in kinds):
        if given.get(field, "").strip():
            kind = field.partition(".")[2]
            items.append((kind, fen_from_yuan(given[field], field=field), given.get(f"{field}.why", "")))
    return items
