"""Spreadsheets as others keep them: what is taken, what is refused, and how their heads and cells are read."""

import re
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest

from tests.support.sheets import WORKERS, number, person, xlsx
from zero_work_market.ground.cells import Day, day_of, number_of, text_of
from zero_work_market.ground.errors import InvalidValue
from zero_work_market.ground.heads import find_head, head_at, plain_head
from zero_work_market.ground.sheets import MOST_UNPACKED, Book, SheetRefused

WORDS = {
    "name": ["姓名"],
    "id_number": ["身份证号", "身份证号码"],
    "phone": ["联系电话", "电话"],
    "town": ["乡镇", "住址"],
}
SEVENTH = datetime.fromisoformat("2023-02-07")


def zipped(**parts):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), body)
    return made.getvalue()


def refusal(body):
    with pytest.raises(SheetRefused) as told:
        read(body)
    return told.value.details["why"]


def read(body):
    book = Book(body)
    return [list(book.rows(sheet.name)) for sheet in book.sheets]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old_format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_sheet"),
        (b"PK\x03\x04 and no more", "broken"),
        (zipped(word__document_xml="<a/>"), "not_a_sheet"),
        (zipped(xl__workbook_xml="<a/>"), "broken"),
        (zipped(xl__workbook_xml="<a/>", xl__vbaProject_bin="x"), "macros"),
        ("<html><table><tr><td>姓名</td></tr></table></html>".encode("gb18030"), "markup"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "markup"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "markup"),
        (bytes(11 * 1024 * 1024), "too_large"),
        (zipped(xl__workbook_xml="<a/>", xl__worksheets__sheet1_xml=bytes(MOST_UNPACKED + 1)), "too_large"),
    ],
    ids=["empty", "xls", "picture", "cut", "document", "no rels", "macros", "page", "xml", "mht", "large", "bomb"],
)
def test_what_is_no_spreadsheet_or_too_much_of_one_is_refused_by_name(body, why):
    assert refusal(body) == why


def test_a_sheet_that_breaks_off_in_its_rows_is_refused_in_the_middle():
    whole = zipfile.ZipFile(BytesIO(xlsx([person(serial) for serial in range(200)])))
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in whole.namelist():
            body = whole.read(name)
            archive.writestr(name, body[: len(body) // 2] if name.endswith("sheet1.xml") else body)
    assert refusal(made.getvalue()) == "broken"


def test_no_entity_of_a_part_is_expanded():
    bomb = '<!DOCTYPE a [<!ENTITY b "boom">]><workbook>&b;</workbook>'
    assert refusal(zipped(xl__workbook_xml=bomb)) == "broken"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_csv_is_read_however_it_was_saved(encoding, separator):
    body = f"姓名{separator}电话\r\n张建国{separator}13812345678\r\n".encode(encoding)
    assert list(Book(body).rows("")) == [(1, ("姓名", "电话")), (2, ("张建国", "13812345678"))]


def test_a_csv_that_keeps_long_numbers_whole_by_a_formula_is_read_as_the_number():
    body = f'姓名,身份证号\r\n张建国,="{number(1)}"\r\n"张=""某""",="'.encode()
    assert [row for _, row in Book(body).rows("")][1:] == [("张建国", number(1)), ('张="某"', '="')]


@pytest.mark.parametrize("said", [b'<dimension ref="A1"/>', b'<dimension ref="A1:B2"/>', b""])
def test_every_row_and_column_is_read_whatever_size_the_file_says_it_has(said):
    whole, made = zipfile.ZipFile(BytesIO(xlsx([person(serial) for serial in range(3)]))), BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, re.sub(rb"<dimension[^>]*>", said, whole.read(name)))
    rows = [row[: len(WORKERS)] for _, row in Book(made.getvalue()).rows("Sheet1")]
    assert rows == [WORKERS, *(tuple(person(serial)) for serial in range(3))]


def test_merged_cells_stand_in_every_cell_of_them_and_empty_rows_are_left_out():
    body = xlsx([["张垓村", "甲"], [None, "乙"], [], [None, "丙"]], heads=("村", "谁"), merged={"A2:A3": "张垓村"})
    assert [(number, row[:2]) for number, row in Book(body).rows("Sheet1")] == [
        (1, ("村", "谁")), (2, ("张垓村", "甲")), (3, ("张垓村", "乙")), (5, (None, "丙")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "plain"),
    [("*身份证号码（18 位）", "身份证号码"), ("联 系\n电话", "联系电话"), ("乡镇(街道)", "乡镇"), ("（必填）", "必填")],
)
def test_a_head_is_read_without_signs_and_what_stands_in_brackets(head, plain):
    assert plain_head(head) == plain


def test_the_head_is_found_under_titles_and_notes():
    rows = list(Book(xlsx([person(1)], title="嘉祥县务工人员姓名台账")).rows("Sheet1"))
    head = find_head(rows, WORDS)
    assert head.row == 2
    assert head.fields == {"name": 1, "id_number": 2, "phone": 3, "town": 4}
    assert [column.head for column in head.columns] == list(WORKERS)


def test_a_head_of_two_rows_is_read_as_one():
    upper, lower = ("序号", "务工人员", None, "经办"), (None, "姓名", "身份证号", "电话")
    head = find_head([(1, upper), (2, lower), (3, (1, "张三", "3708", "138"))], WORDS)
    assert (head.row, head.fields) == (2, {"name": 1, "id_number": 2, "phone": 3})


def test_under_a_head_that_spans_them_a_column_is_known_by_its_own_word_too():
    upper, lower = ("务工人员", "务工人员", "现在住在", "镇"), ("姓名", "身份证号", "村", None)
    head = find_head([(1, ("台账",)), (2, upper), (3, lower)], WORDS | {"town": ["镇"], "village": ["村"]})
    assert (head.row, head.fields) == (3, {"name": 0, "id_number": 1, "village": 2, "town": 3})


def test_of_two_columns_for_one_field_the_surer_is_taken_and_never_another_persons():
    rows = [(1, ("姓名", "身份证号", "紧急联系电话", "家庭住址", "电话"))]
    assert find_head(rows, WORDS).fields == {"name": 0, "id_number": 1, "phone": 4, "town": 3}
    assert find_head([(1, ("父亲姓名", "姓名", "身份证号"))], WORDS).fields["name"] == 1


def test_a_head_that_nobody_knows_is_shown_with_no_column_taken():
    rows = [(1, ("台账", None, None)), (4, ("谁", "号", "住哪")), (5, ("张三", "3708", "马村"))]
    head = find_head(rows, WORDS)
    assert (head.row, head.fields, [column.head for column in head.columns]) == (4, {}, ["谁", "号", "住哪"])
    assert head_at(rows, 5, WORDS).row == 5


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (13812345678.0, "13812345678"), (3.5, "3.5"), (" 张\u200b 建国\n", "张 建国"), ("a\0b", "ab"),
     (SEVENTH, "2023-02-07"), (True, "True")],
)  # fmt: skip
def test_a_cell_reads_as_one_sees_it(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    "value",
    ["'370829196501011234", "“370829196501011234”", 370829196501011234, "３７０８２９１９６５０１０１１２３４"],
)
def test_a_long_number_is_read_however_it_was_kept(value):
    assert number_of(value, field="id_number") == "370829196501011234"


@pytest.mark.parametrize("value", [3.70829196501011e17, 370829196501011000, "3.70829E+17"])
def test_a_long_number_whose_end_excel_dropped_is_refused(value):
    with pytest.raises(InvalidValue) as told:
        number_of(value, field="id_number")
    assert told.value.details == {"field": "id_number", "reason": "rounded"}


@pytest.mark.parametrize(
    "value",
    [SEVENTH, SEVENTH.date(), 44964, 44964.0, "2023.2.7", "2023-02-07", "2023/2/7", "2023年2月7日",
     "20230207", 20230207, "２０２３．２．７", "2023-02-07 00:00:00", "2023/2/7 8:30", "2023-02-07T00:00:00.000"],
)  # fmt: skip
def test_a_date_is_read_in_every_form(value):
    assert day_of(value, field="since") == Day(date(2023, 2, 7))


def test_a_month_stands_for_its_first_day_and_says_so():
    assert day_of("2023年2月", field="since") == Day(date(2023, 2, 1), month_only=True)


@pytest.mark.parametrize("value", [2023.1, "去年", "2023-02-30", "2023-02-07 25", "2023.13.1", 5, True])
def test_what_may_be_another_day_or_none_is_refused(value):
    with pytest.raises(InvalidValue):
        day_of(value, field="since")
