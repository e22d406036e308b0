"""What a crew is asked to be, how far an offer has come, and what a stop counts, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError

MOST_ROLES, LEAST_SEATS, MOST_SEATS, MOST_TITLE = 4, 2, 20, 10
HIGHEST_LEVEL = 5
STOP, STOP_WITHOUT_CAR = 0.05, 0.1
"""What each place that a crew sets out from counts against it, in points of one worker's score: more where the employer
sends no car, as each then needs a ride of its own. Set by the project."""


class State(StrEnum):
    OFFERED = "offered"
    """Its members are being asked."""
    FILLED = "filled"
    """All said yes, and all have their seats."""
    BROKEN = "broken"
    """Nobody of it has a seat; why is in `Why`."""


class Why(StrEnum):
    """Why a crew came to nothing."""

    NOBODY_LEFT = "nobody_left"
    """Somebody said no, and nobody else can do that job then."""
    TOO_LATE = "too_late"
    """Not all had answered when the seats were opened to single workers."""
    SEATS_GONE = "seats_gone"
    """Single workers took so many seats that the crew no longer fits."""
    CALLED_OFF = "called_off"
    """By its employer."""
    POSTING_CLOSED = "posting_closed"


class Answer(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    LATE = "late"
    """Didn't answer in time."""
    UNABLE = "unable"
    """Had said yes, and couldn't take the seat any more when all had."""


MOVES: dict[State, set[State]] = {
    State.OFFERED: {State.FILLED, State.BROKEN},
    State.FILLED: set(),
    State.BROKEN: set(),
}
ANSWERS: dict[Answer, set[Answer]] = {
    Answer.ASKED: {Answer.AGREED, Answer.DECLINED, Answer.LATE},
    Answer.AGREED: {Answer.DECLINED, Answer.UNABLE},
    Answer.DECLINED: set(),
    Answer.LATE: set(),
    Answer.UNABLE: set(),
}
IN_IT = (Answer.ASKED, Answer.AGREED)


class CrewUnderway(LeyeError):
    """A crew of this posting is being asked: one at a time."""

    code = "crew_underway"


class CrewOver(LeyeError):
    """The crew has its seats, or came to nothing, or its member is out of it. details: state."""

    code = "crew_over"


class CrewChanged(LeyeError):
    """The crew can't be offered as it was seen: somebody of it is taken or gone meanwhile."""

    code = "crew_changed"


@dataclass(frozen=True)
class NewRole:
    """One of the jobs that a crew covers: `title` as its employer calls it, empty for the occupation's own name."""

    occupation: str
    level: int
    seats: int
    title: str = ""


@dataclass(frozen=True)
class Candidate:
    """Somebody who could do a role, with the score for it; `village` empty for none that is known."""

    role_id: int
    worker_id: int
    village: str
    score: float


@dataclass(frozen=True)
class Proposal:
    """A crew that could be offered: by role, then by worker. `missing`: how many each role lacks, by its id."""

    brand: str
    members: tuple[Candidate, ...]
    missing: dict[int, int]
    worth: float
    stops: int


def require_move(current: State, target: State) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="crew", from_state=current, to_state=target)


def require_answer(current: Answer, target: Answer) -> None:
    """Raises IllegalMove unless an answer may become that other."""
    if target not in ANSWERS[current]:
        raise IllegalMove(what="crew_member", from_state=current, to_state=target)


def require_roles(roles: Sequence[NewRole], *, free: int) -> None:
    """Raises InvalidValue on "roles" unless they are a crew that fits the free seats."""
    if not roles:
        raise InvalidValue(field="roles", reason="required")
    if len(roles) > MOST_ROLES:
        raise InvalidValue(field="roles", reason="too_many", most=MOST_ROLES)
    names = [(role.occupation, role.level, role.title) for role in roles]
    if len(set(names)) < len(names):
        raise InvalidValue(field="roles", reason="twice")
    for role in roles:
        if role.seats < 1 or not 1 <= role.level <= HIGHEST_LEVEL or len(role.title) > MOST_TITLE:
            raise InvalidValue(field="roles", reason="format")
    seats = sum(role.seats for role in roles)
    if not LEAST_SEATS <= seats <= min(MOST_SEATS, free):
        raise InvalidValue(field="crew", reason="range", least=LEAST_SEATS, most=min(MOST_SEATS, free))


def alone_until(*, asked_at: datetime, closes_at: datetime) -> datetime:
    """Until when the seats are for a crew alone: a quarter of the time left, an hour to half a day, is for single
    workers; never more than half of it."""
    left = closes_at - asked_at
    for_others = min(max(left / 4, timedelta(hours=1)), timedelta(hours=12), left / 2)
    return (closes_at - for_others).replace(second=0, microsecond=0)


def stop_cost(*, transport: bool) -> float:
    return STOP if transport else STOP_WITHOUT_CAR


def best_instead(candidates: Sequence[Candidate], beside: Sequence[str], *, stop: float) -> Candidate | None:
    """Who adds most to the worth of those who stay, `beside` their villages: the score, less a stop for a new place."""
    known = set(beside) - {""}
    return max(
        candidates,
        key=lambda one: (one.score - (0 if one.village in known else stop), -one.worker_id),
        default=None,
    )
