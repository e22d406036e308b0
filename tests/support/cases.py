"""Makers of complaints: work that was done and not paid for, and the case that it is complained of in."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.support.hires import Hire, agree, make_hire
from tests.support.market import shift
from zero_work_market.ground.clock import at_local
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.arrears.queries import arrears
from zero_work_market.rights.disputes import service
from zero_work_market.rights.disputes.models import Claim
from zero_work_market.rights.wages.models import Wage

TEN = time(10)


def make_unpaid(session: Session, **hire: Any) -> Hire:
    """A worker whose hours are agreed and whose wage isn't paid."""
    made = make_hire(session, **hire)
    for number in range(len(made.posting.shifts)):
        agree(session, made, shift=number)
    return made


def wage_of(session: Session, hire: Hire) -> Wage:
    return session.query(Wage).filter_by(placement_id=hire.placement.id).one()


def late(session: Session, hire: Hire, *, days: int = 1) -> datetime:
    """So many days after the pay day, at ten in the morning in Jining."""
    found = arrears(session, placement_ids=[hire.placement.id], at=hire.over)
    return at_local(max(item.due_on for item in found[0].items), TEN) + timedelta(days=days)


def complain(session: Session, hire: Hire, *, at: datetime | None = None, **more: Any) -> Claim:
    told = {"by": hire.by_worker, "at": at or late(session, hire)} | more
    return service.complain(session, posting_id=hire.posting.id, worker_id=hire.worker.id, **told)


def file_claim(session: Session, *, worker_id: int, employer_id: int, at: datetime) -> Claim:
    """A claim of those two, of work that was done three weeks before `at`."""
    worker, employer = session.get_one(Worker, worker_id), session.get_one(Employer, employer_id)
    past = at - timedelta(days=21)
    hire = make_unpaid(session, worker=worker, employer=employer, at=past, shifts=(shift(now=past),))
    return complain(session, hire, at=at)


def complain_all(session: Session, employer: Employer, number: int, **hire: Any) -> list[Claim]:
    """Complaints of so many workers of one employer."""
    return [complain(session, make_unpaid(session, employer=employer, **hire)) for _ in range(number)]
