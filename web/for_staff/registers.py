"""What counts the figures outside the ladder, every house's together; what its rows are called and where they open."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from flask import url_for

from labor_brands.brands import queries as brands
from web.for_staff.figures import WHY
from web.for_staff.tables import Column, Kind, Row, Table, table
from zero_work_market.statistics.cooperation import queries as cooperation
from zero_work_market.statistics.indicators import queries
from zero_work_market.statistics.indicators.rules import Tile
from zero_work_market.statistics.registers import queries as market
from zero_work_market.statistics.registers.queries import Register
from zero_work_market.statistics.registers.rules import RegisterRow
from zero_work_market.statistics.training import queries as training

REGISTERS: Mapping[str, Register] = {
    **market.REGISTERS, **training.REGISTERS, **brands.REGISTERS, "poverty_work": cooperation.REGISTER,
}  # fmt: skip
"""By the figure's name in the plan's `counted_by`."""
board = partial(queries.board, registers=REGISTERS)
tile = partial(queries.tile, registers=REGISTERS)
lines = partial(queries.lines, registers=REGISTERS)
register_rows = partial(queries.register_rows, registers=REGISTERS)
OPENS: dict[str, Callable[[RegisterRow], str]] = {
    "county": lambda row: url_for("staff.dashboard", place=row.id),
    "case": lambda row: url_for("staff.case", case_id=row.id),
    "placement": lambda row: url_for("staff.placement", placement_id=row.id),
    "enrolment": lambda row: url_for("staff.enrolment", enrolment_id=row.id),
    "course": lambda row: url_for("everyone.course", course_id=row.id),
    "brand": lambda row: url_for("staff.brand", brand=row.id),
}
"""By the row's kind, the address of its own page."""
HEADS = {
    "gig_markets": ("县市区", "", "头一回发活"), "open_cases": ("案号", "告的哪家", "哪天立的"),
    "poverty_work": ("姓名", "老家，在哪家干", "哪天干满三个月"),
    "trainings": ("谁", "哪个班", "哪天结班"), "flagship_courses": ("哪门课", "县市区", "哪天定的"),
    "brands": ("品牌", "谁建的", "哪天认定的"),
}  # fmt: skip
"""By figure: what its rows are, what is told of them, what their day is."""


def why_said(row: RegisterRow) -> str:
    """ "今年没发过活"; empty for one that counts."""
    name, *told = row.why_out or ("",)
    return WHY[str(name)].format(*told) if name else ""


def row_table(tile: Tile, rows: Iterable[RegisterRow]) -> Table:
    """The rows behind a figure, as the page and the spreadsheet have them."""
    name, told, day = HEADS.get(tile.indicator.counted_by or "", ("", "", ""))
    columns = Column(name, Kind.TEXT), Column(told, Kind.TEXT), Column(day, Kind.DAY), Column("算不算", Kind.TEXT)

    def made(row: RegisterRow) -> Row:
        counts = f"不算，{why_said(row)}" if row.why_out else "算"
        return Row((row.name, row.told or None, row.day, counts), href=OPENS[row.kind](row), out=bool(row.why_out))

    return table(tile.indicator.name, columns, map(made, rows))
