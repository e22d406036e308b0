"""What partner regions told us, whom of ours they may know, and how each bundle fared."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from labor_brands.exchange.rules import Direction, Sent, Stage, Way
from zero_work_market.ground.db import Base, BigId, named


class Kept:
    """A record as its highest version says it. `gone`: why it is no more; then nothing but that is kept."""

    __table__: ClassVar[Any]
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"))
    remote_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(BigInteger)
    gone: Mapped[str] = mapped_column(String(12), default="")
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    told_at: Mapped[datetime]
    """When anything was first told of it."""
    changed_at: Mapped[datetime]


class ImportedVacancy(Kept, Base):
    __tablename__ = "exchange_vacancies"
    __table_args__ = (
        UniqueConstraint("partner_id", "remote_id"),
        Index("ix_exchange_vacancies_open", "gone", "closes_at"),
    )

    title: Mapped[str] = mapped_column(String(40))
    region: Mapped[str] = mapped_column(String(6))
    occupation: Mapped[str] = mapped_column(String(10))
    hourly_fen: Mapped[int]
    closes_at: Mapped[datetime | None]


class Seeker(Kept, Base):
    __tablename__ = "exchange_seekers"
    __table_args__ = (UniqueConstraint("partner_id", "remote_id"),)

    person: Mapped[str] = mapped_column(String(64), index=True)
    masked_name: Mapped[str] = mapped_column(String(6))
    origin: Mapped[str] = mapped_column(String(6))


class RemoteApplication(Kept, Base):
    """Someone there applies for a posting of ours, whose id `vacancy` is."""

    __tablename__ = "exchange_remote_applications"
    __table_args__ = (UniqueConstraint("partner_id", "remote_id"),)

    person: Mapped[str] = mapped_column(String(64), index=True)
    masked_name: Mapped[str] = mapped_column(String(6))
    origin: Mapped[str] = mapped_column(String(6))
    vacancy: Mapped[str] = mapped_column(String(80), index=True)
    applied_at: Mapped[datetime | None]


class Asked(Base):
    """An employer of ours asks a remote applicant to come."""

    __tablename__ = "exchange_asked"
    __table_args__ = (UniqueConstraint("partner_id", "person", "posting_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"))
    person: Mapped[str] = mapped_column(String(64))
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), index=True)
    asked_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]
    """When they were here and the ordinary invitation was made."""


class Hire(Kept, Base):
    """A partner reports how far one came whom it knows from us."""

    __tablename__ = "exchange_hires"
    __table_args__ = (UniqueConstraint("partner_id", "remote_id"),)

    person: Mapped[str] = mapped_column(String(64), index=True)
    vacancy: Mapped[str] = mapped_column(String(80))
    level: Mapped[int] = mapped_column(SmallInteger)
    since: Mapped[date | None] = mapped_column(Date)


class OwnApplication(Base):
    """A worker of ours applies for a partner's vacancy; what it was is kept beside, for when it is gone."""

    __tablename__ = "exchange_own_applications"
    __table_args__ = (UniqueConstraint("vacancy_id", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    vacancy_id: Mapped[int] = mapped_column(ForeignKey("exchange_vacancies.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    state: Mapped[Sent] = mapped_column(named(Sent, 10))
    title: Mapped[str] = mapped_column(String(40))
    employer: Mapped[str] = mapped_column(String(80))
    applied_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class PersonHash(Base):
    """A worker's ID number under the secret shared with a partner: what makes one person of two."""

    __tablename__ = "exchange_persons"
    __table_args__ = (Index("ix_exchange_persons_person", "partner_id", "person"),)

    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"), primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(String(64))


class Arrival(Base):
    """A worker of ours whom a partner told of: one person on both sides."""

    __tablename__ = "exchange_arrivals"
    __table_args__ = (UniqueConstraint("partner_id", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"))
    person: Mapped[str] = mapped_column(String(64))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    came: Mapped[bool]
    """Through the exchange: told of before they registered here, or applied from there."""
    known_at: Mapped[datetime]


class Transfer(Base):
    """One bundle, in or out, and what came of it."""

    __tablename__ = "exchange_transfers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"), index=True)
    direction: Mapped[Direction] = mapped_column(named(Direction, 4))
    way: Mapped[Way] = mapped_column(named(Way, 6))
    stage: Mapped[Stage] = mapped_column(named(Stage, 8))
    at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(120), default="")
    after: Mapped[int] = mapped_column(BigInteger)
    upto: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int] = mapped_column(default=0)
    lines_read: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(40), default="")
    """Why nothing of it was taken."""
    account_id: Mapped[int | None] = mapped_column(BigId)
    file: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """The bundle that was uploaded, until it is taken."""


class RefusedLine(Base):
    __tablename__ = "exchange_refused_lines"
    __table_args__ = (UniqueConstraint("transfer_id", "line"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("exchange_transfers.id"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(String(120))
