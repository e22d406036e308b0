"""How well messages are read: their labels beside what was read of them, field by field.

Jobs are paired by how alike their titles are. A value that is missed counts against recall, one that isn't there
against precision, a wrong one against both; figures of pay and hours are compared as sets.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from web.parsed import parsed
from zero_work_market.market.reader.queries import read

MESSAGES = Path(__file__).parents[1] / "zero_work_market" / "market" / "messages"
JUNE = date(2026, 6, 7)
FIELDS = (
    "title", "occupation", "pay", "city", "district", "headcount", "age_min", "age_max", "gender", "shifts", "meals",
    "lodging",
)  # fmt: skip
SUFFIX = re.compile(r"(?<=..)(?:市|区|县|镇|乡|街道)$")
ALIKE = 50

Values = dict[str, Any]


@dataclass
class Tally:
    right: int = 0
    labelled: int = 0
    read: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.labelled + self.read) if self.labelled + self.read else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0


@dataclass
class Score:
    fields: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in FIELDS})
    violations: Tally = field(default_factory=Tally)
    whole: int = 0
    """Messages of which the number of jobs is right."""
    messages: int = 0

    @property
    def mean(self) -> float:
        counted = [one.f1 for one in (*self.fields.values(), self.violations) if one.labelled]
        return sum(counted) / len(counted)

    def table(self) -> str:
        rows = [*self.fields.items(), ("violations", self.violations)]
        lines = [f"{name:11} {one.precision:.2f} {one.recall:.2f} {one.f1:.2f}" for name, one in rows]
        return "\n".join([*lines, f"jobs right {self.whole}/{self.messages}, mean F1 {self.mean:.3f}"])


@cache
def labelled(name: str) -> tuple[Values, ...]:
    """The messages of a file, each with `text`, `jobs` and `violations`."""
    return tuple(yaml.safe_load((MESSAGES / f"{name}.yaml").read_text(encoding="utf-8")))


def score(messages: Iterable[Values]) -> Score:
    total = Score()
    for message in messages:
        answer = parsed(read(message["text"], on=JUNE)).model_dump()
        _add(total, message, answer)
    return total


def _add(total: Score, message: Values, answer: Values) -> None:
    wanted, found = [_labelled_job(job) for job in message["jobs"]], [_read_job(job) for job in answer["jobs"]]
    pairs = _paired(wanted, found)
    alone = [(None, one) for at, one in enumerate(found) if at not in {at for _, at in pairs}]
    missed = [(one, None) for at, one in enumerate(wanted) if at not in {at for at, _ in pairs}]
    for want, got in [*((wanted[i], found[j]) for i, j in pairs), *missed, *alone]:
        for name in FIELDS:
            _compare(total.fields[name], name, want, got)
    want_codes, got_codes = set(message["violations"]), set(answer["violations"])
    total.violations.right += len(want_codes & got_codes)
    total.violations.labelled += len(want_codes)
    total.violations.read += len(got_codes)
    total.whole += len(wanted) == len(found)
    total.messages += 1


def _compare(tally: Tally, name: str, want: Values | None, got: Values | None) -> None:
    a, b = want and want[name], got and got[name]
    if name in ("pay", "shifts"):
        tally.right += len((a or set()) & (b or set()))
        tally.labelled += len(a or ())
        tally.read += len(b or ())
    elif not (name == "occupation" and want and a is None):
        tally.right += a is not None and b is not None and _same(name, a, b)
        tally.labelled += a is not None
        tally.read += b is not None


def _same(name: str, want: Any, got: Any) -> bool:
    match name:
        case "title":
            return any(_title_like(one, got) for one in [want, *want.split("/")])
        case "city" | "district":
            return any(_within(SUFFIX.sub("", one), SUFFIX.sub("", got)) for one in want.split("/"))
        case "occupation":
            return any(got.startswith(one) for one in want.split("/"))
        case "age_min" | "age_max" | "headcount":
            return abs(want - got) < 1
    return bool(want == got)


def _within(a: str, b: str) -> bool:
    return min(len(a), len(b)) > 1 and (a in b or b in a)


def _title_like(want: str, got: str) -> bool:
    return _within(want, got) or fuzz.ratio(want, got) >= ALIKE


def _paired(wanted: list[Values], found: list[Values]) -> list[tuple[int, int]]:
    ranked = sorted(
        (-max(fuzz.ratio(part, b["title"]) for part in a["title"].split("/")), abs(i - j), i, j)
        for i, a in enumerate(wanted)
        for j, b in enumerate(found)
    )
    pairs: list[tuple[int, int]] = []
    for _, _, i, j in ranked:
        if all(i != taken and j != held for taken, held in pairs):
            pairs.append((i, j))
    return pairs


def _labelled_job(job: Values) -> Values:
    known = {name: job.get(name) for name in FIELDS}
    return known | {"pay": {tuple(one) for one in job.get("pay", ())}, "shifts": set(job.get("shifts", ()))}


def _read_job(job: Values) -> Values:
    return {
        **{name: job[name] for name in ("title", "headcount", "age_min", "age_max", "gender", "meals", "lodging")},
        "occupation": job["occupation_code"],
        "city": job["place"]["city"],
        "district": job["place"]["district_or_town"],
        "pay": {(one["amount_min"], one["amount_max"], one["unit"]) for one in job["pay"]},
        "shifts": set(job["shift_times"]),
    }
