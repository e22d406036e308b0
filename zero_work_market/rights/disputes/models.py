"""Cases, who claims what in them, and what was done."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.rights.disputes.rules import Outcome, Stage


class Case(Base):
    """A wage case against one employer; several workers may claim in one."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_county_stage", "county", "stage"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    county: Mapped[str] = mapped_column(String(6))
    town: Mapped[str] = mapped_column(String(9))
    stage: Mapped[Stage] = mapped_column(named(Stage, 10))
    stage_since: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(Date)
    """By when the stage must end."""
    filed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(named(Outcome, 10))
    supervised_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when it is on the supervision list (挂牌督办)."""
    supervised_why: Mapped[str] = mapped_column(String(100), default="")
    extended_by_days: Mapped[int] = mapped_column(default=0)
    claims: Mapped[list["Claim"]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="Claim.id")
    steps: Mapped[list["Step"]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="Step.id")


class Claim(Base):
    """One worker's claim for one placement, with what it was built from."""

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("case_id", "placement_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    claim_fen: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text, default="")
    built_from: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The wage, marks, hours and agreement that the complaint rests on: ids, dates, minutes, fen."""
    missing: Mapped[list[str]] = mapped_column(JSON)
    """What the arbitration office will ask for and isn't there, by stable name."""
    filed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    recovered_fen: Mapped[int] = mapped_column(BigInteger, default=0)


class Step(Base):
    """Something done in a case: a stage entered, a mediation's record, a word of either side. Never changed."""

    __tablename__ = "case_steps"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(BigId)
    role: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
