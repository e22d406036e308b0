"""The best rows of a table for whoever asks: gates in the covering columns, bounds to leave the rest unread."""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple, Protocol

import numpy as np

from matching.base import Base
from matching.cells import Cells, Span
from matching.frames import Array, Columns
from matching.ranking import Ranking, top
from matching.table import Table

ONE_PASS = 6000
FIRST_LOOK = 16
WIDER = 8
SLACK = 1e-9


class Layer(NamedTuple):
    """A group to look through, and the highest skill part that a row can have which no layer before holds."""

    group: int
    ceiling: float
    before: frozenset[int] = frozenset()


ANYWHERE = Layer(0, 1.0)


class Asker(Protocol):
    """One posting that asks for workers, or one worker who asks for postings."""

    x: float
    y: float
    reach_km: float
    scored_by: tuple[str, ...]  # the columns that `scored` reads

    def index(self, base: Base) -> tuple[Cells, Columns]:
        """The cells to look through and the columns of their entries."""

    def layers(self, cells: Cells) -> list[Layer]:
        """The groups to look through first."""

    def kin(self, cells: Cells) -> tuple[list[int], float]:
        """Groups beside those of the layers, and the highest skill part of a row that no layer holds."""

    def everything(self, cells: Cells) -> list[Span]:
        """All entries that may pass, as few slices as can be."""

    def farthest_km(self, ceiling: float, threshold: float) -> float:
        """How far a row may be whose skill part is `ceiling` to score `threshold`; -1 if it can't wherever it is."""

    def marks_needed(self, layer: Layer, nearest_km: float, threshold: float) -> int:
        """Marks without which a row of the layer, at least so far away, cannot score `threshold`."""

    def passing(self, entries: Columns, spans: Sequence[Span], marks: int, threshold: float) -> Array:
        """Places of the entries that have the marks, pass the gates and may score `threshold`; a few too many, as
        distances are measured in float32."""

    def scored(self, columns: Columns) -> tuple[Array, Array]:
        """Which of the rows do pass, their places, and their scores in float64."""


class Look(NamedTuple):
    """What was seen near by: rows ascending and their scores, all that reach `threshold`, which is the k-th best of
    these (-inf if they are fewer); and for the layers, then the kin if they were looked at, within how many km each was
    seen whole. None: everything was."""

    rows: Array
    scores: Array
    threshold: float
    clear_km: list[float] | None


def search(table: Table, asker: Asker, k: int) -> Ranking:
    """The k best rows, by score descending, then id ascending: the same list as if each row had been scored."""
    through = _Through(table.base, asker, k)
    look = through.look()
    further = through.further(look)
    fresh = further[:0]
    if len(table.delta):
        marks = asker.marks_needed(ANYWHERE, 0.0, look.threshold)
        fresh = asker.passing(table.delta.columns, [(0, len(table.delta))], marks, look.threshold)
    ids, scores = table.base.columns["id"].take(look.rows), look.scores
    if len(further) or len(fresh):
        columns = table.rows(further, fresh, ("id", *asker.scored_by))
        places, more = asker.scored(columns)
        ids, scores = np.concatenate((ids, columns["id"].take(places))), np.concatenate((scores, more))
    return top(ids, scores, k)


class _Through:
    """A search through a base."""

    def __init__(self, base: Base, asker: Asker, k: int) -> None:
        self._columns, self._asker, self._k = base.columns, asker, k
        self._cells, self._entries = asker.index(base)
        self._layers = asker.layers(self._cells)
        self._kin, self._kin_ceiling = asker.kin(self._cells)

    def look(self) -> Look:
        """Everything if it is little; else so far round the asker that k rows pass."""
        everything = self._asker.everything(self._cells)
        if sum(end - start for start, end in everything) <= ONE_PASS:
            return Look(*self._seen(everything), None)
        groups, kin = [layer.group for layer in self._layers], self._kin
        least = FIRST_LOOK * self._k
        while True:
            looks = [self._cells.around(group, self._asker.x, self._asker.y, least) for group in groups]
            clear_km = [clear for _, clear in looks]
            rows, scores, threshold = self._seen([span for spans, _ in looks for span in spans])
            if threshold > -inf or (not kin and min(clear_km) == inf):
                return Look(rows, scores, threshold, clear_km)
            if min(clear_km) < inf:
                least *= WIDER
            else:
                groups, kin, least = groups + kin, [], FIRST_LOOK * self._k

    def further(self, look: Look) -> Array:
        """Rows beyond the look that may reach its threshold."""
        found: list[Array] = []
        if look.clear_km is not None:
            for layer, clear in zip(self._layers, look.clear_km, strict=False):
                km = min(self._asker.farthest_km(layer.ceiling, look.threshold), self._asker.reach_km)
                if km > clear:
                    marks = self._asker.marks_needed(layer, clear, look.threshold)
                    found.append(self._passing([layer.group], km, marks, look.threshold))
            km = self._asker.farthest_km(self._kin_ceiling, look.threshold)
            clear_km = look.clear_km[len(self._layers) :] or [-1.0] * len(self._kin)
            unseen = [group for group, clear in zip(self._kin, clear_km, strict=True) if km > clear]
            if unseen:
                found.append(self._passing(unseen, km, 0, look.threshold))
        return _without(_each_once(np.concatenate(found)), look.rows) if found else look.rows[:0]

    def _passing(self, groups: list[int], km: float, marks: int, threshold: float) -> Array:
        """Rows within so many km that have the marks and may reach the threshold."""
        spans = [span for group in groups for span in self._cells.window(group, self._asker.x, self._asker.y, km)]
        return _rows(self._entries, self._asker.passing(self._entries, spans, marks, threshold))

    def _seen(self, spans: list[Span]) -> tuple[Array, Array, float]:
        rows = _each_once(_rows(self._entries, self._asker.passing(self._entries, spans, 0, -inf)))
        columns = {name: self._columns[name].take(rows, axis=0) for name in self._asker.scored_by}
        places, scores = self._asker.scored(columns)
        if len(scores) < self._k:
            return rows.take(places), scores, -inf
        threshold = float(np.partition(scores, -self._k)[-self._k]) - SLACK
        reaching = (scores >= threshold).nonzero()[0]
        return rows.take(places.take(reaching)), scores.take(reaching), threshold


def _rows(entries: Columns, at: Array) -> Array:
    """The rows of entries, intp; rows are their own entries where each has just one."""
    return entries["row"].take(at).astype(np.intp) if "row" in entries else at


def _each_once(rows: Array) -> Array:
    rows.sort()
    again = rows[1:] == rows[:-1]
    return rows[np.append(True, ~again)] if again.any() else rows


def _without(rows: Array, seen: Array) -> Array:
    """The rows that aren't among those seen; both ascending."""
    if not len(rows) or not len(seen):
        return rows
    at = seen.searchsorted(rows)
    np.minimum(at, len(seen) - 1, out=at)
    return rows.compress(seen.take(at) != rows)
