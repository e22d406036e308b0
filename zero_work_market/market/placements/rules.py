"""States of a placement, what may not overlap, and who may still take a seat."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import LeyeError
from zero_work_market.reference.regions.rules import km_between, ride_minutes

LONGEST_RIDE_MINUTES = 30
LATE_NOTICE = timedelta(hours=24)
"""Cancelling or withdrawing later than this before the start is recorded."""


class State(StrEnum):
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    """Given up by the worker."""
    CANCELLED = "cancelled"
    """Taken away with the posting."""
    NO_SHOW = "no_show"
    """Not there a quarter of an hour after the start."""


MOVES: dict[State, set[State]] = {
    State.ACCEPTED: {State.WITHDRAWN, State.CANCELLED, State.NO_SHOW},
    State.WITHDRAWN: {State.ACCEPTED},
    State.CANCELLED: set(),
    State.NO_SHOW: {State.ACCEPTED},
}


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


def is_late_notice(*, starts_at: datetime, at: datetime) -> bool:
    """True when less than 24 hours are left: recorded."""
    return starts_at - at < LATE_NOTICE
