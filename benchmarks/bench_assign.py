"""Seating 5,000 postings of three seats from 50,000 workers, and merging eleven shards' lists.

The baselines are scipy's solve alone on the prepared matrix, and heapq.merge in plain Python.
"""

from heapq import merge as heap_merge
from itertools import islice
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from sklearn.neighbors import KDTree

from benchmarks.beside import beside, median
from benchmarks.conftest import Tell
from benchmarks.table import at_least, at_most, duration
from matching.assign import Assignment, assign
from matching.merge import merge
from matching.ranking import Ranking, Rankings

POSTINGS, SEATS, WORKERS, K = 5_000, 3, 50_000, 50
SIDE_KM, REACH_KM, TRADES = 120, 18, 25
COUNTIES = 11


@pytest.fixture(scope="module")
def rankings() -> Rankings:
    """Each posting's fifty nearest workers of its trade, those within reach: 237,000 entries, 47 a posting."""
    chance = np.random.default_rng(1)
    here, there = (chance.uniform(0, SIDE_KM, (n, 2)) for n in (POSTINGS, WORKERS))
    wanted, held = (chance.zipf(1.5, n) % TRADES for n in (POSTINGS, WORKERS))
    distance, worker = np.empty((POSTINGS, K)), np.empty((POSTINGS, K), np.int64)
    for trade in range(TRADES):
        postings, workers = np.flatnonzero(wanted == trade), np.flatnonzero(held == trade)
        distance[postings], near = KDTree(there[workers]).query(here[postings], K)
        worker[postings] = workers[near]
    skill, pay = chance.choice([0.3, 0.5, 0.6, 0.75, 1], (POSTINGS, K)), chance.uniform(0, 0.3, (POSTINGS, K))
    brand = chance.choice([0, 0, 0, 0.5, 1], (POSTINGS, K))
    scores = 0.55 * skill + 0.30 * np.exp(-distance / 15) + 0.10 * brand + 0.05 * pay
    posting, place = np.nonzero(distance <= REACH_KM)
    workers, scores = worker[posting, place], scores[posting, place]
    order = np.lexsort((workers, -scores, posting))
    indptr = np.searchsorted(posting, np.arange(POSTINGS + 1))
    return Rankings(np.arange(POSTINGS), indptr, workers[order], scores[order])


@pytest.fixture(scope="module")
def exact(rankings: Rankings) -> Assignment:
    return assign(rankings, np.full(POSTINGS, SEATS))


def test_exact_beside_scipy_alone(benchmark: Any, tell: Tell, rankings: Rankings, exact: Assignment) -> None:
    matrix, seats = _one_matrix(rankings), np.full(POSTINGS, SEATS)
    times = beside(
        benchmark,
        lambda: assign(rankings, seats),
        lambda: min_weight_full_bipartite_matching(matrix),
        [()] * 6,
        block=1,
    )
    rows, columns = min_weight_full_bipartite_matching(matrix)
    costs = matrix[rows, columns]
    assert len(exact.scores) == np.count_nonzero(costs <= 2)
    assert exact.scores.sum() == pytest.approx((2 - costs[costs <= 2]).sum(), abs=1e-6)
    tell(
        "seating",
        f"exact, {len(rankings.ids):,} entries",
        duration(median(times.own)),
        f"scipy alone {duration(median(times.baseline))}",
        f"{times.longer:.2f} × as long",
        at_most(times.longer, 1.2),
    )


def test_greedy_beside_exact(benchmark: Any, tell: Tell, rankings: Rankings, exact: Assignment) -> None:
    seats = np.full(POSTINGS, SEATS)
    times = beside(
        benchmark, lambda: assign(rankings, seats, "greedy"), lambda: assign(rankings, seats), [()] * 21, block=1
    )
    greedy = assign(rankings, seats, "greedy")
    share = 100 * greedy.scores.sum() / exact.scores.sum()
    benchmark.extra_info |= {"seats": len(greedy.scores), "exact_seats": len(exact.scores)}
    exact_took = f"exact {duration(median(times.baseline))}"
    tell("seating", "greedy", duration(median(times.own)), exact_took, f"{times.faster:.1f} × faster")
    tell("seating", "greedy, total score", f"{share:.2f} %", "of the exact one", "", at_least(share, 98, "%"))


def test_merge_of_eleven_lists(benchmark: Any, tell: Tell) -> None:
    chance = np.random.default_rng(1)
    ids = chance.permutation(COUNTIES * K).reshape(COUNTIES, K)
    lists = [Ranking(row, np.sort(chance.random(K))[::-1].copy()) for row in ids]
    plain = [list(zip((-one.scores).tolist(), one.ids.tolist(), strict=True)) for one in lists]
    assert merge(lists, K).ids.tolist() == [id for _, id in islice(heap_merge(*plain), K)]
    times = beside(benchmark, lambda: merge(lists, K), lambda: list(islice(heap_merge(*plain), K)), [()] * 2_000)
    took, heapq_took = duration(median(times.own)), f"heapq.merge {duration(median(times.baseline))}"
    goal = at_most(1e6 * median(times.own), 15, "µs")
    tell("shards", f"merging the lists of {COUNTIES}", took, heapq_took, f"{times.faster:.1f} × faster", goal)


def _one_matrix(rankings: Rankings) -> csr_array:
    """All seats against all workers, and for each seat a private column of leaving it open. Costs are 2 - score."""
    _, workers = np.unique(rankings.ids, return_inverse=True)
    n, first = POSTINGS * SEATS, workers.max() + 1
    costs = csr_array((2 - rankings.scores, workers, rankings.indptr))[np.repeat(np.arange(POSTINGS), SEATS)]
    ends = costs.indptr[1:]
    return csr_array(
        (
            np.insert(costs.data, ends, 2.0 * n),
            np.insert(costs.indices, ends, first + np.arange(n)),
            costs.indptr + np.arange(n + 1),
        ),
        shape=(n, first + n),
    )
