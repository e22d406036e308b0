"""Regions by code, by position and by name."""

from dataclasses import dataclass
from functools import cache

from zero_work_market.ground.settings import settings
from zero_work_market.reference import tables
from zero_work_market.reference.regions.rules import (
    CITY,
    Belt,
    UnknownRegion,
    km_between,
    level_of,
    within_jining,
)
from zero_work_market.reference.spelling import Spelled, closest, spell

HERE = "zero_work_market.reference.regions"


@dataclass(frozen=True, slots=True)
class Region:
    """A province, city, county or town.

    `lon`, `lat` degrees WGS 84, of its seat; `approximate` if no source gives the position (pages then say 位置约略).
    `short` drops 县, 镇 and the like; `parent` is None for a province.
    """

    code: str
    name: str
    short: str
    level: str
    parent: str | None
    lon: float
    lat: float
    approximate: bool


@dataclass(frozen=True, slots=True)
class Province:
    """A province, autonomous region or municipality, and the economic belt that it lies in."""

    code: str
    name: str
    belt: Belt


@cache
def _regions() -> dict[str, Region]:
    return {
        row["code"]: Region(
            code=row["code"],
            name=row["name"],
            short=row["short"],
            level=level_of(row["code"]),
            parent=row["parent"] or None,
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            approximate=row["position"] == "approximate",
        )
        for row in tables.rows(HERE, "regions")
    }


@cache
def _under(parent: str) -> tuple[Region, ...]:
    return tuple(region for region in _regions().values() if region.parent == parent)


def region(code: str) -> Region:
    """Raises UnknownRegion (villages aren't kept)."""
    try:
        return _regions()[code]
    except KeyError:
        raise UnknownRegion(region=code) from None


def counties() -> tuple[Region, ...]:
    """Where this market is: Jining's 11 counties and the hi-tech zone, in code order; on 万州's own site that alone."""
    home = settings().region
    return _under(CITY) if home == CITY else (region(home),)


def chongqing() -> tuple[Region, ...]:
    """Chongqing's districts and counties, in code order."""
    return _under("500000")


@cache
def provinces() -> tuple[Province, ...]:
    """The mainland's 31, in code order."""
    return tuple(Province(row["code"], row["name"], Belt(row["belt"])) for row in tables.rows(HERE, "provinces"))


def province_of(code: str) -> Province:
    """The province of any region's code. Raises UnknownRegion."""
    level_of(code)
    for province in provinces():
        if province.code[:2] == code[:2]:
            return province
    raise UnknownRegion(region=code)


@cache
def paired_with(code: str) -> Region:
    """The partner in Shandong–Chongqing cooperation: 万州 for Jining. Raises UnknownRegion for an unpaired region."""
    for pair in tables.rows(HERE, "pairs"):
        if pair["code"] == code:
            return region(pair["partner"])
    raise UnknownRegion(region=code)


def towns(county_code: str) -> tuple[Region, ...]:
    """The county's towns and subdistricts in code order. Raises UnknownRegion."""
    if region(county_code).level != "county":
        raise UnknownRegion(region=county_code)
    return _under(county_code)


def county_of(code: str) -> Region:
    """The county of a county, town or village code. Raises UnknownRegion."""
    if level_of(code) in ("province", "city"):
        raise UnknownRegion(region=code)
    return region(code[:6])


def path(code: str) -> tuple[Region, ...]:
    """From the city (of Chongqing's districts: from Chongqing) down to the region; a village ends at its town.

    Raises UnknownRegion.
    """
    step = region(code[:9] if level_of(code) == "village" else code)
    steps = [step]
    while step.parent and level_of(step.code) != "city":
        step = region(step.parent)
        steps.append(step)
    return tuple(reversed(steps))


@cache
def _located_towns() -> tuple[Region, ...]:
    """Towns that a position may be read as: a guessed one counts only where its county has none confirmed."""
    found: list[Region] = []
    for county in counties():
        here = towns(county.code)
        found += [town for town in here if not town.approximate] or here
    return tuple(found)


def nearest_town(lon: float, lat: float) -> Region:
    """The town of this market whose seat is nearest to a point (degrees, WGS 84), wherever the point is."""
    return min(_located_towns(), key=lambda town: km_between(lon, lat, town.lon, town.lat))


@cache
def _town_names() -> tuple[tuple[Spelled, Region], ...]:
    return tuple(
        (spell(name), town)
        for county in counties()
        for town in towns(county.code)
        for name in (town.short, town.name, county.short + town.name, county.name + town.name)
    )


def search_towns(words: str, k: int = 12) -> tuple[Region, ...]:
    """This market's towns whose name, with or without the county's, fits `words` (characters, pinyin or initials), best
    first."""
    return closest(words, _town_names(), k)


@cache
def tiles() -> dict[str, tuple[int, int]]:
    """Where each county stands on the schematic tile map: (column from the west, row from the north), from 0."""
    return {row["code"]: (int(row["column"]), int(row["row"])) for row in tables.rows(HERE, "tiles")}


def sources() -> tuple[tables.Source, ...]:
    return tables.sources(HERE)


def check() -> list[str]:
    """What is wrong with the tables, in words; empty if nothing."""
    everywhere = _regions()
    jining = _under(CITY)
    local = [town for county in jining for town in towns(county.code)]
    problems = [f"{r.code} {r.name}: no parent {r.parent}" for r in everywhere.values() if not _has_parent(r)]
    problems += [f"{r.code} {r.name}: outside Jining" for r in (*jining, *local) if not within_jining(r.lon, r.lat)]
    problems += [f"{county.code} {county.name}: no towns" for county in counties() if not towns(county.code)]
    if set(tiles()) != {county.code for county in jining} or len(set(tiles().values())) != len(tiles()):
        problems.append("tiles: not one place for each county")
    return problems


def _has_parent(child: Region) -> bool:
    return child.level == "province" if child.parent is None else child.parent in _regions()
