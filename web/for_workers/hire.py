"""A hire's own page: how far it has come, the one thing to do next, and whom to call; hours and wages on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.export_channels.queries import ride_of
from web.auth import WORKER, may_enter, viewer
from web.errors import said_by_field, wording
from web.for_workers import agreement, arrive
from web.for_workers.blueprint import pages
from web.hours import given_word
from web.wage_words import lamp_said, word_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.hours.queries import HoursRow, hours_of
from zero_work_market.rights.hours.service import claim_hours
from zero_work_market.rights.ratings import queries as ratings
from zero_work_market.rights.wages.queries import WageRow, wages_of
from zero_work_market.rights.wages.rules import Lamp

SEATED, SIGNED, ARRIVED, WORKED, PAID = range(5)
"""Steps of the line: 接单 → 签约 → 到岗 → 完工 → 到账."""


class Next(NamedTuple):
    """The one thing to do now. `minutes` given: one tap says them, of the shift `shift_id`."""

    text: str
    href: str
    shift_id: int | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Part:
    """Hours and wages on the hire's page: `unsaid` shifts are over and wait for the worker's word."""

    hours: list[HoursRow]
    unsaid: list[HoursRow]
    wages: list[WageRow]

    @property
    def unanswered(self) -> list[WageRow]:
        """Wages with a payment of which the worker hasn't said whether it came."""
        return [wage for wage in self.wages if any(_is_open(one) for one in wage.payments)]


def part(session: Session, placement: Placement, now: datetime) -> dict[str, Any]:
    """Values for `_wages.html`."""
    hours = [
        row
        for row in hours_of(session, posting_id=placement.posting_id, worker_id=placement.worker_id)
        if row.is_over(now)
    ]
    wages = wages_of(session, posting_id=placement.posting_id, worker_id=placement.worker_id)
    unsaid = [row for row in hours if row.agreed_minutes is None and ("worker" not in row.last or row.disputed)]
    today = clock.local_date(now)
    return {
        "work": Part(hours, unsaid, wages), "lamps": {wage.id: lamp_said(wage, today) for wage in wages},
        "word_said": word_said,
    }  # fmt: skip


@pages.get("/mine/<int:posting_id>")
@may_enter(WORKER)
def hire(posting_id: int) -> str:
    """Raises NotFound for who never held a seat."""
    now = clock.now()
    with transaction(read_only=True) as session:
        placement = own_placement(session, posting_id)
        posting = posting_by_id(session, posting_id)
        parts = agreement.part(session, placement, now) | arrive.part(session, placement, now)
        parts |= part(session, placement, now)
        rating = ratings.view(session, placement_id=placement.id, side=Side.WORKER, at=now)
        lost = placement.seat is None
        ride = None if lost else ride_of(session, placement=placement, posting=posting)
        return render_template(
            "for_workers/hire.html",
            job=job_of(session, posting), posting=posting, lost=lost, ride=ride, step=_step(placement, parts),
            next=None if lost else _next(posting, parts, now, may_rate=rating.own is None and rating.until is not None),
            **parts,
        )  # fmt: skip


@pages.get("/mine/<int:posting_id>/hours")
@may_enter(WORKER)
def hours(posting_id: int) -> str:
    return _hours_page(posting_id, {})


@pages.post("/mine/<int:posting_id>/hours")
@may_enter(WORKER)
def say_hours(posting_id: int) -> Response | tuple[str, int]:
    """The worker's word on a shift (`shift`): `minutes`, or `hours` and `rest`; `pieces`; `words`."""
    try:
        shift_id, word = given_word(request.form)
        with transaction() as session:
            said = claim_hours(
                session, placement_id=own_placement(session, posting_id).id, shift_id=shift_id, side="worker",
                **word, by=viewer().as_worker(), at=clock.now(),
            )  # fmt: skip
            agreed, differs = said.agreed_at is not None, said.disputed_at is not None
    except NotFound:
        raise
    except LeyeError as error:
        if error.code != "invalid_value":
            flash(wording(error)[1], "bad")
            return redirect(url_for("workers.hire", posting_id=posting_id), 303)
        status, errors = said_by_field(error)
        return _hours_page(posting_id, errors), status
    if agreed:
        flash("两边说的一样，工时定了，工钱算好了。", "ok")
    else:
        flash("记下了。跟单位说的不一样，商量好再说一遍。" if differs else "记下了，等单位也说一声。", "ok")
    return redirect(url_for("workers.hire", posting_id=posting_id), 303)


def standings(session: Session, worker_id: int, now: datetime) -> dict[int, tuple[str, str]]:
    """How each hire of a worker stands after the work, by posting id: a lamp's shape and words."""
    stands: dict[int, tuple[str, str]] = {}
    for wage in wages_of(session, worker_id=worker_id):
        if any(_is_open(one) for one in wage.payments):
            stands[wage.posting_id] = "soon", "说发了钱，回一声到没到"
        else:
            stands[wage.posting_id] = lamp_said(wage, clock.local_date(now))
    for row in hours_of(session, worker_id=worker_id):
        if row.is_over(now) and row.agreed_minutes is None:
            waits = "等单位说工时" if "worker" in row.last else "说说干了几个小时"
            stands[row.posting_id] = "soon", "工时两边说的不一样" if row.disputed else waits
    return stands


def own_placement(session: Session, posting_id: int) -> Placement:
    """The viewer's placement in a posting. Raises NotFound."""
    worker_id = viewer().worker_id
    held = placement_of(session, posting_id=posting_id, worker_id=worker_id) if worker_id is not None else None
    if held is None:
        raise NotFound(what="placement")
    return held


def _hours_page(posting_id: int, errors: dict[str, str]) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        placement = own_placement(session, posting_id)
        return render_template(
            "for_workers/hours.html",
            posting=posting_by_id(session, posting_id), errors=errors, given=request.form,
            **part(session, placement, now),
        )  # fmt: skip


def _is_open(payment: Any) -> bool:
    answered = payment.received_at or payment.denied_at or payment.upheld_at or payment.voided_at
    return answered is None


def _step(placement: Placement, parts: dict[str, Any]) -> int | None:
    """Which step the hire is at; None when all are done."""
    work: Part = parts["work"]
    if work.hours and all(row.agreed_minutes is not None for row in work.hours):
        done = all(wage.settled_on is not None for wage in work.wages) and not work.unanswered
        return None if done else PAID
    if placement.arrived_at is not None:
        return WORKED
    agreed = parts["agreement_part"]
    return ARRIVED if agreed and agreed.done else SIGNED


def _next(posting: Posting, parts: dict[str, Any], now: datetime, *, may_rate: bool) -> Next | None:
    here, work, agreed = posting.id, parts["work"], parts["agreement_part"]
    if parts["attendance"]["may_arrive"]:
        return Next("到了，报到", url_for("workers.arrive", posting_id=here))
    if agreed and agreed.act == "签约":
        return Next("签约", agreed.href)
    if len(work.unsaid) == 1 and not work.unsaid[0].by_piece and not work.unsaid[0].disputed:
        row = work.unsaid[0]
        minutes = row.suggested("worker").minutes
        return Next("", url_for("workers.say_hours", posting_id=here), row.shift_id, minutes)
    if work.unsaid:
        return Next("说说干了几个小时", url_for("workers.hours", posting_id=here))
    if work.unanswered:
        return Next("到账了吗？看工资条", url_for("workers.slip", wage_id=work.unanswered[0].id))
    if _overdue(work.wages, now):
        return Next("要工资", url_for("workers.unpaid"))
    if may_rate:
        return Next("评一评这家", url_for("workers.rate", posting_id=here))
    return None


def _overdue(wages: Sequence[WageRow], now: datetime) -> bool:
    return any(wage.lamp(clock.local_date(now)) == Lamp.RED for wage in wages)
