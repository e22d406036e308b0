"""签约率: agreements signed by both of the work that has started, by industry (plan 11); one agreement to staff."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response as File
from flask import request, url_for
from sqlalchemy.orm import Session

from web.agreements import shown
from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages
from web.papers import download
from web.papers.agreement import agreement_paper
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.rules import OutOfScope, Permission
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.contracts import queries, service
from zero_work_market.rights.contracts.models import Agreement
from zero_work_market.rights.contracts.rules import Coverage

SPANS = ((30, "近 30 天"), (90, "近 90 天"), (365, "近一年"))
OTHERS = "其他"


@dataclass(frozen=True)
class Counted:
    """What the page counts, and over which days."""

    lines: tuple[Coverage, ...]
    first: date
    last: date

    @property
    def total(self) -> Coverage:
        return Coverage("", sum(one.started for one in self.lines), sum(one.signed for one in self.lines))


@pages.get("/coverage")
@may_enter(staff(Permission.BOARD))
def coverage() -> str:
    """`place` narrows one's own regions, `industry` the rows, `days` how far back. Raises OutOfScope."""
    asked, place = request.args.get("industry"), request.args.get("place") or None
    days = request.args.get("days", SPANS[0][0], type=int)
    days = days if days in dict(SPANS) else SPANS[0][0]
    if place:
        viewer().require(Permission.BOARD, place)
    scopes = (place,) if place else viewer().scopes(Permission.BOARD)
    last = clock.local_date(clock.now())
    within: dict[str, Any] = {"scopes": scopes, "first": last - timedelta(days=days - 1), "last": last}
    with transaction(read_only=True) as session:
        counted = Counted(queries.coverage(session, **within), within["first"], last)
        industry = None if asked is None else "" if asked == OTHERS else asked
        number = request.args.get("page", 1, type=int)
        found = queries.started_in(session, industry=industry, number=number, **within)
        people = shown_workers(session, [row.placement.worker_id for row in found.rows])
    kept = {name: request.args[name] for name in ("place", "days") if request.args.get(name)}
    return page(
        "coverage", "dashboard", at=place, to=lambda code: url_for("staff.coverage", place=code),
        counted=counted, found=found, people=people, industry=asked, kept=kept, days=days, spans=SPANS, others=OTHERS,
    )  # fmt: skip


@pages.get("/agreements/<int:agreement_id>")
@may_enter(staff(Permission.BOARD))
def agreement(agreement_id: int) -> str:
    """The terms and the proof, without names. Raises NotFound, OutOfScope."""
    return _show(agreement_id, {})


@pages.post("/agreements/<int:agreement_id>/fetch")
@may_enter(staff(Permission.SEE_FULL_ID))
def fetch_agreement(agreement_id: int) -> File | tuple[str, int]:
    """The PDF with full names and numbers, for a reason, which is logged. Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        region = _region(session, queries.agreement(session, agreement_id), Permission.SEE_FULL_ID)
    by = viewer().as_staff(Permission.SEE_FULL_ID, region)
    try:
        with transaction() as session:
            reason = request.form.get("reason", "")
            service.say_seen(session, agreement_id=agreement_id, reason=reason, by=by, at=clock.now())
            found = queries.agreement(session, agreement_id)
            return download.pdf(agreement_paper(session, found), f"用工约定 {found.number}")
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _show(agreement_id, errors), status


def _show(agreement_id: int, errors: dict[str, str]) -> str:
    with transaction(read_only=True) as session:
        found = queries.agreement(session, agreement_id)
        region = _region(session, found, Permission.BOARD)
        placement = session.get_one(Placement, found.placement_id)
        return page(
            "agreement", "dashboard", at=region, agreement=shown(session, found, names=False), errors=errors,
            posting=session.get_one(Posting, placement.posting_id), placement=placement,
            typed=request.form.get("reason", ""), may_fetch=viewer().may(Permission.SEE_FULL_ID, region),
        )  # fmt: skip


def _region(session: Session, found: Agreement, permission: Permission) -> str:
    """Where the viewer has the permission over it: the posting's town, or the worker's village. Raises OutOfScope."""
    placement = session.get_one(Placement, found.placement_id)
    town = session.get_one(Posting, placement.posting_id).town
    for region in (town, placement.village):
        if region and viewer().may(permission, region):
            return region
    raise OutOfScope(permission=permission.value, region=town)
