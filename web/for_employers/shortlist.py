"""One posting to its employer: the seats first, then who fits, to be invited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.crew_words import crew_said
from web.errors import wording
from web.filters import moment
from web.for_employers.blueprint import own_posting, pages
from web.for_employers.far_applicants import far_applicants
from web.for_employers.fit import SIZE, Wanted, candidates, record_said
from web.for_employers.inviting import how_sure_now, why_so_many
from web.ratings import figure_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.applications.queries import ApplicationRow, rows_of_posting
from zero_work_market.market.applications.rules import State
from zero_work_market.market.placements.queries import Mate, mates_of, records
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import TAKING, is_for_crew
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.market.search.rules import Job
from zero_work_market.market.shortlists import service as shortlists
from zero_work_market.market.shortlists.queries import inviting
from zero_work_market.market.shortlists.queries import shortlist as shortlist_of
from zero_work_market.market.shortlists.rules import MOST_INVITED, Inviting
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.people.workers.rules import Secret
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings.queries import may_open, workers_figures

SENDING = timedelta(minutes=1)
"""As long as the first invitations may take after publication."""


@dataclass(frozen=True)
class Answer:
    """What has become of an invitation: "已邀请" over "等到 10:30". `again`: may be asked once more."""

    text: str
    more: str | None = None
    gone: bool = False
    again: bool = False


@dataclass(frozen=True)
class Seats:
    """A posting's seats now.

    `live`: they may still change. `asking`: while workers may be invited. `sending`: so many are being invited now.
    """

    job: Job
    mates: list[Mate]
    answers: dict[int, Answer]
    unanswered: int
    live: bool
    asking: Inviting | None
    sending: int

    @property
    def to_ask(self) -> int:
        """How many more to invite: none to a queue alone, though one who is seated may stay away."""
        return self.asking.suggested if self.asking and self.job.free else 0

    @property
    def why(self) -> str:
        """Why so many, or why nobody more; nothing where nobody can be invited, or is just being."""
        if self.asking is None or self.sending:
            return ""
        if self.to_ask:
            return why_so_many(self.asking, self.to_ask, again="再")
        return how_sure_now(self.asking, full=not self.job.free)


@pages.get("/<int:posting_id>")
@may_enter(EMPLOYER)
def shortlist(posting_id: int) -> str:
    """The seats, and the ranking with its reasons; `?sort=distance` leaves the ranking out."""
    now, by_distance = clock.now(), request.args.get("sort") == "distance"
    with transaction(read_only=True) as session:
        row = own_posting(session, posting_id)
        seats = _seats(session, row, now)
        found = shortlist_of(row, k=SIZE, by_distance=by_distance) if seats.live else None
        held = {mate.worker_id for mate in seats.mates}
        places = [place for place in found.places if place.worker_id not in held] if found else []
        job = seats.job
        wanted = Wanted(job.occupations, job.brands, job.shifts, job.hourly_fen)
        rows = candidates(session, places, wanted, at=now)
        return render_template(
            "for_employers/shortlist.html",
            seats=seats, job=job, rows=rows, more=found is not None and found.more, by_distance=by_distance,
            crew=crew_said(session, row, at=now), reason=row.state_reason, far=far_applicants(session, posting_id),
            may_rate=may_open(session, posting_id=posting_id),
        )  # fmt: skip


@pages.get("/<int:posting_id>/seats")
@may_enter(EMPLOYER)
def seats_now(posting_id: int) -> str:
    """The seats alone, asked for again and again by the page."""
    with transaction(read_only=True) as session:
        seats = _seats(session, own_posting(session, posting_id), clock.now())
    return render_template("for_employers/seats.html", seats=seats, job=seats.job)


@pages.post("/<int:posting_id>/invite")
@may_enter(EMPLOYER)
def invite(posting_id: int) -> Response:
    """Invite one worker of the ranking (`worker`), or the next `count`."""
    given, now, by = request.form, clock.now(), viewer().as_employer()
    worker_id, count = given.get("worker", type=int), given.get("count", 0, type=int)
    try:
        with transaction() as session:
            own_posting(session, posting_id)
            if worker_id is not None:
                made = shortlists.invite_chosen(session, posting_id=posting_id, worker_ids=[worker_id], by=by, at=now)
            else:
                made = shortlists.invite_more(
                    session, posting_id=posting_id, count=min(max(count, 0), MOST_INVITED), by=by, at=now
                )
            invited = len(made)
        flash(f"邀了 {invited} 个，等他们回话。" if invited else "没有能邀的了。", "ok" if invited else "bad")
    except LeyeError as error:
        if isinstance(error, NotFound):
            raise
        flash(wording(error)[1], "bad")
    anchor = f"w-{worker_id}" if worker_id is not None else None
    return redirect(url_for("employers.shortlist", posting_id=posting_id, _anchor=anchor), 303)


@pages.route("/<int:posting_id>/workers/<int:worker_id>", methods=["GET", "POST"])
@may_enter(EMPLOYER)
def hired(posting_id: int, worker_id: int) -> str:
    """One who holds a seat; asked by POST, with the phone. Each look is logged. Raises NotFound for anyone else."""
    now, phone, missing = clock.now(), "", False
    with transaction(read_only=request.method == "GET") as session:
        row = own_posting(session, posting_id)
        if worker_id not in {mate.worker_id for mate in mates_of(session, posting_id=posting_id)}:
            raise NotFound(what="worker")
        if request.method == "POST":
            try:
                phone = workers.show(
                    session, worker_id=worker_id, what=Secret.PHONE, reason=f"接了单，联系到岗（第 {posting_id} 单）",
                    by=viewer().as_employer(), at=now,
                )  # fmt: skip
            except NotFound:
                missing = True
        shown = shown_workers(session, [worker_id])[worker_id]
        past = records(session, worker_ids=[worker_id], at=now).get(worker_id)
        rated = workers_figures(session, worker_ids=[worker_id], at=now).get(worker_id)
        return render_template(
            "for_employers/hired.html",
            worker=shown, worker_id=worker_id, job=job_of(session, row), phone=phone, missing=missing,
            record=record_said(past), rated=figure_said(rated, Side.EMPLOYER),
        )  # fmt: skip


def _seats(session: Session, row: Posting, now: datetime) -> Seats:
    known = rows_of_posting(session, posting_id=row.id)
    answers = _answers(known, now)
    return Seats(
        job=job_of(session, row), mates=mates_of(session, posting_id=row.id), answers=answers,
        unanswered=sum(1 for one in known.values() if one.state == State.INVITED),
        live=row.state in (*TAKING, PostingState.WAITING) and row.closes_at > now,
        asking=inviting(session, row, at=now) if _takes_singles(row, now) else None,
        sending=0 if known or not _just_published(row, now) else row.invite_first,
    )  # fmt: skip


def _takes_singles(row: Posting, now: datetime) -> bool:
    return row.state in TAKING and row.closes_at > now and not is_for_crew(row.crew_until, at=now)


def _just_published(row: Posting, now: datetime) -> bool:
    return row.published_at is not None and now - row.published_at < SENDING


def _answers(known: Mapping[int, ApplicationRow], now: datetime) -> dict[int, Answer]:
    return {worker_id: _answer(row, now) for worker_id, row in known.items()}


def _answer(row: ApplicationRow, now: datetime) -> Answer:
    match row.state:
        case State.INVITED:
            until = f"等到 {moment(row.respond_by, now).removeprefix('今天 ')}" if row.respond_by else None
            return Answer("已邀请", until)
        case State.QUEUED:
            return Answer("排着队", f"第 {row.queue_place} 个")
        case State.ACCEPTED:
            return Answer("要来")
        case State.DECLINED:
            return Answer("去不了", gone=True)
        case State.WITHDRAWN:
            return Answer("退掉了", gone=True, again=True)
        case State.CLOSED:
            return Answer("没回话", gone=True, again=True)
