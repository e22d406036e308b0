"""Reads of wages and payments, of how employers pay, and of what may go wrong."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.gate.rules import FULL_TIME, MONTH_HOURS, PART_TIME, PayKind, working_minutes
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.employers.models import Employer, Project
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.reference.calendar import queries as calendar
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.law.rules import LawUnknown
from zero_work_market.rights.wages.models import Payment, ProjectMonth, Wage
from zero_work_market.rights.wages.rules import (
    LAST_LAMPS,
    REMIND_EVERY,
    REMINDERS,
    Item,
    Lamp,
    Proof,
    Terms,
    Work,
    lamp,
    next_month,
    paid_lamp,
    period,
    sheet_hash,
    unit_minutes,
)

RECORD_DAYS = 365
"""How far back an employer's record of paying goes."""


@dataclass(frozen=True)
class PaymentRow:
    id: int
    fen: int
    paid_on: date
    proof: Proof
    on_behalf: bool
    number: str
    has_photo: bool
    recorded_at: datetime
    received_at: datetime | None
    denied_at: datetime | None
    upheld_at: datetime | None
    voided_at: datetime | None
    void_reason: str

    stands: bool
    waits: bool
    """For the worker's word, without which it doesn't count."""


@dataclass(frozen=True)
class WageRow:
    """A line of a wage sheet."""

    id: int
    placement_id: int
    posting_id: int
    worker_id: int
    employer_id: int
    county: str
    project_id: int | None
    first_day: date
    last_day: date
    minutes: int
    gross: tuple[Item, ...]
    deductions: tuple[Item, ...]
    net_fen: int
    paid_fen: int
    due_on: date
    settled_on: date | None
    denied_at: datetime | None
    payments: tuple[PaymentRow, ...]

    @property
    def gross_fen(self) -> int:
        return sum(item.fen for item in self.gross)

    @property
    def left_fen(self) -> int:
        """What is still to be paid."""
        return max(0, self.net_fen - self.paid_fen)

    @property
    def unrecorded_fen(self) -> int:
        """What is left without the cash that waits for the worker's word."""
        return max(0, self.left_fen - sum(one.fen for one in self.payments if one.waits))

    def lamp(self, today: date) -> Lamp:
        warning = law.limit("pay_warning_days", max(self.due_on, _LAW_BEGINS)).value
        return lamp(
            due_on=self.due_on, paid=self.settled_on is not None or not self.net_fen, today=today, warning_days=warning,
            denied=self.denied_at is not None,
        )  # fmt: skip


_LAW_BEGINS = date(2020, 5, 1)


@dataclass(frozen=True)
class PaidRecord:
    """How an employer pays, over the wages of a year that were due or are paid: `lamps` of the last, oldest first."""

    on_time: int
    due: int
    owing: int
    lamps: tuple[Lamp, ...]
    latest_days: int
    """How many days the latest of the late ones among `lamps` came late."""


@dataclass(frozen=True)
class Risk:
    """A wage that may go wrong, for staff."""

    wage_id: int
    placement_id: int
    posting_id: int
    title: str
    employer_id: int
    employer: str
    worker_id: int
    masked_name: str
    county: str
    town: str
    due_on: date
    left_fen: int
    denied: bool
    lamp: Lamp


@dataclass(frozen=True)
class MonthSheet:
    """A project's month: its lines' ids and sum, whether what was signed is still what it says, and by when to sign."""

    project_id: int
    project: str
    number: str
    employer_id: int
    employer: str
    month: date
    workers: int
    net_fen: int
    signed_at: datetime | None
    changed: bool
    sign_until: date

    def overdue(self, today: date) -> bool:
        return (self.signed_at is None or self.changed) and today > self.sign_until


def wages_of(
    session: Session,
    *,
    posting_id: int | None = None,
    worker_id: int | None = None,
    wage_ids: Iterable[int] | None = None,
    project_id: int | None = None,
    month: date | None = None,
) -> list[WageRow]:
    """Lines of wage sheets by period: of a posting, a worker, a project (in a month), or certain ones."""
    query = select(Wage, Placement.posting_id).join(Placement, Placement.id == Wage.placement_id)
    if posting_id is not None:
        query = query.where(Placement.posting_id == posting_id)
    if worker_id is not None:
        query = query.where(Wage.worker_id == worker_id)
    if wage_ids is not None:
        query = query.where(Wage.id.in_(list(wage_ids)))
    if project_id is not None:
        query = query.where(Wage.project_id == project_id)
    if month is not None:
        query = query.where(Wage.first_day >= month, Wage.first_day < next_month(month))
    rows = session.execute(query.order_by(Wage.first_day, Wage.id)).unique().all()
    return [_wage_row(wage, posting_id) for wage, posting_id in rows]


def wage(session: Session, wage_id: int) -> WageRow:
    """Raises NotFound."""
    found = wages_of(session, wage_ids=[wage_id])
    if not found:
        raise NotFound(what="wage", id=wage_id)
    return found[0]


def paid_record(session: Session, employer_ids: Collection[int], today: date) -> dict[int, PaidRecord]:
    """How each of the employers pays; one that was never due to pay anything is left out. One indexed query."""
    late = case((Wage.settled_on.is_(None), 1), (Wage.settled_on > Wage.due_on, 1), else_=0)
    owing = case((Wage.settled_on.is_(None), 1), else_=0)
    newest = (Wage.due_on.desc(), Wage.id.desc())
    ranked = (
        select(
            Wage.employer_id, Wage.due_on, Wage.settled_on,
            func.row_number().over(partition_by=Wage.employer_id, order_by=newest).label("place"),
            _of_each(func.count()).label("due"), _of_each(func.sum(late)).label("late"),
            _of_each(func.sum(owing)).label("owing"),
        )
        .where(Wage.employer_id.in_(employer_ids), Wage.due_on >= today - timedelta(days=RECORD_DAYS))
        .where(or_(Wage.settled_on.is_not(None), Wage.due_on < today), Wage.net_fen > 0)
        .subquery()
    )  # fmt: skip
    shown = select(ranked).where(ranked.c.place <= LAST_LAMPS).order_by(ranked.c.employer_id, ranked.c.place.desc())
    records = {}
    for employer_id, group in groupby(session.execute(shown), key=lambda row: row.employer_id):
        rows = list(group)
        late_by = [(row.settled_on - row.due_on).days for row in rows if row.settled_on is not None]
        records[employer_id] = PaidRecord(
            on_time=rows[0].due - int(rows[0].late), due=rows[0].due, owing=int(rows[0].owing),
            lamps=tuple(paid_lamp(due_on=row.due_on, settled_on=row.settled_on) for row in rows),
            latest_days=max([0, *late_by]),
        )  # fmt: skip
    return records


def risks(*, scopes: Collection[str], today: date) -> Select[Wage]:
    """Unpaid wages in `scopes` that are due within the days of warning or overdue, or denied; the oldest first."""
    return select(Wage).where(_at_risk(today), inside(Wage.county, scopes)).order_by(Wage.due_on, Wage.id)


def overdue_of(session: Session, *, employer_id: int, today: date) -> list[WageRow]:
    """What an employer owes beyond its day, the oldest first."""
    owed = (Wage.employer_id == employer_id, Wage.settled_on.is_(None), Wage.net_fen > 0, Wage.due_on < today)
    rows = wages_of(session, wage_ids=session.scalars(select(Wage.id).where(*owed)).all())
    return sorted(rows, key=lambda row: (row.due_on, row.id))


def risk_sums(session: Session, *, scopes: Collection[str], today: date) -> dict[str, dict[Lamp, tuple[int, int]]]:
    """By county how many wages stand on amber and red, and fen still owed on them."""
    red = or_(Wage.due_on < today, Wage.denied_at.is_not(None))
    query = (
        select(Wage.county, red, func.count(), func.sum(Wage.net_fen - Wage.paid_fen))
        .where(_at_risk(today), inside(Wage.county, scopes))
        .group_by(Wage.county, red)
    )
    sums: dict[str, dict[Lamp, tuple[int, int]]] = {}
    for county, is_red, number, fen in session.execute(query):
        sums.setdefault(county, {})[Lamp.RED if is_red else Lamp.AMBER] = (number, int(fen))
    return sums


def shown_risks(session: Session, wages: Sequence[Wage], today: date) -> list[Risk]:
    """Rows of the risk list, names masked."""
    query = (
        select(Placement.id, Posting.id, Posting.title, Posting.town, Employer.short, Worker.surname)
        .join(Posting, Posting.id == Placement.posting_id)
        .join(Employer, Employer.id == Posting.employer_id)
        .join(Worker, Worker.id == Placement.worker_id)
        .where(Placement.id.in_([wage.placement_id for wage in wages]))
    )
    known = {row[0]: row for row in session.execute(query)}
    rows = []
    for one in wages:
        _, posting_id, title, town, employer, surname = known[one.placement_id]
        rows.append(
            Risk(
                one.id, one.placement_id, posting_id, title, one.employer_id, employer, one.worker_id,
                mask_name(surname), one.county, town, one.due_on, one.net_fen - one.paid_fen,
                one.denied_at is not None, Lamp.RED if one.due_on < today or one.denied_at else Lamp.AMBER,
            )
        )  # fmt: skip
    return rows


def to_warn(session: Session, *, today: date, limit: int = 500) -> list[tuple[int, int]]:
    """(wage, posting) of unpaid wages whose lamp turned since their employer was told of it."""
    turned = or_(Wage.told.is_(None), and_(Wage.told == Lamp.AMBER, Wage.due_on < today))
    query = (
        select(Wage.id, Placement.posting_id)
        .join(Placement, Placement.id == Wage.placement_id)
        .where(_is_owed(), Wage.due_on <= today + _warning(today), turned)
    )
    return [(wage, posting) for wage, posting in session.execute(query.order_by(Wage.id).limit(limit))]


def to_ask_again(session: Session, *, at: datetime, limit: int = 500) -> list[Payment]:
    """Cash on which the worker has been silent for a day since the last question."""
    turn = or_(*(
        and_(Payment.reminders == n, Payment.recorded_at <= at - (n + 1) * REMIND_EVERY) for n in range(REMINDERS)
    ))  # fmt: skip
    silent = (col.is_(None) for col in (Payment.received_at, Payment.denied_at, Payment.upheld_at, Payment.voided_at))
    query = select(Payment).where(Payment.proof == Proof.CASH, *silent, turn).order_by(Payment.id).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def month_sheets(
    session: Session, *, today: date, employer_id: int | None = None, scopes: Collection[str] | None = None
) -> list[MonthSheet]:
    """Months of construction projects with wages in them, the newest first: an employer's, or those in `scopes`."""
    query = (
        select(Project, Employer.short, Wage.id, Wage.first_day)
        .join(Wage, Wage.project_id == Project.id)
        .join(Employer, Employer.id == Project.employer_id)
    )
    if employer_id is not None:
        query = query.where(Project.employer_id == employer_id)
    if scopes is not None:
        query = query.where(inside(Wage.county, scopes))
    lines: dict[tuple[int, date], list[int]] = {}
    projects = {}
    for project, short, wage_id, first in session.execute(query):
        projects[project.id] = project, short
        lines.setdefault((project.id, first.replace(day=1)), []).append(wage_id)
    wages = {row.id: row for row in wages_of(session, wage_ids=[id for ids in lines.values() for id in ids])}
    signed = {
        (one.project_id, one.month): one
        for one in session.scalars(select(ProjectMonth).where(ProjectMonth.project_id.in_(projects)))
    }
    sheets = []
    for (project_id, month), ids in sorted(lines.items(), key=lambda item: item[0][1], reverse=True):
        project, short = projects[project_id]
        rows = [wages[id] for id in ids]
        kept = signed.get((project_id, month))
        days = law.limit("month_sheet_days", max(month, _LAW_BEGINS)).value
        sheets.append(
            MonthSheet(
                project_id, project.name, project.number, project.employer_id, short, month,
                len({row.worker_id for row in rows}), sum(row.net_fen for row in rows),
                kept.signed_at if kept else None, kept is not None and kept.sheet_hash != hash_of(rows),
                next_month(month) + timedelta(days=days - 1),
            )
        )  # fmt: skip
    return sheets


def signed_month(session: Session, *, project_id: int, month: date) -> ProjectMonth | None:
    """The signature under a project's sheet of a month, None while it is unsigned or says something else now."""
    kept = session.scalars(
        select(ProjectMonth).where(ProjectMonth.project_id == project_id, ProjectMonth.month == month)
    ).one_or_none()
    rows = wages_of(session, project_id=project_id, month=month)
    return kept if kept is not None and kept.sheet_hash == hash_of(rows) else None


def cycle_of(posting: Posting, day: date) -> tuple[date, date]:
    """First and last day of the pay cycle that a day of the posting's work falls in."""
    return period(
        day, first=local_date(posting.closes_at), employment=posting.employment, pay_days=posting.pay_days,
        by_month=posting.project_id is not None, part_time_days=law.limit("part_time_pay_days", day).value,
    )  # fmt: skip


def work_of(posting: Posting, day: date, minutes: int, pieces: int | None) -> Work:
    """Agreed hours of a day of the posting, with what they are a part of."""
    scheduled: dict[date, int] = {}
    for shift in posting.shifts:
        on = local_date(shift.starts_at)
        length = working_minutes(shift.starts_at, shift.ends_at, posting.break_minutes)
        scheduled[on] = scheduled.get(on, 0) + length
    month = {on: length for on, length in scheduled.items() if (on.year, on.month) == (day.year, day.month)}
    whole = all(on in month for on in _working_days(day))
    units = unit_minutes(
        posting.pay_kind, day_minutes=scheduled[day], month_minutes=sum(month.values()) if whole else None
    )
    return Work(day, minutes, pieces, units)


def terms_of(posting: Posting, on: date) -> Terms:
    """How a posting pays for work of a day."""
    monthly = posting.pay_kind == PayKind.MONTH and posting.employment == FULL_TIME
    try:
        floor = law.minimum_wage(posting.county, on)
        floor_fen = floor.monthly_fen if monthly else floor.hourly_fen
    except LawUnknown:
        floor_fen = 0
    limit = law.limit("part_time_pay_days" if posting.employment == PART_TIME else "pay_days", on)
    return Terms(
        posting.pay_kind, posting.pay_fen, posting.pay_days, posting.employment, floor_fen,
        60 * MONTH_HOURS if monthly else 60, limit.value,
    )  # fmt: skip


def hash_of(rows: Iterable[WageRow]) -> str:
    """What a month's signature binds: who, when, how long, and every fen."""
    ordered = sorted(rows, key=lambda row: row.id)
    return sheet_hash(
        [row.id, row.worker_id, str(row.last_day), row.minutes, row.net_fen, *_fens(row)] for row in ordered
    )


def _fens(row: WageRow) -> list[tuple[str, int]]:
    return [(item.kind, item.fen) for item in (*row.gross, *row.deductions)]


def _working_days(day: date) -> list[date]:
    """Those of the month of `day`."""
    first = day.replace(day=1)
    length = (next_month(first) - first).days
    return [on for on in (first + timedelta(days=n) for n in range(length)) if calendar.is_working_day(on)]


def _of_each(figure: Any) -> Any:
    """A figure over all of an employer's rows."""
    return figure.over(partition_by=Wage.employer_id)


def _at_risk(today: date) -> ColumnElement[bool]:
    return and_(_is_owed(), or_(Wage.due_on <= today + _warning(today), Wage.denied_at.is_not(None)))


def _is_owed() -> ColumnElement[bool]:
    return and_(Wage.settled_on.is_(None), Wage.net_fen > 0)


def _warning(today: date) -> timedelta:
    return timedelta(days=law.limit("pay_warning_days", today).value)


def _wage_row(row: Wage, posting_id: int) -> WageRow:
    return WageRow(
        id=row.id,
        placement_id=row.placement_id,
        posting_id=posting_id,
        worker_id=row.worker_id,
        employer_id=row.employer_id,
        county=row.county,
        project_id=row.project_id,
        first_day=row.first_day,
        last_day=row.last_day,
        minutes=row.minutes,
        gross=tuple(Item(**item) for item in row.gross),
        deductions=tuple(Item(**item) for item in row.deductions),
        net_fen=row.net_fen,
        paid_fen=row.paid_fen,
        due_on=row.due_on,
        settled_on=row.settled_on,
        denied_at=row.denied_at,
        payments=tuple(map(_payment_row, row.payments)),
    )


def _payment_row(row: Payment) -> PaymentRow:
    return PaymentRow(
        id=row.id,
        fen=row.fen,
        paid_on=row.paid_on,
        proof=row.proof,
        on_behalf=row.on_behalf,
        number=row.number or "",
        has_photo=row.photo_sealed is not None,
        recorded_at=row.recorded_at,
        received_at=row.received_at,
        denied_at=row.denied_at,
        upheld_at=row.upheld_at,
        voided_at=row.voided_at,
        void_reason=row.void_reason,
        stands=row.stands,
        waits=row.waits,
    )
