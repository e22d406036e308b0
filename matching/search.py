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

ONE_PASS = 3000
FIRST_LOOK = 8
WIDER = 8
SLACK = 1e-9


class Layer(NamedTuple):
    """A group to look through, and the highest skill part that a row can have which no layer before holds."""

    group: int
    ceiling: float
    before: frozenset[int] = frozenset()


class Asker(Protocol):
    """One posting that asks for workers, or one worker who asks for postings."""

    x: float
    y: float
    reach_km: float

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
    base = table.base
    look = _look(base, asker, k)
    further = _further(base, asker, look)
    fresh = further[:0]
    if len(table.delta):
        fresh = asker.passing(table.delta.columns, [(0, len(table.delta))], 0, look.threshold)
    ids, scores = base.columns["id"].take(look.rows), look.scores
    if len(further) or len(fresh):
        columns = table.rows(further, fresh)
        places, more = asker.scored(columns)
        ids, scores = np.concatenate((ids, columns["id"].take(places))), np.concatenate((scores, more))
    return top(ids, scores, k)


def _look(base: Base, asker: Asker, k: int) -> Look:
    """Everything if it is little; else so far round the asker that k rows pass."""
    cells, _ = asker.index(base)
    everything = asker.everything(cells)
    if sum(end - start for start, end in everything) <= ONE_PASS:
        return Look(*_seen(base, asker, everything, k), None)
    groups, kin = [layer.group for layer in asker.layers(cells)], asker.kin(cells)[0]
    least = FIRST_LOOK * k
    while True:
        looks = [cells.around(group, asker.x, asker.y, least) for group in groups]
        clear_km = [clear for _, clear in looks]
        rows, scores, threshold = _seen(base, asker, [span for spans, _ in looks for span in spans], k)
        if threshold > -inf or (not kin and min(clear_km) == inf):
            return Look(rows, scores, threshold, clear_km)
        if min(clear_km) < inf:
            least *= WIDER
        else:
            groups, kin, least = groups + kin, [], FIRST_LOOK * k


def _seen(base: Base, asker: Asker, spans: list[Span], k: int) -> tuple[Array, Array, float]:
    _, entries = asker.index(base)
    rows = _each_once([_rows(entries, asker.passing(entries, spans, 0, -inf))])
    places, scores = asker.scored({name: column.take(rows, axis=0) for name, column in base.columns.items()})
    if len(scores) < k:
        return rows.take(places), scores, -inf
    threshold = float(np.partition(scores, -k)[-k]) - SLACK
    reaching = np.flatnonzero(scores >= threshold)
    return rows.take(places.take(reaching)), scores.take(reaching), threshold


def _further(base: Base, asker: Asker, look: Look) -> Array:
    """Rows beyond the look that may reach its threshold."""
    if look.clear_km is None:
        return look.rows[:0]
    cells, entries = asker.index(base)
    layers, (kin, ceiling) = asker.layers(cells), asker.kin(cells)
    found = []
    for layer, clear in zip(layers, look.clear_km, strict=False):
        km = min(asker.farthest_km(layer.ceiling, look.threshold), asker.reach_km)
        if km > clear:
            spans = cells.window(layer.group, asker.x, asker.y, km)
            needed = asker.marks_needed(layer, clear, look.threshold)
            found.append(_rows(entries, asker.passing(entries, spans, needed, look.threshold)))
    km = asker.farthest_km(ceiling, look.threshold)
    clear_km = look.clear_km[len(layers) :] or [-1.0] * len(kin)
    unseen = [group for group, clear in zip(kin, clear_km, strict=True) if km > clear]
    if unseen:
        spans = [span for group in unseen for span in cells.window(group, asker.x, asker.y, km)]
        found.append(_rows(entries, asker.passing(entries, spans, 0, look.threshold)))
    return _without(_each_once(found), look.rows) if found else look.rows[:0]


def _rows(entries: Columns, at: Array) -> Array:
    """The rows of entries; rows are their own entries where each has just one."""
    rows: Array = entries["row"].take(at) if "row" in entries else at
    return rows


def _each_once(found: list[Array]) -> Array:
    rows = np.concatenate(found)
    rows.sort()
    again = rows[1:] == rows[:-1]
    return rows[np.append(True, ~again)] if again.any() else rows


def _without(rows: Array, seen: Array) -> Array:
    """The rows that aren't among those seen; both ascending."""
    if not len(rows) or not len(seen):
        return rows
    at = np.minimum(seen.searchsorted(rows), len(seen) - 1)
    return rows.compress(seen.take(at) != rows)
