"""Accounts, what they may do and where, their codes and tokens."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, sealed_column
from zero_work_market.people.accounts.rules import Role


class Account(HasSeal, Base):
    """Someone who logs in: by phone and code, or as staff by login name, password and TOTP."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    phone_sealed: Mapped[bytes | None] = sealed_column()
    phone = Sealed()
    login_name: Mapped[str | None] = mapped_column(String(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(40), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = sealed_column()
    totp = Sealed()
    totp_last_step: Mapped[int] = mapped_column(BigId, default=0)
    """The last 30-second step whose code was taken: a code logs in once."""
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(default=1)
    """Raised to end every open login of the account."""
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    grants: Mapped[list["Grant"]] = relationship(
        back_populates="account", lazy="selectin", cascade="all, delete-orphan", order_by="Grant.id"
    )


class Grant(Base):
    """A role for a region, inherited by every region below it."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("account_id", "role", "region"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[Role] = mapped_column(named(Role, 20))
    region: Mapped[str] = mapped_column(String(12), index=True)
    granted_by: Mapped[int | None] = mapped_column(BigId)
    granted_at: Mapped[datetime]
    account: Mapped[Account] = relationship(back_populates="grants")


class Village(Base):
    """A village or community as staff enter it: there is no open table of them."""

    __tablename__ = "villages"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    town: Mapped[str] = mapped_column(String(9), index=True)
    name: Mapped[str] = mapped_column(String(40))


class LoginCode(Base):
    """The one-time code last sent to a phone, one row a phone; only its hash is kept."""

    __tablename__ = "login_codes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    used_at: Mapped[datetime | None]
    day: Mapped[date] = mapped_column(Date)
    sent_that_day: Mapped[int] = mapped_column(SmallInteger)
    """Codes sent on the local date `day`."""


class Token(Base):
    """A bearer token of the API; only its hash is kept."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
