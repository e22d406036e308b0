"""Drawings say in words what they show, keep to their frame, and hold nothing that a content policy forbids."""

import re
from xml.etree import ElementTree

import pytest

from web import drawings
from web.drawings import COUNTY_TILES, CountyValue, Part

PARTS = (
    Part("手艺", "正对口", 55.0, 55),
    Part("远近", "0.8 公里", 28.4, 30),
    Part("品牌", "", 0.0, 10),
    Part("工钱", "多 1 元", 0.3, 5),
)
COUNTY = CountyValue("370829", "嘉祥县", 1, 2, 35, "118 / 340", "/staff?county=370829", current=True)


def tree(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def boxes(svg: str, css: str) -> list[tuple[float, float]]:
    """(x, width) of each rectangle of a class."""
    return [(float(r.get("x", 0)), float(r.get("width", 0))) for r in tree(svg).iter("rect") if r.get("class") == css]


ALL = {
    "day_ruler": drawings.day_ruler(13, 17, [(6, 9)]),
    "road_of_dots": drawings.road_of_dots([0.8, 3.2], [0]),
    "score_bar": drawings.score_bar(PARTS),
    "thin score_bar": drawings.score_bar(PARTS, thin=True),
    "county_tile_map": drawings.county_tile_map([COUNTY], [20, 30, 37, 43], "%"),
    "spark_bars": drawings.spark_bars([3, 0, 8], "6 月 4 日", "今天 8 人", "近 3 天"),
    "spark_pace": drawings.spark_pace([20, 90, 1503], 4100, 0.43, "late", "6 月", "1,503 人，进度线 1,764 人"),
    "ladder_bars": drawings.ladder_bars(3),
    "length_bar": drawings.length_bar(118, 145, "145 人里的 118 人"),
}


@pytest.mark.parametrize("svg", ALL.values(), ids=ALL)
def test_each_drawing_is_well_formed_named_and_without_inline_style_or_id(svg):
    root = tree(svg)
    assert root.get("aria-label")
    assert root.get("role") in {"img", "group"}
    assert all(not {"style", "id", "onclick"} & set(element.attrib) for element in root.iter())


def test_the_ruler_puts_the_shift_at_its_hours():
    assert boxes(drawings.day_ruler(14, 18), "shift") == [(156.0, 78.0)]


def test_the_ruler_widens_to_hold_an_early_shift_and_cuts_a_late_one_at_midnight():
    assert boxes(drawings.day_ruler(0, 6), "shift") == [(0.0, 85.1)]
    ((x, width),) = boxes(drawings.day_ruler(22, 30), "shift")
    assert x + width == pytest.approx(312, abs=0.1)


def test_the_hours_of_a_short_shift_share_one_label():
    words = [text.text for text in tree(drawings.day_ruler(19, 20.5)).iter("text")]
    assert "19–20:30 点" in words
    assert "22 点" not in words


def test_the_ruler_tells_of_taken_hours_only_where_there_are_any():
    assert "已经有活" in drawings.day_ruler(13, 17, [(6, 9)])
    assert "已经有活" not in drawings.day_ruler(13, 17, [(0, 5)])


def test_the_road_has_a_dot_for_each_worker_and_fills_the_invited():
    svg = drawings.road_of_dots([0.8, 3.2, 3.25, 7.9], [0, 2])
    kinds = sorted(dot.get("class", "") for dot in tree(svg).iter("circle"))
    assert kinds == ["invited", "invited", "open", "open"]
    assert "最近 0.8 公里，最远 7.9 公里" in svg


def test_whoever_is_invited_lies_under_the_others_of_the_same_distance():
    dots = list(tree(drawings.road_of_dots([3.2, 3.21, 3.22], [2])).iter("circle"))
    lowest = max(dots, key=lambda dot: float(dot.get("cy", 0)))
    assert lowest.get("class") == "invited"


@pytest.mark.parametrize("distances", [[], [0.0] * 60, [500.0], [8.0]])
def test_no_dot_leaves_the_road(distances):
    root = tree(drawings.road_of_dots(distances, []))
    width, height = (float(side) for side in root.get("viewBox", "").split()[2:])
    dots = [(float(dot.get("cx", 0)), float(dot.get("cy", 0))) for dot in root.iter("circle")]
    assert all(4 <= x <= width - 4 and 4 <= y <= height - 30 for x, y in dots)
    assert len(dots) == len(distances)


def test_the_score_is_as_long_as_its_parts_and_skips_an_empty_one():
    svg = drawings.score_bar(PARTS)
    assert boxes(svg, "p0") == [(0.0, 194.9)]
    assert boxes(svg, "p2") == []
    assert "总分 83.7" in svg


def test_a_full_score_reaches_the_end_of_the_bar():
    full = [Part("", "", of, of) for of in (55, 30, 10, 5)]
    ((x, width),) = boxes(drawings.score_bar(full), "p3")
    assert x + width == pytest.approx(drawings.PHONE_WIDTH)


def test_a_county_is_shaded_by_the_step_that_it_has_reached():
    def step(value: float) -> str | None:
        svg = drawings.county_tile_map([COUNTY._replace(value=value)], [20, 30, 37, 43])
        return tree(svg).find("a").get("class")

    assert [step(value) for value in (0, 19.9, 20, 37, 43, 99)] == ["t0", "t0", "t1", "t3", "t4", "t4"]


def test_words_from_outside_cannot_become_markup():
    name = '<b onload="x">&'
    for svg in (
        drawings.county_tile_map([COUNTY._replace(name=name, sub=name, href='"><script>')], [1, 2, 3, 4]),
        drawings.spark_bars([1], name, name, name),
    ):
        assert "<b" not in svg
        assert "<script" not in svg
        tree(svg)


def test_all_counties_stand_apart_in_the_tile_map():
    places = [(column, row) for _, column, row in COUNTY_TILES.values()]
    assert len(set(places)) == len(places) == 12


def test_the_highest_bar_fills_the_spark_and_nothing_divides_by_nought():
    heights = [float(bar.get("height", 0)) for bar in tree(drawings.spark_bars([2, 8, 4], "a", "b", "c")).iter("rect")]
    assert heights == [15.5, 62.0, 31.0]
    assert re.search("<rect", drawings.spark_bars([0, 0], "a", "b", "c"))
    tree(drawings.spark_bars([], "a", "b", "c"))


def dot(svg: str) -> tuple[float, float]:
    (found,) = tree(svg).iter("circle")
    return float(found.get("cx", 0)), float(found.get("cy", 0))


def test_the_pace_line_ends_at_the_target_and_the_dot_stands_at_today():
    svg = drawings.spark_pace([10, 50], 100, 0.5, "ok", "6 月", "")
    assert 'class="pace" d="M0 70L260 10"' in svg
    assert dot(svg) == (130.0, 40.0)


def test_what_goes_beyond_the_target_stays_in_the_frame_and_the_target_moves_down():
    svg = drawings.spark_pace([100, 200], 100, 0.5, "ok", "6 月", "")
    assert dot(svg) == (130.0, 10.0)
    assert 'class="pace" d="M0 70L260 40"' in svg


@pytest.mark.parametrize(("gone", "now", "labels"), [(0.1, "2 月", 2), (0.43, "6 月", 3), (0.9, "11 月", 2)])
def test_the_month_is_named_only_where_it_does_not_run_into_the_ends(gone, now, labels):
    words = [text.text for text in tree(drawings.spark_pace([1, 2], 9, gone, "ok", now, "")).iter("text")]
    assert len(words) == labels
    assert (now in words) == (labels == 3)


@pytest.mark.parametrize("target", [1, 4100])
def test_a_year_without_anything_done_lies_on_the_floor(target):
    assert dot(drawings.spark_pace([0], target, 0.01, "late", "1 月", ""))[1] == 70


@pytest.mark.parametrize("level", range(6))
def test_the_ladder_is_filled_up_to_the_rung_that_was_reached(level):
    bars = [(bar.get("class"), float(bar.get("height", 0))) for bar in tree(drawings.ladder_bars(level)).iter("rect")]
    assert [css for css, _ in bars] == ["on"] * level + ["off"] * (5 - level)
    assert [height for _, height in bars] == [6, 9, 12, 15, 18]


def test_a_length_is_its_share_and_nothing_of_nothing_is_empty():
    widths = [float(bar.get("width", 1)) for bar in tree(drawings.length_bar(1, 4, "")).iter("rect")]
    assert widths == [50]
    assert 'width="0"' in drawings.length_bar(0, 0, "")
