"""What a figure, its lines and its persons are made of, as the pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zero_work_market.statistics.registers.rules import Why
from zero_work_market.statistics.targets.rules import Indicator, percent


@dataclass(frozen=True)
class Tile:
    """An indicator of one region and year against its target."""

    indicator: Indicator
    target: int | None
    """The region's own: of the city the plan's unless staff set another, of others what was allotted. None: not set.
    Of a share whole percent."""
    target_sum: int | None
    """What was allotted to the region's children, added up; None when nothing was, and of a share."""
    done: int | None
    """None: nothing in Leye counts it yet. Persons, not person-times; of a share its numerator."""
    of: int | None
    """Of a share its denominator, else None."""
    times: int | None
    """Of a figure in persons its person-times, else None."""
    gap: int | None
    """What `done` still lacks (of a ceiling: is too much by); 0 once the target is met; None without one."""
    expected_today: float | None
    """Target × days gone ÷ days of the year; None of shares and ceilings."""
    forecast_on: date | None
    """When the target is reached at the pace so far; None when it is met, or never will be."""
    months: tuple[int, ...]
    """What each of the 12 months did, in the unit of `done`, of a share in whole percent; empty when nothing counts."""

    @property
    def percent(self) -> float | None:
        """Of a share: 97 of 100 is 97.0; None of others, and of 0 of 0."""
        return None if self.done is None or not self.of else percent(self.done, self.of)

    @property
    def is_met(self) -> bool | None:
        return None if self.gap is None else self.gap == 0

    @property
    def is_behind(self) -> bool:
        """Not met, and less than the year's pace asks for."""
        return bool(self.gap) and (self.expected_today is None or (self.done or 0) < self.expected_today)


@dataclass(frozen=True)
class Line:
    """One child of a region: target and done as in Tile."""

    region: str
    name: str
    target: int | None
    done: int | None
    of: int | None
    share: float | None
    """Percent: done of `of` where the indicator is a share, else done of the target; None without either."""


@dataclass(frozen=True)
class Rung:
    """A rung of the ladder: placements and different persons at it or above."""

    times: int
    persons: int


@dataclass(frozen=True)
class PersonRow:
    """A person behind a figure: the placement that counts, or that comes nearest."""

    worker_id: int
    masked_name: str
    placements: int
    level: int
    day: date
    placement_id: int
    why_out: Why
    """Empty for one who counts."""
    sum: int
    """Placements of the person that count."""


@dataclass(frozen=True)
class PlacementRow:
    """A placement of a person."""

    placement_id: int
    posting_id: int
    title: str
    employer: str
    town: str
    village: str
    day: date
    level: int
    lost: str
    short_of: Why
    stable_on: date | None


@dataclass(frozen=True)
class Link:
    """A link of the chain of evidence."""

    chain: str
    number: int
    kind: str
    at: datetime
    by_role: str
    body: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class PlacementEvidence:
    """All that is known of a placement: where it stands, and every link that says so."""

    standing: PlacementRow
    county: str
    worker_id: int
    masked_name: str
    links: tuple[Link, ...]


def why(short_of: str) -> Why:
    """ "days:4" as ("days", 4), "hours" as ("hours",), "" as ()."""
    name, _, number = short_of.partition(":")
    return (name, int(number)) if number else (name,) if name else ()
