"""Figures against their targets, and each opened: region → persons → placements → evidence.

A region is a code of the city (370800), a county (6 digits), a town (9) or a village (12); a town's code and 000 is its
bucket of workers who come from elsewhere or named no village. A figure counts work by the local day of its first shift.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, select
from sqlalchemy.orm import Session

from zero_work_market.ground import clock, evidence
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.paging import Page
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.queries import villages
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.reference.regions.queries import counties, towns
from zero_work_market.reference.regions.queries import region as region_of
from zero_work_market.reference.regions.rules import CITY, level_of
from zero_work_market.statistics.indicators.rules import (
    Line,
    Link,
    PersonRow,
    PlacementEvidence,
    PlacementRow,
    Rung,
    Tile,
    why,
)
from zero_work_market.statistics.registers.queries import REGISTERS, Register
from zero_work_market.statistics.registers.rules import Count, RegisterRow, Why
from zero_work_market.statistics.standings.models import Standing
from zero_work_market.statistics.standings.queries import as_rows_say
from zero_work_market.statistics.standings.rules import ELSEWHERE
from zero_work_market.statistics.tallies.queries import Key, Sum, tallies
from zero_work_market.statistics.tallies.rules import RUNGS, SIGNED, STARTED, WHOLE_YEAR, rung
from zero_work_market.statistics.targets.queries import indicator as indicator_of
from zero_work_market.statistics.targets.queries import indicators, targets
from zero_work_market.statistics.targets.rules import Indicator, expected, forecast, gap, gap_of_share, percent

FROM_ELSEWHERE = "别处来的、没填村的"
PERSONS = {rung(level): level for level in RUNGS}
"""Figures in persons, by the rung that they have come to."""
SHARES = {"coverage": (SIGNED, STARTED), "paid_on_time": ("wages_on_time", "wages_due")}
"""Figures that are shares: of which tally of which."""
PAGE = 30
Registers = Mapping[str, Register]
"""What counts the figures outside the ladder, by the figure's name."""


def board(
    session: Session, *, year: int, region: str, tab: str, today: date, registers: Registers = REGISTERS
) -> list[Tile]:
    """The indicators of a tab for a region, in the plan's order. Raises UnknownRegion."""
    return _tiles(session, [one for one in indicators() if one.tab == tab], year, region, today, registers)


def tile(
    session: Session, *, year: int, region: str, indicator: str, today: date, registers: Registers = REGISTERS
) -> Tile:
    """One indicator, or step of the ladder, for a region. Raises UnknownRegion, UnknownIndicator."""
    return _tiles(session, [indicator_of(indicator)], year, region, today, registers)[0]


def lines(
    session: Session, *, year: int, region: str, indicator: str, today: date, registers: Registers = REGISTERS
) -> list[Line]:
    """The indicator for each child of a region: the city's counties, a county's towns, a town's villages.

    Raises UnknownRegion, UnknownIndicator.
    """
    known, below = indicator_of(indicator), children(session, region)
    codes = [code for code, _ in below]
    set_ones = targets(session, year=year, regions=codes)
    counts = _counts(session, year, codes, [known], registers)
    return [
        _line(known, code, name, set_ones.get((code, known.key)), counts.get((code, known.key))) for code, name in below
    ]


def opens_into(known: Indicator) -> str:
    """What makes the figure: "persons", or "rows" of a register."""
    return "persons" if known.counted_by in PERSONS or known.counted_by in SHARES else "rows"


def ladder(session: Session, *, year: int, region: str) -> tuple[Rung, ...]:
    """L1 to L5."""
    kept = tallies(session, year=year, regions=[region], figures=PERSONS)
    return tuple(Rung(*kept.get((region, WHOLE_YEAR, figure), (0, 0))) for figure in PERSONS)


def children(session: Session, region: str) -> list[tuple[str, str]]:
    """Code and name of the regions next below; a village has none. Raises UnknownRegion."""
    level = level_of(region)
    if level == "village":
        return []
    if level == "town":
        named = [(village.code, village.name) for village in villages(session, region_of(region).code)]
        return [*named, (region + ELSEWHERE, FROM_ELSEWHERE)]
    below = counties() if region == CITY else towns(region)
    return [(one.code, one.name) for one in below]


def persons(
    session: Session, *, year: int, region: str, indicator: str, counted: bool, number: int, size: int = PAGE
) -> Page[PersonRow]:
    """Page `number` of the persons that make the figure, or of those left out with the reason: the nearest first.

    Of a share those are left out who are in what it is of, and lack the rest. A figure that isn't of persons has none.
    A page behind the last is the first. Raises UnknownRegion, UnknownIndicator.
    """
    figure = indicator_of(indicator).counted_by or ""
    if figure not in PERSONS and figure not in SHARES:
        return Page(rows=(), number=1, size=size, total=0)
    found = session.execute(_page(year, region, figure, counted, max(number, 1), size)).all()
    if not found and number > 1:
        return persons(session, year=year, region=region, indicator=indicator, counted=counted, number=1, size=size)
    shown = _best(session, year, region, figure, counted, [row.worker_id for row in found])
    return Page(
        rows=tuple(
            PersonRow(
                worker_id=worker, masked_name=mask_name(best.surname), placements=placements, level=best.level,
                day=best.day, placement_id=best.placement_id, sum=int(amount),
                why_out=() if counted else _why_out(figure, best.short_of, int(amount)),
            )
            for worker, amount, _ in found
            for best, placements in (shown[worker],)
        ),
        number=max(number, 1), size=size, total=found[0].total if found else 0,
    )  # fmt: skip


def register_rows(
    session: Session,
    *,
    year: int,
    region: str,
    indicator: str,
    counted: bool,
    number: int,
    size: int = PAGE,
    registers: Registers = REGISTERS,
) -> Page[RegisterRow]:
    """Page `number` of the rows that make a figure which a register counts, or of those left out with the reason.

    Other figures have none. A page behind the last is the first. Raises UnknownRegion, UnknownIndicator.
    """
    level_of(region)
    register = registers.get(indicator_of(indicator).counted_by or "")
    if register is None:
        return Page(rows=(), number=1, size=size, total=0)
    found = register.rows(session, year, region, counted, max(number, 1), size)
    return found if found.rows or number <= 1 else register.rows(session, year, region, counted, 1, size)


def person_placements(session: Session, *, worker_id: int, year: int, region: str) -> list[PlacementRow]:
    """A person's placements in the region and year, the latest first. Raises UnknownRegion."""
    query = (
        select(*Standing.__table__.columns, Posting.title, Employer.short)
        .join(Posting, Posting.id == Standing.posting_id)
        .join(Employer, Employer.id == Standing.employer_id)
        .where(Standing.worker_id == worker_id, *_of_year(year), _inside(region))
        .order_by(Standing.day.desc(), Standing.placement_id.desc())
    )
    return [_placement_row(row._asdict(), row.title, row.short) for row in session.execute(query)]


def placement_evidence(session: Session, placement_id: int) -> PlacementEvidence | None:
    """Where a placement stands by its rows, and every link of evidence of it; None for an unknown placement."""
    said = as_rows_say(session, [placement_id], today=local_date(clock.now())).get(placement_id)
    if said is None:
        return None
    posting = session.get_one(Posting, said["posting_id"])
    worker = session.get_one(Worker, said["worker_id"])
    return PlacementEvidence(
        standing=_placement_row(said, posting.title, posting.employer.short),
        county=said["county"],
        worker_id=worker.id,
        masked_name=mask_name(worker.surname),
        links=tuple(
            Link(link.chain, link.number, link.kind, link.at, link.by_role, json.loads(link.body), link.hash)
            for link in evidence.of_placement(session, placement_id)
        ),
    )


def _tiles(
    session: Session, asked: Collection[Indicator], year: int, region: str, today: date, registers: Registers
) -> list[Tile]:
    below = [county.code for county in counties()] if region_of(region[:9]).code == CITY else []
    set_ones = targets(session, year=year, regions=[region, *below])
    counts = _counts(session, year, [region], asked, registers)
    return [_tile(one, counts.get((region, one.key)), set_ones, region, below, year=year, today=today) for one in asked]


def _tile(
    known: Indicator, count: Count | None, set_ones: dict[tuple[str, str], int], region: str, below: list[str],
    *, year: int, today: date,
) -> Tile:  # fmt: skip
    target = set_ones.get((region, known.key))
    allotted = [set_ones[code, known.key] for code in below if (code, known.key) in set_ones]
    paced = target is not None and not known.is_share and not known.at_most
    done = None if count is None else count.done
    return Tile(
        indicator=known,
        target=target,
        target_sum=sum(allotted) if allotted and not known.is_share else None,
        done=done,
        of=count.of if count else None,
        times=count.times if count else None,
        gap=None if target is None or count is None else _gap(known, count, target),
        expected_today=expected(target, year=year, today=today) if target is not None and paced else None,
        forecast_on=forecast(done or 0, target, year=year, today=today) if target is not None and paced else None,
        months=count.months if count else (),
    )


def _gap(known: Indicator, count: Count, target: int) -> int | None:
    if not known.is_share:
        return gap(count.done, target, at_most=known.at_most)
    return gap_of_share(count.done, count.of, target) if count.of else None


def _line(known: Indicator, code: str, name: str, target: int | None, count: Count | None) -> Line:
    done, of = (count.done, count.of) if count else (None, None)
    whole = of if known.is_share else target
    share = percent(done, whole) if done is not None and whole else None
    return Line(region=code, name=name, target=target, done=done, of=of, share=share)


def _counts(
    session: Session, year: int, codes: Collection[str], asked: Iterable[Indicator], registers: Registers
) -> dict[tuple[str, str], Count]:
    """By region and indicator; what nothing counts is left out."""
    figures = {one.key: one.counted_by for one in asked if one.counted_by}
    wanted = [tally for figure in figures.values() for tally in SHARES.get(figure, (figure,))]
    kept = tallies(session, year=year, regions=codes, figures=wanted)
    counts: dict[tuple[str, str], Count] = {}
    for key, figure in figures.items():
        if figure in PERSONS or figure in SHARES:
            counts |= {(code, key): _of_tallies(kept, code, figure) for code in codes}
        elif figure in registers:
            found = registers[figure].counts(session, year, codes)
            counts |= {(code, key): count for code, count in found.items()}
    return counts


def _of_tallies(kept: dict[Key, Sum], region: str, figure: str) -> Count:
    if figure in PERSONS:
        whole, *months = (kept.get((region, month, figure), (0, 0)) for month in range(13))
        return Count(done=whole[1], times=whole[0], months=tuple(month[1] for month in months))
    done, of = ([kept.get((region, month, part), (0, 0))[0] for month in range(13)] for part in SHARES[figure])
    shares = (round(percent(a, b)) if b else 0 for a, b in zip(done[1:], of[1:], strict=True))
    return Count(done=done[WHOLE_YEAR], of=of[WHOLE_YEAR], months=tuple(shares))


def _page(year: int, region: str, figure: str, counted: bool, number: int, size: int) -> Select[int, int, int]:
    """A page of workers with their sums, and how many there are; of those left out the nearest first."""
    count, of = _parts(figure)
    amount, latest = count if counted else of - count, func.max(Standing.day).desc()
    rows = (
        select(Standing.worker_id, func.sum(amount), func.count().over().label("total"))
        .where(*_of_year(year), _inside(region))
        .group_by(Standing.worker_id)
        .limit(size)
        .offset((number - 1) * size)
    )
    if counted:
        return rows.where(amount > 0).order_by(latest, Standing.worker_id)
    nearness = cast(5 - Standing.level, String) + cast(10 + func.length(Standing.short_of), String) + Standing.short_of
    rows = rows.order_by(func.min(nearness), latest, Standing.worker_id)
    return rows.having(func.sum(count) == 0) if figure in PERSONS else rows.where(amount > 0)


def _best(
    session: Session, year: int, region: str, figure: str, counted: bool, workers: Collection[int]
) -> dict[int, tuple[Any, int]]:
    """Of each worker the placement that counts, or else comes nearest, and how many there are."""
    count, of = _parts(figure)
    amount = (count if counted else of - count).label("amount")
    columns = (Standing.worker_id, Standing.placement_id, Standing.level, Standing.day, Standing.short_of)
    query = select(*columns, amount, Worker.surname).join(Worker, Worker.id == Standing.worker_id)
    rows = query.where(Standing.worker_id.in_(workers), *_of_year(year), _inside(region))
    own: dict[int, list[Any]] = {worker: [] for worker in workers}
    for row in session.execute(rows):
        own[row.worker_id].append(row)
    return {worker: (max(placements, key=_nearest), len(placements)) for worker, placements in own.items()}


def _nearest(row: Any) -> tuple[bool, int, int, date, int]:
    _, _, days = row.short_of.partition(":")
    return row.amount > 0, row.level, -int(days or 0), row.day, row.placement_id


def _parts(figure: str) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """What a placement counts for in a figure, and what it could have counted for."""
    if figure == "paid_on_time":
        return Standing.wages_on_time.expression, Standing.wages_due.expression
    came = Standing.level >= 2
    if figure == "coverage":
        return case((came & Standing.signed, 1), else_=0), case((came, 1), else_=0)
    return case((Standing.level >= PERSONS[figure], 1), else_=0), literal(1)


def _why_out(figure: str, short_of: str, lacking: int) -> Why:
    if figure in PERSONS:
        return why(short_of)
    return ("signed",) if figure == "coverage" else ("late", lacking)


def _placement_row(columns: Mapping[str, Any], title: str, employer: str) -> PlacementRow:
    level, short_of = columns["level"], why(columns["short_of"])
    same = ("placement_id", "posting_id", "town", "village", "day", "level", "stable_on")
    return PlacementRow(
        **{name: columns[name] for name in same},
        title=title, employer=employer, short_of=short_of if level else (), lost=str(short_of[0]) if not level else "",
    )  # fmt: skip


def _of_year(year: int) -> tuple[ColumnElement[bool], ...]:
    return Standing.day >= date(year, 1, 1), Standing.day < date(year + 1, 1, 1)


def _inside(region: str) -> ColumnElement[bool]:
    """SQL for "in this region". Raises UnknownRegion."""
    level = level_of(region)
    if level == "city":
        return Standing.county.startswith(region[:4])
    return {"county": Standing.county, "town": Standing.town, "village": Standing.village}[level] == region
