"""The parts of the score, named."""

from matching.brands import brand
from matching.distance import distance_km, location
from matching.frames import Array
from matching.pay import pay
from matching.table import Rows


def parts_of(workers: Rows, postings: Rows, *, skill: Array) -> dict[str, Array]:
    """skill, location, brand and pay of the pairs, each float64 (n,), 0…1; skill is at hand from its gate."""
    return {
        "skill": skill,
        "location": location(distance_km(workers, postings)),
        "brand": brand(workers, postings),
        "pay": pay(workers, postings),
    }
