"""The registers of the market itself: counties that have a market, wage cases that are open.

Those of other houses are of the same form, and stand beside these where the pages are made.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from zero_work_market.ground import clock
from zero_work_market.ground.paging import Page
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer
from zero_work_market.reference.regions.queries import counties, region
from zero_work_market.reference.regions.rules import CITY, significant
from zero_work_market.rights.disputes.models import Case
from zero_work_market.rights.disputes.rules import Stage
from zero_work_market.statistics.registers.rules import Count, RegisterRow


@dataclass(frozen=True)
class Register:
    """How many of something there are in regions of one level, and the rows of one region."""

    counts: Callable[[Session, int, Collection[str]], dict[str, Count]]
    """(session, year, regions) → by region."""
    rows: Callable[[Session, int, str, bool, int, int], Page[RegisterRow]]
    """(session, year, region, those that count or those left out, number and size of the page)."""


def counted_by_month(
    session: Session, *, codes: Collection[str], place: ColumnElement[str], month: ColumnElement[int],
    what: ColumnElement[int], terms: ColumnElement[bool],
) -> dict[str, Count]:  # fmt: skip
    """`what` of the rows that meet `terms`, for each region: by months 1 to 12, and of the whole year.

    `codes` are of one level, as the children of a region are; `place` is a town's or village's code; rows of month 0
    lie outside the year.
    """
    length = max((len(significant(code)) for code in codes), default=0)
    inside = func.substr(place, 1, length)
    asked = {significant(code): code for code in codes}
    here = (month > 0, terms, inside.in_(asked))
    by_month: dict[tuple[str, int], int] = {
        (start, number): found
        for start, number, found in session.execute(select(inside, month, what).where(*here).group_by(inside, month))
    }
    whole: dict[str, int] = dict(session.execute(select(inside, what).where(*here).group_by(inside)).all())
    return {
        code: Count(done=whole.get(start, 0), months=tuple(by_month.get((start, number), 0) for number in range(1, 13)))
        for start, code in asked.items()
    }


def month_of(
    moment: ColumnElement[Any] | InstrumentedAttribute[Any], year: int, *, of_days: bool = False
) -> ColumnElement[int]:
    """The month of a moment in Jining, or of a day (`of_days`), if it lies in the year, else 0."""

    def first(year: int, month: int) -> date | datetime:
        day = date(year, month, 1)
        return day if of_days else clock.at_local(day, time())

    steps = ((moment >= first(year, month), month) for month in range(12, 0, -1))
    return case((moment >= first(year + 1, 1), 0), *steps, else_=0)


def _markets(session: Session, year: int, codes: Collection[str]) -> dict[str, Count]:
    return counted_by_month(
        session, codes=codes, place=Posting.town.expression, month=month_of(Posting.closes_at, year),
        what=func.count(Posting.county.distinct()), terms=Posting.published_at.is_not(None),
    )  # fmt: skip


def _market_rows(session: Session, year: int, code: str, counted: bool, number: int, size: int) -> Page[RegisterRow]:
    """Each county of the region, and the first day of the year on which it has work."""
    published = Posting.published_at.is_not(None), Posting.town.startswith(significant(code))
    first = select(Posting.county, func.min(Posting.closes_at)).group_by(Posting.county)
    days = {
        county: clock.local_date(moment)
        for county, moment in session.execute(first.where(*published, month_of(Posting.closes_at, year) > 0))
    }
    found = [
        RegisterRow("county", one.code, one.name, "", days.get(one.code), () if one.code in days else ("no_posting",))
        for one in counties()
        if (code == CITY or code.startswith(one.code)) and (one.code in days) == counted
    ]
    return Page(rows=tuple(found), number=1, size=max(size, len(found)), total=len(found))


def _cases(session: Session, year: int, codes: Collection[str]) -> dict[str, Count]:
    return counted_by_month(
        session, codes=codes, place=Case.town.expression, month=month_of(Case.filed_at, year), what=func.count(),
        terms=Case.stage != Stage.CLOSED,
    )  # fmt: skip


def _case_rows(session: Session, year: int, code: str, counted: bool, number: int, size: int) -> Page[RegisterRow]:
    here = month_of(Case.filed_at, year) > 0, Case.town.startswith(significant(code))
    query = (
        select(Case, Employer.short, func.count().over())
        .join(Employer, Employer.id == Case.employer_id)
        .where(*here, (Case.stage != Stage.CLOSED) == counted)
        .order_by(Case.filed_at.desc(), Case.id.desc())
    )
    found = session.execute(query.limit(size).offset((number - 1) * size)).all()
    rows = tuple(
        RegisterRow(
            "case", one.id, one.number, f"{short}，{region(one.town).name}", clock.local_date(one.filed_at),
            () if counted else ("closed",),
        )
        for one, short, _ in found
    )  # fmt: skip
    return Page(rows=rows, number=number, size=size, total=found[0][2] if found else 0)


REGISTERS: Mapping[str, Register] = {
    "gig_markets": Register(_markets, _market_rows),
    "open_cases": Register(_cases, _case_rows),
}
"""By the figure's name in the plan's `counted_by`."""
