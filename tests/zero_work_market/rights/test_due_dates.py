"""When pay is due, and what lamp that lights: the examples of the rules of the field, to the day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zero_work_market.market.gate.rules import PayKind
from zero_work_market.reference.calendar.queries import is_working_day, working_day_until
from zero_work_market.rights.wages.rules import Lamp, Terms, due_on, half_up, lamp, paid_lamp, period

DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 1))


def terms(pay_days: int = 15, employment: str = "零工", most_days: int = 30) -> Terms:
    return Terms(PayKind.HOUR, 1800, pay_days, employment, 1700, 60, most_days)


def due(first: str, last: str | None = None, **changes) -> date:
    begin = date.fromisoformat(first)
    return due_on(begin, date.fromisoformat(last) if last else begin, terms(**changes), working_day_until)


def a_month_on(day: date) -> date:
    """The same day of the next month, or its last."""
    ahead = [day + timedelta(days=days) for days in range(28, 32)]
    return max(then for then in ahead if then.month == day.month % 12 + 1 and then.day <= day.day)


def light(today: str, due_day: str, *, paid: bool = False, denied: bool = False) -> Lamp:
    days = {"due_on": date.fromisoformat(due_day), "today": date.fromisoformat(today)}
    return lamp(**days, paid=paid, denied=denied, warning_days=3)


def test_work_of_1_june_under_the_15_day_rule_is_amber_from_the_13th_and_red_from_the_17th():
    assert due("2023-06-01") == date(2023, 6, 16)
    assert due("2023-06-01", employment="非全日制", most_days=15) == date(2023, 6, 16)
    shown = {day: light(day, "2023-06-16") for day in ("2023-06-12", "2023-06-13", "2023-06-16", "2023-06-17")}
    assert list(shown.values()) == [Lamp.GREEN, Lamp.AMBER, Lamp.AMBER, Lamp.RED]


@pytest.mark.parametrize(
    ("worked", "pay_days", "expected"),
    [
        ("2025-09-16", 15, "2025-09-30"),  # 10-01 is a holiday
        ("2025-09-23", 15, "2025-09-30"),  # 10-08 its last day
        ("2025-09-24", 15, "2025-10-09"),  # the first working day after
        ("2025-09-13", 15, "2025-09-28"),  # a Sunday that is worked
        ("2025-09-12", 15, "2025-09-26"),  # a Saturday
        ("2025-09-26", 15, "2025-10-11"),  # a Saturday that is worked
        ("2027-03-05", 1, "2027-03-05"),  # a year not announced: weekdays
    ],
)
def test_a_pay_day_on_a_holiday_or_weekend_is_the_working_day_before(worked, pay_days, expected):
    assert due(worked, pay_days=pay_days) == date.fromisoformat(expected)


def test_no_pay_day_is_before_the_work_was_done():
    """Worked on a Sunday, to be paid the same day: the Friday before would be absurd."""
    assert due("2023-06-18", pay_days=0) == date(2023, 6, 18)


def test_part_time_is_paid_within_fifteen_days_of_its_first_day_too():
    assert due("2023-06-01", "2023-06-14", employment="非全日制", pay_days=7, most_days=15) == date(2023, 6, 16)


def test_nothing_is_due_later_than_the_law_allows():
    assert due("2023-06-01", pay_days=60) == date(2023, 6, 30)


@given(first=DAYS, length=st.integers(0, 14), pay_days=st.integers(0, 30), part_time=st.booleans())
def test_a_due_day_is_a_working_day_no_later_than_agreed_and_never_before_the_work(first, length, pay_days, part_time):
    last = first + timedelta(days=length)
    kind = {"employment": "非全日制", "most_days": 15} if part_time else {}
    found = due_on(first, last, terms(pay_days, **kind), working_day_until)
    assert last <= found <= max(last + timedelta(days=pay_days), last)
    assert is_working_day(found) or found == last
    assert not part_time or found <= max(first + timedelta(days=15), last)


@given(
    first=DAYS,
    worked=st.sets(st.integers(0, 75), min_size=1),
    employment=st.sampled_from(["零工", "非全日制", "全日制"]),
    pay_days=st.integers(0, 60),
)
@example(first=date(2023, 1, 31), worked={0}, employment="零工", pay_days=30)
def test_work_is_paid_within_a_month_of_the_last_day_of_its_period_and_no_period_is_longer(
    first, worked, employment, pay_days
):
    most = 15 if employment == "非全日制" else 30
    days = [first + timedelta(days=n) for n in worked]
    cycles = {cycle(day, first, employment, pay_days) for day in days}
    for begin, end in cycles:
        done = [day for day in days if begin <= day <= end]
        pay = terms(pay_days, employment=employment, most_days=most)
        found = due_on(min(done), max(done), pay, working_day_until)
        assert end < a_month_on(begin)
        assert found <= a_month_on(max(done))


def test_a_lamp_is_green_once_paid_and_red_when_the_worker_says_it_never_came():
    assert light("2023-07-30", "2023-06-16", paid=True) == Lamp.GREEN
    assert light("2023-06-02", "2023-06-16", denied=True) == Lamp.RED
    assert light("2023-06-02", "2023-06-16", denied=True, paid=True) == Lamp.GREEN
    assert paid_lamp(due_on=date(2023, 6, 16), settled_on=date(2023, 6, 16)) == Lamp.GREEN
    assert paid_lamp(due_on=date(2023, 6, 16), settled_on=date(2023, 6, 17)) == Lamp.AMBER
    assert paid_lamp(due_on=date(2023, 6, 16), settled_on=None) == Lamp.RED


def cycle(day: date, first: date, employment: str = "零工", pay_days: int = 7, by_month: bool = False):
    how = {"employment": employment, "pay_days": pay_days, "by_month": by_month, "part_time_days": 15}
    return period(day, first=first, **how)


def test_part_time_runs_in_fortnights_of_fifteen_days_from_its_first_day():
    first = date(2023, 6, 5)
    assert cycle(date(2023, 6, 19), first, "非全日制") == (date(2023, 6, 5), date(2023, 6, 19))
    assert cycle(date(2023, 6, 20), first, "非全日制") == (date(2023, 6, 20), date(2023, 7, 4))


def test_day_labour_is_one_line_unless_it_is_paid_day_by_day():
    first = date(2023, 6, 5)
    assert cycle(date(2023, 6, 7), first) == (first, date(2023, 6, 30))
    assert cycle(date(2023, 6, 7), first, pay_days=1) == (date(2023, 6, 7), date(2023, 6, 7))
    assert cycle(date(2023, 6, 7), first, pay_days=1, by_month=True) == (first, date(2023, 6, 30))
    assert cycle(date(2023, 7, 1), first, "全日制", pay_days=1) == (date(2023, 7, 1), date(2023, 7, 31))


@given(
    first=DAYS,
    ahead=st.integers(0, 90),
    employment=st.sampled_from(["零工", "非全日制", "全日制"]),
    pay=st.integers(0, 15),
)
def test_every_day_of_work_falls_in_one_cycle_and_cycles_dont_overlap(first, ahead, employment, pay):
    day = first + timedelta(days=ahead)
    begin, end = cycle(day, first, employment, pay)
    assert begin <= day <= end
    assert first <= begin
    assert cycle(begin, first, employment, pay) == cycle(end, first, employment, pay) == (begin, end)
    assert (end - begin).days < 31


@given(st.fractions(min_value=0, max_value=10**9))
def test_half_a_fen_is_rounded_up(exact):
    whole = half_up(exact)
    assert whole - Fraction(1, 2) <= exact < whole + Fraction(1, 2)
