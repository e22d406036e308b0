"""Spreadsheets as others keep them: .xlsx and .csv, read as rows of values within bounds, merged cells filled.

openpyxl reads XML through defusedxml where that is installed, as it is with us: no entity is ever expanded.
"""

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from zero_work_market.ground.errors import LeyeError

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 160 * 1024 * 1024
MOST_PARTS = 2000
MOST_COLUMNS = 60
PIECE = 1 << 20

Value = str | int | float | bool | date | datetime | time | timedelta | None
Row = tuple[Value, ...]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
LONGEST_TAG = 200
_AS_TEXT = re.compile(r'\A="([^"]*)"\Z')
"""How exports keep a long number whole in a .csv."""
_MARKUP = re.compile(r"\s*(<(\?xml|!doctype|html|table|head|meta)\b|MIME-Version:)", re.IGNORECASE)


class SheetRefused(LeyeError):
    """The file can't be read as a spreadsheet.

    details: why, one of "empty", "too_large", "old_format" (.xls, or locked by a password), "markup" (a web page, or
    XML, that a table program opens), "macros", "not_a_sheet", "broken", "no_sheet", "too_many_rows".
    """

    code = "sheet_refused"


@dataclass(frozen=True)
class Sheet:
    """A sheet of the book; `rows` as the file says, 0 if it doesn't."""

    name: str
    rows: int


class Book:
    """A file's sheets. Raises SheetRefused, from the beginning or in the middle of the rows."""

    def __init__(self, body: bytes) -> None:
        if not body:
            raise SheetRefused(why="empty")
        if len(body) > MOST_BYTES:
            raise SheetRefused(why="too_large")
        if body.startswith(_OLE):
            raise SheetRefused(why="old_format")
        self._body = body
        self._is_text = not body.startswith(_ZIP)
        if not self._is_text:
            _check_parts(body)

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """Those that the file shows, in its order; a .csv has one without a name."""
        if self._is_text:
            return (Sheet("", self._text.count("\n") + 1),)
        shown = [one for one in self._workbook.worksheets if one.sheet_state == "visible"]
        if not shown:
            raise SheetRefused(why="no_sheet")
        return tuple(Sheet(one.title, one.max_row or 0) for one in shown)

    def rows(self, name: str) -> Iterator[tuple[int, Row]]:
        """The rows that hold anything, each with its number, from 1; what is merged stands in every cell of it."""
        rows = self._text_rows() if self._is_text else self._filled(name)
        return ((number, row) for number, row in rows if any(value not in (None, "") for value in row))

    @cached_property
    def _workbook(self) -> Any:
        try:
            return load_workbook(BytesIO(self._body), read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises whatever the broken part happens to hit
            raise SheetRefused(why="broken") from error

    @cached_property
    def _text(self) -> str:
        encodings = ("utf-16",) if self._body[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
        for encoding in encodings:
            try:
                text = self._body.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
                return _no_markup(text)
        raise SheetRefused(why="not_a_sheet")

    def _text_rows(self) -> Iterator[tuple[int, Row]]:
        head = self._text[:4000]
        separator = max(",\t;", key=head.count)
        try:
            for number, row in enumerate(csv.reader(StringIO(self._text, newline=""), delimiter=separator), start=1):
                yield number, tuple(_AS_TEXT.sub(r"\1", cell) for cell in row[:MOST_COLUMNS])
        except csv.Error as error:
            raise SheetRefused(why="broken") from error

    def _filled(self, name: str) -> Iterator[tuple[int, Row]]:
        sheet = next((one for one in self._workbook.worksheets if one.title == name), None)
        if sheet is None:
            raise SheetRefused(why="no_sheet")
        try:
            merged = _Merged(_ranges(self._body, sheet._worksheet_path))
            sheet.reset_dimensions()  # many programs write A1, and openpyxl would read no further
            for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
                yield number, merged.fill(number, row)
        except SheetRefused:
            raise
        except Exception as error:
            raise SheetRefused(why="broken") from error


def _no_markup(text: str) -> str:
    """Raises SheetRefused for what a table program opens all the same, whatever the file is called."""
    if _MARKUP.match(text):
        raise SheetRefused(why="markup")
    return text


class _Merged:
    """Gives each cell of a merged range its first cell's value, row after row."""

    def __init__(self, ranges: set[tuple[int, int, int, int]]) -> None:
        self._ahead = sorted(ranges, reverse=True)
        self._open: list[tuple[int, int, int, Value]] = []

    def fill(self, number: int, row: Row) -> Row:
        while self._ahead and self._ahead[-1][0] <= number:
            _, left, last, right = self._ahead.pop()
            self._open.append((last, left, right, row[left] if left < len(row) else None))
        self._open = [one for one in self._open if one[0] >= number]
        if not self._open:
            return row
        filled = list(row)
        for _, left, right, value in self._open:
            filled[left : right + 1] = [value] * len(filled[left : right + 1])
        return tuple(filled)


def _ranges(body: bytes, path: str) -> set[tuple[int, int, int, int]]:
    """(first row, left, last row, right) of the sheet's merged ranges, columns from 0. They stand after the rows,
    where openpyxl doesn't read when it streams."""
    found: set[tuple[int, int, int, int]] = set()
    with zipfile.ZipFile(BytesIO(body)) as archive, archive.open(path.lstrip("/")) as part:
        before = b""
        for piece in iter(lambda: part.read(PIECE), b""):
            for left, first, right, last in _MERGED.findall(before + piece):
                columns = (column_index_from_string(one.decode()) - 1 for one in (left, right))
                found.add((int(first), next(columns), int(last), next(columns)))
            before = piece[-LONGEST_TAG:]
    return found


def _check_parts(body: bytes) -> None:
    """Raises SheetRefused for what would unpack to too much, macros, or no workbook at all. What a part says of its
    size is all that is ever unpacked of it."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise SheetRefused(why="broken") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetRefused(why="too_large")
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise SheetRefused(why="macros")
    if "xl/workbook.xml" not in names:
        raise SheetRefused(why="not_a_sheet")
