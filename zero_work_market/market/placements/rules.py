"""States of a placement, what may not overlap, and who may still take a seat."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import IllegalMove, LeyeError
from zero_work_market.reference.regions.rules import km_between, ride_minutes

LONGEST_RIDE_MINUTES = 30
LATE_NOTICE = timedelta(hours=24)
"""Cancelling or withdrawing later than this before the start is recorded."""
PRIOR_ARRIVED, PRIOR_MISSED = 9.0, 1.0
"""What is thought of a worker of whom nothing is known: as of one who came nine times of ten. Set by the project, to be
fitted to the market's own mean once it has one.
"""


class State(StrEnum):
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    """Given up by the worker."""
    CANCELLED = "cancelled"
    """Taken away with the posting."""
    NO_SHOW = "no_show"
    """Not there a quarter of an hour after the start."""


class Organised(StrEnum):
    """How a worker came by a seat."""

    SELF = "self"
    """Found and accepted by the worker alone."""
    AGENT = "agent"
    """Accepted by staff on the worker's behalf: `Application.helped_by` says who."""
    CREW = "crew"
    """As one of a crew."""


MOVES: dict[State, set[State]] = {
    State.ACCEPTED: {State.WITHDRAWN, State.CANCELLED, State.NO_SHOW},
    State.WITHDRAWN: {State.ACCEPTED},
    State.CANCELLED: set(),
    State.NO_SHOW: {State.ACCEPTED},
}


def require_move(current: State, target: State) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="placement", from_state=current, to_state=target)


class PostingClosed(LeyeError):
    """The posting takes nobody any more. details: state."""

    code = "posting_closed"


class ShiftsOverlap(LeyeError):
    """The worker holds a seat at that time, or can't get from one place to the other. details: other, reason."""

    code = "shifts_overlap"


class TooYoung(LeyeError):
    """The worker is younger than the posting asks on its first day. details: min_age."""

    code = "too_young"


class ProfilePaused(LeyeError):
    """The worker has paused the profile."""

    code = "profile_paused"


class AlreadyThere(LeyeError):
    """The worker's arrival stands: the seat is worked on, not given up. details: count, how many have arrived."""

    code = "already_there"


class SeatsForCrew(LeyeError):
    """The seats are for a crew alone for now: nobody is invited to one of them. details: until."""

    code = "seats_for_crew"


class TooFewSeats(LeyeError):
    """Fewer seats are free than there are workers who come together. details: free, need."""

    code = "too_few_seats"


class AlreadySeated(LeyeError):
    """The worker holds a seat of this posting."""

    code = "already_seated"


class SeatGone(LeyeError):
    """The seat was lost by not being there, and somebody else has it, or its shift is over."""

    code = "seat_gone"


@dataclass(frozen=True)
class Engagement:
    """The times and the place of a seat."""

    posting_id: int
    title: str
    shifts: tuple[tuple[datetime, datetime], ...]
    lon: float
    lat: float


def clash(wanted: Engagement, held: Iterable[Engagement]) -> tuple[Engagement, str] | None:
    """The first engagement that `wanted` can't go with, and why: "overlap", or "too_far" to ride between.

    Shifts that touch, or nearly, go together if the ride between the places fits the gap, or takes at most 30 minutes.
    """
    for other in held:
        minutes = ride_minutes(km_between(wanted.lon, wanted.lat, other.lon, other.lat))
        for start, end in wanted.shifts:
            for other_start, other_end in other.shifts:
                if start < other_end and other_start < end:
                    return other, "overlap"
                gap = max(start - other_end, other_start - end)
                if minutes > max(LONGEST_RIDE_MINUTES, gap / timedelta(minutes=1)):
                    return other, "too_far"
    return None


def arrival_rate(arrived: int, accepted: int) -> float:
    """Chance that the worker comes to a seat: the share of those accepted, drawn to the prior while they are few."""
    return (arrived + PRIOR_ARRIVED) / (accepted + PRIOR_ARRIVED + PRIOR_MISSED)


def due_at(*, starts_at: datetime, accepted_at: datetime, distance_km: float) -> datetime:
    """When a worker has to be there: at the start, or for one called in late as soon as the ride can be done."""
    return max(starts_at, accepted_at + timedelta(minutes=ride_minutes(distance_km)))


def is_late_notice(*, starts_at: datetime, at: datetime) -> bool:
    """True when less than 24 hours are left: recorded."""
    return starts_at - at < LATE_NOTICE
