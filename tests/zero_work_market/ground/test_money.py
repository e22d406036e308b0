import pytest

from zero_work_market.ground.errors import InvalidValue
from zero_work_market.ground.money import fen_from_yuan


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("18", 1800), ("16.99", 1699), ("16.5", 1650), (" 18 元 ", 1800), ("18元", 1800), ("0.01", 1), ("18.500", 1850),
        ("１８．５", 1850), ("1000000", 100_000_000),
    ],
)  # fmt: skip
def test_an_amount_as_people_type_it(typed, fen):
    assert fen_from_yuan(typed, field="pay") == fen


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "not_a_number"), ("十八", "not_a_number"), ("nan", "not_a_number"), ("inf", "not_a_number"),
        ("1e999999", "not_a_number"), ("1_000", "not_a_number"), ("1/3", "not_a_number"), ("18块", "not_a_number"),
        ("1" * 5000, "not_a_number"), (".5", "not_a_number"), ("16.999", "too_fine"), ("0.001", "too_fine"),
        ("0", "not_positive"), ("-3", "not_positive"), ("1000000.01", "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_the_reason(typed, reason):
    with pytest.raises(InvalidValue) as refusal:
        fen_from_yuan(typed, field="pay")
    assert (refusal.value.details["field"], refusal.value.details["reason"]) == ("pay", reason)
