"""Region codes and distances on plain values."""

import re
from enum import StrEnum
from math import ceil, cos, hypot, radians

from zero_work_market.ground.errors import NotFound

# The engine's plane goes through this point, lon and lat in degrees (WGS 84).
ORIGIN = (116.6, 35.4)
KM_PER_DEGREE = radians(6371.0088)
RIDE_KM_PER_HOUR = 13

CITY = "370800"
# Jining lies within 115°52′–117°36′ E and 34°26′–35°57′ N.
WEST, EAST, SOUTH, NORTH = 115 + 52 / 60, 117 + 36 / 60, 34 + 26 / 60, 35 + 57 / 60

CODE = re.compile(r"[1-9]\d{5}(\d{3}(\d{3})?)?")


class Belt(StrEnum):
    """The four economic belts of the national statistics."""

    EAST = "east"
    CENTRAL = "central"
    WEST = "west"
    NORTHEAST = "northeast"


class UnknownRegion(NotFound):
    """No such region, or not one of the kind asked for. details: region (the code given)."""

    code = "unknown_region"


def level_of(code: str) -> str:
    """One of province, city, county (6 digits), town (9) and village (12). Raises UnknownRegion on anything else."""
    if not CODE.fullmatch(code):
        raise UnknownRegion(region=code)
    if len(code) > 6:
        return "town" if len(code) == 9 else "village"
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def covers(scope: str, code: str) -> bool:
    """Whether a role held for `scope` reaches `code`: a region reaches itself and all below it, never above.

    Raises UnknownRegion if either is no region code.
    """
    level_of(code)
    return code.startswith(significant(scope))


def significant(scope: str) -> str:
    """The digits that a region shares with all below it: 3708 for 370800. Raises UnknownRegion."""
    return scope[: {"province": 2, "city": 4}.get(level_of(scope), len(scope))]


def km_between(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Straight distance of two points (degrees, WGS 84) on the engine's plane."""
    east = (lon2 - lon1) * cos(radians(ORIGIN[1])) * KM_PER_DEGREE
    north = (lat2 - lat1) * KM_PER_DEGREE
    return hypot(east, north)


def ride_minutes(km: float) -> int:
    """Whole minutes, rounded up, to ride a straight distance on an e-bike at 13 km/h: 3.2 km take 15."""
    return ceil(round(km * 60 / RIDE_KM_PER_HOUR, 6))


def within_jining(lon: float, lat: float) -> bool:
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH
