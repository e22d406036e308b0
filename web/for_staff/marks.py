"""到岗申诉: marks that a worker or an employer contests; staff decide with reasons, the first due first."""

from typing import NamedTuple

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.case_words import HOWS
from web.errors import wording
from web.for_staff.blueprint import page, pages, scoped_counties
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.evidence import of_placement
from zero_work_market.ground.paging import page_of
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.attendance import queries, service
from zero_work_market.rights.attendance.queries import MarkRow
from zero_work_market.rights.attendance.rules import State, Verdict

DECIDE = Permission.DECIDE


class Case(NamedTuple):
    """A contested mark, and of whom it is."""

    row: MarkRow
    name: str


@pages.get("/marks")
@may_enter(staff(DECIDE))
def marks() -> str:
    """Those that wait, the first due first; or those decided."""
    decided, number = request.args.get("show") == "decided", request.args.get("page", 1, type=int)
    here = scoped_counties(DECIDE)
    with transaction(read_only=True) as session:
        found = {
            "waiting": page_of(session, queries.contested(counties=here), number=1 if decided else number),
            "decided": page_of(
                session, queries.contested(counties=here, decided=True), number=number if decided else 1
            ),
        }
        show = "decided" if decided else "waiting"
        cases = [_case(session, mark.id) for mark in found[show].rows]
    return page("marks", "board", found=found, show=show, cases=cases)


@pages.get("/marks/<int:mark_id>")
@may_enter(staff(DECIDE))
def mark(mark_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _page(_allowed(mark_id))


@pages.post("/marks/<int:mark_id>/<any(overturned, countered, excused, upheld):verdict>")
@may_enter(staff(DECIDE))
def decide_mark(mark_id: int, verdict: str) -> Response | tuple[str, int]:
    case = _allowed(mark_id)
    try:
        with transaction() as session:
            service.decide(
                session, mark_id=mark_id, verdict=Verdict(verdict), reason=request.form.get("reason", ""),
                by=viewer().as_staff(DECIDE, case.row.posting.county), at=clock.now(),
            )  # fmt: skip
    except LeyeError as error:
        status, said = wording(error)
        of_reason = error.code == "reason_missing"
        return _page(_allowed(mark_id), {"reason" if of_reason else "form": said}), status
    flash("定了，两边都收到短信。", "ok")
    return redirect(url_for("staff.marks"), 303)


def _allowed(mark_id: int) -> Case:
    with transaction(read_only=True) as session:
        case = _case(session, mark_id)
    viewer().require(DECIDE, case.row.posting.county)
    return case


def _case(session: Session, mark_id: int) -> Case:
    row = queries.row(session, mark_id)
    return Case(row, mask_name(session.get_one(Worker, row.worker_id).surname))


def _page(case: Case, errors: dict[str, str] | None = None) -> str:
    with transaction(read_only=True) as session:
        links = [link for link in of_placement(session, case.row.mark.placement_id) if link.kind in SAID]
    return page(
        "mark", "board", case=case, row=case.row, was_there=case.row.mark.state == State.ARRIVED, links=links,
        deeds=SAID, hows=HOWS, errors=errors or {}, typed=request.form.get("reason", ""),
    )  # fmt: skip


SAID = {
    "seat_accepted": "接了单", "arrived": "记了到岗", "arrival_struck": "到岗不算了", "left": "记了走",
    "absent": "记了没来", "seat_lost": "位子没了", "seat_restored": "位子还回来了",
}  # fmt: skip
"""Links of the chain that bear on it."""
