"""Standings added up by region and month."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Label, case, extract, func, literal, select
from sqlalchemy.orm import Session

from zero_work_market.statistics.standings.models import Standing
from zero_work_market.statistics.standings.rules import months_after
from zero_work_market.statistics.tallies.models import Tally
from zero_work_market.statistics.tallies.rules import (
    INDUSTRIES,
    OF_PERSONS,
    RUNGS,
    SIGNED,
    STARTED,
    SUMS,
    WHOLE_YEAR,
    is_city,
    of_industry,
    rung,
)

Sum = tuple[int, int]
"""Times and persons."""
Key = tuple[str, int, str]
"""Region, month (0: the whole year), figure."""


def tallies(
    session: Session,
    *,
    year: int,
    regions: Collection[str],
    months: Collection[int] | None = None,
    figures: Collection[str] | None = None,
) -> dict[Key, Sum]:
    """What is kept of the regions and the year, of some months and figures or of all; zeros are left out."""
    kept = select(Tally.region, Tally.month, Tally.figure, Tally.times, Tally.persons)
    kept = kept.where(Tally.year == year, Tally.region.in_(regions), Tally.times != 0)
    if months is not None:
        kept = kept.where(Tally.month.in_(months))
    if figures is not None:
        kept = kept.where(Tally.figure.in_(figures))
    return {
        (region, month, figure): (times, persons) for region, month, figure, times, persons in session.execute(kept)
    }


def of_villages(session: Session, *, year: int, villages: Collection[str], months: Iterable[int]) -> dict[Key, Sum]:
    """The figures of villages from the standings as they are; zeros are left out."""
    here, named = Standing.village.in_(villages), set(months) - {WHOLE_YEAR}
    by_month = extract("month", Standing.day)
    found = _sums(session, by_month.label("month"), here, *_of_year(year), by_month.in_(named))
    return found | _sums(session, literal(WHOLE_YEAR).label("month"), here, *_of_year(year))


def of_larger(session: Session, *, year: int, region: str, months: Collection[int]) -> dict[Key, Sum]:
    """The figures of a town, a county or a city: times from the tallies next below, persons from the standings."""
    below, length = region[:4] if is_city(region) else region, 6 if is_city(region) else len(region) + 3
    next_below = (Tally.region.between(f"{below}0", f"{below}999999"), func.length(Tally.region) == length)
    kept = select(Tally.month, Tally.figure, func.sum(Tally.times)).where(Tally.year == year, Tally.month.in_(months))
    times = session.execute(kept.where(*next_below, Tally.region != region).group_by(Tally.month, Tally.figure)).all()
    persons = {month: _persons(session, region, *_days(year, month)) for month in months}
    return {
        (region, month, figure): (int(sum_), persons[month].get(figure, 0)) for month, figure, sum_ in times if sum_
    }


def _sums(session: Session, month: Label[int], *where: ColumnElement[bool]) -> dict[Key, Sum]:
    """First each person's own sums, then all persons'."""
    figures = _figures()
    own = (
        select(Standing.village, month, *(func.sum(value).label(f"f{n}") for n, value in enumerate(figures.values())))
        .where(*where)
        .group_by(Standing.village, "month", Standing.worker_id)
        .subquery()
    )
    values = [own.c[f"f{n}"] for n in range(len(figures))]
    sums = (sum_of for value in values for sum_of in (func.sum(value), func.sum(case((value > 0, 1), else_=0))))
    rows = session.execute(select(own.c.village, own.c.month, *sums).group_by(own.c.village, own.c.month))
    return {
        (village, int(when), figure): (int(times), int(persons) if figure in OF_PERSONS else 0)
        for village, when, *added in rows
        for figure, times, persons in zip(figures, added[::2], added[1::2], strict=True)
        if times
    }


def _persons(session: Session, region: str, first: date, last: date) -> dict[str, int]:
    """Different persons by figure, from how far each has come."""
    signed = case(((Standing.level >= 2) & Standing.signed, 1), else_=0)
    own = (
        select(func.max(Standing.level).label("level"), func.max(signed).label("signed"))
        .where(_inside(region), Standing.day.between(first, last))
        .group_by(Standing.worker_id)
        .subquery()
    )
    counts = {rung(level): own.c.level >= level for level in RUNGS} | {SIGNED: own.c.signed == 1}
    sums = (func.sum(case((where, 1), else_=0)).label(figure) for figure, where in counts.items())
    row: Any = session.execute(select(*sums)).one()
    return {figure: int(persons or 0) for figure, persons in zip(counts, row, strict=True)}


def _figures() -> dict[str, ColumnElement[int]]:
    """`rules.contributions` in SQL."""
    came = Standing.level >= 2
    counts = {rung(level): Standing.level >= level for level in RUNGS} | {SIGNED: came & Standing.signed}
    for industry in INDUSTRIES:
        counts[of_industry(STARTED, industry)] = came & (Standing.industry == industry)
        counts[of_industry(SIGNED, industry)] = came & Standing.signed & (Standing.industry == industry)
    ones: dict[str, ColumnElement[int]] = {name: case((where, 1), else_=0) for name, where in counts.items()}
    return ones | {name: getattr(Standing, name) for name in SUMS}


def _inside(region: str) -> ColumnElement[bool]:
    if is_city(region):
        return Standing.county.startswith(region[:4])
    return Standing.county == region if len(region) == 6 else Standing.town == region


def _of_year(year: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Standing.day >= date(year, 1, 1), Standing.day <= date(year, 12, 31)


def _days(year: int, month: int) -> tuple[date, date]:
    """First and last day of the month, or of the year."""
    if month == WHOLE_YEAR:
        return date(year, 1, 1), date(year, 12, 31)
    first = date(year, month, 1)
    return first, months_after(first, 1) - timedelta(days=1)
