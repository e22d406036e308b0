"""Wage sheets' lines, payments, and the signed sheets of construction projects."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, SealedBytes, sealed_column
from zero_work_market.rights.wages.rules import Lamp, Proof, stands


class Wage(Base):
    """What is owed to one worker for one period of one placement: a line of the wage sheet (条例 15)."""

    __tablename__ = "wages"
    __table_args__ = (
        UniqueConstraint("placement_id", "first_day"),
        Index("ix_wages_employer_due", "employer_id", "due_on", "settled_on"),
        Index("ix_wages_county_unpaid", "county", "settled_on", "due_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    county: Mapped[str] = mapped_column(String(6))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    """Of the pay cycle, or the posting's if that is later."""
    last_day: Mapped[date] = mapped_column(Date)
    """Of work in it."""
    minutes: Mapped[int] = mapped_column(Integer)
    gross: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Items, as `rules.Item`."""
    deductions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    net_fen: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime]
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """Sum of the payments that stand."""
    paid_at: Mapped[datetime | None]
    """When the payment of the last missing fen was recorded."""
    settled_on: Mapped[date | None] = mapped_column(Date)
    """Day of that payment."""
    denied_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when the worker says that a payment never came; None once the wage is settled without it."""
    told: Mapped[Lamp | None] = mapped_column(named(Lamp, 5))
    """The lamp that the employer was told of."""
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
    on_behalf: Mapped[bool] = mapped_column(default=False)
    """By the contractor, from the project's wage account (条例 31)."""
    number_hash: Mapped[str] = mapped_column(String(64), default="")
    """Of the bank's number, so that one transfer isn't recorded twice for a wage."""
    number_sealed: Mapped[bytes | None] = sealed_column()
    number = Sealed()
    strokes_sealed: Mapped[bytes | None] = sealed_column()
    strokes = SealedBytes()
    """The worker's signature for cash, as in agreements."""
    photo_sealed: Mapped[bytes | None] = sealed_column()
    photo = SealedBytes()
    media_type: Mapped[str] = mapped_column(String(30), default="")
    recorded_by: Mapped[int | None] = mapped_column(BigId)
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    """When the worker said that it came."""
    denied_at: Mapped[datetime | None]
    """When the worker said that it did not come."""
    upheld_at: Mapped[datetime | None]
    """When staff found that it did come."""
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(300), default="")
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often the worker was asked again whether the cash came."""

    @property
    def stands(self) -> bool:
        return stands(
            proof=self.proof, voided=self.voided_at is not None, denied=self.denied_at is not None,
            confirmed=self.received_at is not None or self.upheld_at is not None,
        )  # fmt: skip

    @property
    def waits(self) -> bool:
        """It counts for nothing until the worker has a word on it."""
        return not (self.stands or self.voided_at or self.denied_at)


class ProjectMonth(HasSeal, Base):
    """A construction project's wage sheet of a month as it was signed: one that changed after is to be signed again."""

    __tablename__ = "project_months"
    __table_args__ = (UniqueConstraint("project_id", "month"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    month: Mapped[date] = mapped_column(Date)
    """Its first day."""
    sheet_hash: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[int | None] = mapped_column(BigId)
    signed_at: Mapped[datetime]
    strokes_sealed: Mapped[bytes | None] = sealed_column()
    strokes = SealedBytes()
