"""Phones, names and ID numbers as people write them."""

from datetime import date

import pytest

from zero_work_market.ground.errors import InvalidValue
from zero_work_market.people.accounts.rules import (
    birth_date,
    check_digit,
    mask_id_number,
    mask_phone,
    parse_id_number,
    parse_person_name,
    parse_phone,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "written",
    [
        "13953712345",
        "+86 139 5371 2345",
        "139-5371-2345",
        "86 13953712345",
        "008613953712345",
        "１３９５３７１２３４５",
        "＋８６－139　5371　2345",
    ],
)
def test_a_phone_is_read_however_it_is_written(written):
    assert parse_phone(written) == "13953712345"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1395371234", "length"),
        ("139537123456", "length"),
        ("12953712345", "digits"),
        ("0537-2312345", "digits"),
        ("1395371234a", "digits"),
        ("", "digits"),
    ],
)
def test_what_is_no_mobile_number_is_refused_without_quoting_it(written, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse_phone(written)
    assert refusal.value.details == {"field": "phone", "reason": reason}


def test_a_masked_phone_shows_three_and_four_digits():
    assert mask_phone("13953712345") == "139****2345"


@pytest.mark.parametrize(
    "written",
    ["11010519491231002X", "11010519491231002x", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_an_id_number_is_read_however_it_is_written(written):
    assert parse_id_number(written, today=TODAY) == "11010519491231002X"


def test_fifteen_digits_get_their_century_and_check_digit():
    assert parse_id_number("110105491231002", today=TODAY) == "11010519491231002X"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1101051949123100", "length"),
        ("110105194912310020X", "length"),
        ("1101051949123100A2", "digits"),
        ("X1010519491231002X", "digits"),
        ("110105491231O02", "digits"),
        ("110105194912310021", "check"),
        ("110105194912310012", "check"),
        ("160105194912310025", "region"),
        ("370000194912310028", "region"),
    ],
)
def test_a_wrong_id_number_is_refused_by_what_is_wrong(written, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse_id_number(written, today=TODAY)
    assert refusal.value.details == {"field": "id_number", "reason": reason}


@pytest.mark.parametrize("born", ["19490231", "20261124", "18800101", "19491301"])
def test_a_birth_date_that_never_was_or_is_to_come_is_refused(born):
    body = f"110105{born}001"
    with pytest.raises(InvalidValue) as refusal:
        parse_id_number(body + check_digit(body), today=TODAY)
    assert refusal.value.details["reason"] == "birth"


def test_who_is_born_today_has_a_valid_id_number():
    body = "11010520261123001"
    assert birth_date(parse_id_number(body + check_digit(body), today=TODAY)) == TODAY


def test_one_changed_digit_anywhere_never_passes():
    right = "11010519491231002X"
    wrong = [
        right[:place] + digit + right[place + 1 :]
        for place in range(17)
        for digit in "0123456789"
        if digit != right[place]
    ]
    for number in wrong:
        with pytest.raises(InvalidValue):
            parse_id_number(number, today=TODAY)


def test_a_masked_id_number_hides_birth_and_serial():
    assert mask_id_number("11010519491231002X") == "1101************2X"


@pytest.mark.parametrize(
    ("written", "name"),
    [("张 三", "张三"), (" 欧阳建国 ", "欧阳建国"), ("买买提•艾力", "买买提·艾力"), ("阿不都.热合曼", "阿不都·热合曼")],
)
def test_a_name_is_read_however_it_is_written(written, name):
    assert parse_person_name(written, field="name") == name


@pytest.mark.parametrize(
    ("written", "reason"),
    [("张", "length"), ("张" * 26, "length"), ("Zhang San", "characters"), ("张3", "characters"), ("", "required")],
)
def test_what_is_no_name_is_refused(written, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse_person_name(written, field="operator")
    assert refusal.value.details == {"field": "operator", "reason": reason}
