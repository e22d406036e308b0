"""What links of evidence tell, taken one after the other: kinds and bodies are all that is known here."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zero_work_market.statistics.standings.rules import Columns, Placed, Wage, Work, bucket
from zero_work_market.statistics.tallies.rules import OF_PERSONS, WHOLE_YEAR, contributions


@dataclass(frozen=True)
class Fault:
    """The first thing at a place that isn't what the evidence says, in words: what, and who says which."""

    where: str
    told: str


@dataclass(frozen=True)
class Checked:
    """A county that was recounted, or the city: how much of it, and what is wrong.

    `uncounted`: placements that no task has counted yet, and regions' years not added up yet; they aren't compared.
    `broken`: its chain, or of a city that of a county, isn't what was written: nothing can be counted from it.
    """

    name: str
    links: int = 0
    placements: int = 0
    figures: int = 0
    uncounted: int = 0
    broken: bool = False
    faults: tuple[Fault, ...] = ()


Body = dict[str, Any]


@dataclass(slots=True)
class Story:
    """What the links of one placement tell."""

    placement_id: int
    posting_id: int
    county: str
    seat: Body = field(default_factory=dict)
    lost: str = ""
    arrived: set[int] = field(default_factory=set)
    signed: bool = False
    hours: dict[int, tuple[date, int]] = field(default_factory=dict)
    wages: dict[int, Wage] = field(default_factory=dict)

    def take(self, kind: str, body: Body) -> None:
        if kind in TOLD:
            TOLD[kind](self, body)

    def sit(self, body: Body) -> None:
        self.seat, self.lost = body, ""

    def settle(self, wage: int, on: date | None) -> None:
        old = self.wages[wage]
        self.wages[wage] = Wage(old.first, old.last, old.due_on, old.net_fen, on)

    def owe(self, body: Body) -> None:
        first, last, due_on = (date.fromisoformat(body[name]) for name in ("first", "last", "due_on"))
        before = self.wages.get(body["wage"])
        settled_on = before.settled_on if before else None
        self.wages[body["wage"]] = Wage(first, last, due_on, body["net_fen"], settled_on)

    def placed(self, *, industry: str) -> Placed:
        seat = self.seat
        return Placed(
            placement_id=self.placement_id, posting_id=self.posting_id, worker_id=seat["worker"],
            employer_id=seat["employer"], county=self.county, town=seat["town"],
            village=bucket(seat["village"], seat["town"]), industry=industry,
            day=date.fromisoformat(seat["day"]),
            work=Work(
                lost=self.lost, arrived=bool(self.arrived), signed=self.signed, shifts=tuple(self.hours.values()),
                wages=tuple(self.wages.values()),
            ),
        )  # fmt: skip


TOLD: dict[str, Callable[[Story, Body], None]] = {
    "seat_accepted": Story.sit,
    "seat_lost": lambda story, body: setattr(story, "lost", body["why"]),
    "seat_restored": lambda story, body: setattr(story, "lost", ""),
    "agreement_made": lambda story, body: setattr(story, "signed", False),
    "agreement_complete": lambda story, body: setattr(story, "signed", True),
    "agreement_void": lambda story, body: setattr(story, "signed", False),
    "arrived": lambda story, body: story.arrived.add(body["shift"]),
    "arrival_struck": lambda story, body: story.arrived.discard(body["shift"]),
    "hours_agreed": lambda story, body: story.hours.update(
        {body["shift"]: (date.fromisoformat(body["day"]), body["minutes"])}
    ),
    "wage_made": Story.owe,
    "wage_settled": lambda story, body: story.settle(body["wage"], date.fromisoformat(body["at_day"])),
    "wage_unsettled": lambda story, body: story.settle(body["wage"], None),
}


@dataclass
class Chain:
    """What a county's links tell: of placements, of the towns' postings by month, of cases that are open by year."""

    links: int = 0
    stories: dict[int, Story] = field(default_factory=dict)
    postings: dict[tuple[str, int, int], int] = field(default_factory=lambda: defaultdict(int))
    cases: dict[int, int] = field(default_factory=dict)


class Book:
    """Figures added up: times, and the workers who have any."""

    def __init__(self) -> None:
        self.times: dict[tuple[str, int, int, str], int] = defaultdict(int)
        self.workers: dict[tuple[str, int, int, str], array[int]] = defaultdict(lambda: array("q"))

    def add(self, standing: Columns, regions: Iterable[str]) -> None:
        day: date = standing["day"]
        for figure, value in contributions(standing).items():
            for region in regions:
                for month in (WHOLE_YEAR, day.month):
                    self.times[region, day.year, month, figure] += value
                    if figure in OF_PERSONS:
                        self.workers[region, day.year, month, figure].append(standing["worker_id"])

    def sums(self) -> dict[tuple[str, int, int, str], tuple[int, int]]:
        return {key: (times, len(set(self.workers.get(key, ())))) for key, times in self.times.items()}
