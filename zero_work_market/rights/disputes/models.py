"""Cases, who claims what in them, and what was done."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.rights.disputes.rules import COLLECTING, Kind, Outcome, Procedure, Stage

_COLLECTING = text("stage IN ({})".format(", ".join(f"'{stage}'" for stage in COLLECTING)))


class Case(Base):
    """A wage case against one employer in one county; of those that still collect claims there is one at most."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_county_stage", "county", "stage"),
        Index(
            "uq_cases_collecting", "employer_id", "county", unique=True,
            sqlite_where=_COLLECTING, postgresql_where=_COLLECTING,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    county: Mapped[str] = mapped_column(String(6))
    town: Mapped[str] = mapped_column(String(9))
    """Of the work first complained of."""
    stage: Mapped[Stage] = mapped_column(named(Stage, 10))
    stage_since: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(Date)
    """By when the stage must end."""
    procedure: Mapped[Procedure | None] = mapped_column(named(Procedure, 10))
    extended_by_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    filed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(named(Outcome, 10))
    supervised_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when it is on the supervision list (挂牌督办)."""
    claims: Mapped[list["Claim"]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="Claim.id")
    steps: Mapped[list["Step"]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="Step.id")

    @property
    def number(self) -> str:
        """What everyone calls the case by, e.g. "乐薪 370829-2026-000012"."""
        return f"乐薪 {self.county}-{local_date(self.filed_at).year}-{self.id:06d}"

    @property
    def open_claims(self) -> list["Claim"]:
        """Those that weren't taken back."""
        return [claim for claim in self.claims if claim.withdrawn_at is None]


class Claim(Base):
    """One worker's claim for one placement, with what it was built from."""

    __tablename__ = "claims"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    claim_fen: Mapped[int] = mapped_column(BigInteger)
    built_from: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The posting, agreement, wages and shifts that it rests on, as they were then: see `queries.built`."""
    missing: Mapped[list[str]] = mapped_column(JSON)
    """What the arbitration office will ask for and isn't there: values of `rules.Missing`."""
    filed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    promised_fen: Mapped[int | None] = mapped_column(BigInteger)
    """Agreed in mediation, or awarded; what came of it the wage ledger says: see `queries.standing`."""


class Step(Base):
    """Something done in a case: a stage entered, a mediation's record, a word of either side. Never changed."""

    __tablename__ = "case_steps"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    """The claim that it is about; None for the whole case."""
    kind: Mapped[Kind] = mapped_column(named(Kind, 12))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(BigId)
    role: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
