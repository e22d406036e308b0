"""Hours, wage sheets' lines, and payments."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, SealedBytes, sealed_column
from zero_work_market.rights.wages.rules import Proof


class Hours(Base):
    """Minutes worked in one shift, as each side says: agreed once both say the same; neither word is overwritten."""

    __tablename__ = "hours"
    __table_args__ = (UniqueConstraint("placement_id", "shift_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    agreed_minutes: Mapped[int | None] = mapped_column(Integer)
    agreed_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the two words first differed; stays after they agree."""
    wage_id: Mapped[int | None] = mapped_column(ForeignKey("wages.id"), index=True)
    """The wage that these hours are part of."""
    claims: Mapped[list["HoursClaim"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="HoursClaim.id"
    )


class HoursClaim(Base):
    """One side's word on the hours; a later word of the same side stands beside it."""

    __tablename__ = "hours_claims"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hours_id: Mapped[int] = mapped_column(ForeignKey("hours.id"), index=True)
    side: Mapped[str] = mapped_column(String(10))
    """ "worker", "employer", or "staff" who decided."""
    minutes: Mapped[int] = mapped_column(Integer)
    pieces: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(String(300), default="")
    account_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime]


class Wage(Base):
    """What is owed to one worker for one period of one placement: a line of the wage sheet (条例 15)."""

    __tablename__ = "wages"
    __table_args__ = (
        UniqueConstraint("placement_id", "first_day"),
        Index("ix_wages_employer_due", "employer_id", "due_on"),
        Index("ix_wages_county_unpaid", "county", "paid_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    county: Mapped[str] = mapped_column(String(6))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int] = mapped_column(Integer)
    gross: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Items: [{"name": "工时", "fen": 7200}, …]."""
    deductions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    net_fen: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime]
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """Sum of the payments that stand."""
    paid_at: Mapped[datetime | None]
    """When the last missing fen was paid."""
    payments: Mapped[list["Payment"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Payment.id"
    )


class Payment(HasSeal, Base):
    """A payment with its proof; one that turned out wrong is voided, never deleted."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    wage_id: Mapped[int] = mapped_column(ForeignKey("wages.id"), index=True)
    fen: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date] = mapped_column(Date)
    proof: Mapped[Proof] = mapped_column(named(Proof, 10))
    evidence_sealed: Mapped[bytes | None] = sealed_column()
    evidence = SealedBytes()
    recorded_by: Mapped[int | None] = mapped_column(BigId)
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    """When the worker said that it came."""
    denied_at: Mapped[datetime | None]
    """When the worker said that it did not come."""
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(300), default="")


class ProjectMonth(HasSeal, Base):
    """A construction project's wage sheet of a month, signed by its workers and paid on behalf (总包代发)."""

    __tablename__ = "project_months"
    __table_args__ = (UniqueConstraint("project_id", "month"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    month: Mapped[date] = mapped_column(Date)
    """Its first day."""
    sheet_hash: Mapped[str] = mapped_column(String(64), default="")
    signed_by: Mapped[int | None] = mapped_column(BigId)
    signed_at: Mapped[datetime | None]
    strokes_sealed: Mapped[bytes | None] = sealed_column()
    strokes = SealedBytes()
