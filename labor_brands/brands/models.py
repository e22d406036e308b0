"""Brands, what their file holds, and who is certified."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labor_brands.brands.rules import Kind, MarkKind, Source, State, state_of
from zero_work_market.ground.db import Base, BigId, named

_STANDING = text("revoked_on IS NULL")


class Brand(Base):
    __tablename__ = "brands"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """What the market carries, on credentials and postings."""
    name: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(6), index=True)
    """A county, or the city."""
    kind: Mapped[Kind] = mapped_column(named(Kind, 12))
    builder: Mapped[str] = mapped_column(String(80))
    head_person: Mapped[str] = mapped_column(String(25), default="")
    training_base: Mapped[str] = mapped_column(String(120), default="")
    trademark: Mapped[str] = mapped_column(String(40), default="")
    join_at: Mapped[str] = mapped_column(String(120), default="")
    words: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime]
    recognised_on: Mapped[date | None] = mapped_column(Date, index=True)
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    review_due_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    trades: Mapped[list["BrandTrade"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="BrandTrade.id"
    )
    grades: Mapped[list["BrandGrade"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="BrandGrade.number"
    )
    firms: Mapped[list["BrandFirm"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="BrandFirm.id"
    )
    marks: Mapped[list["BrandMark"]] = relationship(
        lazy="select", cascade="all, delete-orphan", order_by="BrandMark.id.desc()"
    )

    @property
    def state(self) -> State:
        return state_of(self.recognised_on, self.withdrawn_on)


class BrandTrade(Base):
    __tablename__ = "brand_trades"
    __table_args__ = (UniqueConstraint("brand_id", "occupation"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    occupation: Mapped[str] = mapped_column(String(10))


class BrandGrade(Base):
    """A grade and what has to be shown for it; 1 is the lowest."""

    __tablename__ = "brand_grades"
    __table_args__ = (UniqueConstraint("brand_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(20))
    standard: Mapped[str] = mapped_column(String(200))
    level: Mapped[int] = mapped_column(SmallInteger)
    """The skill level, 1–5, that it stands for."""


class BrandFirm(Base):
    """A lead enterprise that takes the brand's people."""

    __tablename__ = "brand_firms"
    __table_args__ = (UniqueConstraint("brand_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employers.id"), index=True)
    """None for one that isn't registered here."""
    name: Mapped[str] = mapped_column(String(80))


class BrandMark(Base):
    """A mark of integrity: lifted, never deleted."""

    __tablename__ = "brand_marks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"), index=True)
    kind: Mapped[MarkKind] = mapped_column(named(MarkKind, 4))
    marked_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300))
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_reason: Mapped[str] = mapped_column(String(300), default="")


class Certification(Base):
    """A worker's certificate of a brand; one that stands at a time."""

    __tablename__ = "certifications"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index(
            "uq_certifications_standing", "brand_id", "worker_id", unique=True,
            sqlite_where=_STANDING, postgresql_where=_STANDING,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    grade: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[Source] = mapped_column(named(Source, 8))
    source_id: Mapped[str] = mapped_column(String(60))
    """Of the course's result, or of the form that staff sent: the same one certifies once."""
    score: Mapped[int | None] = mapped_column(SmallInteger)
    issued_on: Mapped[date] = mapped_column(Date)
    issued_by: Mapped[int | None] = mapped_column(BigId)
    revoked_on: Mapped[date | None] = mapped_column(Date)
    """From this day on it holds no more: taken away, or a higher grade took its place."""
    revoked_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(300), default="")
    brand: Mapped[Brand] = relationship(lazy="joined", innerjoin=True)

    @property
    def number(self) -> str:
        """What stands on the paper, e.g. "乐品 370828-2026-000012": no two alike."""
        return f"乐品 {self.brand.place}-{self.issued_on.year}-{self.id:06d}"
