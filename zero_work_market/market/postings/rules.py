"""States of a posting, and when two are nearly the same."""

from collections import Counter
from datetime import datetime
from enum import StrEnum

from zero_work_market.ground.errors import IllegalMove


class State(StrEnum):
    WAITING = "waiting"
    """In the staff's moderation queue."""
    OPEN = "open"
    FILLED = "filled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Cancelled by its employer."""
    EXPIRED = "expired"
    """Its first shift began."""
    SUSPENDED = "suspended"
    """Its employer is suspended."""


MOVES: dict[State, set[State]] = {
    State.WAITING: {State.OPEN, State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.SUSPENDED},
    State.OPEN: {State.FILLED, State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.SUSPENDED},
    State.FILLED: {State.OPEN, State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.SUSPENDED},
    State.REFUSED: set(),
    State.WITHDRAWN: set(),
    State.EXPIRED: set(),
    State.SUSPENDED: set(),
}
TAKING = (State.OPEN, State.FILLED)
"""States in which a worker may accept, if only a place in the queue."""


def is_for_crew(crew_until: datetime | None, *, at: datetime) -> bool:
    """True while the seats are for a crew alone, and who comes by themselves waits in the queue."""
    return crew_until is not None and crew_until > at


def require_move(current: State, target: State) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="posting", from_state=current, to_state=target)


ALIKE = 0.6
"""Likeness of their words from which two postings of one trade, place and pay are taken for the same."""


def likeness(one: str, other: str) -> float:
    """0…1: how many pairs of neighbouring characters two texts share, by Dice; 1 if neither has any."""
    pairs, others = (Counter(text[at : at + 2] for at in range(len(text) - 1)) for text in (one, other))
    total = pairs.total() + others.total()
    return 2 * (pairs & others).total() / total if total else 1.0
