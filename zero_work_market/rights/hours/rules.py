"""When two words on the hours of a shift agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from zero_work_market.ground.errors import InvalidValue, LeyeError

SIDES = ("worker", "employer")
STAFF = "staff"
MOST_MINUTES = 24 * 60
STEP_MINUTES = 15
MOST_PIECES = 100_000


class HoursTooEarly(LeyeError):
    """The shift isn't over."""

    code = "hours_too_early"


class NotArrived(LeyeError):
    """No arrival of the worker at that shift stands."""

    code = "no_arrival"


class ArrivalInDoubt(LeyeError):
    """The employer says that the worker never came, and staff haven't decided: its hours, and staff's, must wait."""

    code = "arrival_in_doubt"


class HoursAgreed(LeyeError):
    """Both have said the same, or staff have decided: no other word is taken. details: minutes."""

    code = "hours_agreed"


class HoursUndisputed(LeyeError):
    """Nothing for staff to decide: the two haven't differed, and neither has been silent for long."""

    code = "hours_undisputed"


@dataclass(frozen=True)
class Word:
    """What a side says of a shift; `pieces` None unless pay is by the piece."""

    side: str
    minutes: int
    pieces: int | None


def check_minutes(minutes: int) -> int:
    """Raises InvalidValue unless it is between a minute and a day."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidValue(field="minutes", reason="range", least=1, most=MOST_MINUTES)
    return minutes


def check_pieces(pieces: int | None, *, by_piece: bool) -> int | None:
    """Raises InvalidValue when pieces are missing, or not the kind of pay."""
    if not by_piece:
        return None
    if pieces is None:
        raise InvalidValue(field="pieces", reason="required")
    if not 0 <= pieces <= MOST_PIECES:
        raise InvalidValue(field="pieces", reason="range", least=0, most=MOST_PIECES)
    return pieces


def offered_minutes(
    starts_at: datetime,
    ends_at: datetime,
    arrived_at: datetime | None,
    left_at: datetime | None,
    break_minutes: int = 0,
) -> int:
    """What a side may agree to with one tap: from arrival to leaving to the nearest quarter, else the shift's length,
    and without the shift's break when that is more than half the shift: else the break hardly lay within it.

    Who comes before the start waits on their own time; who wasn't checked out left at the end.
    """
    start = max(starts_at, arrived_at) if arrived_at else starts_at
    there = (left_at or ends_at) - start
    quarters = (2 * (there // timedelta(minutes=1)) + STEP_MINUTES) // (2 * STEP_MINUTES)
    off = break_minutes if 2 * there > ends_at - starts_at else 0
    return min(max(quarters * STEP_MINUTES - off, STEP_MINUTES), MOST_MINUTES)


def last_words(words: Iterable[Word]) -> dict[str, Word]:
    """Each side's latest word."""
    return {word.side: word for word in words}


def agreed(words: Iterable[Word]) -> tuple[int, int | None] | None:
    """(minutes, pieces) once the latest words of both sides are the same, or staff's; None until then.

    A side's silence, however long, is no word: a count needs both.
    """
    last = last_words(words)
    if STAFF in last:
        return last[STAFF].minutes, last[STAFF].pieces
    said = {(last[side].minutes, last[side].pieces) for side in SIDES if side in last}
    return said.pop() if len(said) == 1 and all(side in last for side in SIDES) else None


def differ(words: Iterable[Word]) -> bool:
    """Both have spoken, and not alike."""
    last = last_words(words)
    return all(side in last for side in SIDES) and agreed(last.values()) is None
