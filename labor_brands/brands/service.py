"""The verbs on brands and certificates. County staff keep the brands of their county, the city's all of them.

A certificate and the credential by which the engine ranks are written in one transaction, and taken away so.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labor_brands.brands import queries, rules
from labor_brands.brands.models import Brand, BrandFirm, BrandGrade, BrandMark, BrandTrade, Certification
from labor_brands.brands.rules import BrandFile, Firm, MarkKind, Source, State
from zero_work_market.ground import audit
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission, check_reason
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.models import Worker
from zero_work_market.policy.courses.queries import result
from zero_work_market.reference.occupations.queries import occupation
from zero_work_market.reference.regions.queries import counties
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.standings.rules import months_after

UPGRADED = "换成高一等的了"
ERASED = "本人删了资料"


def enter(session: Session, *, file: BrandFile, by: Actor, at: datetime) -> Brand:
    """Enter a brand that is being built. Raises InvalidValue, BrandCodeTaken, NotAllowed, OutOfScope."""
    file = _checked(file)
    _require(session, file.place, by)
    brand = Brand(code=file.code, added_at=at)
    _fill(session, brand, file)
    try:
        with session.begin_nested():
            session.add(brand)
            session.flush()
    except IntegrityError:
        raise rules.BrandCodeTaken(field="brand_code", brand=file.code) from None
    _record(session, "brand.entered", brand, by, at)
    return brand


def change(session: Session, *, code: str, file: BrandFile, by: Actor, at: datetime) -> Brand:
    """Change all but the code. Raises NotFound, InvalidValue, GradeInUse, NotAllowed, OutOfScope of either place."""
    brand, file = _brand(session, code, by), _checked(file)
    _require(session, file.place, by)
    highest = queries.highest_grade_held(session, brand.id)
    if highest > len(file.grades):
        raise rules.GradeInUse(field="brand_grades", grade=brand.grades[highest - 1].name)
    _fill(session, brand, file)
    _record(session, "brand.changed", brand, by, at)
    return brand


def recognise(session: Session, *, code: str, day: date, by: Actor, at: datetime) -> None:
    """From `day` on it is a brand of the city, and counts for that year (plan 3). Raises NotFound, IllegalMove,
    InvalidValue for a day to come, NotAllowed, OutOfScope."""
    brand = _brand(session, code, by)
    rules.require_move(brand.state, State.RECOGNISED)
    brand.recognised_on = rules.check_day(day, field="recognised_on", first=None, today=local_date(at))
    brand.review_due_on = _next_review(day)
    _record(session, "brand.recognised", brand, by, at, day=day.isoformat())


def review(session: Session, *, code: str, day: date, by: Actor, at: datetime) -> None:
    """Looked at again on `day`, and found in order. Raises NotFound, BrandNotRecognised, InvalidValue, NotAllowed."""
    brand = _recognised(_brand(session, code, by))
    first = max(filter(None, (brand.recognised_on, brand.reviewed_on)))
    brand.reviewed_on = rules.check_day(day, field="reviewed_on", first=first, today=local_date(at))
    brand.review_due_on = _next_review(day)
    _record(session, "brand.reviewed", brand, by, at, day=day.isoformat())


def withdraw(session: Session, *, code: str, reason: str, by: Actor, at: datetime) -> None:
    """It is a brand no more: nobody is certified, no posting asks for it; what people were certified for stays theirs.

    Raises NotFound, IllegalMove, ReasonMissing, NotAllowed, OutOfScope.
    """
    brand, reason = _brand(session, code, by), check_reason(reason)
    rules.require_move(brand.state, State.WITHDRAWN)
    brand.withdrawn_on, brand.withdrawn_reason = local_date(at), reason
    _record(session, "brand.withdrawn", brand, by, at, reason)


def mark(session: Session, *, code: str, kind: MarkKind, day: date, reason: str, by: Actor, at: datetime) -> BrandMark:
    """A mark of integrity, of what happened on `day`. Raises NotFound, ReasonMissing, InvalidValue, NotAllowed."""
    brand, reason = _brand(session, code, by), check_reason(reason)
    day = rules.check_day(day, field="marked_on", first=None, today=local_date(at))
    row = BrandMark(brand_id=brand.id, kind=kind, marked_on=day, reason=reason, decided_by=by.account_id, decided_at=at)
    session.add(row)
    _record(session, "brand.marked", brand, by, at, reason, kind=kind.value)
    return row


def lift(session: Session, *, mark_id: int, reason: str, by: Actor, at: datetime) -> None:
    """The mark was wrong, or is made good: it stays, and counts no more. Once lifted, nothing changes."""
    row = session.get(BrandMark, mark_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what="mark")
    brand, reason = session.get_one(Brand, row.brand_id), check_reason(reason)
    _require(session, brand.place, by)
    if row.lifted_at is None:
        row.lifted_at, row.lifted_reason = at, reason
        _record(session, "brand.mark_lifted", brand, by, at, reason, mark=row.id)


def certify(
    session: Session,
    *,
    brand: str,
    worker_id: int,
    grade: int,
    source: Source,
    source_id: str,
    score: int | None,
    by: Actor,
    at: datetime,
) -> Certification:
    """Certify a worker in the name of a brand, and give the credential; a higher grade takes the lower one's place.

    The same source certifies once: said again, its certificate is returned, whatever became of it. Raises NotFound,
    BrandNotRecognised, AlreadyCertified, NotAllowed, OutOfScope (of the brand's place, wherever the worker lives),
    InvalidValue on "grade", "score" or, for a fifth brand, "brands".
    """
    found = queries.brand_row(session, brand, lock=True, shared=True)
    _require(session, found.place, by)
    worker = _locked_worker(session, worker_id)
    done = queries.certified_by(session, source=source, source_id=source_id)
    if done is not None:
        return done
    _recognised(found)
    _check_result(found, grade, score)
    _end_lower(session, found, worker_id, grade, by, at)
    row = Certification(
        brand=found, worker_id=worker_id, grade=grade, source=source, source_id=source_id, score=score,
        issued_on=local_date(at), issued_by=by.account_id,
    )  # fmt: skip
    session.add(row)
    held = {*(one.brand for one in worker.brands), found.code}
    workers.set_brands(session, worker_id=worker_id, brands=held, by=by, at=at)
    _record(session, "brand.certified", found, by, at, worker=worker_id, grade=grade)
    return row


def certify_for_course(session: Session, *, enrolment_id: int, by: Actor, at: datetime) -> Certification | None:
    """Certify who passed a brand's course, by the highest grade that the course's level reaches.

    None where there is nothing to certify: a course of no brand, or below its first grade, a brand that isn't
    recognised, a worker who holds the grade, or four other brands.
    """
    passed = result(session, enrolment_id)
    if passed is None or not passed.brand:
        return None
    grades = queries.brand_row(session, passed.brand).grades
    reached = [grade.number for grade in grades if grade.level <= passed.level]
    if not reached:
        return None
    try:
        with session.begin_nested():
            return certify(
                session, brand=passed.brand, worker_id=passed.worker_id, grade=max(reached), source=Source.COURSE,
                source_id=str(enrolment_id), score=passed.score, by=by, at=at,
            )  # fmt: skip
    except (rules.BrandNotRecognised, rules.AlreadyCertified, InvalidValue):
        return None


def revoke(session: Session, *, certification_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Take a certificate and the credential away. Raises NotFound also for one that is revoked already,
    ReasonMissing, NotAllowed, OutOfScope."""
    row = session.get(Certification, certification_id)
    if row is None:
        raise NotFound(what="certification")
    _require(session, row.brand.place, by)
    reason = check_reason(reason)
    worker = _locked_worker(session, row.worker_id)
    session.refresh(row, with_for_update={"of": Certification})
    if row.revoked_on is not None:
        raise NotFound(what="certification")
    _end(row, reason, by, at)
    held = {one.brand for one in worker.brands} - {row.brand.code}
    workers.set_brands(session, worker_id=worker.id, brands=held, by=by, at=at)
    _record(session, "brand.revoked", row.brand, by, at, reason, certification=row.id, worker=worker.id)


def forget_erased(session: Session, *, worker_id: int, by: Actor, at: datetime) -> None:
    """End the certificates of a worker whose profile was erased, and with it the credentials."""
    for row in queries.standing_of(session, worker_id):
        _end(row, ERASED, by, at)
    session.flush()


def _checked(file: BrandFile) -> BrandFile:
    """Raises InvalidValue, UnknownOccupation."""
    file = rules.check_file(file)
    if file.place not in (CITY, *(county.code for county in counties())):
        raise InvalidValue(field="brand_place", reason="unknown")
    for code in file.trades:
        occupation(code)
    return file


def _fill(session: Session, brand: Brand, file: BrandFile) -> None:
    for name in ("place", "kind", *rules.LENGTHS):
        setattr(brand, name, getattr(file, name))
    held = {trade.occupation: trade for trade in brand.trades}
    brand.trades = [held.get(code) or BrandTrade(occupation=code) for code in dict.fromkeys(file.trades)]
    _fill_grades(brand, file)
    firms = {firm.name: firm for firm in brand.firms}
    brand.firms = [_firm(session, firms.get(one.name), one) for one in {one.name: one for one in file.firms}.values()]


def _fill_grades(brand: Brand, file: BrandFile) -> None:
    held = {grade.number: grade for grade in brand.grades}
    kept = []
    for number, one in enumerate(file.grades, 1):
        row = held.get(number) or BrandGrade(number=number)
        row.name, row.standard, row.level = one.name, one.standard, one.level
        kept.append(row)
    brand.grades = kept


def _firm(session: Session, held: BrandFirm | None, firm: Firm) -> BrandFirm:
    row = held or BrandFirm(name=firm.name)
    row.employer_id = None
    if firm.uscc:
        row.employer_id = session.scalar(select(Employer.id).where(Employer.uscc == firm.uscc))
        if row.employer_id is None:
            raise InvalidValue(field="brand_firms", reason="uscc_unknown", given=firm.uscc)
    return row


def _check_result(brand: Brand, grade: int, score: int | None) -> None:
    if not 1 <= grade <= len(brand.grades):
        raise InvalidValue(field="grade", reason="unknown")
    if score is not None and not 0 <= score <= 100:
        raise InvalidValue(field="score", reason="range", least=0, most=100)


def _end_lower(session: Session, brand: Brand, worker_id: int, grade: int, by: Actor, at: datetime) -> None:
    """Of the locked worker. Raises AlreadyCertified."""
    for row in queries.standing_of(session, worker_id):
        if row.brand_id == brand.id:
            if row.grade >= grade:
                raise rules.AlreadyCertified(grade=brand.grades[row.grade - 1].name)
            _end(row, UPGRADED, by, at)
            session.flush()


def _end(row: Certification, reason: str, by: Actor, at: datetime) -> None:
    row.revoked_on, row.revoked_by, row.reason = local_date(at), by.account_id, reason


def _locked_worker(session: Session, worker_id: int) -> Worker:
    worker = session.get(Worker, worker_id, with_for_update=True, populate_existing=True)
    if worker is None or worker.erased_at is not None:
        raise NotFound(what="worker", id=worker_id)
    return worker


def _brand(session: Session, code: str, by: Actor) -> Brand:
    """The brand, locked. Raises NotFound, NotAllowed, OutOfScope."""
    brand = queries.brand_row(session, code, lock=True)
    _require(session, brand.place, by)
    return brand


def _recognised(brand: Brand) -> Brand:
    if brand.state != State.RECOGNISED:
        raise rules.BrandNotRecognised(brand=brand.code, state=brand.state)
    return brand


def _require(session: Session, place: str, by: Actor) -> None:
    accounts.require(session, by=by, permission=Permission.SET_BRANDS, region=place)


def _next_review(day: date) -> date:
    return months_after(day, 12 * rules.REVIEW_YEARS)


def _record(
    session: Session, verb: str, brand: Brand, by: Actor, at: datetime, reason: str = "", **details: Any
) -> None:
    session.flush()
    audit.record(session, verb=verb, subject=f"brand:{brand.id}", by=by, at=at, reason=reason, **details)
    session.flush()
