"""The verbs on a worker's home: told by the worker or at the desk, proven by staff, taken back."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.errors import NotAllowed, NotFound
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission, check_reason
from zero_work_market.people.origins.models import Origin
from zero_work_market.people.origins.rules import NotTold, Proof, Status, check_number, check_proof
from zero_work_market.people.workers.models import Consent, Worker
from zero_work_market.people.workers.rules import Given, Purpose, check_slip
from zero_work_market.reference.regions.queries import province_of


def tell(
    session: Session, *, worker_id: int, region: str, status: Status, by: Actor, at: datetime, slip: str = ""
) -> None:
    """Keep where the worker is at home, by the worker's own word or, with the number of a signed slip, through staff.

    What was proven of another home or status no longer is. Raises NotFound, OutOfScope, NotAllowed, SlipMissing,
    UnknownRegion.
    """
    worker = _worker(session, worker_id)
    oneself = by.account_id is not None and by.account_id == worker.account_id
    if not oneself:
        _require(session, worker, Permission.REGISTER_WORKER, by)
        slip = check_slip(slip)
    province_of(region)
    row = _origin(session, worker_id)
    if row is None:
        row = Origin(worker_id=worker_id, region=region, told_at=at)
        row.status = status.value
        session.add(row)
    elif (row.region, row.status) != (region, status.value):
        row.region, row.status = region, status.value
        row.proof = row.proven_at = row.proven_by = None
    row.told_at, row.told_by = at, by.account_id
    _consent(session, worker_id, by, at, given=Given.BY_TAPPING if oneself else Given.ON_PAPER, slip=slip)
    _record(session, "told", worker_id, by, at)


def prove(session: Session, *, worker_id: int, proof: Proof, number: str, by: Actor, at: datetime) -> None:
    """Staff, never the worker, saw the paper.

    Raises NotFound, NotAllowed, OutOfScope, NotTold, ProofTooWeak, InvalidValue on "number".
    """
    worker = _worker(session, worker_id)
    _require(session, worker, Permission.PROVE_ORIGIN, by)
    if by.account_id is not None and by.account_id == worker.account_id:
        raise NotAllowed(permission=Permission.PROVE_ORIGIN.value, region=worker.town)
    row = _origin(session, worker_id)
    if row is None:
        raise NotTold(worker_id=worker_id)
    check_proof(proof, Status(row.status or "none"))
    row.proof, row.proven_at, row.proven_by = f"{proof}:{check_number(number)}", at, by.account_id
    _record(session, "proven", worker_id, by, at)


def unprove(session: Session, *, worker_id: int, reason: str, by: Actor, at: datetime) -> None:
    """The paper turned out wrong. Raises as `prove`, and ReasonMissing."""
    _require(session, _worker(session, worker_id), Permission.PROVE_ORIGIN, by)
    reason, row = check_reason(reason), _origin(session, worker_id)
    if row is None or row.proven_at is None:
        raise NotTold(worker_id=worker_id)
    row.proof = row.proven_at = row.proven_by = None
    record(session, verb="origin.unproven", subject=f"worker:{worker_id}", by=by, at=at, reason=reason)
    session.flush()


def forget(session: Session, *, worker_id: int, by: Actor, at: datetime) -> None:
    """The worker takes it back, or erases the profile: nothing of it stays, and it counts no more."""
    worker = session.get(Worker, worker_id, with_for_update=True)
    if worker is None:
        raise NotFound(what="worker", id=worker_id)
    if by.account_id is None or by.account_id != worker.account_id:
        _require(session, worker, Permission.REGISTER_WORKER, by)
    row = _origin(session, worker_id)
    if row is None:
        return
    session.delete(row)
    for consent in session.scalars(select(Consent).where(*_standing(worker_id))):
        consent.withdrawn_at = at
    _record(session, "forgotten", worker_id, by, at)


def _consent(session: Session, worker_id: int, by: Actor, at: datetime, *, given: Given, slip: str) -> None:
    if session.scalar(select(Consent.id).where(*_standing(worker_id)).limit(1)) is None:
        witness = by.account_id if given is Given.ON_PAPER else None
        session.add(
            Consent(
                worker_id=worker_id, purpose=Purpose.COOPERATION, given_how=given, witness_account_id=witness,
                slip=slip, given_at=at,
            )
        )  # fmt: skip


def _standing(worker_id: int) -> tuple[ColumnElement[bool], ...]:
    return Consent.worker_id == worker_id, Consent.purpose == Purpose.COOPERATION, Consent.withdrawn_at.is_(None)


def _worker(session: Session, worker_id: int) -> Worker:
    """Locked, so that two who tell at once come one after the other."""
    worker = session.get(Worker, worker_id, with_for_update=True)
    if worker is None or worker.erased_at is not None:
        raise NotFound(what="worker", id=worker_id)
    return worker


def _require(session: Session, worker: Worker, permission: Permission, by: Actor) -> None:
    accounts.require(session, by=by, permission=permission, region=worker.village or worker.town)


def _origin(session: Session, worker_id: int) -> Origin | None:
    return session.scalars(select(Origin).where(Origin.worker_id == worker_id)).one_or_none()


def _record(session: Session, what: str, worker_id: int, by: Actor, at: datetime) -> None:
    record(session, verb=f"origin.{what}", subject=f"worker:{worker_id}", by=by, at=at)
    session.flush()
