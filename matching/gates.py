"""What a pair must pass before it is scored; each gate takes rows against rows and says bool (n,), open or not.

The skill gate is the skill part itself being above 0.
"""

from collections.abc import Callable

from matching.distance import distance_km
from matching.frames import Array, Columns


def slots_cover(workers: Columns, postings: Columns) -> Array:
    """The worker is free in every quarter that the shift needs."""
    needed = postings["slots"]
    covered: Array = (workers["slots"] & needed) == needed
    return covered


def pay_reaches_floor(workers: Columns, postings: Columns) -> Array:
    reached: Array = postings["hourly_fen"] >= workers["min_hourly_fen"]
    return reached


def within_reach(workers: Columns, postings: Columns) -> Array:
    """The posting lies within the worker's radius, or the worker relocates."""
    reached: Array = distance_km(workers, postings) <= workers["reach_km"]
    return reached


GATES: dict[str, Callable[[Columns, Columns], Array]] = {
    "slots": slots_cover,
    "pay": pay_reaches_floor,
    "distance": within_reach,
}
