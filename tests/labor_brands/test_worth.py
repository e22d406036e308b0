"""What a brand is worth: a planted effect is found within its interval, and what can't be told isn't told."""

from datetime import date, timedelta

import numpy as np
import pytest

from labor_brands.worth.rules import (
    Difference,
    Hire,
    difference,
    hourly,
    pay_difference,
    spread,
    stay_difference,
    stays,
)
from matching import Weights
from tests.support.brands import made_up_hires
from tests.support.market import PACKER
from web.worth_words import months_said, sentence

TODAY = date(2026, 11, 28)
SEEDS = range(200)


def a_hire(worker: int = 1, day: date = date(2026, 6, 1), **said: object) -> Hire:
    hire = Hire(worker, worker, PACKER, "370829001", day, 240, 7200, 0)
    return hire._replace(**said)


@pytest.mark.parametrize("effect", [0.0, 0.08])
def test_a_planted_effect_lies_within_the_interval_in_95_of_100_simulations(effect: float) -> None:
    found = [pay_difference(made_up_hires(seed, effect=effect)) for seed in SEEDS]
    covered = np.mean([one.low <= effect <= one.high for one in found if one.low is not None and one.high is not None])
    assert all(one.estimate is not None for one in found)
    assert 0.91 <= covered <= 0.99
    assert abs(np.mean([one.estimate for one in found if one.estimate is not None]) - effect) < 0.004


def test_eight_percent_more_is_told_and_nothing_more_is_not() -> None:
    told = [pay_difference(made_up_hires(seed, effect=0.08)).is_told for seed in SEEDS[:50]]
    false = [pay_difference(made_up_hires(seed, effect=0.0)).is_told for seed in SEEDS[:50]]
    assert (np.mean(told), np.mean(false) <= 0.1) == (1.0, True)


def test_hires_of_one_posting_count_little_for_being_many() -> None:
    """Twenty holders on one well paid posting and twenty others on another are one comparison, not forty."""
    many = [
        a_hire(worker, day=date(2026, 1 + stratum, 5), posting=2 * stratum + holds, grade=holds, net_fen=7200 + pay)
        for stratum in range(6)
        for holds in (0, 1)
        for worker in range(100 * stratum + 20 * holds, 100 * stratum + 20 * holds + 20)
        for pay in [int(np.random.default_rng(2 * stratum + holds).normal(0, 900))]
    ]
    found = pay_difference(many)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low > 0.1


def test_only_strata_with_both_are_compared() -> None:
    elsewhere = [a_hire(worker, town="370828001", grade=1) for worker in range(500, 540)]
    hires = made_up_hires(1, effect=0.08)
    assert pay_difference([*hires, *elsewhere]) == pay_difference(hires)


def test_a_stratum_that_pays_better_and_has_more_holders_is_no_effect() -> None:
    """Holders work where everyone is paid more: compared without strata, they would seem to earn a third more."""
    rich = [
        a_hire(worker, town=f"37082900{town}", posting=10 * town + worker % 10, grade=int(worker % 10 < 1 + 7 * town),
               net_fen=round((7200 + 3600 * town) * (1 + 0.01 * ((worker * 7) % 11))))
        for town in (0, 1)
        for month in range(3)
        for worker in range(1000 * town + 100 * month, 1000 * town + 100 * month + 60)
    ]  # fmt: skip
    rich = [one._replace(day=date(2026, 4 + one.worker % 1000 // 100, 2)) for one in rich]
    found = pay_difference(rich)
    assert found.estimate is not None
    assert abs(found.estimate) < 0.02
    assert not found.is_told


def test_with_12_hires_nothing_can_be_told() -> None:
    twelve = [a_hire(worker, grade=int(worker % 2), net_fen=7200 + 900 * (worker % 2)) for worker in range(12)]
    found = pay_difference(twelve)
    assert (found.hires, found.holders, found.others, found.estimate) == (12, 6, 6, None)
    assert sentence(found) == "还看不出来：能比的只有 12 回（持证的 6 人，没证的 6 人），太少了。"


def test_an_interval_that_holds_nought_says_so_plainly() -> None:
    unsure = Difference(300, 40, 60, 20, 0.02, -0.01, 0.05)
    assert not unsure.is_told
    assert sentence(unsure) == "还看不出来：多半在少 1.0% 到多 5.0% 之间，说不准是多是少。"
    sure = Difference(300, 40, 60, 20, 0.08, 0.051, 0.11)
    assert sentence(sure) == "多 8.0%，95% 的把握在多 5.1% 到多 11.0% 之间。"
    less = Difference(300, 40, 60, 20, -0.04, -0.06, -0.02)
    assert sentence(less, " 个百分点") == "少 4.0 个百分点，95% 的把握在少 6.0 个百分点到少 2.0 个百分点之间。"


def test_nothing_at_all_is_no_difference() -> None:
    assert pay_difference([]) == Difference(0, 0, 0, 0)
    assert stay_difference([], today=TODAY) == Difference(0, 0, 0, 0)
    assert difference([a_hire(grade=1)], np.zeros(1)) == Difference(0, 0, 0, 0)


def test_staying_is_measured_on_hires_old_enough_to_know() -> None:
    """Holders come again after 30 days, the others never."""
    hires = []
    for stratum in range(4):
        for worker in range(100 * stratum, 100 * stratum + 40):
            first = a_hire(worker, date(2026, 2 + stratum, 3), grade=int(worker % 2))
            hires += [first, first._replace(day=first.day + timedelta(30), posting=-worker)] if worker % 2 else [first]
    found = stay_difference(hires, today=TODAY)
    assert found.is_told
    assert found.low is not None
    assert found.low > 0.5
    assert stay_difference(hires, today=date(2026, 3, 1)).hires == 0


def test_who_came_again_within_90_days_stayed_and_who_began_later_is_not_asked() -> None:
    old = TODAY - timedelta(90)
    came = [a_hire(1, old), a_hire(1, old + timedelta(90))]
    late = [a_hire(2, old - timedelta(30)), a_hire(2, old + timedelta(61))]
    same_day, recent = [a_hire(3, old), a_hire(3, old)], [a_hire(4, old + timedelta(1)), a_hire(4, TODAY)]
    found = stays([*came, *late, *same_day, *recent], today=TODAY)
    assert (found.persons, found.stayed) == (3, 1)


def test_a_person_has_one_hourly_pay_over_all_paid_hours() -> None:
    hires = [a_hire(1, minutes=60, net_fen=2000), a_hire(1, minutes=180, net_fen=4800), a_hire(2, minutes=0, net_fen=0)]
    assert hourly(hires) == {1: 1700.0}


@pytest.mark.parametrize(("persons", "is_said"), [(9, False), (10, True)])
def test_earnings_are_never_said_of_fewer_than_ten(persons: int, is_said: bool) -> None:
    assert (spread([1800.0] * persons) is not None) == is_said


def test_the_middle_half_is_that_of_persons() -> None:
    found = spread([float(fen) for fen in range(1003, 2100, 100)])
    assert found is not None
    assert (found.persons, found.low_fen, found.median_fen, found.high_fen) == (11, 1250, 1500, 1750)


def test_months_are_said_with_the_year_where_it_is_another() -> None:
    assert months_said(date(2026, 6, 1), date(2026, 11, 2), TODAY) == "6 月到 11 月"
    assert months_said(date(2025, 12, 1), date(2026, 1, 2), TODAY) == "2025 年 12 月到 1 月"
    assert months_said(date(2026, 5, 1), date(2026, 5, 30), TODAY) == "5 月"


def test_the_engines_brand_weight_is_a_tenth_and_no_more() -> None:
    weights = Weights()
    assert weights.brand == 0.10
    assert weights.brand < weights.location < weights.skill
