"""What happened, as an append-only chain of hashes: one chain a county, each link bound to all before it.

A deed says what it did with `add`; the links are forged when its transaction commits, as the last thing that it does,
so that whoever waits for the chain's end waits for nothing else. Every number that staff see can be counted again from
these rows alone.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import String, Text, event, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from zero_work_market.ground import outbox
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import Base, BigId
from zero_work_market.ground.events import EvidenceAdded

START = "0" * 64
QUEUED = "evidence"


class Evidence(Base):
    """A link. `number` counts from 1 within the chain; `body` is canonical JSON of ids and plain values."""

    __tablename__ = "evidence"

    chain: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(30))
    posting_id: Mapped[int | None] = mapped_column(BigId, index=True)
    placement_id: Mapped[int | None] = mapped_column(BigId, index=True)
    at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(BigId)
    by_role: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


class ChainEnd(Base):
    """The last link of a chain: the row that commits of one county wait for, one after the other."""

    __tablename__ = "chain_ends"

    chain: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[int] = mapped_column(BigId)
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Break:
    """The first link of a chain that isn't what was written: by which sign it is known."""

    chain: str
    number: int
    sign: str


def add(
    session: Session,
    kind: str,
    *,
    chain: str,
    posting_id: int | None,
    placement_id: int | None = None,
    by: Actor,
    at: datetime,
    **body: Any,
) -> None:
    """Say that something happened in the county `chain`: it is written when this transaction commits.

    `body` holds ids and plain values, never personal data: dates and moments as ISO text, money as fen.
    """
    session.info.setdefault(QUEUED, []).append(
        {
            "chain": chain, "kind": kind, "posting_id": posting_id, "placement_id": placement_id, "at": at,
            "by_account": by.account_id, "by_role": by.role, "body": canonical(body),
        }
    )  # fmt: skip


def canonical(values: dict[str, Any]) -> str:
    """One text for one set of values."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_queued(session: Session) -> None:
    """Forge the links of what this transaction said; done at every commit, when all else of it is flushed."""
    by_chain = defaultdict(list)
    for link in session.info.pop(QUEUED, ()):
        by_chain[link["chain"]].append(link)
    session.flush()
    for chain in sorted(by_chain):
        end = _locked_end(session, chain)
        for link in by_chain[chain]:
            end.number += 1
            end.hash = link_hash(end.hash, number=end.number, **link)
            link |= {"number": end.number, "hash": end.hash}
        session.execute(insert(Evidence), by_chain[chain])
        outbox.announce(session, EvidenceAdded(chain=chain))


def link_hash(
    previous: str,
    *,
    chain: str,
    number: int,
    kind: str,
    posting_id: int | None,
    placement_id: int | None,
    at: datetime,
    by_account: int | None,
    by_role: str,
    body: str,
) -> str:
    """SHA-256 over the link before and every column of this one."""
    told = [previous, chain, number, kind, posting_id, placement_id, at.astimezone(UTC).isoformat()]
    told += [by_account, by_role, body]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def of_placement(session: Session, placement_id: int) -> list[Evidence]:
    """All that happened to a placement, in order."""
    found = select(Evidence).where(Evidence.placement_id == placement_id)
    return list(session.scalars(found.order_by(Evidence.chain, Evidence.number)))


def links(session: Session, chain: str, *, after: int = 0) -> Iterator[Evidence]:
    """The links of a chain after a number, in order, read in portions. They commit in the order of their numbers."""
    query = select(Evidence).where(Evidence.chain == chain, Evidence.number > after).order_by(Evidence.number)
    return iter(session.scalars(query.execution_options(yield_per=2000)))


def placements_after(session: Session, chain: str, *, number: int) -> list[tuple[int, int | None]]:
    """Numbers of the links after a number, in order, and the placements that they are of."""
    later = select(Evidence.number, Evidence.placement_id).where(Evidence.chain == chain, Evidence.number > number)
    return list(session.execute(later.order_by(Evidence.number)))


def chains(session: Session) -> list[str]:
    return sorted({*session.scalars(select(Evidence.chain).distinct()), *session.scalars(select(ChainEnd.chain))})


def end_of(session: Session, chain: str) -> str:
    """Hash of the chain's last link; START of a chain without any."""
    return session.scalar(select(ChainEnd.hash).where(ChainEnd.chain == chain)) or START


def first_break(session: Session, chain: str) -> Break | None:
    """Where the chain stops being what was written: "missing", "changed", or "cut" off before its known end."""
    number, previous = 0, START
    try:
        for link in links(session, chain):
            number += 1
            if link.number != number:
                return Break(chain, number, "missing")
            if link.hash != link_hash(previous, **{name: getattr(link, name) for name in _HASHED}):
                return Break(chain, number, "changed")
            previous = link.hash
            session.expunge(link)
    except (ValueError, SQLAlchemyError):
        return _first_unreadable(session, chain, after=number)
    end = session.get(ChainEnd, chain)
    if end is None or (end.number, end.hash) != (number, previous):
        return Break(chain, number + 1, "cut")
    return None


def _first_unreadable(session: Session, chain: str, *, after: int) -> Break:
    """The links come in portions: the one that can't even be read is looked for by itself."""
    number = after
    while True:
        number += 1
        try:
            session.get_one(Evidence, (chain, number))
        except (ValueError, SQLAlchemyError):
            return Break(chain, number, "changed")


_HASHED = ("chain", "number", "kind", "posting_id", "placement_id", "at", "by_account", "by_role", "body")


def _locked_end(session: Session, chain: str) -> ChainEnd:
    fresh = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    session.execute(fresh(ChainEnd).values(chain=chain, number=0, hash=START).on_conflict_do_nothing())
    query = select(ChainEnd).where(ChainEnd.chain == chain).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


@event.listens_for(Session, "before_commit")
def _write_before_commit(session: Session) -> None:
    if session.info.get(QUEUED) and not session.in_nested_transaction():
        write_queued(session)


@event.listens_for(Session, "after_transaction_create")
def _remember_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _said_before[transaction] = len(session.info.get(QUEUED, ()))


@event.listens_for(Session, "after_soft_rollback")
def _forget_undone(session: Session, transaction: SessionTransaction) -> None:
    """What was said since a savepoint that is rolled back didn't happen; nor did anything, if all of it is."""
    if transaction.nested or transaction.parent is None:
        del session.info.get(QUEUED, [])[_said_before.get(transaction, 0) :]


_said_before: WeakKeyDictionary[SessionTransaction, int] = WeakKeyDictionary()
