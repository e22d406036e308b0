"""The index at work, many cells and few looked at, held to the definition: base and delta, every query."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Engine, Postings, Weights, Workers
from tests.matching.crowds import FEW_SLOTS, PLACES, TUNINGS, WIDE_TREE, any_posting, any_worker, tuned
from tests.matching.worlds import (
    EVERY_QUARTER,
    WEIGHTS,
    Row,
    check,
    definition,
    frame,
    make_engine,
    posting,
    unstacked,
    worker,
)

SEEDS = st.integers(0, 1 << 32)
KS = st.sampled_from([1, 2, 3, 7, 500])
TRADES = [0, 1, 3, 5, 6, 27]
FRESH = st.sampled_from([0.0, 0.2, 1.0])


def crowd(rnd: Random, n_workers: int, n_postings: int, places: str) -> tuple[list[Row], list[Row]]:
    ids = rnd.sample(range(1000), n_workers + n_postings)
    return (
        [any_worker(rnd, id, places) for id in ids[:n_workers]],
        [any_posting(rnd, id, places) for id in ids[n_workers:]],
    )


def with_a_past(rnd: Random, workers: list[Row], postings: list[Row], weights: Weights, fresh: float) -> Engine:
    """An engine that holds these rows now; about `fresh` of them came, came back or changed since it was compacted."""
    late_workers, late_postings = ([row for row in side if rnd.random() < fresh] for side in (workers, postings))
    gone_workers, gone_postings = crowd(rnd, int(20 * fresh), int(5 * fresh), "scattered")
    for gone in (*gone_workers, *gone_postings):
        gone["id"] += 1000
    before_workers = {row["id"]: row | {"slots": rnd.choice(FEW_SLOTS)} for row in workers} | {
        row["id"]: any_worker(rnd, row["id"]) for row in late_workers if rnd.random() < 0.7
    }
    before_postings = {row["id"]: row for row in postings} | {
        row["id"]: any_posting(rnd, row["id"]) for row in late_postings if rnd.random() < 0.7
    }
    engine = make_engine(
        workers=[*before_workers.values(), *gone_workers],
        postings=[*before_postings.values(), *gone_postings],
        weights=weights,
        tree=WIDE_TREE,
    )
    engine.compact()
    engine.upsert_workers(frame(Workers, late_workers))
    engine.upsert_postings(frame(Postings, late_postings))
    engine.remove_workers([gone["id"] for gone in gone_workers])
    engine.remove_postings([gone["id"] for gone in gone_postings])
    engine.set_slots([row["id"] for row in workers], np.array([row["slots"] for row in workers], np.uint64))
    return engine


@settings(max_examples=120, deadline=None)
@given(SEEDS, st.integers(0, 120), st.sampled_from(PLACES), TUNINGS, WEIGHTS, KS, FRESH)
def test_workers_for_a_posting_or_a_draft_are_those_of_the_definition(seed, n, places, tuning, weights, k, fresh):
    rnd = Random(seed)
    workers, postings = crowd(rnd, n, 8, places)
    exact = definition(weights, WIDE_TREE)
    with tuned(**tuning):
        engine = with_a_past(rnd, workers, postings, weights, fresh)
        for one in postings:
            best = exact.workers_for(one, frame(Workers, workers), k)
            check(engine.workers_for(one["id"], k), best)
            check(engine.workers_for_draft(frame(Postings, [one]), k), best)


@settings(max_examples=120, deadline=None)
@given(SEEDS, st.integers(0, 120), st.sampled_from(PLACES), TUNINGS, WEIGHTS, KS, FRESH)
def test_postings_for_a_worker_are_those_of_the_definition(seed, n, places, tuning, weights, k, fresh):
    rnd = Random(seed)
    workers, postings = crowd(rnd, 8, n, places)
    exact = definition(weights, WIDE_TREE)
    with tuned(**tuning):
        engine = with_a_past(rnd, workers, postings, weights, fresh)
        for one in workers:
            check(engine.postings_for(one["id"], k), exact.postings_for(one, frame(Postings, postings), k))


@settings(max_examples=40, deadline=None)
@given(SEEDS, TUNINGS, WEIGHTS | st.just(Weights(skill=0.5, location=0.5, brand=0, pay=0)), st.sampled_from([1, 3, 8]))
def test_lists_are_those_of_the_definition_where_rows_score_all_that_a_bound_allows(seed, tuning, weights, k):
    """Everyone goes anywhere for nothing and holds the one brand in demand: only trades, levels and places differ."""
    rnd, exact = Random(seed), definition(weights, WIDE_TREE)
    alike = {"brand": [rnd.randrange(10), -1, -1, -1], "slots": EVERY_QUARTER, "min_hourly_fen": 0, "relocates": True}
    common = rnd.sample(TRADES, 2)
    workers = [
        any_worker(rnd, id) | alike | _of_some(rnd, common if rnd.random() < 0.9 else TRADES, 8, rnd.choice([1, 2]))
        for id in range(200)
    ]
    postings = [any_posting(rnd, id) | _of_some(rnd, TRADES, 4, rnd.choice([1, 1, 2])) for id in range(200)]
    postings = [row | {"brand": alike["brand"] if rnd.random() < 0.9 else [-1] * 4} for row in postings]
    with tuned(**tuning):
        engine = make_engine(workers=workers, postings=postings, weights=weights, tree=WIDE_TREE)
        engine.compact()
        for one in postings[:4]:
            check(engine.workers_for(one["id"], k), exact.workers_for(one, frame(Workers, workers), k))
        for one in workers[:4]:
            check(engine.postings_for(one["id"], k), exact.postings_for(one, frame(Postings, postings), k))


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 40), st.integers(0, 20), st.sampled_from(PLACES), TUNINGS, KS, FRESH)
def test_a_batch_holds_the_list_of_the_definition_for_every_row(seed, n, m, places, tuning, k, fresh):
    rnd = Random(seed)
    workers, postings = crowd(rnd, n, m, places)
    exact = definition(tree=WIDE_TREE)
    with tuned(**tuning):
        engine = with_a_past(rnd, workers, postings, Weights(), fresh)
        by_posting, by_worker = engine.workers_for_all(k), engine.postings_for_all(k)
    assert by_posting.row_ids.tolist() == sorted(row["id"] for row in postings)
    assert by_worker.row_ids.tolist() == sorted(row["id"] for row in workers)
    lists_by_posting, lists_by_worker = unstacked(by_posting), unstacked(by_worker)
    for one in postings:
        check(lists_by_posting[one["id"]], exact.workers_for(one, frame(Workers, workers), k))
    for one in workers:
        check(lists_by_worker[one["id"]], exact.postings_for(one, frame(Postings, postings), k))


def test_a_fresh_worker_is_ranked_first_for_a_posting_that_requires_nothing():
    engine = make_engine(workers=[worker(id=id, lon=116.7) for id in range(3)], postings=[posting()])
    engine.compact()
    engine.upsert_workers(frame(Workers, [worker(id=9)]))
    assert engine.workers_for(1, k=2).ids.tolist() == [9, 0]


@pytest.mark.parametrize("k", [1, 50])
def test_a_medium_world_at_the_usual_tuning_is_ranked_by_the_definition(k):
    """So many of a few trades that the index looks round first, then further."""
    rnd, n, places = Random(k), 7000, "in town with some far off"
    exact = definition(tree=WIDE_TREE)
    workers = [any_worker(rnd, id, places) | _of_some(rnd, TRADES, 8, rnd.choice([2, 3])) for id in range(n)]
    postings = [any_posting(rnd, id, places) | _of_some(rnd, TRADES, 4, id % 4) for id in range(n)]
    engine = make_engine(workers=workers[300:], postings=postings[300:], tree=WIDE_TREE)
    engine.compact()
    engine.upsert_workers(frame(Workers, workers[:400]))
    engine.upsert_postings(frame(Postings, postings[:400]))
    for one in postings[296:304]:
        check(engine.workers_for(one["id"], k), exact.workers_for(one, frame(Workers, workers), k))
    for one in workers[298:302]:
        check(engine.postings_for(one["id"], k), exact.postings_for(one, frame(Postings, postings), k))


def _of_some(rnd: Random, trades: list[int], places: int, count: int) -> Row:
    some, empty = rnd.sample(trades, count), places - count
    return {"occupation": some + [-1] * empty, "level": [rnd.choice([1, 4, 5, 5]) for _ in some] + [0] * empty}


@pytest.mark.parametrize("places", PLACES)
def test_a_hair_more_or_less_than_the_distance_decides_who_goes_far_enough(places):
    rnd, exact = Random(places), definition(tree=WIDE_TREE)
    trade = {"occupation": [0], "level": [1], "slots": 1}
    for id in range(60):
        wanted = posting(**any_posting(rnd, 1, places) | trade)
        one = worker(**any_worker(rnd, id, places) | trade | {"min_hourly_fen": 0, "relocates": False})
        km = np.float32(exact.distance_km(one, wanted))
        for radius_km in (np.nextafter(km, np.float32(0)), km, np.nextafter(km, np.float32(np.inf))):
            one["radius_km"] = float(radius_km)
            engine = make_engine(workers=[one], postings=[wanted], tree=WIDE_TREE)
            engine.compact()
            check(engine.workers_for(1), exact.workers_for(wanted, frame(Workers, [one]), 1))
            check(engine.postings_for(id), exact.postings_for(one, frame(Postings, [wanted]), 1))
