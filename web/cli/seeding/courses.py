"""Training of the made-up county: a flagship course in each county, and more where the demo looks; batches that are
over, going on and to come, by the services of training at past moments.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from web.cli.seeding.brands import told
from web.cli.seeding.history import SHOWN
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.messages import Message
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.postings.events import PostingPublished
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.people.workers.models import Worker
from zero_work_market.policy.courses import queries, service
from zero_work_market.policy.courses.models import Batch, Course, Enrolment
from zero_work_market.policy.courses.rules import Kind
from zero_work_market.policy.courses.service import NewBatch, NewCourse
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import counties, county_of, towns

DEMO_COUNTY = "370829"
OTHERS = (
    ("6-30-05-01", 3, True), ("4-10-01-06", 2, True), ("6-18-02-04", 3, True), ("4-01-06-01", 1, False),
)  # fmt: skip
"""More courses of the demo's county: trade, level, subsidised."""
STARTS = (-84, -38, -3, 9)
"""Days from today on which the batches of a course begin: two over, one going on, one to come."""
LENGTH, PLACES, HELD = 10, 30, 8
COMES, PASSES, CERTIFIED = 0.93, 0.85, 0.8


@dataclass(frozen=True)
class _Lesson:
    batch: Batch
    today: date
    chance: random.Random

    def at(self, day: date) -> datetime:
        """Five in the afternoon of a day, or early on the day that counts as today."""
        return clock.at_local(min(day, self.today), time(17) if day < self.today else time(5))


def make_courses(chance: random.Random, *, on: date, progress: Callable[[str, int, int], None]) -> None:
    """Make them all; what they announce is done already, as with the history before it."""
    made = []
    with transaction() as session:
        for county in counties():
            file = next(one.file for one in told() if one.file.place == county.code)
            made.append(_course(session, county.code, file.trades[0], 3, on, brand=file.code))
            service.name_flagship(session, course_id=made[-1].id, year=on.year, by=SYSTEM, at=_long_ago(on))
        for occupation, level, subsidised in OTHERS:
            made.append(_course(session, DEMO_COUNTY, occupation, level, on, subsidised=subsidised))
    for done, course in enumerate(made, 1):
        for start in STARTS:
            with transaction() as session:
                _run(session, chance, session.get_one(Course, course.id), on, on + timedelta(days=start))
        progress("培训", done, len(made))
    with transaction() as session:
        _order(session, on)
        session.execute(delete(Message))
        waiting = update(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.kind != PostingPublished.kind)
        session.execute(waiting.values(done_at=clock.at_local(on, time(5))))


def _course(
    session: Session, county: str, occupation: str, level: int, on: date, *, brand: str = "", subsidised: bool = True
) -> Course:
    new = NewCourse(
        name=f"{label(occupation)}{LEVELS[level].removesuffix('工')}班", occupation=occupation, level=level,
        county=county, provider=f"{county_of(county).name}技工学校（演示）", hours=8 * HELD, subsidised=subsidised,
        brand=brand, words="上午学，下午练。中午管饭。带身份证，先登记再来。",
    )  # fmt: skip
    return service.make_course(session, new=new, by=SYSTEM, at=_long_ago(on))


def _run(session: Session, chance: random.Random, course: Course, on: date, starts_on: date) -> None:
    """One batch, as far as it has come by today."""
    town = chance.choice(towns(course.county))
    new = NewBatch(starts_on, starts_on + timedelta(days=LENGTH), town.code, "文化站二楼", PLACES)
    asked = clock.at_local(min(starts_on, on) - timedelta(days=14), time(9))
    batch = service.add_batch(session, course_id=course.id, new=new, by=SYSTEM, at=asked)
    near = select(Worker.id).where(Worker.town.startswith(course.county), Worker.id != SHOWN)
    ids = list(session.scalars(near.order_by(Worker.id)))
    for worker_id in chance.sample(ids, min(len(ids) // 3, chance.randint(8, 16))):
        service.enrol(session, batch_id=batch.id, worker_id=worker_id, by=SYSTEM, at=asked)
    lesson = _Lesson(batch, on, chance)
    days = [day for ahead in range(HELD) if (day := starts_on + timedelta(days=ahead)) < on]
    steady = {row.enrolment_id: chance.random() < COMES for row in queries.roster(session, batch.id)}
    for day in days:
        there = {id for id, comes in steady.items() if chance.random() < (0.97 if comes else 0.5)}
        service.call_roster(session, batch_id=batch.id, day=day, present=there, by=SYSTEM, at=lesson.at(day))
    if starts_on + timedelta(days=LENGTH) < on:
        _finish(session, lesson)


def _finish(session: Session, lesson: _Lesson) -> None:
    """Results, most of the certificates, and what is claimed for them: of some batches it waits for the demo."""
    chance, batch = lesson.chance, lesson.batch
    at = lesson.at(batch.ends_on + timedelta(days=1))
    service.end_batch(session, batch_id=batch.id, by=SYSTEM, at=at)
    there = [row for row in queries.roster(session, batch.id) if row.days]
    scores = {
        row.enrolment_id: chance.randint(60, 98) if chance.random() < PASSES else chance.randint(35, 59)
        for row in there
    }
    passed = service.grade(session, batch_id=batch.id, scores=scores, by=SYSTEM, at=at)
    for row in passed:
        if chance.random() < CERTIFIED:
            _certify(session, row, lesson)


def _certify(session: Session, row: Enrolment, lesson: _Lesson) -> None:
    day = lesson.batch.ends_on + timedelta(days=4)
    try:
        with session.begin_nested():
            number = f"S0000{lesson.batch.course.county}{day:%y}{row.id:05d}"
            service.issue(
                session, enrolment_id=row.id, number=number, issued_on=min(day, lesson.today), by=SYSTEM,
                at=lesson.at(day),
            )  # fmt: skip
    except LeyeError:
        return
    if lesson.batch.course.level == 3 and lesson.chance.random() < 0.3:
        claim = service.claim(session, enrolment_id=row.id, kind=Kind.SKILL, by=SYSTEM, at=lesson.at(day))
        if lesson.chance.random() < 0.6:
            at, reason = lesson.at(day + timedelta(days=5)), "演示：照县里补贴目录"
            service.approve(session, claim_id=claim.id, fen=200_000, reason=reason, by=SYSTEM, at=at)


def _order(session: Session, on: date) -> None:
    """An employer of the demo's county waits for people to be trained."""
    at = clock.at_local(on, time(5))
    query = select(Posting).where(
        Posting.county == DEMO_COUNTY, Posting.state == PostingState.OPEN, Posting.closes_at > at
    )
    posting = session.scalars(query.order_by(Posting.closes_at.desc(), Posting.id).limit(1)).one_or_none()
    if posting is not None and posting.occupations:
        by = Actor(posting.employer.account_id, "employer")
        words = "会的人少，按我们的活教，考过就来。"
        service.ask_training(session, posting_id=posting.id, places=20, words=words, by=by, at=at)


def _long_ago(on: date) -> datetime:
    return clock.at_local(on - timedelta(days=120), time(9))
