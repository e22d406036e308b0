"""Figures beside their baselines and goals, as a printed table and as the page of results."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from unicodedata import east_asian_width

TOPICS = (
    "workers for a posting",
    "postings for a worker",
    "every posting",
    "one worker changes",
    "workers come in",
    "fresh rows",
    "rebuild",
    "memory",
    "seating",
    "crews",
    "shards",
    "job titles",
    "messages",
    "publishing",
    "imports",
    "exchange",
    "start of a process",
    "start of the market's process",
    "staff's dashboard",
    "wages",
)
UNITS = (("µs", 1e-6), ("ms", 1e-3), ("s", 1.0))
HEADS = ("", "figure", "baseline", "ratio", "goal", "")


class Goal(NamedTuple):
    text: str
    met: bool


def at_most(figure: float, limit: float, unit: str = "×") -> Goal:
    return Goal(f"≤ {limit:,g} {unit}", bool(figure <= limit))


def at_least(figure: float, limit: float, unit: str = "×") -> Goal:
    return Goal(f"≥ {limit:,g} {unit}", bool(figure >= limit))


class Row(NamedTuple):
    """One line: `what` of a topic, its figure, the baseline's, one beside the other, and the goal if it has one."""

    topic: str
    what: str
    figure: str
    baseline: str = ""
    ratio: str = ""
    goal: Goal | None = None


def duration(seconds: float) -> str:
    """With three digits: 4.21 µs, 0.437 ms, 12.3 s."""
    unit, size = next((unit, size) for unit, size in UNITS if seconds < 100 * size or unit == "s")
    figure = seconds / size
    return f"{figure:.{sum(figure < least for least in (1, 10, 100))}f} {unit}"


def printed(run: dict[str, Any]) -> str:
    """The table for a terminal."""
    lines = [HEADS, *_lines(run)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(HEADS))]
    text = (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "\n".join(["", _title(run), "", *(line.rstrip() for line in text)])


def results_page(runs: Iterable[dict[str, Any]]) -> str:
    """The page in Markdown: the tables of several runs, the smallest first."""
    parts = [PREFACE]
    for run in sorted(runs, key=lambda run: run["workers"]):
        machine = run["machine_info"]
        parts += [
            f"## {_title(run)}",
            f"{run['datetime'][:10]} · {machine['cpu']}, {machine['cores']} cores · Python {machine['python']} · "
            f"numpy {machine['numpy']}",
            "\n".join("| " + " | ".join(line) + " |" for line in (HEADS, ("---",) * len(HEADS), *_lines(run))),
        ]
    return "\n\n".join(parts) + "\n"


PREFACE = """\
# How fast

Written by `make bench` (200,000 workers) and `make bench ARGS="--workers 2000000"`. Each figure was measured beside its
baseline in one run, in blocks that take turns; medians unless it says otherwise, lists of the 50 best. The scan filters
first (slots, pay, distance), then scores the survivors; it gives the same lists. Goals are shown as met or missed, and
never asserted. All data is made up (`county.py`).

![Latency against the number of workers](latency.svg)"""


def _title(run: dict[str, Any]) -> str:
    rows = [Row(**row) for row in _told(run)]
    met = [row.goal[1] for row in rows if row.goal]
    return f"{run['workers']:,} workers: {sum(met)} of {len(met)} goals met"


def _told(run: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [row for one in run["benchmarks"] for row in one["extra_info"].get("rows", ())]


def _lines(run: dict[str, Any]) -> list[tuple[str, ...]]:
    """By topic; a topic of which nothing was measured says so."""
    by_topic: dict[str, list[Row]] = {topic: [] for topic in TOPICS}
    for row in _told(run):
        by_topic[row["topic"]].append(Row(**row))
    lines: list[tuple[str, ...]] = []
    for topic, found in by_topic.items():
        lines += map(_line, found) if found else [(topic, "not measured in this run", *[""] * (len(HEADS) - 2))]
    return lines


def _line(row: Row) -> tuple[str, ...]:
    text, met = row.goal or ("", None)
    verdict = {True: "met", False: "missed", None: ""}[met]
    return f"{row.topic}{', ' if row.what else ''}{row.what}", row.figure, row.baseline, row.ratio, text, verdict


def _width(text: str) -> int:
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)
