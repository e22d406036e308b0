"""Placements: who holds, or held, which seat."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.market.placements.rules import Organised, State


class Placement(Base):
    """A seat accepted by a worker. `seat` is empty once it is given up, so the seat's uniqueness is the database's."""

    __tablename__ = "placements"
    __table_args__ = (
        ForeignKeyConstraint(["posting_id", "seat"], ["seats.posting_id", "seats.number"]),
        UniqueConstraint("posting_id", "seat"),
        UniqueConstraint("posting_id", "worker_id"),
        Index("ix_placements_worker_state", "worker_id", "state"),
    )
    __feeds__ = (("worker", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    seat: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[State] = mapped_column(named(State, 10))
    village: Mapped[str] = mapped_column(String(12), default="")
    """The worker's village when accepting, if it lies in the posting's town: where the placement is counted."""
    organised_by: Mapped[Organised] = mapped_column(named(Organised, 10), default=Organised.SELF)
    """How the seat was come by, apart from the posting's channel."""
    accepted_at: Mapped[datetime] = mapped_column(index=True)
    arrived_at: Mapped[datetime | None]
    """First arrival that stands."""
    ended_at: Mapped[datetime | None]
    ended_late: Mapped[bool] = mapped_column(default=False)
    """The employer cancelled, or the worker withdrew, within 24 hours of the start."""
    excused: Mapped[bool] = mapped_column(default=False)
    """Staff decided that a no-show isn't to be held against the worker."""
    overlap_allowed_by: Mapped[int | None] = mapped_column(BigId)
    """Staff account that let the worker hold overlapping shifts."""
    overlap_reason: Mapped[str] = mapped_column(String(300), default="")
