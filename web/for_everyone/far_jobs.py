"""外地的活: vacancies of partner regions, each with where it comes from."""

from flask import render_template

from labor_brands.exchange.queries import own_application, own_applications
from labor_brands.far_jobs import queries as far_jobs
from web.auth import EVERYONE, may_enter, viewer
from web.for_everyone.blueprint import pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import has_consent
from zero_work_market.people.workers.rules import Purpose
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.occupations.rules import LEVELS, UnknownOccupation

SENT = {"applied": "申请过，等那边回话", "withdrawn": "撤回了", "invited": "那边请你去", "closed": "那边不招了"}


@pages.get("/far")
@may_enter(EVERYONE)
def far() -> str:
    """For a worker who would move those that fit first, and what they applied for."""
    now = clock.now()
    with transaction(read_only=True) as session:
        worker = session.get(Worker, viewer().worker_id) if viewer().worker_id is not None else None
        rows = far_jobs.jobs(session, at=now, worker=worker)
        sent = own_applications(session, worker_id=worker.id) if worker else []
        return render_template("for_everyone/far_jobs.html", rows=rows, sent=sent, worker=worker, sent_said=SENT)


@pages.get("/far/<int:vacancy_id>")
@may_enter(EVERYONE)
def far_job(vacancy_id: int) -> str:
    """Raises NotFound, VacancyGone."""
    now, worker_id = clock.now(), viewer().worker_id
    with transaction(read_only=True) as session:
        job = far_jobs.job(session, vacancy_id)
        row = own_application(session, vacancy_id=vacancy_id, worker_id=worker_id) if worker_id is not None else None
        agreed = worker_id is not None and has_consent(session, worker_id=worker_id, purpose=Purpose.EXCHANGE)
    return render_template(
        "for_everyone/far_job.html",
        job=job, sent=row, sent_said=SENT, agreed=agreed, over=job.closes_at <= now,
        skills_said="、".join(_trade(code, level) for code, level in job.occupations),
    )  # fmt: skip


def _trade(code: str, level: int) -> str:
    """ "包装工，中级工起"; a trade that isn't known here by its code"""
    try:
        name = label(code)
    except UnknownOccupation:
        name = code
    return f"{name}，{LEVELS[level]}起" if level > 1 else name
