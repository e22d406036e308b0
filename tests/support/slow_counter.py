"""Books kept by hand: what a clerk who watched everything would have written, and the figures counted from it slowly.

It knows nothing of the site's tables, evidence or rules: days, sums and rungs are worked out here again, with loops.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

MONTHS_STABLE, DAYS_APART = 3, 31
WATCHED = ("建筑", "制造", "家政")


@dataclass
class Paid:
    fen: int
    on: date
    stands: bool = True


@dataclass
class Sheet:
    """A line of a wage sheet as the employer sees it."""

    first: date
    last: date
    due_on: date
    net_fen: int
    payments: dict[int, Paid] = field(default_factory=dict)

    def settled_on(self) -> date | None:
        standing = [paid for paid in self.payments.values() if paid.stands]
        return max(paid.on for paid in standing) if sum(paid.fen for paid in standing) >= self.net_fen else None


@dataclass
class Entry:
    """A placement, as the clerk saw it."""

    worker: int
    employer: int
    posting: int
    town: str
    village: str
    industry: str
    day: date
    lost: str = ""
    came: set[int] = field(default_factory=set)
    signed: bool = False
    hours: dict[int, tuple[date, int]] = field(default_factory=dict)
    sheets: dict[int, Sheet] = field(default_factory=dict)

    def is_paid(self, day: date) -> bool:
        return any(sheet.first <= day <= sheet.last and sheet.settled_on() for sheet in self.sheets.values())


class SlowCounter:
    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.postings: list[tuple[str, date]] = []
        self.cases: dict[int, tuple[str, date]] = {}

    def level(self, entry: Entry) -> int:
        if entry.lost:
            return 0
        if not entry.came:
            return 1
        if not entry.hours:
            return 2
        if not any(sheet.settled_on() for sheet in entry.sheets.values()):
            return 3
        return 5 if any(self.is_stable(entry, day) for day, _ in entry.hours.values()) else 4

    def is_stable(self, entry: Entry, day: date) -> bool:
        """Whether a worked day lies in three months or more of work for the same employer, all signed for and paid."""
        days = self.worked_days(entry)
        for first in days:
            for last in days:
                if not first <= day <= last or last < three_months_after(first):
                    continue
                inside = [each for each in days if first <= each <= last]
                close = all((b - a).days <= DAYS_APART for a, b in pairwise(inside))
                proven = all(days[each] for each in inside)
                if close and proven:
                    return True
        return False

    def worked_days(self, entry: Entry) -> dict[date, bool]:
        """Days that the worker worked for the employer in the county, and whether all on it is signed for and paid."""
        days: dict[date, bool] = {}
        for other in self.entries.values():
            same = (other.worker, other.employer, other.town[:6]) == (entry.worker, entry.employer, entry.town[:6])
            if same and not other.lost and other.came:
                for day, _ in other.hours.values():
                    days[day] = days.get(day, True) and other.signed and other.is_paid(day)
        return dict(sorted(days.items()))

    def counts(self, entry: Entry, today: date) -> dict[str, int]:
        """What the placement adds to each figure."""
        level = self.level(entry)
        found = {f"L{rung}": 1 for rung in range(1, level + 1)}
        if level >= 2:
            found["signed"] = int(entry.signed)
            if entry.industry in WATCHED:
                found |= {f"L2:{entry.industry}": 1, f"signed:{entry.industry}": int(entry.signed)}
        sheets = list(entry.sheets.values())
        found["minutes"] = sum(minutes for _, minutes in entry.hours.values())
        found["settled_fen"] = sum(sheet.net_fen for sheet in sheets if sheet.settled_on())
        found["wages_due"] = sum(1 for sheet in sheets if sheet.settled_on() or sheet.due_on < today)
        found["wages_on_time"] = sum(1 for sheet in sheets if (sheet.settled_on() or date.max) <= sheet.due_on)
        return {figure: value for figure, value in found.items() if value}

    def figures(self, today: date) -> dict[tuple[str, int, int, str], tuple[int, int]]:
        """Times and persons by region (city, county, town, village), year, month (0: the year) and figure."""
        times: dict[tuple[str, int, int, str], int] = {}
        persons: dict[tuple[str, int, int, str], set[int]] = {}
        for entry in self.entries.values():
            place = entry.village or entry.town + "000"
            for figure, value in self.counts(entry, today).items():
                for region in (entry.town[:4] + "00", entry.town[:6], entry.town, place):
                    for month in (0, entry.day.month):
                        key = (region, entry.day.year, month, figure)
                        times[key] = times.get(key, 0) + value
                        persons.setdefault(key, set()).add(entry.worker)
        of_persons = ("L1", "L2", "L3", "L4", "L5", "signed")
        return {key: (times[key], len(persons[key]) if key[3] in of_persons else 0) for key in times}


def three_months_after(day: date) -> date:
    first = day.replace(day=1)
    for _ in range(MONTHS_STABLE):
        first += timedelta(days=monthrange(first.year, first.month)[1])
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
