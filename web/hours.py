"""What a form says of hours, on the workers' pages and the employers'."""

from collections.abc import Mapping
from typing import Any

from zero_work_market.ground.errors import InvalidValue


def given_word(given: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """(shift, what of it: minutes, pieces, words) of a form. Raises InvalidValue for what isn't a number."""
    minutes, pieces = given_minutes(given)
    return _number(given, "shift"), {"minutes": minutes, "pieces": pieces, "words": given.get("words", "")}


def given_minutes(given: Mapping[str, str]) -> tuple[int, int | None]:
    """(minutes, pieces) of a form: its `minutes`, or else `hours` and `rest`. Raises InvalidValue."""
    if given.get("minutes"):
        minutes = _number(given, "minutes")
    else:
        minutes = 60 * _number(given, "hours") + _number(given, "rest")
    return minutes, _number(given, "pieces") if given.get("pieces") else None


def _number(given: Mapping[str, str], name: str) -> int:
    text = given.get(name, "").strip()
    if not (text.isdecimal() and len(text) < 10):
        raise InvalidValue(field="minutes" if name in ("hours", "rest") else name, reason="not_a_number")
    return int(text)
