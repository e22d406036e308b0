"""Standings: one row a placement, made again from the rows below whenever its evidence grows."""

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId


class Standing(Base):
    """What one placement has come to; see `rules.Rank`. `day`: of its first shift, the day that it is counted on."""

    __tablename__ = "standings"
    __table_args__ = (
        Index("ix_standings_village_day", "village", "day"),
        Index("ix_standings_town_day", "town", "day"),
        Index("ix_standings_county_day", "county", "day"),
        Index("ix_standings_worker_day", "worker_id", "day"),
    )

    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), primary_key=True, autoincrement=False)
    posting_id: Mapped[int] = mapped_column(BigId)
    worker_id: Mapped[int] = mapped_column(BigId)
    employer_id: Mapped[int] = mapped_column(BigId)
    county: Mapped[str] = mapped_column(String(6))
    town: Mapped[str] = mapped_column(String(9))
    village: Mapped[str] = mapped_column(String(12))
    """The worker's village in the town; the town's code and 000 for who comes from elsewhere or named none."""
    industry: Mapped[str] = mapped_column(String(10))
    """The watched one (plan 11) of the occupation first asked for; empty for others."""
    day: Mapped[date] = mapped_column(Date)
    level: Mapped[int] = mapped_column(SmallInteger)
    short_of: Mapped[str] = mapped_column(String(20))
    stable_on: Mapped[date | None] = mapped_column(Date)
    signed: Mapped[bool]
    minutes: Mapped[int] = mapped_column(Integer)
    settled_fen: Mapped[int] = mapped_column(BigInteger)
    wages_due: Mapped[int] = mapped_column(SmallInteger)
    wages_on_time: Mapped[int] = mapped_column(SmallInteger)
    next_due: Mapped[date | None] = mapped_column(Date, index=True)


class Counted(Base):
    """How far a chain of evidence has been counted."""

    __tablename__ = "counted"

    chain: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[int] = mapped_column(BigId)


class Stale(Base):
    """A village's month whose standings changed: to be added up again, with its town, its county and the city."""

    __tablename__ = "stale_tallies"

    village: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
