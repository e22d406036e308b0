"""Seating 5,000 postings of three seats from 50,000 workers, and merging eleven shards' lists.

Each round runs its baseline right before: scipy's solve alone on the prepared matrix, and heapq.merge in plain Python.
"""

from collections.abc import Callable
from heapq import merge as heap_merge
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from sklearn.neighbors import KDTree

from matching.assign import Assignment, assign
from matching.merge import merge
from matching.ranking import Ranking, Rankings

POSTINGS, SEATS, WORKERS, K = 5_000, 3, 50_000, 50
SIDE_KM, REACH_KM, TRADES = 120, 18, 25
EXACT_GOAL, GREEDY_GOAL = 1.2, 0.055
COUNTIES, MERGE_GOAL_US = 11, 15


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


def test_exact_beside_scipy_alone(
    benchmark: Any, rankings: Rankings, exact: Assignment, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = _one_matrix(rankings)
    scipy_alone = _Beside(lambda: min_weight_full_bipartite_matching(matrix))
    benchmark.pedantic(assign, (rankings, np.full(POSTINGS, SEATS)), setup=scipy_alone, rounds=5, warmup_rounds=1)
    rows, columns = min_weight_full_bipartite_matching(matrix)
    costs = matrix[rows, columns]
    assert len(exact.scores) == np.count_nonzero(costs <= 2)
    assert exact.scores.sum() == pytest.approx((2 - costs[costs <= 2]).sum(), abs=1e-6)
    seconds = benchmark.stats.stats.median
    share = seconds / scipy_alone.seconds()
    benchmark.extra_info |= {"entries": len(rankings.ids), "scipy_s": scipy_alone.seconds(), "ratio": share}
    with capsys.disabled():
        print(f"\nexact, {len(rankings.ids):,} entries: {seconds:.3f} s, {share:.2f} × scipy alone (goal {EXACT_GOAL})")


def test_greedy_beside_exact(
    benchmark: Any, rankings: Rankings, exact: Assignment, capsys: pytest.CaptureFixture[str]
) -> None:
    seats = np.full(POSTINGS, SEATS)
    beside = _Beside(lambda: assign(rankings, seats))
    greedy = benchmark.pedantic(assign, (rankings, seats, "greedy"), setup=beside, rounds=20, warmup_rounds=1)
    seconds, share = benchmark.stats.stats.median, greedy.scores.sum() / exact.scores.sum()
    benchmark.extra_info |= {"exact_s": beside.seconds(), "share_of_exact": share}
    benchmark.extra_info |= {"seats": len(greedy.scores), "exact_seats": len(exact.scores)}
    with capsys.disabled():
        print(
            f"\ngreedy: {seconds:.3f} s (goal {GREEDY_GOAL}), exact {beside.seconds():.3f} s, total {share:.2%} of it"
        )


def test_merge_of_eleven_lists(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    chance = np.random.default_rng(1)
    ids = chance.permutation(COUNTIES * K).reshape(COUNTIES, K)
    lists = [Ranking(row, np.sort(chance.random(K))[::-1].copy()) for row in ids]
    plain = [list(zip((-one.scores).tolist(), one.ids.tolist(), strict=True)) for one in lists]
    assert merge(lists, K).ids.tolist() == [id for _, id in islice(heap_merge(*plain), K)]
    heapq_alone = _Beside(lambda: list(islice(heap_merge(*plain), K)))
    benchmark.pedantic(merge, (lists, K), setup=heapq_alone, rounds=2_000, warmup_rounds=100)
    microseconds, heapq = 1e6 * benchmark.stats.stats.median, 1e6 * heapq_alone.seconds()
    benchmark.extra_info |= {"heapq_us": heapq}
    with capsys.disabled():
        print(f"\nmerge of {COUNTIES}: {microseconds:.1f} µs (goal {MERGE_GOAL_US}), heapq.merge {heapq:.1f} µs")


class _Beside:
    """Run before each round as its setup, and timed."""

    def __init__(self, baseline: Callable[[], object]) -> None:
        self.baseline, self.times = baseline, list[float]()

    def __call__(self) -> None:
        begin = perf_counter()
        self.baseline()
        self.times.append(perf_counter() - begin)

    def seconds(self) -> float:
        return median(self.times)


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
