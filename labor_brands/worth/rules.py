"""What holders earn, how many stay, and whether that differs from comparable hires: on plain columns.

Comparable are hires of the same stratum: the same trade, town and month. Within each stratum the mean of the holders'
hires less the mean of the others'; over the strata the mean of these, each weighted by n₁·n₀/(n₁+n₀), which is the
least squares estimate with an effect of its own for every stratum. Its 95 % interval is robust to hires that go
together in two ways, being of one person or of one posting (all its seats are paid alike), by the two-way clustered
variance of Cameron, Gelbach and Miller (2011), with Student's t on the fewest of holders, others and postings, less
one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from labor_brands.brands.rules import FEWEST

STAY_DAYS = 90
FEWEST_STRATA, FEWEST_POSTINGS = 3, 10
"""Of fewer, nothing is said of a difference."""
CONFIDENCE = 0.95


class Hire(NamedTuple):
    """A placement whose hours both agreed on. `grade`: of the certificate that was held that day; 0 for none."""

    worker: int
    posting: int
    trade: str
    town: str
    day: date
    minutes: int
    """Of the wages that are paid; 0 while none is."""
    net_fen: int
    grade: int


@dataclass(frozen=True)
class Spread:
    """The middle half of what persons get by the hour, in fen, to the tenth of a yuan."""

    persons: int
    low_fen: int
    median_fen: int
    high_fen: int


@dataclass(frozen=True)
class Stay:
    """Of `persons` who began at least 90 days ago, how many worked in the trade again within 90 days."""

    persons: int
    stayed: int


@dataclass(frozen=True)
class Difference:
    """Of holders against others in strata that have both. `low` and `high` are None where nothing can be said."""

    hires: int
    holders: int
    """Persons."""
    others: int
    strata: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_told(self) -> bool:
        """The interval leaves out 0."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def hourly(hires: Iterable[Hire]) -> dict[int, float]:
    """Fen an hour of each person, over all their paid hires."""
    sums: dict[int, tuple[int, int]] = {}
    for one in hires:
        if one.minutes:
            fen, minutes = sums.get(one.worker, (0, 0))
            sums[one.worker] = fen + one.net_fen, minutes + one.minutes
    return {worker: 60 * fen / minutes for worker, (fen, minutes) in sums.items()}


def spread(values: Sequence[float]) -> Spread | None:
    """Of one value a person. Never of fewer than ten."""
    if len(values) < FEWEST:
        return None
    low, middle, high = (10 * round(float(value) / 10) for value in np.percentile(values, (25, 50, 75)))
    return Spread(len(values), low, middle, high)


def stays(hires: Iterable[Hire], *, today: date) -> Stay:
    """By the first hire of each person."""
    first: dict[int, date] = {}
    again: set[int] = set()
    for one in sorted(hires, key=lambda hire: hire.day):
        begun = first.setdefault(one.worker, one.day)
        if timedelta(0) < one.day - begun <= timedelta(STAY_DAYS):
            again.add(one.worker)
    old = {worker for worker, day in first.items() if today - day >= timedelta(STAY_DAYS)}
    return Stay(len(old), len(old & again))


def pay_difference(hires: Sequence[Hire]) -> Difference:
    """Of the logarithm of the hourly pay, said as a share: 0.08 is 8 % more."""
    paid = [one for one in hires if one.minutes and one.net_fen > 0]
    found = difference(paid, np.log([60 * one.net_fen / one.minutes for one in paid]))
    told = (None if value is None else float(np.expm1(value)) for value in (found.estimate, found.low, found.high))
    estimate, low, high = told
    return Difference(found.hires, found.holders, found.others, found.strata, estimate, low, high)


def stay_difference(hires: Sequence[Hire], *, today: date) -> Difference:
    """Of the share of hires after which the person worked in the trade again within 90 days: 0.05 is 5 of 100 more."""
    days: dict[int, list[date]] = {}
    for one in hires:
        days.setdefault(one.worker, []).append(one.day)
    old = [one for one in hires if today - one.day >= timedelta(STAY_DAYS)]
    stayed = [any(timedelta(0) < day - one.day <= timedelta(STAY_DAYS) for day in days[one.worker]) for one in old]
    return difference(old, np.array(stayed, np.float64))


def difference(hires: Sequence[Hire], outcome: NDArray[np.float64]) -> Difference:
    """`outcome` float64 (n,), one a hire."""
    holds = np.array([one.grade > 0 for one in hires], np.float64)
    keys = [(one.trade, one.town, one.day.year, one.day.month) for one in hires]
    strata = _numbered(keys)
    size = np.bincount(strata, minlength=1)
    share = np.bincount(strata, holds, minlength=1) / np.maximum(size, 1)
    kept = ((share > 0) & (share < 1))[strata] if len(hires) else np.zeros(0, bool)
    strata, holds, outcome = _numbered(strata[kept].tolist()), holds[kept], outcome[kept]
    among = [one for one, is_kept in zip(hires, kept, strict=True) if is_kept]
    persons, postings = _numbered([one.worker for one in among]), _numbered([one.posting for one in among])
    holders, others = (len(set(persons[holds == value].tolist())) for value in (1, 0))
    found = Difference(len(among), holders, others, len(set(strata.tolist())))
    fewest = min(holders, others, len(set(postings.tolist())))
    if min(holders, others) < FEWEST or found.strata < FEWEST_STRATA or fewest < FEWEST_POSTINGS:
        return found
    estimate, error = _estimated(outcome, holds, strata, persons, postings)
    reach = float(scipy.special.stdtrit(fewest - 1, (1 + CONFIDENCE) / 2)) * error
    return Difference(
        found.hires, found.holders, found.others, found.strata, estimate, estimate - reach, estimate + reach
    )


def _estimated(
    outcome: NDArray[np.float64], holds: NDArray[np.float64], strata: NDArray[np.intp],
    persons: NDArray[np.intp], postings: NDArray[np.intp],
) -> tuple[float, float]:  # fmt: skip
    """Estimate and its standard error."""
    tilted, left = _centred(holds, strata), _centred(outcome, strata)
    weight = float(tilted @ tilted)
    estimate = float(tilted @ left) / weight
    moment = tilted * (left - estimate * tilted)
    both = _numbered(list(zip(persons.tolist(), postings.tolist(), strict=True)))
    by_person, by_posting, by_both = (_variance(moment, groups) for groups in (persons, postings, both))
    free = len(outcome) - strata.max() - 2
    spent = (len(outcome) - 1) / max(free, 1)
    variance = max(by_person + by_posting - by_both, by_person, by_posting) * spent
    return estimate, float(np.sqrt(variance)) / weight


def _centred(values: NDArray[np.float64], groups: NDArray[np.intp]) -> NDArray[np.float64]:
    return values - (np.bincount(groups, values) / np.bincount(groups))[groups]


def _variance(moment: NDArray[np.float64], groups: NDArray[np.intp]) -> float:
    sums = np.bincount(groups, moment)
    return float(sums @ sums) * len(sums) / max(len(sums) - 1, 1)


def _numbered(keys: Sequence[object]) -> NDArray[np.intp]:
    """Each key as its number, from 0 in the order of their first appearance."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)
