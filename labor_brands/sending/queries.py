"""What a partner may be told, from the market's own rows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from labor_brands.brands.queries import brand_names
from labor_brands.bundles.rules import Kind, record_line
from labor_brands.exchange.models import Arrival, Asked, ImportedVacancy, OwnApplication, PersonHash
from labor_brands.exchange.rules import Sent
from labor_brands.partners.models import Accord, Partner
from labor_brands.sending.models import Outgoing
from labor_brands.sending.rules import Offered, offered
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import taking
from zero_work_market.market.postings.rules import State
from zero_work_market.people.workers.models import Consent, Worker
from zero_work_market.people.workers.rules import Purpose, mask_name
from zero_work_market.reference.regions.queries import region
from zero_work_market.statistics.standings.models import Standing

CHUNK = 500


def everything(session: Session, partner: Partner, agreement: Accord, *, at: datetime) -> Iterator[Offered]:
    """All that the partner may know now."""
    yield from _vacancies(session, agreement, at)
    yield from _people(session, partner)
    yield from _hires(session, partner)


def held(session: Session, partner_id: int) -> dict[tuple[Kind, str], tuple[int, int, str, bool]]:
    """Row id, version, digest and whether it is gone, of all that the partner was told."""
    query = select(
        Outgoing.kind, Outgoing.record_id, Outgoing.id, Outgoing.version, Outgoing.digest, Outgoing.gone
    ).where(Outgoing.partner_id == partner_id)
    return {(kind, id): (row, version, digest, gone) for kind, id, row, version, digest, gone in session.execute(query)}


def lines(session: Session, partner_id: int, *, after: int, upto: int) -> Iterator[bytes]:
    """The records' lines of a part of the stream, in its order; few at a time in memory."""
    query = (
        select(Outgoing.kind, Outgoing.record_id, Outgoing.version, Outgoing.body, Outgoing.gone)
        .where(Outgoing.partner_id == partner_id, Outgoing.seq > after, Outgoing.seq <= upto)
        .order_by(Outgoing.seq)
        .execution_options(yield_per=CHUNK)
    )
    for kind, id, version, body, gone in session.execute(query):
        yield record_line(Kind.TOMBSTONE if gone else kind, id, version, body)


def end_of(session: Session, partner_id: int, *, after: int, most: int | None) -> tuple[int, bool]:
    """Where a part of at most so many records ends, and whether there is more behind."""
    behind = (Outgoing.partner_id == partner_id, Outgoing.seq > after)
    last = session.scalar(select(func.max(Outgoing.seq)).where(*behind)) or after
    if most is None:
        return last, False
    part = select(Outgoing.seq).where(*behind).order_by(Outgoing.seq).limit(most).subquery()
    upto = session.scalar(select(func.max(part.c.seq))) or after
    return upto, upto < last


def why_gone(session: Session, kind: Kind, id: str) -> str:
    """Of a posting how it ended; all else was withdrawn."""
    if kind == Kind.VACANCY:
        state = session.scalar(select(Posting.state).where(Posting.id == int(id.removeprefix("v-"))))
        if state in (State.OPEN, State.EXPIRED):
            return "expired"
        return "filled" if state == State.FILLED else "withdrawn"
    return "withdrawn"


def _vacancies(session: Session, agreement: Accord, at: datetime) -> Iterator[Offered]:
    query, names = taking(at=at).where(Posting.state == State.OPEN).order_by(Posting.id), _brand_names(session)
    for posting in session.scalars(query.options(selectinload(Posting.brands))):
        yield offered(Kind.VACANCY, f"v-{posting.id}", _vacancy(posting, agreement, names))


def _vacancy(posting: Posting, agreement: Accord, names: Mapping[str, str]) -> dict[str, Any]:
    town = region(posting.town)
    return {
        "title": posting.title, "employer": posting.employer.name, "region": posting.county,
        "place": f"{region(posting.county).name}{town.name} {posting.address}".strip(), "lon": posting.lon,
        "lat": posting.lat, "headcount": posting.headcount,
        "pay": {
            "kind": posting.pay_kind.value, "fen": posting.pay_fen, "hourly_fen": posting.hourly_fen,
            "total_fen": posting.total_fen, "days": posting.pay_days,
        },
        "shifts": [{"start": shift.starts_at, "end": shift.ends_at} for shift in posting.shifts],
        "break_minutes": posting.break_minutes, "employment": posting.employment,
        "trades": [{"occupation": need.occupation, "level": need.level} for need in posting.occupations],
        "brands": _brands((one.brand for one in posting.brands), names),
        "meals": posting.meals, "lodging": posting.lodging, "transport": posting.transport,
        "insurance": posting.insurance, "min_age": posting.min_age, "words": posting.words,
        "closes_at": posting.closes_at, "url": f"{settings().public_url}/postings/{posting.id}",
        "source": agreement.as_source.model_dump(),
    }  # fmt: skip


def _people(session: Session, partner: Partner) -> Iterator[Offered]:
    """Workers who agreed that partners are told of them: those who would move, and what they applied for there."""
    agreed = select(Consent.worker_id).where(Consent.purpose == Purpose.EXCHANGE, Consent.withdrawn_at.is_(None))
    theirs = select(Arrival.worker_id).where(Arrival.partner_id == partner.id, Arrival.came)
    people = (
        select(Worker, PersonHash.person)
        .join(PersonHash, (PersonHash.worker_id == Worker.id) & (PersonHash.partner_id == partner.id))
        .where(Worker.active, Worker.erased_at.is_(None), Worker.id.in_(agreed))
        .order_by(Worker.id)
    )
    sent = (
        select(OwnApplication.id, OwnApplication.worker_id, OwnApplication.applied_at, ImportedVacancy.remote_id)
        .join(ImportedVacancy, ImportedVacancy.id == OwnApplication.vacancy_id)
        .where(ImportedVacancy.partner_id == partner.id, OwnApplication.state.in_((Sent.APPLIED, Sent.INVITED)))
    )
    applications: dict[int, list[Any]] = {}
    for row in session.execute(sent):
        applications.setdefault(row.worker_id, []).append(row)
    came, names = set(session.scalars(theirs)), _brand_names(session)
    for worker, person in session.execute(people).unique():
        told = _worker(worker, person, names)
        if worker.relocates and worker.id not in came:
            yield offered(Kind.SEEKER, person, told)
        for row in applications.get(worker.id, ()):
            body = told | {"vacancy": row.remote_id, "applied_at": row.applied_at}
            yield offered(Kind.APPLICATION, f"a-{row.id}", body)


def _worker(worker: Worker, person: str, names: Mapping[str, str]) -> dict[str, Any]:
    trades = [
        {"occupation": skill.occupation, "level": skill.level, "seen": skill.certificate_seen_at is not None}
        for skill in worker.skills
    ]
    brands = _brands((held.brand for held in worker.brands), names)
    return {
        "person": person, "name": mask_name(worker.surname), "origin": worker.town[:6], "trades": trades,
        "brands": brands, "min_hourly_fen": worker.min_hourly_fen,
    }  # fmt: skip


def _hires(session: Session, partner: Partner) -> Iterator[Offered]:
    """Whom our employers asked to come, and how far those have come whom the partner told of."""
    asked = select(Asked.person, Asked.posting_id).where(Asked.partner_id == partner.id)
    levels = dict[tuple[str, int], tuple[int, date | None]]()
    levels |= dict.fromkeys(session.execute(asked), (0, None))
    hired = (
        select(Arrival.person, Placement.posting_id, Posting.closes_at, Standing.level)
        .join(Placement, Placement.worker_id == Arrival.worker_id)
        .join(Posting, Posting.id == Placement.posting_id)
        .outerjoin(Standing, Standing.placement_id == Placement.id)
        .where(Arrival.partner_id == partner.id, Arrival.came, Placement.seat.is_not(None))
    )
    for person, posting_id, starts_at, level in session.execute(hired):
        levels[person, posting_id] = (max(1, level or 0), local_date(starts_at))
    postings = {id for _, id in levels}
    shown = {row.id: row for row in session.scalars(select(Posting).where(Posting.id.in_(postings)))}
    for (person, posting_id), (level, since) in sorted(levels.items()):
        posting = shown[posting_id]
        body = {
            "person": person, "vacancy": f"v-{posting_id}", "title": posting.title, "employer": posting.employer.name,
            "level": level, "since": since,
        }  # fmt: skip
        yield offered(Kind.HIRE, f"h-{posting_id}-{person[:24]}", body)


def _brand_names(session: Session) -> dict[str, str]:
    return {one.code: one.name for one in brand_names(session)}


def _brands(codes: Iterable[str], names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "name": names.get(code, code)} for code in codes]
