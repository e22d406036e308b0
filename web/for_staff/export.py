"""What a screen shows as a spreadsheet: the same rows and the same figures, and a log of who took it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any, TypeVar
from unicodedata import east_asian_width
from urllib.parse import quote

from flask import Response, current_app, request
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from web.auth import may_enter, staff, viewer
from web.filters import clock as clock_said
from web.filters import day_long
from web.for_staff import figures
from web.for_staff.blueprint import pages, place_name
from web.for_staff.dashboard import Asked, asked, employers_of, line_table, sections, tile_of
from web.for_staff.registers import lines, register_rows, row_table
from web.for_staff.tables import NOTHING, Row, Table, Value, shown
from zero_work_market.ground import clock
from zero_work_market.ground.audit import record
from zero_work_market.ground.db import transaction
from zero_work_market.ground.paging import Page
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.statistics.indicators.queries import persons
from zero_work_market.statistics.indicators.rules import PersonRow, Tile
from zero_work_market.statistics.targets.queries import indicator as indicator_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDEST, A4 = 48, 9
PORTION = 500
"""Rows read at a time."""
Pairs = list[tuple[str, str]]
T = TypeVar("T")


@pages.get("/plan/export/<any(board, lines, persons, rows):what>")
@may_enter(staff(Permission.BOARD))
def export(what: str) -> Response:
    """A tab, a figure by place, or all persons or rows of it; `indicator` and `out` as on their pages, each logged.

    Raises OutOfScope, UnknownIndicator.
    """
    key, now = request.args.get("indicator", ""), clock.now()
    here = asked(None if what == "board" else indicator_of(key).tab)
    by = viewer().as_staff(Permission.BOARD, here.region)
    with transaction(read_only=True) as session:
        name = place_name(session, here.region)
        title, tables = TAKEN[what](session, here, key)
    rows = sum(len(one.rows) for one in tables)
    with transaction() as session:
        record(
            session, verb="figures.exported", subject=f"region:{here.region}", by=by, at=now,
            what=what, year=here.year, indicator=key or here.tab, rows=rows,
        )  # fmt: skip
    cover = [
        ("什么", title), ("哪里", name), ("哪一年", f"{here.year} 年"), ("截至", f"{day_long(now)} {clock_said(now)}"),
        ("谁导的", viewer().name), ("一共", f"{rows:,} 行"),
        ("怎么算", "到了岗、工时两边都认了（L3）起才算数，接单不算就业。“—”是还没有数。名字只留姓。"),
    ]  # fmt: skip
    if current_app.config["LEYE"].demo:
        cover.append(("演示数据", "都是编的，不是真人真事"))
    return as_file(workbook(cover, tables), f"{name} {title} {here.year} 年")


def workbook(cover: Pairs, tables: Sequence[Table]) -> bytes:
    """An .xlsx: a sheet that says what this is, then a sheet a table. No text of it is taken for a formula."""
    made = BytesIO()
    book = Workbook(made, {"in_memory": True})
    front, bold, wrap = (
        book.add_worksheet("说明"),
        book.add_format({"bold": True}),
        book.add_format({"text_wrap": True}),
    )
    front.set_column(0, 0, 12, bold)
    front.set_column(1, 1, WIDEST, wrap)
    front.set_paper(A4)
    for number, pair in enumerate(cover):
        for column, text in enumerate(pair):
            front.write_string(number, column, text)
    for number, one in enumerate(tables, start=1):
        _sheet(book, one, f"{number} {one.title}"[:31])
    book.close()
    return made.getvalue()


def _tab(session: Session, here: Asked, _: str) -> tuple[str, list[Table]]:
    return here.tab, [made for _, made in sections(session, here)]


def _by_place(session: Session, here: Asked, key: str) -> tuple[str, list[Table]]:
    tile = tile_of(session, here, key)
    made = line_table(here, tile, lines(session, region=here.region, indicator=key, **here.when))
    return tile.indicator.name, [made] if made else []


def _persons(session: Session, here: Asked, key: str) -> tuple[str, list[Table]]:
    rows, employers, tile = list[PersonRow](), dict[int, str](), tile_of(session, here, key)
    for found in _pages(persons, session, here, key):
        rows += found.rows
        employers |= employers_of(session, found)
    return f"{_which(tile)}人", [figures.person_table(tile, rows, employers)]


def _rows(session: Session, here: Asked, key: str) -> tuple[str, list[Table]]:
    tile = tile_of(session, here, key)
    rows = [row for found in _pages(register_rows, session, here, key) for row in found.rows]
    return _which(tile), [row_table(tile, rows)]


def _pages(read: Callable[..., Page[T]], session: Session, here: Asked, key: str) -> Iterator[Page[T]]:
    """All that count, or with `out` in the address that don't, a portion at a time."""
    wanted = {"year": here.year, "region": here.region, "indicator": key, "counted": "out" not in request.args}
    number, last = 1, 1
    while number <= last:
        found = read(session, **wanted, number=number, size=PORTION)
        yield found
        number, last = number + 1, found.last


def _which(tile: Tile) -> str:
    return f"{tile.indicator.name}，{'没算的' if 'out' in request.args else '算数的'}"


TAKEN = {"board": _tab, "lines": _by_place, "persons": _persons, "rows": _rows}


def _sheet(book: Workbook, one: Table, name: str) -> None:
    sheet = book.add_worksheet(name.translate({ord(sign): " " for sign in "[]:*?/\\"}))
    head = {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}
    for column, told in enumerate(one.columns):
        align = "right" if told.kind.is_figure else "left"
        formats = {
            bold: book.add_format({"num_format": told.kind.value, "align": align, "bold": bold})
            for bold in (False, True)
        }
        quoted = book.add_format({"num_format": "@", "align": align, "quote_prefix": True})
        sheet.write_string(0, column, told.head, book.add_format(head | {"align": align}))
        for number, row in enumerate(_all(one), start=1):
            _cell(sheet, number, column, row.values[column], formats[row is one.foot], quoted)
        sheet.set_column(column, column, _width(one, column))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_paper(A4)
    if len(one.columns) > 7:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _cell(sheet: Any, number: int, column: int, value: Value, plain: Any, quoted: Any) -> None:
    if value is None:
        sheet.write_string(number, column, NOTHING, plain)
    elif isinstance(value, date):
        sheet.write_datetime(number, column, value, plain)
    elif isinstance(value, str):
        sheet.write_string(number, column, value, quoted if value.startswith(FORMULA_STARTS) else plain)
    else:
        sheet.write_number(number, column, value, plain)


def _all(one: Table) -> list[Row]:
    return [*one.rows, *([one.foot] if one.foot else [])]


def _width(one: Table, column: int) -> int:
    """In digits; a Chinese character is two of them wide."""
    kind = one.columns[column].kind
    texts = [one.columns[column].head, *(shown(row.values[column], kind) for row in _all(one))]
    widest = max(sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text) for text in texts)
    return min(widest, WIDEST) + 2


def as_file(body: bytes, name: str) -> Response:
    named = f"attachment; filename=leye.xlsx; filename*=UTF-8''{quote(name)}.xlsx"
    return Response(body, mimetype=XLSX, headers={"Content-Disposition": named})
