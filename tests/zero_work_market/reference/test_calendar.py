from datetime import date

import pytest

from zero_work_market.reference.calendar import queries


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-10-01", False),  # 国庆节
        ("2025-09-28", True),  # a Sunday that makes up for it
        ("2025-10-11", True),  # a Saturday that does
        ("2025-09-27", False),  # a common Saturday
        ("2023-06-16", True),
        ("2026-02-17", False),  # 春节
    ],
)
def test_holidays_weekends_and_make_up_days_are_as_announced(day, works):
    assert queries.is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2025-09-30", "2025-09-30"),
        ("2025-10-01", "2025-09-30"),
        ("2025-10-08", "2025-09-30"),  # the whole holiday
        ("2025-09-29", "2025-09-29"),
        ("2025-10-12", "2025-10-11"),  # the Saturday before works
        ("2025-09-27", "2025-09-26"),
    ],
)
def test_the_working_day_until_a_holiday_is_the_last_before_it(day, before):
    assert queries.working_day_until(date.fromisoformat(day)) == date.fromisoformat(before)


def test_of_a_year_not_announced_weekdays_work_but_for_the_tables_unconfirmed_days():
    assert not queries.is_announced(2027)
    assert queries.is_announced(2026)
    assert queries.is_working_day(date(2027, 3, 1))
    assert not queries.is_working_day(date(2027, 3, 6))
    assert not queries.is_working_day(date(2027, 10, 1))
    assert not any(day.confirmed for day in queries.days().values() if not queries.is_announced(day.day.year))
    assert queries.working_day_until(date(2031, 1, 5)) == date(2031, 1, 3)


def test_the_table_is_whole_and_names_its_source():
    assert queries.check() == []
    assert {source.table for source in queries.sources()} == {"days"}
