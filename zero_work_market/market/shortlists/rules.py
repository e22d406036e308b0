"""What a place in the ranking is made of, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One worker's place in a posting's ranking, with what it is made of."""

    worker_id: int
    score: float
    parts: dict[str, float]
    """skill, location, brand, pay, each in [0, 1]."""
    weights: dict[str, float]
    distance_km: float


@dataclass(frozen=True)
class Shortlist:
    """The first places, in order. `more` says that the ranking goes on after them."""

    places: tuple[Place, ...]
    more: bool
