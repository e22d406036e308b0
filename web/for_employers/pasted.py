"""A message that was read, as the slips that it makes and as marks on its own words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from web.filters import yuan
from web.for_employers.slip import MOST_DAYS, Slip
from zero_work_market.ground import clock
from zero_work_market.market.amounts.rules import Wage
from zero_work_market.market.gate.rules import EMPLOYMENTS, MOST_CHARACTERS, PayKind
from zero_work_market.market.particulars.rules import Said
from zero_work_market.market.reader.rules import HARDLY, Job, Reading
from zero_work_market.people.employers.queries import EmployerRow
from zero_work_market.reference.law.rules import Found
from zero_work_market.reference.places.rules import Known
from zero_work_market.reference.regions.queries import counties, region, towns

FIELDS = (
    ("title", "title"), ("employer", "title"), ("place", "place"), ("pay", "pay"), ("headcount", "people"),
    ("age_min", "people"), ("age_max", "people"), ("gender", "people"), ("shifts", "when"), ("break_minutes", "when"),
    ("start_day", "when"), ("days", "when"), ("meals", "board"), ("lodging", "board"), ("contact", "contact"),
)  # fmt: skip
"""Fields of a job, and the kind of mark that their words get."""
KINDS = {
    "hour": (PayKind.HOUR, 1), "day": (PayKind.DAY, 1), "shift": (PayKind.DAY, 1), "piece": (PayKind.PIECE, 1),
    "month": (PayKind.MONTH, 1), "year": (PayKind.MONTH, 12),
}  # fmt: skip
"""How the form counts each unit, and how many of its units one is."""
A_DAY, A_WEEK, A_MONTH = "1", "7", "30"
CLAUSE, SHORTEST_CLAUSE = re.compile(r"[^，,；;。！!？?|\n]{1,200}"), 3


class Mark(NamedTuple):
    """A piece of the message. `kind`: of a field, "no" or "mild" for words that the law is against, or empty."""

    text: str
    kind: str
    finding: int | None = None


def marks(reading: Reading) -> list[Mark]:
    """The message in pieces, each field and each finding marked; findings over fields."""
    kinds: list[tuple[str, int | None]] = [("", None)] * len(reading.text)
    for job in reading.jobs:
        for name, kind in FIELDS:
            for said in _said(getattr(job, name)):
                kinds[said.start : said.end] = [(kind, None)] * (said.end - said.start)
    for index, found in enumerate(reading.findings):
        kind = "no" if found.severity == "refused" else "mild"
        kinds[found.start : found.end] = [(kind, index)] * (found.end - found.start)
    pieces: list[Mark] = []
    start = 0
    for at in range(1, len(kinds) + 1):
        if at == len(kinds) or kinds[at] != kinds[start]:
            pieces.append(Mark(reading.text[start:at], *kinds[start]))
            start = at
    return pieces if reading.text else []


def own_findings(job: Job, findings: Iterable[Found]) -> list[Found]:
    """What the law refuses in the job's own lines."""
    return [
        found
        for found in findings
        if found.severity == "refused" and any(line.start <= found.start < line.end for line in job.lines)
    ]


def slip_of_job(job: Job, reading: Reading, employer: EmployerRow, *, now: datetime) -> Slip:
    """The job as the form would hold it; at the employer's own place unless the message says another."""
    wage = _wage(job.pay)
    kind, parts = KINDS[wage.unit] if wage else (PayKind.HOUR, 1)
    start, end = job.shifts[0].value.split("-") if job.shifts else ("", "")
    town = _town(job.place.value, employer) if job.place else employer.town
    if job.place and job.place.confidence <= HARDLY and not town:
        town = employer.town
    here = town == employer.town
    extras = tuple(name for name in ("meals", "lodging") if (said := getattr(job, name)) and said.value)
    return Slip(
        title=(job.title.value if job.title else "")[: MOST_CHARACTERS["title"]],
        headcount=str(job.headcount.value) if job.headcount else "",
        day=_day(job.start_day.value if job.start_day else None, clock.local_date(now)).isoformat(),
        days=str(min(job.days.value, MOST_DAYS)) if job.days else "1", start=start, end=end,
        break_minutes=str(job.break_minutes.value) if job.break_minutes else "0", town=town,
        address=employer.address if here else reading.text[job.place.start : job.place.end] if job.place else "",
        pay=yuan(round(wage.low * 100 / parts), grouped=False) if wage else "", pay_kind=kind.value,
        extras=extras, words=_words(job, reading),
        pay_days={PayKind.MONTH: A_MONTH, PayKind.DAY: A_DAY}.get(kind, A_WEEK),
        min_age="16" if job.age_min and 16 <= job.age_min.value < 18 else "18",
        employment=EMPLOYMENTS[2] if kind == PayKind.MONTH else EMPLOYMENTS[0],
    )  # fmt: skip


def mended_slip(slip: Slip, found: Iterable[Found]) -> Slip:
    """The slip saying, instead of what is unlawful, what would pass."""
    passing = [one.suggestion for one in found if one.suggestion and one.suggestion not in slip.words]
    return replace(slip, words="\n".join([slip.words, *dict.fromkeys(passing)]).strip()[:1000])


def _said(value: Any) -> Iterator[Said[Any] | Wage]:
    yield from value if isinstance(value, tuple) else () if value is None else (value,)


def _wage(pay: tuple[Wage, ...]) -> Wage | None:
    """By the hour or the day if that is said: it is what a worker can count on."""
    order = list(KINDS)
    return min(pay, key=lambda one: order.index(one.unit), default=None)


def _town(place: Known, employer: EmployerRow) -> str:
    """The town's code, in the employer's county the employer's own unless another is said; empty outside Jining."""
    county = next((one for one in counties() if one.name == place.county), None)
    if county is None:
        return employer.town if place.city == region(employer.county[:4] + "00").name and not place.county else ""
    said = next((one.code for one in towns(county.code) if one.name == place.town), "")
    return said or (employer.town if county.code == employer.county else "")


def _day(said: tuple[int, int] | None, today: date) -> date:
    """The day said, if a posting may be for it; else tomorrow."""
    for ahead in range(MOST_DAYS + 1) if said else ():
        day = today + timedelta(days=ahead)
        if (day.month, day.day) == said:
            return day
    return today + timedelta(days=1)


def _words(job: Job, reading: Reading) -> str:
    """What its own lines say beside its fields and what the law is against, clause by clause: 要有叉车证."""
    told = [(said.start, said.end) for name, _ in FIELDS for said in _said(getattr(job, name))]
    told += [(found.start, found.end) for found in reading.findings]
    free = [
        " ".join(clause[0].split())
        for line in job.lines
        if line.value != "agents"
        for clause in CLAUSE.finditer(reading.text, line.start, line.end)
        if not any(start < clause.end() and clause.start() < end for start, end in told)
    ]
    return "，".join(one for one in free if sum(sign.isalnum() for sign in one) >= SHORTEST_CLAUSE)[:600]
