"""States of an application, and how long an invitation waits for its answer."""

from datetime import datetime, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import IllegalMove


class State(StrEnum):
    INVITED = "invited"
    QUEUED = "queued"
    """Accepted when the seats were full: next when one falls free."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    """Ended with its posting, or not answered in time."""


MOVES: dict[State, set[State]] = {
    State.INVITED: {State.ACCEPTED, State.QUEUED, State.DECLINED, State.CLOSED},
    State.QUEUED: {State.ACCEPTED, State.INVITED, State.WITHDRAWN, State.CLOSED},
    State.ACCEPTED: {State.WITHDRAWN, State.CLOSED},
    State.DECLINED: {State.ACCEPTED, State.QUEUED},
    State.WITHDRAWN: {State.ACCEPTED, State.QUEUED, State.INVITED},
    State.CLOSED: {State.ACCEPTED, State.QUEUED, State.INVITED},
}
PENDING = (State.INVITED, State.QUEUED)
CALL_WAITS = timedelta(minutes=15)
"""How long one who is called to a running shift has for an answer, before the next is called."""


def require_move(current: State, target: State) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="application", from_state=current, to_state=target)


def respond_by(*, invited_at: datetime, starts_at: datetime) -> datetime:
    """When an invitation lapses: a quarter of the time left, half an hour to twelve hours, never after the start."""
    left = starts_at - invited_at
    wait = min(max(left / 4, timedelta(minutes=30)), timedelta(hours=12))
    return min(invited_at + wait, starts_at).replace(second=0, microsecond=0)
