"""Marks: who came to which shift; and what the codes at the gate are made of."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, sealed_column
from zero_work_market.rights.attendance.rules import How, State, Verdict
from zero_work_market.rights.contracts.rules import Side


class Mark(Base):
    """What is known of one placement at one shift."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("placement_id", "shift_id"),
        Index("ix_marks_contested", "decided_at", "contested_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    state: Mapped[State] = mapped_column(named(State, 10), index=True)
    how: Mapped[How | None] = mapped_column(named(How, 10))
    """How it is known; of an absence, who said so: the foreman, or nobody but the clock (None)."""
    due_at: Mapped[datetime]
    """When the worker had to be there: the shift's start, or for one called in later when the ride could be done."""
    arrived_at: Mapped[datetime | None]
    minutes_late: Mapped[int] = mapped_column(SmallInteger, default=0)
    told_at: Mapped[datetime | None]
    """When a code taken offline reached the site."""
    left_at: Mapped[datetime | None]
    left_how: Mapped[How | None] = mapped_column(named(How, 10))
    marked_at: Mapped[datetime]
    contested_at: Mapped[datetime | None]
    contested_by: Mapped[Side | None] = mapped_column(named(Side, 10))
    contest: Mapped[str] = mapped_column(String(300), default="")
    counter: Mapped[str] = mapped_column(String(300), default="")
    """What the other side has against the same mark: late, says the worker, where the employer says not at all."""
    granted_at: Mapped[datetime | None]
    """When the employer spoke of the shift's hours, and so granted that the worker came."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    verdict: Mapped[Verdict | None] = mapped_column(named(Verdict, 10))
    decision: Mapped[str] = mapped_column(String(300), default="")
    """Staff's reasons."""

    @property
    def is_in_doubt(self) -> bool:
        """One side says that the worker never came, and staff haven't decided."""
        by_employer = self.contested_by == Side.EMPLOYER or bool(self.counter)
        return self.state == State.ARRIVED and by_employer and self.decided_at is None


class GateKey(HasSeal, Base):
    """The secret from which a posting's changing codes are made."""

    __tablename__ = "gate_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), unique=True)
    secret_sealed: Mapped[bytes] = sealed_column(nullable=False)
    secret = Sealed()
    made_at: Mapped[datetime]


class WrongTry(Base):
    """A wrong code for a placement; kept while it counts."""

    __tablename__ = "wrong_tries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    at: Mapped[datetime]
