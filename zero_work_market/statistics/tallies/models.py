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
    figure: Mapped[str] = mapped_column(String(40), primary_key=True)
    times: Mapped[int] = mapped_column(BigId)
    persons: Mapped[int] = mapped_column(BigId)
    """Different persons: doesn't add up over regions and months."""


class Stale(Base):
    """A town's year to be added up again."""

    __tablename__ = "stale_tallies"

    town: Mapped[str] = mapped_column(String(9), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
