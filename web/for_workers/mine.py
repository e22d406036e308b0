"""我的活: what is going on, what is to come, invitations, the queue, and what is over."""

from flask import render_template
from sqlalchemy import select

from labor_brands.export_channels.queries import rides_ahead
from web.auth import WORKER, may_enter, viewer
from web.crew_words import calls
from web.for_workers.blueprint import pages
from web.for_workers.hire import standings
from web.wage_words import shares_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.queries import rows_of_worker
from zero_work_market.market.applications.rules import State
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import State as Seat
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.search.queries import jobs_of
from zero_work_market.people.workers.models import Worker

LATEST = 30


@pages.get("/mine")
@may_enter(WORKER)
def mine() -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        worker = session.get_one(Worker, viewer().worker_id)
        known = rows_of_worker(session, worker_id=worker.id)
        postings = session.scalars(
            select(Posting).where(Posting.id.in_(known)).order_by(Posting.closes_at.desc()).limit(200)
        ).all()
        jobs = jobs_of(session, postings, worker=worker)
        paid = shares_said(session, [job.employer_id for job in jobs], now)
        stands = standings(session, worker.id, now)
        rides = rides_ahead(session, worker_id=worker.id, at=now)
        lost = (Placement.worker_id == worker.id, Placement.state == Seat.NO_SHOW)
        missed = set(session.scalars(select(Placement.posting_id).where(*lost)))
        crews = calls(session, worker_id=worker.id, at=now)
    ahead = sorted((job for job in jobs if job.shifts[-1][1] > now), key=lambda job: job.closes_at)
    held = [job for job in ahead if job.application == State.ACCEPTED]
    return render_template(
        "for_workers/mine.html",
        doing=[job for job in held if job.closes_at <= now], held=[job for job in held if job.closes_at > now],
        invited=[job for job in ahead if job.application == State.INVITED and job.respond_by and job.respond_by > now],
        queued=[job for job in ahead if job.application == State.QUEUED],
        over=[job for job in jobs if job.shifts[-1][1] <= now and job.application == State.ACCEPTED][:LATEST],
        missed=[job for job in ahead if job.id in missed and job.closes_at <= now],
        worker=worker, paid=paid, stands=stands, rides=rides, crews=crews,
    )  # fmt: skip
