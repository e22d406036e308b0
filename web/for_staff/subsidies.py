"""培训补贴: claims that wait for the county, and those decided."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages, scoped_counties
from web.training import WORDS, days_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.ground.paging import page_of
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.policy.courses import queries, service
from zero_work_market.policy.courses.models import SubsidyClaim
from zero_work_market.policy.courses.rules import rate_of

RUN = Permission.RUN_COURSES


@pages.get("/subsidies")
@may_enter(staff(RUN))
def subsidies() -> str:
    """Those that wait, the longest first; or those decided."""
    decided, number = request.args.get("show") == "decided", request.args.get("page", 1, type=int)
    here = scoped_counties(RUN)
    with transaction(read_only=True) as session:
        found = {
            "waiting": page_of(session, queries.claims_of(counties=here), number=1 if decided else number),
            "decided": page_of(
                session, queries.claims_of(counties=here, decided=True), number=number if decided else 1
            ),
        }
        show = "decided" if decided else "waiting"
        people = shown_workers(session, [one.enrolment.worker_id for one in found[show].rows])
    return page("subsidies", "courses", found=found, show=show, people=people, **WORDS)


@pages.get("/subsidies/<int:subsidy_id>")
@may_enter(staff(RUN))
def subsidy(subsidy_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _page(_allowed(subsidy_id), {})


@pages.post("/subsidies/<int:subsidy_id>/<any(approve, refuse):verb>")
@may_enter(staff(RUN))
def decide_subsidy(subsidy_id: int, verb: str) -> Response | tuple[str, int]:
    row, given = _allowed(subsidy_id), request.form
    of: dict[str, Any] = {"claim_id": subsidy_id, "by": viewer().as_staff(RUN, row.county), "at": clock.now()}
    try:
        with transaction() as session:
            if verb == "approve":
                yuan = given.get("fen", "").strip()
                fen = fen_from_yuan(yuan, field="fen") if yuan else None
                service.approve(session, fen=fen, reason=given.get("reason", ""), **of)
            else:
                service.refuse(session, reason=given.get("reason", ""), **of)
    except LeyeError as error:
        status, errors = said_by_field(error)
        if error.code == "reason_missing":
            errors = {verb: errors["form"]}
        return _page(_allowed(subsidy_id), errors), status
    flash("批了，发了短信。" if verb == "approve" else "没批，发了短信，看得到原因。", "ok")
    return redirect(url_for("staff.subsidies"), 303)


def _allowed(subsidy_id: int) -> SubsidyClaim:
    with transaction(read_only=True) as session:
        row = queries.claim(session, subsidy_id)
    viewer().require(RUN, row.county)
    return row


def _page(row: SubsidyClaim, errors: dict[str, str]) -> str:
    rate = rate_of(queries.rates(), row.kind, level=row.level, on=clock.local_date(row.asked_at))
    with transaction(read_only=True) as session:
        worker = session.get_one(Worker, row.enrolment.worker_id)
        held = queries.days_held(session, row.enrolment.batch_id)
        there = queries.presence(session, row.enrolment.batch_id)[row.enrolment_id]
        certificate = queries.certificate_of(session, row.enrolment_id)
    return page(
        "subsidy", "courses", row=row, rate=rate, name=mask_name(worker.surname), held=held, there=there,
        certificate=certificate, errors=errors, given=request.form, days_said=days_said, **WORDS,
    )  # fmt: skip
