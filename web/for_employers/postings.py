"""我的单: the employer's postings, their seats filling."""

from flask import render_template

from web.auth import EMPLOYER, may_enter
from web.for_employers.blueprint import own_id, pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.market.postings.queries import of_employer
from zero_work_market.market.postings.rules import TAKING, State
from zero_work_market.market.search.queries import jobs_of
from zero_work_market.people.employers.queries import employer as employer_by_id
from zero_work_market.rights.wages.queries import overdue_of


@pages.get("")
@may_enter(EMPLOYER)
def postings() -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        employer = employer_by_id(session, own_id())
        rows = of_employer(session, employer_id=own_id())
        reasons = {row.id: row.state_reason for row in rows}
        jobs = jobs_of(session, rows)
        overdue = overdue_of(session, employer_id=own_id(), today=clock.local_date(now))
    taking = [job for job in jobs if job.state in TAKING and job.closes_at > now]
    waiting = [job for job in jobs if job.state == State.WAITING and job.closes_at > now]
    running = [job for job in jobs if job.taken and job.closes_at <= now < job.shifts[-1][1]]
    others = {job.id for job in (*taking, *waiting, *running)}
    return render_template(
        "for_employers/postings.html",
        employer=employer, reasons=reasons, overdue=overdue,
        groups=(
            ("正在招的", sorted(taking, key=lambda job: job.closes_at)), ("等审核的", waiting), ("正在干的", running),
            ("以前的", [job for job in jobs if job.id not in others]),
        ),
    )  # fmt: skip
