"""Larger worlds, drawn from a seed: a wide tree, many brands, points near and far, and changes of every kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from matching import Engine, OccupationTree, Postings, Workers, cells, delta, search, table
from tests.matching.worlds import EVERY_QUARTER, ORIGIN, Row, frame, posting, worker

# sizes of the 小类 in each 中类: over 17 of both, so that marks collide, the large ones with one another
_SIZES = [[3, 2, 1], [2, 2], [1, 1, 1], *[[1]] * 14, [3, 2, 1], [2, 2], [1, 1], [1]]
_SMALL_SIZES = [size for sizes in _SIZES for size in sizes]
WIDE_TREE = OccupationTree(
    small=np.repeat(np.arange(len(_SMALL_SIZES)), _SMALL_SIZES),
    middle=np.repeat(np.arange(len(_SIZES)), [sum(sizes) for sizes in _SIZES]),
)
_COMMON = [0, 1, 3, 5, 6, 8, 27, 28, 32]
_BRANDS = 25
FEW_SLOTS = [0, 0b0001, 0b0110, 0b1111, EVERY_QUARTER, EVERY_QUARTER]
PLACES = ["at one point", "on a lattice", "scattered", "in town with some far off"]


@contextmanager
def tuned(**constants: int) -> Iterator[None]:
    """The engine's tuning set so low that a small world has many cells, looks round, reaches further and compacts.

    ONE_PASS, FIRST_LOOK, WIDER, PER_CELL, FIRST_CAPACITY, LEAST_TO_COMPACT: other than usual here."""
    usual = {"ONE_PASS": 0, "FIRST_LOOK": 1, "WIDER": 2, "PER_CELL": 1, "FIRST_CAPACITY": 2}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (usual | constants).items():
            (module,) = (module for module in (search, cells, delta, table) if name in vars(module))
            patch.setattr(module, name, value)
        if "LEAST_TO_COMPACT" in constants:
            patch.setattr(table, "SHARE_TO_COMPACT", 0.0)
        yield


TUNINGS = st.sampled_from(
    [{}, {"PER_CELL": 3, "FIRST_LOOK": 2}, {"FIRST_LOOK": 4, "WIDER": 4}, {"ONE_PASS": 12, "PER_CELL": 2}]
)


def any_worker(rnd: Random, id: int, places: str = "scattered") -> Row:
    return worker(
        id=id,
        **_point(rnd, places),
        **_skills(rnd, [0, 1, 1, 2, 3, 8]),
        brand=rnd.sample(range(_BRANDS), rnd.choice([0, 0, 1, 2, 4])),
        radius_km=rnd.choice([0, 5, float(np.float32(20.3)), 60, 60, 20_000]),
        relocates=rnd.random() < 0.1,
        slots=rnd.choice(FEW_SLOTS),
        min_hourly_fen=rnd.choice([0, 1500, 1700, 1700, 2500]),
    )


def any_posting(rnd: Random, id: int, places: str = "scattered") -> Row:
    return posting(
        id=id,
        **_point(rnd, places),
        **_skills(rnd, [0, 1, 1, 2, 2, 3, 4]),
        brand=rnd.sample(range(_BRANDS), rnd.choice([0, 1, 2, 3, 4])),
        slots=rnd.choice(FEW_SLOTS[1:4]),
        hourly_fen=rnd.choice([1, 1700, 1999, 2500]),
    )


def _skills(rnd: Random, counts: list[int]) -> Row:
    count = rnd.choice(counts)
    common = rnd.sample(_COMMON, count)
    occupation = list(dict.fromkeys(one if rnd.random() < 0.8 else rnd.randrange(len(WIDE_TREE)) for one in common))
    return {"occupation": occupation, "level": [rnd.randint(1, 5) for _ in occupation]}


def _point(rnd: Random, places: str) -> Row:
    lon, lat = ORIGIN
    match places:
        case "at one point":
            return {"lon": lon, "lat": lat}
        case "on a lattice":
            return {"lon": lon + rnd.randint(-3, 3) / 10, "lat": lat + rnd.randint(-3, 3) / 10}
        case "scattered":
            return {"lon": lon + rnd.uniform(-0.5, 0.5), "lat": lat + rnd.uniform(-0.5, 0.5)}
    if rnd.random() < 0.1:
        return rnd.choice([{"lon": lon - 180, "lat": -lat}, {"lon": 180.0, "lat": 90.0}, {"lon": 121.4, "lat": 37.5}])
    return {"lon": lon + rnd.gauss(0, 0.1), "lat": lat + rnd.gauss(0, 0.1)}


@dataclass
class Market:
    """Rows by id on both sides, and an engine that is told of each change."""

    engine: Engine
    workers: dict[int, Row] = field(default_factory=dict)
    postings: dict[int, Row] = field(default_factory=dict)

    def tell(self, change: tuple[str, Any]) -> None:
        """Make the change in the engine only."""
        match change:
            case "upsert_workers", rows:
                self.engine.upsert_workers(frame(Workers, rows))
            case "upsert_postings", rows:
                self.engine.upsert_postings(frame(Postings, rows))
            case "set_slots", free:
                self.engine.set_slots(list(free), np.array(list(free.values()), np.uint64))
            case name, ids:
                getattr(self.engine, name)(ids)

    def note(self, change: tuple[str, Any]) -> None:
        """Make the change in the rows only."""
        match change:
            case "upsert_workers", rows:
                self.workers = self.workers | {row["id"]: row for row in rows}
            case "upsert_postings", rows:
                self.postings = self.postings | {row["id"]: row for row in rows}
            case "set_slots", free:
                self.workers = self.workers | {id: self.workers[id] | {"slots": slots} for id, slots in free.items()}
            case "remove_workers", ids:
                self.workers = {id: row for id, row in self.workers.items() if id not in ids}
            case "remove_postings", ids:
                self.postings = {id: row for id, row in self.postings.items() if id not in ids}

    def change(self, change: tuple[str, Any]) -> None:
        self.tell(change)
        self.note(change)

    def any_change(self, rnd: Random, most: int = 4, worker_ids: int = 30, posting_ids: int = 12) -> tuple[str, Any]:
        """A change of up to `most` rows that the engine must accept."""
        few = rnd.randint(1, most)
        match rnd.choice(["upsert_workers", "upsert_postings", "set_slots", "remove_workers", "remove_postings"]):
            case "upsert_workers":
                return "upsert_workers", [any_worker(rnd, id) for id in rnd.sample(range(worker_ids), few)]
            case "upsert_postings":
                return "upsert_postings", [any_posting(rnd, id) for id in rnd.sample(range(posting_ids), few)]
            case "set_slots":
                return "set_slots", {id: rnd.choice(FEW_SLOTS) for id in _some(rnd, self.workers, few)}
            case "remove_workers":
                return "remove_workers", _some(rnd, self.workers, few)
        return "remove_postings", _some(rnd, self.postings, few)


def _some(rnd: Random, rows: dict[int, Row], most: int) -> list[int]:
    return rnd.sample(sorted(rows), min(most, len(rows)))
