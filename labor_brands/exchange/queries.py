"""Reads of what partner regions told."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from labor_brands.bundles.rules import Kind, Record
from labor_brands.exchange.models import (
    Arrival,
    Asked,
    Hire,
    ImportedVacancy,
    Kept,
    OwnApplication,
    PersonHash,
    RefusedLine,
    RemoteApplication,
    Seeker,
    Transfer,
)
from labor_brands.exchange.rules import Arrival as Came
from labor_brands.exchange.rules import Counts, Rank, Sent, VacancyGone, winners
from labor_brands.partners.models import Partner
from labor_brands.partners.queries import place_said
from zero_work_market.ground.errors import NotFound

TABLES: dict[Kind, type[Kept]] = {
    Kind.VACANCY: ImportedVacancy,
    Kind.SEEKER: Seeker,
    Kind.APPLICATION: RemoteApplication,
    Kind.HIRE: Hire,
}


def came_through(session: Session, worker_ids: Iterable[int]) -> dict[int, Came]:
    """Through which partner each of the workers came; who didn't is left out."""
    query = (
        select(Arrival.worker_id, Partner.code, Arrival.known_at)
        .join(Partner, Partner.id == Arrival.partner_id)
        .where(Arrival.worker_id.in_(tuple(worker_ids)), Arrival.came)
        .order_by(Arrival.known_at.desc(), Arrival.id.desc())
    )
    return {worker: Came(code, place_said(code), since) for worker, code, since in session.execute(query)}


def ranks(session: Session, partner_id: int, kind: Kind, ids: Iterable[str]) -> dict[str, tuple[int, Rank]]:
    """Row id and rank of the records that are kept, by the partner's id of them."""
    table = TABLES[kind]
    query = select(table.remote_id, table.id, table.version, table.gone, table.digest)
    found = session.execute(query.where(table.partner_id == partner_id, table.remote_id.in_(tuple(ids))))
    return {remote_id: (id, (version, bool(gone), digest)) for remote_id, id, version, gone, digest in found}


def preview(
    session: Session, *, partner_id: int, records: Sequence[Record], seen: dict[tuple[Kind, str], Rank]
) -> Counts:
    """What taking the records would come to, after those in `seen`, where they are added."""
    counts = Counts()
    for kind in TABLES:
        best = winners(record for record in records if record.kind == kind)
        known = {id: rank for id, (_, rank) in ranks(session, partner_id, kind, best).items()}
        for id, record in best.items():
            held = max((rank for rank in (known.get(id), seen.get((kind, id))) if rank), default=None)
            if held is None:
                counts.new += 1
            elif record.rank > held:
                counts.updated += 1
            else:
                continue
            seen[kind, id] = record.rank
    counts.unchanged = len(records) - counts.new - counts.updated
    return counts


def open_vacancies(*, at: datetime) -> Select[ImportedVacancy]:
    """What a worker may apply for, the soonest first."""
    query = select(ImportedVacancy).where(ImportedVacancy.gone == "", ImportedVacancy.closes_at > at)
    return query.order_by(ImportedVacancy.closes_at, ImportedVacancy.id)


def count_open(session: Session, *, at: datetime) -> int:
    return session.scalar(select(func.count()).select_from(open_vacancies(at=at).order_by(None).subquery())) or 0


def vacancy(session: Session, vacancy_id: int, *, lock: bool = False) -> ImportedVacancy:
    """Raises NotFound; VacancyGone for one that was withdrawn there."""
    found = session.get(ImportedVacancy, vacancy_id, with_for_update=lock, populate_existing=True)
    if found is None:
        raise NotFound(what="vacancy")
    if found.gone:
        raise VacancyGone(why=found.gone)
    return found


def own_applications(session: Session, *, worker_id: int) -> list[OwnApplication]:
    """A worker's applications to vacancies elsewhere, the newest first."""
    query = select(OwnApplication).where(OwnApplication.worker_id == worker_id)
    return list(session.scalars(query.order_by(OwnApplication.applied_at.desc(), OwnApplication.id.desc())))


def own_application(session: Session, *, vacancy_id: int, worker_id: int) -> OwnApplication | None:
    query = select(OwnApplication)
    return session.scalars(
        query.where(OwnApplication.vacancy_id == vacancy_id, OwnApplication.worker_id == worker_id)
    ).one_or_none()


def live_applications(session: Session, *, vacancy_ids: Iterable[int]) -> list[OwnApplication]:
    live = (OwnApplication.vacancy_id.in_(tuple(vacancy_ids)), OwnApplication.state.in_((Sent.APPLIED, Sent.INVITED)))
    return list(session.scalars(select(OwnApplication).where(*live).order_by(OwnApplication.id)))


def remote_applications(session: Session, *, posting_id: int) -> list[tuple[RemoteApplication, int | None, bool]]:
    """Who applied for a posting of ours from elsewhere, the first first; with their worker's id once they are here, and
    whether they were asked to come."""
    here = (Arrival.partner_id == RemoteApplication.partner_id) & (Arrival.person == RemoteApplication.person)
    asked = (Asked.partner_id == RemoteApplication.partner_id) & (Asked.person == RemoteApplication.person)
    query = (
        select(RemoteApplication, Arrival.worker_id, Asked.id)
        .outerjoin(Arrival, here)
        .outerjoin(Asked, asked & (Asked.posting_id == posting_id))
        .where(RemoteApplication.vacancy == f"v-{posting_id}", RemoteApplication.gone == "")
        .order_by(RemoteApplication.applied_at, RemoteApplication.id)
    )
    return [(row, worker_id, asked_id is not None) for row, worker_id, asked_id in session.execute(query)]


def unmatched(session: Session, partner_id: int) -> list[tuple[int, str]]:
    """(worker id, person) of workers of ours whom the partner told of, and who aren't known to be one yet."""
    known = select(Arrival.worker_id).where(Arrival.partner_id == partner_id)
    found = set[tuple[int, str]]()
    for table in (Seeker, RemoteApplication):
        same = (table.partner_id == PersonHash.partner_id) & (table.person == PersonHash.person)
        told = select(PersonHash.worker_id, PersonHash.person).join(table, same).where(table.gone == "")
        told = told.where(PersonHash.partner_id == partner_id, PersonHash.worker_id.not_in(known))
        found.update((worker_id, person) for worker_id, person in session.execute(told))
    return sorted(found)


def transfers(session: Session, *, partner_id: int | None = None, limit: int = 30) -> list[Transfer]:
    """The last bundles in and out, the newest first."""
    query = select(Transfer).order_by(Transfer.id.desc()).limit(limit)
    if partner_id is not None:
        query = query.where(Transfer.partner_id == partner_id)
    return list(session.scalars(query))


def transfer(session: Session, transfer_id: int) -> Transfer:
    found = session.get(Transfer, transfer_id)
    if found is None:
        raise NotFound(what="transfer")
    return found


def refused_lines(session: Session, transfer_id: int, *, limit: int = 200) -> list[RefusedLine]:
    query = select(RefusedLine).where(RefusedLine.transfer_id == transfer_id).order_by(RefusedLine.line)
    return list(session.scalars(query.limit(limit)))


def counts_of(session: Session, partner_id: int) -> dict[Kind, int]:
    """How many records of each kind are there that hold."""
    return {
        kind: session.scalar(select(func.count()).where(table.partner_id == partner_id, table.gone == "")) or 0
        for kind, table in TABLES.items()
    }


def arrivals_of(session: Session, partner_id: int) -> int:
    came = select(func.count()).where(Arrival.partner_id == partner_id, Arrival.came)
    return session.scalar(came) or 0
