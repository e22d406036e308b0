"""What applications announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class WorkerInvited(Event):
    kind: ClassVar[str] = "worker_invited"
    application_id: int


@dataclass(frozen=True)
class WorkerCalled(Event):
    """Somebody is missing at the start: the worker, who waits in the queue, is asked to come at once."""

    kind: ClassVar[str] = "worker_called"
    application_id: int
