"""What a search asks, and a job as a list shows it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from zero_work_market.ground.clock import day_bounds
from zero_work_market.market.applications.rules import State as ApplicationState
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.market.postings.rules import State


@dataclass(frozen=True)
class Place:
    """Where the one who searches is."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Wanted:
    """What to look for; an empty value doesn't narrow."""

    county: str = ""
    words: str = ""
    occupation: str = ""
    first_day: date | None = None
    last_day: date | None = None
    within_km: float | None = None
    least_hourly_fen: int = 0
    within_reach: bool = False
    """Leave out what a worker isn't eligible for and what lies beyond where they go, unless they have a part in it."""
    by_distance: bool = False
    """The off switch: distance and time only."""


@dataclass(frozen=True)
class Job:
    """A posting as a worker or visitor sees it in a list."""

    id: int
    employer_id: int
    employer: str
    employer_short: str
    verified: bool
    state: State
    title: str
    headcount: int
    taken: int
    queue: int
    county: str
    town: str
    address: str
    lon: float
    lat: float
    shifts: tuple[tuple[datetime, datetime], ...]
    break_minutes: int
    closes_at: datetime
    pay_kind: PayKind
    pay_fen: int
    hourly_fen: int
    total_fen: int
    pay_days: int
    meals: bool
    lodging: bool
    transport: bool
    insurance: bool
    min_age: int
    occupations: tuple[tuple[str, int], ...]
    brands: tuple[str, ...]
    crew_until: datetime | None = None
    """Until then the seats are for a crew alone."""
    distance_km: float | None = None
    score: float | None = None
    """The engine's score for the worker who asks; None for one who isn't eligible, or unknown."""
    shut: str = ""
    """The first gate that keeps the worker out: slots, pay, distance or skill; empty when eligible."""
    application: ApplicationState | None = None
    respond_by: datetime | None = None
    queue_place: int | None = None

    @property
    def called(self) -> bool:
        """The work has begun, somebody is missing, and the worker who waited is asked to come at once."""
        return self.application == ApplicationState.INVITED and self.state == State.EXPIRED

    @property
    def free(self) -> int:
        return max(0, self.headcount - self.taken)


@dataclass(frozen=True)
class Found:
    """Jobs in order, and how many there are by day from the first day on, and on all of these days together."""

    jobs: tuple[Job, ...]
    total: int
    by_day: dict[date, int] = field(default_factory=dict)
    week: int = 0


def runs_on(shifts: tuple[tuple[datetime, datetime], ...], first: date, last: date) -> bool:
    """True when a shift starts between two days, both included."""
    begin, end = day_bounds(first)[0], day_bounds(last)[1]
    return any(begin <= start < end for start, _ in shifts)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
