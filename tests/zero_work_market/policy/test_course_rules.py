"""Training on plain values: who is counted, who has a claim."""

from datetime import date

import pytest

from zero_work_market.ground.errors import InvalidValue
from zero_work_market.policy.courses.queries import rates
from zero_work_market.policy.courses.rules import (
    BatchState,
    Kind,
    Lacks,
    Out,
    State,
    attended,
    check_certificate,
    check_days,
    lacks,
    rate_of,
    why_out,
)

DAY = date(2026, 11, 23)
COUNTED = {
    "subsidised": True, "batch": BatchState.ENDED, "state": State.PASSED, "days": 5, "held": 5, "least_percent": 80,
}  # fmt: skip


@pytest.mark.parametrize(("days", "held", "enough"), [(8, 10, True), (7, 10, False), (4, 5, True), (0, 0, False)])
def test_eighty_percent_of_the_days_includes_eighty(days: int, held: int, enough: bool) -> None:
    assert attended(days, held, least_percent=80) == enough


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"state": State.FAILED}, None),
        ({"state": State.ATTENDING}, None),
        ({"subsidised": False}, Out.UNSUBSIDISED),
        ({"state": State.LEFT}, Out.LEFT),
        ({"batch": BatchState.RUNNING}, Out.GOING_ON),
        ({"days": 3}, Out.ABSENT),
        ({"days": 0, "held": 0}, Out.ABSENT),
        ({"days": 3, "subsidised": False}, Out.UNSUBSIDISED),
    ],
)
def test_a_roster_row_counts_or_says_why_not(changed: dict[str, object], why: Out | None) -> None:
    assert why_out(**COUNTED | changed) == why


@pytest.mark.parametrize(
    ("level", "missing"), [(1, Lacks.LEVEL), (2, Lacks.LEVEL), (3, None), (4, Lacks.LEVEL), (5, Lacks.LEVEL)]
)
def test_plan_9_gives_for_gaoji_and_not_for_zhongji(level: int, missing: Lacks | None) -> None:
    rate = rate_of(rates(), Kind.SKILL, level=level, on=DAY)
    assert lacks(Kind.SKILL, counted=False, certified=True, rate=rate) == missing


def test_a_claim_needs_its_proof() -> None:
    rate = rate_of(rates(), Kind.SKILL, level=3, on=DAY)
    assert lacks(Kind.SKILL, counted=True, certified=False, rate=rate) == Lacks.NO_CERTIFICATE
    assert lacks(Kind.TRAINING, counted=False, certified=True, rate=rate) == Lacks.NOT_COUNTED
    assert lacks(Kind.TRAINING, counted=True, certified=False, rate=rate) is None


def test_no_rate_holds_before_its_day() -> None:
    assert rate_of(rates(), Kind.SKILL, level=3, on=date(2022, 12, 31)) is None


def test_every_figure_that_no_document_confirms_is_said_to_be_so() -> None:
    assert {rate.confirmed for rate in rates()} == {False}
    assert all(rate.source for rate in rates())


def test_a_certificate_number_is_written_one_way() -> None:
    assert check_certificate(" ｓ0000-37 0829 ") == "S0000-370829"
    for wrong in ("", "abc", "S" * 41, "S0000<b>"):
        with pytest.raises(InvalidValue):
            check_certificate(wrong)


def test_a_batch_doesnt_end_before_it_starts() -> None:
    check_days(DAY, DAY)
    with pytest.raises(InvalidValue):
        check_days(DAY, date(2026, 11, 22))
