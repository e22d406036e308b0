"""Reads that only the staff's pages ask for: rows behind figures, people of a village, who is at the desk, looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.clock import day_bounds, local_date
from zero_work_market.ground.errors import InvalidValue
from zero_work_market.ground.paging import Page, page_of
from zero_work_market.ground.privacy import lookup
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.rules import State
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Village
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.accounts.rules import parse_id_number, parse_phone, plain
from zero_work_market.people.employers.models import Document, Employer
from zero_work_market.people.employers.rules import Paper, Verification
from zero_work_market.people.workers.models import Worker
from zero_work_market.statistics.seats.queries import AcceptedSeat

PHONE_DIGITS = 11
WORKER_LOOKS = ("worker.name_seen", "worker.id_number_seen", "worker.phone_seen", "worker.agreement_seen")
EMPLOYER_LOOKS = ("employer.reveal_operator", "employer.read_paper")
PAGE = 30
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Where:
    """Work that starts between two days, both included: in `towns` (or regions above), or of people of `villages`."""

    first: date
    last: date
    towns: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[ColumnElement[bool], ...]:
        """Conditions on Posting, joined with Worker."""
        begin, end = day_bounds(self.first)[0], day_bounds(self.last)[1]
        here = inside(Worker.village, self.villages) if self.villages else inside(Posting.town, self.towns)
        return here, Posting.published_at.is_not(None), Posting.closes_at >= begin, Posting.closes_at < end


@dataclass(frozen=True)
class Invitation:
    """A row behind the count of invitations."""

    posting_id: int
    title: str
    employer: str
    town: str
    worker_id: int
    invited_at: datetime
    starts_at: datetime
    state: State


@dataclass(frozen=True)
class VillageCounts:
    """The people of some villages, and what came to them for work of some days."""

    registered: int
    without_phone: int
    invitations: int
    accepted: int
    workers: int


def postings(session: Session, where: Where, *, number: int) -> Page[Posting]:
    """Published postings of towns, by the start of the work."""
    return page_of(session, select(Posting).where(*where.terms).order_by(Posting.closes_at, Posting.id), number=number)


def invitations(session: Session, where: Where, *, number: int) -> Page[Invitation]:
    """The latest first."""
    query = _of_workers(select(Application.id), Application, where).where(Application.invited_at.is_not(None))
    page = page_of(session, query.order_by(Application.invited_at.desc(), Application.id.desc()), number=number)
    rows = session.execute(
        select(Application, Posting).join(Posting, Posting.id == Application.posting_id)
        .where(Application.id.in_(page.rows)).order_by(Application.invited_at.desc(), Application.id.desc())
    )  # fmt: skip
    return Page(tuple(_invitation(row, posting) for row, posting in rows), page.number, page.size, page.total)


def village_seats(session: Session, where: Where, *, number: int) -> Page[AcceptedSeat]:
    """Seats that people of the villages hold, the latest first."""
    query = _of_workers(select(Placement.id), Placement, where).where(Placement.seat.is_not(None))
    page = page_of(session, query.order_by(Placement.accepted_at.desc(), Placement.id.desc()), number=number)
    rows = session.execute(
        select(Placement, Posting).join(Posting, Posting.id == Placement.posting_id)
        .where(Placement.id.in_(page.rows)).order_by(Placement.accepted_at.desc(), Placement.id.desc())
    )  # fmt: skip
    return Page(tuple(_seat(row, posting) for row, posting in rows), page.number, page.size, page.total)


def village_counts(session: Session, where: Where) -> VillageCounts:
    living = (inside(Worker.village, where.villages), Worker.erased_at.is_(None))
    registered, reached = session.execute(select(func.count(), func.count(Worker.phone_hash)).where(*living)).one()
    invited = _of_workers(select(func.count()), Application, where).where(Application.invited_at.is_not(None))
    persons = func.count(func.distinct(Placement.worker_id))
    held = _of_workers(select(func.count(), persons), Placement, where).where(Placement.seat.is_not(None))
    accepted, workers = session.execute(held).one()
    return VillageCounts(registered, registered - reached, session.scalar(invited) or 0, accepted, workers)


def employer_states(session: Session, scopes: Iterable[str]) -> dict[Verification, int]:
    """How many employers seated in `scopes` are in each state."""
    counted = select(Employer.state, func.count()).where(inside(Employer.town, scopes)).group_by(Employer.state)
    return dict(session.execute(counted).all())


def employers(session: Session, scopes: Iterable[str], *, state: Verification, number: int) -> Page[Employer]:
    """Employers seated in `scopes` in a state, the latest to come into it first."""
    here = select(Employer).where(inside(Employer.town, scopes), Employer.state == state)
    return page_of(session, here.order_by(Employer.state_since.desc(), Employer.id), number=number)


def employers_of_placements(session: Session, placement_ids: Iterable[int]) -> dict[int, str]:
    """Short names of whom each placement was with."""
    named = select(Placement.id, Employer.short).join(Posting, Posting.id == Placement.posting_id)
    named = named.join(Employer, Employer.id == Posting.employer_id).where(Placement.id.in_(placement_ids))
    return dict(session.execute(named).all())


def paper_types(session: Session, employer_id: int) -> dict[Paper, str]:
    """Media type of each paper that an employer has shown."""
    shown = select(Document.paper, Document.media_type).where(Document.employer_id == employer_id)
    return dict(session.execute(shown).all())


def villages(session: Session, scopes: Iterable[str]) -> list[Village]:
    """Villages that staff have entered in `scopes`, by code."""
    return list(session.scalars(select(Village).where(inside(Village.code, scopes)).order_by(Village.code)))


def looks(session: Session, scopes: Iterable[str], *, number: int) -> Page[AuditRow]:
    """Looks at the full name, number, phone or papers of workers and employers in `scopes`, the latest first."""
    scopes = tuple(scopes)
    seen = select(AuditRow).where(or_(AuditRow.verb.in_(WORKER_LOOKS), _by_staff()))
    seen = seen.outerjoin(Worker, Worker.id == _id_in("worker")).outerjoin(Employer, Employer.id == _id_in("employer"))
    here = or_(inside(Worker.town, scopes), inside(Worker.village, scopes), inside(Employer.town, scopes))
    return page_of(session, seen.where(here).order_by(AuditRow.id.desc()), number=number)


def _by_staff() -> ColumnElement[bool]:
    """An operator's look at the own papers is nobody's business."""
    return and_(AuditRow.verb.in_(EMPLOYER_LOOKS), AuditRow.role != "employer")


def _id_in(kind: str) -> ColumnElement[int]:
    """The id in an audit row's subject "kind:12"; 0 for a subject of another kind, which a cast would choke on."""
    digits = func.substr(AuditRow.subject, len(kind) + 2)
    return cast(case((AuditRow.subject.startswith(f"{kind}:"), digits), else_="0"), BigInteger)


def worker_ids_of(session: Session, text: str, scopes: Iterable[str], *, at: datetime) -> list[int]:
    """Workers of `scopes` by ID number or phone, found by its keyed hash. Raises InvalidValue for what is neither."""
    try:
        known = Worker.phone_hash == lookup(parse_phone(text), kind="phone")
    except InvalidValue:
        if len(plain(text)) <= PHONE_DIGITS:
            raise
        known = Worker.id_number_hash == lookup(parse_id_number(text, today=local_date(at)), kind="id_number")
    here = or_(inside(Worker.town, scopes), inside(Worker.village, scopes))
    found = select(Worker.id).where(known, here, Worker.erased_at.is_(None))
    return list(session.scalars(found.order_by(Worker.id)))


def _of_workers(query: Select[*Columns], rows: Any, where: Where) -> Select[*Columns]:
    """Applications or placements of `where`."""
    joined = query.select_from(rows).join(Posting, Posting.id == rows.posting_id)
    return joined.join(Worker, Worker.id == rows.worker_id).where(*where.terms)


def _invitation(row: Application, posting: Posting) -> Invitation:
    assert row.invited_at is not None
    return Invitation(
        posting.id, posting.title, posting.employer.short, posting.town, row.worker_id, row.invited_at,
        posting.closes_at, row.state,
    )  # fmt: skip


def _seat(row: Placement, posting: Posting) -> AcceptedSeat:
    return AcceptedSeat(
        row.id, posting.id, posting.title, posting.employer.short, posting.town, row.worker_id, row.accepted_at,
        posting.closes_at,
    )  # fmt: skip
