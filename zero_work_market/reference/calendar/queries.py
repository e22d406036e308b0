"""Which days are working days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

import chinese_calendar

from zero_work_market.reference import tables

HERE = "zero_work_market.reference.calendar"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Day:
    """A day that the table says something of. `works`: a working day. Not `confirmed`: the year isn't announced."""

    day: date
    works: bool
    name: str
    source: str
    confirmed: bool


@cache
def days() -> dict[date, Day]:
    """The table's own days: they go before all else."""
    read = (
        Day(
            day=date.fromisoformat(row["day"]),
            works=row["works"] == "yes",
            name=row["name"],
            source=row["source"],
            confirmed=row["confirmed"] == "yes",
        )
        for row in tables.rows(HERE, "days")
    )
    return {one.day: one for one in read}


def is_announced(year: int) -> bool:
    """Whether the State Council's arrangement of that year is known here."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """By the table, else as announced, make-up days included; of a year not announced, Monday to Friday."""
    if day in days():
        return days()[day].works
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


@lru_cache(maxsize=4096)
def working_day_until(day: date) -> date:
    """The day itself if it is a working day, else the last one before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def sources() -> tuple[tables.Source, ...]:
    return tables.sources(HERE)


def check() -> list[str]:
    """What is wrong with the table, in words; empty if nothing."""
    rows = tables.rows(HERE, "days")
    problems = [f"{row['day']}: works is neither yes nor no" for row in rows if row["works"] not in ("yes", "no")]
    if [row["day"] for row in rows] != sorted({row["day"] for row in rows}):
        problems.append("days: not in order, or one twice")
    return problems
