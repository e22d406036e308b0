"""What placements announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class SeatAccepted(Event):
    kind: ClassVar[str] = "seat_accepted"
    placement_id: int


@dataclass(frozen=True)
class SeatFreed(Event):
    """A seat is free while workers wait for one."""

    kind: ClassVar[str] = "seat_freed"
    posting_id: int


@dataclass(frozen=True)
class PlacementCancelled(Event):
    """The employer called the work off: the worker is to be told and offered similar work."""

    kind: ClassVar[str] = "placement_cancelled"
    placement_id: int


@dataclass(frozen=True)
class SeatGivenUp(Event):
    """A worker gave a seat up: the employer is to be told."""

    kind: ClassVar[str] = "seat_given_up"
    posting_id: int
    worker_id: int


@dataclass(frozen=True)
class PostingFilled(Event):
    """The last seat was taken."""

    kind: ClassVar[str] = "posting_filled"
    posting_id: int


@dataclass(frozen=True)
class PendingCalledOff(Event):
    """An invitation or a place in the queue ended because the work was called off."""

    kind: ClassVar[str] = "pending_called_off"
    posting_id: int
    worker_id: int
