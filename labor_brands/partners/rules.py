"""When a partner, a key and an agreement hold."""

import base64
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.reference.regions.rules import UnknownRegion, level_of

KEY_LIFE = timedelta(days=730)
"""After so long a key of our own is to be replaced; the partner is told the new one before."""
CLOCKS_APART = timedelta(minutes=5)
"""How far a partner's clock may be from ours when it signs a request."""
KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")


class State(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """Nothing goes out and nothing is taken."""


class NoOwnKey(LeyeError):
    """There is no valid key to sign with."""

    code = "no_own_key"


class NoAgreement(LeyeError):
    """No agreement with the partner is in force, or the partner is paused."""

    code = "no_agreement"


class UnknownPartner(LeyeError):
    code = "unknown_partner"


@dataclass(frozen=True)
class SignedRequest:
    """A request of a partner: what was signed, when it says so, and by which key."""

    partner: str
    key: str
    signed_at: datetime
    signature: bytes
    message: bytes


def request_message(path: str, signed_at: str) -> bytes:
    """What is signed of a request: its path with the query, and the moment as the header says it."""
    return f"GET {path}\n{signed_at}".encode()


def check_code(code: str) -> str:
    """Code of a city, county or district. Raises InvalidValue."""
    try:
        level = level_of(code)
    except UnknownRegion:
        raise InvalidValue(field="partner", reason="format") from None
    if len(code) != 6 or level == "province":
        raise InvalidValue(field="partner", reason="format")
    return code


def check_url(url: str) -> str:
    """Empty where bundles go by file alone. Raises InvalidValue."""
    url = url.strip().rstrip("/")
    if (url and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url)) or len(url) > 200:
        raise InvalidValue(field="url", reason="format")
    return url


def check_bytes(text: str, *, field: str) -> bytes:
    """32 bytes as base64: a public key, or the secret that both share. Raises InvalidValue."""
    try:
        held = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise InvalidValue(field=field, reason="format") from None
    if len(held) != 32:
        raise InvalidValue(field=field, reason="length")
    return held


def check_key_id(text: str) -> str:
    if not KEY_ID.fullmatch(text.strip()):
        raise InvalidValue(field="key_id", reason="format")
    return text.strip()


def check_period(first: date, last: date) -> None:
    if last < first:
        raise InvalidValue(field="last", reason="past")


def holds(*, since: datetime, until: datetime, revoked_at: datetime | None, at: datetime) -> bool:
    """Whether a key may be believed at a moment: now, not when the bundle says that it was made."""
    return since <= at < until and revoked_at is None
