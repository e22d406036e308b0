"""Ratings, two ways, after pay."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.rights.contracts.rules import Side


class Rating(Base):
    """What one side of a placement says of the other."""

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("placement_id", "side"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    side: Mapped[Side] = mapped_column(named(Side, 10))
    """Who says it."""
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    county: Mapped[str] = mapped_column(String(6))
    stars: Mapped[int] = mapped_column(SmallInteger)
    chips: Mapped[list[Any]] = mapped_column(JSON)
    """Names of the ready words that were ticked, as in data/chips.csv."""
    words: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    """When it was given first."""
    shown_at: Mapped[datetime]
    """From when it is seen: hidden until the other side gave theirs, or its time to do so is over."""
    contested_at: Mapped[datetime | None] = mapped_column(index=True)
    contest: Mapped[str] = mapped_column(String(300), default="")
    """What the rated side says against it."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decision: Mapped[str] = mapped_column(String(300), default="")
    hidden_at: Mapped[datetime | None]
    """When staff took it down."""
