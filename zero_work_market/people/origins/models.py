"""A worker's home region and status, sealed where it is nobody's business."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId
from zero_work_market.ground.sealed import HasSeal, Sealed, sealed_column


class Origin(HasSeal, Base):
    __tablename__ = "origins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), unique=True)
    region: Mapped[str] = mapped_column(String(6))
    """Province or county of the household register."""
    status_sealed: Mapped[bytes] = sealed_column(nullable=False)
    status = Sealed()
    """A value of `rules.Status`."""
    told_at: Mapped[datetime]
    told_by: Mapped[int | None] = mapped_column(BigId)
    """Account that told it: the worker's own, or of whom the worker asked."""
    proof_sealed: Mapped[bytes | None] = sealed_column()
    proof = Sealed()
    """What was seen and its number, "handbook:…"; None while nothing was."""
    proven_at: Mapped[datetime | None]
    proven_by: Mapped[int | None] = mapped_column(BigId)
