"""Marks: who came to which shift."""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, sealed_column
from zero_work_market.rights.attendance.rules import How, State


class Mark(Base):
    """What is known of one placement at one shift."""

    __tablename__ = "marks"
    __table_args__ = (UniqueConstraint("placement_id", "shift_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    state: Mapped[State] = mapped_column(named(State, 10), index=True)
    how: Mapped[How | None] = mapped_column(named(How, 10))
    arrived_at: Mapped[datetime | None]
    minutes_late: Mapped[int] = mapped_column(SmallInteger, default=0)
    told_at: Mapped[datetime | None]
    """When an offline code reached the site."""
    left_at: Mapped[datetime | None]
    left_how: Mapped[How | None] = mapped_column(named(How, 10))
    marked_at: Mapped[datetime]
    contested_at: Mapped[datetime | None] = mapped_column(index=True)
    contest: Mapped[str] = mapped_column(String(300), default="")
    """What the worker, or the employer, says against the mark."""
    contested_by: Mapped[str] = mapped_column(String(10), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decision: Mapped[str] = mapped_column(String(300), default="")


class GateKey(HasSeal, Base):
    """The secret from which a posting's changing codes are made."""

    __tablename__ = "gate_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), unique=True)
    secret_sealed: Mapped[bytes] = sealed_column(nullable=False)
    secret = Sealed()
    made_at: Mapped[datetime]
