"""工资预警 (plan 14): wages near their day, overdue or denied, by county; overdue sheets of construction projects."""

from flask import Response as File
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import wording
from web.for_staff.blueprint import page, pages, scoped_counties
from web.wage_words import PROOFS, formula, lamp_said, month_of, period_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.ground.paging import page_of
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.reference.law.queries import limit
from zero_work_market.reference.regions.queries import county_of
from zero_work_market.rights.hours.queries import works_of
from zero_work_market.rights.wages import queries, service
from zero_work_market.rights.wages.models import Payment
from zero_work_market.rights.wages.queries import WageRow
from zero_work_market.rights.wages.rules import Lamp

DECIDE = Permission.DECIDE
DEEDS = {"uphold": service.uphold_payment, "void": service.void_payment}


@pages.get("/wages")
@may_enter(staff(DECIDE))
def wages() -> str:
    """The risk list, the oldest due first; `?county=` narrows it to one of the viewer's counties."""
    today, here = clock.local_date(clock.now()), scoped_counties(DECIDE)
    asked = request.args.get("county", "")
    chosen = [asked] if asked in here else here
    with transaction(read_only=True) as session:
        risks = queries.risks(scopes=chosen, today=today)
        found = page_of(session, risks, number=request.args.get("page", 1, type=int))
        rows = queries.shown_risks(session, found.rows, today)
        sums = queries.risk_sums(session, scopes=here, today=today)
        months = queries.month_sheets(session, today=today, scopes=chosen)
    return page(
        "wages", "board", found=found, rows=rows, sums=[(county_of(code), held) for code, held in sums.items()],
        totals={lamp: _total(sums, lamp) for lamp in (Lamp.RED, Lamp.AMBER)}, asked=asked if asked in here else "",
        sheets=[sheet for sheet in months if sheet.overdue(today)], today=today, Lamp=Lamp,
        warning=limit("pay_warning_days", today),
    )  # fmt: skip


@pages.get("/wages/projects/<int:project_id>/<month>")
@may_enter(staff(DECIDE))
def project_month(project_id: int, month: str) -> str:
    """The sheet of a construction project's month (`2026-11`), wage by wage. Raises NotFound, OutOfScope."""
    today, first = clock.local_date(clock.now()), month_of(month)
    with transaction(read_only=True) as session:
        rows = queries.wages_of(session, project_id=project_id, month=first)
        if not rows:
            raise NotFound(what="sheet")
        viewer().require(DECIDE, rows[0].county)
        held = queries.month_sheets(session, today=today, employer_id=rows[0].employer_id)
        people = shown_workers(session, [row.worker_id for row in rows])
    return page(
        "project_month", "board", at=rows[0].county, rows=rows, people=people, period_said=period_said, today=today,
        sheet=next(one for one in held if (one.project_id, one.month) == (project_id, first)),
        lamps={row.id: lamp_said(row, today) for row in rows},
    )  # fmt: skip


@pages.get("/wages/<int:wage_id>")
@may_enter(staff(DECIDE))
def wage(wage_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _case(_allowed(wage_id), {})


@pages.post("/wages/<int:wage_id>/payments/<int:payment_id>/<any(uphold, void):verb>")
@may_enter(staff(DECIDE))
def decide_payment(wage_id: int, payment_id: int, verb: str) -> Response | tuple[str, int]:
    """Money that the worker denies: it did come (uphold), or it didn't (void)."""
    row = _allowed(wage_id)
    try:
        if payment_id not in {payment.id for payment in row.payments}:
            raise NotFound(what="payment")
        with transaction() as session:
            DEEDS[verb](
                session, payment_id=payment_id, reason=request.form.get("reason", ""),
                by=viewer().as_staff(DECIDE, row.county), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, said = wording(error)
        return _case(_allowed(wage_id), {verb if error.code == "reason_missing" else "form": said}), status
    flash("记下了，算到账。" if verb == "uphold" else "作废了，工钱还算没发。", "ok")
    return redirect(url_for("staff.wage", wage_id=wage_id), 303)


@pages.get("/wages/<int:wage_id>/payments/<int:payment_id>/photo")
@may_enter(staff(DECIDE))
def payment_photo(wage_id: int, payment_id: int) -> File:
    """The picture of the bank's slip. Raises NotFound, OutOfScope."""
    _allowed(wage_id)
    with transaction(read_only=True) as session:
        payment = session.get(Payment, payment_id)
        if payment is None or payment.wage_id != wage_id or payment.photo is None:
            raise NotFound(what="photo")
        return File(payment.photo, mimetype=payment.media_type)


def _allowed(wage_id: int) -> WageRow:
    with transaction(read_only=True) as session:
        row = queries.wage(session, wage_id)
    viewer().require(DECIDE, row.county)
    return row


def _case(row: WageRow, errors: dict[str, str]) -> str:
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        posting = posting_by_id(session, row.posting_id)
        works = works_of(session, [row.id]).get(row.id, ())
        person = shown_workers(session, [row.worker_id]).get(row.worker_id)
        record = queries.paid_record(session, [row.employer_id], today).get(row.employer_id)
    return page(
        "wage_case", "board", at=posting.town, wage=row, posting=posting, person=person, record=record,
        lamp=lamp_said(row, today), proofs=PROOFS, errors=errors, typed=request.form.get("reason", ""),
        formula=formula(row, works, pay_kind=posting.pay_kind, pay_fen=posting.pay_fen), period_said=period_said,
    )  # fmt: skip


def _total(sums: dict[str, dict[Lamp, tuple[int, int]]], lamp: Lamp) -> tuple[int, int]:
    held = [one[lamp] for one in sums.values() if lamp in one]
    return sum(number for number, _ in held), sum(fen for _, fen in held)
