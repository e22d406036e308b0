import numpy as np
import pytest

from matching import OccupationTree
from zero_work_market.reference.job_titles import queries as titles
from zero_work_market.reference.occupations import queries
from zero_work_market.reference.occupations.rules import LEVELS, UnknownOccupation, groups_of


def test_the_classification_holds_1636_occupations_in_tree_order():
    codes = [one.code for one in queries.occupations()]
    assert len(codes) == 1636
    assert codes == sorted(codes)
    assert [one.index for one in queries.occupations()] == list(range(1636))


def test_an_occupation_knows_its_groups_and_their_names():
    porter = queries.occupation("4-02-05-01")
    assert (porter.name, porter.small, porter.middle, porter.major) == ("装卸搬运工", "4-02-05", "4-02", "4")
    assert groups_of("6-31-05-00") == ("6-31-05", "6-31", "6")
    assert queries.group_name("4-09-08") == "环境卫生服务人员"
    assert queries.index_of(porter.code) == porter.index


@pytest.mark.parametrize("code", ["4-02-05-99", "4-02-05", "", "装卸"])
def test_an_unknown_occupation_is_refused_by_its_stable_code(code):
    for ask in (queries.occupation, queries.index_of, queries.label, queries.trade):
        with pytest.raises(UnknownOccupation) as refusal:
            ask(code)
        assert refusal.value.code == "unknown_occupation"


def test_an_occupation_is_no_group():
    for code in ("4-02-05-01", "9-99"):
        with pytest.raises(UnknownOccupation):
            queries.group_name(code)


def test_groups_are_numbered_as_the_engine_wants_them():
    small, middle = queries.small_groups(), queries.middle_groups()
    assert small.dtype == middle.dtype == np.int16
    assert len(OccupationTree(small, middle)) == 1636
    assert (int(small[-1]), int(middle[-1])) == (380, 73)
    same = [queries.index_of(code) for code in ("4-02-05-01", "4-02-05-02")]
    assert small[same[0]] == small[same[1]]
    assert not small.flags.writeable


def test_there_are_at_least_400_aliases_over_at_least_150_trades():
    assert len(queries.trades()) >= 150
    assert sum(len(trade.aliases) for trade in queries.trades()) >= 400
    assert len({trade.code for trade in queries.trades()}) == len(queries.trades())
    assert len({trade.title for trade in queries.trades()}) == len(queries.trades())


def test_every_trade_and_alias_leads_to_an_occupation_that_exists():
    assert [trade.title for trade in queries.trades() if not queries.occupation(trade.code)] == []


@pytest.mark.parametrize(
    ("words", "certificate", "confirmed"),
    [
        ("叉车", "特种设备作业人员证", True),
        ("电焊", "特种作业操作证（焊接）", True),
        ("保安", "保安员证", True),
        ("洗碗", "健康证", True),
        ("打药无人机", "农用无人机操作证", False),
        ("导游", "导游证", False),
    ],
)
def test_trades_say_which_certificate_the_law_asks_for_and_whether_that_is_confirmed(words, certificate, confirmed):
    asked = titles.search(words)[0].certificate
    assert (asked.name, asked.confirmed) == (certificate, confirmed)
    assert asked.basis


def test_packing_garlic_needs_no_certificate():
    assert titles.search("装蒜包装")[0].certificate is None


def test_a_label_is_the_plain_title_or_else_the_official_name():
    assert queries.label("6-31-05-00") == "包装工"
    assert queries.label("4-02-04-06") == "打药飞手"
    assert queries.label("4-02-01-06") == "轨道交通调度员"
    assert queries.trade("4-02-01-06") is None


def test_trades_of_one_heading_stand_together_so_that_a_page_can_list_them():
    headings = [trade.heading for trade in queries.trades()]
    turns = [heading for place, heading in enumerate(headings) if place == 0 or headings[place - 1] != heading]
    assert len(turns) == len(set(turns))
    assert {"农活", "包装分拣", "装卸搬运", "餐饮", "家政照护", "建筑工地"} <= set(turns)


def test_levels_run_from_junior_to_senior_technician():
    assert LEVELS == {1: "初级工", 2: "中级工", 3: "高级工", 4: "技师", 5: "高级技师"}


@pytest.mark.parametrize(
    ("code", "industry"),
    [("6-29-01-03", "建筑"), ("6-01-06-00", "制造"), ("4-10-01-06", "家政"), ("6-16-01-05", ""), ("4-10-06-01", "")],
)
def test_an_occupation_knows_which_watched_industry_it_belongs_to(code, industry):
    assert queries.industry(code) == industry


def test_the_tables_are_whole_and_name_their_sources():
    assert queries.check() == []
    assert {source.table for source in queries.sources()} == {"classification", "trades", "certificates", "industries"}
