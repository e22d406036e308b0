"""What hours announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class HoursAsked(Event):
    """A shift is over, or has been for days: whoever hasn't said how long it was is to be asked."""

    kind: ClassVar[str] = "hours_asked"
    shift_id: int
    hours_ids: list[int]


@dataclass(frozen=True)
class HoursDisputed(Event):
    """The two words differ: both are to be told."""

    kind: ClassVar[str] = "hours_disputed"
    hours_id: int


@dataclass(frozen=True)
class HoursDecided(Event):
    """Staff have decided what the two couldn't agree on."""

    kind: ClassVar[str] = "hours_decided"
    hours_id: int
