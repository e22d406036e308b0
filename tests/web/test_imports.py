"""The pages on which staff bring their spreadsheets, as they are used, through the site with its CSRF tokens."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import Engine, func, select

from tests.support.makers import COUNTY, TOWN
from tests.support.pages import Pages, logged_in, words
from tests.support.sheets import WORKERS, number, person, work_off, xlsx
from tests.web.api.scene import a_staff, a_worker
from web.errors import REASONS
from web.for_staff.import_words import FAULTS, fault_said
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.market.imports.models import Import
from zero_work_market.market.imports.rules import State
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.workers.models import Worker


class Desk(Pages):
    def upload(self, body: bytes, name: str = "马村镇台账.xlsx", **form: Any) -> str:
        """Path of its page, its rows read."""
        answer = self.post("", file=(BytesIO(body), name), **{"kind": "workers"} | form)
        assert answer.status_code == 303, words(answer.text)
        work_off()
        return answer.location.removeprefix("/staff/imports")


@pytest.fixture
def desk_of(app: Flask, unlimited: None, sqlite: Engine) -> Callable[..., Desk]:
    return lambda role=Role.COUNTY, region=COUNTY: Desk(logged_in(app, a_staff(role, region)), "/staff/imports")


@pytest.fixture
def desk(desk_of) -> Desk:
    return desk_of()


def workers() -> int:
    with transaction(read_only=True) as session:
        return session.scalar(select(func.count(Worker.id))) or 0


def state() -> State:
    with transaction(read_only=True) as session:
        return session.scalars(select(Import.state).order_by(Import.id.desc())).first()


def test_a_sheet_is_looked_over_imported_when_told_and_taken_back(desk):
    page = desk.upload(xlsx([person(serial) for serial in range(30)], title="零工台账", foot=[["合计", None, 30]]))
    shown = desk.read(page)
    assert "导入 30 行" in shown
    assert "合计、说明这样的 1 行跳过了" in shown
    assert workers() == 0
    assert desk.post(f"{page}/run").status_code == 303
    assert "导了 0 / 30 行" in desk.read(page)
    work_off()
    assert "导好了" in desk.read(page)
    assert workers() == 30
    assert "撤回 30 人" in desk.read(f"{page}/undo")
    desk.post(f"{page}/undo")
    work_off()
    shown = desk.read(page)
    assert "撤掉了 30 人" in shown
    assert (workers(), state()) == (0, State.UNDONE)


def test_what_is_wrong_is_named_by_cell_and_grouped_by_reason(desk):
    rows = [person(0, 联系电话="没有"), person(1, 身份证号码="370829"), person(2, 联系电话="12345678901"), person(3)]
    page = desk.upload(xlsx(rows))
    shown = desk.read(page)
    for said in ("D2 手机号：不是手机号", "C3 身份证号：要 18 位", "D4 手机号：不是手机号"):
        assert said in shown, said
    assert "不是手机号 导不了 2 行" in shown
    assert "导入 1 行" in shown
    only = desk.read(f"{page}?fault=phone.digits")
    assert "D2 手机号" in only
    assert "C3 身份证号：" not in only


def test_names_and_numbers_are_masked_on_every_page(desk):
    rows = [person(serial) for serial in range(3)] + [person(9, 联系电话="0")]
    page = desk.upload(xlsx(rows))
    for path in ("", page, f"{page}?show=all", f"{page}?show=good", f"{page}?show=faulty"):
        shown = desk.get(path)
        assert not [row[1] for row in rows if row[1] in shown]
        assert not [row[2] for row in rows if row[2] in shown]


def test_rows_to_mend_are_taken_out_marked_with_a_reason_that_is_logged(desk):
    page = desk.upload(xlsx([person(0, 联系电话="=1+1"), person(1), person(2, 姓名="")]))
    assert desk.post(f"{page}/take", reason="").status_code == 422
    answer = desk.post(f"{page}/take", reason="发回村里改")
    sheet = load_workbook(BytesIO(answer.data)).active
    told = [cell.value for cell in sheet[1]]
    assert told[:3] == ["姓名", "身份证号", "手机号"]
    assert [sheet["B2"].value, sheet["C2"].value, sheet["C2"].data_type] == [number(0), "=1+1", "s"]
    assert sheet["C2"].comment.text == "不是手机号"
    assert [row[told.index("哪里不对")].value for row in sheet.iter_rows(min_row=2)] == [
        "D2 手机号：不是手机号", "B4 姓名：没填",
    ]  # fmt: skip
    assert [row[-1].value for row in sheet.iter_rows(min_row=2)] == [2, 4]
    with transaction(read_only=True) as session:
        seen = select(AuditRow.reason).where(AuditRow.verb == "import.rows_seen")
        assert session.scalars(seen).all() == ["发回村里改"]


def test_mended_rows_come_in_as_they_were_taken_out(desk):
    page = desk.upload(xlsx([person(0, 联系电话="0"), person(1)]))
    desk.post(f"{page}/run")
    work_off()
    book = load_workbook(BytesIO(desk.post(f"{page}/take", reason="改了再传").data))
    book.active["C2"].value = "13812345678"
    made = BytesIO()
    book.save(made)
    again = desk.upload(made.getvalue(), "改好的.xlsx")
    assert "导入 1 行" in desk.read(again)
    desk.post(f"{again}/run")
    work_off()
    assert workers() == 2


def test_only_ticked_rows_are_imported_and_the_ticks_of_other_pages_stay(desk):
    page = desk.upload(xlsx([person(serial) for serial in range(60)]))
    desk.post(f"{page}/choose", all="0")
    assert "导入 0 行" in desk.read(page)
    desk.post(f"{page}/choose", shown=["2", "3"], row=["3"])
    desk.post(f"{page}/choose", shown=["58", "59"], row=["58"])
    assert "导入 2 行" in desk.read(page)
    desk.post(f"{page}/choose", all="1")
    assert "导入 60 行" in desk.read(page)


def test_two_rows_of_one_person_cant_both_be_ticked(desk):
    page = desk.upload(xlsx([person(0), person(1, 身份证号码=number(0))]))
    answer = desk.post(f"{page}/choose", shown=["2", "3"], row=["2", "3"])
    assert answer.status_code == 409
    assert "第 2、3 行是同一个，只能留一行" in words(answer.text)


def test_columns_are_shown_as_recognised_and_corrected(desk):
    rows = [[one[1], one[2], one[4]] for one in (person(0), person(1))]
    page = desk.upload(xlsx(rows, heads=("谁", "号", "住哪")))
    assert "还缺：姓名、身份证号、乡镇（街道）、同意书编号" in desk.read(page)
    told = {"column.0": "name", "column.1": "id_number", "column.2": "town"}
    refused = desk.post(f"{page}/columns", **told | {"column.2": "name"})
    assert (refused.status_code, "有重样的" in words(refused.text)) == (422, True)
    desk.post(f"{page}/columns", slip="JX-1", **told)
    work_off()
    assert "导入 2 行" in desk.read(page)


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"\xd0\xcf\x11\xe0" + bytes(99), "另存为 .xlsx"), (b"", "这个文件是空的"), (b"\x00\x01", "这不是表格"),
     (b"<html><table></table></html>", "这是网页存成的表")],
)  # fmt: skip
def test_a_file_that_cant_be_read_is_refused_in_words(desk, body, said):
    answer = desk.post("", kind="workers", file=(BytesIO(body), "a.xls"))
    assert answer.status_code == 422
    assert said in words(answer.text)


@pytest.mark.parametrize("kind", ["workers", "employers", "placements"])
def test_every_template_can_be_filled_in_and_its_example_is_left_out(desk, kind):
    body = desk.open(f"/template/{kind}").data
    page = desk.upload(body, kind=kind)
    assert "没有能导的行" in desk.read(page)


def test_past_placements_are_shown_as_not_counting(desk):
    worker = a_worker(number=number(0))
    rows = [[number(0), "永昌蒜业", "嘉祥街道", "2023-02-07"]]
    page = desk.upload(xlsx(rows, heads=("身份证号", "务工单位", "务工地点", "上岗时间")), kind="placements")
    assert "没有到岗和工时的证据，不算数" in desk.read(page)
    desk.post(f"{page}/run")
    work_off()
    shown = desk.get("/past")
    assert "永昌蒜业" in shown
    assert f"/staff/workers/{worker.id}" in shown
    assert "没有到岗和工时的证据，不算数" in shown


def test_progress_comes_by_itself_and_the_page_anew_when_it_is_over(desk):
    answer = desk.post("", kind="workers", file=(BytesIO(xlsx([person(0)])), "a.xlsx"))
    page = answer.location.removeprefix("/staff/imports")
    assert f'hx-get="/staff/imports{page}/progress"' in desk.get(page)
    assert "HX-Refresh" not in desk.open(f"{page}/progress").headers
    work_off()
    assert desk.open(f"{page}/progress").headers["HX-Refresh"] == "true"


def test_staff_see_the_imports_of_their_own_region_alone(desk_of):
    mine, other = desk_of(Role.TOWN, TOWN), desk_of(Role.TOWN, "370829002")
    page = mine.upload(xlsx([person(0)]), "本镇.xlsx")
    assert "本镇.xlsx" in mine.read("")
    assert "本镇.xlsx" in desk_of().read("")
    assert "本镇.xlsx" not in other.read("")
    assert other.open(page).status_code == 403


def test_the_same_file_is_told_of_once_it_was_imported(desk):
    body = xlsx([person(0)])
    page = desk.upload(body)
    desk.post(f"{page}/run")
    work_off()
    again = desk.read(desk.upload(body))
    assert "一模一样的表" in again
    assert "C2 身份证号：已经登记过" in again


@pytest.mark.parametrize("reason", sorted({*FAULTS, *REASONS}))
def test_a_reason_can_be_said_of_many_cells_at_once(reason):
    assert fault_said("any", reason)


def test_of_a_book_with_a_sheet_a_village_the_others_are_named_and_one_after_the_other_comes(desk):
    others = {"李楼村": [WORKERS, person(1)], "王庄": [WORKERS, person(2), person(3)]}
    body = xlsx([person(0)], sheet="张垓村", before=others)
    page = desk.upload(body)
    assert "这回只读“李楼村”，还有 2 张没读：王庄、张垓村" in desk.read(page)
    desk.post(f"{page}/run")
    work_off()
    assert "还有 2 张没读：王庄、张垓村。再传一次这份表，换一张" in desk.read(page)
    again = desk.upload(body)
    desk.post(f"{again}/look", sheet="王庄", head_row="")
    columns = {f"column.{at}": field for at, field in enumerate(("", "name", "id_number", "", "town"))}
    desk.post(f"{again}/columns", slip="JX-1", **columns)
    work_off()
    shown = desk.read(again)
    assert "一模一样" not in shown
    assert "导入 2 行" in shown
