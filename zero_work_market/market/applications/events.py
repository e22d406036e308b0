"""What applications announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class WorkerInvited(Event):
    kind: ClassVar[str] = "worker_invited"
    application_id: int
