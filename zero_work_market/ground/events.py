"""Facts announced by the ground itself."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class MessageQueued(Event):
    kind: ClassVar[str] = "message_queued"
    message_id: int


@dataclass(frozen=True)
class EvidenceAdded(Event):
    """A county's chain of evidence has grown: what is counted from it is to be counted on."""

    kind: ClassVar[str] = "evidence_added"
    chain: str
