"""到岗: the codes that workers scan or type, and the roll-call, on the foreman's phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import segno
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.errors import said_by_field, wording
from web.for_employers.blueprint import own_posting, pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import State as Seat
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.attendance import queries, service
from zero_work_market.rights.attendance.queries import Codes, MarkRow
from zero_work_market.rights.attendance.rules import ROLL_CALL_ENDS, Said, State, may_call_roll, opens_at
from zero_work_market.rights.contracts.queries import of_posting
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.contracts.rules import State as Agreed

SHOWN = timedelta(hours=2)
"""So long after a shift its codes are still shown, for those who leave."""
DONE = {Said.HERE: "到了", Said.ON_TIME: "按点到了", Said.MISSING: "没来", Said.LEFT: "走了"}


@dataclass(frozen=True)
class Name:
    """A name of the roll. `gone`: lost the seat by not being there."""

    placement: Placement
    masked_name: str
    phone_tail: str
    signed: bool
    row: MarkRow | None
    may_undo: bool
    may_contest: bool

    @property
    def gone(self) -> bool:
        return self.placement.state == Seat.NO_SHOW

    @property
    def here(self) -> bool:
        return self.row is not None and self.row.mark.state == State.ARRIVED


@dataclass(frozen=True)
class Roll:
    """One shift's roll, as it stands now. `takes`: names may be called."""

    shift: Shift
    names: list[Name]
    opens: datetime
    missing_from: datetime
    takes: bool

    @property
    def closes(self) -> datetime:
        return self.shift.ends_at + ROLL_CALL_ENDS

    @property
    def here(self) -> int:
        return sum(one.here for one in self.names)

    @property
    def seated(self) -> int:
        return sum(not one.gone for one in self.names)


@pages.get("/<int:posting_id>/today")
@may_enter(EMPLOYER)
def today(posting_id: int) -> str:
    """The codes of now and the roll of a shift: the one that runs or comes next, or `?shift=`."""
    return _page(posting_id)


@pages.get("/<int:posting_id>/today/codes")
@may_enter(EMPLOYER)
def gate_codes(posting_id: int) -> str:
    """The codes alone, asked for again and again by the page."""
    with transaction(read_only=True) as session:
        row, now = own_posting(session, posting_id), clock.now()
        shown = _codes(session, row, _shift_now(row, now), now)
    return render_template("for_employers/_codes.html", posting=row, codes=shown, qr=_qr(shown), hours=_hours(now))


@pages.post("/<int:posting_id>/today")
@may_enter(EMPLOYER)
def call_roll(posting_id: int) -> Response | tuple[str, int]:
    """Say of the ticked names that they are here, missing, or gone."""
    given = request.form
    try:
        said = Said(given.get("said", ""))
    except ValueError:
        said = Said.HERE
    ticked = given.getlist("who", type=int)
    try:
        with transaction() as session:
            shift = _asked(own_posting(session, posting_id), clock.now())
            if ticked:
                service.roll_call(
                    session, posting_id=posting_id, shift_id=shift.id, said=dict.fromkeys(ticked, said),
                    by=viewer().as_employer(), at=clock.now(),
                )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, words = wording(error)
        return _page(posting_id, error=words, ticked=ticked), status
    flash(f"记下了：{len(ticked)} 个人{DONE[said]}。" if ticked else "先勾名字，再点。", "ok" if ticked else "bad")
    return _back(posting_id)


@pages.post("/<int:posting_id>/marks/<int:mark_id>/undo")
@may_enter(EMPLOYER)
def undo_mark(posting_id: int, mark_id: int) -> Response:
    try:
        with transaction() as session:
            _own_mark(session, posting_id, mark_id)
            service.undo(session, mark_id=mark_id, by=viewer().as_employer(), at=clock.now())
        flash("撤回来了。", "ok")
    except NotFound:
        raise
    except LeyeError as error:
        flash(wording(error)[1], "bad")
    return _back(posting_id)


@pages.route("/<int:posting_id>/marks/<int:mark_id>/contest", methods=["GET", "POST"])
@may_enter(EMPLOYER)
def contest_mark(posting_id: int, mark_id: int) -> str | Response | tuple[str, int]:
    """Say that somebody wasn't there after all; staff decide."""
    now, status = clock.now(), 200
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with transaction() as session:
                _own_mark(session, posting_id, mark_id)
                service.contest(
                    session, mark_id=mark_id, side=Side.EMPLOYER, words=request.form.get("contest", ""),
                    by=viewer().as_employer(), at=now,
                )  # fmt: skip
            flash("交上去了，县里的工作人员来看，有结果发短信告诉你。", "ok")
            return _back(posting_id)
        except NotFound:
            raise
        except LeyeError as error:
            status, errors = said_by_field(error)
    with transaction(read_only=True) as session:
        row = _own_mark(session, posting_id, mark_id)
        name = mask_name(session.get_one(Worker, row.worker_id).surname)
    said = row.mark.contest if row.mark.contested_by == Side.EMPLOYER else row.mark.counter
    typed = request.form.get("contest", said)
    return render_template("for_employers/contest_mark.html", row=row, name=name, typed=typed, errors=errors), status


def _page(posting_id: int, error: str = "", ticked: list[int] | None = None) -> str:
    now = clock.now()
    with transaction() as session:
        row = own_posting(session, posting_id)
        shift = _asked(row, now)
        service.open_gate(session, posting_id=posting_id, at=now)
        shown = _codes(session, row, shift, now)
        return render_template(
            "for_employers/today.html",
            posting=row, job=job_of(session, row), roll=_roll(session, row, shift, now), codes=shown, qr=_qr(shown),
            hours=_hours(now), error=error, ticked=ticked or [],
        )  # fmt: skip


def _back(posting_id: int) -> Response:
    shift_id = request.form.get("shift", type=int)
    return redirect(url_for("employers.today", posting_id=posting_id, shift=shift_id), 303)


def _own_mark(session: Session, posting_id: int, mark_id: int) -> MarkRow:
    """Raises NotFound for a mark of another posting."""
    own_posting(session, posting_id)
    row = queries.row(session, mark_id)
    if row.posting.id != posting_id:
        raise NotFound(what="mark")
    return row


def _asked(posting: Posting, now: datetime) -> Shift:
    """The shift that the page or the form is about."""
    asked = request.values.get("shift", type=int)
    return next((shift for shift in posting.shifts if shift.id == asked), _shift_now(posting, now))


def _shift_now(posting: Posting, now: datetime) -> Shift:
    """The shift that runs or has just ended, else the next, else the last."""
    return next((shift for shift in posting.shifts if now <= shift.ends_at + SHOWN), posting.shifts[-1])


def _codes(session: Session, posting: Posting, shift: Shift, now: datetime) -> Codes | None:
    """The codes to show, once the gate is opened: from the opening of the shift to a while after it."""
    key = queries.gate_key(session, posting_id=posting.id)
    shown = _opens(posting, shift) <= now <= shift.ends_at + SHOWN
    return queries.codes(key, at=now) if key is not None and shown else None


def _times(posting: Posting) -> list[tuple[datetime, datetime]]:
    return [(one.starts_at, one.ends_at) for one in posting.shifts]


def _hours(now: datetime) -> int:
    """How much later a code taken without network still counts."""
    return limit("late_report_hours", clock.local_date(now)).value


def _opens(posting: Posting, shift: Shift) -> datetime:
    return opens_at(_times(posting), posting.shifts.index(shift))


def _qr(codes: Codes | None) -> Markup:
    if codes is None:
        return Markup()
    address = f"{settings().public_url}{url_for('everyone.gate', token=codes.token)}"
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=5, border=2, svgclass="qr", omitsize=True))  # drawn from our own token


def _roll(session: Session, posting: Posting, shift: Shift, now: datetime) -> Roll:
    marks = queries.marks_of_shift(session, shift_id=shift.id)
    agreements = of_posting(session, posting.id)
    signed = {placement.id for agreement, placement in agreements if agreement.state == Agreed.SIGNED}
    names = []
    for placement in queries.called_to(session, posting_id=posting.id):
        mark, worker = marks.get(placement.id), session.get_one(Worker, placement.worker_id)
        row = MarkRow(mark, posting, shift, worker.id) if mark is not None else None
        names.append(
            Name(
                placement=placement, masked_name=mask_name(worker.surname), phone_tail=(worker.phone or "")[-4:],
                signed=placement.id in signed, row=row,
                may_undo=mark is not None and queries.to_undo(mark, at=now) is not None,
                may_contest=row is not None and row.may_contest(Side.EMPLOYER, at=now),
            )
        )  # fmt: skip
    grace = timedelta(minutes=limit("no_show_minutes", clock.local_date(shift.starts_at)).value)
    takes = may_call_roll(_times(posting), posting.shifts.index(shift), at=now)
    return Roll(shift, names, _opens(posting, shift), shift.starts_at + grace, takes)
