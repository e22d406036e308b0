"""A crew of nine for three roles, of 20,000 workers who live in villages: ranked by the engine, chosen together.

The baseline is the same question asked of a solver of integer programs (HiGHS), of the same scores; both find the same
worth.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack
from sklearn.neighbors import KDTree

from benchmarks.beside import beside, median
from benchmarks.conftest import Tell
from benchmarks.county import County, make_county
from benchmarks.engines import engine_of
from benchmarks.table import at_most, duration
from matching import Crew, Engine, Postings, crew

WORKERS, VILLAGES, STOP = 20_000, 600, 0.05
SEATS = np.array([2, 6, 1])
CROWDED = np.array([5, 5, 5, 5])
SPARSE, DENSE = 0.02, 0.5
"""Shares of the workers who fit a role: as in the county, and many more."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Asked(NamedTuple):
    """Scores (roles, workers), −inf where they don't fit; each worker's village, one of ten of none."""

    scores: Floats
    villages: Ints


@pytest.fixture(scope="module")
def small() -> County:
    return make_county(WORKERS, WORKERS // 4)


@pytest.fixture(scope="module")
def small_engine(small: County) -> Engine:
    return engine_of(small.tree, small.workers, small.postings)


@pytest.fixture(scope="module")
def villages(small: County) -> Ints:
    """The nearest of 600 workers' homes: a village is where people live."""
    chance = np.random.default_rng(2)
    homes = np.column_stack([small.workers.lon, small.workers.lat])
    middles = homes[chance.choice(WORKERS, VILLAGES, replace=False)]
    nearest = KDTree(middles).query(homes)[1][:, 0]
    return np.where(chance.random(WORKERS) < 0.1, -1, nearest)


def test_crew_of_nine_beside_a_solver(benchmark: Any, tell: Tell, villages: Ints) -> None:
    asked = _asked(villages, SPARSE)
    own, solver = (lambda: crew(*asked, SEATS, STOP)), (lambda: _solved(*asked, SEATS, STOP))
    times = beside(benchmark, own, solver, [()] * 6, block=1)
    assert len(own().workers) == SEATS.sum()
    assert own().worth == pytest.approx(solver(), abs=1e-6)
    tell(
        "crews",
        f"9 seats of 3 roles, {SPARSE:.0%} of {WORKERS:,} fit each",
        duration(median(times.own)),
        f"HiGHS {duration(median(times.baseline))}",
        f"{times.faster:.0f} × faster",
        at_most(1e3 * median(times.own), 50, "ms"),
    )


def test_crew_of_nine_when_half_the_county_fits(benchmark: Any, tell: Tell, villages: Ints) -> None:
    asked = _asked(villages, DENSE)
    found = benchmark.pedantic(lambda: crew(*asked, SEATS, STOP), warmup_rounds=3, rounds=30)
    assert len(found.workers) == SEATS.sum()
    took = benchmark.stats.stats.median
    goal = at_most(1e3 * took, 50, "ms")
    tell("crews", f"9 seats of 3 roles, {DENSE:.0%} of {WORKERS:,} fit each", duration(took), "", "", goal)


def test_crew_of_nine_from_the_engine(
    benchmark: Any, tell: Tell, small: County, small_engine: Engine, villages: Ints
) -> None:
    """The three lists and the crew, as the market asks for them: its whole time."""
    roles = _roles(small)
    village_of = np.full(WORKERS + 1, -1)
    village_of[small.workers.id] = villages
    found = benchmark.pedantic(lambda: _from_engine(small_engine, roles, village_of), warmup_rounds=3, rounds=30)
    assert len(found.workers) == SEATS.sum()
    took = benchmark.stats.stats.median
    tell("crews", f"9 seats of {WORKERS:,}, ranking them too", duration(took), "", "", at_most(1e3 * took, 50, "ms"))


def test_crew_of_twenty(benchmark: Any, tell: Tell, villages: Ints) -> None:
    """The most that the market lets be asked for: four roles of five."""
    asked = _asked(villages, SPARSE, roles=len(CROWDED))
    benchmark.pedantic(lambda: crew(*asked, CROWDED, STOP), warmup_rounds=1, rounds=5)
    tell("crews", f"20 seats of 4 roles, {SPARSE:.0%} fit each", duration(benchmark.stats.stats.median))


def _asked(villages: Ints, share: float, roles: int = len(SEATS)) -> Asked:
    """Of each role a share of the workers fit, by chance, with a score by chance."""
    chance = np.random.default_rng(3)
    fit = chance.random((roles, WORKERS)) < share
    return Asked(np.where(fit, chance.random((roles, WORKERS)), -np.inf), villages)


def _roles(county: County) -> list[Postings]:
    """Three jobs that most workers know, at the place and the time of a posting, which pays all."""
    known = np.bincount(county.workers.occupation[county.workers.occupation >= 0])
    first = {name: getattr(county.postings, name)[:1] for name in ("id", "lon", "lat", "slots")}
    return [
        Postings(
            **first,
            hourly_fen=np.array([2600], np.int32),
            occupation=np.array([[job, -1, -1, -1]], np.int16),
            level=np.array([[1, 0, 0, 0]], np.int8),
            brand=np.full((1, 4), -1, np.int16),
        )
        for job in np.argsort(-known)[: len(SEATS)]
    ]


def _from_engine(engine: Engine, roles: list[Postings], village_of: Ints) -> Crew:
    lists = [engine.workers_for_draft(role, k=WORKERS) for role in roles]
    ids = np.unique(np.concatenate([one.ids for one in lists]))
    scores = np.full((len(lists), len(ids)), -np.inf)
    for row, one in zip(scores, lists, strict=True):
        row[ids.searchsorted(one.ids)] = one.scores
    return crew(scores, village_of[ids], SEATS, STOP)


def _solved(scores: Floats, villages: Ints, seats: Ints, stop: float) -> float:
    """The worth of the best full crew: a yes or no for each role and worker, and one for each place to set out from."""
    role, worker = np.nonzero(scores > -np.inf)
    n, pairs = scores.shape[1], len(role)
    own = np.unique(np.where(villages == -1, -1 - np.arange(n), villages), return_inverse=True)[1]
    at = np.arange(pairs)
    places = own.max() + 1
    gain = np.concatenate([scores[role, worker], np.full(places, -stop)])

    def ones(rows: Ints, columns: Ints, shape: tuple[int, int]) -> csr_array:
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)

    filled = hstack([ones(role, at, (len(seats), pairs)), csr_array((len(seats), places))])
    once = hstack([ones(worker, at, (n, pairs)), csr_array((n, places))])
    sets_out = hstack([ones(at, at, (pairs, pairs)), -ones(at, own[worker], (pairs, places))])
    matrix = vstack([filled, once, sets_out]).tocsr()
    least = np.concatenate([seats, np.full(n + pairs, -np.inf)])
    most = np.concatenate([seats, np.ones(n), np.zeros(pairs)])
    answer = milp(
        -gain, integrality=np.ones(len(gain)), bounds=Bounds(0, 1), constraints=LinearConstraint(matrix, least, most)
    )
    return float(-answer.fun)
