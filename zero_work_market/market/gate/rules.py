"""A draft, what it pays by the hour, and everything that the law has against it."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil, isfinite
from typing import Any

from zero_work_market.ground.clock import at_local, local_date
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.ground.money import HIGHEST_FEN
from zero_work_market.reference.law.rules import Law, LawUnknown, MinimumWage, read_words
from zero_work_market.reference.occupations.queries import industry
from zero_work_market.reference.occupations.rules import UnknownOccupation

PART_TIME, FULL_TIME = "非全日制", "全日制"
EMPLOYMENTS = ("零工", PART_TIME, FULL_TIME)
CONSTRUCTION = "建筑"
MOST_CHARACTERS = {"title": 40, "words": 2000, "address": 120}
MOST_HEADCOUNT = 500
MOST_OCCUPATIONS, MOST_BRANDS, HIGHEST_LEVEL = 4, 4, 5
MOST_SHIFT_HOURS = 12
MOST_BREAK_MINUTES = 180
MOST_DAYS_AHEAD = 15
STEP_MINUTES = 15
SHIFT_STEP = timedelta(minutes=STEP_MINUTES)
DUSK, DAWN = time(22), time(6)
MONTH_HOURS = 174
"""21.75 paid days of 8 hours: how the labour ministry turns a month's pay into an hour's (劳社部发〔2008〕3号)."""


class PayKind(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    PIECE = "piece"


@dataclass(frozen=True)
class Draft:
    """A posting as its employer writes it, before it is judged."""

    employer_name: str
    title: str
    occupations: tuple[tuple[str, int], ...]
    """(occupation code, minimum level) of each trade asked for."""
    headcount: int
    county: str
    town: str
    address: str
    lon: float
    lat: float
    shifts: tuple[tuple[datetime, datetime], ...]
    """(start, end), aware UTC."""
    pay_kind: str
    pay_fen: int
    pieces_per_hour: float | None
    pay_days: int
    """Paid within so many days after the work."""
    employment: str
    meals: bool
    lodging: bool
    transport: bool
    insurance: bool
    min_age: int
    words: str
    brands: tuple[str, ...]
    is_public_post: bool = False
    project_id: int | None = None
    """The construction project that the work is for."""
    channel: str = ""
    """Code of the export channel that the work belongs to."""
    break_minutes: int = 0
    """The break within each shift: free, unpaid, no working time."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong, or to be warned of, in a draft: where, what, by which clause, and what would pass."""

    field: str
    code: str
    severity: str
    words: str = ""
    start: int = 0
    end: int = 0
    clause_id: str = ""
    suggestion: str | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class PostingRefused(LeyeError):
    """The draft breaks the law or lacks what must be said. details: findings, every one of them."""

    code = "posting_refused"


def require_lawful(draft: Draft, *, law: Law, on: date, now: datetime) -> None:
    """Raises PostingRefused with every refusal. `on` is the day whose law counts, `now` the moment of publication."""
    refusals = [found for found in judge(draft, law=law, on=on, now=now) if found.severity == "refused"]
    if refusals:
        raise PostingRefused(findings=refusals)


def working_minutes(start: datetime, end: datetime, break_minutes: int) -> int:
    """Minutes of a shift that are working time: all but its break."""
    return (end - start) // timedelta(minutes=1) - break_minutes


def hours_of(draft: Draft) -> Fraction:
    """Working hours of all shifts together."""
    return sum((_hours(draft, *shift) for shift in draft.shifts), Fraction())


def hours_by_day(draft: Draft) -> dict[date, Fraction]:
    """Working hours of each local day; a night shift belongs to the day on which it starts."""
    hours: dict[date, Fraction] = {}
    for start, end in draft.shifts:
        day = local_date(start)
        hours[day] = hours.get(day, Fraction()) + _hours(draft, start, end)
    return hours


def _hours(draft: Draft, start: datetime, end: datetime) -> Fraction:
    return Fraction(working_minutes(start, end, draft.break_minutes), 60)


def hourly(draft: Draft) -> Fraction:
    """Exact fen an hour: a day's pay by the hours of the longest day, a month's by 174, a piece's by expected output.

    Meals aren't money. Raises InvalidValue when the hours (shifts) or the pieces (pieces_per_hour) are missing.
    """
    return draft.pay_fen * _units_per_hour(draft)


def hourly_fen(draft: Draft) -> int:
    """Whole fen an hour, rounded down, so below a floor exactly when the true figure is: what the engine compares."""
    return int(hourly(draft))


def total_fen(draft: Draft) -> int:
    """What one worker gets for all the shifts, rounded to a fen; for monthly pay, the month's."""
    match PayKind(draft.pay_kind):
        case PayKind.MONTH:
            return draft.pay_fen
        case PayKind.DAY:
            return draft.pay_fen * len(hours_by_day(draft))
        case _:
            return round(hourly(draft) * hours_of(draft))


def judge(draft: Draft, *, law: Law, on: date, now: datetime | None = None) -> list[Finding]:
    """All that is unlawful (refused) or doubtful (warned) in a draft published on the local day `on`.

    Pay is compared with the highest floor of the days worked, the rest with the law of `on`: an old posting is judged
    by its own dates. No shift may start before `now`; without it, before the day `on`.
    """
    return [
        *_form_findings(draft, law, on),
        *_text_findings(draft, law, on),
        *_age_findings(draft, law, on),
        *_shift_findings(draft, law, on, now),
        *_break_findings(draft),
        *_pay_findings(draft, law, on),
        *_part_time_findings(draft, law, on),
        *_construction_findings(draft),
    ]


def is_construction(draft: Draft) -> bool:
    """Whether any of the occupations is a construction trade."""
    return any(_industry(code) == CONSTRUCTION for code, _ in draft.occupations)


def _units_per_hour(draft: Draft) -> Fraction:
    """How many of the units of pay (hours, days, months, pieces) an hour of work is."""
    match PayKind(draft.pay_kind):
        case PayKind.HOUR:
            return Fraction(1)
        case PayKind.DAY:
            longest = max(hours_by_day(draft).values(), default=Fraction())
            if longest <= 0:
                raise InvalidValue(field="shifts", reason="required")
            return 1 / longest
        case PayKind.MONTH:
            return Fraction(1, MONTH_HOURS)
        case PayKind.PIECE:
            pieces = draft.pieces_per_hour
            if pieces is None or not isfinite(pieces) or pieces <= 0:
                raise InvalidValue(field="pieces_per_hour", reason="required")
            return Fraction(str(pieces))


def _form_findings(draft: Draft, law: Law, on: date) -> Iterator[Finding]:
    values = {**vars(draft), "employer": draft.employer_name, "pay": draft.pay_fen}
    for required in law.required_fields:
        value = values[required.field]
        if required.in_force(on) and not (value.strip() if isinstance(value, str) else value):
            params = {"name": required.name}
            yield Finding(required.field, "required", "refused", clause_id=required.clause_id, params=params)
    if draft.headcount and not 1 <= draft.headcount <= MOST_HEADCOUNT:
        yield Finding("headcount", "range", "refused", params={"least": 1, "most": MOST_HEADCOUNT})
    if draft.employment and draft.employment not in EMPLOYMENTS:
        yield Finding("employment", "unknown", "refused")
    if draft.town and not draft.town.startswith(draft.county):
        yield Finding("town", "outside_county", "refused")
    if not (-180 <= draft.lon <= 180 and -90 <= draft.lat <= 90):
        yield Finding("lon", "range", "refused")
    codes = [code for code, _ in draft.occupations]
    if len(set(codes)) < len(codes) or len(codes) > MOST_OCCUPATIONS:
        yield Finding("occupations", "too_many", "refused", params={"most": MOST_OCCUPATIONS})
    if not all(1 <= level <= HIGHEST_LEVEL for _, level in draft.occupations):
        yield Finding("occupations", "range", "refused", params={"least": 1, "most": HIGHEST_LEVEL})
    if len(set(draft.brands)) < len(draft.brands) or len(draft.brands) > MOST_BRANDS:
        yield Finding("brands", "too_many", "refused", params={"most": MOST_BRANDS})


def _text_findings(draft: Draft, law: Law, on: date) -> Iterator[Finding]:
    lexicon = law.lexicon_on(on)
    for name, most in MOST_CHARACTERS.items():
        text: str = getattr(draft, name)
        if len(text) > most:
            yield Finding(name, "too_long", "refused", params={"most": most})
            continue
        for found in read_words(text, lexicon):
            if draft.is_public_post and found.category == "age":
                continue
            where = (found.words, found.start, found.end)
            yield Finding(name, found.category, found.severity, *where, found.clause_id, found.suggestion)


def _age_findings(draft: Draft, law: Law, on: date) -> Iterator[Finding]:
    working, adult = law.limit("working_age", on), law.limit("adult_age", on)
    if not draft.min_age:
        return
    if draft.min_age < working.value:
        yield Finding("min_age", "under_16", "refused", clause_id=working.clause_id, params={"least": working.value})
    elif draft.min_age < adult.value:
        yield from _hazard_findings(draft, law, on)
        most = law.limit("normal_day_hours", on).value
        if any(hours > most for hours in hours_by_day(draft).values()) or _at_night(draft):
            params = {"most": most, "least": adult.value}
            yield Finding("min_age", "minor_hours", "warned", clause_id=adult.clause_id, params=params)
    elif draft.min_age > adult.value and not draft.is_public_post:
        params = {"most": adult.value}
        yield Finding("min_age", "age", "warned", clause_id="promotion-26", params=params)


def _hazard_findings(draft: Draft, law: Law, on: date) -> Iterator[Finding]:
    """Each hazard once: by the occupation that shows it, or else by words."""
    codes = [code for code, _ in draft.occupations]
    for hazard in law.hazards_in(codes, on):
        params = {"hazard": hazard.name, "item": hazard.item}
        yield Finding("occupations", "minor_in_hazard", "refused", clause_id=hazard.clause_id, params=params)
    shown = {hazard.name for hazard in law.hazards_in(codes, on)}
    for name in ("title", "words"):
        for hazard, start, end in law.hazards_said(getattr(draft, name), on):
            if hazard.name not in shown:
                shown.add(hazard.name)
                words, params = getattr(draft, name)[start:end], {"hazard": hazard.name, "item": hazard.item}
                yield Finding(name, "minor_in_hazard", "refused", words, start, end, hazard.clause_id, params=params)


def _at_night(draft: Draft) -> bool:
    """Whether any of the work lies between 22:00 and 06:00, local."""
    for start, end in draft.shifts:
        day = local_date(start)
        nights = (
            (at_local(day, time()), at_local(day, DAWN)),
            (at_local(day, DUSK), at_local(day + timedelta(days=1), DAWN)),
        )
        if any(start < dawn and end > dusk for dusk, dawn in nights):
            return True
    return False


def _shift_findings(draft: Draft, law: Law, on: date, now: datetime | None) -> Iterator[Finding]:
    """What is wrong with the times. The law limits working hours (劳动法 36, 41), and a break in which one is free is
    none of them: the most hours of a shift and of a day are those that are left without it.
    """
    shifts = sorted(draft.shifts)
    if not shifts:
        return
    if any(end <= start for start, end in shifts):
        yield Finding("shifts", "ends_before_start", "refused")
    if any(_hours(draft, start, end) > MOST_SHIFT_HOURS for start, end in shifts):
        yield Finding("shifts", "too_long", "refused", params={"most": MOST_SHIFT_HOURS})
    if any((moment - datetime.min.replace(tzinfo=UTC)) % SHIFT_STEP for shift in shifts for moment in shift):
        yield Finding("shifts", "not_a_quarter", "refused")
    if any(later < end for (_, end), (later, _) in pairwise(shifts)):
        yield Finding("shifts", "overlap", "refused")
    first = shifts[0][0]
    if first < now if now else local_date(first) < on:
        yield Finding("shifts", "past", "refused")
    if local_date(first) > on + timedelta(days=MOST_DAYS_AHEAD):
        yield Finding("shifts", "too_far", "refused", params={"most": MOST_DAYS_AHEAD})
    overtime = law.limit("overtime_day_hours", on)
    most = law.limit("normal_day_hours", on).value + overtime.value
    if any(hours > most for hours in hours_by_day(draft).values()):
        yield Finding("shifts", "long_day", "warned", clause_id=overtime.clause_id, params={"most": most})


def _break_findings(draft: Draft) -> Iterator[Finding]:
    if not 0 <= draft.break_minutes <= MOST_BREAK_MINUTES:
        yield Finding("break_minutes", "range", "refused", params={"least": 0, "most": MOST_BREAK_MINUTES})
    if draft.break_minutes % STEP_MINUTES:
        yield Finding("break_minutes", "not_a_quarter", "refused")
    if draft.break_minutes and any(start < end and _hours(draft, start, end) <= 0 for start, end in draft.shifts):
        yield Finding("break_minutes", "fills_a_shift", "refused")


def _pay_findings(draft: Draft, law: Law, on: date) -> Iterator[Finding]:
    part_time = draft.employment == PART_TIME
    latest = law.limit("part_time_pay_days" if part_time else "pay_days", on)
    if not 0 <= draft.pay_days <= latest.value:
        yield Finding("pay_days", "pay_too_late", "refused", clause_id=latest.clause_id, params={"most": latest.value})
    if draft.pay_kind not in set(PayKind):
        yield Finding("pay", "unknown", "refused")
        return
    if not 0 <= draft.pay_fen <= HIGHEST_FEN:
        yield Finding("pay", "range", "refused", params={"most_fen": HIGHEST_FEN})
        return
    try:
        units = _units_per_hour(draft)
        floor = _floor(draft, law, on)
    except InvalidValue as missing:
        if missing.details["field"] == "pieces_per_hour":
            yield Finding("pieces_per_hour", "required", "refused", clause_id="labor-48")
        return
    except LawUnknown:
        yield Finding("town", "no_minimum_wage", "refused", clause_id="labor-48")
        return
    if draft.pay_fen * units > HIGHEST_FEN:
        yield Finding("pay", "range", "refused", params={"most_fen": HIGHEST_FEN})
    if draft.pay_fen:
        yield from _floor_findings(draft, units, floor)


def _floor(draft: Draft, law: Law, on: date) -> MinimumWage:
    """The highest floor of the days worked, a night shift's second day too; of `on` while there are none."""
    moments = [moment for start, end in draft.shifts for moment in (start, end - timedelta(minutes=1))]
    days = {local_date(moment) for moment in moments} or {on}
    return max((law.minimum_wage(draft.county, day) for day in days), key=lambda floor: floor.hourly_fen)


def _floor_findings(draft: Draft, units: Fraction, floor: MinimumWage) -> Iterator[Finding]:
    """Full-time pay by the month is compared with the monthly figure, all other with the hourly."""
    monthly = draft.pay_kind == PayKind.MONTH and draft.employment == FULL_TIME
    least_fen = floor.monthly_fen if monthly else ceil(floor.hourly_fen / units)
    if draft.pay_fen >= least_fen:
        if int(draft.pay_fen * units) > HIGHEST_FEN:
            yield Finding("pay", "range", "refused", params={"most_fen": HIGHEST_FEN})
        return
    params = {
        "least_fen": least_fen,
        "hourly_fen": int(draft.pay_fen * units),
        "floor_fen": floor.monthly_fen if monthly else floor.hourly_fen,
        "by": "month" if monthly else "hour",
        "tier": floor.tier,
        "since": floor.since,
        "confirmed": floor.confirmed,
    }
    clause_id = "contract-72" if draft.employment == PART_TIME else "labor-48"
    yield Finding("pay", "below_minimum_wage", "refused", clause_id=clause_id, params=params)


def _part_time_findings(draft: Draft, law: Law, on: date) -> Iterator[Finding]:
    hours = hours_by_day(draft)
    if draft.employment != PART_TIME or not hours:
        return
    day, week = law.limit("part_time_day_hours", on), law.limit("part_time_week_hours", on)
    if sum(hours.values()) > day.value * len(hours):
        yield Finding("shifts", "part_time_day", "warned", clause_id=day.clause_id, params={"most": day.value})
    weeks: dict[tuple[int, int], Fraction] = {}
    for worked, length in hours.items():
        weeks[worked.isocalendar()[:2]] = weeks.get(worked.isocalendar()[:2], Fraction()) + length
    if max(weeks.values()) > week.value:
        yield Finding("shifts", "part_time_week", "warned", clause_id=week.clause_id, params={"most": week.value})


def _construction_findings(draft: Draft) -> Iterator[Finding]:
    """Work on a building site is for a project with a number: its insurance covers whoever works on it (plan 12)."""
    if draft.project_id is None and is_construction(draft):
        yield Finding("project", "project_missing", "refused", clause_id="injury-project-2014")


def _industry(code: str) -> str:
    try:
        return industry(code)
    except UnknownOccupation:
        return ""
