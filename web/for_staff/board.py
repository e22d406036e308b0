"""The first board: postings, invitations and accepted seats by county, town and day, and the rows behind each figure.

Work is counted on the day on which it starts. An accepted seat is L1 of the evidence ladder, never called employment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from web.auth import may_enter, staff, viewer
from web.drawings import CountyValue, county_tile_map, spark_bars
from web.filters import count, month_day
from web.for_staff import reads
from web.for_staff.blueprint import page, pages, place_name
from web.for_staff.reads import Where
from web.for_staff.todos import todos
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import NotFound
from zero_work_market.ground.paging import Page
from zero_work_market.market.search.queries import jobs_of
from zero_work_market.market.search.rules import days_between
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.queries import ShownWorker, shown_workers
from zero_work_market.reference.regions.queries import counties, region, tiles, towns
from zero_work_market.reference.regions.rules import CITY, covers, level_of
from zero_work_market.statistics.seats.queries import AcceptedSeat, Counts, accepted_seats, by_day, by_place, total

AHEAD, BACK, FARTHEST = 7, 14, 400
LONGEST_NAME = 6


@dataclass(frozen=True)
class Span:
    """The days that a board counts, and how an address says them."""

    first: date
    last: date
    asked: str

    @property
    def said(self) -> str:
        """ "11 月 23 日到 11 月 29 日" """
        return month_day(self.first) if self.first == self.last else f"{month_day(self.first)}到 {month_day(self.last)}"


@dataclass(frozen=True)
class Line:
    """A county or town of the board's table; `open` if the viewer may see the whole of it."""

    code: str
    name: str
    counts: Counts
    open: bool

    @property
    def share(self) -> int:
        """Percent of the seats that are taken."""
        return round(100 * self.counts.accepted / self.counts.seats) if self.counts.seats else 0


@pages.get("")
@may_enter(staff(Permission.BOARD))
def board() -> str:
    """`place` narrows one's own regions to one of them. Raises OutOfScope."""
    now, span = clock.now(), _span()
    where = _where(span)
    if where.villages:
        return _village_board(where, span)
    split, days = _split(where.towns), _days(where)
    with transaction(read_only=True) as session:
        places = by_place(session, level=split, **days) if split else {}
        lines = [_line(code, places) for code in _parts(where.towns, split)]
        seats = None if split else _seats(session, where, 1)
        shown: dict[str, Any] = {
            "summed": total(session, **days), "by_day": _every_day(by_day(session, **days), where),
            "states": reads.employer_states(session, where.towns), "sparks": _sparks(session, where.towns, now),
            "todos": None if _place() else todos(session, now),
            "seats": seats, "people": _people(session, seats.rows) if seats else {},
        }  # fmt: skip
    if CITY in where.towns:
        bounds = _bounds(lines)
        shown |= {"map": county_tile_map([_tile(line) for line in lines], bounds, "%"), "bounds": bounds}
    return page("board", "board", at=_place(), span=span, kept=_kept(), split=split, lines=lines, **shown)


@pages.get("/rows/<kind>")
@may_enter(staff(Permission.BOARD))
def rows(kind: str) -> str:
    """What a figure of the board is made of. Raises NotFound, OutOfScope."""
    span = _span()
    where, number = _where(span), max(1, request.args.get("page", 1, type=int))
    with transaction(read_only=True) as session:
        if kind == "seats":
            found: Page[Any] = _seats(session, where, number)
            shown: dict[str, Any] = {"people": _people(session, found.rows)}
        elif kind == "invitations":
            found = reads.invitations(session, where, number=number)
            shown = {"people": _people(session, found.rows)}
        elif kind == "postings" and where.towns:
            found = reads.postings(session, where, number=number)
            shown = {"jobs": jobs_of(session, found.rows)}
        else:
            raise NotFound(what="rows")
    return page("rows", "board", at=_place(), kind=kind, span=span, kept=_kept(), found=found, **shown)


@pages.get("/rows/employers")
@may_enter(staff(Permission.BOARD))
def seated_employers() -> str:
    """The employers behind the board's count of them, by state. Raises OutOfScope."""
    asked = request.args.get("state", "")
    state = Verification(asked) if asked in set(Verification) else Verification.VERIFIED
    where, number = _where(_span()), max(1, request.args.get("page", 1, type=int))
    with transaction(read_only=True) as session:
        found = reads.employers(session, where.towns, state=state, number=number)
        states = reads.employer_states(session, where.towns)
    return page("seated", "board", at=_place(), found=found, states=states, state=state, kept=_kept())


def _village_board(where: Where, span: Span) -> str:
    with transaction(read_only=True) as session:
        seats = reads.village_seats(session, where, number=1)
        shown: dict[str, Any] = {
            "counts": reads.village_counts(session, where), "seats": seats, "people": _people(session, seats.rows),
            "name": "、".join(place_name(session, village) for village in where.villages),
        }  # fmt: skip
    return page("village", "board", at=_place(), span=span, kept=_kept(), **shown)


def _place() -> str | None:
    return request.args.get("place") or None


def _kept() -> dict[str, str]:
    """What the links of a board carry on."""
    return {name: request.args[name] for name in ("place", "days") if request.args.get(name)}


def _span() -> Span:
    """What can't be read, or lies too far away, means the seven days from today."""
    asked, today = request.args.get("days", ""), clock.local_date(clock.now())
    if asked == "past":
        return Span(today - timedelta(days=BACK - 1), today, asked)
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = date.max
    if abs(day - today) <= timedelta(days=FARTHEST):
        return Span(day, day, asked)
    return Span(today, today + timedelta(days=AHEAD - 1), "")


def _where(span: Span) -> Where:
    """The work in one's towns and the regions above; who has villages alone sees their people."""
    place = _place()
    if place:
        viewer().require(Permission.BOARD, place)
    scopes = (place,) if place else viewer().scopes(Permission.BOARD)
    towns = tuple(scope for scope in scopes if level_of(scope) != "village")
    return Where(span.first, span.last, towns=towns, villages=() if towns else scopes)


def _days(where: Where) -> dict[str, Any]:
    return {"scopes": where.towns, "first": where.first, "last": where.last}


def _every_day(found: dict[date, Counts], where: Where) -> list[tuple[date, Counts]]:
    """In order, those without any work too."""
    return [(day, found.get(day, Counts())) for day in days_between(where.first, where.last)]


def _split(scopes: tuple[str, ...]) -> str | None:
    """By what a board's figures are told apart: "county", "town", or None for a single town."""
    levels = [level_of(scope) for scope in scopes]
    if "city" in levels or levels.count("county") > 1:
        return "county"
    return "town" if "county" in levels or len(scopes) > 1 else None


def _parts(scopes: tuple[str, ...], split: str | None) -> list[str]:
    """Codes of the counties or towns in `scopes`, those without any figure too."""
    if split is None:
        return []
    below = [counties()] + [towns(county.code) for county in counties()]
    every = below[0] if split == "county" else [town for each in below[1:] for town in each]
    return [one.code for one in every if any(covers(scope, one.code) or covers(one.code, scope) for scope in scopes)]


def _line(code: str, places: dict[str, Counts]) -> Line:
    here = region(code)
    name = here.name if len(here.name) <= LONGEST_NAME else here.short
    return Line(code, name, places.get(code, Counts()), viewer().may(Permission.BOARD, code))


def _seats(session: Session, where: Where, number: int) -> Page[AcceptedSeat]:
    if where.villages:
        return reads.village_seats(session, where, number=number)
    held = total(session, **_days(where)).accepted
    number = min(number, -(-held // reads.PAGE) or 1)
    found = accepted_seats(session, limit=reads.PAGE, offset=(number - 1) * reads.PAGE, **_days(where))
    return Page(tuple(found), number, reads.PAGE, held)


def _people(session: Session, found: Iterable[AcceptedSeat | reads.Invitation]) -> dict[int, ShownWorker]:
    return shown_workers(session, {row.worker_id for row in found})


def _sparks(session: Session, scopes: tuple[str, ...], now: datetime) -> dict[str, Markup]:
    """Each figure by day over the two weeks that end today."""
    today = clock.local_date(now)
    days = days_between(today - timedelta(days=BACK - 1), today)
    found = by_day(session, scopes=scopes, first=days[0], last=today)
    told = {"postings": "开工的活", "invitations": "邀请", "accepted": "接单"}
    return {
        name: _spark([getattr(found.get(day, Counts()), name) for day in days], days[0], said)
        for name, said in told.items()
    }


def _spark(values: list[int], first: date, said: str) -> Markup:
    return spark_bars(values, month_day(first), f"今天 {count(values[-1])}", f"近两周每天的{said}，今天 {values[-1]}")


def _bounds(lines: list[Line]) -> list[int]:
    """Shares between the five shades of the map: even steps of whole fives up to the highest."""
    step = max(5, -(-max(line.share for line in lines) // 25) * 5)
    return [step * times for times in range(1, 5)]


def _tile(line: Line) -> CountyValue:
    col, row = tiles()[line.code]
    href = url_for("staff.board", place=line.code, days=request.args.get("days"))
    sub = f"{line.counts.accepted} / {line.counts.seats}"
    return CountyValue(line.code, line.name, col, row, line.share, sub, href)
