"""Tallies: what the staff's pages show at once."""

from sqlalchemy import SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId


class Tally(Base):
    """One figure of one region (city, county, town, village) and year, or one month of it (0: the whole year)."""

    __tablename__ = "tallies"

    region: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    figure: Mapped[str] = mapped_column(String(20), primary_key=True)
    times: Mapped[int] = mapped_column(BigId)
    """Placements; of minutes, fen and wages their sum."""
    persons: Mapped[int] = mapped_column(BigId)
    """Different persons, of rungs and agreements alone: doesn't add up over regions and months."""
