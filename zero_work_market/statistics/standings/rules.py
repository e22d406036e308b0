"""The ladder of evidence: how far a placement has come, by plain facts.

L1 a seat is held · L2 an arrival stands · L3 both agreed on hours · L4 a wage of it is settled · L5 stable: three
calendar months from the first to the last worked day, signed for and paid. A rung counts only on top of all below it.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

ELSEWHERE = "000"
"""Ends the code of a town's bucket of workers who come from elsewhere or named no village."""


@dataclass(frozen=True, slots=True)
class Wage:
    """What is owed for the days from `first` to `last`. `settled_on`: the local day on which the last fen was paid."""

    first: date
    last: date
    due_on: date
    net_fen: int = 0
    settled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The facts of one placement."""

    lost: str = ""
    """Why the seat was lost: withdrawn, cancelled, no_show; empty while it is held."""
    arrived: bool = False
    """At least one arrival stands."""
    signed: bool = False
    """Both have signed the agreement."""
    shifts: tuple[tuple[date, int], ...] = ()
    """Local day and minutes of each shift whose hours both agreed on."""
    wages: tuple[Wage, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A placement: whose it is, where and when it is counted, and its facts."""

    placement_id: int
    posting_id: int
    worker_id: int
    employer_id: int
    county: str
    town: str
    village: str
    industry: str
    day: date
    work: Work

    @property
    def family(self) -> tuple[int, int, str]:
        """Placements of one worker with one employer add up, if one county's chain holds the proof of them."""
        return self.worker_id, self.employer_id, self.county


@dataclass(frozen=True, slots=True)
class Stability:
    """When work is stable: how many calendar months, and how many days may lie between two worked days."""

    months: int
    gap_days: int


@dataclass(frozen=True, slots=True)
class Rank:
    """What a placement has come to."""

    level: int
    short_of: str
    """Why it is no higher, by stable name. At level 0 how the seat was lost: "withdrawn", "cancelled", "no_show"; else
    what the next rung lacks: "arrival", "hours", "paid", "signed" or "days:4"; empty at the top."""
    stable_on: date | None
    """The day on which three months of stable work were full."""
    signed: bool
    minutes: int
    settled_fen: int
    wages_due: int
    """Wages whose day has passed, or that were paid before it."""
    wages_on_time: int
    next_due: date | None
    """First day on which a wage that isn't paid yet falls due; the day after, it counts as due."""


Columns = dict[str, Any]
"""A standing, by the names of its table's columns."""


def standings(family: Sequence[Placed], *, today: date, stability: Stability) -> list[Columns]:
    """What the placements of one family have come to."""
    found = ranks([placed.work for placed in family], today=today, stability=stability)
    return [
        {field.name: getattr(placed, field.name) for field in fields(Placed) if field.name != "work"} | asdict(rank)
        for placed, rank in zip(family, found, strict=True)
    ]


def bucket(village: str, town: str) -> str:
    """Where a worker is counted who comes from `village` in the town of the work, or, if it is empty, from nowhere."""
    return village or town + ELSEWHERE


def ranks(works: Sequence[Work], *, today: date, stability: Stability) -> list[Rank]:
    """What the placements of one worker with one employer have come to: short ones add up to stable work."""
    levels = [_level(work) for work in works]
    days = sorted(
        _Day(day, number, work.signed, any(wage.settled_on and wage.first <= day <= wage.last for wage in work.wages))
        for number, work in enumerate(works)
        for day, minutes in work.shifts
        if levels[number] >= 3 and minutes > 0
    )
    stable_on, missing = _stable(days, stability), _missing(days, stability)
    return [
        _rank(work, level, stable_on.get(number), missing.get(number, ""), today)
        for number, (work, level) in enumerate(zip(works, levels, strict=True))
    ]


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last: three after 30 November is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class _Day(NamedTuple):
    """A worked day of a placement, whether its agreement is signed, and whether the day is paid."""

    day: date
    placement: int
    signed: bool
    paid: bool


def _level(work: Work) -> int:
    """L0 to L4."""
    if work.lost:
        return 0
    rungs = (
        work.arrived,
        any(minutes > 0 for _, minutes in work.shifts),
        any(wage.settled_on for wage in work.wages),
    )
    return 1 + next((number for number, stands in enumerate(rungs) if not stands), len(rungs))


def _runs(days: Iterable[_Day], gap_days: int) -> Iterator[list[_Day]]:
    """Worked days one after the other, no further apart than that."""
    run: list[_Day] = []
    for day in days:
        if run and (day.day - run[-1].day).days > gap_days:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _stable(days: list[_Day], stability: Stability) -> dict[int, date]:
    """The placements that are part of stable work, and when it was full. A day of which anything lacks proof ends a
    run."""
    found: dict[int, date] = {}
    unproven = {day.day for day in days if not (day.signed and day.paid)}
    for is_proven, same in groupby(days, lambda day: day.day not in unproven):
        for run in _runs(same, stability.gap_days) if is_proven else ():
            full_on = months_after(run[0].day, stability.months)
            if run[-1].day >= full_on:
                found = {day.placement: full_on for day in run} | found
    return found


def _missing(days: list[_Day], stability: Stability) -> dict[int, str]:
    """What stable work lacks, for each placement as of the last run of days that it is part of."""
    found: dict[int, str] = {}
    for run in _runs(days, stability.gap_days):
        short = (months_after(run[0].day, stability.months) - run[-1].day).days
        unproven = "paid" if all(day.signed for day in run) else "signed"
        found |= {day.placement: f"days:{short}" if short > 0 else unproven for day in run}
    return found


def _rank(work: Work, level: int, stable_on: date | None, missing: str, today: date) -> Rank:
    if level == 4 and stable_on:
        level = 5
    unpaid = [wage.due_on for wage in work.wages if not wage.settled_on]
    return Rank(
        level=level,
        short_of=(work.lost, "arrival", "hours", "paid", missing, "")[level],
        stable_on=stable_on if level == 5 else None,
        signed=work.signed,
        minutes=sum(minutes for _, minutes in work.shifts),
        settled_fen=sum(wage.net_fen for wage in work.wages if wage.settled_on),
        wages_due=len(work.wages) - sum(due_on >= today for due_on in unpaid),
        wages_on_time=sum(wage.settled_on is not None and wage.settled_on <= wage.due_on for wage in work.wages),
        next_due=min((due_on for due_on in unpaid if due_on >= today), default=None),
    )
