"""工时争议: hours on which the two differ, or one keeps silent for too long; staff decide with reasons."""

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages, scoped_counties
from web.hours import given_minutes
from web.wage_words import word_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.ground.paging import page_of
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.hours import queries, service
from zero_work_market.rights.hours.queries import HoursRow

DECIDE = Permission.DECIDE


@pages.get("/hours")
@may_enter(staff(DECIDE))
def hours() -> str:
    """The longest waiting first."""
    now, here = clock.now(), scoped_counties(DECIDE)
    with transaction(read_only=True) as session:
        waiting = queries.undecided(scopes=here, at=now)
        found = page_of(session, waiting, number=request.args.get("page", 1, type=int))
        rows = {row.hours_id: row for row in queries.hours_of(session, hours_ids=[one.id for one in found.rows])}
        postings = {row.posting_id: posting_by_id(session, row.posting_id) for row in rows.values()}
        people = shown_workers(session, [row.worker_id for row in rows.values()])
    shown = [rows[one.id] for one in found.rows if one.id in rows]
    return page("hours", "board", found=found, rows=shown, postings=postings, people=people, word_said=word_said)


@pages.get("/hours/<int:hours_id>")
@may_enter(staff(DECIDE))
def disputed_hours(hours_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _case(hours_id, {})


@pages.post("/hours/<int:hours_id>")
@may_enter(staff(DECIDE))
def decide_hours(hours_id: int) -> Response | tuple[str, int]:
    """`hours` and `rest`, `pieces` where pay is by them, and the `reason`."""
    _, posting = _allowed(hours_id)
    try:
        minutes, pieces = given_minutes(request.form)
        with transaction() as session:
            service.decide_hours(
                session, hours_id=hours_id, minutes=minutes, pieces=pieces, reason=request.form.get("reason", ""),
                by=viewer().as_staff(DECIDE, posting.county), at=clock.now(),
            )  # fmt: skip
    except LeyeError as error:
        status, errors = said_by_field(error)
        if error.code == "reason_missing":
            errors = {"reason": errors["form"]}
        return _case(hours_id, errors), status
    flash("定了，工钱算好了，两边都收到短信。", "ok")
    return redirect(url_for("staff.hours"), 303)


def _allowed(hours_id: int) -> tuple[HoursRow, Posting]:
    with transaction(read_only=True) as session:
        row, posting = _row(session, hours_id)
    viewer().require(DECIDE, posting.county)
    return row, posting


def _row(session: Session, hours_id: int) -> tuple[HoursRow, Posting]:
    rows = queries.hours_of(session, hours_ids=[hours_id])
    if not rows:
        raise NotFound(what="hours", id=hours_id)
    return rows[0], posting_by_id(session, rows[0].posting_id)


def _case(hours_id: int, errors: dict[str, str]) -> str:
    row, posting = _allowed(hours_id)
    with transaction(read_only=True) as session:
        person = shown_workers(session, [row.worker_id]).get(row.worker_id)
    return page(
        "hours_case", "board", at=posting.town, row=row, posting=posting, person=person, errors=errors,
        given=request.form, word_said=word_said,
        words=[(word, why, at) for word, (_, why, at) in zip(row.words, row.said, strict=True)],
    )  # fmt: skip
