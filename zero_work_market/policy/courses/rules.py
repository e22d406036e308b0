"""States of training, what counts as a 人次 of subsidised training, and who has a claim to which subsidy.

Levels are the trades' own: 1 初级工, 2 中级工, 3 高级工, 4 技师, 5 高级技师.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError
from zero_work_market.people.accounts.rules import plain
from zero_work_market.reference.law.rules import Dated
from zero_work_market.reference.occupations.rules import LEVELS

MOST_PLACES, MOST_HOURS, MOST_SCORE = 500, 2000, 100


class BatchState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    """A first day was held."""
    ENDED = "ended"


class State(StrEnum):
    """Of one person in one batch."""

    ENROLLED = "enrolled"
    ATTENDING = "attending"
    """Has been there on a day."""
    PASSED = "passed"
    FAILED = "failed"
    LEFT = "left"


MOVES: dict[State, set[State]] = {
    State.ENROLLED: {State.ATTENDING, State.LEFT},
    State.ATTENDING: {State.ENROLLED, State.PASSED, State.FAILED, State.LEFT},
    State.FAILED: {State.PASSED},
    State.PASSED: set(),
    State.LEFT: {State.ENROLLED},
}
"""Who was ticked by mistake goes back to enrolled; who failed may be tested again."""


class Out(StrEnum):
    """Why somebody on a roster isn't counted as a 人次 of subsidised training."""

    UNSUBSIDISED = "unsubsidised"
    LEFT = "left"
    GOING_ON = "going_on"
    """The batch hasn't ended."""
    ABSENT = "absent"
    """Was there on fewer days than it takes."""


class Kind(StrEnum):
    TRAINING = "training"
    """培训补贴：a 人次 of subsidised training (plan 8)"""
    SKILL = "skill"
    """技能补贴：a certificate of 高级工 (plan 9)"""


class Lacks(StrEnum):
    """Why there is no claim to a subsidy."""

    NOT_COUNTED = "not_counted"
    """Not a 人次 of subsidised training."""
    NO_CERTIFICATE = "no_certificate"
    LEVEL = "level"
    """No rule gives it at this level."""


class ClaimState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class OrderState(StrEnum):
    """Of an employer's wish to have people trained for a posting."""

    ASKED = "asked"
    TAKEN = "taken"
    REFUSED = "refused"


class FlagshipTaken(LeyeError):
    """The county has its flagship course of the year (一县一项目). details: county, year, course."""

    code = "flagship_taken"


class BatchFull(LeyeError):
    """Every place of the batch is taken. details: places."""

    code = "batch_full"


class BatchClosed(LeyeError):
    """The batch takes nobody any more: it has ended. details: state."""

    code = "batch_closed"


class NothingHeld(LeyeError):
    """A batch of which no day was held can't end."""

    code = "nothing_held"


class CertificateHeld(LeyeError):
    """The person has a certificate of this occupation and level. details: enrolment."""

    code = "certificate_held"


class NotEligible(LeyeError):
    """There is no claim to this subsidy. details: kind, lacks."""

    code = "subsidy_not_eligible"


@dataclass(frozen=True, kw_only=True)
class Rate(Dated):
    """What one subsidy comes to at one level; `fen` None: no document that we know gives a figure.

    `confirmed` is said of the figure: an unconfirmed one is only proposed to whoever decides.
    """

    kind: Kind
    level: int
    fen: int | None


def require_move(current: State, target: State) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="enrolment", from_state=current, to_state=target)


def attended(days: int, held: int, *, least_percent: int) -> bool:
    """Was there on enough of the days held: 8 of 10 are 80 %."""
    return held > 0 and 100 * days >= least_percent * held


def why_out(
    *, subsidised: bool, batch: BatchState, state: State, days: int, held: int, least_percent: int
) -> Out | None:
    """Why a roster's row isn't a 人次 of subsidised training; None for one that is, whether or not they passed."""
    if not subsidised:
        return Out.UNSUBSIDISED
    if state == State.LEFT:
        return Out.LEFT
    if batch != BatchState.ENDED:
        return Out.GOING_ON
    return None if attended(days, held, least_percent=least_percent) else Out.ABSENT


def rate_of(rates: Iterable[Rate], kind: Kind, *, level: int, on: date) -> Rate | None:
    """The rule that gives this subsidy at this level on a day."""
    return next((one for one in rates if one.kind == kind and one.level == level and one.in_force(on)), None)


def lacks(kind: Kind, *, counted: bool, certified: bool, rate: Rate | None) -> Lacks | None:
    """What is missing to a claim; None when nothing is. `rate`: what `rate_of` found."""
    if kind == Kind.TRAINING and not counted:
        return Lacks.NOT_COUNTED
    if kind == Kind.SKILL and not certified:
        return Lacks.NO_CERTIFICATE
    return None if rate else Lacks.LEVEL


def check_number(field: str, value: int, most: int, *, least: int = 1) -> int:
    """Raises InvalidValue: reason "range"."""
    if not least <= value <= most:
        raise InvalidValue(field=field, reason="range", least=least, most=most)
    return value


def check_text(field: str, text: str, most: int, *, required: bool = True) -> str:
    """The text without blanks around it. Raises InvalidValue: reason "required" or "too_long"."""
    text = " ".join(text.replace("\x00", "").split())
    if required and not text:
        raise InvalidValue(field=field, reason="required")
    if len(text) > most:
        raise InvalidValue(field=field, reason="too_long")
    return text


def check_level(level: int) -> int:
    """Raises InvalidValue on field "course_level"."""
    if level not in LEVELS:
        raise InvalidValue(field="course_level", reason="unknown")
    return level


def check_days(starts_on: date, ends_on: date) -> None:
    """Raises InvalidValue when a batch would end before it starts, or take more than a year."""
    if not 0 <= (ends_on - starts_on).days <= 366:
        raise InvalidValue(field="ends_on", reason="days_apart")


def check_certificate(number: str) -> str:
    """A certificate's number, 4–40 letters, digits and dashes. Raises InvalidValue."""
    number = plain(number).upper()
    if not re.fullmatch(r"[0-9A-Z\u4e00-\u9fff〔〕()（）-]{4,40}", number):
        raise InvalidValue(field="certificate_number", reason="format")
    return number
