"""Reads of workers: always masked; `service.reveal` shows more, and says so in the audit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.paging import Page, page_of
from zero_work_market.ground.privacy import lookup
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.accounts.rules import mask_id_number, mask_phone
from zero_work_market.people.workers.models import Consent, DayOff, Worker
from zero_work_market.people.workers.rules import SHARED_PHONE, Purpose, mask_name


@dataclass(frozen=True)
class SkillRow:
    """`seen` when staff or an agent saw the certificate."""

    occupation: str
    level: int
    certificate: str
    seen: bool


@dataclass(frozen=True)
class WorkerCard:
    """A worker's profile. `week` as in `rules.Profile`; `days_off` ascending, past ones too."""

    id: int
    account_id: int | None
    masked_name: str
    masked_id_number: str
    masked_phone: str | None
    born_on: date
    town: str
    village: str | None
    lon: float
    lat: float
    radius_km: float
    relocates: bool
    min_hourly_fen: int
    week: int
    active: bool
    skills: tuple[SkillRow, ...]
    brands: tuple[str, ...]
    days_off: tuple[date, ...]
    registered_at: datetime
    registered_by: int | None


@dataclass(frozen=True)
class WorkerRow:
    """A worker in a staff's list."""

    id: int
    masked_name: str
    born_on: date
    town: str
    village: str | None
    occupations: tuple[str, ...]
    reachable: bool
    active: bool
    registered_at: datetime


@dataclass(frozen=True)
class ShownWorker:
    """A worker as an employer's list shows them: `skills` (occupation, level), `brands` codes."""

    masked_name: str
    town: str
    skills: tuple[tuple[str, int], ...]
    brands: tuple[str, ...]
    min_hourly_fen: int


@dataclass(frozen=True)
class SharedPhone:
    """A phone with so many workers on it that staff should ask why."""

    masked_phone: str
    workers: int


def worker_card(session: Session, worker_id: int) -> WorkerCard | None:
    """None if there is no such worker, or the profile is erased."""
    worker = session.get(Worker, worker_id)
    return _card(session, worker) if worker is not None and worker.erased_at is None else None


def worker_of_account(session: Session, account_id: int) -> WorkerCard | None:
    worker = session.scalars(select(Worker).where(Worker.account_id == account_id)).one_or_none()
    return _card(session, worker) if worker is not None else None


def worker_id_of_account(session: Session, account_id: int) -> int | None:
    return session.scalar(select(Worker.id).where(Worker.account_id == account_id))


def worker_id_of_number(session: Session, id_number: str) -> int | None:
    """By a parsed ID number; None also for an erased profile."""
    here = Worker.id_number_hash == lookup(id_number, kind="id_number"), Worker.erased_at.is_(None)
    return session.scalar(select(Worker.id).where(*here))


def shown_workers(session: Session, ids: Iterable[int]) -> dict[int, ShownWorker]:
    """Workers by id; one who isn't there is left out."""
    return {worker.id: _shown(worker) for worker in session.scalars(select(Worker).where(Worker.id.in_(tuple(ids))))}


def workers_in(session: Session, scopes: Iterable[str], *, number: int = 1, size: int = 30) -> Page[WorkerRow]:
    """Workers who live in `scopes`, the newest first."""
    scopes = tuple(scopes)
    here = or_(inside(Worker.town, scopes), inside(Worker.village, scopes))
    found = select(Worker).where(here, Worker.erased_at.is_(None)).order_by(Worker.id.desc())
    page = page_of(session, found, number=number, size=size)
    return replace(page, rows=tuple(_row(worker) for worker in page.rows))


def shared_phones(session: Session, scopes: Iterable[str]) -> tuple[SharedPhone, ...]:
    """Phones of workers in `scopes` that 40 workers or more gave, wherever they live; the most shared first."""
    scopes = tuple(scopes)
    here = select(Worker.phone_hash).where(or_(inside(Worker.town, scopes), inside(Worker.village, scopes)))
    shared = session.execute(
        select(func.max(Worker.id), func.count())
        .where(Worker.phone_hash.in_(here))
        .group_by(Worker.phone_hash)
        .having(func.count() >= SHARED_PHONE)
        .order_by(func.count().desc(), func.max(Worker.id))
    ).all()
    return tuple(
        SharedPhone(masked_phone=_masked_phone(session.get_one(Worker, worker_id)) or "", workers=workers)
        for worker_id, workers in shared
    )


def days_off(session: Session, worker_id: int) -> tuple[date, ...]:
    return tuple(session.scalars(select(DayOff.day).where(DayOff.worker_id == worker_id).order_by(DayOff.day)))


def has_consent(session: Session, *, worker_id: int, purpose: Purpose) -> bool:
    """Whether the worker agreed to a purpose, and hasn't taken it back."""
    given = (Consent.worker_id == worker_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
    return session.scalar(select(Consent.id).where(*given).limit(1)) is not None


def own_data(session: Session, worker: Worker) -> dict[str, Any]:
    """All that is kept of a worker, in the clear, as plain values ready for JSON."""
    log = session.scalars(select(AuditRow).where(AuditRow.subject == f"worker:{worker.id}").order_by(AuditRow.id))
    return {
        "name": worker.name,
        "id_number": worker.id_number,
        "born_on": worker.born_on.isoformat(),
        "phone": worker.phone,
        "home": {"town": worker.town, "village": worker.village, "lon": worker.lon, "lat": worker.lat},
        "radius_km": worker.radius_km,
        "relocates": worker.relocates,
        "min_hourly_fen": worker.min_hourly_fen,
        "week": worker.week,
        "days_off": [day.isoformat() for day in days_off(session, worker.id)],
        "active": worker.active,
        "skills": [
            {
                "occupation": skill.occupation,
                "level": skill.level,
                "certificate": skill.certificate,
                "certificate_seen_at": skill.certificate_seen_at and skill.certificate_seen_at.isoformat(),
            }
            for skill in worker.skills
        ],
        "brands": [held.brand for held in worker.brands],
        "registered_at": worker.registered_at.isoformat(),
        "consents": [
            {
                "purpose": consent.purpose.value,
                "given_how": consent.given_how.value,
                "slip": consent.slip,
                "given_at": consent.given_at.isoformat(),
                "withdrawn_at": consent.withdrawn_at and consent.withdrawn_at.isoformat(),
            }
            for consent in worker.consents
        ],
        "log": [{"at": row.at.isoformat(), "what": row.verb, "by": row.role, "reason": row.reason} for row in log],
    }


def _card(session: Session, worker: Worker) -> WorkerCard:
    return WorkerCard(
        id=worker.id,
        account_id=worker.account_id,
        masked_name=mask_name(worker.surname),
        masked_id_number=mask_id_number(worker.id_number or ""),
        masked_phone=_masked_phone(worker),
        born_on=worker.born_on,
        town=worker.town,
        village=worker.village,
        lon=worker.lon,
        lat=worker.lat,
        radius_km=worker.radius_km,
        relocates=worker.relocates,
        min_hourly_fen=worker.min_hourly_fen,
        week=worker.week,
        active=worker.active,
        skills=tuple(
            SkillRow(skill.occupation, skill.level, skill.certificate, skill.certificate_seen_at is not None)
            for skill in worker.skills
        ),
        brands=tuple(held.brand for held in worker.brands),
        days_off=days_off(session, worker.id),
        registered_at=worker.registered_at,
        registered_by=worker.registered_by,
    )


def _shown(worker: Worker) -> ShownWorker:
    return ShownWorker(
        masked_name=mask_name(worker.surname),
        town=worker.town,
        skills=tuple((skill.occupation, skill.level) for skill in worker.skills),
        brands=tuple(held.brand for held in worker.brands),
        min_hourly_fen=worker.min_hourly_fen,
    )


def _row(worker: Worker) -> WorkerRow:
    return WorkerRow(
        id=worker.id,
        masked_name=mask_name(worker.surname),
        born_on=worker.born_on,
        town=worker.town,
        village=worker.village,
        occupations=tuple(skill.occupation for skill in worker.skills),
        reachable=worker.phone_hash is not None,
        active=worker.active,
        registered_at=worker.registered_at,
    )


def _masked_phone(worker: Worker) -> str | None:
    return mask_phone(worker.phone) if worker.phone else None
