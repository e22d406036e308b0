"""Employers, the papers that prove them, and their construction projects."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, SealedBytes, sealed_column
from zero_work_market.people.employers.rules import Paper, Verification


class Employer(HasSeal, Base):
    __tablename__ = "employers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    """The operator's account: one person acts for the employer."""
    name: Mapped[str] = mapped_column(String(80))
    short: Mapped[str] = mapped_column(String(20))
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    county: Mapped[str] = mapped_column(String(6), index=True)
    town: Mapped[str] = mapped_column(String(9))
    address: Mapped[str] = mapped_column(String(120), default="")
    operator_sealed: Mapped[bytes] = sealed_column(nullable=False)
    operator = Sealed()
    operator_id_number_sealed: Mapped[bytes] = sealed_column(nullable=False)
    operator_id_number = Sealed()
    state: Mapped[Verification] = mapped_column(named(Verification, 12), index=True)
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    state_since: Mapped[datetime] = mapped_column(index=True)
    registered_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    """End of the verification: at most six months on (notice 2025-60)."""


class Document(HasSeal, Base):
    """A licence, the operator's ID or the letter of authority, sealed; one of each kind, the newest."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("employer_id", "paper"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    paper: Mapped[Paper] = mapped_column(named(Paper, 12))
    media_type: Mapped[str] = mapped_column(String(30))
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    body_sealed: Mapped[bytes] = sealed_column(nullable=False)
    body = SealedBytes()


class Project(HasSeal, Base):
    """A construction project: its wage account, and the injury insurance that covers everyone on it (plan 12, 14)."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("employer_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    name: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(40))
    """As the housing authority registered it."""
    contractor: Mapped[str] = mapped_column(String(80))
    """Who pays the wages on behalf of the employer (总包代发)."""
    insurance_number: Mapped[str] = mapped_column(String(40), default="")
    """Of the injury insurance by project; empty while there is none."""
    wage_account_sealed: Mapped[bytes | None] = sealed_column()
    wage_account = Sealed()
    bank: Mapped[str] = mapped_column(String(40), default="")
    added_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
