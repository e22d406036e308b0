"""Made-up names, numbers and places."""

import random
from datetime import date, timedelta
from math import cos, radians

from zero_work_market.people.accounts.rules import check_digit as id_check_digit
from zero_work_market.reference.regions.queries import Region, counties, towns

REGISTERED_BEFORE = 200
"""Days from the made-up people's registration to the day that counts as today."""
SURNAMES = (
    ("王", 97), ("李", 95), ("张", 92), ("刘", 78), ("孔", 40), ("陈", 38), ("孙", 34), ("赵", 33), ("杨", 31),
    ("马", 24), ("徐", 22), ("周", 21), ("朱", 20), ("高", 19), ("郭", 18), ("胡", 17), ("宋", 16), ("吴", 15),
    ("孟", 15), ("曹", 12), ("丁", 10), ("韩", 10), ("颜", 9), ("田", 9), ("曾", 8), ("冯", 8), ("程", 7), ("姜", 7),
    ("魏", 7), ("任", 6), ("闫", 6), ("史", 5), ("薛", 5), ("董", 5), ("侯", 4), ("牛", 4), ("岳", 3), ("欧阳", 1),
)  # fmt: skip
GIVEN_OLD = (
    "建国", "秀英", "桂兰", "玉兰", "振华", "庆华", "永祥", "传德", "凤英", "秀兰",
    "新民", "德全", "长山", "爱华", "广文", "兴旺",
)  # fmt: skip
GIVEN_MID = (
    "海涛", "红梅", "志强", "丽娟", "建军", "春燕", "卫东", "艳红", "学军", "雪梅",
    "永刚", "玉玲", "文斌", "晓燕", "凤霞", "立新",
)  # fmt: skip
GIVEN_YOUNG = (
    "浩", "婷婷", "雨欣", "子豪", "佳怡", "鹏飞", "梦瑶", "俊杰", "晨", "雪",
    "文博", "思远", "帅", "倩倩", "宇航", "慧敏",
)  # fmt: skip
# Towns near the seat hold more people: a weight for subdistricts against townships.
SUBDISTRICT_WEIGHT, TOWN_WEIGHT = 3, 2
COUNTY_WEIGHTS = {
    "370811": 14, "370812": 7, "370826": 8, "370827": 5, "370828": 8, "370829": 12, "370830": 9,
    "370831": 7, "370832": 9, "370871": 5, "370881": 7, "370883": 12,
}  # fmt: skip
KM_PER_DEGREE = 111.195


def pick_county(chance: random.Random) -> Region:
    places = counties()
    return chance.choices(places, [COUNTY_WEIGHTS.get(place.code, 1) for place in places])[0]


def pick_town(chance: random.Random, county: str) -> Region:
    places = towns(county)
    weights = [SUBDISTRICT_WEIGHT if place.name.endswith("街道") else TOWN_WEIGHT for place in places]
    return chance.choices(places, weights)[0]


def near(chance: random.Random, place: Region, spread_km: float) -> tuple[float, float]:
    """A point about a place, degrees."""
    north, east = chance.gauss(0, spread_km), chance.gauss(0, spread_km)
    lat = place.lat + north / KM_PER_DEGREE
    return round(place.lon + east / (KM_PER_DEGREE * cos(radians(place.lat))), 6), round(lat, 6)


def pick_birthday(chance: random.Random, on: date) -> date:
    """Mostly 35 to 60, as in the villages, from 17 up to 68."""
    age = chance.triangular(17, 68, 49)
    return on - timedelta(days=int(age * 365.2425) + chance.randrange(365))


def pick_name(chance: random.Random, born: date) -> tuple[str, str]:
    """Surname and given name."""
    names, weights = zip(*SURNAMES, strict=True)
    given = GIVEN_OLD if born.year < 1972 else GIVEN_MID if born.year < 1992 else GIVEN_YOUNG
    return chance.choices(names, weights)[0], chance.choice(given)


def id_number(county: str, born: date, taken: set[str]) -> str:
    """The first number of county and birthday that isn't taken, with a right check digit; takes it."""
    bodies = (f"{county}{born:%Y%m%d}{sequence:03d}" for sequence in range(1000))
    body = next(one for one in bodies if one not in taken)
    taken.add(body)
    return body + id_check_digit(body)


def phone(serial: int) -> str:
    """A number out of a plain run, so that nobody takes it for somebody's."""
    return f"199{serial:08d}"
