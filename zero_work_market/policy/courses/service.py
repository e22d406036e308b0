"""The verbs of training. County staff make courses, call rosters, grade, certify and decide; people enrol themselves,
or are entered by an agent of their village or by who runs the course.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zero_work_market.ground import outbox
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotAllowed, NotFound
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.service import invite
from zero_work_market.market.postings.queries import locked
from zero_work_market.market.postings.rules import TAKING
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.people.accounts.queries import grants_of
from zero_work_market.people.accounts.rules import Permission, allowed, check_reason
from zero_work_market.people.accounts.service import require
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.service import certify as write_on_skill
from zero_work_market.policy.courses import queries, rules
from zero_work_market.policy.courses.events import (
    CertificateIssued,
    CoursePassed,
    SubsidyDecided,
    TrainingOrderDecided,
)
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
from zero_work_market.policy.courses.rules import BatchState, ClaimState, Kind, OrderState, State
from zero_work_market.reference.occupations.queries import label, occupation
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import county_of, region

RUN, REGISTER = Permission.RUN_COURSES, Permission.REGISTER_WORKER


@dataclass(frozen=True)
class NewCourse:
    """A course as staff describe it."""

    name: str
    occupation: str
    level: int
    county: str
    provider: str
    hours: int
    subsidised: bool
    brand: str = ""
    words: str = ""


@dataclass(frozen=True)
class NewBatch:
    starts_on: date
    ends_on: date
    town: str
    place: str
    places: int


def make_course(session: Session, *, new: NewCourse, by: Actor, at: datetime, order_id: int | None = None) -> Course:
    """Put a course on offer; `order_id`: the employer's order that it answers. Raises InvalidValue, IllegalMove,
    NotAllowed, OutOfScope."""
    require(session, by=by, permission=RUN, region=region(new.county).code)
    row = Course(code=token_hex(10), made_at=at)
    _describe(row, new)
    session.add(row)
    session.flush()
    row.code = f"PX{row.id:05d}"
    if order_id is not None:
        _take_order(session, order_id, row, by, at)
    _record(session, "course.made", "course", row.id, by, at)
    return row


def change_course(session: Session, *, course_id: int, new: NewCourse, by: Actor, at: datetime) -> Course:
    """Describe it anew. What it leads to, where and whether it is subsidised stays once it has a batch: figures and
    certificates stand on that. Raises InvalidValue: field "course", reason "has_batches"."""
    row = _course(session, course_id, by)
    fixed = ("occupation", "level", "county", "subsidised", "brand")
    changed = any(getattr(row, name) != getattr(new, name) for name in fixed)
    if changed and queries.batches_of(session, [row.id]):
        raise InvalidValue(field="course", reason="has_batches")
    require(session, by=by, permission=RUN, region=region(new.county).code)
    _describe(row, new)
    _record(session, "course.changed", "course", row.id, by, at)
    return row


def close_course(session: Session, *, course_id: int, by: Actor, at: datetime) -> None:
    """Take it off the list; nobody enrols any more. Done twice, it is done once."""
    row = _course(session, course_id, by)
    if row.closed_at is None:
        row.closed_at = at
        _record(session, "course.closed", "course", row.id, by, at)


def name_flagship(session: Session, *, course_id: int, year: int, by: Actor, at: datetime) -> Flagship:
    """Make it its county's flagship of a year; named again, nothing changes. Raises FlagshipTaken by another."""
    row = _course(session, course_id, by)
    held = session.get(Flagship, (row.county, year), populate_existing=True)
    if held is None:
        held = Flagship(county=row.county, year=year, course_id=row.id, named_on=local_date(at))
        try:
            with session.begin_nested():
                session.add(held)
                session.flush()
        except IntegrityError:
            held = session.get_one(Flagship, (row.county, year), populate_existing=True)
        else:
            _record(session, "flagship.named", "course", row.id, by, at, year=year)
    if held.course_id != row.id:
        name = queries.course(session, held.course_id).name
        raise rules.FlagshipTaken(county=row.county, year=year, course=name)
    return held


def drop_flagship(session: Session, *, course_id: int, year: int, by: Actor, at: datetime) -> None:
    """It is its county's flagship of the year no more, so that another may be."""
    row = _course(session, course_id, by)
    held = session.get(Flagship, (row.county, year))
    if held is not None and held.course_id == row.id:
        session.delete(held)
        _record(session, "flagship.dropped", "course", row.id, by, at, year=year)


def add_batch(session: Session, *, course_id: int, new: NewBatch, by: Actor, at: datetime) -> Batch:
    """The course's next batch. Raises InvalidValue, NotFound, NotAllowed, OutOfScope."""
    row = _course(session, course_id, by)
    if row.closed_at is not None:
        raise IllegalMove(what="course", from_state="closed", to_state="batch")
    rules.check_days(new.starts_on, new.ends_on)
    if region(new.town).level != "town":
        raise InvalidValue(field="town", reason="level", given=new.town)
    if not new.town.startswith(row.county):
        raise InvalidValue(field="town", reason="not_of_county")
    number = session.scalar(select(func.max(Batch.number)).where(Batch.course_id == row.id)) or 0
    added = Batch(
        course=row, number=number + 1, starts_on=new.starts_on, ends_on=new.ends_on, town=new.town,
        place=rules.check_text("place", new.place, 80), state=BatchState.PLANNED,
        places=rules.check_number("places", new.places, rules.MOST_PLACES),
    )  # fmt: skip
    session.add(added)
    _record(session, "batch.added", "course", row.id, by, at, number=added.number)
    return added


def enrol(session: Session, *, batch_id: int, worker_id: int, by: Actor, at: datetime) -> Enrolment:
    """Put a person on a batch's roster: themselves, an agent of their region, or who runs the course. Who is on it
    already stays, one row. Raises BatchClosed, BatchFull, NotFound, NotAllowed, OutOfScope."""
    batch = _batch(session, batch_id)
    worker = _worker(session, worker_id)
    if worker.erased_at is not None:
        raise NotFound(what="worker", id=worker_id)
    _require_may_enter(session, batch, worker, by)
    row = queries.own_enrolment(session, batch_id=batch.id, worker_id=worker_id)
    if row is not None and row.state != State.LEFT:
        return row
    if batch.state == BatchState.ENDED or batch.course.closed_at is not None:
        raise rules.BatchClosed(state=batch.state)
    if _enrolled(session, batch) >= batch.places:
        raise rules.BatchFull(places=batch.places)
    if row is None:
        row = Enrolment(batch=batch, worker_id=worker_id)
        session.add(row)
    row.state, row.enrolled_at = State.ENROLLED, at
    row.enrolled_by = None if by.account_id == worker.account_id else by.account_id
    _settle(session, batch, [row])
    _record(session, "course.enrolled", "worker", worker_id, by, at, batch=batch.id)
    return row


def leave(session: Session, *, batch_id: int, worker_id: int, by: Actor, at: datetime) -> Enrolment:
    """Off the roster again, before a result is given. Raises NotFound, IllegalMove, NotAllowed, OutOfScope."""
    batch = _batch(session, batch_id)
    _require_may_enter(session, batch, _worker(session, worker_id), by)
    row = queries.own_enrolment(session, batch_id=batch.id, worker_id=worker_id)
    if row is None:
        raise NotFound(what="enrolment")
    if row.state != State.LEFT:
        rules.require_move(row.state, State.LEFT)
        row.state = State.LEFT
        _settle(session, batch, [row])
        _record(session, "course.left", "worker", worker_id, by, at, batch=batch.id)
    return row


def call_roster(
    session: Session, *, batch_id: int, day: date, present: Collection[int], by: Actor, at: datetime
) -> None:
    """Say who was there on a day, by ids of enrolments; said again, the last word holds, also after the batch ended.

    Raises InvalidValue for a day that is yet to come or outside the batch's.
    """
    batch = _batch_of_mine(session, batch_id, by)
    if not batch.starts_on <= day <= batch.ends_on:
        raise InvalidValue(field="day", reason="day", first=batch.starts_on, last=batch.ends_on)
    if day > local_date(at):
        raise InvalidValue(field="day", reason="future")
    held = session.get(ClassDay, (batch.id, day)) or ClassDay(batch_id=batch.id, day=day)
    held.taken_at, held.taken_by = at, by.account_id
    session.add(held)
    rows = [row for row in _rows(session, batch) if row.state != State.LEFT]
    ids = [row.id for row in rows]
    session.execute(delete(Presence).where(Presence.day == day, Presence.enrolment_id.in_(ids)))
    session.add_all(Presence(enrolment_id=id, day=day) for id in ids if id in present)
    if batch.state == BatchState.PLANNED:
        batch.state = BatchState.RUNNING
    session.flush()
    there = queries.presence(session, batch.id)
    for row in rows:
        if row.state in (State.ENROLLED, State.ATTENDING):
            row.state = State.ATTENDING if there[row.id] else State.ENROLLED
    if batch.state == BatchState.ENDED:
        batch.ended_on = max(queries.days_held(session, batch.id))
    _settle(session, batch, rows)
    _record(session, "batch.called", "batch", batch.id, by, at, day=day.isoformat(), present=len(ids))


def end_batch(session: Session, *, batch_id: int, by: Actor, at: datetime) -> Batch:
    """No more days: who was there enough is counted, in the year of the last day held. Raises NothingHeld."""
    batch = _batch_of_mine(session, batch_id, by)
    if batch.state == BatchState.ENDED:
        return batch
    days = queries.days_held(session, batch.id)
    if not days:
        raise rules.NothingHeld()
    batch.state, batch.ended_on = BatchState.ENDED, days[-1]
    _settle(session, batch, _rows(session, batch))
    _record(session, "batch.ended", "batch", batch.id, by, at)
    return batch


def grade(session: Session, *, batch_id: int, scores: Mapping[int, int], by: Actor, at: datetime) -> list[Enrolment]:
    """Results by id of enrolment, 0–100: passed or failed. Who failed may be graded anew, who passed may not.

    Returns those who passed now. Raises InvalidValue, IllegalMove for someone who was never there, NotFound.
    """
    batch = _batch_of_mine(session, batch_id, by)
    rows, mark = {row.id: row for row in _rows(session, batch)}, queries.pass_score(local_date(at))
    passed = []
    for id, score in scores.items():
        if id not in rows:
            raise NotFound(what="enrolment")
        row = rows[id]
        rules.check_number("score", score, rules.MOST_SCORE, least=0)
        if row.score == score and row.state in (State.PASSED, State.FAILED):
            continue
        state = State.PASSED if score >= mark else State.FAILED
        if row.state != state:
            rules.require_move(row.state, state)
        elif state == State.PASSED:
            raise IllegalMove(what="enrolment", from_state=row.state, to_state=state)
        row.state, row.score, row.graded_at, row.graded_by = state, score, at, by.account_id
        _record(session, "course.graded", "worker", row.worker_id, by, at, batch=batch.id, score=score)
        if state == State.PASSED:
            passed.append(row)
            outbox.announce(session, CoursePassed(enrolment_id=row.id))
    return passed


def issue(session: Session, *, enrolment_id: int, number: str, issued_on: date, by: Actor, at: datetime) -> Certificate:
    """Issue the certificate of a passed course: it stands, as seen, on the person's skill, by which they are ranked.

    Issued again with the same number, nothing changes. Raises IllegalMove unless passed, CertificateHeld, InvalidValue
    (field "certificate_number", reason "taken").
    """
    row = queries.enrolment(session, enrolment_id)
    batch = _batch_of_mine(session, row.batch_id, by)
    session.refresh(row)
    number = rules.check_certificate(number)
    if row.state != State.PASSED:
        raise IllegalMove(what="enrolment", from_state=row.state, to_state="certified")
    if issued_on > local_date(at):
        raise InvalidValue(field="issued_on", reason="future")
    held = queries.certificate_of(session, row.id)
    if held is not None and held.number == number:
        return held
    trade = batch.course.occupation, batch.course.level
    made = Certificate(
        enrolment_id=row.id, worker_id=row.worker_id, occupation=trade[0], level=trade[1], number=number,
        issued_on=issued_on, issued_by=by.account_id,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        if session.scalars(select(Certificate.id).where(Certificate.number == number)).first() is not None:
            raise InvalidValue(field="certificate_number", reason="taken") from None
        raise rules.CertificateHeld(enrolment=row.id) from None
    words = f"{label(trade[0])}{LEVELS[trade[1]]}，{number}"[:60]
    write_on_skill(
        session, worker_id=row.worker_id, occupation=trade[0], level=trade[1], certificate=words, by=by, at=at
    )  # fmt: skip
    outbox.announce(session, CertificateIssued(certificate_id=made.id))
    _record(session, "certificate.issued", "worker", row.worker_id, by, at, batch=batch.id, level=trade[1])
    return made


def claim(session: Session, *, enrolment_id: int, kind: Kind, by: Actor, at: datetime) -> SubsidyClaim:
    """Ask for a subsidy for an enrolment: the person themselves, their agent, or who runs the course.

    Asked twice, it is one claim; one that was refused may be asked for again. Raises NotEligible, NotFound, NotAllowed,
    OutOfScope.
    """
    row = queries.enrolment(session, enrolment_id)
    batch = _batch(session, row.batch_id)
    _require_may_enter(session, batch, _worker(session, row.worker_id), by)
    query = select(SubsidyClaim).where(SubsidyClaim.enrolment_id == row.id, SubsidyClaim.kind == kind)
    asked = session.scalars(query).one_or_none()
    if asked is not None and asked.state != ClaimState.REFUSED:
        return asked
    today = local_date(at)
    lacks = queries.missing(row, queries.certificate_of(session, row.id), kind, today=today)
    if lacks is not None:
        raise rules.NotEligible(kind=kind, lacks=lacks)
    asked = asked or SubsidyClaim(enrolment=row, kind=kind, county=batch.course.county, level=batch.course.level)
    asked.state, asked.asked_at, asked.asked_by, asked.fen = ClaimState.ASKED, at, by.account_id, None
    asked.decided_at, asked.decided_by, asked.reason = None, None, ""
    session.add(asked)
    _record(session, "subsidy.asked", "worker", row.worker_id, by, at, subsidy=kind.value)
    return asked


def approve(session: Session, *, claim_id: int, fen: int | None, by: Actor, at: datetime, reason: str) -> SubsidyClaim:
    """Give it: what a confirmed rule sets, else `fen`, with where that figure is from as the reason.

    Raises IllegalMove once it is decided, InvalidValue, ReasonMissing, NotAllowed, OutOfScope.
    """
    row = _waiting_claim(session, claim_id, by)
    rate = rules.rate_of(queries.rates(), row.kind, level=row.level, on=local_date(row.asked_at))
    if rate is not None and rate.confirmed and rate.fen is not None:
        row.fen, row.reason = rate.fen, rate.source[:300]
    elif fen is None or fen <= 0:
        raise InvalidValue(field="fen", reason="required" if fen is None else "not_positive")
    else:
        row.fen, row.reason = fen, check_reason(reason)
    return _decided(session, row, ClaimState.APPROVED, by, at)


def refuse(session: Session, *, claim_id: int, reason: str, by: Actor, at: datetime) -> SubsidyClaim:
    """Raises IllegalMove once it is decided, ReasonMissing, NotAllowed, OutOfScope."""
    row = _waiting_claim(session, claim_id, by)
    row.reason = check_reason(reason)
    return _decided(session, row, ClaimState.REFUSED, by, at)


def ask_training(
    session: Session, *, posting_id: int, places: int, words: str, by: Actor, at: datetime
) -> TrainingOrder:
    """An employer asks that people be trained for a posting that still takes. Asked again while it waits, the last word
    holds. Raises IllegalMove, InvalidValue, NotAllowed unless it is the employer's own."""
    wanted = locked(session, posting_id)
    if by.account_id is None or wanted.employer.account_id != by.account_id:
        raise NotAllowed(permission="order_training", region=wanted.county)
    row = queries.order_of_posting(session, posting_id)
    if wanted.state not in TAKING or wanted.closes_at <= at or not wanted.occupations:
        raise IllegalMove(what="posting", from_state=wanted.state, to_state="trained_for")
    if row is None:
        row = TrainingOrder(posting_id=posting_id, employer_id=wanted.employer_id, county=wanted.county)
        session.add(row)
    elif row.state == OrderState.TAKEN:
        raise IllegalMove(what="training_order", from_state=row.state, to_state=OrderState.ASKED)
    row.state, row.asked_at, row.reason = OrderState.ASKED, at, ""
    row.places = rules.check_number("places", places, rules.MOST_PLACES)
    row.words = rules.check_text("words", words, 300, required=False)
    _record(session, "training.ordered", "posting", posting_id, by, at, places=places)
    return row


def refuse_order(session: Session, *, order_id: int, reason: str, by: Actor, at: datetime) -> TrainingOrder:
    """Raises IllegalMove once it is decided, ReasonMissing, NotAllowed, OutOfScope."""
    row = _waiting_order(session, order_id, by)
    row.reason = check_reason(reason)
    _decide_order(session, row, OrderState.REFUSED, by, at)
    return row


def invite_passed(session: Session, *, enrolment_id: int, by: Actor, at: datetime) -> list[Application]:
    """Invite who passed an ordered course to the posting that it was ordered for, or when that is over to the next open
    one of the employer's in the trade; to none when there is none. For the task."""
    row = queries.enrolment(session, enrolment_id)
    order = queries.order_of_course(session, row.batch.course_id)
    found = order and queries.open_posting(session, order, occupation=row.batch.course.occupation, at=at)
    if not found:
        return []
    wanted = locked(session, found)
    if wanted.state != PostingState.OPEN or wanted.closes_at <= at:
        return []
    return invite(session, posting=wanted, scores={row.worker_id: None}, by=by, at=at)


def _describe(row: Course, new: NewCourse) -> None:
    row.name = rules.check_text("course", new.name, 40)
    row.occupation, row.level = occupation(new.occupation).code, rules.check_level(new.level)
    row.county = county_of(new.county).code
    row.provider = rules.check_text("provider", new.provider, 60)
    row.hours = rules.check_number("course_hours", new.hours, rules.MOST_HOURS)
    row.brand = rules.check_text("brand", new.brand, 20, required=False)
    row.words = rules.check_text("words", new.words, 500, required=False)
    row.subsidised = new.subsidised


def _course(session: Session, course_id: int, by: Actor) -> Course:
    """The course, locked, for who runs it."""
    row = session.get(Course, course_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what="course")
    require(session, by=by, permission=RUN, region=row.county)
    return row


def _batch(session: Session, batch_id: int) -> Batch:
    """The batch, locked: every change of it or of its roster begins here."""
    query = select(Batch).where(Batch.id == batch_id).with_for_update(of=Batch)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(what="batch")
    return row


def _worker(session: Session, worker_id: int) -> Worker:
    row = session.get(Worker, worker_id)
    if row is None:
        raise NotFound(what="worker", id=worker_id)
    return row


def _batch_of_mine(session: Session, batch_id: int, by: Actor) -> Batch:
    row = _batch(session, batch_id)
    require(session, by=by, permission=RUN, region=row.course.county)
    return row


def _rows(session: Session, batch: Batch) -> list[Enrolment]:
    query = select(Enrolment).where(Enrolment.batch_id == batch.id).order_by(Enrolment.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _enrolled(session: Session, batch: Batch) -> int:
    here = Enrolment.batch_id == batch.id, Enrolment.state != State.LEFT
    return session.scalar(select(func.count()).select_from(Enrolment).where(*here)) or 0


def _require_may_enter(session: Session, batch: Batch, worker: Worker, by: Actor) -> None:
    if by.account_id is not None and by.account_id == worker.account_id:
        return
    if not allowed(grants_of(session, by.account_id), RUN, batch.course.county):
        require(session, by=by, permission=REGISTER, region=worker.village or worker.town)


def _settle(session: Session, batch: Batch, rows: Collection[Enrolment]) -> None:
    """Say anew of each whether it counts. The rules are those of the batch's last day."""
    session.flush()
    there, held = queries.presence(session, batch.id), len(queries.days_held(session, batch.id))
    least = queries.least_attendance(batch.ended_on or batch.ends_on)
    for row in rows:
        row.why_out = rules.why_out(
            subsidised=batch.course.subsidised, batch=batch.state, state=row.state, days=len(there[row.id]), held=held,
            least_percent=least,
        )  # fmt: skip


def _waiting_claim(session: Session, claim_id: int, by: Actor) -> SubsidyClaim:
    query = select(SubsidyClaim).where(SubsidyClaim.id == claim_id).with_for_update(of=SubsidyClaim)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(what="subsidy_claim")
    require(session, by=by, permission=RUN, region=row.county)
    if row.state != ClaimState.ASKED:
        raise IllegalMove(what="subsidy_claim", from_state=row.state, to_state="decided")
    return row


def _decided(session: Session, row: SubsidyClaim, state: ClaimState, by: Actor, at: datetime) -> SubsidyClaim:
    row.state, row.decided_at, row.decided_by = state, at, by.account_id
    outbox.announce(session, SubsidyDecided(claim_id=row.id))
    worker_id = row.enrolment.worker_id
    _record(session, f"subsidy.{state}", "worker", worker_id, by, at, row.reason, subsidy=row.kind.value, fen=row.fen)
    return row


def _waiting_order(session: Session, order_id: int, by: Actor) -> TrainingOrder:
    row = session.get(TrainingOrder, order_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what="training_order")
    require(session, by=by, permission=RUN, region=row.county)
    if row.state != OrderState.ASKED:
        raise IllegalMove(what="training_order", from_state=row.state, to_state="decided")
    return row


def _take_order(session: Session, order_id: int, course: Course, by: Actor, at: datetime) -> None:
    row = _waiting_order(session, order_id, by)
    if course.county != row.county:
        raise InvalidValue(field="county", reason="not_of_order")
    row.course_id = course.id
    _decide_order(session, row, OrderState.TAKEN, by, at)


def _decide_order(session: Session, row: TrainingOrder, state: OrderState, by: Actor, at: datetime) -> None:
    row.state, row.decided_at, row.decided_by = state, at, by.account_id
    outbox.announce(session, TrainingOrderDecided(order_id=row.id))
    _record(session, f"training.{state}", "posting", row.posting_id, by, at, row.reason)


def _record(
    session: Session, verb: str, what: str, id: int, by: Actor, at: datetime, reason: str = "", **details: Any
) -> None:
    record(session, verb=verb, subject=f"{what}:{id}", by=by, at=at, reason=reason, **details)
    session.flush()
