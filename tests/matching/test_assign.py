"""Seats are filled from ranked lists: each worker once, as many seats as can be, the largest total."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching import exact
from matching.assign import Assignment, Method, assign, assign_widening
from matching.ranking import Rankings

METHODS: tuple[Method, ...] = ("exact", "greedy")
both_methods = pytest.mark.parametrize("method", METHODS)
Lists = dict[int, dict[int, float]]


def rankings(lists: Lists, k: int | None = None) -> Rankings:
    """Of each posting its workers and their scores, best first, the first k."""
    ranked = [sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k] for scores in lists.values()]
    pairs = [pair for one in ranked for pair in one]
    return Rankings(
        np.array(list(lists), np.int64),
        np.cumsum([0, *map(len, ranked)]),
        np.array([worker for worker, _ in pairs], np.int64),
        np.array([score for _, score in pairs], float),
    )


def rows(assignment: Assignment) -> list[tuple[int, int, float]]:
    return list(zip(*(column.tolist() for column in assignment), strict=True))


def best_possible(lists: Lists, seats: list[int]) -> tuple[int, float]:
    """Seats filled and total score of the best way, trying all of them."""
    best = {frozenset[int](): (0, 0.0)}
    for scores, free in zip(lists.values(), seats, strict=True):
        for _ in range(free):
            for taken, (filled, total) in list(best.items()):
                for worker in scores.keys() - taken:
                    more = (filled + 1, total + scores[worker])
                    best[taken | {worker}] = max(best.get(taken | {worker}, more), more)
    return max(best.values())


def assert_holds(assignment: Assignment, lists: Lists, seats: list[int]) -> None:
    """Pairs of the lists with their scores, nobody twice, no posting beyond its seats, in the order promised."""
    given = rows(assignment)
    assert all(lists[posting][worker] == score for posting, worker, score in given)
    workers = assignment.worker_ids.tolist()
    assert len(set(workers)) == len(workers)
    filled = assignment.posting_ids.tolist()
    assert all(filled.count(posting) <= free for posting, free in zip(lists, seats, strict=True))
    place = {posting: row for row, posting in enumerate(lists)}
    assert given == sorted(given, key=lambda row: (place[row[0]], -row[2], row[1]))


def assert_nobody_free_for_an_open_seat(assignment: Assignment, lists: Lists, seats: list[int]) -> None:
    taken, filled = set(assignment.worker_ids.tolist()), assignment.posting_ids.tolist()
    for (posting, scores), free in zip(lists.items(), seats, strict=True):
        assert filled.count(posting) == free or scores.keys() <= taken


_scores = st.sampled_from([0.0, 0.25, 0.5, 0.5 + 1e-9, 0.75, 1.0]) | st.floats(0, 1)


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[Lists, list[int]]:
    ids = sorted(draw(st.sets(st.integers(1, 99), max_size=5)))
    lists = {one: draw(st.dictionaries(st.integers(-3, 5), _scores, max_size=7)) for one in ids}
    return lists, draw(st.lists(st.integers(0, 3), min_size=len(ids), max_size=len(ids)))


@given(_worlds())
def test_exact_fills_the_most_seats_at_the_largest_total(world: tuple[Lists, list[int]]) -> None:
    lists, seats = world
    assignment = assign(rankings(lists), seats)
    assert_holds(assignment, lists, seats)
    filled, total = best_possible(lists, seats)
    assert len(assignment.scores) == filled
    assert assignment.scores.sum() == pytest.approx(total, abs=1e-9)


@given(_worlds(), st.sampled_from([1, 5, 1_000]))
def test_exact_is_the_same_however_clusters_are_joined_and_batched(world: tuple[Lists, list[int]], batch: int) -> None:
    lists, seats = world
    whole = assign(rankings(lists), seats)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "LARGE", 1)
        patch.setattr(exact, "BATCH", batch)
        by_parts = assign(rankings(lists), seats)
    assert_holds(by_parts, lists, seats)
    assert len(by_parts.scores) == len(whole.scores)
    assert by_parts.scores.sum() == pytest.approx(whole.scores.sum(), abs=1e-9)


@given(_worlds())
def test_greedy_is_a_valid_way_that_leaves_no_free_worker_to_an_open_seat(world: tuple[Lists, list[int]]) -> None:
    lists, seats = world
    assignment = assign(rankings(lists), seats, "greedy")
    assert_holds(assignment, lists, seats)
    assert_nobody_free_for_an_open_seat(assignment, lists, seats)


@given(_worlds())
def test_exact_never_fills_fewer_seats_than_greedy(world: tuple[Lists, list[int]]) -> None:
    lists, seats = world
    best, greedy = (assign(rankings(lists), seats, method) for method in METHODS)
    assert len(best.scores) >= len(greedy.scores)


@given(_worlds())
def test_same_lists_give_the_same_answer(world: tuple[Lists, list[int]]) -> None:
    lists, seats = world
    for method in METHODS:
        assert rows(assign(rankings(lists), seats, method)) == rows(assign(rankings(lists), seats, method))


def test_one_more_seat_is_worth_any_loss_of_score() -> None:
    lists = {1: {10: 1.0, 11: 0.0}, 2: {10: 0.0}}
    assert rows(assign(rankings(lists), [1, 1])) == [(1, 11, 0.0), (2, 10, 0.0)]


def test_a_long_chain_of_exchanges_is_worth_one_more_seat() -> None:
    n = 400
    lists: Lists = {posting: {posting: 1.0, posting + 1: 0.0} for posting in range(n)} | {n: {0: 0.0}}
    assignment = assign(rankings(lists), [1] * (n + 1))
    assert len(assignment.scores) == n + 1
    assert assignment.scores.sum() == 0


def test_two_clusters_with_the_same_second_choice_both_find_their_third() -> None:
    pairs = [{0: 0.9, 1: 0.8, 2: 0.1}, {0: 0.9, 1: 0.8, 2: 0.1}, {5: 0.9, 1: 0.7, 6: 0.1}, {5: 0.9, 1: 0.7, 6: 0.1}]
    lists: Lists = dict(enumerate([*pairs, *({worker: 0.5} for worker in range(100, 130))]))
    assignment = assign(rankings(lists), [1] * len(lists))
    assert assignment.worker_ids.tolist()[4:] == list(range(100, 130))
    assert sorted(assignment.scores.tolist()[:4]) == [0.1, 0.8, 0.9, 0.9]


def test_scores_that_differ_in_the_twelfth_place_are_told_apart_among_many_seats() -> None:
    n, better = 1000, 0.5 + 1e-12
    lists: Lists = {p: {2 * p: 0.5, 2 * p + 1: better, -1: 1.0} for p in range(n)}
    assignment = assign(rankings(lists), [1] * n)
    assert sorted(set(assignment.scores.tolist())) == [better, 1.0]


@both_methods
def test_posting_of_several_seats_takes_its_best_workers(method: Method) -> None:
    lists = {7: {3: 0.2, 1: 0.5, 2: 0.9, 4: 0.5}}
    assert rows(assign(rankings(lists), [3], method)) == [(7, 2, 0.9), (7, 1, 0.5), (7, 4, 0.5)]


@both_methods
def test_shared_worker_goes_where_the_other_posting_has_the_worse_choice(method: Method) -> None:
    lists = {1: {10: 0.9, 11: 0.85}, 2: {10: 0.8, 12: 0.1}}
    assert rows(assign(rankings(lists), [1, 1], method)) == [(1, 11, 0.85), (2, 10, 0.8)]


@both_methods
def test_pairs_that_score_nothing_still_fill_seats(method: Method) -> None:
    lists = {1: {10: 0.0, 11: 0.0}, 2: {10: 0.0}}
    filled = assign(rankings(lists), [1, 1], method).posting_ids.tolist()
    assert filled in ([1, 2], [1]) if method == "greedy" else filled == [1, 2]


@both_methods
@pytest.mark.parametrize(
    ("lists", "seats"), [({}, []), ({1: {}, 2: {}}, [2, 1]), ({1: {5: 0.5}}, [0]), ({1: {}, 2: {5: 1.0}}, [1, 0])]
)
def test_nothing_to_fill_or_nobody_to_fill_it_gives_no_rows(lists: Lists, seats: list[int], method: Method) -> None:
    assignment = assign(rankings(lists), seats, method)
    assert rows(assignment) == []
    assert [column.dtype for column in assignment] == [np.int64, np.int64, np.float64]


@both_methods
@pytest.mark.parametrize(
    ("seats", "message"),
    [([1, -1], "seats, row 1: -1"), ([1], "seats, row 1"), ([1, 1, 1], "seats, row 2"), ([1, 0.5], "seats, row 1")],
)
def test_refused_seats_are_named_with_their_row(seats: list[Any], message: str, method: Method) -> None:
    with pytest.raises(ValueError, match=message):
        assign(rankings({1: {5: 0.5}, 2: {5: 0.5}}), seats, method)


def _county(*, postings: int, workers: int, seed: int) -> Lists:
    """Postings that rank 40 workers near them on a line, so that neighbours compete."""
    chance = np.random.default_rng(seed)
    lists: Lists = {}
    for posting, at in enumerate(chance.integers(0, workers, postings).tolist()):
        near = (at + np.arange(40)) % workers
        scores = 0.7 * chance.choice([0.3, 0.6, 1.0], 40) + 0.3 * np.exp(-np.arange(40) / 15)
        lists[posting] = dict(zip(near.tolist(), scores.tolist(), strict=True))
    return lists


@pytest.mark.parametrize("workers", [900, 1_250, 9_000], ids=["scarce", "enough", "plenty"])
def test_greedy_total_is_within_two_percent_of_the_exact(workers: int) -> None:
    lists, seats = _county(postings=600, workers=workers, seed=1), [2] * 600
    best, greedy = (assign(rankings(lists), seats, method) for method in METHODS)
    assert_holds(best, lists, seats)
    assert_holds(greedy, lists, seats)
    assert_nobody_free_for_an_open_seat(greedy, lists, seats)
    assert len(greedy.scores) <= len(best.scores)
    assert greedy.scores.sum() >= 0.98 * best.scores.sum()


@pytest.mark.parametrize("workers", [900, 1_250, 9_000], ids=["scarce", "enough", "plenty"])
def test_exact_over_clusters_equals_one_solve_of_the_whole(workers: int) -> None:
    lists = _county(postings=300, workers=workers, seed=2)
    worth = np.zeros((600, workers))
    for posting, scores in lists.items():
        worth[2 * posting : 2 * posting + 2, list(scores)] = np.array(list(scores.values())) + 1_000
    best = worth[linear_sum_assignment(worth, maximize=True)]
    assignment = assign(rankings(lists), [2] * 300)
    assert len(assignment.scores) == np.count_nonzero(best)
    assert assignment.scores.sum() == pytest.approx((best[best > 0] - 1_000).sum(), abs=1e-6)


class Asked:
    """Ranks from whole lists, and notes who was asked for with which k."""

    def __init__(self, lists: Lists) -> None:
        self.lists, self.calls = lists, list[tuple[int, list[int]]]()

    def __call__(self, posting_ids: Any, k: int) -> Rankings:
        self.calls.append((k, posting_ids.tolist()))
        return rankings({one: self.lists[one] for one in posting_ids.tolist()}, k)


@given(_worlds(), st.integers(1, 3))
def test_widening_fills_as_many_seats_as_whole_lists(world: tuple[Lists, list[int]], k: int) -> None:
    lists, seats = world
    assignment = assign_widening(Asked(lists), list(lists), seats, k)
    assert_holds(assignment, lists, seats)
    assert len(assignment.scores) == best_possible(lists, seats)[0]


@given(_worlds(), st.integers(1, 3))
def test_widening_leaves_no_posting_both_short_and_cut(world: tuple[Lists, list[int]], k: int) -> None:
    lists, seats = world
    for method in METHODS:
        asked = Asked(lists)
        filled = assign_widening(asked, list(lists), seats, k, method).posting_ids.tolist()
        for (posting, scores), free in zip(lists.items(), seats, strict=True):
            widest = max(k for k, ids in asked.calls if posting in ids)
            assert filled.count(posting) == free or len(scores) < widest


@both_methods
def test_only_postings_short_of_workers_are_asked_for_again(method: Method) -> None:
    far = dict.fromkeys(range(20, 24), 0.1)
    lists = {1: {10: 0.9, 11: 0.8} | far, 2: {10: 0.9, 11: 0.8} | far, 3: {30: 0.5, 31: 0.4, 32: 0.3}}
    asked = Asked(lists)
    assignment = assign_widening(asked, [1, 2, 3], [2, 2, 1], k=2, method=method)
    assert sorted(assignment.posting_ids.tolist()) == [1, 1, 2, 2, 3]
    assert asked.calls == [(2, [1, 2, 3]), (4, [1, 2])]


def test_rival_with_a_cut_list_is_asked_for_again_when_it_holds_the_only_worker_of_another() -> None:
    asked = Asked({1: {10: 0.9, 11: 0.2}, 2: {10: 0.1}})
    assert rows(assign_widening(asked, [1, 2], [1, 1], k=1)) == [(1, 11, 0.2), (2, 10, 0.1)]
    assert [k for k, _ in asked.calls] == [1, 2]


def test_widening_stops_when_there_is_nobody_left() -> None:
    asked = Asked({1: {10: 0.9, 11: 0.2, 12: 0.1}})
    assert len(assign_widening(asked, [1], [9], k=1).scores) == 3
    assert all(later == 2 * earlier for (earlier, _), (later, _) in pairwise(asked.calls))
