"""Who asks: a posting for workers, a worker for postings; their gates, bounds and scores over columns."""

from collections import Counter
from collections.abc import Sequence
from math import exp, inf, log

import numpy as np

from matching.base import Base
from matching.brands import brand_of_postings, brand_of_workers, brands_of
from matching.cells import Cells, Span
from matching.distance import REACH_KM, distance_km, location
from matching.frames import Array, Columns
from matching.marks import Wish, has_all
from matching.pay import pay
from matching.search import Layer
from matching.skills import SAME, SAME_MIDDLE, OccupationTree, skill_of_postings, skill_of_workers
from matching.weights import Weights

FEW = 32  # so many are sooner scored than bounded

_SLACK = 1e-5  # of scores in float32
_KM_PER_KM = 1 - 1e-6  # a float32 distance less its rounding …
_KM_PER_COORDINATE = 4e-7  # … and that of the coordinates


class _Asker:
    """What both sides share: where they are and how high a score can be at a distance."""

    reach_km = inf

    def __init__(self, row: Columns, tree: OccupationTree, weights: Weights) -> None:
        """`row`: the columns of one row, as `Kind.columns` makes them."""
        self._row, self._weights = row, weights
        self.x, self.y = float(row["x"][0]), float(row["y"][0])
        self._blur_km = _KM_PER_COORDINATE * (abs(self.x) + abs(self.y)) + 1e-6
        self._skills, self._brands = tree.pairs(row["skills"][0]), brands_of(row["brand"][0])
        self._rest = weights.brand * bool(self._brands) + weights.pay  # at most, beside skill and location

    def farthest_km(self, ceiling: float, threshold: float) -> float:
        wanted = threshold - self._rest - self._weights.skill * ceiling
        if wanted <= 0:
            return inf
        if wanted > self._weights.location:
            return -1.0
        return -REACH_KM * log(wanted / self._weights.location) + _SLACK

    def _near(self, entries: Columns, at: Array) -> Array:
        """Distances of entries, float32 or float64, none above the true one."""
        across, up = entries["x"].take(at), entries["y"].take(at)
        across -= self.x
        up -= self.y
        across *= across
        up *= up
        across += up
        km: Array = np.sqrt(across, out=across)
        km *= _KM_PER_KM
        km -= self._blur_km
        return km

    def _at_most(self, km: Array, pay: Array) -> Array:
        """weight · part of location and pay together; float32 (n,)."""
        scores: Array = np.exp(km * np.float32(-1 / REACH_KM))
        scores *= self._weights.location
        scores += self._weights.pay * pay
        return scores


class PostingAsks(_Asker):
    """A posting asks for workers."""

    scored_by: tuple[str, ...] = ("x", "y", "reach_km", "min_hourly_fen", "skills", "brand")

    def __init__(self, row: Columns, tree: OccupationTree, weights: Weights) -> None:
        super().__init__(row, tree, weights)
        self._slots, self._hourly_fen = row["slots"][0], int(row["hourly_fen"][0])
        self._fits = [tree.fits_to_required(occupation, level) for occupation, level in self._skills]
        self._wish = Wish(tree, self._skills, self._brands, weights)
        self._groups = Counter(int(tree.small_of[occupation]) for occupation, _ in self._skills)
        middles = {tree.middle_range(occupation) for occupation, _ in self._skills}
        self._middles = [(int(tree.small_of[first]), int(tree.small_of[last])) for first, last in sorted(middles)]

    def index(self, base: Base) -> tuple[Cells, Columns]:
        return (base.grouped, base.entries) if self._skills else (base.everyone, base.columns)

    def layers(self, cells: Cells) -> list[Layer]:
        """小类 of the required occupations, the rarest first; who is not in one fits it at most by its 中类."""
        if not self._skills:
            return [Layer(0, 1.0)]
        layers, ceiling, before = [], 1.0, frozenset[int]()
        for group in sorted(self._groups, key=cells.count):
            layers.append(Layer(group, ceiling, before))
            ceiling -= (SAME - SAME_MIDDLE) * self._groups[group] / len(self._skills)
            before |= {group}
        return layers

    def kin(self, cells: Cells) -> tuple[list[int], float]:
        kin = [group for first, last in self._middles for group in range(first, last + 1) if group not in self._groups]
        return kin, SAME_MIDDLE

    def everything(self, cells: Cells) -> list[Span]:
        return [cells.whole(first, last) for first, last in self._middles] if self._skills else [cells.whole(0, 0)]

    def marks_needed(self, layer: Layer, nearest_km: float, threshold: float) -> int:
        if not self._skills:
            return 0
        near = self._weights.location * exp(-max(nearest_km, 0.0) / REACH_KM)
        at_most = self._weights.skill * layer.ceiling + self._rest + near
        return self._wish.needed(at_most - threshold + _SLACK, layer.before)

    def passing(self, entries: Columns, spans: Sequence[Span], marks: int, threshold: float) -> Array:
        if marks:
            at = _places(spans, has_all(_read(entries["marks"], spans), marks))
            at = at.compress((entries["slots"].take(at) & self._slots) == self._slots)
        else:
            at = _places(spans, (_read(entries["slots"], spans) & self._slots) == self._slots)
        floor = entries["min_hourly_fen"].take(at)
        reached = floor <= self._hourly_fen
        at, floor = at.compress(reached), floor.compress(reached)
        km = self._near(entries, at)
        open = km <= entries["reach_km"].take(at)
        at = at.compress(open)
        if threshold > -inf and len(at) > FEW:
            pay = (self._hourly_fen - floor.compress(open)) * np.float32(1 / self._hourly_fen)
            at_most = self._at_most(km.compress(open), pay)
            if "marks" in entries:
                at_most += self._wish.at_most(entries["marks"].take(at))
            else:
                at_most += self._weights.skill + self._weights.brand
            at = at.compress(at_most >= threshold - _SLACK)
        return at

    def parts(self, workers: Columns, km: Array) -> dict[str, Array]:
        """skill, location, brand and pay of workers at distances `km`, each float64 (n,), 0…1."""
        return {
            "skill": skill_of_workers(self._fits, workers["skills"]),
            "location": location(km),
            "brand": brand_of_workers(self._brands, workers["brand"]),
            "pay": pay(workers, self._row),
        }

    def scored(self, columns: Columns) -> tuple[Array, Array]:
        km = distance_km(columns, self._row)
        parts = self.parts(columns, km)
        return _open(km <= columns["reach_km"], parts, self._weights)


class WorkerAsks(_Asker):
    """A worker asks for postings."""

    scored_by: tuple[str, ...] = ("x", "y", "hourly_fen", "skills", "brand")

    def __init__(self, row: Columns, tree: OccupationTree, weights: Weights) -> None:
        super().__init__(row, tree, weights)
        self.reach_km = float(row["reach_km"][0])
        self._taken, self._floor_fen = ~row["slots"][0], int(row["min_hourly_fen"][0])
        self._fits = tree.fits_to_held(self._skills)
        self._groups = sorted({int(tree.middle_of[occupation]) for occupation, _ in self._skills})

    def index(self, base: Base) -> tuple[Cells, Columns]:
        return base.grouped, base.entries

    def layers(self, cells: Cells) -> list[Layer]:
        """中类 of what the worker holds, and the postings that require nothing, which come after all others."""
        return [Layer(group, 1.0) for group in (*self._groups, len(cells) - 1)]

    def kin(self, cells: Cells) -> tuple[list[int], float]:
        return [], 0.0

    def everything(self, cells: Cells) -> list[Span]:
        groups = (*self._groups, len(cells) - 1)
        return [span for group in groups for span in cells.window(group, self.x, self.y, self.reach_km)]

    def marks_needed(self, layer: Layer, nearest_km: float, threshold: float) -> int:
        return 0

    def passing(self, entries: Columns, spans: Sequence[Span], marks: int, threshold: float) -> Array:
        at = _places(spans, (_read(entries["slots"], spans) & self._taken) == 0)
        hourly = entries["hourly_fen"].take(at)
        reached = hourly >= self._floor_fen
        at, hourly = at.compress(reached), hourly.compress(reached)
        km = self._near(entries, at)
        open = km <= self.reach_km
        at = at.compress(open)
        if threshold > -inf and len(at) > FEW:
            hourly = hourly.compress(open)
            pay = (hourly - self._floor_fen) / hourly.astype(np.float32)
            at_most = self._at_most(km.compress(open), pay)
            at_most += self._weights.skill + self._weights.brand * bool(self._brands)
            at = at.compress(at_most >= threshold - _SLACK)
        return at

    def scored(self, columns: Columns) -> tuple[Array, Array]:
        km = distance_km(self._row, columns)
        parts = {
            "skill": skill_of_postings(self._fits, columns["skills"]),
            "location": location(km),
            "brand": brand_of_postings(self._brands, columns["brand"]),
            "pay": pay(self._row, columns),
        }
        return _open(km <= self.reach_km, parts, self._weights)


def _open(near: Array, parts: dict[str, Array], weights: Weights) -> tuple[Array, Array]:
    """Places of the rows near enough that have a skill part, and their scores."""
    places = (near & (parts["skill"] > 0)).nonzero()[0]
    return places, weights.score(parts).take(places)


def _read(column: Array, spans: Sequence[Span]) -> Array:
    """The values of a column in the spans, one after the other."""
    if len(spans) == 1:
        return column[slice(*spans[0])]
    return np.concatenate([column[start:end] for start, end in spans]) if spans else column[:0]


def _places(spans: Sequence[Span], kept: Array) -> Array:
    """The places of those that are kept, bool, of what was read in the spans."""
    if len(spans) == 1:
        return kept.nonzero()[0] + spans[0][0]
    places = [np.arange(start, end) for start, end in spans]
    return np.concatenate(places).compress(kept) if spans else np.empty(0, np.intp)
