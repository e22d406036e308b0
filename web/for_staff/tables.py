"""Tables of figures: the screen, the print and the spreadsheet show the same rows, to the digit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from web.filters import month_day

NOTHING = "—"
Value = str | int | float | date | None


class Kind(Enum):
    """How a value is shown, and the number format by which a spreadsheet shows the same."""

    TEXT = "@"
    COUNT = "#,##0"
    PERCENT = '#,##0.0"%"'
    WHOLE = '0"%"'
    """A share that is asked for."""
    PACE = '"多 "#,##0;"少 "#,##0;0'
    """Against the year's pace."""
    DAY = 'yyyy" 年 "m" 月 "d" 日"'

    @property
    def is_figure(self) -> bool:
        return self in (Kind.COUNT, Kind.PERCENT, Kind.WHOLE, Kind.PACE)


@dataclass(frozen=True)
class Column:
    head: str
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Row:
    """Values by column; `href` opens the row, `out`: it doesn't count."""

    values: tuple[Value, ...]
    href: str | None = None
    out: bool = False


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foot: Row | None = None
    """The whole that the rows are part of; not always their sum."""


def table(title: str, columns: Sequence[Column], rows: Iterable[Row], foot: Row | None = None) -> Table:
    """Without the columns of which no row has a value."""
    kept = list(rows)
    told = [at for at in range(len(columns)) if not kept or any(row.values[at] is not None for row in kept)]
    return Table(
        title, tuple(columns[at] for at in told), tuple(_only(row, told) for row in kept), foot and _only(foot, told)
    )


def shown(value: Value, kind: Kind) -> str:
    """ "1,503", "97.0%", "少 261", "2023 年 6 月 6 日"; what isn't known is a dash."""
    if value is None:
        return NOTHING
    if isinstance(value, date):
        return f"{value.year} 年 {month_day(value)}"
    if isinstance(value, str):
        return value
    if kind is Kind.PACE:
        return f"{'多' if value > 0 else '少'} {abs(value):,}" if value else "0"
    if kind is Kind.PERCENT:
        return f"{value:,.1f}%"
    return f"{value}%" if kind is Kind.WHOLE else f"{value:,}"


def _only(row: Row, told: Sequence[int]) -> Row:
    return Row(tuple(row.values[at] for at in told), row.href, row.out)
