"""Why a pair scores as it does, and what would raise its score."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import NamedTuple

import numpy as np

from matching.askers import PostingAsks
from matching.distance import distance_km
from matching.frames import BRANDS, EMPTY, OCCUPATIONS_HELD, TOP_LEVEL, Array, Columns
from matching.gates import GATES
from matching.skills import OccupationTree
from matching.weights import Weights

FLOOR_STEP_FEN = 100


@dataclass(frozen=True)
class Certificate:
    """A certificate of `level` in the occupation of this index: one level above what the worker holds (0, if none)."""

    occupation: int
    level: int


@dataclass(frozen=True)
class Brand:
    """One more brand of this code."""

    code: int


@dataclass(frozen=True)
class Floor:
    """A wage floor lowered to this: by one yuan, or to the posting's pay where it is above that."""

    min_hourly_fen: int


@dataclass(frozen=True)
class Quarters:
    """These quarters freed (bits as in the column slots): those that the shift needs and the worker hasn't."""

    slots: int


Change = Certificate | Brand | Floor | Quarters


class Gain(NamedTuple):
    """What one change, alone, adds to the score; `part` is skill, brand or pay, or slots (quarters only open a gate).

    An ineligible pair counts as 0 before and after: a change that opens the last closed gate gains the whole score.
    """

    change: Change
    part: str
    gain: float


@dataclass(frozen=True)
class Explanation:
    """One pair, taken apart.

    gates: slots, pay, distance, skill → open; eligible: all are · parts: skill, location, brand, pay → 0…1;
    score = Σ weights[part] · parts[part], worked out for an ineligible pair as well · nearest_gains: the largest first.
    """

    eligible: bool
    gates: dict[str, bool]
    parts: dict[str, float]
    weights: Weights
    score: float
    distance_km: float
    nearest_gains: list[Gain]


def explain(tree: OccupationTree, weights: Weights, worker: Columns, posting: Columns) -> Explanation:
    """The explanation of one worker and one posting (columns of one row each).

    The worker is set beside copies, each with one change, and all are scored alike.
    """
    worker, posting = _with_occupations(tree, worker), _with_occupations(tree, posting)
    changes = _changes(tree, worker, posting)
    workers = _with_changes(tree, worker, [change for change, _ in changes])
    km = distance_km(worker, posting)
    parts = PostingAsks(posting, tree, weights).parts(workers, km)
    gates = {name: gate(workers, posting) for name, gate in GATES.items()} | {"skill": parts["skill"] > 0}
    scores = weights.score(parts)
    eligible = reduce(and_, gates.values())
    counted = (scores * eligible).tolist()
    gains = [Gain(*change, score - counted[0]) for change, score in zip(changes, counted[1:], strict=True)]
    return Explanation(
        eligible=bool(eligible[0]),
        gates={name: bool(is_open[0]) for name, is_open in gates.items()},
        parts={name: float(part[0]) for name, part in parts.items()},
        weights=weights,
        score=float(scores[0]),
        distance_km=float(km[0]),
        nearest_gains=sorted((gain for gain in gains if gain.gain > 0), key=lambda gain: -gain.gain),
    )


def _changes(tree: OccupationTree, worker: Columns, posting: Columns) -> list[tuple[Change, str]]:
    return [
        *((change, "skill") for change in _certificates(tree, worker, posting)),
        *((change, "brand") for change in _brands(worker, posting)),
        *((change, "pay") for change in _floors(worker, posting)),
        *((change, "slots") for change in _quarters(worker, posting)),
    ]


def _certificates(tree: OccupationTree, worker: Columns, posting: Columns) -> Iterator[Certificate]:
    """One for each occupation held that is akin to a required one, and one for each required one not held."""
    held, required = _filled_places(worker, "occupation"), _filled_places(posting, "occupation")
    akin = {tree.middle[code] for code in required}
    levels = worker["level"][0]
    for code, place in held.items():
        if tree.middle[code] in akin and levels[place] < TOP_LEVEL:
            yield Certificate(code, int(levels[place]) + 1)
    if len(held) < OCCUPATIONS_HELD:
        yield from (Certificate(code, 1) for code in required if code not in held)


def _brands(worker: Columns, posting: Columns) -> Iterator[Brand]:
    held = _filled_places(worker, "brand")
    if len(held) < BRANDS:
        yield from (Brand(code) for code in _filled_places(posting, "brand") if code not in held)


def _floors(worker: Columns, posting: Columns) -> Iterator[Floor]:
    floor, hourly = int(worker["min_hourly_fen"][0]), int(posting["hourly_fen"][0])
    if floor > 0:
        yield Floor(hourly if floor > hourly else max(floor - FLOOR_STEP_FEN, 0))


def _quarters(worker: Columns, posting: Columns) -> Iterator[Quarters]:
    if missing := int(posting["slots"][0] & ~worker["slots"][0]):
        yield Quarters(missing)


def _filled_places(rows: Columns, name: str) -> dict[int, int]:
    """Code → its place in the first row."""
    return {code: place for place, code in enumerate(rows[name][0].tolist()) if code != EMPTY}


def _with_occupations(tree: OccupationTree, row: Columns) -> Columns:
    occupation, level = tree.occupations(row["skills"])
    return row | {"occupation": occupation, "level": level}


def _with_changes(tree: OccupationTree, worker: Columns, changes: list[Change]) -> Columns:
    """The worker as is, then once for each change."""
    changed = ("slots", "min_hourly_fen", "occupation", "level", "brand")
    columns = worker | {name: worker[name].repeat(1 + len(changes), axis=0) for name in changed}
    for row, change in enumerate(changes, 1):
        match change:
            case Certificate(occupation, level):
                place = _place(columns["occupation"][0], occupation)
                columns["occupation"][row, place], columns["level"][row, place] = occupation, level
            case Brand(code):
                columns["brand"][row, _place(columns["brand"][0], code)] = code
            case Floor(min_hourly_fen):
                columns["min_hourly_fen"][row] = min_hourly_fen
            case Quarters(slots):
                columns["slots"][row] |= np.uint64(slots)
    return columns | {"skills": tree.codes(columns["occupation"], columns["level"])}


def _place(codes: Array, code: int) -> int:
    """Where the code stands, else the first empty place."""
    places: list[int] = codes.tolist()
    return places.index(code if code in places else EMPTY)
