"""Verifying employers: the queue, the papers, the decision; and again every six months."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import wording
from web.for_employers.register import PAPERS
from web.for_staff import reads
from web.for_staff.blueprint import page, pages
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.placements.service import suspend_employer
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers import queries, service
from zero_work_market.people.employers.queries import EmployerRow
from zero_work_market.people.employers.rules import Operator, Paper

VERIFY = Permission.VERIFY_EMPLOYER
DEEDS: dict[str, tuple[Callable[..., Any], str, bool]] = {
    "verify": (service.verify, "核过了，六个月里发的活马上就能看到。", False),
    "refuse": (service.refuse, "退回去了，已经告诉对方哪里不行。", True),
    "reverify": (service.reverify, "复核过了，又管六个月。", False),
    "suspend": (suspend_employer, "停用了，没开工的活都收了，接了单的人会收到短信。", True),
    "restore": (service.restore, "恢复了，又能发活。收掉的活要重新发。", False),
}
"""Verb → what it calls, what is said when it is done, whether it needs a reason."""


@pages.get("/employers")
@may_enter(staff(VERIFY))
def employers() -> str:
    """Who waits, the longest first; whose term ends; or all."""
    show, now, scopes = request.args.get("show", "waiting"), clock.now(), viewer().scopes(VERIFY)
    with transaction(read_only=True) as session:
        waiting = queries.waiting(session, scopes, at=now)
        due = queries.due(session, scopes, at=now)
        every = queries.employers_in(session, scopes, number=request.args.get("page", 1, type=int))
    return page("employers", "employers", waiting=waiting, due=due, every=every, show=show, papers=PAPERS)


@pages.get("/employers/<int:employer_id>")
@may_enter(staff(VERIFY))
def employer(employer_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _case(_employer(employer_id))


@pages.get("/employers/<int:employer_id>/papers/<paper>")
@may_enter(staff(VERIFY))
def paper(employer_id: int, paper: str) -> Response:
    """A paper as it was sent; each look is logged. Raises NotFound, OutOfScope."""
    by = _by(_employer(employer_id))
    if paper not in set(Paper):
        raise NotFound(what="paper")
    with transaction() as session:
        found = service.read_paper(session, employer_id=employer_id, paper=Paper(paper), by=by, at=clock.now())
    return Response(found.body, mimetype=found.media_type)


@pages.post("/employers/<int:employer_id>/operator")
@may_enter(staff(VERIFY))
def operator(employer_id: int) -> str | tuple[str, int]:
    """The operator in the clear, with a reason, logged."""
    row, reason = _employer(employer_id), request.form.get("reason", "")
    try:
        with transaction() as session:
            shown = service.reveal_operator(session, employer_id=row.id, reason=reason, by=_by(row), at=clock.now())
    except LeyeError as error:
        status, said = wording(error)
        return _case(row, errors={"operator": said}), status
    return _case(row, operator=shown)


@pages.post("/employers/<int:employer_id>/<any(verify, refuse, reverify, suspend, restore):verb>")
@may_enter(staff(VERIFY))
def decide(employer_id: int, verb: str) -> Response | tuple[str, int]:
    row = _employer(employer_id)
    deed, done, reasoned = DEEDS[verb]
    told = {"reason": request.form.get("reason", "")} if reasoned else {}
    try:
        with transaction() as session:
            deed(session, employer_id=row.id, by=_by(row), at=clock.now(), **told)
    except LeyeError as error:
        status, said = wording(error)
        return _case(row, errors={verb if error.code == "reason_missing" else "form": said}), status
    flash(f"{row.short}：{done}", "ok")
    queued = verb in ("verify", "refuse")
    return redirect(url_for("staff.employers") if queued else url_for("staff.employer", employer_id=row.id), 303)


def _employer(employer_id: int) -> EmployerRow:
    with transaction(read_only=True) as session:
        row = queries.employer(session, employer_id)
    if row is None:
        raise NotFound(what="employer")
    viewer().require(VERIFY, row.county)
    return row


def _by(row: EmployerRow) -> Actor:
    return viewer().as_staff(VERIFY, row.county)


def _case(row: EmployerRow, *, errors: dict[str, str] | None = None, operator: Operator | None = None) -> str:
    with transaction(read_only=True) as session:
        types = reads.paper_types(session, row.id)
    return page(
        "employer", "employers", row=row, types=types, papers=PAPERS, errors=errors or {}, operator=operator,
        typed=request.form.get("reason", ""), missing=[name for one, (name, _) in PAPERS.items() if one not in types],
    )  # fmt: skip
