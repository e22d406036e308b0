from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from labor_brands.export_channels.rules import (
    MARKS,
    Figures,
    Limits,
    PeriodsOverlap,
    Stay,
    Trace,
    alarms,
    carried_on,
    journey,
    require_period,
    stay,
)
from zero_work_market.ground.errors import InvalidValue

START = date(2026, 3, 2)
FIRST, LAST = date(2026, 3, 1), date(2026, 8, 31)
GAP = 31
LIMITS = Limits(quiet_days=45, pace_percent=70, pace_after_days=30, stay_percent=60, stay_fewest=5)


def on(days: int) -> date:
    return START + timedelta(days=days)


def trace(*, boarded=(), arrived=(), worked=()) -> Trace:
    return Trace(1, *(tuple(map(on, days)) for days in (boarded, arrived, worked)))


def came_to(given: Trace, today: date = on(200)):
    return journey(given, first=FIRST, last=LAST, gap_of=lambda _: GAP, today=today)


def test_of_100_agreed_and_80_sent_62_on_day_90_are_62_and_77_and_a_half_percent():
    plan = Figures(agreed=100, sent=80, times=80, arrived=78, due=(80, 80), stays=(70, 62))
    assert (plan.of_agreed(62), plan.of_sent(62), plan.of_agreed(plan.sent)) == (62.0, 77.5, 80.0)


def test_nothing_is_a_share_of_nothing():
    none = Figures(agreed=0, sent=0, times=0, arrived=0, due=(0, 0), stays=(0, 0))
    assert (none.of_agreed(0), none.of_sent(0), none.of_due(0)) == (None, None, None)


@pytest.mark.parametrize(
    ("worked", "thirty", "ninety"),
    [
        ((0, 30, 60, 90), Stay.STAYS, Stay.STAYS),
        ((0, 29, 60, 89), Stay.STAYS, Stay.LEFT),
        ((0, 31, 62, 93), Stay.STAYS, Stay.STAYS),
        ((0, 32, 60, 90), Stay.LEFT, Stay.LEFT),
        ((30, 61, 90), Stay.STAYS, Stay.STAYS),
        ((0, 29), Stay.LEFT, Stay.LEFT),
        ((), Stay.LEFT, Stay.LEFT),
    ],
)
def test_staying_is_agreed_work_that_goes_on_without_a_longer_gap_until_the_day_or_past_it(worked, thirty, ninety):
    found = came_to(trace(boarded=[0], worked=worked))
    assert found is not None
    assert found.stays == (thirty, ninety)


def test_a_day_that_has_not_come_is_nobodys_and_one_that_just_came_may_wait_for_its_hours():
    assert stay(on(90), on(88), GAP, on(89)) == Stay.AHEAD
    assert stay(on(90), on(88), GAP, on(90)) == Stay.UNSURE
    assert stay(on(90), on(88), GAP, on(119)) == Stay.UNSURE
    assert stay(on(90), on(88), GAP, on(120)) == Stay.LEFT
    assert stay(on(90), on(90), GAP, on(90)) == Stay.STAYS


def test_one_is_sent_on_the_first_day_of_boarding_or_arriving_within_the_period():
    assert came_to(trace(boarded=[3, 9], arrived=[4])).sent_on == on(3)
    assert came_to(trace(arrived=[4, 9])).sent_on == on(4)
    assert came_to(trace(boarded=[-2], worked=[1])) is None
    assert came_to(trace(boarded=[-2, 5])).sent_on == on(5)


def test_every_boarding_is_a_person_time_and_an_arrival_of_who_is_not_there_already():
    assert came_to(trace(boarded=[3, 9], arrived=[4, 10, 11])).times == 2
    assert came_to(trace(boarded=[3, 3])).times == 2
    assert came_to(trace(arrived=[4, 10, 11])).times == 1
    assert came_to(trace(arrived=[4, 35])).times == 1
    assert came_to(trace(arrived=[4, 36])).times == 2
    assert came_to(trace(arrived=[4, 36], worked=[20])).times == 1


def test_who_was_sent_before_the_period_and_is_still_there_is_not_sent_again():
    assert came_to(trace(boarded=[-20], worked=[-10, 15], arrived=[-19, 15])) is None
    assert came_to(trace(boarded=[-40], arrived=[-39, 15])).sent_on == on(15)


def test_a_local_who_worked_there_before_is_sent_by_the_first_arrival_under_the_code():
    assert came_to(trace(worked=[1, 5, 9], arrived=[5, 9])).sent_on == on(5)


def test_an_arrival_counts_within_the_gap_after_being_sent_and_agreed_work_proves_one():
    assert came_to(trace(boarded=[0], arrived=[1])).arrived_on == on(1)
    assert came_to(trace(boarded=[0], worked=[31])).arrived_on == on(31)
    assert came_to(trace(boarded=[0], arrived=[32])).arrived_on is None


def test_a_quiet_period_that_is_behind_and_loses_its_people_is_told_of_each():
    found = Figures(agreed=100, sent=20, times=20, arrived=20, due=(20, 0), stays=(11, 0))
    said = alarms(
        first=FIRST, last=LAST, found=found, last_sent_on=date(2026, 4, 1), limits=LIMITS, today=date(2026, 5, 31)
    )
    assert [(one.kind, one.numbers) for one in said] == [
        ("quiet", (60,)), ("behind", (20, 50)), ("leaving", (11, 20)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "last_sent", "today"),
    [
        (Figures(100, 40, 40, 40, (4, 0), (0, 0)), date(2026, 4, 17), date(2026, 5, 31)),
        (Figures(100, 0, 0, 0, (0, 0), (0, 0)), None, date(2026, 3, 30)),
        (Figures(100, 0, 0, 0, (0, 0), (0, 0)), None, date(2026, 9, 1)),
        (Figures(100, 100, 100, 100, (100, 100), (60, 60)), date(2026, 3, 5), date(2026, 8, 30)),
    ],
)
def test_a_channel_that_keeps_its_pace_or_whose_period_is_not_running_is_not_warned_of(found, last_sent, today):
    assert alarms(first=FIRST, last=LAST, found=found, last_sent_on=last_sent, limits=LIMITS, today=today) == ()


def test_periods_of_a_channel_share_no_day():
    known = [(date(2026, 1, 1), date(2026, 6, 30))]
    require_period(date(2026, 7, 1), date(2026, 12, 31), 100, known)
    with pytest.raises(PeriodsOverlap):
        require_period(date(2026, 6, 30), date(2026, 12, 31), 100, known)
    with pytest.raises(InvalidValue):
        require_period(date(2026, 7, 2), date(2026, 7, 1), 100, known)
    with pytest.raises(InvalidValue):
        require_period(date(2026, 7, 1), date(2026, 7, 1), 0, known)


@given(
    worked=some.lists(some.integers(0, 150), max_size=12),
    today=some.integers(0, 160),
)
def test_journey_says_what_walking_day_by_day_says(worked, today):
    worked = [day for day in worked if day <= today]
    found = came_to(trace(boarded=[0], worked=worked), today=on(today))
    assert found is not None
    missed, reached = 0, 0
    for day in range(1, today + 1):
        missed += 1
        if day in worked:
            if missed > GAP:
                break
            missed, reached = 0, day
    assert found.last_on == on(reached) == carried_on(START, map(on, worked), GAP)
    for mark, told in zip(MARKS, found.stays, strict=True):
        assert (told == Stay.AHEAD) == (today < mark)
        if told != Stay.AHEAD:
            assert (told == Stay.STAYS) == (reached >= mark)
