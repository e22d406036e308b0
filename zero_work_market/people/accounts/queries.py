"""Reads of accounts, grants, tokens and villages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from zero_work_market.ground.privacy import lookup
from zero_work_market.people.accounts.models import Account, Grant, Token, Village
from zero_work_market.people.accounts.rules import Role
from zero_work_market.reference.regions.rules import significant


@dataclass(frozen=True)
class StaffRow:
    """One grant of a staff account."""

    account_id: int
    login_name: str
    display_name: str
    role: Role
    region: str
    granted_at: datetime
    locked_until: datetime | None


@dataclass(frozen=True)
class VillageRow:
    code: str
    town: str
    name: str


def account(session: Session, account_id: int) -> Account | None:
    """The account, unless it is closed."""
    found = session.get(Account, account_id)
    return found if found is not None and found.closed_at is None else None


def account_of_phone(session: Session, phone: str) -> Account | None:
    """The account of a phone as `rules.parse_phone` gives it."""
    return session.scalars(select(Account).where(Account.phone_hash == lookup(phone, kind="phone"))).one_or_none()


def account_of_token(session: Session, token: str, at: datetime) -> Account | None:
    """Whose bearer token this is, None if it is unknown, revoked or too old."""
    good = (Token.token_hash == lookup(token, kind="token"), Token.revoked_at.is_(None), Token.expires_at > at)
    open_account = Account.closed_at.is_(None)
    return session.scalars(
        select(Account).join(Token, Token.account_id == Account.id).where(*good, open_account)
    ).one_or_none()


def grants_of(session: Session, account_id: int | None) -> tuple[Grant, ...]:
    return tuple(session.scalars(select(Grant).where(Grant.account_id == account_id).order_by(Grant.id)))


def staff_of(session: Session, scopes: Iterable[str]) -> tuple[StaffRow, ...]:
    """Every grant for a region in `scopes`, from the highest region down."""
    rows = session.execute(
        select(Grant, Account)
        .join(Account, Grant.account_id == Account.id)
        .where(inside(Grant.region, scopes), Account.closed_at.is_(None))
        .order_by(Grant.region, Grant.id)
    )
    return tuple(
        StaffRow(
            account_id=found.id,
            login_name=found.login_name or "",
            display_name=found.display_name,
            role=grant.role,
            region=grant.region,
            granted_at=grant.granted_at,
            locked_until=found.locked_until,
        )
        for grant, found in rows
    )


def villages(session: Session, town: str) -> tuple[VillageRow, ...]:
    """The villages that staff have entered for a town, by code."""
    rows = session.scalars(select(Village).where(Village.town == town).order_by(Village.code))
    return tuple(VillageRow(code=row.code, town=row.town, name=row.name) for row in rows)


def village(session: Session, code: str) -> VillageRow | None:
    row = session.get(Village, code)
    return None if row is None else VillageRow(code=row.code, town=row.town, name=row.name)


def villages_of(session: Session, codes: Iterable[str | None]) -> Sequence[Village]:
    """Those of the codes that are villages'."""
    return session.scalars(select(Village).where(Village.code.in_({code for code in codes if code}))).all()


def inside(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], scopes: Iterable[str]
) -> ColumnElement[bool]:
    """SQL for "this region code is in one of `scopes`"."""
    return or_(false(), *(column.startswith(significant(scope)) for scope in scopes))
