"""The plan's five tabs: every figure against its target, and opened down to its persons."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from web.auth import may_enter, staff, viewer
from web.drawings import CountyValue, county_tile_map
from web.for_staff import figures, reads
from web.for_staff.blueprint import page, pages, place_name
from web.for_staff.registers import board, lines, register_rows, row_table
from web.for_staff.registers import tile as read_tile
from web.for_staff.tables import Table, shown
from web.for_staff.todos import todos
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.paging import Page
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.queries import tiles as places
from zero_work_market.reference.regions.rules import CITY, level_of
from zero_work_market.rights.wages.queries import risk_sums
from zero_work_market.rights.wages.rules import Lamp
from zero_work_market.statistics.indicators.queries import ladder, opens_into, persons
from zero_work_market.statistics.indicators.rules import Line, PersonRow, Tile
from zero_work_market.statistics.targets.queries import indicator as indicator_of
from zero_work_market.statistics.targets.queries import steps
from zero_work_market.statistics.targets.rules import TABS

FIRST_YEAR = 2023
"""The plan's."""
LONGEST_NAME = 6
LADDER_TAB, RED_TAB = "就业", "权益"


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a region of the viewer's, a year, a tab."""

    region: str
    year: int
    tab: str
    today: date

    @property
    def level(self) -> str:
        return level_of(self.region)

    @property
    def kept(self) -> dict[str, Any]:
        """What links carry on."""
        return {"place": self.region, "year": self.year}

    @property
    def is_over(self) -> bool:
        return self.year < self.today.year

    @property
    def years(self) -> range:
        return range(self.today.year, FIRST_YEAR - 1, -1)

    @property
    def when(self) -> dict[str, Any]:
        return {"year": self.year, "today": self.today}


def asked(tab: str | None = None) -> Asked:
    """`place`, `year` and `tab` of the address; what can't be read means one's own, this year's, the first.

    Raises OutOfScope, UnknownRegion.
    """
    place, today = request.args.get("place"), clock.local_date(clock.now())
    if place:
        viewer().require(Permission.BOARD, place)
    year, named = request.args.get("year", today.year, type=int), tab or request.args.get("tab")
    return Asked(
        region=place or viewer().scopes(Permission.BOARD)[0],
        year=year if FIRST_YEAR <= year <= today.year else today.year,
        tab=named if named in TABS else TABS[0],
        today=today,
    )


@pages.context_processor
def words() -> dict[str, Any]:
    """What templates call to say figures."""
    return {"figures": figures, "cell": shown}


@pages.get("/plan")
@may_enter(staff(Permission.BOARD))
def dashboard() -> str:
    """A tab's figures; of one of them every county, and what is to be done today. Raises OutOfScope."""
    here = asked()
    if "print" in request.args:
        return _printed(here)
    with transaction(read_only=True) as session:
        tiles = board(session, region=here.region, tab=here.tab, **here.when)
        chosen, following = _chosen(tiles)
        below = lines(session, region=here.region, indicator=chosen.indicator.key, **here.when)
        found = {
            "rungs": ladder(session, year=here.year, region=here.region) if here.tab == LADDER_TAB else None,
            "red": _red(session, here),
            "todos": None if request.args.get("place") else todos(session, clock.now()),
            "name": place_name(session, here.region),
            "scopes": [(code, place_name(session, code)) for code in viewer().scopes(Permission.BOARD)],
        }  # fmt: skip
    return page(
        "dashboard", "dashboard", at=here.region, to=_to_dashboard(here), here=here, tiles=tiles, chosen=chosen,
        all_tabs=TABS, steps=steps(), red_tab=RED_TAB, following=following, places=line_table(here, chosen, below),
        **_map(here, chosen, below), **found,
    )  # fmt: skip


@pages.get("/plan/<indicator>")
@may_enter(staff(Permission.BOARD))
def figure(indicator: str) -> str:
    """One figure of a region, and what it is of each part of the region. Raises OutOfScope, UnknownIndicator."""
    here = asked(indicator_of(indicator).tab)
    with transaction(read_only=True) as session:
        tile = tile_of(session, here, indicator)
        below = lines(session, region=here.region, indicator=indicator, **here.when)
        name = place_name(session, here.region)
    return page(
        "figure", "dashboard", at=here.region, to=_to_figure(here, indicator), here=here, tile=tile, name=name,
        opens=opens_into(tile.indicator) if tile.done is not None else None, places=line_table(here, tile, below),
        **_map(here, tile, below),
    )  # fmt: skip


@pages.get("/plan/<indicator>/persons")
@may_enter(staff(Permission.BOARD))
def counted_persons(indicator: str) -> str:
    """Who makes the figure; with `out` who doesn't, and why not. Raises OutOfScope, UnknownIndicator."""
    here, out = asked(indicator_of(indicator).tab), "out" in request.args
    wanted: dict[str, Any] = {"year": here.year, "region": here.region, "indicator": indicator}
    with transaction(read_only=True) as session:
        tile = tile_of(session, here, indicator)
        number = max(1, request.args.get("page", 1, type=int))
        found = persons(session, counted=not out, number=number, **wanted)
        others = persons(session, counted=out, number=1, **wanted).total
        employers, name = employers_of(session, found), place_name(session, here.region)
    return page(
        "persons", "dashboard", at=here.region, to=_to_figure(here, indicator), here=here, tile=tile, name=name,
        found=found, totals=(others, found.total) if out else (found.total, others), out=out, employers=employers,
    )  # fmt: skip


@pages.get("/plan/<indicator>/rows")
@may_enter(staff(Permission.BOARD))
def counted_rows(indicator: str) -> str:
    """What makes a figure outside the ladder; with `out` what doesn't, and why not. Raises as `counted_persons`."""
    here, out = asked(indicator_of(indicator).tab), "out" in request.args
    wanted: dict[str, Any] = {"year": here.year, "region": here.region, "indicator": indicator}
    with transaction(read_only=True) as session:
        tile = tile_of(session, here, indicator)
        found = register_rows(session, counted=not out, number=request.args.get("page", 1, type=int), **wanted)
        others = register_rows(session, counted=out, number=1, **wanted).total
        name = place_name(session, here.region)
    return page(
        "rows_counted", "dashboard", at=here.region, to=_to_figure(here, indicator), here=here, tile=tile, name=name,
        found=found, rows=row_table(tile, found.rows), out=out,
        totals=(others, found.total) if out else (found.total, others),
    )  # fmt: skip


def tile_of(session: Session, here: Asked, indicator: str) -> Tile:
    return read_tile(session, region=here.region, indicator=indicator, **here.when)


def line_table(here: Asked, tile: Tile, below: Iterable[Line]) -> Table | None:
    """What the figure is of each part of the region, each opening; None of a village, which has no parts."""
    if here.level not in figures.PLACES:
        return None
    hrefs = {line.region: _to_figure(here, tile.indicator.key)(line.region) for line in below}
    return figures.line_table(tile, below, hrefs, level=here.level, **here.when)


def employers_of(session: Session, found: Page[PersonRow]) -> dict[int, str]:
    return reads.employers_of_placements(session, [row.placement_id for row in found.rows])


def sections(session: Session, here: Asked) -> list[tuple[Tile | None, Table]]:
    """All of a tab, for the print and the spreadsheet: its figures, each by place, and the ladder."""
    tiles = board(session, region=here.region, tab=here.tab, **here.when)
    made: list[tuple[Tile | None, Table]] = [(None, figures.board_table(here.tab, tiles))]
    for tile in tiles:
        if tile.done is not None:
            below = lines(session, region=here.region, indicator=tile.indicator.key, **here.when)
            made += [(tile, by_place)] if (by_place := line_table(here, tile, below)) else []
    if here.tab == LADDER_TAB:
        made.append((None, figures.ladder_table(ladder(session, year=here.year, region=here.region))))
    return made


def _printed(here: Asked) -> str:
    with transaction(read_only=True) as session:
        made, name = sections(session, here), place_name(session, here.region)
    return page("print", "dashboard", at=here.region, here=here, sections=made, name=name)


def _chosen(tiles: list[Tile]) -> tuple[Tile, str]:
    """The figure that is shown by place: the one asked for, else the first that is behind; and what comes after it."""
    asked_for = request.args.get("indicator")
    told = [tile for tile in tiles if tile.done is not None] or tiles
    by_urgency = sorted(told, key=lambda tile: (tile.indicator.key != asked_for, not tile.is_behind))
    chosen = by_urgency[0]
    return chosen, told[(told.index(chosen) + 1) % len(told)].indicator.key


def _map(here: Asked, tile: Tile, below: list[Line]) -> Mapping[str, Any]:
    """Of the city alone: the counties as tiles, and the steps of their shades."""
    if here.region != CITY or tile.done is None:
        return {"map": None, "bounds": []}
    bounds, unit = figures.map_bounds(tile, below, **here.when), "%" if any(line.share for line in below) else ""
    drawn = county_tile_map([_county(here, tile, line, unit) for line in below], bounds, unit)
    return {"map": drawn, "bounds": bounds, "unit": unit}


def _county(here: Asked, tile: Tile, line: Line, unit: str) -> CountyValue:
    col, row = places()[line.region]
    value, sub = line.done or 0, ""
    if unit and (whole := line.of if tile.indicator.is_share else line.target):
        sub = f"{value:,} / {whole:,}"
        value = min(round(line.share or 0), 99) if value < whole else round(line.share or 0)
    elif unit:
        sub, value = f"{value:,}", 0
    name = line.name if len(line.name) <= LONGEST_NAME else region(line.region).short
    return CountyValue(line.region, name, col, row, value, sub, _to_figure(here, tile.indicator.key)(line.region))


def _red(session: Session, here: Asked) -> int:
    """Wages on a red lamp."""
    sums = risk_sums(session, scopes=[here.region], today=here.today).values()
    return sum(lamps.get(Lamp.RED, (0, 0))[0] for lamps in sums) if here.level in ("city", "county") else 0


def _to_dashboard(here: Asked) -> Callable[[str], str]:
    return lambda code: url_for("staff.dashboard", place=code, year=here.year, tab=here.tab)


def _to_figure(here: Asked, indicator: str) -> Callable[[str], str]:
    return lambda code: url_for("staff.figure", indicator=indicator, place=code, year=here.year)
