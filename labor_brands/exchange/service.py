"""Taking in what a partner tells, and what follows here: applications, invitations, one person of two."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, lazyload

from labor_brands.bundles.rules import Hire as HireBody
from labor_brands.bundles.rules import Kind, Manifest, Record, Refused, person_hash
from labor_brands.exchange.events import AskedToCome, BundleUploaded, OwnApplicationClosed, RemoteApplied
from labor_brands.exchange.models import (
    Arrival,
    Asked,
    ImportedVacancy,
    OwnApplication,
    PersonHash,
    RefusedLine,
    RemoteApplication,
    Seeker,
    Transfer,
)
from labor_brands.exchange.queries import (
    TABLES,
    live_applications,
    own_application,
    ranks,
    transfer,
    unmatched,
    vacancy,
)
from labor_brands.exchange.rules import (
    MOST_REFUSED,
    Counts,
    Direction,
    NotAsked,
    Sent,
    Stage,
    VacancyGone,
    Way,
    columns_of,
    winners,
)
from labor_brands.partners.models import Partner
from labor_brands.partners.queries import partner as partner_by_code
from zero_work_market.ground import outbox
from zero_work_market.ground.audit import SYSTEM, Actor, record
from zero_work_market.ground.errors import IllegalMove, NotFound
from zero_work_market.market.applications.service import invite
from zero_work_market.market.placements.rules import PostingClosed
from zero_work_market.market.postings.queries import locked
from zero_work_market.market.postings.rules import TAKING
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import has_consent
from zero_work_market.people.workers.rules import Purpose

CHUNK = 500


def take(session: Session, *, partner: Partner, records: Sequence[Record], at: datetime) -> Counts:
    """Keep what is newer than what is kept: any order and any repetition come to the same.

    One transaction a chunk; the partner is locked, so that two imports of it come one after the other.
    """
    session.refresh(partner, with_for_update=True)
    counts = Counts()
    for kind, table in TABLES.items():
        best = winners(record for record in records if record.kind == kind)
        known = ranks(session, partner.id, kind, best)
        fresh = [columns_of(one) for id, one in best.items() if id not in known]
        newer = [(known[id][0], one) for id, one in best.items() if id in known and one.rank > known[id][1]]
        if fresh:
            stamped = {"partner_id": partner.id, "told_at": at, "changed_at": at}
            session.execute(insert(table.__table__), [row | stamped for row in fresh])
        if newer:
            session.execute(update(table), [columns_of(one) | {"id": id, "changed_at": at} for id, one in newer])
        counts.new, counts.updated = counts.new + len(fresh), counts.updated + len(newer)
        changed = [row["remote_id"] for row in fresh] + [one.id for _, one in newer]
        if changed and kind in _FOLLOWS:
            _FOLLOWS[kind](session, partner, changed, at)
    counts.unchanged = len(records) - counts.new - counts.updated
    return counts


def _follow_vacancies(session: Session, partner: Partner, ids: Sequence[str], at: datetime) -> None:
    """Whoever applied for one that is gone is told."""
    gone = select(ImportedVacancy.id).where(
        ImportedVacancy.partner_id == partner.id, ImportedVacancy.remote_id.in_(ids), ImportedVacancy.gone != ""
    )
    for row in live_applications(session, vacancy_ids=session.scalars(gone).all()):
        row.state, row.changed_at = Sent.CLOSED, at
        outbox.announce(session, OwnApplicationClosed(application_id=row.id))


def _follow_applications(session: Session, partner: Partner, ids: Sequence[str], at: datetime) -> None:
    """The employer of ours is told, once for each application."""
    fresh = select(RemoteApplication).where(
        RemoteApplication.partner_id == partner.id,
        RemoteApplication.remote_id.in_(ids),
        RemoteApplication.gone == "",
        RemoteApplication.told_at == at,
    )
    for row in session.scalars(fresh.order_by(RemoteApplication.id)):
        outbox.announce(session, RemoteApplied(application_id=row.id))


def _follow_hires(session: Session, partner: Partner, ids: Sequence[str], at: datetime) -> None:
    """Whoever is asked to come, or is hired, is told the first time."""
    table = TABLES[Kind.HIRE]
    bodies = session.scalars(
        select(table.body).where(table.partner_id == partner.id, table.remote_id.in_(ids), table.gone == "")
    )
    for body in bodies:
        hire = HireBody.model_validate(body)
        asked = (
            select(OwnApplication)
            .join(ImportedVacancy, ImportedVacancy.id == OwnApplication.vacancy_id)
            .join(PersonHash, PersonHash.worker_id == OwnApplication.worker_id)
            .where(ImportedVacancy.partner_id == partner.id, ImportedVacancy.remote_id == hire.vacancy)
            .where(PersonHash.partner_id == partner.id, PersonHash.person == hire.person)
        )
        for row in session.scalars(asked.where(OwnApplication.state == Sent.APPLIED)):
            row.state, row.changed_at = Sent.INVITED, at
            outbox.announce(session, AskedToCome(application_id=row.id))


_FOLLOWS = {
    Kind.VACANCY: _follow_vacancies,
    Kind.APPLICATION: _follow_applications,
    Kind.HIRE: _follow_hires,
}


def compare_workers(session: Session, *, code: str, most: int = CHUNK) -> int:
    """Hash the ID numbers of workers who came since the last time, so many at most. Returns how many; 0: all are."""
    partner = partner_by_code(session, code, lock=True)
    hashed = select(PersonHash.worker_id).where(PersonHash.partner_id == partner.id, PersonHash.worker_id == Worker.id)
    query = select(Worker).where(Worker.erased_at.is_(None), ~hashed.exists()).order_by(Worker.id).limit(most)
    rows = session.scalars(query.options(lazyload("*"))).all()
    fresh = [
        {"partner_id": partner.id, "worker_id": row.id, "person": person_hash(row.id_number or "", partner.shared)}
        for row in rows
    ]
    if fresh:
        session.execute(insert(PersonHash), fresh)
    return len(fresh)


def recognise(session: Session, *, code: str, at: datetime) -> list[Arrival]:
    """Make one of two: workers of ours whom the partner told of. Whom an employer asked to come is invited now."""
    partner = partner_by_code(session, code, lock=True)
    _forget_erased(session, partner)
    made = []
    for worker_id, person in unmatched(session, partner.id):
        worker = session.get_one(Worker, worker_id)
        arrival = Arrival(partner_id=partner.id, worker_id=worker_id, person=person, known_at=at)
        arrival.came = _came(session, partner, person, worker)
        session.add(arrival)
        made.append(arrival)
        record(session, verb="exchange.recognised", subject=f"worker:{worker_id}", by=SYSTEM, at=at, partner=code)
    session.flush()
    waiting = (
        select(Asked, Arrival.worker_id)
        .join(Arrival, (Arrival.partner_id == Asked.partner_id) & (Arrival.person == Asked.person))
        .where(Asked.partner_id == partner.id, Asked.invited_at.is_(None))
    )
    for asked, worker_id in session.execute(waiting.order_by(Asked.posting_id, Asked.id)).all():
        _invite(session, asked, worker_id, at)
    return made


def ask_to_come(session: Session, *, application_id: int, by: Actor, at: datetime) -> Asked:
    """An employer wants a remote applicant: told there with the next bundle, invited here once they are registered.

    The caller has checked that the posting is the employer's. Raises NotFound, PostingClosed.
    """
    row = session.get(RemoteApplication, application_id)
    if row is None or row.gone:
        raise NotFound(what="application")
    posting = locked(session, posting_id_of(row.vacancy))
    if posting.state not in TAKING or posting.closes_at <= at:
        raise PostingClosed(state=posting.state)
    known = select(Asked).where(
        Asked.partner_id == row.partner_id, Asked.person == row.person, Asked.posting_id == posting.id
    )
    asked = session.scalars(known).one_or_none()
    if asked is None:
        asked = Asked(partner_id=row.partner_id, person=row.person, posting_id=posting.id, asked_at=at)
        session.add(asked)
        session.flush()
        record(session, verb="exchange.asked", subject=f"posting:{posting.id}", by=by, at=at, application=row.id)
    here = select(Arrival.worker_id).where(Arrival.partner_id == row.partner_id, Arrival.person == row.person)
    worker_id = session.scalar(here)
    if worker_id is not None and asked.invited_at is None:
        _invite(session, asked, worker_id, at, by=by)
    return asked


def apply(session: Session, *, vacancy_id: int, worker_id: int, by: Actor, at: datetime) -> OwnApplication:
    """A worker applies for a partner's vacancy; it travels with the next bundle. Twice is once.

    Raises NotFound, VacancyGone, NotAsked without the worker's consent that the partner is told of them.
    """
    found = vacancy(session, vacancy_id, lock=True)
    if found.closes_at is None or found.closes_at <= at:
        raise VacancyGone(why="expired")
    if not has_consent(session, worker_id=worker_id, purpose=Purpose.EXCHANGE):
        raise NotAsked()
    row = own_application(session, vacancy_id=vacancy_id, worker_id=worker_id)
    if row is None:
        row = OwnApplication(vacancy_id=vacancy_id, worker_id=worker_id, applied_at=at)
        session.add(row)
    elif row.state in (Sent.APPLIED, Sent.INVITED):
        return row
    row.state, row.changed_at = Sent.APPLIED, at
    row.title, row.employer = found.title, str(found.body["employer"])
    session.flush()
    record(session, verb="exchange.applied", subject=f"worker:{worker_id}", by=by, at=at, vacancy=vacancy_id)
    return row


def withdraw(session: Session, *, vacancy_id: int, worker_id: int, by: Actor, at: datetime) -> None:
    """Take an application back. Raises NotFound, IllegalMove."""
    row = own_application(session, vacancy_id=vacancy_id, worker_id=worker_id)
    if row is None:
        raise NotFound(what="application")
    if row.state not in (Sent.APPLIED, Sent.INVITED):
        raise IllegalMove(what="application", from_state=row.state, to_state=Sent.WITHDRAWN)
    row.state, row.changed_at = Sent.WITHDRAWN, at
    record(session, verb="exchange.withdrawn", subject=f"worker:{worker_id}", by=by, at=at, vacancy=vacancy_id)


def begin(
    session: Session,
    *,
    partner: Partner,
    manifest: Manifest,
    lines: int,
    way: Way,
    stage: Stage = Stage.RUNNING,
    direction: Direction = Direction.IN,
    name: str = "",
    file: bytes | None = None,
    by: Actor,
    at: datetime,
) -> Transfer:
    """The row that tells how a bundle fares."""
    row = Transfer(
        partner_id=partner.id, direction=direction, way=way, stage=stage, at=at, name=name[:120], lines=lines,
        after=manifest.after, upto=manifest.upto, account_id=by.account_id, file=file,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def note_part(session: Session, *, transfer_id: int, counts: Counts, lines_read: int) -> None:
    """How far it is, and which lines were refused."""
    row = session.get_one(Transfer, transfer_id)
    kept = row.refused
    row.lines_read = lines_read
    row.new, row.updated = row.new + counts.new, row.updated + counts.updated
    row.unchanged, row.refused = row.unchanged + counts.unchanged, row.refused + len(counts.refused)
    rows = [_refused_row(transfer_id, one) for one in counts.refused[: max(0, MOST_REFUSED - kept)]]
    if rows:
        session.execute(insert(RefusedLine), rows)


def end(session: Session, *, transfer_id: int, partner: Partner, manifest: Manifest, whole: bool, at: datetime) -> None:
    """It was read to its end. The cursor moves on if nothing was lost on the way and it joins what was taken before."""
    row = session.get_one(Transfer, transfer_id)
    row.stage, row.ended_at = Stage.DONE, at
    session.refresh(partner, with_for_update=True)
    if partner.their_stream != manifest.stream:
        partner.their_stream, partner.cursor = manifest.stream, 0
    if whole and manifest.after <= partner.cursor:
        partner.cursor = max(partner.cursor, manifest.upto)


def close(session: Session, *, transfer_id: int, error: str = "") -> None:
    """Let go of the uploaded bundle; with `error`, nothing of it was taken."""
    row = session.get_one(Transfer, transfer_id)
    row.file = None
    if error:
        row.stage, row.error = Stage.FAILED, error


def restart(session: Session, *, transfer_id: int) -> None:
    """From its first line: what an interrupted attempt counted is counted anew."""
    row = session.get_one(Transfer, transfer_id)
    row.stage, row.lines_read, row.new, row.updated, row.unchanged, row.refused = Stage.RUNNING, 0, 0, 0, 0, 0
    session.execute(delete(RefusedLine).where(RefusedLine.transfer_id == transfer_id))


def confirm(session: Session, *, transfer_id: int, by: Actor, at: datetime) -> Transfer:
    """Staff want what was looked through taken in: a task does it. Raises NotFound, IllegalMove."""
    row = transfer(session, transfer_id)
    if row.stage != Stage.CHECKED:
        raise IllegalMove(what="transfer", from_state=row.stage, to_state=Stage.RUNNING)
    row.stage = Stage.RUNNING
    record(session, verb="exchange.confirmed", subject=f"exchange_transfer:{row.id}", by=by, at=at)
    outbox.announce(session, BundleUploaded(transfer_id=row.id))
    return row


def posting_id_of(vacancy_id: str) -> int:
    """The posting of ours that a partner's record names. Raises NotFound."""
    number = vacancy_id.removeprefix("v-")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise NotFound(what="posting")
    return int(number)


def _invite(session: Session, asked: Asked, worker_id: int, at: datetime, by: Actor = SYSTEM) -> None:
    """The ordinary invitation; none once the posting is over."""
    posting = locked(session, asked.posting_id)
    if posting.state in TAKING and posting.closes_at > at:
        invite(session, posting=posting, scores={worker_id: None}, by=by, at=at)
    asked.invited_at = at


def _came(session: Session, partner: Partner, person: str, worker: Worker) -> bool:
    applied = select(RemoteApplication.id).where(
        RemoteApplication.partner_id == partner.id, RemoteApplication.person == person
    )
    before = select(Seeker.id).where(
        Seeker.partner_id == partner.id, Seeker.person == person, Seeker.told_at <= worker.registered_at
    )
    return session.scalar(applied.limit(1)) is not None or session.scalar(before.limit(1)) is not None


def _forget_erased(session: Session, partner: Partner) -> None:
    erased = select(Worker.id).where(Worker.erased_at.is_not(None))
    session.execute(delete(PersonHash).where(PersonHash.partner_id == partner.id, PersonHash.worker_id.in_(erased)))


def _refused_row(transfer_id: int, one: Refused) -> Mapping[str, Any]:
    return {"transfer_id": transfer_id, "line": one.line, "reason": one.reason[:120]}
