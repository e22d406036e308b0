"""Reads of applications."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.rules import PENDING, State


@dataclass(frozen=True)
class ApplicationRow:
    posting_id: int
    worker_id: int
    state: State
    respond_by: datetime | None
    queue_place: int | None


def application_of(session: Session, *, posting_id: int, worker_id: int, lock: bool = False) -> Application | None:
    query = select(Application).where(Application.posting_id == posting_id, Application.worker_id == worker_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def rows_of_worker(
    session: Session, *, worker_id: int, posting_ids: list[int] | None = None
) -> dict[int, ApplicationRow]:
    """Applications of a worker by posting id, with the place in each queue."""
    query = select(Application).where(Application.worker_id == worker_id)
    if posting_ids is not None:
        query = query.where(Application.posting_id.in_(posting_ids))
    rows = session.scalars(query).all()
    return {row.posting_id: _row(session, row) for row in rows}


def rows_of_posting(session: Session, *, posting_id: int) -> dict[int, ApplicationRow]:
    """Applications of a posting by worker id."""
    rows = session.scalars(select(Application).where(Application.posting_id == posting_id)).all()
    return {row.worker_id: _row(session, row) for row in rows}


def queue_of(session: Session, *, posting_id: int) -> list[int]:
    """Ids of the workers who wait, the first to be called first."""
    waiting = select(Application.worker_id).where(
        Application.posting_id == posting_id, Application.state == State.QUEUED
    )
    return list(session.scalars(waiting.order_by(Application.queued_at, Application.id)))


def calls_of(session: Session, *, posting_id: int) -> int:
    """How many were called to the running shift and haven't answered yet."""
    called = select(func.count()).where(
        Application.posting_id == posting_id, Application.state == State.INVITED, Application.called_at.is_not(None)
    )
    return session.scalar(called) or 0


def pending_of(session: Session, *, posting_id: int) -> list[int]:
    """Ids of the workers who are invited or wait."""
    pending = select(Application.worker_id).where(Application.posting_id == posting_id, Application.state.in_(PENDING))
    return list(session.scalars(pending.order_by(Application.id)))


def queue_lengths(session: Session, *, posting_ids: list[int]) -> dict[int, int]:
    counted = (
        select(Application.posting_id, func.count())
        .where(Application.posting_id.in_(posting_ids), Application.state == State.QUEUED)
        .group_by(Application.posting_id)
    )
    return dict(session.execute(counted).all())


def _row(session: Session, row: Application) -> ApplicationRow:
    place = None
    if row.state == State.QUEUED:
        place = queue_of(session, posting_id=row.posting_id).index(row.worker_id) + 1
    return ApplicationRow(row.posting_id, row.worker_id, row.state, row.respond_by, place)
