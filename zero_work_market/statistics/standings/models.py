"""Standings: one row a placement, made again from the rows below whenever its evidence grows."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId


class Standing(Base):
    """What one placement has come to. `day` is the local day of its first shift: the day that it is counted on."""

    __tablename__ = "standings"
    __table_args__ = (
        Index("ix_standings_town_day", "town", "day"),
        Index("ix_standings_county_day", "county", "day"),
        Index("ix_standings_worker_day", "worker_id", "day"),
    )

    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), primary_key=True, autoincrement=False)
    posting_id: Mapped[int] = mapped_column(BigId)
    worker_id: Mapped[int] = mapped_column(BigId)
    employer_id: Mapped[int] = mapped_column(BigId, index=True)
    county: Mapped[str] = mapped_column(String(6))
    town: Mapped[str] = mapped_column(String(9))
    village: Mapped[str] = mapped_column(String(12))
    """The worker's village in the town; the town's code and 000 for who comes from elsewhere or named none."""
    trade: Mapped[str] = mapped_column(String(10))
    """Occupation first asked for; empty when none was."""
    day: Mapped[date] = mapped_column(Date)
    level: Mapped[int] = mapped_column(SmallInteger)
    """0 to 5: the highest rung that stands on all those below it."""
    lost: Mapped[str] = mapped_column(String(10), default="")
    """Why the seat was lost: withdrawn, cancelled, no_show; empty while it is held."""
    started: Mapped[bool] = mapped_column(default=False)
    """Arrived: agreements are owed for these."""
    signed: Mapped[bool] = mapped_column(default=False)
    """Both had signed the agreement."""
    wages_due: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Wages whose day has come, or that were paid before it."""
    wages_on_time: Mapped[int] = mapped_column(SmallInteger, default=0)
    stable_on: Mapped[date | None] = mapped_column(Date)
    """The day on which three months of stable work were full."""
    short_of: Mapped[str] = mapped_column(String(60), default="")
    """What the next rung lacks, by stable name: "hours", "paid", "days:4" …"""
    made_at: Mapped[datetime]


class Counted(Base):
    """How far a chain of evidence has been counted."""

    __tablename__ = "counted"

    chain: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[int] = mapped_column(BigId)
