"""What a worker may be registered with, and what of it is shown."""

import enum
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.ground.money import HIGHEST_FEN
from zero_work_market.people.accounts.rules import parse_id_number, parse_person_name, parse_phone, plain

HIGHEST_RADIUS_KM = 300.0
HIGHEST_LEVEL = 5
MOST_SKILLS = 8
MOST_BRANDS = 4
SHARED_PHONE = 40
"""Workers on one phone from which on it is flagged."""

ALL_WEEK = (1 << 28) - 1
DAYTIME = sum(0b0110 << 4 * weekday for weekday in range(7))
"""The quarters 06–12 and 12–18 of every day."""


class Purpose(enum.StrEnum):
    """What a consent is for."""

    MATCHING = "matching"
    """Keep the profile, rank it for postings, tell the worker of them."""
    COOPERATION = "cooperation"
    """Keep where the worker is at home and whether lifted out of poverty, for the counts and help of plan 4."""
    EXCHANGE = "exchange"
    """Tell partner regions of the worker, masked and without number or phone, and of applications to them."""


class Given(enum.StrEnum):
    """How a consent was given."""

    BY_TAPPING = "by_tapping"
    ON_PAPER = "on_paper"


class Secret(enum.StrEnum):
    """What a reveal may ask for; the worker's attribute of that name."""

    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"


class AlreadyRegistered(LeyeError):
    """The person, or the account, has a worker already. details: same, "person" or "account"."""

    code = "already_registered"


class UnderAge(LeyeError):
    """Too young to work. details: least, in completed years."""

    code = "under_age"


class SlipMissing(LeyeError):
    """Who registers someone else needs the number of their signed consent slip."""

    code = "consent_slip_missing"


@dataclass(frozen=True)
class Place:
    """Where a worker lives. Without a point, the town's own stands in."""

    town: str
    village: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class NewSkill:
    """`level` 1 junior … 5 senior technician; `certificate` is the name of the one that proves it, or empty."""

    occupation: str
    level: int = 1
    certificate: str = ""


@dataclass(frozen=True)
class Profile:
    """What the worker wants. `week` has bit 4·weekday + q, weekday 0 = Monday, q 0…3 for 00–06, 06–12, 12–18, 18–24."""

    radius_km: float = 8.0
    relocates: bool = False
    min_hourly_fen: int = 0
    week: int = DAYTIME


@dataclass(frozen=True)
class NewWorker:
    """`phone` is where to reach a worker without an account, if anywhere."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    place: Place
    phone: str | None = field(default=None, repr=False)
    skills: tuple[NewSkill, ...] = ()
    profile: Profile = Profile()


@dataclass(frozen=True)
class SignedFor:
    """Someone whom staff register, and the number of the consent slip that they signed."""

    new: NewWorker
    slip: str


def check_new(new: NewWorker, *, today: date) -> NewWorker:
    """`new` in its stored form. Raises InvalidValue naming the field."""
    check_point(new.place)
    check_profile(new.profile)
    return replace(
        new,
        name=parse_person_name(new.name, field="name"),
        id_number=parse_id_number(new.id_number, today=today),
        phone=parse_phone(new.phone) if new.phone else None,
        skills=check_skills(new.skills),
    )


def check_age(born: date, *, today: date, least: int) -> None:
    """Raises UnderAge below `least` completed years."""
    if age_on(born, today) < least:
        raise UnderAge(least=least)


def age_on(born: date, day: date) -> int:
    """Completed years (周岁); who is born on 29 February completes one on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_profile(profile: Profile) -> None:
    """Raises InvalidValue: radius_km in 0–300, min_hourly_fen in 0–HIGHEST_FEN, week of 28 bits."""
    if not 0 <= profile.radius_km <= HIGHEST_RADIUS_KM:
        raise InvalidValue(field="radius_km", reason="range", least=0, most=HIGHEST_RADIUS_KM)
    if not 0 <= profile.min_hourly_fen <= HIGHEST_FEN:
        raise InvalidValue(field="min_hourly_fen", reason="range", least=0, most=HIGHEST_FEN)
    if not 0 <= profile.week <= ALL_WEEK:
        raise InvalidValue(field="week", reason="range", least=0, most=ALL_WEEK)


def check_point(place: Place) -> None:
    """Raises InvalidValue unless both coordinates are there and on the globe, or neither is."""
    if (place.lon is None) != (place.lat is None):
        raise InvalidValue(field="lon" if place.lon is None else "lat", reason="missing")
    for name, value, most in (("lon", place.lon, 180), ("lat", place.lat, 90)):
        if value is not None and not (math.isfinite(value) and -most <= value <= most):
            raise InvalidValue(field=name, reason="range", least=-most, most=most)


def check_skills(skills: Iterable[NewSkill]) -> tuple[NewSkill, ...]:
    """Raises InvalidValue on field "skills": reason "too_many" (over 8), "twice", "level", "certificate"."""
    checked = tuple(replace(skill, certificate=" ".join(skill.certificate.split())) for skill in skills)
    if len(checked) > MOST_SKILLS:
        raise InvalidValue(field="skills", reason="too_many", most=MOST_SKILLS)
    if len({skill.occupation for skill in checked}) < len(checked):
        raise InvalidValue(field="skills", reason="twice")
    for skill in checked:
        if not 1 <= skill.level <= HIGHEST_LEVEL:
            raise InvalidValue(field="skills", reason="level", occupation=skill.occupation)
        if len(skill.certificate) > 60:
            raise InvalidValue(field="skills", reason="certificate", occupation=skill.occupation)
    return checked


def check_brands(brands: Iterable[str]) -> tuple[str, ...]:
    """Each code once, sorted. Raises InvalidValue on field "brands": reason "too_many" (over 4), "length" (over 20)."""
    codes = tuple(sorted({plain(brand) for brand in brands}))
    if len(codes) > MOST_BRANDS:
        raise InvalidValue(field="brands", reason="too_many", most=MOST_BRANDS)
    if any(not 1 <= len(code) <= 20 for code in codes):
        raise InvalidValue(field="brands", reason="length")
    return codes


def check_slip(slip: str) -> str:
    """Number of a signed consent slip, 3–60 characters. Raises SlipMissing."""
    number = plain(slip)
    if not 3 <= len(number) <= 60:
        raise SlipMissing()
    return number


_COMPOUND_SURNAMES = (
    "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐夏侯端木长孙宇文司徒司空公冶澹台太史申屠轩辕闻人呼延南宫东郭百里"
)
_COMPOUND = frozenset(map("".join, zip(_COMPOUND_SURNAMES[::2], _COMPOUND_SURNAMES[1::2], strict=True)))


def surname_of(name: str) -> str:
    """The family name: the first character, or two of a compound one with a given name after it."""
    return name[:2] if name[:2] in _COMPOUND and len(name) > 2 else name[:1]


def mask_name(surname: str) -> str:
    """What others see of a name, e.g. 张**."""
    return f"{surname}**"
