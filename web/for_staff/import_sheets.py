"""Spreadsheets for towns: the empty one to fill in, and the rows that couldn't be taken, marked cell by cell."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from web.for_staff.import_words import KINDS, cell_said, fault_said
from zero_work_market.market.imports.models import ImportFault, ImportRow
from zero_work_market.market.imports.queries import fields, held_in
from zero_work_market.market.imports.rules import Field, Kind

HEAD = {"bold": True, "bottom": 2, "bg_color": "#DFEAE9", "valign": "vcenter"}
TEXT = {"num_format": "@"}
FAULTY = TEXT | {"bg_color": "#FBEAE7", "font_color": "#981B15", "border": 1, "border_color": "#B3261E"}
FORMULA_STARTS = ("=", "+", "-", "@")
NEEDED = {"always": "必填", "region": "必填", "slip": "每人一个；全表一个号的，上传时填"}


def template(kind: Kind) -> bytes:
    """The sheet to fill in, all of it text, so that no long number loses its end; the example row is never imported."""
    made, columns = BytesIO(), fields(kind)
    book = Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet(KINDS[kind])
    _put_head(book, sheet, columns)
    for index, one in enumerate(columns):
        sheet.write_string(1, index, one.example, book.add_format(TEXT | {"font_color": "#8B8A82"}))
        if one.needed in NEEDED:
            sheet.write_comment(0, index, NEEDED[one.needed], {"author": "乐业"})
    book.close()
    return made.getvalue()


def marked(kind: Kind, rows: Iterable[tuple[ImportRow, Sequence[ImportFault]]]) -> bytes:
    """Rows to mend, as in the template: faulty cells coloured, with the reason as a comment, and all reasons last."""
    made, columns = BytesIO(), fields(kind)
    book = Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet(KINDS[kind])
    _put_head(book, sheet, columns)
    for index, (title, width) in enumerate((("哪里不对", 60), ("原表第几行", 12)), start=len(columns)):
        sheet.write_string(0, index, title, book.add_format(HEAD))
        sheet.set_column(index, index, width, book.add_format(TEXT))
    formats = {
        (faulty, quoted): book.add_format((FAULTY if faulty else TEXT) | ({"quote_prefix": True} if quoted else {}))
        for faulty in (False, True)
        for quoted in (False, True)
    }
    for number, (row, faults) in enumerate(rows, start=1):
        cells = held_in(row)["cells"]
        for index, one in enumerate(columns):
            text, wrong = cells.get(one.field, ""), [fault for fault in faults if fault.field == one.field]
            sheet.write_string(number, index, text, formats[bool(wrong), text.startswith(FORMULA_STARTS)])
            if wrong:
                said = "；".join(fault_said(fault.field, fault.reason, fault.told) for fault in wrong)
                sheet.write_comment(number, index, said, {"author": "乐业"})
        sheet.write_string(number, len(columns), "；".join(cell_said(kind, fault) for fault in faults))
        sheet.write_number(number, len(columns) + 1, row.number)
    book.close()
    return made.getvalue()


def _put_head(book: Any, sheet: Any, columns: Sequence[Field]) -> None:
    for index, one in enumerate(columns):
        sheet.set_column(index, index, one.width, book.add_format(TEXT))
        sheet.write_string(0, index, one.title, book.add_format(HEAD))
    sheet.freeze_panes(1, 0)
