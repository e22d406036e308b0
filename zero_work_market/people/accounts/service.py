"""Logging in, staff and what they may do, tokens, villages.

`try_code` and `try_password` return a refusal instead of raising it: the failed attempt is counted only if the caller's
transaction commits.
"""

import functools
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zero_work_market.ground import audit, clock, messages
from zero_work_market.ground.audit import Actor, AuditRow
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotAllowed, NotFound
from zero_work_market.ground.privacy import lookup
from zero_work_market.ground.referring import referring
from zero_work_market.people.accounts import queries, rules
from zero_work_market.people.accounts.models import Account, Grant, LoginCode, Token, Village
from zero_work_market.people.accounts.rules import CodePurpose, Permission, Role
from zero_work_market.reference.regions import queries as regions
from zero_work_market.reference.regions.rules import UnknownRegion, covers

_HASHER = PasswordHasher()


def require(session: Session, *, by: Actor, permission: Permission, region: str) -> None:
    """Raises NotAllowed, or OutOfScope when only the region is wrong. The system itself may do everything."""
    if by != audit.SYSTEM:
        rules.require(queries.grants_of(session, by.account_id), permission, region)


def request_code(session: Session, *, phone: str, at: datetime, purpose: CodePurpose = CodePurpose.LOGIN) -> None:
    """Send a six-digit code to `phone`; it takes the place of the one before.

    Raises InvalidValue, CodeTooSoon, TooManyCodes.
    """
    phone = rules.parse_phone(phone)
    today = clock.local_date(at)
    row = _code_row(session, phone)
    if row is None:
        row = LoginCode(phone_hash=lookup(phone, kind="phone"), day=today, sent_that_day=0)
    else:
        if row.day != today:
            row.day, row.sent_that_day = today, 0
        used = row.used_at is not None
        rules.check_may_send(sent_at=row.sent_at, used=used, sent_today=row.sent_that_day, at=at)
    code = f"{secrets.randbelow(1_000_000):06d}"
    row.code_hash = _code_hash(phone, code, purpose)
    row.sent_at, row.expires_at = at, at + rules.CODE_LIFE
    row.attempts, row.used_at = 0, None
    row.sent_that_day += 1
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise rules.CodeTooSoon(wait_seconds=int(rules.CODE_GAP.total_seconds())) from None
    messages.queue(
        session, phone=phone, body=rules.CODE_TEXTS[purpose].format(code=code), purpose=f"{purpose}_code", at=at
    )


def try_code(
    session: Session, *, phone: str, code: str, at: datetime, purpose: CodePurpose = CodePurpose.LOGIN
) -> Account | LeyeError:
    """The account of `phone`, opened on its first good code; else the refusal: WrongCode or CodeExpired.

    Raises InvalidValue for what is no phone number.
    """
    phone = rules.parse_phone(phone)
    row = _code_row(session, phone)
    if row is None or row.used_at or at >= row.expires_at or row.attempts >= rules.CODE_ATTEMPTS:
        return rules.CodeExpired()
    row.attempts += 1
    if not hmac.compare_digest(row.code_hash, _code_hash(phone, rules.plain(code), purpose)):
        session.flush()
        return rules.WrongCode(left=rules.CODE_ATTEMPTS - row.attempts)
    row.used_at = at
    return open_account(session, phone=phone, at=at)


def open_account(session: Session, *, phone: str, at: datetime) -> Account:
    """The account of a phone, opened if it is new: who has the phone logs in with its codes. Raises InvalidValue."""
    phone = rules.parse_phone(phone)
    return queries.account_of_phone(session, phone) or _open_account(session, phone, at)


def close_unused(session: Session, *, opened: Mapping[int, datetime], at: datetime) -> None:
    """Close accounts that were opened at those moments, by id, and that nobody has used or points at: their phones are
    forgotten. They aren't removed, for their numbers stand in the browsers of those who logged in."""
    pointed = referring(session, Account, opened)
    acted = set(session.scalars(select(AuditRow.account_id).where(AuditRow.account_id.in_(opened))))
    for account in session.scalars(select(Account).where(Account.id.in_(opened.keys() - pointed.keys() - acted))):
        if account.created_at == opened[account.id]:
            account.phone, account.phone_hash, account.closed_at = None, None, at
    session.flush()


def try_password(session: Session, *, login_name: str, password: str, totp: str, at: datetime) -> Account | LeyeError:
    """The staff account, if all three are right and it isn't locked; else WrongLogin, after the same work each time."""
    account = session.scalars(
        select(Account).where(Account.login_name == login_name.strip().lower(), Account.closed_at.is_(None))
        .with_for_update().execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    known = account is not None and account.password_hash is not None and account.totp is not None
    password_hash, secret = (account.password_hash, account.totp) if known and account else _nobody()
    password_fits = _fits(password_hash or "", password)
    step = rules.totp_step(secret or "", totp, at=at, after=account.totp_last_step if account else 0)
    if account is None or not known or (account.locked_until and at < account.locked_until):
        return rules.WrongLogin()
    if not password_fits or step is None:
        _count_failure(account, at)
        session.flush()
        return rules.WrongLogin()
    account.failures, account.locked_until, account.totp_last_step = 0, None, step
    if _HASHER.check_needs_rehash(account.password_hash or ""):
        account.password_hash = _HASHER.hash(password)
    session.flush()
    return account


@dataclass(frozen=True)
class NewLogin:
    """A staff login as made: the secret is shown once, as text and as a QR of the URI."""

    account: Account
    totp_secret: str = field(repr=False)
    totp_uri: str = field(repr=False)


def create_staff(
    session: Session,
    *,
    login_name: str,
    password: str,
    display_name: str,
    role: Role,
    region: str,
    by: Actor,
    at: datetime,
) -> NewLogin:
    """A staff account with its first grant. Raises InvalidValue, LoginNameTaken, and what `grant` raises."""
    _require_grantable(session, role, region, by)
    account = Account(
        login_name=rules.check_login_name(login_name), display_name=display_name.strip()[:40], created_at=at
    )
    login = _give_login(account, password)
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError:
        raise rules.LoginNameTaken(login_name=account.login_name) from None
    grant(session, account_id=account.id, role=role, region=region, by=by, at=at)
    return login


def renew_login(session: Session, *, account_id: int, password: str, by: Actor, at: datetime) -> NewLogin:
    """A new password and TOTP secret for a staff account, by itself or by who may grant all it holds."""
    account = _staff(session, account_id)
    _require_over(session, account, by)
    login = _give_login(account, password)
    account.failures, account.locked_until = 0, None
    end_sessions(session, account_id=account_id, by=by, at=at)
    return login


def grant(session: Session, *, account_id: int, role: Role, region: str, by: Actor, at: datetime) -> Grant:
    """Give a staff account a role below one's own, inside one's own region. Given twice, it is there once.

    Raises NotAllowed, NotFound, UnknownRegion, InvalidValue (region: "level" when it isn't the role's).
    """
    account = _staff(session, account_id)
    _require_grantable(session, role, region, by)
    held = next((held for held in account.grants if (held.role, held.region) == (role, region)), None)
    if held is None:
        held = Grant(role=role, region=region, granted_by=by.account_id, granted_at=at)
        account.grants.append(held)
        _record(session, "account.granted", account, by, at, role_given=role.value, region_given=region)
    return held


def revoke(session: Session, *, account_id: int, role: Role, region: str, by: Actor, at: datetime) -> None:
    """Take a role back. Raises NotAllowed; NotFound when it isn't held."""
    account = _staff(session, account_id)
    _require_may_grant(session, role, region, by)
    held = next((held for held in account.grants if (held.role, held.region) == (role, region)), None)
    if held is None:
        raise NotFound(what="grant", account_id=account_id)
    account.grants.remove(held)
    _record(session, "account.revoked", account, by, at, role_taken=role.value, region_taken=region)


def end_sessions(session: Session, *, account_id: int, by: Actor, at: datetime) -> None:
    """End every open login and token of an account: one's own, or that of staff below."""
    account = _account(session, account_id)
    _require_over(session, account, by)
    account.session_epoch += 1
    session.execute(
        update(Token).where(Token.account_id == account_id, Token.revoked_at.is_(None)).values(revoked_at=at)
    )
    _record(session, "account.sessions_ended", account, by, at)


def close(session: Session, *, account_id: int, by: Actor, at: datetime) -> None:
    """Close an account for good: its logins, grants, phone and secrets are gone, its row stays for the records."""
    end_sessions(session, account_id=account_id, by=by, at=at)
    account = _account(session, account_id)
    account.grants.clear()
    account.phone_hash = account.phone = account.password_hash = account.totp = None
    account.display_name, account.closed_at = "", at
    _record(session, "account.closed", account, by, at)


def issue_token(session: Session, *, account_id: int, at: datetime) -> str:
    """A bearer token for 90 days, shown this once."""
    token = secrets.token_urlsafe(32)
    session.add(
        Token(
            account_id=account_id,
            token_hash=lookup(token, kind="token"),
            created_at=at,
            expires_at=at + rules.TOKEN_LIFE,
        )
    )
    session.flush()
    return token


def revoke_token(session: Session, *, token: str, at: datetime) -> None:
    """End a token; one that is unknown or ended already is left alone."""
    open_token = (Token.token_hash == lookup(token, kind="token"), Token.revoked_at.is_(None))
    session.execute(update(Token).where(*open_token).values(revoked_at=at))


def add_village(session: Session, *, town: str, code: str, name: str, by: Actor, at: datetime) -> Village:
    """Enter a village of `town` by its 12-digit code. Raises NotAllowed, InvalidValue ("code", "name", "taken")."""
    require(session, by=by, permission=Permission.ADD_VILLAGE, region=town)
    code, name = rules.plain(code), rules.plain(name)
    if not (len(code) == 12 and code.isdigit() and covers(town, code)):
        raise InvalidValue(field="code", reason="not_of_town", town=town)
    if not 1 <= len(name) <= 40:
        raise InvalidValue(field="name", reason="length")
    village = Village(code=code, town=town, name=name)
    try:
        with session.begin_nested():
            session.add(village)
            session.flush()
    except IntegrityError:
        raise InvalidValue(field="code", reason="taken", given=code) from None
    audit.record(session, verb="village.added", subject=f"village:{code}", by=by, at=at)
    return village


def _code_row(session: Session, phone: str) -> LoginCode | None:
    return session.scalars(
        select(LoginCode).where(LoginCode.phone_hash == lookup(phone, kind="phone"))
        .with_for_update().execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def _code_hash(phone: str, code: str, purpose: CodePurpose) -> str:
    return lookup(f"{purpose}:{phone}:{code}", kind="login_code")


def _open_account(session: Session, phone: str, at: datetime) -> Account:
    account = Account(phone_hash=lookup(phone, kind="phone"), created_at=at)
    account.phone = phone
    session.add(account)
    session.flush()
    return account


@functools.cache
def _nobody() -> tuple[str, str]:
    """Password hash and TOTP secret that an unknown login name is tried against."""
    return _HASHER.hash(secrets.token_urlsafe()), pyotp.random_base32()


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerificationError:
        return False


def _count_failure(account: Account, at: datetime) -> None:
    account.failures = 1 if account.locked_until else account.failures + 1
    locks = account.failures >= rules.PASSWORD_FAILURES
    account.locked_until = at + rules.PASSWORD_LOCK if locks else None


def _give_login(account: Account, password: str) -> NewLogin:
    rules.check_password(password, login_name=account.login_name or "")
    secret = pyotp.random_base32()
    account.password_hash, account.totp, account.totp_last_step = _HASHER.hash(password), secret, 0
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.login_name or "", issuer_name="Leye")
    return NewLogin(account=account, totp_secret=secret, totp_uri=uri)


def _account(session: Session, account_id: int) -> Account:
    account = queries.account(session, account_id)
    if account is None:
        raise NotFound(what="account", id=account_id)
    return account


def _staff(session: Session, account_id: int) -> Account:
    account = _account(session, account_id)
    if account.login_name is None:
        raise NotFound(what="staff", id=account_id)
    return account


def _require_may_grant(session: Session, role: Role, region: str, by: Actor) -> None:
    if by != audit.SYSTEM and not rules.may_grant(queries.grants_of(session, by.account_id), role, region):
        raise NotAllowed(permission=Permission.MANAGE_ACCOUNTS.value, region=region)


def _require_grantable(session: Session, role: Role, region: str, by: Actor) -> None:
    _require_may_grant(session, role, region, by)
    if rules.role_at(region) != role:
        raise InvalidValue(field="region", reason="level", given=region)
    if role != Role.VILLAGE_AGENT:
        regions.region(region)
    elif queries.village(session, region) is None:
        raise UnknownRegion(region=region)


def _require_over(session: Session, account: Account, by: Actor) -> None:
    """`by` must be the account itself, or be able to grant everything that it holds, which must be something."""
    if by == audit.SYSTEM or by.account_id == account.id:
        return
    if not account.grants:
        raise NotAllowed(permission=Permission.MANAGE_ACCOUNTS.value, region="")
    for held in account.grants:
        _require_may_grant(session, held.role, held.region, by)


def _record(session: Session, verb: str, account: Account, by: Actor, at: datetime, **details: str) -> None:
    session.flush()
    audit.record(session, verb=verb, subject=f"account:{account.id}", by=by, at=at, **details)
