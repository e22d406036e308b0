"""The sheet that every paper is drawn on: A4, one Chinese font, a rule under the title, the page's number at the foot.

What a paper shows stands from the top down: `heading`, `text`, `pairs`, `table`, `signatures`, `code`. Equal papers are
equal to the byte: the file's date is the paper's own.
"""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import segno
import structlog
from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from web.filters import day_long
from web.papers.lines import broken
from zero_work_market.ground.settings import settings

FONT = Path(__file__).parent / "font" / "NotoSansCJKsc-Regular.subset.otf"
FAMILY = "paper"
PAGES = "##"
"""In a cell of fpdf's, it becomes the number of pages."""
UNKNOWN = "〓"
"""Stands for a character that the font lacks."""
MARGIN_MM, TOP_MM, BOTTOM_MM = 20.0, 18.0, 20.0
TITLE, HEADING, BODY, SMALL = 18.0, 12.5, 10.5, 8.5
"""Sizes in points."""
LEADING = 1.6
MM_IN_POINT = 25.4 / 72
INK, SOFT, LINE, WASH = (26, 35, 38), (65, 75, 77), (139, 138, 130), (241, 238, 231)
PAD_MM = (64.0, 25.6)
"""Width and height of a signature's field, in the ratio of the one on the screen."""

Stroke = Sequence[Sequence[float]]
"""Points [x, y, …] in thousandths of the field's width."""
log = structlog.get_logger(__name__)


class Signed(NamedTuple):
    """A signature as it is drawn: who signs, the strokes (none: an empty field), the lines under it."""

    who: str
    strokes: Sequence[Stroke]
    lines: Sequence[str]


class _Pages(FPDF):
    """Pages whose foot is drawn as each of them ends."""

    foot: Callable[[], None]

    def footer(self) -> None:
        self.foot()


class Sheet:
    """A paper that grows downward, over as many pages as it needs.

    `at` is the paper's own time, by which the file is dated; `number` is shown beside the title and on every page.
    """

    def __init__(self, title: str, *, at: datetime, number: str = "", landscape: bool = False) -> None:
        self._pdf = _Pages(orientation="landscape" if landscape else "portrait", format="A4")
        self._pdf.foot = self._foot
        self._pdf.alias_nb_pages(PAGES)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margins(0, 0)
        self._pdf.c_margin = 0
        self._pdf.add_font(FAMILY, fname=FONT)
        font = self._pdf.fonts[FAMILY]
        assert isinstance(font, TTFFont)
        self._known = font.cmap.keys()
        self._pdf.set_creation_date(at)
        self._pdf.set_title(self._drawable(" ".join([title, number]).strip()))
        self._pdf.set_producer("Leye")
        self._pdf.set_lang("zh-CN")
        self._at, self._number = at, number
        self._y = TOP_MM
        self.page(title)

    @property
    def width(self) -> float:
        """Between the margins, in mm."""
        return self._pdf.w - 2 * MARGIN_MM

    def page(self, title: str) -> None:
        """Begin a new page under a title: the next document of a pack."""
        self._title = title
        self._new_page()
        number_width = self._measured(self._number, SMALL) + 4 if self._number else 0
        lines = broken(self._drawable(title), width=self.width - number_width, measured=self._by(TITLE))
        if self._number:
            self._put(self._number, MARGIN_MM, self._y + 3, SMALL, soft=True, width=self.width, right=True)
        for line in lines:
            self._put(line, MARGIN_MM, self._y, TITLE, bold=True)
            self._y += _height(TITLE, 1.35)
        self._rule(self._y + 1, INK, 0.6)
        self._y += 5

    def heading(self, words: str) -> None:
        """A part's own heading, never left alone at a page's foot."""
        self._room(_height(HEADING) + 2 * _height(BODY) + 3)
        self._y += 3
        self._write(words, HEADING, bold=True)
        self._y += 1

    def text(self, words: str, *, bold: bool = False, soft: bool = False, indent: float = 0) -> None:
        """A paragraph, small when it is `soft`; `indent` in mm."""
        self._write(words, SMALL if soft else BODY, bold=bold, soft=soft, indent=indent)
        self._y += 1.2

    def keep(self, mm: float) -> None:
        """Go on to the next page unless so much is left on this one, so that what follows stays together."""
        self._room(mm)

    def space(self, mm: float = 4) -> None:
        self._y += mm

    def pairs(self, rows: Iterable[tuple[str, str]], *, name_mm: float = 34) -> None:
        """A ruled slip: name left, what it is right."""
        for name, said in rows:
            names = self._lines(name, BODY, name_mm - 3)
            lines = self._lines(said, BODY, self.width - name_mm)
            self._room(max(len(names), len(lines)) * _height(BODY) + 3)
            top = self._y + 1.5
            for number, line in enumerate(names):
                self._put(line, MARGIN_MM, top + number * _height(BODY), BODY, soft=True)
            for number, line in enumerate(lines):
                self._put(line, MARGIN_MM + name_mm, top + number * _height(BODY), BODY)
            self._y = top + max(len(names), len(lines)) * _height(BODY) + 1.5
            self._rule(self._y, LINE, 0.15)
        self._y += 2

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float],
        right: Collection[int] = (),
        total: Sequence[str] | None = None,
        size: float = 9.5,
    ) -> None:
        """Rows under their heads, which come again on every page; `widths` are shares, columns in `right` end right."""
        columns = [self.width * share / sum(widths) for share in widths]
        self._room(3 * _height(size) + 6)
        self._row(heads, columns, right, size, bold=True, filled=True)
        for row in [*rows, *([total] if total is not None else [])]:
            if self._row_height(row, columns, size) > self._left():
                self._continue()
                self._row(heads, columns, right, size, bold=True, filled=True)
            self._row(row, columns, right, size, bold=row is total, filled=row is total)
        self._y += 3

    def signatures(self, signed: Sequence[Signed]) -> None:
        """Signatures side by side, as many as fit in a line, each drawn from its strokes in a ruled field."""
        across = int(self.width // (PAD_MM[0] + 12))
        step = self.width / across
        for begin in range(0, len(signed), across):
            beside = signed[begin : begin + across]
            over = [self._lines(one.who, BODY, step - 6) for one in beside]
            under = [self._under(one.lines, step - 6) for one in beside]
            names = max(map(len, over)) * _height(BODY)
            height = names + PAD_MM[1] + 3 + max(map(len, under)) * _height(SMALL)
            self._room(height)
            for column, one in enumerate(beside):
                self._signature(one, over[column], under[column], MARGIN_MM + column * step, self._y + names)
            self._y += height + 3

    def code(self, address: str, words: str, *, size_mm: float = 24) -> None:
        """A QR code of `address` with words beside it."""
        self._room(size_mm + 2)
        top, matrix = self._y, segno.make(address, error="m").matrix
        module = size_mm / len(matrix)
        self._pdf.set_fill_color(*INK)
        for row, cells in enumerate(matrix):
            for first, length in _runs(cells):
                self._pdf.rect(MARGIN_MM + first * module, top + row * module, length * module, module, "F")
        for number, line in enumerate(self._lines(words, SMALL, self.width - size_mm - 5)):
            self._put(line, MARGIN_MM + size_mm + 5, top + number * _height(SMALL), SMALL, soft=True)
        self._y = top + size_mm + 3

    def output(self) -> bytes:
        """The file's bytes; nothing can be added after."""
        return bytes(self._pdf.output())

    def _new_page(self) -> None:
        self._pdf.add_page()
        self._y = TOP_MM
        if settings().demo:
            self._put("演示数据", MARGIN_MM, 8, SMALL, soft=True, width=self.width, right=True)

    def _continue(self) -> None:
        """The next page of the same document."""
        self._new_page()
        self._put(f"{self._title}（续）", MARGIN_MM, self._y - 6, SMALL, soft=True)
        self._rule(self._y, LINE, 0.15)
        self._y += 4

    def _foot(self) -> None:
        top = self._pdf.h - BOTTOM_MM + 6
        self._rule(top, LINE, 0.15)
        said = " · ".join(part for part in ("乐业零工市场", self._number, day_long(self._at)) if part)
        self._put(said, MARGIN_MM, top + 1.5, SMALL, soft=True)
        self._pdf.set_xy(MARGIN_MM, top + 1.5 + 0.06 * SMALL * MM_IN_POINT)
        paged = f"第 {self._pdf.page_no()} 页，共 {PAGES} 页"
        self._pdf.cell(self.width, _height(SMALL), paged, align="R")

    def _left(self) -> float:
        return self._pdf.h - BOTTOM_MM - self._y

    def _room(self, height: float) -> None:
        if height > self._left():
            self._continue()

    def _write(self, words: str, size: float, *, bold: bool = False, soft: bool = False, indent: float = 0) -> None:
        for line in self._lines(words, size, self.width - indent):
            self._room(_height(size))
            self._put(line, MARGIN_MM + indent, self._y, size, bold=bold, soft=soft)
            self._y += _height(size)

    def _row_height(self, row: Sequence[str], columns: Sequence[float], size: float) -> float:
        lines = max(len(self._lines(cell, size, width - 3)) for cell, width in zip(row, columns, strict=True))
        return lines * _height(size, 1.4) + 2.4

    def _row(
        self,
        row: Sequence[str],
        columns: Sequence[float],
        right: Collection[int],
        size: float,
        *,
        bold: bool = False,
        filled: bool = False,
    ) -> None:
        height, x = self._row_height(row, columns, size), MARGIN_MM
        if filled:
            self._pdf.set_fill_color(*WASH)
            self._pdf.rect(MARGIN_MM, self._y, self.width, height, "F")
        for column, (cell, width) in enumerate(zip(row, columns, strict=True)):
            for number, line in enumerate(self._lines(cell, size, width - 3)):
                top = self._y + 1.2 + number * _height(size, 1.4)
                self._put(line, x + 1.5, top, size, bold=bold, width=width - 3, right=column in right, leading=1.4)
            x += width
        self._y += height
        self._rule(self._y, LINE, 0.15)

    def _signature(self, one: Signed, over: Sequence[str], under: Sequence[str], x: float, top: float) -> None:
        """`top`: of the field; who signs stands on it, what is said of the signature under it."""
        for number, line in enumerate(over):
            self._put(line, x, top + (number - len(over)) * _height(BODY), BODY, bold=True)
        self._pdf.set_draw_color(*LINE)
        self._pdf.set_line_width(0.15)
        self._pdf.rect(x, top, *PAD_MM)
        self._pdf.set_draw_color(*INK)
        self._pdf.set_line_width(0.5)
        scale = PAD_MM[0] / 1000
        for stroke in one.strokes:
            points = [(x + point[0] * scale, top + point[1] * scale) for point in stroke]
            self._pdf.polyline(points if len(points) > 1 else points * 2)
        for number, line in enumerate(under):
            self._put(line, x, top + PAD_MM[1] + 1.5 + number * _height(SMALL), SMALL, soft=True)

    def _under(self, lines: Sequence[str], width: float) -> list[str]:
        return [part for line in lines for part in self._lines(line, SMALL, width)]

    def _rule(self, y: float, color: tuple[int, int, int], width: float) -> None:
        self._pdf.set_draw_color(*color)
        self._pdf.set_line_width(width)
        self._pdf.line(MARGIN_MM, y, MARGIN_MM + self.width, y)

    def _put(
        self,
        words: str,
        x: float,
        y: float,
        size: float,
        *,
        bold: bool = False,
        soft: bool = False,
        width: float = 0,
        right: bool = False,
        leading: float = LEADING,
    ) -> None:
        """One line, its top at `y`."""
        words = self._drawable(words)
        if not words:
            return
        self._pdf.set_font(FAMILY, size=size)
        self._pdf.set_text_color(*(SOFT if soft else INK))
        if right:
            x += width - self._measured(words, size)
        with self._weight(bold, size):
            self._pdf.text(x, y + (leading * 0.5 + 0.36) * size * MM_IN_POINT, words)

    @contextmanager
    def _weight(self, bold: bool, size: float) -> Iterator[None]:
        """Bold is the outline drawn too: one font is enough."""
        if not bold:
            yield
            return
        with self._pdf.local_context(
            text_mode=TextMode.FILL_STROKE, line_width=0.03 * size * MM_IN_POINT, draw_color=INK
        ):
            yield

    def _lines(self, words: str, size: float, width: float) -> list[str]:
        return broken(self._drawable(words), width=width, measured=self._by(size))

    def _by(self, size: float) -> functools.partial[float]:
        return functools.partial(self._measured, size=size)

    def _measured(self, words: str, size: float) -> float:
        """Width of a line in mm."""
        self._pdf.set_font(FAMILY, size=size)
        return self._pdf.get_string_width(words)

    def _drawable(self, words: str) -> str:
        """`words` with what the font lacks shown as missing, for a name must not lose a character unseen."""
        missing = {one for one in words if one != "\n" and ord(one) not in self._known}
        if missing:
            log.warning("paper.character_missing", characters=sorted(f"U+{ord(one):04X}" for one in missing))
        return "".join(UNKNOWN if one in missing else one for one in words)


def _height(size: float, leading: float = LEADING) -> float:
    """Of a line, in mm."""
    return size * leading * MM_IN_POINT


def _runs(cells: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(first, length) of each run of dark cells."""
    first = None
    for at, dark in enumerate([*cells, 0]):
        if dark and first is None:
            first = at
        elif not dark and first is not None:
            yield first, at - first
            first = None
