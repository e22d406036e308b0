"""What a posting must be before it is published: rules.md, "Postings", line by line."""

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zero_work_market.ground.clock import SHANGHAI, at_local
from zero_work_market.ground.errors import InvalidValue
from zero_work_market.market.gate.rules import (
    Draft,
    PostingRefused,
    hourly_fen,
    judge,
    require_lawful,
    total_fen,
)
from zero_work_market.reference.law.queries import gate_law

TODAY = date(2023, 6, 14)
TOMORROW = date(2023, 6, 15)
JIAXIANG, RENCHENG = "370829", "370811"


def shift(day: date, start: int | time, end: int | time, *, nights: int = 0) -> tuple[datetime, datetime]:
    first, last = (time(clock) if isinstance(clock, int) else clock for clock in (start, end))
    return at_local(day, first), at_local(day + timedelta(days=nights), last)


MORNING = shift(TOMORROW, 8, 12)
EIGHT_HOURS = (MORNING, shift(TOMORROW, 13, 17))

PACKERS = Draft(
    employer_name="金乡永昌蒜业",
    title="装蒜包装",
    occupations=(("6-31-05-00", 1),),
    headcount=5,
    county=JIAXIANG,
    town="370829101",
    address="经开区 永昌 2 号库",
    lon=116.34,
    lat=35.41,
    shifts=(MORNING,),
    pay_kind="hour",
    pay_fen=1800,
    pieces_per_hour=None,
    pay_days=7,
    employment="零工",
    meals=False,
    lodging=False,
    transport=True,
    insurance=True,
    min_age=18,
    words="手脚麻利",
    brands=("jinxiang-garlic",),
)


def draft(**changes) -> Draft:
    return dataclasses.replace(PACKERS, **changes)


def judged(on: date = TODAY, **changes):
    return judge(draft(**changes), law=gate_law(), on=on)


def refused(on: date = TODAY, **changes) -> set[tuple[str, str]]:
    return {(found.field, found.code) for found in judged(on, **changes) if found.severity == "refused"}


def warned(on: date = TODAY, **changes) -> set[tuple[str, str]]:
    return {(found.field, found.code) for found in judged(on, **changes) if found.severity == "warned"}


def test_lawful_posting_has_nothing_against_it():
    assert judged() == []


# Required


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        ("employer", {"employer_name": "  "}),
        ("title", {"title": ""}),
        ("headcount", {"headcount": 0}),
        ("shifts", {"shifts": ()}),
        ("town", {"town": ""}),
        ("address", {"address": "\n"}),
        ("pay", {"pay_fen": 0}),
        ("min_age", {"min_age": 0}),
        ("employment", {"employment": ""}),
    ],
)
def test_each_required_field_is_asked_for_with_its_clause(field, empty):
    (found,) = judged(**empty)
    assert (found.field, found.code, found.severity) == (field, "required", "refused")
    assert found.clause_id in {"hrm-24", "online-15"}


@pytest.mark.parametrize(("headcount", "passes"), [(1, True), (500, True), (501, False), (-1, False)])
def test_headcount_is_1_to_500(headcount, passes):
    assert (("headcount", "range") not in refused(headcount=headcount)) is passes


@pytest.mark.parametrize(
    ("found", "changes"),
    [
        (("employment", "unknown"), {"employment": "派遣"}),
        (("pay", "unknown"), {"pay_kind": "week"}),
        (("pay", "range"), {"pay_fen": -1}),
        (("pay", "range"), {"pay_fen": 100_000_001}),
        (("pay", "range"), {"pay_kind": "piece", "pay_fen": 90_000_000, "pieces_per_hour": 1000.0}),
        (("town", "outside_county"), {"town": "370811101"}),
        (("town", "no_minimum_wage"), {"county": "500102", "town": "500102001"}),
        (("lon", "range"), {"lon": float("nan")}),
        (("occupations", "too_many"), {"occupations": tuple((f"6-31-03-0{n}", 1) for n in range(1, 6))}),
        (("occupations", "too_many"), {"occupations": (("6-31-05-00", 1), ("6-31-05-00", 2))}),
        (("occupations", "range"), {"occupations": (("6-31-05-00", 6),)}),
        (("brands", "too_many"), {"brands": ("a", "b", "c", "d", "e")}),
        (("title", "too_long"), {"title": "装" * 41}),
        (("words", "too_long"), {"words": "好" * 2001}),
    ],
)
def test_values_that_no_posting_may_have(found, changes):
    assert refused(**changes) == {found}


def test_everything_wrong_is_told_at_once():
    everything = refused(title="限男", headcount=0, pay_fen=1000, words="押 金 200", min_age=15, pay_days=60)
    assert everything == {
        ("title", "gender"),
        ("headcount", "required"),
        ("pay", "below_minimum_wage"),
        ("words", "deposit_or_fee"),
        ("min_age", "under_16"),
        ("pay_days", "pay_too_late"),
    }


# Refused and warned words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("gender", "限男"),
        ("ethnicity", "不要少数民族"),
        ("religion", "信教的不要"),
        ("hukou_region", "不要外地人"),
        ("hukou_region", "限本地户口"),
        ("marriage", "已婚已育优先"),
        ("deposit_or_fee", "押 金 200"),
        ("deposit_or_fee", "服装费 50"),
        ("deposit_or_fee", "培训费自理"),
        ("deposit_or_fee", "建档费 30"),
        ("deposit_or_fee", "先垫付"),
        ("no_pay_clause", "打卡不满 7 天无工资"),
        ("id_document_held", "身份证统一保管"),
        ("under_16", "15岁以上"),
    ],
)
def test_refused_words_are_refused_in_title_words_and_address_with_clause_and_words(code, words):
    for field in ("title", "words", "address"):
        (found,) = [each for each in judged(**{field: f"装蒜，{words}"}) if each.severity == "refused"]
        assert (found.field, found.code) == (field, code)
        assert f"装蒜，{words}"[found.start : found.end] == found.words
        assert found.clause_id in {clause.id for clause in gate_law().clauses}


@pytest.mark.parametrize(
    ("code", "words"), [("age", "18-45岁"), ("health_or_disability", "无高血压"), ("false_promise", "高薪包录用")]
)
def test_warned_words_are_warned_of_and_published(code, words):
    assert warned(words=words) == {("words", code)}
    require_lawful(draft(words=words), law=gate_law(), on=TODAY, now=at_local(TODAY, time(9)))


@pytest.mark.parametrize("words", ["两个男人能抬动的重量", "不收押金", "男女不限"])
def test_innocent_words_pass(words):
    assert judged(words=words) == []


def test_public_posts_may_set_ages():
    assert warned(words="45-65岁", min_age=45) == {("words", "age"), ("min_age", "age")}
    assert judged(words="45-65岁", min_age=45, is_public_post=True) == []


# Ages


@pytest.mark.parametrize(("min_age", "codes"), [(15, {("min_age", "under_16")}), (16, set()), (17, set()), (18, set())])
def test_under_16_is_refused(min_age, codes):
    assert refused(min_age=min_age) == codes


@pytest.mark.parametrize("occupation", ["4-02-05-01", "6-16-01-05", "6-18-02-04", "6-29-01-05", "6-28-01-11"])
def test_16_and_17_year_olds_are_kept_from_hazardous_trades(occupation):
    hazardous = {"occupations": ((occupation, 1),), "project_id": 1}
    assert refused(min_age=17, **hazardous) == {("occupations", "minor_in_hazard")}
    assert refused(min_age=18, **hazardous) == set()


def test_16_and_17_year_olds_are_kept_from_hazards_that_only_the_words_name():
    (found,) = judged(min_age=16, words="在高空擦玻璃")
    assert (found.field, found.code, found.words, found.clause_id) == ("words", "minor_in_hazard", "高空", "minor-3")
    assert judged(min_age=18, words="在高空擦玻璃") == []


def test_one_hazard_shown_by_trade_and_words_is_told_once():
    found = judged(min_age=16, occupations=(("4-02-05-01", 1),), title="装卸", words="卸车")
    assert [(each.field, each.params["hazard"]) for each in found] == [("occupations", "最重的体力和负重")]


@pytest.mark.parametrize(
    "shifts",
    [
        (shift(TOMORROW, 8, time(16, 15)),),
        (shift(TOMORROW, 20, time(22, 15)),),
        (shift(TOMORROW, 20, 2, nights=1),),
        (shift(TOMORROW, time(5, 45), 9),),
    ],
)
def test_long_days_and_nights_open_to_minors_are_warned_of(shifts):
    assert warned(min_age=16, shifts=shifts) == {("min_age", "minor_hours")}
    assert warned(min_age=18, shifts=shifts) == set()


def test_eight_hours_by_day_are_open_to_minors():
    assert judged(min_age=16, shifts=(shift(TOMORROW, 6, 14),)) == []
    assert judged(min_age=16, shifts=(shift(TOMORROW, 18, 22),)) == []


# Minimum wage


@pytest.mark.parametrize(("pay_fen", "passes"), [(1699, False), (1700, True), (1800, True)])
def test_16_99_at_a_floor_of_17_is_refused(pay_fen, passes):
    assert (refused(pay_fen=pay_fen) == set()) is passes


def test_refusal_of_pay_says_the_floor_its_date_and_the_least_that_passes():
    (found,) = judged(pay_fen=1699)
    assert found.clause_id == "labor-48"
    assert found.params == {
        "least_fen": 1700,
        "hourly_fen": 1699,
        "floor_fen": 1700,
        "by": "hour",
        "tier": 3,
        "since": date(2021, 10, 1),
        "confirmed": False,
    }


def test_daily_pay_is_divided_by_the_hours_130_for_8_hours_fails_at_17():
    (found,) = judged(shifts=EIGHT_HOURS, pay_kind="day", pay_fen=13_000)
    assert (found.code, found.params["hourly_fen"]) == ("below_minimum_wage", 1625)
    assert found.params["least_fen"] == 13_600
    assert refused(shifts=EIGHT_HOURS, pay_kind="day", pay_fen=13_599) == {("pay", "below_minimum_wage")}
    assert hourly_fen(draft(shifts=EIGHT_HOURS, pay_kind="day", pay_fen=13_599)) == 1699
    assert judged(shifts=EIGHT_HOURS, pay_kind="day", pay_fen=13_600) == []


EIGHT_TO_FIVE = {"shifts": (shift(TOMORROW, 8, 17),), "pay_kind": "day"}


def test_a_break_is_no_working_time_130_for_8_to_17_with_an_hour_off_is_16_25_an_hour():
    (found,) = judged(**EIGHT_TO_FIVE, break_minutes=60, pay_fen=13_000)
    assert (found.code, found.params["hourly_fen"], found.params["least_fen"]) == ("below_minimum_wage", 1625, 13_600)
    assert judged(**EIGHT_TO_FIVE, break_minutes=60, pay_fen=13_600) == []
    assert refused(**EIGHT_TO_FIVE, pay_fen=13_600) == {("pay", "below_minimum_wage")}


def test_daily_pay_is_judged_by_the_longest_day():
    long_day = (shift(TOMORROW, 8, 12), shift(TOMORROW + timedelta(days=1), 8, 18))
    assert refused(shifts=long_day, pay_kind="day", pay_fen=16_999) == {("pay", "below_minimum_wage")}
    assert judged(shifts=long_day, pay_kind="day", pay_fen=17_000) == []


def test_piece_rate_asks_for_the_expected_output_and_is_compared_with_it():
    piece = {"pay_kind": "piece", "pay_fen": 50}
    for missing in (None, 0.0, -1.0, float("nan"), float("inf")):
        assert refused(**piece, pieces_per_hour=missing) == {("pieces_per_hour", "required")}
    assert refused(**piece, pieces_per_hour=33.9) == {("pay", "below_minimum_wage")}
    assert judged(**piece, pieces_per_hour=34.0) == []


def test_a_piece_rate_exactly_at_the_floor_is_not_lost_to_binary_fractions():
    assert Fraction(3.4) * 500 < 1700
    assert judged(pay_kind="piece", pay_fen=500, pieces_per_hour=3.4) == []


def test_meals_are_not_money():
    assert refused(pay_fen=1699, meals=True, lodging=True) == {("pay", "below_minimum_wage")}


@pytest.mark.parametrize(("pay_fen", "passes"), [(169_999, False), (170_000, True)])
def test_full_time_pay_by_the_month_is_compared_with_the_monthly_floor(pay_fen, passes):
    month = {"pay_kind": "month", "employment": "全日制", "shifts": EIGHT_HOURS}
    assert (refused(**month, pay_fen=pay_fen) == set()) is passes


def test_pay_by_the_month_for_other_work_is_compared_by_the_hour():
    month = {"pay_kind": "month", "employment": "零工"}
    assert refused(**month, pay_fen=1700 * 174 - 1) == {("pay", "below_minimum_wage")}
    assert judged(**month, pay_fen=1700 * 174) == []


@pytest.mark.parametrize(
    ("county", "on", "floor_fen"),
    [
        (JIAXIANG, date(2023, 6, 15), 1700),
        (JIAXIANG, date(2023, 9, 30), 1700),
        (JIAXIANG, date(2023, 10, 1), 1800),
        (RENCHENG, date(2023, 6, 15), 1900),
        (RENCHENG, date(2023, 10, 1), 2000),
    ],
)
def test_an_old_posting_is_judged_by_its_own_date_and_place(county, on, floor_fen):
    there = {"county": county, "town": f"{county}101", "shifts": (shift(on, 8, 12),)}
    assert refused(on, **there, pay_fen=floor_fen - 1) == {("pay", "below_minimum_wage")}
    assert judged(on, **there, pay_fen=floor_fen) == []


def test_work_that_runs_past_a_rise_is_paid_by_the_new_floor():
    eve = date(2023, 9, 30)
    over_midnight = (shift(eve, 20, 2, nights=1),)
    to_midnight = (shift(eve, 20, 0, nights=1),)
    assert refused(eve, shifts=over_midnight, pay_fen=1700) == {("pay", "below_minimum_wage")}
    assert judged(eve, shifts=to_midnight, pay_fen=1700) == []


@given(pay_fen=st.integers(1, 60_000), quarters=st.integers(1, 48))
def test_rounded_hourly_pay_is_below_the_floor_exactly_when_the_true_pay_is(pay_fen, quarters):
    start, _ = MORNING
    given_draft = draft(pay_kind="day", pay_fen=pay_fen, shifts=((start, start + quarters * timedelta(minutes=15)),))
    truly_below = pay_fen * 4 < 1700 * quarters
    assert (hourly_fen(given_draft) < 1700) is truly_below
    found = {each.code for each in judge(given_draft, law=gate_law(), on=TODAY) if each.field == "pay"}
    assert ("below_minimum_wage" in found) is truly_below


@pytest.mark.parametrize(
    ("changes", "hourly", "total"),
    [
        ({}, 1800, 7200),
        ({"shifts": EIGHT_HOURS}, 1800, 14_400),
        ({"shifts": (shift(TOMORROW, 8, 17),), "break_minutes": 60}, 1800, 14_400),
        ({"shifts": EIGHT_HOURS, "break_minutes": 30}, 1800, 12_600),
        ({**EIGHT_TO_FIVE, "break_minutes": 60, "pay_fen": 15_000}, 1875, 15_000),
        ({"shifts": EIGHT_HOURS, "pay_kind": "day", "pay_fen": 15_000}, 1875, 15_000),
        ({"pay_kind": "piece", "pay_fen": 50, "pieces_per_hour": 40.0}, 2000, 8000),
        ({"pay_kind": "month", "pay_fen": 348_000}, 2000, 348_000),
    ],
)
def test_pay_by_the_hour_and_for_the_whole_work(changes, hourly, total):
    assert (hourly_fen(draft(**changes)), total_fen(draft(**changes))) == (hourly, total)


@pytest.mark.parametrize(
    ("changes", "field"), [({"shifts": (), "pay_kind": "day"}, "shifts"), ({"pay_kind": "piece"}, "pieces_per_hour")]
)
def test_hourly_pay_cannot_be_told_without_hours_or_pieces(changes, field):
    with pytest.raises(InvalidValue) as refusal:
        hourly_fen(draft(**changes))
    assert refusal.value.details["field"] == field


# Shifts


@pytest.mark.parametrize(
    ("code", "shifts"),
    [
        ("ends_before_start", (shift(TOMORROW, 12, 8),)),
        ("ends_before_start", (shift(TOMORROW, 8, 8),)),
        ("too_long", (shift(TOMORROW, 8, time(20, 15)),)),
        ("not_a_quarter", (shift(TOMORROW, time(8, 10), 12),)),
        ("overlap", (MORNING, shift(TOMORROW, 11, 15))),
        ("past", (shift(TODAY - timedelta(days=1), 8, 12),)),
        ("too_far", (shift(TODAY + timedelta(days=16), 8, 12),)),
    ],
)
def test_shifts_that_no_posting_may_have(code, shifts):
    assert refused(shifts=shifts) == {("shifts", code)}


def test_shifts_at_the_very_edges_pass():
    assert refused(shifts=(shift(TOMORROW, 8, 20),)) == set()
    assert refused(shifts=(MORNING, shift(TOMORROW, 12, 16))) == set()
    assert refused(shifts=(shift(TODAY, 8, 12),)) == set()
    assert refused(shifts=(shift(TODAY + timedelta(days=15), 8, 12),)) == set()


def test_a_shift_that_began_this_morning_is_past_once_the_moment_is_known():
    today = draft(shifts=(shift(TODAY, 8, 12),))
    at_eight, later = at_local(TODAY, time(8)), at_local(TODAY, time(8, 1))
    assert judge(today, law=gate_law(), on=TODAY, now=at_eight) == []
    assert [found.code for found in judge(today, law=gate_law(), on=TODAY, now=later)] == ["past"]


def test_days_are_the_markets_own_not_utcs():
    early = datetime.combine(TODAY, time(0, 30), tzinfo=SHANGHAI).astimezone(UTC)
    assert early.date() < TODAY
    before_dawn = (early, early + timedelta(hours=4))
    assert judged(shifts=(before_dawn,)) == []
    one_day = draft(shifts=(before_dawn, shift(TODAY, 13, 17)), pay_kind="day", pay_fen=16_000)
    assert (hourly_fen(one_day), total_fen(one_day)) == (2000, 16_000)


def test_a_day_beyond_eight_and_three_hours_is_warned_of():
    assert warned(shifts=(shift(TOMORROW, 7, 18),)) == set()
    assert warned(shifts=(shift(TOMORROW, 7, time(18, 15)),)) == {("shifts", "long_day")}
    assert warned(shifts=(shift(TOMORROW, 7, 19),), break_minutes=60) == set()
    assert warned(shifts=(shift(TOMORROW, 7, time(19, 15)),), break_minutes=60) == {("shifts", "long_day")}


# Breaks


@pytest.mark.parametrize(
    ("break_minutes", "codes"),
    [
        (0, set()),
        (15, set()),
        (180, set()),
        (195, {"range"}),
        (-15, {"range"}),
        (40, {"not_a_quarter"}),
    ],
)
def test_a_break_is_in_quarters_up_to_three_hours(break_minutes, codes):
    found = refused(shifts=(shift(TOMORROW, 8, 17),), break_minutes=break_minutes)
    assert found == {("break_minutes", code) for code in codes}


def test_a_break_is_shorter_than_the_shortest_shift():
    shifts = (shift(TOMORROW, 8, 12), shift(TOMORROW, 13, 14))
    assert refused(shifts=shifts, break_minutes=45) == set()
    assert refused(shifts=shifts, break_minutes=60) == {("break_minutes", "fills_a_shift")}
    assert refused(shifts=shifts[1:], break_minutes=60, pay_kind="day") == {("break_minutes", "fills_a_shift")}
    assert refused(shifts=(shift(TOMORROW, 12, 8),), break_minutes=60) == {("shifts", "ends_before_start")}


def test_twelve_hours_of_a_shift_and_four_of_part_time_are_working_hours():
    assert refused(shifts=(shift(TOMORROW, 8, 21),), break_minutes=60) == set()
    assert refused(shifts=(shift(TOMORROW, 8, time(21, 15)),), break_minutes=60) == {("shifts", "too_long")}
    assert warned(employment="非全日制", shifts=week_of(5, 4), break_minutes=60) == set()
    assert warned(employment="非全日制", shifts=week_of(5, 4), break_minutes=45) == {("shifts", "part_time_day")}


def test_eight_hours_and_a_break_are_open_to_minors():
    assert warned(min_age=16, shifts=(shift(TOMORROW, 8, 17),), break_minutes=60) == set()
    assert warned(min_age=16, shifts=(shift(TOMORROW, 8, 17),), break_minutes=45) == {("min_age", "minor_hours")}


# Pay date and part-time


@pytest.mark.parametrize(
    ("employment", "pay_days", "passes"),
    [
        ("非全日制", 15, True),
        ("非全日制", 16, False),
        ("零工", 30, True),
        ("零工", 31, False),
        ("全日制", 31, False),
        ("零工", 0, True),
        ("零工", -1, False),
    ],
)
def test_pay_is_never_later_than_a_month_and_15_days_part_time(employment, pay_days, passes):
    assert (("pay_days", "pay_too_late") not in refused(employment=employment, pay_days=pay_days)) is passes


def week_of(hours: int, days: int):
    monday = date(2023, 6, 19)
    return tuple(shift(monday + timedelta(days=day), 8, 8 + hours) for day in range(days))


@pytest.mark.parametrize(
    ("shifts", "codes"),
    [
        (week_of(4, 6), set()),
        (week_of(4, 7), {("shifts", "part_time_week")}),
        (week_of(5, 4), {("shifts", "part_time_day")}),
        ((*week_of(3, 1), shift(date(2023, 6, 20), 8, 13)), set()),
        (week_of(8, 4), {("shifts", "part_time_day"), ("shifts", "part_time_week")}),
    ],
)
def test_part_time_beyond_4_hours_a_day_on_average_or_24_a_week_is_warned_of(shifts, codes):
    assert warned(employment="非全日制", shifts=shifts) == codes
    assert warned(employment="零工", shifts=shifts) == set()


def test_part_time_pay_is_refused_by_its_own_clause():
    (found,) = judged(employment="非全日制", pay_fen=1600)
    assert found.clause_id == "contract-72"


# Construction


@pytest.mark.parametrize("occupation", ["6-29-01-03", "6-29-04-01", "6-29-03-02"])
def test_work_on_a_building_site_needs_a_project_with_a_number(occupation):
    site = {"occupations": (*PACKERS.occupations, (occupation, 1))}
    (found,) = judged(**site)
    assert (found.field, found.code, found.clause_id) == ("project", "project_missing", "injury-project-2014")
    assert judged(**site, project_id=7) == []


def test_other_work_needs_no_project():
    assert judged(occupations=PACKERS.occupations) == []
    assert judged(occupations=()) == []


# The gate as a whole


def test_refusal_carries_every_refused_finding():
    with pytest.raises(PostingRefused) as refusal:
        require_lawful(draft(title="限男", pay_fen=100), law=gate_law(), on=TODAY, now=at_local(TODAY, time(9)))
    assert refusal.value.code == "posting_refused"
    assert {found.code for found in refusal.value.details["findings"]} == {"gender", "below_minimum_wage"}


texts = st.text(st.sampled_from("限男女押金不满7天无工资18-45岁招童工 ，\n\x00🔥"), max_size=50)
numbers = st.integers(-(10**12), 10**12)
moments = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(
    st.builds(
        Draft,
        employer_name=texts,
        title=texts,
        occupations=st.lists(st.tuples(st.sampled_from(["4-02-05-01", "", "x"]), numbers), max_size=6).map(tuple),
        headcount=numbers,
        county=st.sampled_from([JIAXIANG, "", "000000"]),
        town=texts,
        address=texts,
        lon=st.floats(),
        lat=st.floats(),
        shifts=st.lists(st.tuples(moments, moments), max_size=4).map(tuple),
        pay_kind=st.sampled_from(["hour", "day", "month", "piece", "", "week"]),
        pay_fen=numbers,
        pieces_per_hour=st.none() | st.floats(),
        pay_days=numbers,
        employment=st.sampled_from(["零工", "非全日制", "全日制", "", "?"]),
        meals=st.booleans(),
        lodging=st.booleans(),
        transport=st.booleans(),
        insurance=st.booleans(),
        min_age=numbers,
        words=texts,
        brands=st.lists(texts, max_size=6).map(tuple),
        break_minutes=numbers,
    )
)
def test_whatever_is_typed_is_judged_without_an_exception(anything):
    for found in judge(anything, law=gate_law(), on=TODAY):
        assert found.severity in {"refused", "warned"}
