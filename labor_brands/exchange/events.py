"""What the exchange announces."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class BundleUploaded(Event):
    """Staff want an uploaded bundle taken in."""

    kind: ClassVar[str] = "exchange_bundle_uploaded"
    transfer_id: int


@dataclass(frozen=True)
class OwnApplicationClosed(Event):
    """The vacancy that one of ours applied for is gone there."""

    kind: ClassVar[str] = "exchange_application_closed"
    application_id: int


@dataclass(frozen=True)
class AskedToCome(Event):
    """The employer there asks one of ours to come."""

    kind: ClassVar[str] = "exchange_asked_to_come"
    application_id: int


@dataclass(frozen=True)
class RemoteApplied(Event):
    """Someone of a partner region applies for a posting of ours: the employer is to be told."""

    kind: ClassVar[str] = "exchange_remote_applied"
    application_id: int
