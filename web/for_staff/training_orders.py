"""定向定岗培训: employers' orders that wait for a course, and what became of the others."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import wording
from web.for_staff.blueprint import page, pages, scoped_counties
from web.training import WORDS
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.paging import page_of
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.policy.courses import queries, service

RUN = Permission.RUN_COURSES


@pages.get("/training-orders")
@may_enter(staff(RUN))
def training_orders() -> str:
    return _list({})


@pages.post("/training-orders/<int:order_id>/refuse")
@may_enter(staff(RUN))
def refuse_order(order_id: int) -> Response | tuple[str, int]:
    """Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        county = queries.order(session, order_id).county
    viewer().require(RUN, county)
    try:
        with transaction() as session:
            by, reason = viewer().as_staff(RUN, county), request.form.get("reason", "")
            service.refuse_order(session, order_id=order_id, reason=reason, by=by, at=clock.now())
    except LeyeError as error:
        status, said = wording(error)
        return _list({order_id: said}), status
    flash("回了单位，看得到原因。", "ok")
    return redirect(url_for("staff.training_orders"), 303)


def _list(errors: dict[int, str]) -> str:
    decided, number = request.args.get("show") == "decided", request.args.get("page", 1, type=int)
    here = scoped_counties(RUN)
    with transaction(read_only=True) as session:
        found = {
            "waiting": page_of(session, queries.orders_of(counties=here), number=1 if decided else number),
            "decided": page_of(
                session, queries.orders_of(counties=here, decided=True), number=number if decided else 1
            ),
        }
        show = "decided" if decided else "waiting"
        postings = {one.posting_id: posting_by_id(session, one.posting_id) for one in found[show].rows}
    return page("training_orders", "courses", found=found, show=show, postings=postings, errors=errors, **WORDS)
