"""The plan's figures as staff of each level see them, from the county down to one worker's check-in."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from tests.support.counted import OVER, come, count, hire, pay
from tests.support.makers import COUNTY, TOWN, VILLAGE
from tests.support.pages import Pages, Visit, logged_in, words
from tests.web.api.scene import a_staff
from web.for_staff import figures
from web.for_staff.tables import Kind, shown
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import connect, engine, transaction
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account, Grant
from zero_work_market.people.accounts.rules import Role
from zero_work_market.rights.disputes.models import Case
from zero_work_market.rights.disputes.rules import Stage
from zero_work_market.statistics.indicators.rules import PersonRow, Tile
from zero_work_market.statistics.targets.queries import indicator, targets
from zero_work_market.statistics.targets.rules import TABS

CITY, YEAR = "370800", local_date(OVER).year
TODAY = date(2023, 6, 6)


class Desk(Pages):
    """Of the year that is counted, unless told otherwise."""

    def open(self, path: str, /, **query: Any) -> TestResponse:
        return super().open(path, **{"year": YEAR} | query)


@pytest.fixture(scope="module")
def counted(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int]:
    """A database in which a worker of VILLAGE came, agreed on hours and was paid, and one from elsewhere has a seat."""
    path = Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("counted") / "leye.sqlite3"))
    bound = connect(f"sqlite:///{path}")
    worked, seated = hire(), hire(village=None)
    come(worked)
    pay(worked)
    count()
    bound.dispose()
    return path, worked, seated


@pytest.fixture
def desk(app: Flask, unlimited: None, counted: tuple[Path, int, int], tmp_path: Path) -> Iterator[Visit]:
    """Makes the desk of new staff with a role for a region; of the city's staff unless told otherwise."""
    bound = connect(f"sqlite:///{shutil.copy(counted[0], tmp_path / 'leye.sqlite3')}")
    yield lambda role=Role.CITY, region=CITY: Desk(logged_in(app, a_staff(role, region)), "/staff")
    bound.dispose()


@pytest.fixture
def proven(counted: tuple[Path, int, int]) -> tuple[int, int]:
    """The two placements: the one that was paid, the one that is a seat alone."""
    return counted[1:]


# ── the dashboard ──


def test_an_accepted_seat_is_never_called_employment(desk, proven):
    page = desk().read("/plan")
    assert "接单不算就业" in page
    assert "到岗认工时的人 1 人 · 1 人次" in page
    assert "L1 接了单 2 人 · 2 人次" in page
    assert "L3 工时两边认了 1 人 · 1 人次" in page
    assert "L4 工钱到账了 1 人 · 1 人次" in page
    assert "L5 干稳三个月了 0 人 · 0 人次" in page


@pytest.mark.parametrize("tab", TABS)
def test_what_nothing_counts_yet_says_so_beside_what_the_plan_asks(desk, tab):
    page = desk().open("/plan", tab=tab, year=2023)
    assert page.status_code == 200
    if tab == "公共服务":
        assert "报了实施方案的县市区 待核实 — / 12 个 还没有登记" in words(page.text)


def test_what_the_plan_leaves_unsure_is_marked(desk):
    assert "一县一项目培训品牌 待核实" in desk().read("/plan", tab="培训")
    assert "补贴性技能培训 待核实" not in desk().read("/plan", tab="培训")


def test_the_city_sees_all_its_counties_on_the_map_and_in_the_table(desk, proven):
    page = desk().get("/plan")
    assert page.count('class="pc"') == 12
    assert f"/staff/plan/proven_work?place={COUNTY}" in page
    assert "嘉祥县 1" in desk().read("/plan")


def test_a_year_that_nobody_worked_in_is_nought_and_not_an_error(desk, proven):
    assert "到岗认工时的人 0 人 · 0 人次" in desk().read("/plan", year=2023)


@pytest.mark.parametrize("query", [{"year": "soon"}, {"year": 1949}, {"year": 9999}, {"tab": "nothing"}])
def test_an_address_that_cannot_be_read_means_this_year_and_the_first_tab(desk, query):
    assert "到岗认工时的人" in desk().read("/plan", **query)


def test_a_county_sees_itself_and_nothing_beside_or_above(desk, proven):
    county = desk(Role.COUNTY, COUNTY)
    assert "嘉祥街道 1" in county.read("/plan")
    for path in ("/plan", "/plan/proven_work", "/plan/proven_work/persons", "/plan/export/board", "/targets"):
        for place in (CITY, "370828", "370828002"):
            assert county.open(path, place=place).status_code == 403, (path, place)


def test_staff_of_two_towns_choose_which_to_look_at(desk):
    towns = desk(Role.TOWN, TOWN)
    with transaction() as session:
        account = session.scalars(select(Account).order_by(Account.id.desc()).limit(1)).one()
        account.grants.append(Grant(role=Role.TOWN, region="370828002", granted_at=OVER))
    page = towns.get("/plan")
    assert "/staff/plan?place=370828002" in page
    assert f"高河街道，{YEAR} 年" in towns.read("/plan", place="370828002")


def test_the_page_asks_the_database_no_more_where_more_has_happened(desk, proven):
    city = desk()
    asked = statements(lambda: city.read("/plan", place=CITY))
    for _ in range(3):
        come(hire())
    count()
    assert statements(lambda: city.read("/plan", place=CITY)) == asked <= 16


def statements(deed: Callable[[], object]) -> int:
    """How many statements a deed sends, other than those that begin transactions."""
    said: list[str] = []

    def hear(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    event.listen(engine(), "before_cursor_execute", hear)
    deed()
    event.remove(engine(), "before_cursor_execute", hear)
    return sum(not statement.startswith("BEGIN") for statement in said)


# ── opening a figure ──


def test_a_figure_opens_from_the_city_down_to_one_workers_check_in(desk, proven):
    worked, _ = proven
    city = desk()
    path = "/plan/proven_work"
    for place, below in ((CITY, COUNTY), (COUNTY, TOWN), (TOWN, VILLAGE)):
        page = city.get(path, place=place)
        assert f"/staff{path}?place={below}&amp;year={YEAR}" in page
    assert f"/staff{path}/persons?place={VILLAGE}&amp;year={YEAR}" in city.get(path, place=VILLAGE)
    persons = city.get(f"{path}/persons", place=VILLAGE)
    assert "张** 永昌蒜业" in words(persons)
    assert f"/staff/placements/{worked}?indicator=proven_work" in persons
    evidence = city.read(f"/placements/{worked}")
    for link in ("接了单", "到岗了", "工头点的名", "工时两边认了", "工资表出了", "给了钱", "工钱到齐了"):
        assert link in evidence


def test_who_does_not_count_is_listed_with_the_reason(desk, proven):
    city = desk()
    assert "算数的 1 没算的 1，看为什么" in city.read("/plan/proven_work/persons", place=COUNTY)
    out = city.read("/plan/proven_work/persons", place=COUNTY, out=1)
    assert "L1 接了单 还没到岗 不算" in out
    assert "L4 工钱到账了 差 92 天满 3 个月 不算" in city.read("/plan/stable_work/persons", place=COUNTY, out=1)


@pytest.mark.parametrize(
    ("key", "inside", "out"), [("accepted_work", 2, 0), ("arrived_work", 1, 1), ("paid_work", 1, 1)]
)
def test_each_rung_of_the_ladder_opens_into_its_persons(desk, proven, key, inside, out):
    city = desk()
    board = city.get("/plan")
    assert f'href="/staff/plan/{key}?place=' in board
    assert "还没有登记" not in city.read(f"/plan/{key}")
    persons = city.get(f"/plan/{key}/persons")
    assert f"算数的 {inside} 没算的 {out}，看为什么" in words(persons)
    assert persons.count("算 1 人") == inside
    assert f"indicator={key}" in persons
    assert city.open(f"/placements/{proven[0]}", indicator=key).status_code == 200


def test_steps_of_the_ladder_have_no_place_among_the_plans_figures_and_no_target(desk, proven):
    named = words(desk().get("/plan")).split("证据走到哪一级")[0]
    assert "接了单的人" not in named
    assert "到岗的人" not in named
    assert "接了单的人" not in desk().read("/targets")


def test_who_comes_from_elsewhere_is_counted_in_the_towns_own_bucket(desk, proven):
    town = desk(Role.TOWN, TOWN).read("/plan/proven_work")
    assert "别处来的、没填村的 0" in town
    assert "没算的 1" in desk().read("/plan/proven_work/persons", place=f"{TOWN}000")


def test_a_placement_tells_what_its_next_rung_lacks(desk, proven):
    worked, seated = proven
    assert "还没到 L2 到岗打上卡" in desk().read(f"/placements/{seated}")
    assert "还没到 L5 差 92 天满 3 个月" in desk().read(f"/placements/{worked}")


def test_each_link_shows_the_first_characters_of_its_hash(desk, proven):
    codes = re.findall(r"<code>(\w+)</code>", desk().get(f"/placements/{proven[0]}"))
    assert codes
    assert {len(code) for code in codes} == {8}


def test_the_trail_leads_back_up_by_the_same_figure_as_far_as_one_may_see(desk, proven):
    county = desk(Role.COUNTY, COUNTY).get(f"/placements/{proven[0]}", indicator="proven_work")
    assert f"/staff/plan/proven_work?place={TOWN}" in county
    assert f"place={CITY}" not in county


def test_a_village_agent_reads_the_evidence_of_that_village_alone(desk, proven):
    worked, seated = proven
    agent = desk(Role.VILLAGE_AGENT, VILLAGE)
    assert agent.open(f"/placements/{worked}").status_code == 200
    assert agent.open(f"/placements/{seated}").status_code == 403
    assert agent.open("/placements/999999").status_code == 404


def test_a_figure_outside_the_ladder_opens_into_its_rows_and_those_left_out(desk, proven):
    figure = desk().get("/plan/gig_markets")
    assert "看算数的是哪些" in figure
    rows = desk().read("/plan/gig_markets/rows")
    assert "算数的 1 没算的 11" in rows
    assert "嘉祥县" in rows
    out = desk().read("/plan/gig_markets/rows", out=1)
    assert "金乡县" in out
    assert "不算，今年没发过活" in out
    assert "嘉祥县 " not in out.partition("头一回发活")[2]
    taken = desk().open("/plan/export/rows", indicator="gig_markets", out=1)
    sheet = load_workbook(BytesIO(taken.data)).worksheets[1]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)].count("金乡县") == 1
    assert sheet.max_row == 12


def test_an_open_case_counts_until_it_is_closed(desk, proven):
    with transaction() as session:
        made = {"county": COUNTY, "town": TOWN, "stage_since": OVER, "due_on": local_date(OVER), "filed_at": OVER}
        employer = session.scalars(select(Posting.employer_id).limit(1)).one()
        still_open, closed = (
            Case(employer_id=employer, stage=stage, **made) for stage in (Stage.HEARING, Stage.CLOSED)
        )
        session.add_all([still_open, closed])
        session.flush()
        numbers = still_open.number, closed.number
    for place in (CITY, COUNTY, TOWN):
        assert "算数的 1 没算的 1" in desk().read("/plan/open_cases/rows", place=place)
    assert "算数的 0 没算的 0" in desk().read("/plan/open_cases/rows", place="370828")
    assert numbers[0] in desk().read("/plan/open_cases/rows")
    out = desk().read("/plan/open_cases/rows", out=1)
    assert numbers[1] in out
    assert "不算，结了案" in out
    assert "/staff/cases/" in desk().get("/plan/open_cases/rows")


def test_an_unknown_indicator_or_village_is_not_found(desk):
    assert desk().open("/plan/happiness").status_code == 404
    assert desk().open("/plan/proven_work", place=f"{TOWN}299").status_code in (404, 422)


# ── targets ──


def test_the_city_allots_a_figure_to_its_counties_and_the_map_shows_their_pace(desk, proven):
    city = desk()
    answer = city.post(f"/targets/proven_work?year={YEAR}", **{CITY: "1,500", COUNTY: "４", "370828": "1490"})
    assert answer.status_code == 303
    page = city.read("/targets")
    assert "到岗认工时的人 就业 1,500 人 1,494 人 少分 6" in page
    assert "嘉祥县 1 4 3" in city.read("/plan/proven_work")
    assert "到岗认工时的人 就业 4 人" in desk(Role.COUNTY, COUNTY).read("/targets")


def test_a_wrong_number_is_told_beside_its_county_and_nothing_typed_is_lost(desk):
    typed = {COUNTY: "一百来个", "370828": "20", "370827": "99999999999"}
    answer = desk().post(f"/targets/proven_work?year={YEAR}", **typed)
    assert answer.status_code == 422
    for code, value in typed.items():
        assert re.search(f'name="{code}" value="{value}"', answer.text)
    assert re.findall(r'id="t(\d+)-err"', answer.text) == ["370827", COUNTY]
    with transaction(read_only=True) as session:
        assert not targets(session, year=YEAR, regions=["370828"])


def test_the_sum_says_how_far_it_is_from_what_the_plan_asks(desk):
    city, path = desk(), "/targets/poverty_work/sum?year=2023"
    less = city.post(path, **{CITY: "4100", COUNTY: "4,000", "370828": "99"})
    assert words(less.text) == "2 个县市区，合计 4,099 人。 比全市的 4,100 少 1 人"
    even = city.post(path, **{CITY: "4100", COUNTY: "4100", "370828": "x"})
    assert words(even.text) == "1 个县市区，合计 4,100 人。 跟全市的 4,100 正好"


def test_the_plans_own_figure_sent_back_stays_the_plans(desk):
    desk().post("/targets/poverty_work?year=2023", **{CITY: "4100"})
    page = desk().read("/targets", year=2023)
    assert "中西部脱贫人口稳定来济就业 就业 4,100 人 还没分" in page


def test_a_county_sets_no_targets(desk):
    county = desk(Role.COUNTY, COUNTY)
    assert county.open("/targets/proven_work").status_code == 403
    assert county.post("/targets/proven_work", **{COUNTY: "1"}).status_code == 403


# ── in words ──

SHORT = Tile(
    indicator=indicator("poverty_work"), target=4100, target_sum=None, done=1503, of=None, times=1720, gap=2597,
    expected_today=4100 * 157 / 365, forecast_on=date(2024, 2, 3), months=(20, 60, 180, 400, 500, 343),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ("late", "比进度少 261 人")),
        ({"done": 4099, "gap": 1, "expected_today": 4100.0}, ("late", "比进度少 1 人")),
        ({"done": 4100, "gap": 0, "expected_today": 4100.0}, ("ok", "达到了")),
        ({"done": 1768, "gap": 2332}, ("ok", "比进度多 4 人")),
        ({"done": 1764, "gap": 2336}, ("ok", "正合进度")),
        ({"done": 1763, "gap": 2337}, ("late", "比进度少 1 人")),
        ({"target": None, "gap": None, "expected_today": None}, None),
    ],
)
def test_the_lamp_tells_the_distance_to_the_pace_in_whole_persons(changes, said):
    assert figures.lamp(replace(SHORT, **changes), is_over=False) == said


def test_of_a_year_that_is_over_the_lamp_tells_what_is_missing():
    assert figures.lamp(SHORT, is_over=True) == ("late", "全年少 2,597 人")
    assert figures.outlook(SHORT, year=2023, is_over=True) == ""


def test_the_outlook_names_the_year_when_it_is_another():
    assert figures.outlook(SHORT, year=2023, is_over=False) == "还差 2,597 人，照这样要到 2024 年 2 月 3 日"
    soon = replace(SHORT, forecast_on=date(2023, 12, 3))
    assert figures.outlook(soon, year=2023, is_over=False) == "还差 2,597 人，照这样 12 月 3 日能到"


def test_a_share_tells_how_many_more_make_it():
    share = replace(
        SHORT, indicator=indicator("coverage"), target=100, done=97, of=100, times=None, gap=3, expected_today=None
    )
    assert (figures.figure(share), figures.beside(share)) == ("97.0%", "/ 100% · 97 / 100")
    assert figures.lamp(share, is_over=False) == ("late", "再有 3 个才到 100%")


def test_the_sparkline_ends_at_the_figure_whatever_the_months_add_up_to():
    """A person who works in several months is in each of them, but once in the year."""
    drawn = figures.spark(replace(SHORT, months=(1503,) * 12), year=2023, today=TODAY)
    at = re.search(r'cy="([\d.]+)"', str(drawn))
    assert at is not None
    assert float(at[1]) == pytest.approx(70 - 1503 / 4100 * 60, abs=0.1)


def test_the_map_is_darkest_where_the_years_pace_is_kept():
    lines = [figures.Line(COUNTY, "嘉祥县", 340, 118, None, 34.7)]
    assert figures.map_bounds(SHORT, lines, year=2023, today=TODAY) == [20, 30, 37, 43]


@pytest.mark.parametrize(
    ("why", "level", "said"),
    [
        (("days", 4), 4, ("soon", "差 4 天满 3 个月")),
        (("hours",), 2, ("soon", "工时没认")),
        (("paid",), 3, ("soon", "还没到账")),
        (("paid",), 4, ("soon", "三个月里有工钱没到")),
        (("no_show",), 0, ("late", "说来没来")),
        (("late", 2), 4, ("late", "2 回没按时到账")),
    ],
)
def test_a_reason_is_said_in_plain_words(why, level, said):
    row = PersonRow(1, "张**", 1, level, TODAY, 1, why, 0)
    assert figures.state_said(row) == said


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (1503, Kind.COUNT, "1,503"), (97.0, Kind.PERCENT, "97.0%"), (95, Kind.WHOLE, "95%"),
        (-261, Kind.PACE, "少 261"), (18523, Kind.PACE, "多 18,523"), (0, Kind.PACE, "0"), (None, Kind.COUNT, "—"),
        (TODAY, Kind.DAY, "2023 年 6 月 6 日"),
    ],
)  # fmt: skip
def test_a_value_is_shown_by_its_kind(value, kind, said):
    assert shown(value, kind) == said
