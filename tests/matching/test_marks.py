"""Marks: a bound from them is never too tight, and what they leave out could not have mattered."""

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Workers
from matching.distance import Plane
from matching.kinds import workers_kind
from matching.marks import Wish, has_all
from matching.reference import filled, skills
from tests.matching.crowds import WIDE_TREE, any_posting, any_worker
from tests.matching.worlds import ORIGIN, WEIGHTS, definition, frame

KIND = workers_kind(WIDE_TREE)
SEEDS = st.integers(0, 1 << 32)


def marks_of(workers):
    return KIND.marks(KIND.columns(frame(Workers, workers), Plane(ORIGIN)))["marks"]


def a_posting_that_requires_something(rnd):
    while not skills(wanted := any_posting(rnd, 1)):
        pass
    return wanted


@settings(max_examples=150, deadline=None)
@given(SEEDS, WEIGHTS)
def test_the_bound_of_skill_and_brand_is_never_below_what_they_are_worth(seed, weights):
    rnd, exact = Random(seed), definition(weights, WIDE_TREE)
    workers, wanted = [any_worker(rnd, id) for id in range(40)], a_posting_that_requires_something(rnd)
    wish = Wish(WIDE_TREE, skills(wanted), filled(wanted["brand"]), weights)
    for worker, bound in zip(workers, wish.at_most(marks_of(workers)).tolist(), strict=True):
        parts = exact.parts(worker, wanted)
        assert bound >= weights.skill * parts["skill"] + weights.brand * parts["brand"] - 1e-6
        assert bound <= weights.skill + weights.brand + 1e-6


@settings(max_examples=150, deadline=None)
@given(SEEDS, WEIGHTS, st.floats(0, 1) | st.sampled_from([0.0, 0.05, 0.22, 0.55]), st.booleans())
def test_who_loses_no_more_than_may_be_lost_has_all_the_marks_that_are_needed(seed, weights, lost, some_are_seen):
    rnd, exact = Random(seed), definition(weights, WIDE_TREE)
    workers, wanted = [any_worker(rnd, id) for id in range(40)], a_posting_that_requires_something(rnd)
    required, preferred = skills(wanted), filled(wanted["brand"])
    without = frozenset({int(WIDE_TREE.small_of[required[0][0]])} if some_are_seen else ())
    wish = Wish(WIDE_TREE, required, preferred, weights)
    has_marks = has_all(marks_of(workers), wish.needed(lost, without))
    for worker, has in zip(workers, has_marks.tolist(), strict=True):
        missed = weights.brand * (1 - exact.parts(worker, wanted)["brand"]) if preferred else 0.0
        for occupation, level in required:
            if int(WIDE_TREE.small_of[occupation]) not in without:
                missed += weights.skill * (1 - exact.best_fit(occupation, level, worker)) / len(required)
        assert has or missed > lost - 1e-9


def test_marks_tell_the_near_from_the_far_and_the_junior_from_the_master():
    rnd = Random(1)
    usual = any_worker(rnd, 1) | {"occupation": [0, *[-1] * 7], "level": [5, *[0] * 7], "brand": [3, -1, -1, -1]}
    junior = usual | {"id": 2, "level": [1, *[0] * 7]}
    sibling = usual | {"id": 3, "occupation": [1, *[-1] * 7]}
    stranger = usual | {"id": 4, "occupation": [6, *[-1] * 7]}
    without_brand = usual | {"id": 5, "brand": [-1] * 4}
    weights = definition().weights
    wish = Wish(WIDE_TREE, [(0, 5)], [3], weights)
    bounds = wish.at_most(marks_of([usual, junior, sibling, stranger, without_brand]))
    assert np.allclose(bounds, [0.65, 0.10, 0.55 * 0.6 + 0.10, 0.10, 0.55])
