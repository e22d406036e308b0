"""What a brand's file may hold, when it counts, and which certificate may follow which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError
from zero_work_market.people.accounts.rules import plain

MOST_TRADES, MOST_GRADES, MOST_FIRMS, HIGHEST_LEVEL = 6, 6, 12, 5
REVIEW_YEARS = 1
"""How long a review holds. Set by the project: the plan asks for brands, not for how often they are looked at."""
FEWEST = 10
"""What people earn is never said of fewer than so many of them."""


class Kind(StrEnum):
    SKILL = "skill"
    SERVICE = "service"
    TOURISM = "tourism"
    LIVELIHOOD = "livelihood"
    HERITAGE = "heritage"


class State(StrEnum):
    PREPARING = "preparing"
    """Built, not recognised yet."""
    RECOGNISED = "recognised"
    WITHDRAWN = "withdrawn"


class MarkKind(StrEnum):
    """Of a mark of integrity."""

    GOOD = "good"
    BAD = "bad"


class Source(StrEnum):
    """What a certificate rests on."""

    COURSE = "course"
    TEST = "test"


class BrandCodeTaken(LeyeError):
    """Another brand has that code. details: brand."""

    code = "brand_code_taken"


class BrandNotRecognised(LeyeError):
    """Certificates are given in the name of a recognised brand alone. details: brand, state."""

    code = "brand_not_recognised"


class AlreadyCertified(LeyeError):
    """The worker's certificate of this brand is of that grade, or a higher one. details: grade."""

    code = "already_certified"


class GradeInUse(LeyeError):
    """People hold certificates of a grade that the changed file has no more. details: grade."""

    code = "grade_in_use"


@dataclass(frozen=True)
class Grade:
    """Grade 1 is the lowest; `level` is the 1–5 of the skill levels that it stands for."""

    name: str
    standard: str
    level: int


@dataclass(frozen=True)
class Firm:
    """A lead enterprise, registered here by `uscc`, or known by name alone."""

    name: str
    uscc: str = ""


@dataclass(frozen=True)
class BrandFile:
    """All that staff enter of a brand; `place` is a county or the city."""

    code: str
    name: str
    place: str
    kind: Kind
    builder: str
    trades: tuple[str, ...]
    grades: tuple[Grade, ...]
    firms: tuple[Firm, ...] = ()
    head_person: str = ""
    training_base: str = ""
    trademark: str = ""
    join_at: str = ""
    """Where to come to join, and when."""
    words: str = ""


LENGTHS = {
    "name": (2, 20), "builder": (2, 80), "head_person": (0, 25), "training_base": (0, 120), "trademark": (0, 40),
    "join_at": (0, 120), "words": (0, 200),
}  # fmt: skip


def check_file(file: BrandFile) -> BrandFile:
    """The file with the spaces around its texts gone. Raises InvalidValue naming the field."""
    texts: dict[str, Any] = {name: " ".join(getattr(file, name).split()) for name in LENGTHS}
    checked = replace(
        file,
        code=plain(file.code).lower(),
        grades=tuple(replace(one, name=one.name.strip(), standard=one.standard.strip()) for one in file.grades),
        firms=tuple(replace(one, name=one.name.strip(), uscc=plain(one.uscc).upper()) for one in file.firms),
        **texts,
    )
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,19}", checked.code):
        raise InvalidValue(field="brand_code", reason="brand_code")
    for name, (least, most) in LENGTHS.items():
        _check_length(f"brand_{name}", getattr(checked, name), least, most)
    if not checked.trades:
        raise InvalidValue(field="brand_trades", reason="required")
    for name, many, limit in (("trades", checked.trades, MOST_TRADES), ("firms", checked.firms, MOST_FIRMS)):
        if len(many) > limit:
            raise InvalidValue(field=f"brand_{name}", reason="too_many", most=limit)
    _check_grades(checked.grades)
    return checked


def _check_grades(grades: Sequence[Grade]) -> None:
    if not grades:
        raise InvalidValue(field="brand_grades", reason="required")
    if len(grades) > MOST_GRADES:
        raise InvalidValue(field="brand_grades", reason="too_many", most=MOST_GRADES)
    if len({grade.name for grade in grades}) < len(grades):
        raise InvalidValue(field="brand_grades", reason="twice")
    for grade in grades:
        _check_length("brand_grades", grade.name, 1, 20)
        _check_length("brand_grades", grade.standard, 2, 200)
        if not 1 <= grade.level <= HIGHEST_LEVEL:
            raise InvalidValue(field="brand_grades", reason="range", least=1, most=HIGHEST_LEVEL)


def _check_length(field: str, text: str, least: int, most: int) -> None:
    if len(text) < least:
        raise InvalidValue(field=field, reason="too_short" if text else "required")
    if len(text) > most:
        raise InvalidValue(field=field, reason="too_long")


def state_of(recognised_on: date | None, withdrawn_on: date | None) -> State:
    if withdrawn_on is not None:
        return State.WITHDRAWN
    return State.PREPARING if recognised_on is None else State.RECOGNISED


MOVES: dict[State, set[State]] = {
    State.PREPARING: {State.RECOGNISED},
    State.RECOGNISED: {State.WITHDRAWN},
    State.WITHDRAWN: set(),
}


def require_move(current: State, target: State) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="brand", from_state=current, to_state=target)


def check_day(day: date, *, field: str, first: date | None, today: date) -> date:
    """Raises InvalidValue for a day to come, or one before `first`."""
    if day > today:
        raise InvalidValue(field=field, reason="future")
    if first is not None and day < first:
        raise InvalidValue(field=field, reason="day", first=first, last=today)
    return day


def counts_in(year: int, *, recognised_on: date | None, withdrawn_on: date | None) -> tuple[str | int, ...]:
    """Why a brand doesn't count for a year (plan 3), as a stable name and what it needs; empty when it does."""
    if recognised_on is None:
        return ("not_recognised",)
    if recognised_on.year != year:
        return ("recognised", recognised_on.year)
    if withdrawn_on is not None and withdrawn_on.year <= year:
        return ("recognition_withdrawn",)
    return ()
