"""What channels announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class PutOnRoster(Event):
    kind: ClassVar[str] = "put_on_roster"
    dispatch_id: int
    worker_id: int


@dataclass(frozen=True)
class DispatchChanged(Event):
    """Another time or place, or it was called off: everybody on the roster is told."""

    kind: ClassVar[str] = "dispatch_changed"
    dispatch_id: int
