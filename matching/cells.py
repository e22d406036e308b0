"""Points of several groups, sorted so that those near a place are a few slices."""

from collections.abc import Iterator
from math import inf

import numpy as np

from matching.frames import Array

PER_CELL = 64
SAMPLE = 4096
TRIMMED = 0.005
Span = tuple[int, int]

_ROUNDING = 1e-9


class Cells:
    """Groups one after another, each cut by a square grid of its own into cells of about PER_CELL points, row by row.

    The grids lie over the box that holds nearly all points; what is outside belongs to the cells at its edge.
    `starts` int32 (cells + 1,) has the place of each cell's first point.
    """

    def __init__(self, box: tuple[float, float, float, float], sides: Array, starts: Array) -> None:
        """`box`: x0, y0, width and height in km; `sides` int64 (groups,): cells along a side of each group's grid."""
        self.box, self.sides, self.starts = box, sides, starts
        first = np.concatenate(([0], np.cumsum(sides * sides)))
        self._side, self._first, self._start = sides.tolist(), first.tolist(), starts.data

    @classmethod
    def sorting(cls, x: Array, y: Array, group: Array, n_groups: int) -> tuple["Cells", Array]:
        """The cells of points x, y float64 (n,), in km, of groups int (n,), and the order int64 (n,) that sorts them
        into these; within a cell they stay in the order given."""
        box = _box(x, y)
        sides = np.maximum(1, np.sqrt(np.bincount(group, minlength=n_groups) / PER_CELL).astype(np.int64))
        first = np.cumsum(sides * sides) - sides * sides
        side = sides.take(group)
        cell = first.take(group)
        cell += _stripe(x, box[0], (sides / box[2]).take(group), side)
        cell += side * _stripe(y, box[1], (sides / box[3]).take(group), side)
        # the place in the low half makes the sort stable, and sorting values is far quicker than sorting places
        order = cell << 32
        order |= np.arange(len(x))
        order.sort()
        order &= 0xFFFFFFFF
        starts = np.concatenate(([0], np.cumsum(np.bincount(cell, minlength=int((sides * sides).sum())))))
        return cls(box, sides, starts.astype(np.int32)), order

    @classmethod
    def of_arrays(cls, arrays: dict[str, Array]) -> "Cells":
        x0, y0, width, height = arrays["box"].tolist()
        return cls((x0, y0, width, height), arrays["sides"], arrays["starts"])

    def arrays(self) -> dict[str, Array]:
        return {"box": np.array(self.box), "sides": self.sides, "starts": self.starts}

    def __len__(self) -> int:
        return len(self._side)

    def count(self, group: int) -> int:
        first, last = self.whole(group, group)
        return last - first

    def whole(self, first: int, last: int) -> Span:
        """The slice of the groups first … last."""
        return self._start[self._first[first]], self._start[self._first[last + 1]]

    def window(self, group: int, x: float, y: float, km: float) -> list[Span]:
        """Slices that hold every point of the group within `km` of a place, and others near it."""
        if km == inf:
            return [self.whole(group, group)]
        km += _ROUNDING * (1 + abs(x) + abs(y) + km)
        left, bottom = self._cell_of(group, x - km, y - km)
        right, top = self._cell_of(group, x + km, y + km)
        return list(self._rows(group, left, right, bottom, top))

    def around(self, group: int, x: float, y: float, least: int) -> tuple[list[Span], float]:
        """Slices round a place with about `least` points or more, and within how many km they hold every point."""
        if self.count(group) <= least:
            return [self.whole(group, group)], inf
        side, (column, row) = self._side[group], self._cell_of(group, x, y)
        reach = 1
        while True:
            left, right = max(0, column - reach), min(side - 1, column + reach)
            bottom, top = max(0, row - reach), min(side - 1, row + reach)
            spans = list(self._rows(group, left, right, bottom, top))
            everything = right - left == side - 1 == top - bottom
            if everything or sum(end - start for start, end in spans) >= least:
                return spans, inf if everything else self._clear(group, x, y, left, right, bottom, top)
            reach *= 2

    def _cell_of(self, group: int, x: float, y: float) -> tuple[int, int]:
        x0, y0, width, height = self.box
        side = self._side[group]
        column, row = (x - x0) * (side / width), (y - y0) * (side / height)
        return int(min(max(column, 0), side - 1)), int(min(max(row, 0), side - 1))

    def _rows(self, group: int, left: int, right: int, bottom: int, top: int) -> Iterator[Span]:
        side, start = self._side[group], self._start
        first = self._first[group]
        if right - left == side - 1:
            yield start[first + bottom * side], start[first + (top + 1) * side]
            return
        for at in range(first + bottom * side, first + top * side + 1, side):
            span = start[at + left], start[at + right + 1]
            if span[0] < span[1]:
                yield span

    def _clear(self, group: int, x: float, y: float, left: int, right: int, bottom: int, top: int) -> float:
        """How far from the place the nearest point outside these cells may be."""
        x0, y0, width, height = self.box
        side = self._side[group]
        gaps = (
            inf if left == 0 else x - (x0 + left * width / side),
            inf if right == side - 1 else x0 + (right + 1) * width / side - x,
            inf if bottom == 0 else y - (y0 + bottom * height / side),
            inf if top == side - 1 else y0 + (top + 1) * height / side - y,
        )
        nearest = min(gaps)
        return nearest - _ROUNDING * (1 + abs(x) + abs(y) + width + height)


def _stripe(position: Array, begin: float, per_km: Array, side: Array) -> Array:
    """Which column or row of its grid each position is in, int64."""
    stripe = position - begin
    stripe *= per_km
    np.maximum(stripe, 0, out=stripe)
    bounded: Array = np.minimum(stripe.astype(np.int64), side - 1)
    return bounded


def _box(x: Array, y: Array) -> tuple[float, float, float, float]:
    if not len(x):
        return 0.0, 0.0, 1.0, 1.0
    step = max(1, len(x) // SAMPLE)
    (x0, x1), (y0, y1) = (np.quantile(axis[::step], (TRIMMED, 1 - TRIMMED)) for axis in (x, y))
    return float(x0), float(y0), float(max(x1 - x0, 1.0)), float(max(y1 - y0, 1.0))
