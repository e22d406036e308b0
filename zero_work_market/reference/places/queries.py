"""Places of China by the names that a text has for them."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import yaml

from zero_work_market.reference import tables
from zero_work_market.reference.places.rules import Gazetteer, Known, Mention, mentions, short
from zero_work_market.reference.regions.queries import counties, towns
from zero_work_market.reference.within import Words

HERE = "zero_work_market.reference.places"
JINING = ("山东省", "济宁市")


def places_in(text: str) -> list[Mention]:
    """The places that a text names, in its order; a town of Jining only with its 镇 or right after its county."""
    return mentions(text, gazetteer())


@cache
def gazetteer() -> Gazetteer:
    words = yaml.safe_load(files(HERE).joinpath("data", "common.yaml").read_text(encoding="utf-8"))
    names: dict[str, tuple[Known, ...]] = {}
    for name, known in _named():
        is_short_town = known.city == JINING[1] and known.town and name != known.town
        if known not in names.get(name, ()) and not (is_short_town and name in names):
            names[name] = (*names.get(name, ()), known)
    provinces = {short(row["province"]): row["province"] for row in tables.rows(HERE, "places")}
    wholes = {row["city"] for row in tables.rows(HERE, "places")}
    not_cities = (name for name, whole in provinces.items() if whole not in wholes)
    names |= dict.fromkeys((*not_cities, *words["other_names"].split()), ())
    common = frozenset(words["words"].split()) | {town.short for county in counties() for town in towns(county.code)}
    never_common = {short(row["city"]) for row in tables.rows(HERE, "places")} | {one.short for one in counties()}
    not_before = re.compile("|".join(words["not_before"].split()))
    near = frozenset(town for row in tables.rows(HERE, "towns") for town in row["near"].split())
    return Gazetteer(Words(names), provinces, frozenset(common - never_common), not_before, near)


def _named() -> Iterator[tuple[str, Known]]:
    above: dict[tuple[str, str], str] = {}
    for row in tables.rows(HERE, "places"):
        province, city = row["province"], row["city"]
        yield from ((name, Known(province, city)) for name in (city, short(city)))
        for county in row["counties"].split():
            above[city, county] = province
            yield from ((name, Known(province, city, county)) for name in dict.fromkeys((county, short(county))))
    for row in tables.rows(HERE, "towns"):
        province = above[row["city"], row["county"]]
        for town in f"{row['towns']} {row['near']}".split():
            yield town, Known(province, row["city"], row["county"], town)
    for here in counties():
        for one in towns(here.code):
            known = Known(*JINING, here.name, one.name)
            yield from ((name, known) for name in dict.fromkeys((one.name, one.short)))


def sources() -> tuple[tables.Source, ...]:
    return tables.sources(HERE)


def check() -> list[str]:
    """What is wrong with the tables, in words; empty if nothing."""
    known = {(row["city"], county) for row in tables.rows(HERE, "places") for county in row["counties"].split()}
    return [
        f"towns: no {row['county']} in {row['city']}"
        for row in tables.rows(HERE, "towns")
        if (row["city"], row["county"]) not in known
    ]
