"""The engine's lists, held to the definition in slow, plain Python."""

import sys
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Postings, Weights, Workers
from tests.matching.worlds import (
    ORIGIN,
    WEIGHTS,
    check,
    definition,
    frame,
    make_engine,
    many,
    posting,
    posting_rows,
    unstacked,
    worker,
    worker_rows,
)

KS = st.sampled_from([1, 2, 3, 50])


@settings(max_examples=150, deadline=None)
@given(many(worker_rows(), 12), many(posting_rows(), 5), WEIGHTS, KS)
def test_every_query_gives_the_lists_of_the_definition(workers, postings, weights, k):
    engine, exact = make_engine(workers=workers, postings=postings, weights=weights), definition(weights)
    for one in postings:
        best = exact.workers_for(one, frame(Workers, workers), k)
        check(engine.workers_for(one["id"], k), best)
        check(engine.workers_for_draft(frame(Postings, [one]), k), best)
    for one in workers:
        check(engine.postings_for(one["id"], k), exact.postings_for(one, frame(Postings, postings), k))


@settings(max_examples=50, deadline=None)
@given(many(worker_rows(), 8), many(posting_rows(), 5), KS)
def test_a_batch_holds_the_single_list_of_every_row_by_id(workers, postings, k):
    engine = make_engine(workers=workers, postings=postings)
    for rows, batch, single in (
        (postings, engine.workers_for_all(k), engine.workers_for),
        (workers, engine.postings_for_all(k), engine.postings_for),
    ):
        assert batch.row_ids.tolist() == sorted(row["id"] for row in rows)
        for row_id, ranking in unstacked(batch).items():
            check(ranking, list(zip(*(column.tolist() for column in single(row_id, k)), strict=True)))


def test_of_equal_scores_the_smaller_id_comes_first_also_across_the_kth_place():
    shuffled = np.random.default_rng(7).permutation(300).tolist()
    engine = make_engine(workers=[worker(id=id) for id in shuffled], postings=[posting()])
    assert engine.workers_for(1, k=7).ids.tolist() == list(range(7))


def test_a_worker_free_for_half_of_a_shift_is_not_listed():
    engine = make_engine(workers=[worker(slots=0b0010)], postings=[posting(id=1, slots=0b0110), posting(id=2)])
    assert engine.postings_for(1).ids.tolist() == [2]


def test_a_relocator_is_listed_however_far_away():
    far = {"lon": ORIGIN[0] - 180, "lat": -90}
    engine = make_engine(workers=[worker(id=1, **far), worker(id=2, relocates=True, **far)], postings=[posting()])
    assert engine.workers_for(1).ids.tolist() == [2]


def test_a_junior_scores_a_quarter_less_for_each_level_short_of_the_required_one():
    weights = Weights(skill=1, location=0, brand=0, pay=0)
    juniors = [worker(id=level, occupation=[0], level=[level]) for level in (1, 2, 3, 4, 5)]
    engine = make_engine(workers=juniors, postings=[posting(occupation=[0], level=[4])], weights=weights)
    assert dict(zip(*map(np.ndarray.tolist, engine.workers_for(1)), strict=True)) == {
        5: 1,
        4: 1,
        3: 0.75,
        2: 0.5,
        1: 0.25,
    }


def test_kin_trades_score_by_the_group_they_share():
    weights = Weights(skill=1, location=0, brand=0, pay=0)
    others = [worker(id=occupation, occupation=[occupation], level=[5]) for occupation in (0, 1, 3, 6)]
    engine = make_engine(workers=others, postings=[posting(occupation=[0], level=[1])], weights=weights)
    assert dict(zip(*map(np.ndarray.tolist, engine.workers_for(1)), strict=True)) == {0: 1, 1: 0.6, 3: 0.3}


def test_brand_counts_the_share_of_the_brands_that_the_posting_prefers():
    weights = Weights(skill=0, location=0, brand=1, pay=0)
    engine = make_engine(workers=[worker(brand=[3, 1, 2])], postings=[posting(brand=[1, 7])], weights=weights)
    assert engine.workers_for(1).scores.tolist() == [0.5]


def test_a_draft_is_ranked_but_not_kept():
    engine = make_engine(workers=[worker()])
    assert engine.workers_for_draft(frame(Postings, [posting(id=5)])).ids.tolist() == [1]
    with pytest.raises(KeyError):
        engine.workers_for(5)


@settings(max_examples=50, deadline=None)
@given(many(worker_rows(), 8), many(posting_rows(), 3), WEIGHTS, KS)
def test_weights_given_with_a_query_rank_that_query_alone(workers, postings, weights, k):
    engine, usual, other = make_engine(workers=workers, postings=postings), definition(), definition(weights)
    for one in postings:
        for exact, given_weights in ((other, {"weights": weights}), (usual, {})):
            best = exact.workers_for(one, frame(Workers, workers), k)
            check(engine.workers_for(one["id"], k, **given_weights), best)
            check(engine.workers_for_draft(frame(Postings, [one]), k, **given_weights), best)
    for one in workers:
        best = other.postings_for(one, frame(Postings, postings), k)
        check(engine.postings_for(one["id"], k, weights=weights), best)


def test_a_query_of_an_unknown_id_is_a_key_error():
    engine = make_engine(workers=[worker(id=1)], postings=[posting(id=2)])
    for query, id in ((engine.workers_for, 1), (engine.postings_for, 2)):
        with pytest.raises(KeyError):
            query(id)


@pytest.fixture
def eager_threads():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("eager_threads")
def test_readers_never_see_half_of_a_change():
    """A worker turns from free but dear to cheap but busy and back: only half of a change would list them."""
    dear, busy = {"slots": 0b0010, "min_hourly_fen": 9000}, {"slots": 0, "min_hourly_fen": 0}
    states = [frame(Workers, [worker(**state)]) for state in (dear, busy)]
    engine = make_engine(postings=[posting()])
    engine.upsert_workers(states[0])
    seen: list[int] = []
    readers = [
        Thread(target=lambda: seen.extend(len(engine.workers_for(1).ids) for _ in range(1500))) for _ in range(4)
    ]
    for reader in readers:
        reader.start()
    turn = 0
    while any(reader.is_alive() for reader in readers):
        engine.upsert_workers(states[turn := 1 - turn])
    assert seen == [0] * 4 * 1500
