"""Ratings, two ways, after pay."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId


class Rating(Base):
    """What one side of a placement says of the other. `hidden_at`: staff took it down after it was contested."""

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("placement_id", "side"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    side: Mapped[str] = mapped_column(String(10))
    """Who says it: "worker" or "employer"."""
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    stars: Mapped[int] = mapped_column(SmallInteger)
    chips: Mapped[list[Any]] = mapped_column(JSON)
    """Stable names of the ready words that were ticked."""
    words: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    contested_at: Mapped[datetime | None] = mapped_column(index=True)
    contest: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decision: Mapped[str] = mapped_column(String(300), default="")
    hidden_at: Mapped[datetime | None]
