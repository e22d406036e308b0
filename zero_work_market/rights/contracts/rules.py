"""States of an agreement, and the two who sign it."""

from enum import StrEnum


class Side(StrEnum):
    WORKER = "worker"
    EMPLOYER = "employer"


class State(StrEnum):
    OFFERED = "offered"
    """Made, not signed by both yet."""
    SIGNED = "signed"
    VOID = "void"
    """The seat was lost before the work began."""


MOVES: dict[State, set[State]] = {
    State.OFFERED: {State.SIGNED, State.VOID},
    State.SIGNED: {State.VOID},
    State.VOID: {State.OFFERED},
}
