import re

from web.drawings import nested_bar
from web.flow_picture import MOST, REST, Link, flow_picture


def test_the_picture_says_in_words_who_goes_where_the_most_first():
    drawn = flow_picture([Link("金乡县", "任城区", 3), Link("嘉祥县", "青岛市", 9), Link("嘉祥县", "任城区", 1)])
    assert 'aria-label="嘉祥县去青岛市 9 人；金乡县去任城区 3 人；嘉祥县去任城区 1 人"' in drawn
    assert drawn.count('class="band"') == 3
    assert re.findall(r">([^<>]+) <tspan>(\d+)", drawn) == [
        ("嘉祥县", "10"), ("金乡县", "3"), ("青岛市", "9"), ("任城区", "4"),
    ]  # fmt: skip


def test_the_many_small_places_are_one():
    drawn = flow_picture([Link(f"镇{number}", "青岛市", 20 - number) for number in range(12)])
    names = re.findall(r">([^<>]+) <tspan>", drawn)
    assert names[: MOST + 1] == [*(f"镇{number}" for number in range(MOST)), REST]
    assert f"{REST}去青岛市 55 人" in drawn


def test_nobody_going_anywhere_is_no_picture():
    assert flow_picture([]) == flow_picture([Link("嘉祥县", "青岛市", 0)]) == ""


def test_names_are_escaped():
    assert "<b>" not in flow_picture([Link("<b>", "青岛市", 1)])


def test_the_nested_bar_is_on_the_scale_of_the_largest():
    drawn = nested_bar(50, 40, 31, 100)
    assert 'aria-label="约了 50 人，去了 40 人，还在 31 人"' in drawn
    assert re.findall(r'width="([\d.]+)"', drawn) == ["178", "143.2", "111"]


def test_a_nested_bar_of_what_nothing_was_agreed_for_says_only_who_went():
    assert 'aria-label="去了 40 人，还在 31 人"' in nested_bar(None, 40, 31, 100)
