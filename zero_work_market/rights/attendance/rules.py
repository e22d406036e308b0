"""How a worker's arrival is known, when it counts, and what becomes of a mark.

A posting has one secret. From it and the half minute that runs come two codes that the employer's phone shows: six
digits to be said aloud, and a token behind a QR code. The token names its half minute, so it also proves later where
somebody was when; the digits prove it together with the moment at which they were noted.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.rights.contracts.rules import Side

STEP = timedelta(seconds=30)
OPENS = timedelta(minutes=60)
"""So long before its start a shift takes arrivals, but not while the one before it runs."""
TRIES, TRIES_WITHIN = 5, timedelta(minutes=10)
UNDO = timedelta(minutes=10)
"""So long the foreman may take back what was ticked."""
LEAVES = timedelta(hours=12)
"""Longest overtime after which one may still say that one leaves."""
ROLL_CALL_ENDS = timedelta(hours=24)
"""So long after a shift the foreman may still tick who came to it."""
MAC_BYTES = 12
TOKEN = re.compile(r"([0-9a-f]{1,15})\.([0-9a-f]{1,8})\.([A-Za-z0-9_-]{16})")
SPOKEN = re.compile(r"[0-9]{6}")


class How(StrEnum):
    QR = "qr"
    """The worker scanned the code that changes on the employer's phone."""
    SPOKEN = "spoken"
    """The worker typed the six digits."""
    ROLL_CALL = "roll_call"
    """The foreman called the name."""
    OFFLINE = "offline"
    """A code taken without network, and sent later."""
    STAFF = "staff"
    """Staff decided so after the mark was contested."""


class State(StrEnum):
    ARRIVED = "arrived"
    ABSENT = "absent"
    EXCUSED = "excused"
    """Staff decided that the absence isn't to be held against the worker."""


class Said(StrEnum):
    """What a foreman says of a name."""

    HERE = "here"
    ON_TIME = "on_time"
    """Came in time, and is only ticked now."""
    MISSING = "missing"
    LEFT = "left"


class Verdict(StrEnum):
    """Staff's word on a contested mark."""

    OVERTURNED = "overturned"
    """As the one says who contests it: was there, in time; or wasn't."""
    EXCUSED = "excused"
    COUNTERED = "countered"
    """As the other says, who contests it too."""
    UPHELD = "upheld"


class WrongGateCode(LeyeError):
    """Not a code of this posting, or of another half minute. details: left, the tries that remain."""

    code = "wrong_gate_code"


class AskForeman(LeyeError):
    """Wrong codes too often: the foreman can tick the name. details: minutes."""

    code = "ask_foreman"


class OutsideHours(LeyeError):
    """No shift takes arrivals at that moment. details: opens_at, the next moment that one does, None if none will."""

    code = "outside_hours"


class TokenTooOld(LeyeError):
    """An offline code was sent later than it counts. details: hours."""

    code = "token_too_old"


class NotMissingYet(LeyeError):
    """Nobody is absent before the grace after the start is over. details: from_at."""

    code = "not_missing_yet"


class NotArrived(LeyeError):
    """Who hasn't come can't leave."""

    code = "not_arrived"


class MarkDecided(LeyeError):
    """Staff decided on the mark; that stands."""

    code = "mark_decided"


class ContestOver(LeyeError):
    """A mark is contested within some hours of being made. details: hours."""

    code = "contest_over"


class NotContestable(LeyeError):
    """The mark isn't against the one who contests it, or is contested already."""

    code = "not_contestable"


class ArrivalGranted(LeyeError):
    """The employer spoke of the hours of that shift: whoever worked was there."""

    code = "arrival_granted"


class UndoOver(LeyeError):
    """What was ticked can't be taken back any more, or wasn't ticked but proven by a code."""

    code = "undo_over"


@dataclass(frozen=True)
class Token:
    """What a token says, whether true or not."""

    posting_id: int
    step: int
    mac: str


def step_at(moment: datetime) -> int:
    """Number of the half minute that `moment` lies in."""
    return int(moment.timestamp()) // int(STEP.total_seconds())


def begin_of(step: int) -> datetime:
    return datetime.fromtimestamp(step * STEP.total_seconds(), UTC)


def spoken_code(secret: str, step: int) -> str:
    """The six digits of a half minute."""
    return f"{int.from_bytes(_mac(secret, f'spoken:{step}')[:8]) % 1_000_000:06d}"


def token(secret: str, *, posting_id: int, step: int) -> str:
    """The token of a half minute: posting, half minute, and a MAC over both."""
    return f"{posting_id:x}.{step:x}.{_token_mac(secret, posting_id, step)}"


def read_token(text: str) -> Token | None:
    """What a token says, None for a text that is no token."""
    found = TOKEN.fullmatch(text.strip())
    return Token(int(found[1], 16), int(found[2], 16), found[3]) if found else None


def is_genuine(told: Token, secret: str) -> bool:
    return hmac.compare_digest(told.mac, _token_mac(secret, told.posting_id, told.step))


def is_spoken(code: str, secret: str, *, at: datetime) -> bool:
    """True for the six digits of the half minute of `at`, or of the one before or after."""
    if not SPOKEN.fullmatch(code):
        return False
    here = step_at(at)
    known = [hmac.compare_digest(code, spoken_code(secret, step)) for step in (here - 1, here, here + 1)]
    return any(known)


def is_fresh(step: int, *, at: datetime) -> bool:
    """True for a half minute that is running now, or the one before or after."""
    return abs(step - step_at(at)) <= 1


def require_sent_in_time(taken_at: datetime, *, at: datetime, hours: int) -> None:
    """Raises TokenTooOld for a code taken more than so many hours before it was sent."""
    if at - taken_at > timedelta(hours=hours):
        raise TokenTooOld(hours=hours)


def opens_at(shifts: Sequence[tuple[datetime, datetime]], index: int) -> datetime:
    """From when a shift takes arrivals."""
    starts_at = shifts[index][0]
    before = shifts[index - 1][1] if index else starts_at - OPENS
    return min(max(starts_at - OPENS, before), starts_at)


def shift_at(shifts: Sequence[tuple[datetime, datetime]], moment: datetime) -> int:
    """Index of the shift that takes arrivals at `moment`: one at most. Raises OutsideHours."""
    opens = [opens_at(shifts, index) for index in range(len(shifts))]
    for index, (_, ends_at) in enumerate(shifts):
        if opens[index] <= moment <= ends_at:
            return index
    raise OutsideHours(opens_at=next((one for one in opens if one > moment), None))


def minutes_late(*, due_at: datetime, arrived_at: datetime) -> int:
    """Whole minutes after the moment at which the worker had to be there; 0 in time."""
    return max(0, (arrived_at - due_at) // timedelta(minutes=1))


def require_roll_call(shifts: Sequence[tuple[datetime, datetime]], index: int, *, at: datetime) -> None:
    """Raises OutsideHours unless the names of a shift may be called: from its opening to a day after its end."""
    if not may_call_roll(shifts, index, at=at):
        first = opens_at(shifts, index)
        raise OutsideHours(opens_at=first if at < first else None)


def may_call_roll(shifts: Sequence[tuple[datetime, datetime]], index: int, *, at: datetime) -> bool:
    return opens_at(shifts, index) <= at <= shifts[index][1] + ROLL_CALL_ENDS


def require_contestable(*, marked_at: datetime, at: datetime, hours: int) -> None:
    """Raises ContestOver later than so many hours after the mark was made."""
    if at - marked_at > timedelta(hours=hours):
        raise ContestOver(hours=hours)


def may_contest(side: Side, *, state: State, minutes_late: int) -> bool:
    """A worker contests being absent or late, an employer that somebody came."""
    if side == Side.EMPLOYER:
        return state == State.ARRIVED
    return state == State.ABSENT or (state == State.ARRIVED and minutes_late > 0)


def check_words(words: str) -> str:
    """What is said against a mark, 4–300 characters. Raises InvalidValue."""
    words = words.strip()
    if len(words) < 4:
        raise InvalidValue(field="contest", reason="too_short", least=4)
    return words[:300]


def _token_mac(secret: str, posting_id: int, step: int) -> str:
    mac = _mac(secret, f"token:{posting_id}:{step}")[:MAC_BYTES]
    return base64.urlsafe_b64encode(mac).decode()


def _mac(secret: str, text: str) -> bytes:
    return hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
