"""The change feed: which workers and postings changed, for the engines that every process keeps.

A model that an engine's columns are made of names what it feeds in `__feeds__`, ("worker", "id") meaning: a change of
this row is a change of the worker whose id it holds; the flush then adds the change row by itself.

On SQLite change ids commit in order. On PostgreSQL they don't, so a row carries its transaction's id (xid8), and a
reader takes all rows from the oldest transaction that was open at its last look, skipping those it has: nothing is
missed when an older transaction commits late, and nothing waits for it.

What is kept outside the database is known again by a mark in the feed: a database that has the mark has everything that
was committed before it, and numbers its changes as they were numbered then. One made anew, or put back from a backup of
before, doesn't have it.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    Text,
    cast,
    delete,
    event,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground import clock
from zero_work_market.ground.db import Base, BigId, rows_changed

KEPT = timedelta(days=2)
MARK = "mark"


class Change(Base):
    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger, index=True)
    """Id of the transaction on PostgreSQL; 0 on SQLite."""
    what: Mapped[str] = mapped_column(String(12))
    row_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass
class Cursor:
    """How far a reader has come. A fresh one is made by `start` in the transaction that loads everything."""

    last_id: int = 0
    xmin: int = 0
    taken: set[int] = field(default_factory=set)
    looked_at: datetime = field(default_factory=clock.now)

    @property
    def too_old(self) -> bool:
        """True when rows may have been pruned since the last look: load everything again."""
        return clock.now() - self.looked_at > KEPT / 2


@dataclass(frozen=True)
class Mark:
    """A row of the feed that stands for no change, by its id and a number drawn for it."""

    change_id: int
    number: int


def note(session: Session, what: str, row_ids: set[int]) -> None:
    """Say that rows changed by a bulk statement, which no flush sees."""
    if row_ids:
        at = clock.now()
        values = [{"what": what, "row_id": row_id, "at": at} for row_id in sorted(row_ids)]
        session.execute(insert(Change).values(xid=_xid(session)), values)


def start(session: Session) -> Cursor:
    """A cursor at the present end of the feed; load the rows after this, never before."""
    if _is_postgresql(session):
        return Cursor(xmin=session.scalar(select(_oldest_open())) or 0)
    return Cursor(last_id=session.scalar(select(func.max(Change.id))) or 0)


def take(session: Session, cursor: Cursor) -> dict[str, set[int]]:
    """What was committed since `cursor`, as {what: row ids}, and move the cursor on.

    For a transaction that changes nothing itself: a change that is rolled back after it was taken gives its id away.
    """
    moment = clock.now()
    rows = _new_rows_postgresql(session, cursor) if _is_postgresql(session) else _new_rows_sqlite(session, cursor)
    cursor.looked_at = moment
    changed: dict[str, set[int]] = {}
    for what, row_id in rows:
        changed.setdefault(what, set()).add(row_id)
    return changed


def mark(session: Session) -> Mark:
    """Leave a mark in the feed; not inside a savepoint, which PostgreSQL counts as a transaction of its own."""
    number = secrets.randbits(62)
    row = insert(Change).values(xid=_xid(session), what=MARK, row_id=number, at=clock.now()).returning(Change.id)
    return Mark(session.scalars(row).one(), number)


def has(session: Session, mark: Mark) -> bool:
    """True when this is the database that was marked, or one that went on from it."""
    found = select(Change.id).where(Change.id == mark.change_id, Change.what == MARK, Change.row_id == mark.number)
    return session.scalar(found.where(_numbered_here(session))) is not None


def prune(session: Session, *, at: datetime) -> int:
    """Forget changes that every living reader has seen; never the newest, or SQLite would give out its id again."""
    newest = select(func.max(Change.id)).scalar_subquery()
    return rows_changed(session.execute(delete(Change).where(Change.at < at - KEPT, Change.id < newest)))


def _new_rows_sqlite(session: Session, cursor: Cursor) -> list[tuple[str, int]]:
    found = session.execute(
        select(Change.id, Change.what, Change.row_id).where(Change.id > cursor.last_id).order_by(Change.id)
    ).all()
    if found:
        cursor.last_id = found[-1][0]
    return [(what, row_id) for _, what, row_id in found]


def _new_rows_postgresql(session: Session, cursor: Cursor) -> list[tuple[str, int]]:
    one = select(_oldest_open().label("xmin")).subquery()
    joined = select(one.c.xmin, Change.id, Change.xid, Change.what, Change.row_id).select_from(
        one.outerjoin(Change, Change.xid >= literal(cursor.xmin, BigInteger))
    )
    found = session.execute(joined).all()
    xmin = found[0].xmin
    rows = [row for row in found if row.id is not None]
    fresh = [(row.what, row.row_id) for row in rows if row.id not in cursor.taken]
    cursor.taken = {row.id for row in rows if row.xid >= xmin}
    cursor.xmin = xmin
    return fresh


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _oldest_open() -> ColumnElement[int]:
    return cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)


def _numbered_here(session: Session) -> ColumnElement[bool]:
    """On PostgreSQL a row restored from a dump was written by another transaction than the one that it names."""
    if not _is_postgresql(session):
        return true()
    return cast(cast(literal_column("changes.xmin"), Text), BigInteger) == Change.xid % (1 << 32)


def _xid(session: Session) -> Any:
    return cast(cast(func.pg_current_xact_id(), Text), BigInteger) if _is_postgresql(session) else 0


@event.listens_for(Session, "after_flush")
def _note_flushed(session: Session, context: Any) -> None:
    changed: dict[str, set[int]] = {}
    for row in (*session.new, *session.dirty, *session.deleted):
        for what, attribute in getattr(row, "__feeds__", ()):
            row_id = getattr(row, attribute)
            if row_id is not None:
                changed.setdefault(what, set()).add(row_id)
    for what, row_ids in changed.items():
        note(session, what, row_ids)
