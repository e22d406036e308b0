"""A crew: workers for all seats of several roles, together worth most, where each place to set out from costs a stop.

A crew is worth Σ scores − stop · stops. A stop is a village that at least one of the crew sets out from; who belongs to
no village is a stop alone. So a stop is what sharing a village, and one car with it, is worth.

The most seats are filled first. Then the worth is the largest there is, not nearly: what a village can give depends on
how many of each role it gives (a count for each role, below: a take) and on no other village, so that

1. of each role in a village no more workers matter than the crew has seats: with one more, one of the better is free;
2. the best worth of every take in every village is built up worker by worker;
3. of a take of c workers only the best (seats − c + 1) villages matter, as others use at most (seats − c);
4. these few are joined village by village, keeping the best worth of every take of all together.

Work grows with the villages, and with the number of takes: the product of (seats + 1) over the roles.
"""

from collections.abc import Iterator
from itertools import product
from math import inf
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from matching.lists import Floats, Ints

ALONE = -1
MOST_TAKES = 10_000

Take = tuple[int, ...]


class Crew(NamedTuple):
    """Who takes which role, by role and then by worker: roles, workers int64 (m,), places in the columns given; scores
    float64 (m,). `worth` is theirs together, `stops` from how many places they set out."""

    roles: Ints
    workers: Ints
    scores: Floats
    worth: float
    stops: int


class _Kept(NamedTuple):
    """The workers who may matter, by village: places int64 (k,) in the columns, scores float64 (r, k), villages int64
    (k,) numbered from 0 without gaps, ascending."""

    places: Ints
    scores: Floats
    villages: Ints


def crew(scores: ArrayLike, villages: ArrayLike, seats: ArrayLike, stop: float) -> Crew:
    """The crew of the most seats, and of these of the largest worth; among equals any, but always the same.

    scores float64 (r, n), finite, −inf where a worker doesn't fit a role · villages int64 (n,), any numbers, −1 for who
    belongs to none · seats int64 (r,), at least 0 · stop at least 0. ValueError names what is refused.
    """
    score, village, need = _checked(scores, villages, seats, stop)
    kept = _kept(score, village, int(need.sum()))
    tables = _tables(kept, need)
    takes = _joined(tables, need, stop)
    found = [_seated(kept, number, take) for number, take in takes]
    roles, workers = (np.concatenate([np.empty(0, np.int64), *(part[i] for part in found)]) for i in (0, 1))
    order = np.lexsort((workers, roles))
    roles, workers = roles[order], workers[order]
    got = score[roles, workers]
    return Crew(roles, workers, got, float(got.sum() - stop * len(takes)), len(takes))


def _checked(scores: ArrayLike, villages: ArrayLike, seats: ArrayLike, stop: float) -> tuple[Floats, Ints, Ints]:
    score, village = np.asarray(scores, np.float64), np.asarray(villages, np.int64)
    need = np.asarray(seats, np.int64)
    if score.ndim != 2 or score.shape != (len(need), len(village)):
        raise ValueError(f"scores have shape {score.shape}, must have {(len(need), len(village))}")
    if np.isnan(score).any() or (score == inf).any():
        raise ValueError("scores must be finite, or -inf where a worker doesn't fit")
    if (need < 0).any():
        raise ValueError(f"seats are {need.tolist()}, must be at least 0")
    if not 0 <= stop < inf:
        raise ValueError(f"stop is {stop}, must be at least 0")
    if np.prod(need + 1.0) > MOST_TAKES:
        raise ValueError(f"seats are {need.tolist()}: too many for as many roles")
    return score, village, need


def _kept(score: Floats, village: Ints, seats: int) -> _Kept:
    """Of each role in each village the best `seats` workers; who belongs to none is a village alone."""
    matters = np.zeros(len(village), bool)
    by_village = np.argsort(village, kind="stable")
    for role in score:
        fit = by_village[role[by_village] > -inf]
        first = np.flatnonzero(np.diff(village[fit], prepend=village[fit[:1]] - 1))
        size = np.diff(first, append=len(fit))
        order = fit[np.lexsort((-role[fit], np.repeat(first, size)))]
        rank = np.arange(len(order)) - np.repeat(first, size)
        matters[order[rank < seats]] = True
    places = by_village[matters[by_village]]
    alone = village[places] == ALONE
    starts = alone | (np.diff(village[places], prepend=ALONE) != 0)
    return _Kept(places, score[:, places], np.cumsum(starts) - 1)


def _tables(kept: _Kept, need: Ints) -> Floats:
    """The best total score of each take in each village, −inf where it can't be; float64 (villages, *(need + 1))."""
    count = np.bincount(kept.villages)
    start = np.cumsum(count) - count
    best = np.full((len(count), *(need + 1)), -inf)
    best.reshape(len(count), int(np.prod(need + 1)))[:, 0] = 0.0
    for turn in range(int(count.max(initial=0))):
        at = np.flatnonzero(count > turn)
        before = best[at]
        after = before.copy()
        for role, score in enumerate(kept.scores[:, start[at] + turn]):
            without, with_one = _shifted(role, len(need))
            gained = before[without] + score.reshape(-1, *(1 for _ in need))
            np.maximum(after[with_one], gained, out=after[with_one])
        best[at] = after
    return best


def _shifted(role: int, roles: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """All takes but the largest of a role, and all with one more of it; the villages come first."""
    without, with_one = [slice(None)] * (roles + 1), [slice(None)] * (roles + 1)
    without[role + 1], with_one[role + 1] = slice(None, -1), slice(1, None)
    return tuple(without), tuple(with_one)


def _joined(tables: Floats, need: Ints, stop: float) -> list[tuple[int, Take]]:
    """Which village gives which take in the best crew."""
    best = np.full(tuple(need + 1), -inf)
    best[tuple(0 for _ in need)] = 0.0
    chosen: list[tuple[int, list[Take], Ints]] = []
    for village, takes in _worth_joining(tables, need):
        before, choice = best.copy(), np.full(best.shape, -1)
        for number, take in enumerate(takes):
            with_it = tuple(slice(c, None) for c in take)
            without = tuple(slice(None, size - c) for c, size in zip(take, best.shape, strict=True))
            worth = before[without] + (tables[village][take] - stop)
            better = worth > best[with_it]
            best[with_it][better] = worth[better]
            choice[with_it][better] = number
        chosen.append((village, takes, choice))
    return list(_traced(chosen, _fullest(best)))


def _worth_joining(tables: Floats, need: Ints) -> Iterator[tuple[int, list[Take]]]:
    """Villages, ascending, each with the takes for which it is among the best that may matter."""
    seats = int(need.sum())
    flat = tables.reshape(len(tables), int(np.prod(need + 1)))
    takes_of: dict[int, list[Take]] = {}
    for take in product(*(range(n + 1) for n in need.tolist())):
        if not sum(take):
            continue
        worth = flat[:, np.ravel_multi_index(take, tuple(need + 1))]
        some = np.flatnonzero(worth > -inf)
        most = seats - sum(take) + 1
        if len(some) > most:
            some = some[np.argsort(-worth[some], kind="stable")[:most]]
        for village in some.tolist():
            takes_of.setdefault(village, []).append(take)
    yield from sorted(takes_of.items())


def _fullest(best: Floats) -> Take:
    """The take of the most workers, and of these of the largest worth."""
    sizes = np.indices(best.shape).sum(axis=0)
    sizes[best == -inf] = -1
    fullest = np.where(sizes == sizes.max(), best, -inf)
    return tuple(int(c) for c in np.unravel_index(int(fullest.argmax()), best.shape))


def _traced(chosen: list[tuple[int, list[Take], Ints]], take: Take) -> Iterator[tuple[int, Take]]:
    for village, takes, choice in reversed(chosen):
        number = int(choice[take])
        if number >= 0:
            yield village, takes[number]
            take = tuple(c - given for c, given in zip(take, takes[number], strict=True))


def _seated(kept: _Kept, village: int, take: Take) -> tuple[Ints, Ints]:
    """Roles and workers' places of a village's best way to give a take."""
    here = np.flatnonzero(kept.villages == village)
    roles = np.repeat(np.arange(len(take)), take)
    rows, columns = scipy.optimize.linear_sum_assignment(kept.scores[np.ix_(roles, here)], maximize=True)
    return roles[rows], kept.places[here[columns]]
