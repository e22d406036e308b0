"""Makers of training: a course, a batch of three days with people on its roster, and how far it has come."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from tests.support.makers import COUNTY, NOW, TOWN, make_worker, oneself
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.clock import local_date
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.workers.models import Worker
from zero_work_market.policy.courses import queries, service
from zero_work_market.policy.courses.models import Batch, Certificate, Course, Enrolment
from zero_work_market.policy.courses.rules import Kind
from zero_work_market.policy.courses.service import NewBatch, NewCourse

FORKLIFT = "6-30-05-01"
TODAY = local_date(NOW)
DAYS = tuple(TODAY - timedelta(days=ago) for ago in (9, 8, 7, 6, 5))

_numbers = count(1)


def new_course(**said: Any) -> NewCourse:
    told = {
        "name": "叉车工高级班", "occupation": FORKLIFT, "level": 3, "county": COUNTY, "provider": "嘉祥县技工学校",
        "hours": 40, "subsidised": True,
    }  # fmt: skip
    return NewCourse(**told | said)


def make_course(session: Session, *, order_id: int | None = None, at: datetime = NOW, **said: Any) -> Course:
    return service.make_course(session, new=new_course(**said), order_id=order_id, by=SYSTEM, at=at)


def make_batch(
    session: Session, course: Course | None = None, *, starts_on: date = DAYS[0], days: int = 5, places: int = 30,
    town: str | None = None,
) -> Batch:  # fmt: skip
    course = course or make_course(session)
    new = NewBatch(
        starts_on=starts_on, ends_on=starts_on + timedelta(days=days - 1), places=places, place="一楼大教室",
        town=town or (TOWN if course.county == COUNTY else f"{course.county}001"),
    )  # fmt: skip
    return service.add_batch(session, course_id=course.id, new=new, by=SYSTEM, at=NOW)


def enrol(session: Session, batch: Batch, worker: Worker | None = None) -> Enrolment:
    worker = worker or make_worker(session)
    return service.enrol(session, batch_id=batch.id, worker_id=worker.id, by=SYSTEM, at=NOW)


def teach(session: Session, batch: Batch, *, absent: dict[int, int] | None = None, days: Iterable[date] = DAYS) -> None:
    """Hold days with everybody there, but for the last days that `absent` says by enrolment."""
    days = tuple(days)
    for place, day in enumerate(days):
        there = {
            row.enrolment_id
            for row in queries.roster(session, batch.id)
            if place < len(days) - (absent or {}).get(row.enrolment_id, 0)
        }
        service.call_roster(session, batch_id=batch.id, day=day, present=there, by=SYSTEM, at=NOW)


def end(session: Session, batch: Batch) -> Batch:
    return service.end_batch(session, batch_id=batch.id, by=SYSTEM, at=NOW)


def grade(session: Session, row: Enrolment, score: int = 80) -> None:
    service.grade(session, batch_id=row.batch_id, scores={row.id: score}, by=SYSTEM, at=NOW)


def certify(session: Session, row: Enrolment, *, number: str | None = None) -> Certificate:
    """Taught, passed and certified."""
    number = number or f"S0000370829{next(_numbers):06d}"
    return service.issue(session, enrolment_id=row.id, number=number, issued_on=TODAY, by=SYSTEM, at=NOW)


def make_trained(session: Session, batch: Batch | None = None, worker: Worker | None = None) -> Enrolment:
    """Somebody who was there every day of an ended batch, and passed."""
    batch = batch or make_batch(session)
    row = enrol(session, batch, worker)
    teach(session, batch)
    end(session, batch)
    grade(session, row)
    return row


def put_training(session: Session, *, worker: Worker, posting_id: int, at: datetime) -> dict[str, int]:
    """A worker who passed a subsidised course, with a claim, and an order for a posting: ids as pages call them."""
    row = make_trained(session, worker=worker)
    claim = service.claim(session, enrolment_id=row.id, kind=Kind.TRAINING, by=SYSTEM, at=at)
    employer = session.get_one(Posting, posting_id).employer
    asked = {"posting_id": posting_id, "places": 5, "words": "", "by": oneself(employer), "at": at}
    order = service.ask_training(session, **asked)
    return {
        "course_id": row.batch.course_id, "batch_id": row.batch_id, "enrolment_id": row.id, "subsidy_id": claim.id,
        "order_id": order.id,
    }  # fmt: skip
