from datetime import UTC, date, datetime, time

from zero_work_market.ground import clock


def test_a_day_in_jining_begins_at_four_in_the_afternoon_of_the_day_before_in_utc():
    first, after = clock.day_bounds(date(2026, 11, 23))
    assert first == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert after == datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_the_local_date_turns_at_local_midnight():
    assert clock.local_date(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert clock.local_date(datetime(2026, 11, 22, 16, tzinfo=UTC)) == date(2026, 11, 23)


def test_eight_in_the_morning_on_screen_is_midnight_in_storage():
    stored = clock.at_local(date(2026, 11, 24), time(8))
    assert stored == datetime(2026, 11, 24, tzinfo=UTC)
    assert clock.local(stored).time() == time(8)


def test_now_carries_its_zone():
    assert clock.now().tzinfo is UTC
