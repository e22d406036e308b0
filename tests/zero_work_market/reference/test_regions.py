from math import hypot

import pytest

from matching.distance import Plane
from zero_work_market.reference.regions import queries
from zero_work_market.reference.regions.rules import (
    ORIGIN,
    UnknownRegion,
    covers,
    km_between,
    level_of,
    ride_minutes,
    within_jining,
)

JINING_TOWNS = [town for county in queries.counties() for town in queries.towns(county.code)]


def test_jining_has_eleven_counties_and_the_hi_tech_zone_in_code_order():
    codes = [county.code for county in queries.counties()]
    assert codes == sorted(codes)
    assert len(codes) == 12
    assert queries.region("370871").short == "高新区"
    assert queries.region("370829").name == "嘉祥县"


def test_every_county_has_towns_and_jining_has_158():
    assert all(queries.towns(county.code) for county in queries.counties())
    assert len(JINING_TOWNS) == 158


def test_all_towns_stand_inside_jining():
    assert [town.name for town in JINING_TOWNS if not within_jining(town.lon, town.lat)] == []
    assert not within_jining(108.4, 30.8)


def test_no_two_towns_share_a_position():
    assert len({(town.lon, town.lat) for town in JINING_TOWNS}) == len(JINING_TOWNS)


def test_positions_without_a_source_are_marked_approximate():
    approximate = {town.name for town in JINING_TOWNS if town.approximate}
    assert len(approximate) == 16
    assert {"卧龙山街道", "金乡街道", "洸河街道", "接庄街道"} <= approximate
    assert not queries.region("370829101").approximate


@pytest.mark.parametrize("town", [town for town in JINING_TOWNS if town.approximate], ids=lambda town: town.name)
def test_approximate_towns_stay_within_four_km_of_their_county(town):
    county = queries.county_of(town.code)
    assert km_between(town.lon, town.lat, county.lon, county.lat) < 4.05


def test_chongqing_has_its_26_districts_and_12_counties_and_wanzhou_is_paired_with_jining():
    assert len(queries.chongqing()) == 38
    assert sum(region.name.endswith("区") for region in queries.chongqing()) == 26
    assert queries.paired_with("370800").name == "万州区"
    with pytest.raises(UnknownRegion):
        queries.paired_with("370829")


def test_an_unknown_region_is_refused_by_its_stable_code():
    with pytest.raises(UnknownRegion) as refusal:
        queries.region("370899")
    assert refusal.value.code == "unknown_region"
    assert refusal.value.details == {"region": "370899"}


def test_towns_of_a_city_or_of_a_town_are_refused():
    for code in ("370800", "370829101"):
        with pytest.raises(UnknownRegion):
            queries.towns(code)


@pytest.mark.parametrize("code", ["370829", "370829101", "370829101205"])
def test_county_town_and_village_codes_lead_to_their_county(code):
    assert queries.county_of(code).name == "嘉祥县"


def test_a_city_lies_in_no_county():
    with pytest.raises(UnknownRegion):
        queries.county_of("370800")


def test_a_path_runs_from_the_city_to_the_town_even_for_a_village():
    names = ["济宁市", "嘉祥县", "纸坊镇"]
    assert [step.name for step in queries.path("370829101")] == names
    assert [step.name for step in queries.path("370829101205")] == names
    assert [step.name for step in queries.path("370800")] == ["济宁市"]
    assert [step.name for step in queries.path("500101")] == ["重庆市", "万州区"]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("370000", "province"),
        ("370800", "city"),
        ("370829", "county"),
        ("370829101", "town"),
        ("370829101205", "village"),
    ],
)
def test_the_level_follows_from_the_code(code, level):
    assert level_of(code) == level


@pytest.mark.parametrize("code", ["", "37", "3708", "3708291", "000000", "37082x", "370829101205\n", "三七零八二九"])
def test_what_is_no_region_code_has_no_level_and_covers_nothing(code):
    with pytest.raises(UnknownRegion):
        level_of(code)
    with pytest.raises(UnknownRegion):
        covers(code, "370829")
    with pytest.raises(UnknownRegion):
        covers("370800", code)


@pytest.mark.parametrize(
    ("scope", "code", "reached"),
    [
        ("370000", "370829", True),
        ("370000", "500101", False),
        ("370800", "370800", True),
        ("370800", "370829", True),
        ("370800", "370871003", True),
        ("370800", "370829101205", True),
        ("370800", "370900", False),
        ("370800", "370000", False),
        ("370829", "370829", True),
        ("370829", "370829101", True),
        ("370829", "370829101205", True),
        ("370829", "370800", False),
        ("370829", "370828101", False),
        ("370829101", "370829101205", True),
        ("370829101", "370829102205", False),
        ("370829101", "370829", False),
        ("370829101205", "370829101205", True),
        ("370829101205", "370829101206", False),
        ("370829101205", "370829101", False),
        ("370829400", "370829401", False),
        ("500000", "500101", True),
    ],
)
def test_a_role_reaches_its_region_and_all_below_but_never_above(scope, code, reached):
    assert covers(scope, code) is reached


def test_distance_is_the_engines_own():
    plane = Plane(ORIGIN)
    here, there = (116.3368, 35.4090), (117.4026, 35.3379)
    (x1, y1), (x2, y2) = plane.project(*here), plane.project(*there)
    assert km_between(*here, *there) == pytest.approx(hypot(x2 - x1, y2 - y1), abs=1e-9)
    assert km_between(*here, *there) == pytest.approx(97.0, abs=1.0)


@pytest.mark.parametrize(("km", "minutes"), [(0, 0), (0.8, 4), (3.2, 15), (6.5, 30), (6.51, 31), (13, 60)])
def test_riding_takes_15_minutes_for_3_2_km_and_is_rounded_up(km, minutes):
    assert ride_minutes(km) == minutes


def test_a_position_is_read_as_the_town_whose_seat_is_nearest():
    assert queries.nearest_town(116.312, 35.291).name == "纸坊镇"
    assert queries.nearest_town(116.0903, 35.8023).name == "水泊街道"


def test_a_guessed_town_takes_no_position_from_confirmed_ones_except_in_the_hi_tech_zone():
    guessed = queries.region("370829002")
    assert queries.nearest_town(guessed.lon, guessed.lat).name != guessed.name
    assert queries.county_of(queries.nearest_town(116.69, 35.41).code).short == "高新区"


@pytest.mark.parametrize("words", ["纸坊", "纸坊镇", "嘉祥 纸坊", "嘉祥县纸坊镇", "zhifang", "zf", "zhifangzhen", "ZF"])
def test_a_town_is_found_by_words_pinyin_and_initials(words):
    assert queries.search_towns(words)[0].name == "纸坊镇"


@pytest.mark.parametrize(
    ("pinyin", "town"),
    [("changgou", "长沟镇"), ("buji", "卜集镇"), ("tuanli", "疃里镇"), ("sihe", "泗河街道"), ("liuhang", "柳行街道")],
)
def test_towns_answer_to_the_reading_that_people_use(pinyin, town):
    assert queries.search_towns(pinyin)[0].name == town


def test_a_county_in_the_words_brings_its_own_towns_only():
    assert {queries.county_of(town.code).name for town in queries.search_towns("兖州", 20)} == {"兖州区"}
    assert queries.search_towns("  ") == ()
    assert queries.search_towns("火星") == ()


def test_the_tile_map_gives_each_county_its_own_square():
    tiles = queries.tiles()
    assert set(tiles) == {county.code for county in queries.counties()}
    assert len(set(tiles.values())) == 12
    assert tiles["370829"] == (1, 2)
    assert tiles["370871"] == (tiles["370811"][0] + 1, tiles["370811"][1])


def test_the_tables_are_whole_and_name_their_sources():
    assert queries.check() == []
    assert {source.table for source in queries.sources()} == {"regions", "tiles", "pairs", "provinces"}
    assert any("WGS 84" in source.note for source in queries.sources())
