"""A crew fills the most seats at the largest worth, where each village it sets out from costs a stop."""

from math import inf
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching import reference
from matching.crews import Crew, crew


class World(NamedTuple):
    scores: list[list[float]]
    villages: list[int]
    seats: list[int]
    stop: float


def of(world: World) -> Crew:
    return crew(np.reshape(world.scores, (len(world.seats), len(world.villages))), *world[1:])


def assert_holds(found: Crew, world: World) -> None:
    """Nobody twice, no role beyond its seats, nobody in a role they don't fit; the figures are the crew's own."""
    members = list(zip(found.roles.tolist(), found.workers.tolist(), strict=True))
    assert members == sorted(members)
    assert len({worker for _, worker in members}) == len(members)
    assert all(sum(role == one for role, _ in members) <= seats for one, seats in enumerate(world.seats))
    assert found.scores.tolist() == [world.scores[role][worker] for role, worker in members]
    assert -inf not in found.scores
    assert found.stops == reference.stops([world.villages[worker] for _, worker in members])
    assert found.worth == pytest.approx(found.scores.sum() - world.stop * found.stops, abs=1e-9)


_scores = st.sampled_from([-inf, 0.0, 0.5, 0.5 + 1e-6, 1.0]) | st.floats(0, 1)


@st.composite
def _worlds(draw: st.DrawFn) -> World:
    """So few that everything can be tried: at most four to a power of six ways."""
    roles, workers = draw(st.integers(1, 3)), draw(st.integers(0, 6))
    scores = draw(st.lists(st.lists(_scores, min_size=workers, max_size=workers), min_size=roles, max_size=roles))
    villages = draw(st.lists(st.integers(-1, 2), min_size=workers, max_size=workers))
    seats = draw(st.lists(st.integers(0, 3), min_size=roles, max_size=roles))
    return World(scores, villages, seats, draw(st.sampled_from([0.0, 0.05, 0.5, 3.0])))


@given(_worlds())
@settings(max_examples=150, deadline=None)
@example(World([[0.9, 0.6, 0.6], [0.9, 0.6, 0.6]], [1, 2, 2], [1, 1], 0.7))
@example(World([[0.5, 0.4], [0.9, -inf]], [-1, -1], [1, 1], 0.0))
def test_crew_is_what_trying_everything_finds(world: World) -> None:
    found = of(world)
    assert_holds(found, world)
    filled, worth = reference.crew(*world)
    assert len(found.workers) == filled
    assert found.worth == pytest.approx(worth, abs=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_crew_of_many_is_worth_no_less_after_any_one_exchange(seed: int) -> None:
    """Of a few hundred workers, too many to try all: no member can be bettered by another, in one seat or in two."""
    chance = np.random.default_rng(seed)
    scores = np.where(chance.random((3, 200)) < 0.3, chance.random((3, 200)), -inf)
    world = World(scores.tolist(), chance.integers(-1, 25, 200).tolist(), [2, 6, 1], float(chance.choice([0.05, 0.3])))
    found = of(world)
    assert_holds(found, world)
    assert len(found.workers) == 9
    members = list(zip(found.roles.tolist(), found.workers.tolist(), strict=True))
    for place, (role, _) in enumerate(members):
        for other in range(200):
            if other not in found.workers and scores[role, other] > -inf:
                changed = [*members[:place], (role, other), *members[place + 1 :]]
                assert _worth(changed, world) <= found.worth + 1e-9


def test_neighbours_are_taken_before_slightly_better_strangers() -> None:
    scores = [[0.9, 0.88, 0.86, 0.80, 0.79, 0.78]]
    world = World(scores, [1, 2, 3, 7, 7, 7], [3], 0.2)
    assert of(world).workers.tolist() == [3, 4, 5]
    assert of(world._replace(stop=0.05)).workers.tolist() == [0, 1, 2]


def test_who_can_do_two_jobs_takes_the_one_nobody_else_can() -> None:
    found = of(World([[0.9, -inf], [0.95, 0.3]], [1, 1], [1, 1], 0.0))
    assert found.roles.tolist() == [0, 1]
    assert found.workers.tolist() == [0, 1]


def test_seats_that_nobody_can_take_stay_open_and_the_others_are_filled() -> None:
    found = of(World([[-inf, -inf], [0.4, 0.5]], [1, 2], [2, 2], 3.0))
    assert (found.roles.tolist(), found.workers.tolist(), found.stops) == ([1, 1], [0, 1], 2)


@pytest.mark.parametrize(
    ("world", "names"),
    [
        (World([[0.5, float("nan")]], [1, 1], [1], 0.1), "scores"),
        (World([[0.5, inf]], [1, 1], [1], 0.1), "scores"),
        (World([[0.5, 0.5]], [1, 1], [-1], 0.1), "seats"),
        (World([[0.5]] * 14, [1], [1] * 14, 0.1), "seats"),
        (World([[0.5, 0.5]], [1, 1], [1], -0.1), "stop"),
    ],
)
def test_refusal_names_what_is_wrong(world: World, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        of(world)


def _worth(members: list[tuple[int, int]], world: World) -> float:
    stops = reference.stops([world.villages[worker] for _, worker in members])
    return sum(world.scores[role][worker] for role, worker in members) - world.stop * stops
