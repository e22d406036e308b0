"""What attendance announces."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class MarkedAbsent(Event):
    """A worker wasn't there: both sides are to be told, and the worker how to contest it."""

    kind: ClassVar[str] = "marked_absent"
    mark_id: int


@dataclass(frozen=True)
class ArrivedOffline(Event):
    """An arrival was reported later by a code taken without network: the employer is to be told, who may contest it."""

    kind: ClassVar[str] = "arrived_offline"
    mark_id: int


@dataclass(frozen=True)
class MarkContested(Event):
    """One side contests a mark: the other is to be told."""

    kind: ClassVar[str] = "mark_contested"
    mark_id: int


@dataclass(frozen=True)
class MarkDecided(Event):
    """Staff decided on a contested mark: both sides are to be told."""

    kind: ClassVar[str] = "mark_decided"
    mark_id: int
