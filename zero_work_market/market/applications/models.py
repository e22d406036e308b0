"""What a worker and a posting have to do with each other before, or without, a seat."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.market.applications.rules import State


class Application(Base):
    """One row a worker and posting: invited by the employer, or come by themselves."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("posting_id", "worker_id"),
        Index("ix_applications_worker_state", "worker_id", "state"),
        Index("ix_applications_queue", "posting_id", "state", "queued_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    state: Mapped[State] = mapped_column(named(State, 10))
    invited_at: Mapped[datetime | None]
    respond_by: Mapped[datetime | None] = mapped_column(index=True)
    called_at: Mapped[datetime | None]
    """When somebody was missing at the start and this worker, waiting in the queue, was asked to come at once."""
    score: Mapped[float | None]
    """Score at the time of the invitation."""
    queued_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    helped_by: Mapped[int | None] = mapped_column(BigId)
    """Staff account that answered on the worker's behalf; None when the worker did."""
    created_at: Mapped[datetime]
