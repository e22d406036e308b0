"""评价: ratings that the rated side contests; staff let them stand or take them down, with their reasons."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import wording
from web.for_staff.blueprint import page, pages, scoped_counties
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.paging import page_of
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings import queries, service
from zero_work_market.rights.ratings.models import Rating

DECIDE = Permission.DECIDE


@dataclass(frozen=True)
class Case:
    """A contested rating: who said it, of whom, about which work."""

    row: Rating
    posting: Posting
    said_by: str
    of: str


@pages.get("/ratings")
@may_enter(staff(DECIDE))
def ratings() -> str:
    """Those that wait, the longest first; or those decided."""
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
        cases = [_case(session, row) for row in found[show].rows]
    return page("ratings", "board", found=found, show=show, cases=cases)


@pages.get("/ratings/<int:rating_id>")
@may_enter(staff(DECIDE))
def rating(rating_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _page(_allowed(rating_id))


@pages.post("/ratings/<int:rating_id>/<any(keep, hide):verb>")
@may_enter(staff(DECIDE))
def decide_rating(rating_id: int, verb: str) -> Response | tuple[str, int]:
    case = _allowed(rating_id)
    try:
        with transaction() as session:
            service.decide(
                session, rating_id=rating_id, hide=verb == "hide", reason=request.form.get("reason", ""),
                by=viewer().as_staff(DECIDE, case.row.county), at=clock.now(),
            )  # fmt: skip
    except LeyeError as error:
        status, said = wording(error)
        of_reason = error.code == "reason_missing"
        return _page(_allowed(rating_id), {verb if of_reason else "form": said}), status
    flash("撤下来了，两边都收到短信。" if verb == "hide" else "留着了，两边都收到短信。", "ok")
    return redirect(url_for("staff.ratings"), 303)


def _allowed(rating_id: int) -> Case:
    with transaction(read_only=True) as session:
        case = _case(session, queries.rating(session, rating_id))
    viewer().require(DECIDE, case.row.county)
    return case


def _case(session: Session, row: Rating) -> Case:
    posting = posting_by_id(session, queries.posting_of(session, row))
    names = {
        Side.WORKER: mask_name(session.get_one(Worker, row.worker_id).surname),
        Side.EMPLOYER: posting.employer.short,
    }
    return Case(row, posting, names[row.side], names[Side.EMPLOYER if row.side == Side.WORKER else Side.WORKER])


def _page(case: Case, errors: dict[str, str] | None = None) -> str:
    return page(
        "rating", "board", case=case, row=case.row, all_chips=queries.chips(), errors=errors or {},
        typed=request.form.get("reason", ""),
    )  # fmt: skip
