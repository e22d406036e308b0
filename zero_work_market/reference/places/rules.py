"""Which places a text names, by a table of names, on plain values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from zero_work_market.reference.within import Words

SUFFIX = re.compile(
    r"(?:(?:[一-鿿]{1,3}族){1,4}(?:自治州|自治县|自治旗)|自治州|自治县|自治区|特区|林区|地区|街道|新区|盟|省|市|区|县|旗|镇|乡)$"
)

ZONE = re.compile(
    r"市?[ ·]?(高新技术?(?:产业)?(?:开发)?区|(?:经济技术|经济|技术)?开发区|经开区?|保税港?区|综保区|"
    r"航空港(?:区|实验区)?|临空(?:经济|港)?区|(?:国际)?港务区|港区|自贸区|科学城|度假区|示范区|工业园区?|"
    r"[一-鿿]{0,3}新区|高新|[一-鿿]{2,3}(?:岛|镇(?!静)|街道|工业园|产业园|科技园))"
)
"""Zones that no table has, right after their city."""


@dataclass(frozen=True, slots=True)
class Known:
    """A place that a name may stand for; what lies above or below what is named is empty when it isn't known."""

    province: str
    city: str
    county: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names a place. `whole`: with its 市, 区, 镇 … `sure`: it is that, or a city's name, or its city
    is named too; a county's short name alone may be part of a firm's."""

    start: int
    end: int
    place: Known
    whole: bool
    sure: bool


@dataclass(frozen=True)
class Gazetteer:
    """`names`: what each name, whole or short, may stand for. `common`: short names that are everyday words too.
    `near`: towns that are meant only where their city or county is named."""

    names: Words[tuple[Known, ...]]
    provinces: Mapping[str, str]
    common: frozenset[str]
    not_before: re.Pattern[str]
    near: frozenset[str] = frozenset()


def short(name: str) -> str:
    """郫都区 → 郫都; 凉山彝族自治州 → 凉山; 沁县, which would be one character, stays."""
    stem = SUFFIX.sub("", name)
    return stem if len(stem) > 1 else name


def mentions(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """The places that the text names, in its order. A name of several places is the one that agrees with the others
    named in the text, or else the one that isn't a city's district, which is seldom named without its city. It is left
    out when that doesn't settle it."""
    raw = list(_raw(text, gazetteer))
    cities = {one.city for _, _, known in raw for one in known if not one.county}
    around = {one.city for _, _, known in raw for one in known if not one.town}
    provinces = {whole for name, whole in gazetteer.provinces.items() if name in text}
    found: list[Mention] = []
    for start, end, known in raw:
        name = text[start:end]
        likely = _agreeing(known, cities, provinces)
        whole = SUFFIX.search(name) is not None
        after_its_city = (
            bool(found) and found[-1].place.city in {one.city for one in known} and start - found[-1].end < 2
        )
        if len(likely) != 1 or (name in gazetteer.common and not after_its_city):
            continue
        if name in gazetteer.near and likely[0].city not in around:
            continue
        found.append(Mention(start, end, likely[0], whole, whole or not likely[0].county or likely[0].city in cities))
        zone = ZONE.match(text, end)
        if zone and not likely[0].county and zone[1] not in gazetteer.near:
            found.append(Mention(zone.start(1), zone.end(), replace(likely[0], county=zone[1]), True, True))
    return found


def _agreeing(known: tuple[Known, ...], cities: set[str], provinces: set[str]) -> tuple[Known, ...]:
    if len(known) == 1:
        return known
    if whole_cities := tuple(one for one in known if not one.county):
        return whole_cities
    for agreeing in (
        tuple(one for one in known if one.city in cities),
        tuple(one for one in known if one.province in provinces),
    ):
        if agreeing:
            return agreeing
    return tuple(one for one in known if not one.county.endswith("区"))


def _raw(text: str, gazetteer: Gazetteer) -> Iterator[tuple[int, int, tuple[Known, ...]]]:
    for start, end in gazetteer.names.within(text):
        if not gazetteer.not_before.match(text, end):
            yield start, end, gazetteer.names.values[text[start:end]]
