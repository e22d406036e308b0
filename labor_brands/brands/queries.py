"""Brands by their code, the certificates of people, and the figure of the plan that brands make."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from labor_brands.brands.models import Brand, BrandMark, Certification
from labor_brands.brands.rules import BrandFile, Firm, Grade, Kind, MarkKind, Source, State, counts_in, state_of
from zero_work_market.ground.errors import NotFound
from zero_work_market.ground.paging import Page, page_of
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import significant
from zero_work_market.statistics.registers.queries import Register, counted_by_month, month_of
from zero_work_market.statistics.registers.rules import Count, RegisterRow


@dataclass(frozen=True)
class BrandName:
    """What every page may have to know of a brand."""

    code: str
    name: str
    place: str
    state: State


@dataclass(frozen=True)
class MarkRow:
    id: int
    kind: MarkKind
    marked_on: date
    reason: str
    lifted_at: datetime | None
    lifted_reason: str


@dataclass(frozen=True)
class BrandRow:
    """A brand's file, and what became of it. `holders`: certificates that stand, by number of the grade."""

    id: int
    file: BrandFile
    state: State
    added_at: datetime
    recognised_on: date | None
    reviewed_on: date | None
    review_due_on: date | None
    withdrawn_on: date | None
    withdrawn_reason: str
    holders: dict[int, int]
    employers: dict[str, int]
    """Lead enterprises that are registered here, by name."""

    @property
    def held(self) -> int:
        return sum(self.holders.values())

    def is_due(self, today: date) -> bool:
        """For a review."""
        return self.state == State.RECOGNISED and self.review_due_on is not None and self.review_due_on <= today


@dataclass(frozen=True)
class CertificateRow:
    """`grade`: its number and name. `reason`: of one that holds no more."""

    id: int
    number: str
    brand: str
    brand_name: str
    place: str
    worker_id: int
    masked_name: str
    town: str
    village: str | None
    grade: int
    grade_name: str
    source: Source
    score: int | None
    issued_on: date
    revoked_on: date | None
    reason: str


def brand_names(session: Session) -> tuple[BrandName, ...]:
    """All brands, those being built and those withdrawn too, by name."""
    columns = (Brand.code, Brand.name, Brand.place, Brand.recognised_on, Brand.withdrawn_on)
    rows = session.execute(select(*columns).order_by(Brand.place, Brand.name, Brand.id))
    return tuple(
        BrandName(code, name, place, state_of(recognised_on, withdrawn_on))
        for code, name, place, recognised_on, withdrawn_on in rows
    )


def brand_row(session: Session, code: str, *, lock: bool = False, shared: bool = False) -> Brand:
    """Raises NotFound."""
    query = select(Brand).where(Brand.code == code)
    if lock:
        query = query.with_for_update(read=shared, of=Brand).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(what="brand", code=code)
    return found


def brand(session: Session, code: str) -> BrandRow:
    """Raises NotFound."""
    [row] = _rows(session, [brand_row(session, code)])
    return row


def recognised(session: Session) -> list[BrandRow]:
    """Those that stand, by county."""
    found = select(Brand).where(Brand.recognised_on.is_not(None), Brand.withdrawn_on.is_(None))
    return _rows(session, session.scalars(found.order_by(Brand.place, Brand.id)).all())


def brands_in(session: Session, scopes: Iterable[str]) -> list[BrandRow]:
    """All those of the regions, the newest first."""
    found = select(Brand).where(inside(Brand.place, scopes)).order_by(Brand.id.desc())
    return _rows(session, session.scalars(found).all())


def marks_of(session: Session, brand_id: int) -> list[MarkRow]:
    """The newest first, those lifted too."""
    found = select(BrandMark).where(BrandMark.brand_id == brand_id).order_by(BrandMark.marked_on.desc(), BrandMark.id)
    return [
        MarkRow(row.id, row.kind, row.marked_on, row.reason, row.lifted_at, row.lifted_reason)
        for row in session.scalars(found)
    ]


def place_of_mark(session: Session, mark_id: int) -> tuple[str, str]:
    """Code and place of the brand that a mark is on. Raises NotFound."""
    found = select(Brand.code, Brand.place).join(BrandMark, BrandMark.brand_id == Brand.id)
    row = session.execute(found.where(BrandMark.id == mark_id)).one_or_none()
    if row is None:
        raise NotFound(what="mark")
    return row.code, row.place


def certificate(session: Session, certification_id: int) -> CertificateRow:
    """Raises NotFound."""
    found = session.execute(_certificates().where(Certification.id == certification_id)).one_or_none()
    if found is None:
        raise NotFound(what="certification")
    return _certificate(*found)


def certificates_of(session: Session, worker_id: int) -> list[CertificateRow]:
    """The newest first, those that hold no more too."""
    found = _certificates().where(Certification.worker_id == worker_id)
    return [_certificate(*row) for row in session.execute(found.order_by(Certification.id.desc()))]


def holders(session: Session, code: str, *, number: int, size: int = 30) -> Page[CertificateRow]:
    """A page of the certificates that stand, the newest first. Raises NotFound."""
    here = Certification.brand_id == brand_row(session, code).id, stands()
    found = select(Certification).where(*here).order_by(Certification.id.desc())
    page = page_of(session, found, number=number, size=size)
    people = select(Worker).where(Worker.id.in_([row.worker_id for row in page.rows]))
    of = {worker.id: worker for worker in session.scalars(people)}
    return Page(tuple(_certificate(row, of[row.worker_id]) for row in page.rows), page.number, size, page.total)


def standing_of(session: Session, worker_id: int) -> list[Certification]:
    """The certificates of a worker that hold."""
    return list(session.scalars(select(Certification).where(Certification.worker_id == worker_id, stands())))


def certified_by(session: Session, *, source: Source, source_id: str) -> Certification | None:
    found = select(Certification).where(Certification.source == source, Certification.source_id == source_id)
    return session.scalars(found).one_or_none()


def highest_grade_held(session: Session, brand_id: int) -> int:
    """0 when nobody is certified."""
    grades = select(func.max(Certification.grade)).where(Certification.brand_id == brand_id, stands())
    return session.scalar(grades) or 0


def stands() -> ColumnElement[bool]:
    """SQL for "this certificate holds"."""
    return Certification.revoked_on.is_(None)


def held_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    """SQL for "this certificate held on a day": from its own on, and no more from the day on which it ended."""
    return and_(Certification.issued_on <= day, or_(stands(), Certification.revoked_on > day))


def _rows(session: Session, found: Collection[Brand]) -> list[BrandRow]:
    counted = (
        select(Certification.brand_id, Certification.grade, func.count())
        .where(Certification.brand_id.in_([row.id for row in found]), stands())
        .group_by(Certification.brand_id, Certification.grade)
    )
    holders: dict[int, Counter[int]] = {row.id: Counter() for row in found}
    for brand_id, grade, count in session.execute(counted):
        holders[brand_id][grade] = count
    firms = {firm.employer_id for row in found for firm in row.firms if firm.employer_id}
    codes = dict(session.execute(select(Employer.id, Employer.uscc).where(Employer.id.in_(firms))).all())
    return [_row(row, holders[row.id], codes) for row in found]


def _row(row: Brand, holders: dict[int, int], codes: dict[int, str]) -> BrandRow:
    file = BrandFile(
        code=row.code, name=row.name, place=row.place, kind=Kind(row.kind), builder=row.builder,
        trades=tuple(trade.occupation for trade in row.trades),
        grades=tuple(Grade(one.name, one.standard, one.level) for one in row.grades),
        firms=tuple(Firm(firm.name, codes.get(firm.employer_id or 0, "")) for firm in row.firms),
        head_person=row.head_person, training_base=row.training_base, trademark=row.trademark, join_at=row.join_at,
        words=row.words,
    )  # fmt: skip
    return BrandRow(
        id=row.id, file=file, state=row.state, added_at=row.added_at, recognised_on=row.recognised_on,
        reviewed_on=row.reviewed_on, review_due_on=row.review_due_on, withdrawn_on=row.withdrawn_on,
        withdrawn_reason=row.withdrawn_reason, holders=dict(holders),
        employers={firm.name: firm.employer_id for firm in row.firms if firm.employer_id},
    )  # fmt: skip


def _certificates() -> Select[Certification, Worker]:
    return select(Certification, Worker).join(Worker, Worker.id == Certification.worker_id)


def _certificate(row: Certification, worker: Worker) -> CertificateRow:
    return CertificateRow(
        id=row.id, number=row.number, brand=row.brand.code, brand_name=row.brand.name, place=row.brand.place,
        worker_id=worker.id, masked_name=mask_name(worker.surname), town=worker.town, village=worker.village,
        grade=row.grade, grade_name=next((one.name for one in row.brand.grades if one.number == row.grade), ""),
        source=row.source, score=row.score, issued_on=row.issued_on, revoked_on=row.revoked_on, reason=row.reason,
    )  # fmt: skip


def _counts(session: Session, year: int, codes: Collection[str]) -> dict[str, Count]:
    withdrawn_by_then = and_(Brand.withdrawn_on.is_not(None), Brand.withdrawn_on < date(year + 1, 1, 1))
    return counted_by_month(
        session, codes=codes, place=Brand.place.expression, month=month_of(Brand.recognised_on, year, of_days=True),
        what=func.count(), terms=~withdrawn_by_then,
    )  # fmt: skip


def _register_rows(session: Session, year: int, code: str, counted: bool, number: int, size: int) -> Page[RegisterRow]:
    """The region's brands: those of the year, and the others with the reason. They are few."""
    here = select(Brand).where(Brand.place.startswith(significant(code))).order_by(Brand.recognised_on.desc(), Brand.id)
    judged = [
        RegisterRow(
            "brand", row.code, row.name, f"{region(row.place).short}，{row.builder}", row.recognised_on,
            counts_in(year, recognised_on=row.recognised_on, withdrawn_on=row.withdrawn_on),
        )
        for row in session.scalars(here)
    ]  # fmt: skip
    found = [row for row in judged if (not row.why_out) == counted]
    return Page(tuple(found[(number - 1) * size : number * size]), number=number, size=size, total=len(found))


REGISTERS = {"brands": Register(_counts, _register_rows)}
"""By the figure's name in the plan's `counted_by`."""
