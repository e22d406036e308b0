"""The outbox: the queue of record. An event is a row of the transaction that it tells of; a task queue only wakes up.

Delivery leases the row, then handles it and marks it done in one transaction, so that its effects in the database
happen exactly once, whichever process dies when. A lease that ran out is sent again by beat.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground import clock
from zero_work_market.ground.db import Base, BigId, rows_changed, transaction

LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=10)
HIGHEST_ATTEMPTS = 12


@dataclass(frozen=True)
class Event:
    """A fact announced by a room's events.py: a frozen dataclass of ids, with a kind that never changes."""

    kind: ClassVar[str]


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "done_at", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    announced_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When it may be taken: at once, after a lease that ran out, or after a failure's pause."""
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


Handler = Callable[[Session, Mapping[str, Any]], None]


def announce(session: Session, event: Event) -> None:
    """Add `event` to this transaction; its id waits in `session.info["announced"]` for whoever wakes the workers."""
    at = clock.now()
    row = OutboxRow(kind=event.kind, payload=asdict(event), announced_at=at, due_at=at)
    session.add(row)
    session.flush([row])
    session.info.setdefault("announced", []).append(row.id)


def due(session: Session, *, at: datetime, limit: int = 500) -> list[int]:
    """Ids that wait to be handled: never taken, or whose lease ran out."""
    waiting = (OutboxRow.done_at.is_(None), OutboxRow.due_at <= at, OutboxRow.attempts < HIGHEST_ATTEMPTS)
    return list(session.scalars(select(OutboxRow.id).where(*waiting).order_by(OutboxRow.id).limit(limit)))


def deliver(event_id: int, handlers: Mapping[str, Handler]) -> bool:
    """Lease the event, then handle it and mark it done in one transaction. False if it was done or is leased elsewhere.

    What the handler raises is kept on the row, postpones the next attempt, and is raised again.
    """
    if not _lease(event_id):
        return False
    try:
        with transaction() as session:
            row = session.scalars(select(OutboxRow).where(OutboxRow.id == event_id).with_for_update()).one()
            if row.done_at is not None:
                return False
            handlers[row.kind](session, row.payload)
            row.done_at, row.error = clock.now(), None
    except Exception as error:
        _postpone(event_id, error)
        raise
    return True


def _lease(event_id: int) -> bool:
    at = clock.now()
    free = (OutboxRow.id == event_id, OutboxRow.done_at.is_(None), OutboxRow.due_at <= at)
    with transaction() as session:
        leased = session.execute(
            update(OutboxRow).where(*free).values(due_at=at + LEASE, attempts=OutboxRow.attempts + 1)
        )
        return rows_changed(leased) == 1


def _postpone(event_id: int, error: Exception) -> None:
    with transaction() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.id == event_id).with_for_update()).one()
        row.error = f"{type(error).__name__}: {error}"[:2000]
        row.due_at = clock.now() + min(LONGEST_WAIT, timedelta(seconds=2**row.attempts))
