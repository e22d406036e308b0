"""Postings, their shifts and their seats."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, ForeignKey, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.market.postings.rules import State
from zero_work_market.people.employers.models import Employer


class Posting(Base):
    __tablename__ = "postings"
    __feeds__ = (("posting", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    state: Mapped[State] = mapped_column(named(State, 12), index=True)
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    title: Mapped[str] = mapped_column(String(40))
    headcount: Mapped[int] = mapped_column(SmallInteger)
    county: Mapped[str] = mapped_column(String(6), index=True)
    town: Mapped[str] = mapped_column(String(9), index=True)
    address: Mapped[str] = mapped_column(String(120))
    lon: Mapped[float]
    lat: Mapped[float]
    pay_kind: Mapped[PayKind] = mapped_column(named(PayKind, 6))
    pay_fen: Mapped[int]
    pieces_per_hour: Mapped[float | None] = mapped_column(Float)
    hourly_fen: Mapped[int]
    """Pay as an hourly figure: what the engine compares."""
    total_fen: Mapped[int] = mapped_column(BigInteger)
    """What one worker gets for all the shifts."""
    pay_days: Mapped[int] = mapped_column(SmallInteger)
    employment: Mapped[str] = mapped_column(String(10))
    break_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    """The break within each shift: free, unpaid, no working time."""
    meals: Mapped[bool] = mapped_column(default=False)
    lodging: Mapped[bool] = mapped_column(default=False)
    transport: Mapped[bool] = mapped_column(default=False)
    insurance: Mapped[bool] = mapped_column(default=False)
    min_age: Mapped[int] = mapped_column(SmallInteger, default=16)
    words: Mapped[str] = mapped_column(Text, default="")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    """The construction project that the work is for."""
    channel: Mapped[str] = mapped_column(String(20), default="", index=True)
    """Code of the export channel that the work belongs to, empty for none; what it means is labor_brands' business."""
    invite_first: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How many of the first-ranked are invited at publication."""
    crew_until: Mapped[datetime | None] = mapped_column(index=True)
    """Until then the seats are for a crew alone; None when they are for whoever comes first."""
    posted_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    closes_at: Mapped[datetime] = mapped_column(index=True)
    """Start of the first shift: nobody can be taken after it."""
    ends_at: Mapped[datetime]
    employer: Mapped[Employer] = relationship(lazy="joined", innerjoin=True)
    shifts: Mapped[list["Shift"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Shift.starts_at"
    )
    occupations: Mapped[list["Requirement"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Requirement.id"
    )
    brands: Mapped[list["PreferredBrand"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    seats: Mapped[list["Seat"]] = relationship(lazy="select", cascade="all, delete-orphan", order_by="Seat.number")


class Shift(Base):
    __tablename__ = "shifts"
    __feeds__ = (("posting", "posting_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]


class Requirement(Base):
    """An occupation that the posting asks for, at a minimum level."""

    __tablename__ = "requirements"
    __table_args__ = (UniqueConstraint("posting_id", "occupation"),)
    __feeds__ = (("posting", "posting_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"))
    occupation: Mapped[str] = mapped_column(String(10), index=True)
    level: Mapped[int] = mapped_column(SmallInteger, default=1)


class PreferredBrand(Base):
    __tablename__ = "preferred_brands"
    __table_args__ = (UniqueConstraint("posting_id", "brand"),)
    __feeds__ = (("posting", "posting_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"))
    brand: Mapped[str] = mapped_column(String(20))


class Seat(Base):
    """One of a posting's seats, made with it: a placement can only hold a seat that is here."""

    __tablename__ = "seats"

    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
