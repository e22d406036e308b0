"""The best of several shards' lists is the list that one engine of all of them would give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.merge import merge
from matching.ranking import Ranking
from tests.matching.worlds import Row, make_engine, many, posting, posting_rows, worker, worker_rows

Pairs = list[tuple[int, float]]


def ranking(scores: dict[int, float], k: int | None = None) -> Ranking:
    pairs = _in_order(scores)[:k]
    return Ranking(np.array([id for id, _ in pairs], np.int64), np.array([score for _, score in pairs], float))


def pairs(ranked: Ranking) -> Pairs:
    return list(zip(ranked.ids.tolist(), ranked.scores.tolist(), strict=True))


def _in_order(scores: dict[int, float]) -> Pairs:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


_scores = st.sampled_from([0.0, 0.5, 0.75, 1.0]) | st.floats(0, 1)
_shards = st.lists(st.dictionaries(st.integers(-9, 30), _scores, max_size=8), max_size=5)


@given(_shards, st.integers(1, 12))
def test_merge_is_the_start_of_the_sorted_union(shards: list[dict[int, float]], k: int) -> None:
    union: dict[int, float] = {}
    for scores in shards:
        union |= {id: max(score, union.get(id, 0)) for id, score in scores.items()}
    assert pairs(merge([ranking(scores) for scores in shards], k)) == _in_order(union)[:k]


@given(_shards, st.integers(1, 12))
def test_lists_cut_at_k_give_the_same_as_whole_lists(shards: list[dict[int, float]], k: int) -> None:
    score = {id: value for scores in shards for id, value in scores.items()}
    same_everywhere = [{id: score[id] for id in scores} for scores in shards]
    cut, whole = ([ranking(scores, limit) for scores in same_everywhere] for limit in (k, None))
    assert pairs(merge(cut, k)) == pairs(merge(whole, k))


def test_id_kept_in_two_shards_does_not_push_another_out() -> None:
    shards = [ranking({1: 0.9, 2: 0.5}), ranking({1: 0.9, 3: 0.4})]
    assert pairs(merge(shards, 3)) == [(1, 0.9), (2, 0.5), (3, 0.4)]


def test_no_shards_give_an_empty_ranking() -> None:
    assert pairs(merge([], 5)) == []


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}"):
        merge([ranking({1: 0.5})], k)


@given(many(worker_rows(), 12), many(posting_rows(), 3), st.integers(1, 4), st.integers(1, 6))
def test_shards_of_workers_answer_like_one_engine(workers: list[Row], postings: list[Row], shards: int, k: int) -> None:
    """Relocators stand in their own shard as well as in a county's."""
    kept = [[row for row in workers if row["id"] % shards == shard] for shard in range(shards)]
    kept.append([row for row in workers if row["relocates"]])
    engines = [make_engine(workers=rows, postings=postings) for rows in kept]
    whole = make_engine(workers=workers, postings=postings)
    for id in (row["id"] for row in postings):
        assert pairs(merge([engine.workers_for(id, k) for engine in engines], k)) == pairs(whole.workers_for(id, k))


def test_shards_of_postings_answer_like_one_engine() -> None:
    postings = [posting(id=id, hourly_fen=1000 + 100 * (id % 5)) for id in range(30)]
    engines = [make_engine(workers=[worker()], postings=postings[shard::3]) for shard in range(3)]
    whole = make_engine(workers=[worker()], postings=postings)
    assert pairs(merge([engine.postings_for(1, 10) for engine in engines], 10)) == pairs(whole.postings_for(1, 10))
