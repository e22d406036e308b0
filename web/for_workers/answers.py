"""A worker's answers: accept, decline, withdraw."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.export_channels.service import show_contact
from web.auth import WORKER, may_enter, viewer
from web.errors import wording
from web.for_workers.blueprint import pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.applications import service as applications
from zero_work_market.market.crews import service as crews
from zero_work_market.market.crews.models import Crew
from zero_work_market.market.crews.rules import State as CrewState
from zero_work_market.market.crews.rules import Why
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.employers import service as employers


@pages.post("/postings/<int:posting_id>/accept")
@may_enter(WORKER)
def accept(posting_id: int) -> Response:
    """Take a seat, or a place in the queue."""

    def answer(session: Session) -> str:
        taken = placements.accept(
            session, posting_id=posting_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now(),
            key=request.form.get("key"),
        )  # fmt: skip
        if taken.seat is not None:
            return "接好了。到点去就行，去不了早点说。"
        return f"排上了，你是第 {taken.queue_place} 个。有人退出就轮到你，直接算你接了，会发短信告诉你。"

    return _done(answer, posting_id)


@pages.post("/postings/<int:posting_id>/crew/<int:crew_id>/yes")
@may_enter(WORKER)
def agree_crew(posting_id: int, crew_id: int) -> Response:
    """Say yes to coming as one of a crew."""

    def answer(session: Session) -> str:
        crew = crews.agree(session, crew_id=crew_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now())
        return _crew_said(crew)

    return _done(answer, posting_id)


@pages.post("/postings/<int:posting_id>/crew/<int:crew_id>/no")
@may_enter(WORKER)
def decline_crew(posting_id: int, crew_id: int) -> Response:
    def answer(session: Session) -> str:
        crews.decline(session, crew_id=crew_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now())
        return "说好了，你不去。会另找人顶上。"

    return _done(answer, posting_id)


@pages.post("/postings/<int:posting_id>/decline")
@may_enter(WORKER)
def decline(posting_id: int) -> Response:
    def answer(session: Session) -> str:
        applications.decline(
            session, posting_id=posting_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now()
        )
        return "说好了，这单你去不了。"

    return _done(answer, posting_id)


@pages.post("/postings/<int:posting_id>/withdraw")
@may_enter(WORKER)
def withdraw(posting_id: int) -> Response:
    """Give up a seat or a place in the queue; taken back by accepting again while there is room."""

    def answer(session: Session) -> str:
        placements.withdraw(
            session, posting_id=posting_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now()
        )
        return "退掉了。改主意的话，有空位还能再接。"

    return _done(answer, posting_id)


@pages.post("/postings/<int:posting_id>/phone")
@may_enter(WORKER)
def phone(posting_id: int) -> str:
    """The employer's phone, for who holds a seat; each look is logged. Raises NotFound for anyone else."""
    with transaction() as session:
        held = placement_of(session, posting_id=posting_id, worker_id=_worker_id())
        if held is None or held.seat is None:
            raise NotFound(what="seat")
        posting = posting_by_id(session, posting_id)
        number = employers.show_phone(
            session, employer_id=posting.employer_id, reason=f"接了单，联系单位（第 {posting_id} 单）",
            by=viewer().as_worker(), at=clock.now(),
        )  # fmt: skip
        return render_template("for_workers/phone.html", posting=posting, phone=number)


@pages.post("/rides/<int:dispatch_id>/phone")
@may_enter(WORKER)
def ride_phone(dispatch_id: int) -> str:
    """Whom to call about the bus, for who holds a seat that it goes to; each look is logged. Raises NotFound."""
    by = viewer().as_worker()
    with transaction() as session:
        bus = show_contact(session, dispatch_id=dispatch_id, worker_id=_worker_id(), by=by, at=clock.now())
        return render_template("for_workers/ride_phone.html", bus=bus, phone=bus.contact_phone)


def _done(answer: Callable[[Session], str], posting_id: int) -> Response:
    try:
        with transaction() as session:
            said = answer(session)
        flash(said, "ok")
    except LeyeError as error:
        flash(wording(error)[1], "bad")
    return redirect(url_for("everyone.posting", posting_id=posting_id), 303)


def _crew_said(crew: Crew) -> str:
    if crew.state == CrewState.FILLED:
        return "一班人都答应了，位子都定下来了。到点去就行。"
    if crew.why == Why.SEATS_GONE:
        return "这一班没成：位子让单个来的接走了，不够一班坐。想一个人去，看看还有没有位子。"
    if crew.state == CrewState.BROKEN:
        return "这一班没成：有人去不了，找不到人顶上。"
    return "答应了。一班人都答应，位子就一起定下来，会发短信告诉你。"


def _worker_id() -> int:
    worker_id = viewer().worker_id
    assert worker_id is not None
    return worker_id
