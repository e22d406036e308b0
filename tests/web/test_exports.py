"""What staff take away as a spreadsheet: the figures of the screen to the digit, and nothing that runs."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from tests.support.counted import OVER, come, count, hire, pay
from tests.support.makers import COUNTY, VILLAGE
from tests.support.pages import Visit
from tests.web.api.scene import a_staff
from web.for_staff.export import workbook
from web.for_staff.tables import Column, Kind, Row, table
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import connect, transaction
from zero_work_market.people.accounts.rules import Role
from zero_work_market.statistics.targets.models import Target

CITY, YEAR = "370800", local_date(OVER).year
Taken = Callable[..., "File"]


@dataclass(frozen=True)
class File:
    """A spreadsheet as it was fetched, and the page from which it was taken."""

    book: Workbook
    name: str
    page: str

    def sheet(self, title: str) -> Worksheet:
        (found,) = (sheet for sheet in self.book.worksheets if title in sheet.title)
        return found


@pytest.fixture(scope="module")
def counted(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two workers of a village who came and were paid, two seats, and a target of 1,500."""
    path = Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("counted") / "leye.sqlite3"))
    bound = connect(f"sqlite:///{path}")
    for worked in (hire(), hire()):
        come(worked)
        pay(worked)
    hire()
    hire(village=None)
    count()
    with transaction() as session:
        for region, value in ((CITY, 1500), (COUNTY, 3)):
            session.add(
                Target(region=region, year=YEAR, indicator="proven_work", value=value, set_by=None, set_at=OVER)
            )
    bound.dispose()
    return path


@pytest.fixture
def taken(visit: Visit, counted: Path, tmp_path: Path) -> Iterator[Taken]:
    """Fetches a spreadsheet beside its page, as the city's staff unless told otherwise."""
    bound = connect(f"sqlite:///{shutil.copy(counted, tmp_path / 'leye.sqlite3')}")

    def take(what: str, page: str, role: Role = Role.CITY, region: str = CITY, **query: Any) -> File:
        desk, query = visit(a_staff(role, region), "/staff"), {"year": YEAR} | query
        answer = desk.open(f"/plan/export/{what}", **query)
        assert answer.status_code == 200, answer.text
        name = unquote(answer.headers["Content-Disposition"])
        return File(load_workbook(BytesIO(answer.data)), name, desk.read(page, **query))

    yield take
    bound.dispose()


def told(cell: Cell) -> str:
    """What a spreadsheet program shows in a cell, by its value and number format."""
    value, told = cell.value, cell.number_format
    if isinstance(value, datetime):
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    if isinstance(value, str) or value is None:
        return value or ""
    if told == Kind.PERCENT.value:
        return f"{value:,.1f}%"
    if told == Kind.WHOLE.value:
        return f"{value}%"
    if told == Kind.PACE.value:
        return f"{'多' if value > 0 else '少'} {abs(value):,}" if value else "0"
    assert told == Kind.COUNT.value, told
    return f"{value:,}"


def rows(sheet: Worksheet) -> list[list[str]]:
    return [[told(cell) for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_a_figure_by_place_is_the_table_of_the_screen_to_the_digit(taken):
    file = taken("lines", "/plan/proven_work", indicator="proven_work")
    found = rows(file.sheet("到岗认工时的人"))
    assert len(found) == 13
    for row in found:
        assert " ".join(row) in file.page
    assert next(row for row in found if row[0] == "嘉祥县")[:4] == ["嘉祥县", "2", "3", "1"]
    assert found[-1][:4] == ["合计", "2", "1,500", "1,498"]


def test_persons_are_those_of_the_screen_with_their_names_masked(taken):
    file = taken("persons", "/plan/proven_work/persons", indicator="proven_work")
    (sheet,) = file.book.worksheets[1:]
    found = rows(sheet)
    assert len(found) == 2
    for name, employer, _, times, rung, state, counts in found:
        assert f"{name} {employer}" in file.page
        assert f"{times} 单 {rung} {state} {counts}" in file.page
        assert name == "张**"
    assert "显示 2 / 2 人" in file.page


def test_who_does_not_count_is_taken_with_the_reason(taken):
    file = taken("persons", "/plan/proven_work/persons", indicator="proven_work", out=1)
    assert {row[5] for row in rows(file.book.worksheets[1])} == {"还没到岗"}
    assert len(rows(file.book.worksheets[1])) == 2


def test_all_pages_of_the_persons_are_taken(taken):
    for _ in range(31):
        hire()
    count()
    file = taken("persons", "/plan/proven_work/persons", indicator="proven_work", out=1)
    assert "显示 30 / 33 人" in file.page
    assert len(rows(file.book.worksheets[1])) == 33


def test_a_tab_is_its_figures_each_by_place_and_the_ladder(taken):
    file = taken("board", "/plan")
    assert [sheet.title for sheet in file.book.worksheets] == [
        "说明", "1 就业", "2 到岗认工时的人", "3 干满三个月的人", "4 特色劳务品牌", "5 中西部脱贫人口稳定来济就业",
        "6 证据走到哪一级",
    ]  # fmt: skip
    first = next(row for row in rows(file.sheet("1 就业")) if row[0] == "到岗认工时的人")
    assert first[1:4] == ["人", "2", "1,500"]
    assert "到岗认工时的人 2 / 1,500 人 · 2 人次" in file.page
    for rung, persons, times in rows(file.sheet("证据走到哪一级")):
        assert f"{rung} {persons} 人 · {times} 人次" in file.page


def test_the_first_sheet_says_what_when_where_and_who(taken):
    file = taken("lines", "/plan/proven_work", Role.COUNTY, COUNTY, indicator="proven_work")
    said = {row[0].value: row[1].value for row in file.book["说明"].iter_rows()}
    assert said["什么"] == "到岗认工时的人"
    assert said["哪里"] == "嘉祥县"
    assert said["哪一年"] == f"{YEAR} 年"
    assert said["谁导的"] == "办事员"
    assert said["截至"]
    assert f"嘉祥县 到岗认工时的人 {YEAR} 年.xlsx" in file.name


def test_each_export_is_logged_with_who_what_and_how_much(taken):
    taken("persons", "/plan", Role.COUNTY, COUNTY, indicator="proven_work", out=1)
    with transaction(read_only=True) as session:
        logged = session.scalars(select(AuditRow).where(AuditRow.verb == "figures.exported")).one()
    assert (logged.subject, logged.role, logged.region) == (f"region:{COUNTY}", "county", COUNTY)
    assert logged.details == {"what": "persons", "year": YEAR, "indicator": "proven_work", "rows": 2}
    assert logged.account_id != SYSTEM.account_id


def test_a_village_takes_its_own_persons_and_no_table_of_parts(taken):
    file = taken("persons", "/plan", Role.VILLAGE_AGENT, VILLAGE, indicator="proven_work")
    assert len(rows(file.book.worksheets[1])) == 2
    assert len(taken("lines", "/plan", Role.VILLAGE_AGENT, VILLAGE, indicator="proven_work").book.worksheets) == 1


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-1", "@SUM(A1)", "\t=1"])
def test_what_looks_like_a_formula_stays_words(text):
    made = table(text, [Column("名字", Kind.TEXT), Column("完成")], [Row((text, 5))])
    cell = load_workbook(BytesIO(workbook([(text, text)], [made]))).worksheets[1]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_every_kind_of_value_reads_as_on_the_screen():
    kinds = {Kind.COUNT: 41020, Kind.PERCENT: 97.5, Kind.WHOLE: 95, Kind.PACE: -261, Kind.DAY: date(2023, 6, 6)}
    made = table("各种", [Column(kind.name, kind) for kind in kinds], [Row(tuple(kinds.values()))])
    found = load_workbook(BytesIO(workbook([], [made]))).worksheets[1]
    assert rows(found) == [["41,020", "97.5%", "95%", "少 261", "2023 年 6 月 6 日"]]
    assert found["E2"].number_format == Kind.DAY.value


def test_the_sheet_prints_on_a4_with_its_head_on_every_page():
    made = table("各种", [Column(str(number)) for number in range(9)], [Row(tuple(range(9)))] * 80)
    sheet = load_workbook(BytesIO(workbook([], [made]))).worksheets[1]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
