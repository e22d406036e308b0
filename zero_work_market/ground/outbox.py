"""The outbox: the queue of record. An event is a row of the transaction that it tells of; a task queue only wakes up.

Delivery leases the row, then handles it and marks it done in one transaction, so that its effects in the database
happen exactly once, whichever process dies when. A lease that ran out is taken again by beat's next sweep.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground import clock
from zero_work_market.ground.db import Base, BigId, rows_changed, transaction

LEASE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
KEPT = timedelta(days=30)


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
"""What an event does in the database, from its payload: exactly once."""
Errand = Callable[[Mapping[str, Any]], None]
"""What an event does outside the database, done before its handler and holding no transaction: at least once."""


def announce(session: Session, event: Event) -> None:
    """Add `event` to this transaction; its id waits in `session.info["announced"]` for whoever wakes the workers."""
    at = clock.now()
    row = OutboxRow(kind=event.kind, payload=asdict(event), announced_at=at, due_at=at)
    session.add(row)
    session.flush()
    session.info.setdefault("announced", []).append(row.id)


def due(session: Session, *, at: datetime, limit: int = 500) -> list[int]:
    """Ids that wait to be handled: never taken, or whose lease ran out."""
    waiting = (OutboxRow.done_at.is_(None), OutboxRow.due_at <= at)
    return list(session.scalars(select(OutboxRow.id).where(*waiting).order_by(OutboxRow.id).limit(limit)))


def failing(session: Session) -> dict[str, str]:
    """The latest error of each kind of event that waits to be tried again."""
    waiting = (OutboxRow.done_at.is_(None), OutboxRow.error.is_not(None))
    rows = session.execute(select(OutboxRow.kind, OutboxRow.error).where(*waiting).order_by(OutboxRow.id))
    return {kind: error for kind, error in rows if error}


def deliver(event_id: int, handlers: Mapping[str, Handler], errands: Mapping[str, Errand] | None = None) -> bool:
    """Lease the event, do its errand, then handle it and mark it done in one transaction.

    False if it was done or is leased elsewhere. What errand or handler raises is kept on the row, postpones the next
    attempt (2, 4, 8 … seconds, at most LONGEST_WAIT; it is never given up), and is raised again.
    """
    leased = _lease(event_id)
    if leased is None:
        return False
    kind, payload = leased
    try:
        if errands and kind in errands:
            errands[kind](payload)
        with transaction() as session:
            row = _locked(session, event_id)
            if row.done_at is not None:
                return False
            handlers[kind](session, payload)
            row.done_at, row.error = clock.now(), None
    except Exception as error:
        _postpone(event_id, error)
        raise
    return True


def prune(session: Session, *, at: datetime) -> int:
    """Forget events that were handled long ago."""
    return rows_changed(session.execute(delete(OutboxRow).where(OutboxRow.done_at < at - KEPT)))


def _lease(event_id: int) -> tuple[str, Mapping[str, Any]] | None:
    at = clock.now()
    free = (OutboxRow.id == event_id, OutboxRow.done_at.is_(None), OutboxRow.due_at <= at)
    taken = update(OutboxRow).where(*free).values(due_at=at + LEASE, attempts=OutboxRow.attempts + 1)
    with transaction() as session:
        row = session.execute(taken.returning(OutboxRow.kind, OutboxRow.payload)).one_or_none()
        return None if row is None else (row.kind, row.payload)


def _postpone(event_id: int, error: Exception) -> None:
    with transaction() as session:
        row = _locked(session, event_id)
        # The first line alone: PostgreSQL goes on with the row's values.
        row.error = f"{type(error).__name__}: {error}".partition("\n")[0][:500]
        row.due_at = clock.now() + min(LONGEST_WAIT, timedelta(seconds=2 ** min(row.attempts, 20)))


def _locked(session: Session, event_id: int) -> OutboxRow:
    return session.scalars(select(OutboxRow).where(OutboxRow.id == event_id).with_for_update()).one()
