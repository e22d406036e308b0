"""What a place in the ranking is made of, and how many to invite, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

SURE_ENOUGH = 0.95
"""The chance of enough arrivals that inviting aims at."""
MOST_INVITED = 200


@dataclass(frozen=True)
class Place:
    """One worker's place in a posting's ranking, with what it is made of."""

    worker_id: int
    score: float
    parts: dict[str, float]
    """skill, location, brand, pay, each in [0, 1]."""
    weights: dict[str, float]
    distance_km: float


@dataclass(frozen=True)
class Shortlist:
    """The first places, in order. `more` says that the ranking goes on after them."""

    places: tuple[Place, ...]
    more: bool


@dataclass(frozen=True)
class Prior:
    """What is taken of a worker of whom nothing is known: `yes` of `of` invitations."""

    yes: float
    of: float


@dataclass(frozen=True)
class Turnout:
    """A worker's chance to accept when invited, and to arrive once accepted, each in [0, 1]."""

    accepts: float
    arrives: float

    @property
    def comes(self) -> float:
        """Chance to arrive when invited."""
        return self.accepts * self.arrives


@dataclass(frozen=True)
class Inviting:
    """`chances[i]`: that at least `need` come if the next i of the ranking are invited; never empty."""

    need: int
    chances: tuple[float, ...]

    @property
    def enough(self) -> int | None:
        """How few to invite so that enough come for sure enough; None when all aren't enough."""
        return _first_sure(self.chances, SURE_ENOUGH)

    @property
    def suggested(self) -> int:
        """How many to invite: all when all aren't enough."""
        return len(self.chances) - 1 if self.enough is None else self.enough

    def chance(self, count: int) -> float:
        """That enough come if the next `count` are invited, or all that there are."""
        return self.chances[min(count, len(self.chances) - 1)]


def accept_rate(accepted: int, invited: int, prior: Prior) -> float:
    """Chance to accept: the mean of the Beta distribution of `prior` and the worker's own answers together."""
    return (prior.yes + accepted) / (prior.of + invited)


def arrivals_at_least(rates: Sequence[float], need: int) -> float:
    """Chance that at least `need` arrive when each arrives by their own rate, independently of the others.

    Exact: the upper tail of the Poisson-binomial distribution, built worker by worker, in O(len(rates) · need) time
    and O(need) memory; sums of positive terms only, so the error stays within len(rates) roundings. Raises ValueError
    for a rate outside [0, 1].
    """
    return arrival_chances(rates, need)[-1]


def how_many(rates: Sequence[float], need: int, at_least: float = SURE_ENOUGH) -> int | None:
    """Length of the shortest start of `rates` of which at least `need` arrive with that chance; None if all don't."""
    return _first_sure(arrival_chances(rates, need), at_least)


def arrival_chances(rates: Sequence[float], need: int, *, held: Sequence[float] = ()) -> tuple[float, ...]:
    """For i from 0 to len(rates): the chance that of all in `held` and the first i of `rates` at least `need` arrive.

    Costs what `arrivals_at_least` of the longest costs, and raises as it does.
    """
    if not all(0 <= rate <= 1 for rate in chain(held, rates)):
        raise ValueError("a rate is a number from 0 to 1")
    if need > len(held) + len(rates):
        return (0.0,) * (len(rates) + 1)
    came = np.zeros(max(need, 0) + 1)
    came[0] = 1.0
    for rate in held:
        _one_more(came, rate)
    chances = [float(came[-1])]
    for rate in rates:
        _one_more(came, rate)
        chances.append(float(came[-1]))
    return tuple(min(chance, 1.0) for chance in chances)


def _one_more(came: np.ndarray, rate: float) -> None:
    """`came[k]`, the chance that exactly k arrive (the last: k or more), with one more worker, in place."""
    comes = came[:-1] * rate
    came[:-1] *= 1 - rate
    came[1:] += comes


def _first_sure(chances: Sequence[float], at_least: float) -> int | None:
    return next((count for count, chance in enumerate(chances) if chance >= at_least), None)
