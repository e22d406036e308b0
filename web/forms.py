"""What forms of several houses have in common, as values of the market."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from zero_work_market.ground.errors import InvalidValue
from zero_work_market.people.workers.rules import NewSkill, Place
from zero_work_market.reference.occupations.queries import Trade, trades

DAYS = tuple((day, name, "") for day, name in enumerate(("周一", "周二", "周三", "周四", "周五", "周六", "周日")))
QUARTERS = ((1, "上午", "6–12"), (2, "下午", "12–18"), (3, "晚上", "18–24"), (0, "夜里", "0–6"))


def trades_by_heading() -> dict[str, list[Trade]]:
    """The gig trades for picking, in the order of their table."""
    grouped: dict[str, list[Trade]] = {}
    for trade in trades():
        grouped.setdefault(trade.heading, []).append(trade)
    return grouped


def place_given(given: Mapping[str, Any]) -> Place:
    """Town, village and point of a form. Raises InvalidValue naming the field."""
    if not given.get("town"):
        raise InvalidValue(field="town", reason="required")
    return Place(
        town=given["town"], village=given.get("village") or None, lon=_degrees(given, "lon"), lat=_degrees(given, "lat")
    )


def chosen_skills(given: MultiDict[str, str]) -> tuple[NewSkill, ...]:
    """Ticked trades, each with its level and certificate where the form asks for them."""
    return tuple(
        NewSkill(
            occupation=code,
            level=given.get(f"level.{code}", 1, type=int),
            certificate=given.get(f"certificate.{code}", "").strip(),
        )
        for code in given.getlist("skill")
    )


def chosen_week(given: MultiDict[str, str]) -> int:
    """Ticked cells "weekday.quarter" as bits."""
    week = 0
    for cell in given.getlist("free"):
        day, _, quarter = cell.partition(".")
        if not (day.isdecimal() and quarter.isdecimal() and int(day) < 7 and int(quarter) < 4):
            raise InvalidValue(field="week", reason="format", given=cell)
        week |= 1 << (4 * int(day) + int(quarter))
    return week


def ticked_week(week: int) -> set[str]:
    """Cells of a week's bits, as the form's values."""
    return {f"{day}.{quarter}" for day in range(7) for quarter in range(4) if week >> (4 * day + quarter) & 1}


def _degrees(given: Mapping[str, Any], field: str) -> float | None:
    text = str(given.get(field) or "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        raise InvalidValue(field=field, reason="not_a_number", given=text) from None
