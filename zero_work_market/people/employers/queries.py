"""Reads of employers, their operators masked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.paging import Page, page_of
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.accounts.rules import mask_id_number
from zero_work_market.people.employers.models import Document, Employer, Project
from zero_work_market.people.employers.rules import Paper, Verification


@dataclass(frozen=True)
class EmployerRow:
    """`masked_operator` is e.g. 王**; `papers` in the order of `Paper`."""

    id: int
    account_id: int
    name: str
    short: str
    uscc: str
    county: str
    town: str
    address: str
    masked_operator: str
    masked_operator_id_number: str
    state: Verification
    state_reason: str
    state_since: datetime
    registered_at: datetime
    verified_at: datetime | None
    valid_until: datetime | None
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class WaitingRow:
    employer: EmployerRow
    waited: timedelta


@dataclass(frozen=True)
class ProjectRow:
    """A construction project; `masked_account` shows the last four digits of its wage account, empty without one."""

    id: int
    employer_id: int
    name: str
    number: str
    contractor: str
    insurance_number: str
    bank: str
    masked_account: str
    added_at: datetime
    closed_at: datetime | None


def employer(session: Session, employer_id: int) -> EmployerRow | None:
    return next(iter(_rows(session, select(Employer).where(Employer.id == employer_id))), None)


def employer_of_account(session: Session, account_id: int) -> EmployerRow | None:
    return next(iter(_rows(session, select(Employer).where(Employer.account_id == account_id))), None)


def employer_id_of_account(session: Session, account_id: int) -> int | None:
    return session.scalar(select(Employer.id).where(Employer.account_id == account_id))


def ids_of_name(session: Session, words: str, *, limit: int = 5) -> list[int]:
    """Ids of the employers whose credit code or whole name this is; without one, of those whose name holds it."""
    exact = or_(Employer.uscc == words.upper(), Employer.name == words, Employer.short == words)
    for fits in (exact, Employer.name.contains(words, autoescape=True)):
        if found := session.scalars(select(Employer.id).where(fits).order_by(Employer.id).limit(limit)).all():
            return list(found)
    return []


def waiting(session: Session, scopes: Iterable[str], *, at: datetime, limit: int = 200) -> tuple[WaitingRow, ...]:
    """Who waits to be verified in `scopes`, the longest first."""
    here = select(Employer).where(Employer.state == Verification.WAITING, inside(Employer.county, scopes))
    rows = _rows(session, here.order_by(Employer.state_since, Employer.id).limit(limit))
    return tuple(WaitingRow(employer=row, waited=at - row.state_since) for row in rows)


def due(session: Session, scopes: Iterable[str], *, at: datetime, days: int = 30) -> tuple[EmployerRow, ...]:
    """Verified ones in `scopes` whose term ends within `days` or has ended, the most urgent first."""
    verified = select(Employer).where(Employer.state == Verification.VERIFIED, inside(Employer.county, scopes))
    ending = verified.where(Employer.valid_until <= at + timedelta(days=days))
    return _rows(session, ending.order_by(Employer.valid_until, Employer.id))


def employers_in(session: Session, scopes: Iterable[str], *, number: int = 1, size: int = 30) -> Page[EmployerRow]:
    """Employers in `scopes`, by name."""
    here = select(Employer).where(inside(Employer.county, scopes)).order_by(Employer.name, Employer.id)
    page = page_of(session, here, number=number, size=size)
    return replace(page, rows=_shown(session, page.rows))


def projects_of(session: Session, employer_id: int, *, closed: bool = True) -> tuple[ProjectRow, ...]:
    """An employer's construction projects, the newest first; only those that still run unless `closed`."""
    query = select(Project).where(Project.employer_id == employer_id).order_by(Project.id.desc())
    rows = session.scalars(query if closed else query.where(Project.closed_at.is_(None)))
    return tuple(map(_project_row, rows))


def project(session: Session, project_id: int) -> ProjectRow | None:
    found = session.get(Project, project_id)
    return None if found is None else _project_row(found)


def _project_row(found: Project) -> ProjectRow:
    account = found.wage_account or ""
    return ProjectRow(
        id=found.id,
        employer_id=found.employer_id,
        name=found.name,
        number=found.number,
        contractor=found.contractor,
        insurance_number=found.insurance_number,
        bank=found.bank,
        masked_account=f"尾号 {account[-4:]}" if account else "",
        added_at=found.added_at,
        closed_at=found.closed_at,
    )


def _rows(session: Session, found: Select[Employer]) -> tuple[EmployerRow, ...]:
    return _shown(session, session.scalars(found).all())


def _shown(session: Session, found: Sequence[Employer]) -> tuple[EmployerRow, ...]:
    papers: dict[int, set[Paper]] = {row.id: set() for row in found}
    for employer_id, paper in session.execute(
        select(Document.employer_id, Document.paper).where(Document.employer_id.in_(papers))
    ):
        papers[employer_id].add(paper)
    return tuple(_row(row, papers[row.id]) for row in found)


def _row(found: Employer, papers: set[Paper]) -> EmployerRow:
    return EmployerRow(
        id=found.id,
        account_id=found.account_id,
        name=found.name,
        short=found.short,
        uscc=found.uscc,
        county=found.county,
        town=found.town,
        address=found.address,
        masked_operator=f"{(found.operator or '')[:1]}**",
        masked_operator_id_number=mask_id_number(found.operator_id_number or ""),
        state=found.state,
        state_reason=found.state_reason,
        state_since=found.state_since,
        registered_at=found.registered_at,
        verified_at=found.verified_at,
        valid_until=found.valid_until,
        papers=tuple(paper for paper in Paper if paper in papers),
    )
