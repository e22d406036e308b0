"""Makers of work that is going on now, and of marks on it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.support.makers import make_employer, make_worker
from tests.support.market import make_posting
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import State
from zero_work_market.rights.contracts.rules import Side


def make_work(
    session: Session,
    *,
    now: datetime,
    begun: timedelta = timedelta(minutes=5),
    hours: float = 4,
    workers: list[Worker] | None = None,
    employer: Employer | None = None,
    **draft: Any,
) -> Posting:
    """A posting whose shift began so long ago, published the day before, with workers (one, if none) on its seats."""
    before = now - timedelta(days=1)
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    seated = workers if workers is not None else [make_worker(session, at=before)]
    posting = make_posting(
        session, at=before, employer=employer or make_employer(session, at=before),
        **{"shifts": ((quarter, quarter + timedelta(hours=hours)),), "headcount": max(1, len(seated))} | draft,
    )  # fmt: skip
    for worker in seated:
        placements.accept(session, posting_id=posting.id, worker_id=worker.id, by=SYSTEM, at=before)
    _move(posting, now - begun - posting.closes_at)
    session.flush()
    return posting


def _move(posting: Posting, by: timedelta) -> None:
    """Work is published for full quarters of an hour alone; a test's begins whenever it says."""
    for shift in posting.shifts:
        shift.starts_at, shift.ends_at = shift.starts_at + by, shift.ends_at + by
    posting.closes_at, posting.ends_at = posting.closes_at + by, posting.ends_at + by


def put_mark(session: Session, *, posting_id: int, worker_id: int, at: datetime, **values: Any) -> int:
    """Id of a mark of the first shift, an absence that the worker contests unless told otherwise."""
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    assert placement is not None
    said = {"state": State.ABSENT, "contested_at": at, "contested_by": Side.WORKER, "contest": "七点五十就到了"}
    shift = session.get_one(Posting, posting_id).shifts[0]
    mark = Mark(placement_id=placement.id, shift_id=shift.id, due_at=shift.starts_at, marked_at=at, **said | values)
    session.add(mark)
    session.flush()
    return mark.id
