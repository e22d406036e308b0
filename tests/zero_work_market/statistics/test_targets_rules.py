"""Targets by the examples of the rules, to the figure."""

from datetime import date

import pytest

from zero_work_market.statistics.targets.queries import indicator, indicators
from zero_work_market.statistics.targets.rules import (
    TABS,
    days_gone,
    expected,
    forecast,
    gap,
    gap_of_share,
    met,
    percent,
)


@pytest.mark.parametrize(
    ("key", "done", "is_met", "missing"),
    [
        ("poverty_work", 4_099, False, 1),
        ("poverty_work", 4_100, True, 0),
        ("welfare_posts", 52_299, False, 1),
        ("welfare_posts", 52_300, True, 0),
        ("brands", 14, False, 1),
        ("brands", 15, True, 0),
        ("trainings", 19_999, False, 1),
        ("trainings", 20_000, True, 0),
        ("stars", 10, True, 0),
        ("stars", 11, False, 1),
    ],
)
def test_the_plans_numbers_are_met_on_the_number(key: str, done: int, is_met: bool, missing: int):
    known = indicator(key)
    target = known.target_in(2023)
    assert target is not None
    assert met(done, target, at_most=known.at_most) is is_met
    assert gap(done, target, at_most=known.at_most) == missing


def test_a_share_is_told_to_one_decimal_and_rounded_once():
    assert percent(97, 100) == 97.0
    assert percent(390, 400) == 97.5
    assert percent(62, 80) == 77.5
    assert percent(1, 3) == 33.3
    assert percent(2, 3) == 66.7
    assert percent(1999, 2000) == 100.0, "99.95 is a half, and rounded up"
    assert percent(9994, 10000) == 99.9


def test_a_share_lacks_so_many_of_what_it_is_of():
    assert gap_of_share(2_999, 10_000, 30) == 1
    assert gap_of_share(3_000, 10_000, 30) == 0
    assert gap_of_share(97, 100, 100) == 3
    assert gap_of_share(0, 7, 30) == 3, "2.1 are three"


def test_an_even_pace_counts_the_days_that_have_begun():
    assert (days_gone(2023, date(2022, 12, 31)), days_gone(2023, date(2023, 1, 1))) == (0, 1)
    assert (days_gone(2024, date(2024, 12, 31)), days_gone(2023, date(2025, 1, 1))) == (366, 365)
    assert expected(52_300, year=2023, today=date(2023, 12, 31)) == 52_300
    assert expected(365, year=2023, today=date(2023, 7, 2)) == 183


def test_the_forecast_goes_on_at_the_pace_so_far():
    told = {"year": 2023, "today": date(2023, 4, 10)}
    assert forecast(100, 200, **told) == date(2023, 7, 19), "half is done after 100 days"
    assert forecast(100, 150, **told) == date(2023, 5, 30)
    assert forecast(1, 500, **told) is None, "not in a lifetime"
    assert forecast(0, 200, **told) is None
    assert forecast(200, 200, **told) is None


def test_a_number_of_2023_is_not_asked_of_another_year():
    assert indicator("poverty_work").target_in(2023) == 4_100
    assert indicator("poverty_work").target_in(2024) is None
    assert indicator("free_space").target_in(2024) == 30


def test_every_indicator_has_its_tab_its_source_and_a_key_of_its_own():
    assert {one.tab for one in indicators()} == set(TABS)
    assert len({one.key for one in indicators()}) == len(indicators())
    assert all(one.source and one.name and one.unit for one in indicators())
