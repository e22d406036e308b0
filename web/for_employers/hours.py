"""工时: the employer's word on each worker's shifts, all that nobody disputes with one tap."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.errors import said_by_field, wording
from web.for_employers.blueprint import own_posting, pages
from web.hours import given_word
from web.wage_words import word_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.hours.queries import HoursRow, hours_of
from zero_work_market.rights.hours.service import claim_hours
from zero_work_market.rights.wages.queries import wages_of

SIDE = "employer"


@pages.get("/<int:posting_id>/hours")
@may_enter(EMPLOYER)
def hours(posting_id: int) -> str:
    return _page(posting_id, {})


@pages.post("/<int:posting_id>/hours")
@may_enter(EMPLOYER)
def say_hours(posting_id: int) -> Response | tuple[str, int]:
    """The employer's word on one worker's (`worker`) shift, as on the worker's page."""
    worker_id = request.form.get("worker", type=int)
    try:
        shift_id, word = given_word(request.form)
        with transaction() as session:
            own_posting(session, posting_id)
            row = _row(session, posting_id, shift_id, worker_id)
            said = claim_hours(
                session, placement_id=row.placement_id, shift_id=shift_id, side=SIDE, **word,
                by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
            agreed, differs = said.agreed_at is not None, said.disputed_at is not None
    except NotFound:
        raise
    except LeyeError as error:
        if error.code != "invalid_value":
            flash(wording(error)[1], "bad")
            return redirect(url_for("employers.hours", posting_id=posting_id), 303)
        status, errors = said_by_field(error)
        return _page(posting_id, errors), status
    if agreed:
        flash("两边说的一样，工时定了，工钱算好了。", "ok")
    else:
        flash("记下了。跟他说的不一样，商量好再说一遍。" if differs else "记下了，等他也说一声。", "ok")
    return redirect(url_for("employers.hours", posting_id=posting_id), 303)


@pages.post("/<int:posting_id>/hours/all")
@may_enter(EMPLOYER)
def say_all_hours(posting_id: int) -> Response:
    """For all of whom the employer hasn't spoken: what the page shows beside their names."""
    now, by = clock.now(), viewer().as_employer()
    with transaction() as session:
        own_posting(session, posting_id)
        rows = [row for row in hours_of(session, posting_id=posting_id) if _is_plain(row) and row.is_over(now)]
        for row in rows:
            tap = row.suggested(SIDE)
            claim_hours(
                session, placement_id=row.placement_id, shift_id=row.shift_id, side=SIDE, minutes=tap.minutes,
                pieces=tap.pieces, by=by, at=now,
            )  # fmt: skip
    flash(f"{len(rows)} 个人的工时都说好了。", "ok")
    return redirect(url_for("employers.hours", posting_id=posting_id), 303)


def _is_plain(row: HoursRow) -> bool:
    """One tap can say it: the employer hasn't spoken, and the number of pieces is known where it is asked for."""
    unsaid = row.agreed_minutes is None and SIDE not in row.last and not row.in_doubt
    return unsaid and (not row.by_piece or row.suggested(SIDE).pieces is not None)


def _row(session: Session, posting_id: int, shift_id: int, worker_id: int | None) -> HoursRow:
    """Raises NotFound."""
    for row in hours_of(session, posting_id=posting_id, worker_id=worker_id):
        if row.shift_id == shift_id and row.worker_id == worker_id:
            return row
    raise NotFound(what="hours")


def _page(posting_id: int, errors: dict[str, str]) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        posting = own_posting(session, posting_id)
        rows = [row for row in hours_of(session, posting_id=posting_id) if row.is_over(now)]
        people = shown_workers(session, [row.worker_id for row in rows])
        shifts = [(shift, [row for row in rows if row.shift_id == shift.id]) for shift in posting.shifts]
        return render_template(
            "for_employers/hours.html",
            posting=posting, shifts=[(shift, held) for shift, held in shifts if held], people=people, errors=errors,
            given=request.form, plain=[row for row in rows if _is_plain(row)], word_said=word_said, side=SIDE,
            owing=any(wage.unrecorded_fen for wage in wages_of(session, posting_id=posting_id)),
        )  # fmt: skip
