"""Workers: one row a person, whatever the phone."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, sealed_column
from zero_work_market.people.workers.rules import Given, Purpose


class Worker(HasSeal, Base):
    __tablename__ = "workers"
    __feeds__ = (("worker", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), unique=True)
    """None for a worker whom an agent registered without a phone."""
    name_sealed: Mapped[bytes] = sealed_column(nullable=False)
    name = Sealed()
    surname: Mapped[str] = mapped_column(String(4))
    """What lists show: 张**."""
    id_number_sealed: Mapped[bytes] = sealed_column(nullable=False)
    id_number = Sealed()
    id_number_hash: Mapped[str] = mapped_column(String(64), unique=True)
    born_on: Mapped[date] = mapped_column(Date)
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_sealed: Mapped[bytes | None] = sealed_column()
    phone = Sealed()
    """Where the worker is reached: the account's own, or one that an agent was told and that others may share."""
    town: Mapped[str] = mapped_column(String(9), index=True)
    village: Mapped[str | None] = mapped_column(ForeignKey("villages.code"), index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    radius_km: Mapped[float] = mapped_column(default=8.0)
    relocates: Mapped[bool] = mapped_column(default=False)
    min_hourly_fen: Mapped[int] = mapped_column(default=0)
    week: Mapped[int] = mapped_column(default=0)
    """Free quarters of an ordinary week: bit 4·weekday + q, weekday 0 = Monday, q 0…3 from 00, 06, 12, 18 h."""
    active: Mapped[bool] = mapped_column(default=True)
    """False when the worker has paused or erased the profile: never ranked."""
    registered_at: Mapped[datetime]
    registered_by: Mapped[int | None] = mapped_column(BigId)
    """Account of the agent or staff who registered the worker; None when the worker did."""
    erased_at: Mapped[datetime | None]
    kept_until: Mapped[date | None] = mapped_column(Date)
    """Of an erased profile: until when name and ID number must be kept for the ledgers; None when they are gone."""
    skills: Mapped[list["Skill"]] = relationship(
        back_populates="worker", lazy="selectin", cascade="all, delete-orphan", order_by="Skill.id"
    )
    brands: Mapped[list["HeldBrand"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="HeldBrand.id"
    )
    consents: Mapped[list["Consent"]] = relationship(lazy="select", order_by="Consent.id")


class Skill(Base):
    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("worker_id", "occupation"),)
    __feeds__ = (("worker", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    occupation: Mapped[str] = mapped_column(String(10))
    level: Mapped[int] = mapped_column(SmallInteger, default=1)
    certificate: Mapped[str] = mapped_column(String(60), default="")
    """Name of the certificate the worker says to hold; empty for none."""
    certificate_seen_at: Mapped[datetime | None]
    """When staff or an agent saw it; None: the worker's own word."""
    worker: Mapped[Worker] = relationship(back_populates="skills")


class HeldBrand(Base):
    """A labor brand's code on a worker's credentials; what it means is labor_brands' business."""

    __tablename__ = "held_brands"
    __table_args__ = (UniqueConstraint("worker_id", "brand"),)
    __feeds__ = (("worker", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    brand: Mapped[str] = mapped_column(String(20))


class DayOff(Base):
    """A date on which the worker is not free, whatever the week says."""

    __tablename__ = "days_off"
    __table_args__ = (UniqueConstraint("worker_id", "day"),)
    __feeds__ = (("worker", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    day: Mapped[date] = mapped_column(Date)


class Consent(Base):
    """A person's consent to one purpose, and how it was given (个人信息保护法 14)."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(named(Purpose, 20))
    given_how: Mapped[Given] = mapped_column(named(Given, 20))
    witness_account_id: Mapped[int | None] = mapped_column(BigId)
    slip: Mapped[str] = mapped_column(String(60), default="")
    """Number of the signed paper slip, when an agent took the consent."""
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
