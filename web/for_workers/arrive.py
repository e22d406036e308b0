"""到岗: the worker says "here" by the foreman's code, says when leaving, and contests a mark."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import WORKER, may_enter, viewer
from web.errors import said_by_field, wording
from web.filters import clock as clocked
from web.filters import minutes
from web.for_workers.blueprint import pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of, records
from zero_work_market.market.placements.rules import State as Seat
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.accounts.rules import plain
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.attendance import queries, service
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.queries import MarkRow, may_leave
from zero_work_market.rights.attendance.rules import State, begin_of, opens_at, read_token
from zero_work_market.rights.contracts.rules import Side


@pages.get("/mine/<int:posting_id>/arrive")
@may_enter(WORKER)
def arrive(posting_id: int) -> str:
    """The six digits to say "here" or "gone" with, and what is marked. Raises NotFound for one who has no seat."""
    return _page(posting_id)


@pages.post("/mine/<int:posting_id>/arrive")
@may_enter(WORKER)
def say_arrived(posting_id: int) -> Response | tuple[str, int]:
    """Here, or gone (`do=leave`): by `token` or `code`, noted at `noted_at` (seconds) if it couldn't be sent then."""
    given, leaving = request.form, request.form.get("do") == "leave"
    proof = {"token": given.get("token", ""), "code": plain(given.get("code", ""))}
    verb = service.leave if leaving else service.arrive
    try:
        with transaction() as session:
            found = verb(
                session, posting_id=posting_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now(),
                noted_at=_noted_at(), **proof,
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        found = error
    if isinstance(found, LeyeError):
        status, words = wording(found)
        return _page(posting_id, errors={"code": words}), status
    flash(_said(found, leaving), "ok")
    return redirect(url_for("workers.arrive", posting_id=posting_id), 303)


@pages.post("/mine/<int:posting_id>/marks/<int:mark_id>/contest")
@may_enter(WORKER)
def contest_mark(posting_id: int, mark_id: int) -> Response | tuple[str, int]:
    """Say that the mark is wrong; staff decide."""
    try:
        with transaction() as session:
            row = queries.row(session, mark_id)
            if row.worker_id != _worker_id() or row.posting.id != posting_id:
                raise NotFound(what="mark")
            service.contest(
                session, mark_id=mark_id, side=Side.WORKER, words=request.form.get("contest", ""),
                by=viewer().as_worker(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(posting_id, errors=errors), status
    flash("交上去了，县里的工作人员来看，有结果发短信告诉你。", "ok")
    return redirect(url_for("workers.arrive", posting_id=posting_id), 303)


@pages.get("/me/arrivals")
@may_enter(WORKER)
def arrivals() -> str:
    """我的到岗记录: the figure that employers see, and the marks behind it."""
    now = clock.now()
    with transaction(read_only=True) as session:
        record = records(session, worker_ids=[_worker_id()], at=now).get(_worker_id())
        rows = queries.of_worker(session, worker_id=_worker_id())
    return render_template("for_workers/arrivals.html", record=record, rows=rows, side=Side.WORKER)


def part(session: Session, placement: Placement, now: datetime, *, seen_at: datetime | None = None) -> dict[str, Any]:
    """Values for `_attendance.html`: `attendance`, of the shift that runs or comes next.

    shift · row: its MarkRow, or None · opens: from when one may arrive · may_arrive, may_leave, may_contest: what can
    be done now · lost: the seat is lost by not being there · hours: within how many a code taken without network
    still counts · posting, worker_id. With `seen_at`, the moment of a code that was scanned, it is of the shift then.
    """
    posting = posting_by_id(session, placement.posting_id)
    marks = queries.marks_of_placement(session, placement_id=placement.id)
    shift = _shift_at(posting, marks, seen_at or now)
    mark = marks.get(shift.id)
    row = MarkRow(mark, posting, shift, placement.worker_id) if mark is not None else None
    opens = opens_at([(one.starts_at, one.ends_at) for one in posting.shifts], posting.shifts.index(shift))
    here = mark is not None and mark.state == State.ARRIVED
    undecided = mark is None or mark.decided_at is None
    told = {
        "posting": posting, "worker_id": placement.worker_id, "shift": shift, "row": row, "opens": opens,
        "may_arrive": not here and undecided and opens <= (seen_at or now) <= shift.ends_at,
        "may_leave": may_leave(shift.starts_at, shift.ends_at, mark=mark, moment=now),
        "may_contest": row is not None and row.may_contest(Side.WORKER, at=now),
        "lost": placement.state == Seat.NO_SHOW,
        "hours": limit("late_report_hours", clock.local_date(now)).value,
    }  # fmt: skip
    return {"attendance": told}


def gate_page(posting_id: int, token: str) -> str:
    """The page that the foreman's QR code opens: one tap to be there. Raises NotFound without a seat."""
    return _page(posting_id, token=token)


def _page(posting_id: int, *, token: str = "", errors: dict[str, str] | None = None) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        placement = placement_of(session, posting_id=posting_id, worker_id=_worker_id())
        if placement is None or placement.state not in (Seat.ACCEPTED, Seat.NO_SHOW):
            raise NotFound(what="seat")
        known = queries.marks_of_placement(session, placement_id=placement.id)
        seen = None if errors else read_token(token)
        seen_at = begin_of(seen.step) if seen else None
        parts = part(session, placement, now, seen_at=seen_at)
        return render_template(
            "for_workers/arrive.html",
            posting=posting_by_id(session, posting_id), marks=known, token=token, seen_at=seen_at,
            typed=request.form, errors=errors or {}, **parts,
        )  # fmt: skip


def _shift_at(posting: Posting, marks: Mapping[int, Mark], moment: datetime) -> Shift:
    """The shift that runs, or that one may still be leaving before the next opens, else the next, else the last."""
    times = [(shift.starts_at, shift.ends_at) for shift in posting.shifts]
    index = next((index for index, (_, ends_at) in enumerate(times) if moment <= ends_at), len(times) - 1)
    before = posting.shifts[index - 1] if index and moment < opens_at(times, index) else None
    if before and may_leave(before.starts_at, before.ends_at, mark=marks.get(before.id), moment=moment):
        return before
    return posting.shifts[index]


def _noted_at() -> datetime | None:
    """When the code was noted, as the phone says by the site's clock; None for what isn't a moment."""
    seconds = request.form.get("noted_at", 0, type=int)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2**32 else None


def _said(mark: Mark, leaving: bool) -> str:
    if leaving:
        return f"记下了，{clocked(mark.left_at)} 走的。" if mark.left_at else "记下了。"
    late = f"晚了 {minutes(mark.minutes_late)}。" if mark.minutes_late else "按点到的。"
    return f"记下了，{clocked(mark.arrived_at)} 到的，{late}" if mark.arrived_at else "记下了。"


def _worker_id() -> int:
    worker_id = viewer().worker_id
    assert worker_id is not None
    return worker_id
