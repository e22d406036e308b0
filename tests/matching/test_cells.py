"""Cells: what is said to be near is all that is near, wherever points lie."""

from math import hypot, inf, nextafter
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.cells import Cells, Span
from tests.matching.crowds import tuned

N_GROUPS = 3
COORDINATES = st.integers(-8, 8).map(float) | st.floats(-30, 30) | st.sampled_from([-20_000.0, 9_000.0, 1e-300])
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES, st.integers(0, N_GROUPS - 1)), max_size=80)
PER_CELLS = st.integers(1, 4)


def sorted_into_cells(points: list[tuple[float, float, int]], per_cell: int) -> tuple[Cells, list]:
    x, y, group = (np.array([point[axis] for point in points], np.float64) for axis in range(3))
    with tuned(PER_CELL=per_cell):
        cells, order = Cells.sorting(x, y, group.astype(np.int64), N_GROUPS)
    assert sorted(order.tolist()) == list(range(len(points)))
    return cells, [points[at] for at in order]


def inside(spans: list[Span], group: int, points: list[tuple[float, float, int]]) -> list[int]:
    """The places in the spans, which are apart from one another and within the group."""
    places = [at for start, end in spans for at in range(start, end)]
    assert len(set(places)) == len(places)
    assert all(points[at][2] == group for at in places)
    return places


def borders(cells: Cells) -> list[float]:
    """Where the cells of a group begin, along x."""
    x0, _, width, _ = cells.box
    return [x0 + column * width / side for side in set(cells.sides.tolist()) for column in range(side + 1)]


@settings(max_examples=200, deadline=None)
@given(POINTS, PER_CELLS)
def test_groups_lie_one_after_another_and_hold_all_of_theirs(points, per_cell):
    cells, points = sorted_into_cells(points, per_cell)
    assert len(cells) == N_GROUPS
    for group in range(N_GROUPS):
        places = inside([cells.whole(group, group)], group, points)
        assert len(places) == cells.count(group) == sum(point[2] == group for point in points)
    assert cells.whole(0, N_GROUPS - 1) == (0, len(points))


@settings(max_examples=300, deadline=None)
@given(POINTS, PER_CELLS, COORDINATES, COORDINATES, st.integers(0, 12).map(float) | st.floats(0, 40), st.data())
def test_a_window_holds_every_point_of_the_group_within_its_km(points, per_cell, x, y, km, data):
    cells, points = sorted_into_cells(points, per_cell)
    x, y = data.draw(st.sampled_from([(x, y), *((border, y) for border in borders(cells)), *(p[:2] for p in points)]))
    for group in range(N_GROUPS):
        places = set(inside(cells.window(group, x, y, km), group, points))
        near = {at for at, point in enumerate(points) if point[2] == group and hypot(point[0] - x, point[1] - y) <= km}
        assert near <= places
    assert cells.window(0, x, y, inf) == [cells.whole(0, 0)]


@settings(max_examples=300, deadline=None)
@given(POINTS, PER_CELLS, COORDINATES, COORDINATES, st.integers(0, 20), st.data())
def test_no_point_beyond_a_look_round_is_nearer_than_what_it_says_is_clear(points, per_cell, x, y, least, data):
    cells, points = sorted_into_cells(points, per_cell)
    x, y = data.draw(st.sampled_from([(x, y), *((border, y) for border in borders(cells)), *(p[:2] for p in points)]))
    for group in range(N_GROUPS):
        spans, clear_km = cells.around(group, x, y, least)
        places = set(inside(spans, group, points))
        beyond = [
            hypot(point[0] - x, point[1] - y)
            for at, point in enumerate(points)
            if point[2] == group and at not in places
        ]
        assert min(beyond, default=inf) >= clear_km
        assert len(places) >= min(least, cells.count(group))


def test_points_on_the_borders_of_cells_are_found_from_the_borders():
    grid = [(float(x), float(y), 0) for x in range(17) for y in range(17)]
    cells, points = sorted_into_cells(grid, 1)
    for x, y, _ in grid:
        for km in (0.0, 1.0, 5.0):
            places = set(inside(cells.window(0, x, y, km), 0, points))
            assert {at for at, (px, py, _) in enumerate(points) if hypot(px - x, py - y) <= km} <= places


def test_a_point_a_hair_beyond_a_border_is_found_at_its_very_distance():
    rnd = Random(3)
    corners = [(float(x), float(y), 0) for x in (-40, 40) for y in (-40, 40)] * 25
    cells, _ = sorted_into_cells(corners, 1)
    on_borders = [nextafter(border, -inf) for border in borders(cells)[1:-1]]
    cells, points = sorted_into_cells(corners + [(x, 0.0, 0) for x in on_borders], 1)
    for place, (point, y, _) in enumerate(points):
        for x in (rnd.uniform(-60, 60) for _ in range(300)):
            assert place in inside(cells.window(0, x, y, abs(point - x)), 0, points)


def test_points_far_outside_on_any_side_are_found_where_they_are():
    rng = np.random.default_rng(2)
    far_off = [(-9000.0, 0.0, 0), (9000.0, 0.0, 0), (0.0, -9000.0, 0), (0.0, 9000.0, 0)]
    town = [(x, y, 0) for x, y in rng.uniform(-50, 50, (600, 2)).tolist()]
    cells, points = sorted_into_cells(town + far_off, 4)
    for one in far_off:
        for km in (0.0, 100.0):
            assert points.index(one) in inside(cells.window(0, *one[:2], km), 0, points)
        assert points.index(one) in inside(cells.around(0, *one[:2], 1)[0], 0, points)


def test_a_look_round_and_a_window_read_little_where_there_is_much():
    rng = np.random.default_rng(1)
    points = [(x, y, 0) for x, y in rng.uniform(-50, 50, (4000, 2)).tolist()]
    cells, points = sorted_into_cells(points, 8)
    for x, y in rng.uniform(-60, 60, (100, 2)).tolist():
        spans, clear_km = cells.around(0, x, y, 100)
        places = inside(spans, 0, points)
        assert 100 <= len(places) < 2000
        beyond = np.delete(np.array(points), places, axis=0)
        nearest_km = np.hypot(beyond[:, 0] - x, beyond[:, 1] - y).min()
        assert nearest_km - 10 < clear_km <= nearest_km
    assert len(inside(cells.window(0, 3.0, 4.0, 5.0), 0, points)) < 200
