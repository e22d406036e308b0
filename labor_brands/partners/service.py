"""Keeping partners, keys and agreements."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labor_brands.partners.models import Accord, OwnKey, Partner, PartnerKey
from labor_brands.partners.queries import own_keys, partner, signing_key
from labor_brands.partners.rules import (
    KEY_LIFE,
    State,
    check_bytes,
    check_code,
    check_key_id,
    check_period,
    check_url,
)
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.ground.settings import settings
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission

SOURCES = ("bureau", "association", "chamber")


def make_key(session: Session, *, by: Actor, at: datetime, life: timedelta = KEY_LIFE) -> OwnKey:
    """A new key of ours, which signs from now on; older ones stay good for what was signed with them."""
    _require(session, by)
    private = Ed25519PrivateKey.generate()
    number = len(own_keys(session)) + 1
    key = OwnKey(key_id=f"{settings().region}-{local_date(at):%Y%m%d}-{number}", since=at, until=at + life)
    key.public, key.private = private.public_key().public_bytes_raw(), private.private_bytes_raw()
    session.add(key)
    session.flush()
    record(session, verb="exchange.key_made", subject=f"exchange_key:{key.id}", by=by, at=at)
    return key


def sign(session: Session, message: bytes, *, at: datetime) -> tuple[str, bytes]:
    """Id of the key, and the signature. Raises NoOwnKey."""
    key = signing_key(session, at=at)
    return key.key_id, Ed25519PrivateKey.from_private_bytes(key.private).sign(message)


def add_partner(session: Session, *, code: str, url: str, shared: str, by: Actor, at: datetime) -> Partner:
    """A region to exchange with. `shared`: the secret of 32 bytes as base64, the same on both sides.

    Raises InvalidValue; on "partner", reason "taken", for one that is known.
    """
    _require(session, by)
    if check_code(code) == settings().region:
        raise InvalidValue(field="partner", reason="own")
    row = Partner(code=code, url=check_url(url), stream=uuid.uuid4().hex, added_at=at)
    row.shared = check_bytes(shared, field="shared")
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise InvalidValue(field="partner", reason="taken") from None
    _record(session, "exchange.partner_added", row, by, at)
    return row


def set_partner(session: Session, *, code: str, url: str, active: bool, by: Actor, at: datetime) -> Partner:
    """How it is reached, and whether anything is exchanged. A changed address is tried at once."""
    _require(session, by)
    row = partner(session, code, lock=True)
    row.url, row.state = check_url(url), State.ACTIVE if active else State.PAUSED
    row.failures, row.error, row.due_at = 0, "", None
    _record(session, "exchange.partner_set", row, by, at, url=row.url, state=row.state)
    return row


def add_partner_key(
    session: Session, *, code: str, key_id: str, public: str, until: datetime | None = None, by: Actor, at: datetime
) -> PartnerKey:
    """A public key of a partner, as its own page shows it; believed from now until `until`."""
    _require(session, by)
    row = partner(session, code, lock=True)
    key_id = check_key_id(key_id)
    if any(one.key_id == key_id for one in row.keys):
        raise InvalidValue(field="key_id", reason="taken")
    key = PartnerKey(key_id=key_id, public=check_bytes(public, field="public"), since=at, until=until or at + KEY_LIFE)
    row.keys.append(key)
    session.flush()
    _record(session, "exchange.partner_key_added", row, by, at, key=key_id)
    return key


def revoke_partner_key(session: Session, *, code: str, key_id: str, by: Actor, at: datetime) -> None:
    """Never believe it again, whatever was signed with it. Raises NotFound."""
    _require(session, by)
    row = partner(session, code, lock=True)
    key = next((one for one in row.keys if one.key_id == key_id), None)
    if key is None:
        raise NotFound(what="key")
    key.revoked_at = key.revoked_at or at
    _record(session, "exchange.partner_key_revoked", row, by, at, key=key_id)


def agree(
    session: Session,
    *,
    code: str,
    first: date,
    last: date,
    source: str,
    source_kind: str = "bureau",
    people: int = 0,
    vacancies: int = 0,
    by: Actor,
    at: datetime,
) -> Accord:
    """What was agreed with a partner from `first` to `last`, both included."""
    _require(session, by)
    row = partner(session, code, lock=True)
    check_period(first, last)
    if not 2 <= len(source.strip()) <= 60:
        raise InvalidValue(field="source", reason="length")
    if source_kind not in SOURCES:
        raise InvalidValue(field="source", reason="unknown")
    if not (0 <= people <= 1_000_000 and 0 <= vacancies <= 1_000_000):
        raise InvalidValue(field="people", reason="range", least=0, most=1_000_000)
    made = Accord(
        first=first, last=last, people=people, vacancies=vacancies, source=source.strip(), source_kind=source_kind,
        made_at=at,
    )  # fmt: skip
    row.agreements.append(made)
    session.flush()
    _record(session, "exchange.agreed", row, by, at, people=people, vacancies=vacancies)
    return made


def note_pulled(session: Session, *, code: str, next_at: datetime, at: datetime) -> None:
    """Its site answered, and all that it had was taken."""
    row = partner(session, code, lock=True)
    row.pulled_at, row.due_at, row.failures, row.error = at, next_at, 0, ""


def note_failed(session: Session, *, code: str, error: str, at: datetime) -> None:
    """Its site can't be reached, or what it sent isn't to be believed: tried again, ever later, an hour at most."""
    row = partner(session, code, lock=True)
    row.failures, row.error = row.failures + 1, error[:300]
    row.due_at = at + min(timedelta(hours=1), timedelta(seconds=15 * 2 ** min(row.failures, 10)))


def _require(session: Session, by: Actor) -> None:
    accounts.require(session, by=by, permission=Permission.EXCHANGE, region=settings().region)


def _record(session: Session, verb: str, row: Partner, by: Actor, at: datetime, **details: Any) -> None:
    record(session, verb=verb, subject=f"exchange_partner:{row.code}", by=by, at=at, **details)
