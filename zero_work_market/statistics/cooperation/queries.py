"""The figure of plan 4, its rows, and who came from where.

A person counts in the year in which three months of stable work were full, once, with however many employers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from zero_work_market.ground.paging import Page
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.origins.models import Origin
from zero_work_market.people.origins.queries import Home, home_of, homes_of
from zero_work_market.people.origins.rules import Status
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.reference.regions.queries import province_of
from zero_work_market.reference.regions.rules import significant
from zero_work_market.statistics.cooperation.rules import Line, Person, Share, why_out
from zero_work_market.statistics.registers.queries import Register
from zero_work_market.statistics.registers.rules import Count, RegisterRow
from zero_work_market.statistics.standings.models import Standing


def lines(session: Session, *, year: int, region: str) -> list[Line]:
    """By home province, those of whom most came first; Shandong's own are in none. Raises UnknownRegion."""
    by_province: dict[str, list[Person]] = defaultdict(list)
    for person in _people(session, year, [region])[region]:
        if not person.is_native:
            by_province[province_of(person.origin).code].append(person)
    made = [
        Line(
            origin=code, name=province_of(code).name,
            helped=_share(one for one in people if one.level >= 1),
            moved=_share(one for one in people if one.moved),
            stable=_share(one for one in people if one.stable_on),
        )
        for code, people in by_province.items()
    ]  # fmt: skip
    return sorted(made, key=lambda line: (-line.helped.persons, line.origin))


def person(session: Session, worker_id: int) -> Person | None:
    """How far somebody has come in all years; None for who told no home, or never held a seat."""
    home = home_of(session, worker_id)
    standings = session.scalars(select(Standing).where(Standing.worker_id == worker_id)).all()
    return _person(home, standings) if home and standings else None


def _share(people: Iterable[Person]) -> Share:
    found = list(people)
    return Share(len(found), sum(one.lifted and one.proven for one in found))


def _counts(session: Session, year: int, codes: Collection[str]) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for code, people in _people(session, year, codes, stable=True).items():
        months = [one.stable_on.month for one in people if one.stable_on and not why_out(one)]
        found[code] = Count(done=len(months), months=tuple(months.count(month) for month in range(1, 13)))
    return found


def _rows(session: Session, year: int, code: str, counted: bool, number: int, size: int) -> Page[RegisterRow]:
    people = [one for one in _people(session, year, [code])[code] if (not why_out(one)) == counted]
    people.sort(key=lambda one: (-one.level, one.short_of, -one.day.toordinal(), one.worker_id))
    shown = people[(number - 1) * size : number * size]
    homes = homes_of(session, [one.worker_id for one in shown])
    names = shown_workers(session, [one.worker_id for one in shown])
    firms = dict(
        session.execute(
            select(Standing.placement_id, Employer.short)
            .join(Employer, Employer.id == Standing.employer_id)
            .where(Standing.placement_id.in_([one.placement_id for one in shown]))
        ).all()
    )
    rows = tuple(
        RegisterRow(
            "placement", one.placement_id, names[one.worker_id].masked_name,
            f"{homes[one.worker_id].name}，{firms[one.placement_id]}", one.day, why_out(one),
        )
        for one in shown
    )  # fmt: skip
    return Page(rows=rows, number=number, size=size, total=len(people))


REGISTER = Register(_counts, _rows)
"""Of the plan's figure `poverty_work`."""


def _people(session: Session, year: int, codes: Collection[str], *, stable: bool = False) -> dict[str, list[Person]]:
    """By region of one level: whoever told their home and has work there of the year, or that became stable in it.

    `stable`: the latter alone, and of them those whose home is proven.
    """
    inside = {significant(code): code for code in codes}
    became_stable = _in_year(Standing.stable_on, year)
    terms = became_stable & Origin.proven_at.is_not(None) if stable else became_stable | _in_year(Standing.day, year)
    rows = session.scalars(
        select(Standing)
        .join(Origin, Origin.worker_id == Standing.worker_id)
        .where(terms, or_(*(Standing.village.startswith(start) for start in inside)))
        .order_by(Standing.placement_id)
    ).all()
    by_person: dict[tuple[str, int], list[Standing]] = defaultdict(list)
    for row in rows:
        for start, code in inside.items():
            if row.village.startswith(start):
                by_person[code, row.worker_id].append(row)
    homes = homes_of(session, {worker_id for _, worker_id in by_person})
    found: dict[str, list[Person]] = {code: [] for code in codes}
    for (code, worker_id), standings in by_person.items():
        found[code].append(_person(homes[worker_id], standings, year))
    return found


def _in_year(day: InstrumentedAttribute[Any], year: int) -> ColumnElement[bool]:
    return (day >= date(year, 1, 1)) & (day < date(year + 1, 1, 1))


def _person(home: Home, standings: Sequence[Standing], year: int | None = None) -> Person:
    """By the work that counts: the first that became stable, of the year if one is asked for; else the furthest."""
    stable = [one for one in standings if one.stable_on and year in (None, one.stable_on.year)]
    best = min(stable, key=lambda one: one.stable_on or date.max) if stable else max(standings, key=_nearness)
    return Person(
        worker_id=home.worker_id, placement_id=best.placement_id,
        day=best.stable_on if stable and best.stable_on else best.day,
        level=max(one.level for one in standings), short_of=best.short_of,
        stable_on=best.stable_on if stable else None, origin=home.region, belt=province_of(home.region).belt,
        lifted=home.status is Status.LIFTED, proven=home.proven_at is not None,
    )  # fmt: skip


def _nearness(one: Standing) -> tuple[int, int, date, int]:
    _, _, days = one.short_of.partition(":")
    return one.level, -int(days or 0), one.day, one.placement_id
