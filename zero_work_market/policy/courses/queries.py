"""Reads of training: what is on offer, rosters, one person's own, what waits for staff."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import TypeVar

import yaml
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.ground.paging import Page, page_of
from zero_work_market.market.postings.models import Posting, Requirement
from zero_work_market.market.postings.queries import taking
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.policy.courses import rules
from zero_work_market.policy.courses.models import (
    Batch,
    Certificate,
    ClassDay,
    Course,
    Enrolment,
    Flagship,
    Presence,
    SubsidyClaim,
    TrainingOrder,
)
from zero_work_market.policy.courses.rules import BatchState, ClaimState, Kind, Lacks, OrderState, Out, Rate, State
from zero_work_market.reference.law.queries import limit

ROOM = "zero_work_market.policy.courses"
Row = TypeVar("Row")


@dataclass(frozen=True)
class Result:
    """What a passed course has shown of someone."""

    worker_id: int
    course: str
    """The course's code."""
    brand: str
    """Of the labor brand whose standard was taught; empty for none."""
    level: int
    score: int
    passed_on: date


@dataclass(frozen=True)
class Taken:
    """How many a batch has: on its roster without those who left, and who passed."""

    enrolled: int = 0
    passed: int = 0


@dataclass(frozen=True)
class RosterRow:
    """Someone on a batch's roster."""

    enrolment_id: int
    worker_id: int
    masked_name: str
    town: str
    village: str | None
    state: State
    days: int
    """Of the days held, those on which they were there."""
    score: int | None
    why_out: Out | None
    enrolled_by: int | None
    certificate: str
    """Its number; empty without one."""
    claims: Mapping[Kind, ClaimState]


@dataclass(frozen=True)
class Own:
    """An enrolment as the person sees it."""

    enrolment: Enrolment
    days: int
    held: int
    certificate: Certificate | None
    claims: Mapping[Kind, SubsidyClaim]
    lacks: Lacks | None
    """What is missing to the subsidy for a certificate; None when it may be asked for, or was."""


@cache
def rates() -> tuple[Rate, ...]:
    """What the subsidies come to."""
    rows = yaml.safe_load(files(ROOM).joinpath("data", "rates.yaml").read_text(encoding="utf-8"))
    return tuple(Rate(since=row.pop("from"), kind=Kind(row.pop("kind")), **row) for row in rows)


def least_attendance(on: date) -> int:
    """Percent of the days held on which one has to be there to be counted."""
    return limit("training_attendance_percent", on).value


def pass_score(on: date) -> int:
    return limit("training_pass_score", on).value


def course(session: Session, course_id: int) -> Course:
    """Raises NotFound."""
    return _found(session.get(Course, course_id), "course")


def batch(session: Session, batch_id: int) -> Batch:
    """Raises NotFound."""
    return _found(session.get(Batch, batch_id), "batch")


def enrolment(session: Session, enrolment_id: int) -> Enrolment:
    """Raises NotFound."""
    return _found(session.get(Enrolment, enrolment_id), "enrolment")


def order(session: Session, order_id: int) -> TrainingOrder:
    """Raises NotFound."""
    return _found(session.get(TrainingOrder, order_id), "training_order")


def claim(session: Session, claim_id: int) -> SubsidyClaim:
    """Raises NotFound."""
    return _found(session.get(SubsidyClaim, claim_id), "subsidy_claim")


def result(session: Session, enrolment_id: int) -> Result | None:
    """None unless the course is passed."""
    row = session.get(Enrolment, enrolment_id)
    if row is None or row.state != State.PASSED or row.score is None or row.graded_at is None:
        return None
    known = row.batch.course
    return Result(row.worker_id, known.code, known.brand, known.level, row.score, local_date(row.graded_at))


def courses_in(session: Session, counties: Iterable[str], *, closed: bool = False, number: int = 1) -> Page[Course]:
    """Courses of counties, those on offer or those taken off, the newest first."""
    off = Course.closed_at.is_not(None) if closed else Course.closed_at.is_(None)
    query = select(Course).where(Course.county.in_(tuple(counties)), off)
    return page_of(session, query.order_by(Course.id.desc()), number=number)


def courses_for(session: Session, *, brand: str) -> list[Course]:
    """Those on offer that teach a labor brand's standard, the newest first."""
    query = select(Course).where(Course.brand == brand, Course.closed_at.is_(None))
    return list(session.scalars(query.order_by(Course.id.desc())))


def batches_of(session: Session, course_ids: Iterable[int]) -> list[Batch]:
    """The latest first."""
    query = select(Batch).where(Batch.course_id.in_(tuple(course_ids)))
    return list(session.scalars(query.order_by(Batch.starts_on.desc(), Batch.id.desc())))


def bookable(session: Session, *, today: date, county: str = "", course_id: int | None = None) -> list[Batch]:
    """Batches that haven't begun, of courses on offer, the soonest first."""
    terms = [Batch.state == BatchState.PLANNED, Batch.starts_on >= today, Course.closed_at.is_(None)]
    if county:
        terms.append(Course.county == county)
    if course_id is not None:
        terms.append(Course.id == course_id)
    query = select(Batch).join(Course, Course.id == Batch.course_id).where(*terms)
    return list(session.scalars(query.order_by(Batch.starts_on, Batch.id)))


def taken(session: Session, batch_ids: Iterable[int]) -> dict[int, Taken]:
    """By batch; one without anybody is left out."""
    counted: dict[int, dict[State, int]] = defaultdict(dict)
    query = select(Enrolment.batch_id, Enrolment.state, func.count()).where(Enrolment.batch_id.in_(tuple(batch_ids)))
    for batch_id, state, number in session.execute(query.group_by(Enrolment.batch_id, Enrolment.state)):
        counted[batch_id][state] = number
    return {
        batch_id: Taken(sum(states.values()) - states.get(State.LEFT, 0), states.get(State.PASSED, 0))
        for batch_id, states in counted.items()
    }


def flagships(session: Session, *, year: int) -> dict[str, Flagship]:
    """By county."""
    return {row.county: row for row in session.scalars(select(Flagship).where(Flagship.year == year))}


def flagship_years(session: Session, course_ids: Iterable[int]) -> dict[int, list[int]]:
    """By course, the years for which it is its county's flagship."""
    years: dict[int, list[int]] = defaultdict(list)
    for row in session.scalars(
        select(Flagship).where(Flagship.course_id.in_(tuple(course_ids))).order_by(Flagship.year)
    ):
        years[row.course_id].append(row.year)
    return years


def days_held(session: Session, batch_id: int) -> list[date]:
    return list(session.scalars(select(ClassDay.day).where(ClassDay.batch_id == batch_id).order_by(ClassDay.day)))


def presence(session: Session, batch_id: int) -> dict[int, set[date]]:
    """The days on which each of a batch was there, by enrolment."""
    there: dict[int, set[date]] = defaultdict(set)
    query = select(Presence.enrolment_id, Presence.day).join(Enrolment, Enrolment.id == Presence.enrolment_id)
    for enrolment_id, day in session.execute(query.where(Enrolment.batch_id == batch_id)):
        there[enrolment_id].add(day)
    return there


def roster(session: Session, batch_id: int, scopes: Collection[str] | None = None) -> list[RosterRow]:
    """Who is or was in a batch, in the order of enrolment; those of `scopes` only, when named."""
    query = (
        select(Enrolment, Worker.surname, Worker.town, Worker.village, Certificate.number)
        .join(Worker, Worker.id == Enrolment.worker_id)
        .outerjoin(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(Enrolment.batch_id == batch_id)
    )
    if scopes is not None:
        query = query.where(or_(inside(Worker.town, scopes), inside(Worker.village, scopes)))
    there, claims = presence(session, batch_id), _claims(session, Enrolment.batch_id == batch_id)
    return [
        RosterRow(
            row.id, row.worker_id, mask_name(surname), town, village, row.state, len(there[row.id]), row.score,
            row.why_out, row.enrolled_by, number or "", {kind: one.state for kind, one in claims[row.id].items()},
        )
        for row, surname, town, village, number in session.execute(query.order_by(Enrolment.id))
    ]  # fmt: skip


def of_worker(session: Session, worker_id: int, *, today: date) -> list[Own]:
    """A person's own courses, the latest first."""
    query = select(Enrolment, Certificate).outerjoin(Certificate, Certificate.enrolment_id == Enrolment.id)
    rows = session.execute(query.where(Enrolment.worker_id == worker_id).order_by(Enrolment.id.desc())).all()
    claims = _claims(session, Enrolment.worker_id == worker_id)
    return [
        Own(
            row, len(presence(session, row.batch_id)[row.id]), len(days_held(session, row.batch_id)), certificate,
            claims[row.id], missing(row, certificate, Kind.SKILL, today=today),
        )
        for row, certificate in rows
    ]  # fmt: skip


def own_enrolment(session: Session, *, batch_id: int, worker_id: int) -> Enrolment | None:
    query = select(Enrolment).where(Enrolment.batch_id == batch_id, Enrolment.worker_id == worker_id)
    return session.scalars(query).one_or_none()


def certificate_of(session: Session, enrolment_id: int) -> Certificate | None:
    return session.scalars(select(Certificate).where(Certificate.enrolment_id == enrolment_id)).one_or_none()


def claims_for(session: Session, enrolment_id: int) -> dict[Kind, SubsidyClaim]:
    return _claims(session, Enrolment.id == enrolment_id)[enrolment_id]


def missing(row: Enrolment, certificate: Certificate | None, kind: Kind, *, today: date) -> Lacks | None:
    """What is missing to a claim for this enrolment; None when nothing is."""
    return rules.lacks(
        kind, counted=row.why_out is None, certified=certificate is not None,
        rate=rules.rate_of(rates(), kind, level=row.batch.course.level, on=today),
    )  # fmt: skip


def claims_of(*, counties: Iterable[str], decided: bool = False) -> Select[SubsidyClaim]:
    """Claims that wait, the oldest first; or those decided, the newest first."""
    query = select(SubsidyClaim).where(SubsidyClaim.county.in_(tuple(counties)))
    if decided:
        return query.where(SubsidyClaim.state != ClaimState.ASKED).order_by(
            SubsidyClaim.decided_at.desc(), SubsidyClaim.id
        )
    return query.where(SubsidyClaim.state == ClaimState.ASKED).order_by(SubsidyClaim.asked_at, SubsidyClaim.id)


def orders_of(*, counties: Iterable[str], decided: bool = False) -> Select[TrainingOrder]:
    """Employers' orders that wait, the oldest first; or those decided, the newest first."""
    query = select(TrainingOrder).where(TrainingOrder.county.in_(tuple(counties)))
    if decided:
        return query.where(TrainingOrder.state != OrderState.ASKED).order_by(TrainingOrder.id.desc())
    return query.where(TrainingOrder.state == OrderState.ASKED).order_by(TrainingOrder.asked_at, TrainingOrder.id)


def order_of_posting(session: Session, posting_id: int) -> TrainingOrder | None:
    return session.scalars(select(TrainingOrder).where(TrainingOrder.posting_id == posting_id)).one_or_none()


def order_of_course(session: Session, course_id: int) -> TrainingOrder | None:
    return session.scalars(select(TrainingOrder).where(TrainingOrder.course_id == course_id)).one_or_none()


def open_posting(session: Session, order: TrainingOrder, *, occupation: str, at: datetime) -> int | None:
    """Id of the employer's open posting for which people were trained: the one ordered for, else the soonest of the
    trade; postings are published a fortnight ahead at most, and a course may take longer."""
    query = taking(at=at).join(Requirement, Requirement.posting_id == Posting.id)
    query = query.where(
        Posting.employer_id == order.employer_id, Posting.state == PostingState.OPEN,
        or_(Posting.id == order.posting_id, Requirement.occupation == occupation),
    )  # fmt: skip
    first = query.order_by((Posting.id == order.posting_id).desc(), Posting.closes_at, Posting.id)
    return session.scalar(first.with_only_columns(Posting.id).limit(1))


def wanted_of(session: Session, order: TrainingOrder) -> tuple[str, int]:
    """The occupation first asked for by the posting that an order is for, and its level."""
    first = select(Requirement.occupation, Requirement.level).where(Requirement.posting_id == order.posting_id)
    occupation, level = session.execute(first.order_by(Requirement.id).limit(1)).one()
    return occupation, level


def passed_in(session: Session, course_id: int) -> list[int]:
    """Ids of the workers who passed a course, each once, the best first."""
    query = select(Enrolment.worker_id).join(Batch, Batch.id == Enrolment.batch_id)
    passed = query.where(Batch.course_id == course_id, Enrolment.state == State.PASSED)
    best = passed.group_by(Enrolment.worker_id).order_by(func.max(Enrolment.score).desc(), Enrolment.worker_id)
    return list(session.scalars(best))


def wanted_seats(session: Session, *, at: datetime, county: str = "") -> dict[str, int]:
    """By occupation, how many people open postings ask for."""
    query = taking(at=at).join(Requirement, Requirement.posting_id == Posting.id)
    if county:
        query = query.where(Posting.county == county)
    counted = query.with_only_columns(Requirement.occupation, func.sum(Posting.headcount))
    return {code: int(seats) for code, seats in session.execute(counted.group_by(Requirement.occupation))}


def _claims(session: Session, where: ColumnElement[bool]) -> dict[int, dict[Kind, SubsidyClaim]]:
    """Claims by enrolment and kind."""
    found: dict[int, dict[Kind, SubsidyClaim]] = defaultdict(dict)
    query = select(SubsidyClaim).join(Enrolment, Enrolment.id == SubsidyClaim.enrolment_id).where(where)
    for row in session.scalars(query):
        found[row.enrolment_id][row.kind] = row
    return found


def _found(row: Row | None, what: str) -> Row:
    if row is None:
        raise NotFound(what=what)
    return row
