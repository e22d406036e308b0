"""Targets on plain values: met or short, pace, forecast."""

import math
from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from zero_work_market.ground.errors import LeyeError, NotFound

TABS = ("就业", "创业", "培训", "权益", "公共服务")
"""The plan's five action groups."""


class UnknownIndicator(NotFound):
    """The plan has no such indicator. details: indicator."""

    code = "unknown_indicator"


class NoTargetHere(LeyeError):
    """Targets are set for the city and its counties. details: region."""

    code = "no_target_here"


@dataclass(frozen=True)
class Indicator:
    """Something that the plan asks for."""

    key: str
    tab: str
    name: str
    unit: str
    """个, 人, 人次, 家, 件 or %."""
    measure: int | None
    """Number of the plan's measure."""
    source: str
    confirmed: bool
    planned: int | None = None
    """The plan's figure for the city; of a share whole percent."""
    planned_for: int | None = None
    """The year that `planned` is for; None: every year."""
    at_most: bool = False
    """The target is a ceiling."""
    counted_by: str | None = None
    """Name of the figure that counts it; None: nothing is registered yet."""
    is_step: bool = False
    """A step on the way to what the plan asks for: it opens as the others do, and has no place among them."""

    @property
    def is_share(self) -> bool:
        return self.unit == "%"

    def target_in(self, year: int) -> int | None:
        """What the plan asks of the city in a year."""
        return self.planned if self.planned_for in (None, year) else None


def met(done: int, target: int, *, at_most: bool = False) -> bool:
    """以上, 不低于 and 不超过 include the number: 4,099 of 4,100 is short, 4,100 is met."""
    return done <= target if at_most else done >= target


def gap(done: int, target: int, *, at_most: bool = False) -> int:
    """What is missing, or of a ceiling what is too much; 0 when met."""
    return max(0, done - target if at_most else target - done)


def gap_of_share(done: int, of: int, target_percent: int) -> int:
    """How many more of `of` make the share: 97 of 100 lack 3 of 100 %."""
    return max(0, -(-target_percent * of // 100) - done)


def percent(done: int, of: int) -> float:
    """Of a hundred, halves rounded up to one decimal: 97 of 100 is 97.0, 390 of 400 97.5."""
    return (2000 * done + of) // (2 * of) / 10


def days_gone(year: int, today: date) -> int:
    """Days of the year that have begun: 1 on 1 January, 0 before the year, all of them after it."""
    return max(0, min((today - date(year, 1, 1)).days + 1, days_of(year)))


def days_of(year: int) -> int:
    return 366 if isleap(year) else 365


def expected(target: int, *, year: int, today: date) -> float:
    """What an even pace has done by the end of today: the target × days gone ÷ days of the year."""
    return target * days_gone(year, today) / days_of(year)


def forecast(done: int, target: int, *, year: int, today: date) -> date | None:
    """The day on which the target is reached at the pace so far; None when it is met, or nothing is done yet."""
    gone = days_gone(year, today)
    if done >= target or done <= 0 or gone == 0:
        return None
    days = math.ceil(gone * target / done)
    return date(year, 1, 1) + timedelta(days=days - 1) if days < 36500 else None
