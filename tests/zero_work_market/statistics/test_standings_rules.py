"""The ladder on plain facts, by the examples of the rules."""

from datetime import date, timedelta

import pytest

from zero_work_market.statistics.standings.queries import stability
from zero_work_market.statistics.standings.rules import Rank, Wage, Work, months_after, ranks

BEGAN = date(2023, 2, 7)
RULE = stability(BEGAN)


def work(first: date, last: date, *, every: int = 7, paid: bool = True, signed: bool = True) -> Work:
    """Eight hours every so many days and on the last, in one wage paid on its day."""
    days = sorted({first + timedelta(days=n) for n in range(0, (last - first).days, every)} | {last})
    due_on = last + timedelta(days=7)
    wage = Wage(first, last, due_on, 10_000, due_on if paid else None)
    return Work(arrived=True, signed=signed, shifts=tuple((day, 480) for day in days), wages=(wage,))


def rank(*works: Work, today: date = date(2023, 12, 31)) -> Rank:
    """Of the last of one family's placements."""
    return ranks(works, today=today, stability=RULE)[-1]


def test_what_makes_work_stable_is_dated_data():
    assert (RULE.months, RULE.gap_days) == (3, 31)


def test_a_rung_counts_only_on_top_of_all_below_it():
    shifts, wage = ((BEGAN, 480),), Wage(BEGAN, BEGAN, BEGAN, 100, BEGAN)
    assert rank(Work()).level == 1
    assert rank(Work(shifts=shifts, wages=(wage,), signed=True)).level == 1, "never arrived"
    assert rank(Work(arrived=True)).level == 2
    assert rank(Work(arrived=True, wages=(wage,))).level == 2, "paid, but no hours were agreed"
    assert rank(Work(arrived=True, shifts=((BEGAN, 0),))).level == 2, "agreed on none"
    assert rank(Work(arrived=True, shifts=shifts)).level == 3
    assert rank(Work(arrived=True, shifts=shifts, wages=(wage,))).level == 4
    assert rank(Work(lost="no_show", arrived=True, shifts=shifts, wages=(wage,), signed=True)).level == 0


def test_what_the_next_rung_lacks_is_told():
    unpaid = Wage(BEGAN, BEGAN, BEGAN)
    assert rank(Work(lost="withdrawn")).short_of == "withdrawn"
    assert rank(Work()).short_of == "arrival"
    assert rank(Work(arrived=True)).short_of == "hours"
    assert rank(Work(arrived=True, shifts=((BEGAN, 60),), wages=(unpaid,))).short_of == "paid"
    assert rank(work(BEGAN, date(2023, 5, 3))).short_of == "days:4"
    assert rank(work(BEGAN, date(2023, 5, 7), signed=False)).short_of == "signed"
    assert rank(work(BEGAN, date(2023, 5, 7))).short_of == ""


def test_who_began_on_7_february_is_stable_on_7_may_and_who_left_on_the_6th_is_not():
    stable, left = rank(work(BEGAN, date(2023, 5, 7))), rank(work(BEGAN, date(2023, 5, 6)))
    assert (stable.level, stable.stable_on) == (5, date(2023, 5, 7))
    assert (left.level, left.stable_on, left.short_of) == (4, None, "days:1")


def test_three_months_from_the_end_of_november_are_full_on_the_last_of_february():
    assert months_after(date(2022, 11, 30), 3) == date(2023, 2, 28)
    assert months_after(date(2023, 11, 30), 3) == date(2024, 2, 29)
    assert months_after(date(2023, 10, 31), 3) == date(2024, 1, 31)


def test_short_postings_of_one_employer_add_up_to_stable_work():
    weeks = [work(BEGAN + timedelta(days=7 * n), BEGAN + timedelta(days=7 * n + 5), every=1) for n in range(14)]
    found = ranks(weeks, today=date(2023, 12, 31), stability=RULE)
    assert [one.level for one in found] == [5] * 14
    assert {one.stable_on for one in found} == {date(2023, 5, 7)}
    assert rank(*weeks[:12]).short_of == "days:7"


@pytest.mark.parametrize(("gap", "level"), [(31, 5), (32, 4)])
def test_days_further_apart_than_the_gap_are_not_one_stretch_of_work(gap: int, level: int):
    first = work(BEGAN, date(2023, 3, 7))
    then = date(2023, 3, 7) + timedelta(days=gap)
    found = ranks([first, work(then, date(2023, 5, 7))], today=date(2023, 12, 31), stability=RULE)
    assert {one.level for one in found} == {level}


def test_a_month_that_was_not_paid_is_not_stable_work():
    days = tuple((BEGAN + timedelta(days=n), 480) for n in range(90))
    months = [(BEGAN, date(2023, 3, 6)), (date(2023, 3, 7), date(2023, 4, 6)), (date(2023, 4, 7), date(2023, 5, 7))]
    paid = tuple(Wage(first, last, last, 100, last) for first, last in months)
    whole = Work(arrived=True, signed=True, shifts=days, wages=paid)
    assert rank(whole).level == 5
    owed = (paid[0], Wage(*months[1], months[1][1], 100), paid[2])
    assert rank(Work(arrived=True, signed=True, shifts=days, wages=owed)).short_of == "paid"


def test_what_follows_an_unpaid_month_may_become_stable_by_itself():
    early, late = work(BEGAN, date(2023, 3, 1), paid=False), work(date(2023, 3, 8), date(2023, 6, 8))
    found = ranks([early, late], today=date(2023, 12, 31), stability=RULE)
    assert [one.level for one in found] == [3, 5]
    assert found[1].stable_on == date(2023, 6, 8)


def test_an_unsigned_placement_lends_its_days_to_no_other():
    found = rank(work(BEGAN, date(2023, 3, 20)), work(date(2023, 3, 27), date(2023, 5, 30), signed=False))
    assert (found.level, found.short_of) == (4, "signed")


def test_a_wage_is_late_the_day_after_it_was_due_and_not_before():
    due_on = date(2023, 6, 16)
    owed = Work(arrived=True, shifts=((BEGAN, 60),), wages=(Wage(BEGAN, BEGAN, due_on, 100),))
    on_the_day, after = rank(owed, today=due_on), rank(owed, today=due_on + timedelta(days=1))
    assert (on_the_day.wages_due, on_the_day.next_due) == (0, due_on)
    assert (after.wages_due, after.wages_on_time, after.next_due) == (1, 0, None)


@pytest.mark.parametrize(("settled_on", "on_time"), [(date(2023, 6, 16), 1), (date(2023, 6, 17), 0)])
def test_a_wage_paid_on_its_day_is_on_time(settled_on: date, on_time: int):
    wage = Wage(BEGAN, BEGAN, date(2023, 6, 16), 7_200, settled_on)
    found = rank(Work(arrived=True, shifts=((BEGAN, 240),), wages=(wage,)), today=date(2023, 6, 1))
    assert (found.wages_due, found.wages_on_time) == (1, on_time)
    assert (found.minutes, found.settled_fen) == (240, 7_200)
