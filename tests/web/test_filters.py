"""Values of the house as a user reads them."""

from datetime import UTC, date, datetime

import pytest

from web import filters
from zero_work_market.ground.clock import SHANGHAI

NOW = datetime(2023, 6, 6, 9, 40, tzinfo=SHANGHAI)


def at(day: int, hour: int, minute: int = 0, *, month: int = 6, year: int = 2023) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (1800, "18"),
        (1650, "16.5"),
        (1699, "16.99"),
        (1805, "18.05"),
        (412000, "4,120"),
        (10000, "100"),
        (0, "0"),
        (-50, "-0.5"),
    ],
)
def test_money_is_told_in_yuan_without_idle_zeros(fen, words):
    assert filters.yuan(fen) == words


def test_money_in_a_field_has_no_comma_so_that_it_can_be_sent_back():
    assert filters.yuan(412050, grouped=False) == "4120.5"


@pytest.mark.parametrize(
    ("distance_km", "words"),
    [
        (0.04, "不到 100 米"),
        (0.1, "0.1 公里"),
        (0.84, "0.8 公里"),
        (3.24, "3.2 公里"),
        (9.96, "10 公里"),
        (12.6, "13 公里"),
    ],
)
def test_distance_is_as_fine_as_a_walker_needs(distance_km, words):
    assert filters.km(distance_km) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(6, 13), at(6, 17), "今天 13:00–17:00"),
        (at(7, 8), at(7, 12), "明天 08:00–12:00"),
        (at(8, 8), at(8, 12), "后天 08:00–12:00"),
        (at(5, 8), at(5, 12), "昨天 08:00–12:00"),
        (at(13, 8), at(13, 12), "6 月 13 日 08:00–12:00"),
        (at(3, 8, month=1, year=2024), at(3, 12, month=1, year=2024), "2024 年 1 月 3 日 08:00–12:00"),
        (at(6, 22), at(7, 6), "今天 22:00–次日 06:00"),
        (at(6, 20), at(7, 0), "今天 20:00–24:00"),
        (at(13, 8), at(15, 18), "6 月 13 日 08:00–6 月 15 日 18:00"),
    ],
)
def test_a_shift_is_told_by_its_day_and_hours(start, end, words):
    assert filters.when(start, end, NOW) == words


def test_the_day_turns_at_midnight_in_jining_not_in_utc():
    late = datetime(2023, 6, 6, 23, 30, tzinfo=SHANGHAI)
    just_after = datetime(2023, 6, 7, 0, 30, tzinfo=SHANGHAI)
    assert filters.day(just_after, late) == "明天"
    assert filters.day(just_after, just_after) == "今天"


def test_a_plain_date_is_named_like_a_moment():
    assert filters.day(date(2023, 6, 7), NOW) == "明天"
    assert filters.day_name(date(2023, 6, 6)) == "周二"
    assert filters.day_long(NOW) == "2023 年 6 月 6 日 周二"


def test_a_deadline_of_today_is_told_by_the_clock_alone():
    assert filters.deadline(at(6, 10, 30), NOW) == "10:30 前回话"
    assert filters.deadline(at(7, 10, 30), NOW) == "明天 10:30 前回话"
    assert filters.deadline(at(6, 12), NOW, "到") == "12:00 前到"


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (NOW, "刚到"),
        (at(6, 9, 25), "15 分"),
        (at(6, 8, 25), "1 小时"),
        (at(5, 9, 41), "23 小时"),
        (at(5, 9, 40), "1 天"),
        (at(3, 9), "3 天"),
    ],
)
def test_waiting_is_told_in_the_unit_that_fits(since, words):
    assert filters.waited(since, NOW) == words


@pytest.mark.parametrize(("number", "words"), [(0, "0 分"), (15, "15 分"), (60, "1 小时"), (80, "1 小时 20 分")])
def test_minutes_are_told_with_hours(number, words):
    assert filters.minutes(number) == words


def test_a_masked_name_hides_its_length():
    assert filters.mask_name("张三丰") == filters.mask_name("张三") == "张**"
    assert filters.mask_name("") == ""


def test_a_masked_phone_keeps_head_and_tail():
    assert filters.mask_phone("13812345678") == "138****5678"


def test_a_masked_id_number_shows_neither_birth_date_nor_sequence():
    assert filters.mask_id("370829197001011234") == "3708" + "*" * 12 + "34"


@pytest.mark.parametrize("mask", [filters.mask_phone, filters.mask_id])
def test_a_value_too_short_to_mask_is_hidden_whole(mask):
    assert mask("12345") == "*****"
