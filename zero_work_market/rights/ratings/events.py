"""What ratings announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class RatingGiven(Event):
    """One side has rated: the other is to be told."""

    kind: ClassVar[str] = "rating_given"
    rating_id: int


@dataclass(frozen=True)
class RatingDecided(Event):
    """Staff decided on a contested rating: both sides are to be told."""

    kind: ClassVar[str] = "rating_decided"
    rating_id: int
