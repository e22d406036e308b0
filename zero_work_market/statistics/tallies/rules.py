"""The figures that standings add up to, and the regions that each counts for."""

from collections.abc import Mapping
from typing import Any

WHOLE_YEAR = 0
"""In place of a month."""
RUNGS = (1, 2, 3, 4, 5)
INDUSTRIES = ("建筑", "制造", "家政")
"""Those that plan 11 has watched: coverage by agreements is told for each."""
SIGNED, STARTED = "signed", "L2"
"""Agreements are owed for those who arrived."""
SUMS = ("minutes", "settled_fen", "wages_due", "wages_on_time")
"""Figures that are a standing's own numbers added up."""


def rung(level: int) -> str:
    """Placements that have come to this rung or above."""
    return f"L{level}"


OF_PERSONS = (*(rung(level) for level in RUNGS), SIGNED)
"""Figures of which persons are counted too."""


def of_industry(figure: str, industry: str) -> str:
    """`STARTED` or `SIGNED` of one industry alone."""
    return f"{figure}:{industry}"


def contributions(standing: Mapping[str, Any]) -> dict[str, int]:
    """What one placement adds to each figure, zeros left out."""
    found = {rung(each): 1 for each in RUNGS if standing["level"] >= each}
    if STARTED in found and standing["signed"]:
        found[SIGNED] = 1
    if standing["industry"] in INDUSTRIES:
        found |= {of_industry(name, standing["industry"]): 1 for name in (STARTED, SIGNED) if name in found}
    return found | {name: standing[name] for name in SUMS if standing[name]}


def city_of(region: str) -> str:
    return region[:4] + "00"


def is_city(region: str) -> bool:
    return region == city_of(region)


def regions_of(village: str) -> tuple[str, str, str, str]:
    """The regions that a placement counts for: village (or the town's bucket), town, county, city."""
    return village, village[:9], village[:6], city_of(village)
