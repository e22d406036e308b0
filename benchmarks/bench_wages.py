"""50,000 wages computed again from their agreed hours: gross, floor, net, due day and lamp.

The baseline computes the same from the same values without anything shared between shifts or wages: a fraction a shift,
the calendar walked day by day. Every row of the two must be equal.
"""

from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

import chinese_calendar
import numpy as np
import pytest

from benchmarks.beside import beside, median
from benchmarks.conftest import Tell
from benchmarks.table import at_most, duration
from zero_work_market.market.gate.rules import PART_TIME, PayKind
from zero_work_market.reference.calendar.queries import working_day_until
from zero_work_market.rights.wages.rules import Lamp, Terms, Work, due_on, lamp, net_of, work_items

ROWS, ROUNDS = 50_000, 6
TODAY = date(2026, 6, 20)
WARNING_DAYS = 3


class Asked(NamedTuple):
    works: list[Work]
    terms: Terms


class Answer(NamedTuple):
    net_fen: int
    due_on: date
    lamp: Lamp


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Wages of one to twelve shifts over three years, by every kind of pay."""
    chance = np.random.default_rng(1)
    kinds, units = tuple(PayKind), {PayKind.HOUR: 60, PayKind.DAY: 480, PayKind.MONTH: 10440, PayKind.PIECE: 60}
    rows = []
    for number in range(ROWS):
        kind, part_time = kinds[number % 4], number % 5 == 0
        first = date(2023, 6, 1) + timedelta(days=int(chance.integers(1100)))
        works = [
            Work(first + timedelta(days=day), 15 * int(chance.integers(4, 40)), int(chance.integers(300)), units[kind])
            for day in range(int(chance.integers(1, 13)))
        ]
        pay = int(chance.integers(1700, 4000)) * units[kind] // 60
        employment, most = (PART_TIME, 15) if part_time else ("零工", 30)
        rows.append(Asked(works, Terms(kind, pay, int(chance.integers(16)), employment, 1800, 60, most)))
    return rows


def test_wages_computed_again(benchmark: Any, tell: Tell, any_size: None, asked: list[Asked]) -> None:
    assert [computed(one) for one in asked] == [plainly(one) for one in asked]
    times = beside(
        benchmark,
        lambda: [computed(one) for one in asked],
        lambda: [plainly(one) for one in asked],
        [()] * ROUNDS,
        block=1,
    )
    took, plain = median(times.own), duration(median(times.baseline))
    benchmark.extra_info["rows_a_second"] = ROWS / took
    rows = f"{ROWS:,} computed again, {ROWS / took:,.0f} a second"
    tell("wages", rows, duration(took), f"one by one {plain}", f"{times.faster:.1f} × faster", at_most(took, 2, "s"))


def computed(one: Asked) -> Answer:
    days = [work.day for work in one.works]
    due = due_on(min(days), max(days), one.terms, working_day_until)
    net = net_of(work_items(one.works, one.terms), [])
    return Answer(net, due, lamp(due_on=due, paid=False, today=TODAY, warning_days=WARNING_DAYS))


def plainly(one: Asked) -> Answer:
    works, terms = one
    exact = Fraction(0)
    for work in works:
        if terms.pay_kind == PayKind.PIECE:
            exact += Fraction(terms.pay_fen) * (work.pieces or 0)
        else:
            exact += Fraction(terms.pay_fen) * Fraction(work.minutes) / work.unit_minutes
    net, rest = divmod(exact, 1)
    net += rest >= Fraction(1, 2)
    net = max(net, ceil(sum(Fraction(terms.floor_fen) * work.minutes / 60 for work in works)))
    first, last = min(work.day for work in works), max(work.day for work in works)
    due = last + timedelta(days=min(terms.pay_days, terms.most_days))
    if terms.employment == PART_TIME:
        due = min(due, first + timedelta(days=15))
    while not chinese_calendar.is_workday(due):
        due -= timedelta(days=1)
    due = max(due, last)
    late, near = due < TODAY, due <= TODAY + timedelta(days=WARNING_DAYS)
    return Answer(int(net), due, Lamp.RED if late else Lamp.AMBER if near else Lamp.GREEN)
