"""The definition of matching in slow, plain Python: the specification that every fast path is tested against.

hypot and exp are numpy's, as in the fast path, so that the two agree to the last bit and break ties alike.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import cos, inf, pi, radians
from typing import Any, NamedTuple

import numpy as np

from matching.frames import Frame, Postings, Workers
from matching.skills import OccupationTree
from matching.weights import Weights

EARTH_KM = 6371.0088
IDLE = -1


class Definition(NamedTuple):
    """All that a score depends on beside the worker and the posting; a worker and a posting are dicts of one row."""

    tree: OccupationTree
    weights: Weights
    origin: tuple[float, float]

    def workers_for(self, posting: dict[str, Any], workers: Workers, k: int) -> list[tuple[int, float]]:
        """(worker id, score), best first."""
        pairs = [(worker["id"], worker, posting) for worker in rows(workers)]
        return self._ranked(pairs, k)

    def postings_for(self, worker: dict[str, Any], postings: Postings, k: int) -> list[tuple[int, float]]:
        """(posting id, score), best first."""
        pairs = [(posting["id"], worker, posting) for posting in rows(postings)]
        return self._ranked(pairs, k)

    def _ranked(self, pairs: list[tuple[int, dict[str, Any], dict[str, Any]]], k: int) -> list[tuple[int, float]]:
        scored = [(id, self.score(worker, posting)) for id, worker, posting in pairs if self.eligible(worker, posting)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:k]

    def gates(self, worker: dict[str, Any], posting: dict[str, Any]) -> dict[str, bool]:
        return {
            "slots": worker["slots"] & posting["slots"] == posting["slots"],
            "pay": posting["hourly_fen"] >= worker["min_hourly_fen"],
            "distance": worker["relocates"] or self.distance_km(worker, posting) <= worker["radius_km"],
            "skill": not filled(posting["occupation"]) or self.skill(worker, posting) > 0,
        }

    def eligible(self, worker: dict[str, Any], posting: dict[str, Any]) -> bool:
        return all(self.gates(worker, posting).values())

    def score(self, worker: dict[str, Any], posting: dict[str, Any]) -> float:
        parts = self.parts(worker, posting)
        return (
            self.weights.skill * parts["skill"]
            + self.weights.location * parts["location"]
            + self.weights.brand * parts["brand"]
            + self.weights.pay * parts["pay"]
        )

    def parts(self, worker: dict[str, Any], posting: dict[str, Any]) -> dict[str, float]:
        return {
            "skill": self.skill(worker, posting),
            "location": float(np.exp(-self.distance_km(worker, posting) / 15)),
            "brand": brand(worker, posting),
            "pay": max(0, posting["hourly_fen"] - worker["min_hourly_fen"]) / posting["hourly_fen"],
        }

    def distance_km(self, worker: dict[str, Any], posting: dict[str, Any]) -> float:
        (x1, y1), (x2, y2) = self.point(worker), self.point(posting)
        return float(np.hypot(x1 - x2, y1 - y2))

    def point(self, row: dict[str, Any]) -> tuple[float, float]:
        lon0, lat0 = self.origin
        km_per_degree = pi / 180 * EARTH_KM
        return (row["lon"] - lon0) * cos(radians(lat0)) * km_per_degree, (row["lat"] - lat0) * km_per_degree

    def skill(self, worker: dict[str, Any], posting: dict[str, Any]) -> float:
        required = skills(posting)
        if not required:
            return 1.0
        return sum(self.best_fit(wants, least, worker) for wants, least in required) / len(required)

    def best_fit(self, wants: int, least: int, worker: dict[str, Any]) -> float:
        fits = (self.similarity(has, wants) * level_factor(level, least) for has, level in skills(worker))
        return max(fits, default=0.0)

    def similarity(self, one: int, other: int) -> float:
        if one == other:
            return 1.0
        if self.tree.small[one] == self.tree.small[other]:
            return 0.6
        if self.tree.middle[one] == self.tree.middle[other]:
            return 0.3
        return 0.0


def level_factor(held: int, required: int) -> float:
    return 1.0 if held >= required else max(0.0, 1 - 0.25 * (required - held))


def brand(worker: dict[str, Any], posting: dict[str, Any]) -> float:
    preferred = filled(posting["brand"])
    return sum(code in worker["brand"] for code in preferred) / len(preferred) if preferred else 0.0


def skills(row: dict[str, Any]) -> list[tuple[int, int]]:
    """(occupation, level) of the places that aren't empty."""
    return [(occupation, level) for occupation, level in zip(row["occupation"], row["level"], strict=True) if level]


def filled(codes: list[int]) -> list[int]:
    return [code for code in codes if code != -1]


def rows(frame: Frame) -> list[dict[str, Any]]:
    """Each row of a frame as plain Python values by column."""
    columns = {name: np.asarray(getattr(frame, name), column.dtype).tolist() for name, column in frame.COLUMNS.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def crew(
    scores: Sequence[Sequence[float]], villages: Sequence[int], seats: Sequence[int], stop: float
) -> tuple[int, float]:
    """How many seats the best crew fills and what it is worth, trying every role, or none, for every worker.

    scores[role][worker], −inf where they don't fit; villages by worker, −1 for none; seats by role.
    """
    return max(_crews(scores, villages, seats, stop))


def _crews(
    scores: Sequence[Sequence[float]], villages: Sequence[int], seats: Sequence[int], stop: float
) -> Iterator[tuple[int, float]]:
    for given in product((IDLE, *range(len(seats))), repeat=len(villages)):
        members = [(worker, role) for worker, role in enumerate(given) if role != IDLE]
        if any(given.count(role) > most for role, most in enumerate(seats)):
            continue
        total = sum(scores[role][worker] for worker, role in members)
        if total > -inf:
            yield len(members), total - stop * stops([villages[worker] for worker, _ in members])


def stops(villages: Sequence[int]) -> int:
    """From how many places they set out; who belongs to no village sets out alone."""
    return len(set(villages) - {-1}) + villages.count(-1)
