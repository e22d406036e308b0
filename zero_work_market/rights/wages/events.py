"""What wages announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class WageDue(Event):
    """The lamps of wages of a posting turned amber, or red."""

    kind: ClassVar[str] = "wage_due"
    posting_id: int
    wage_ids: list[int]
    lamp: str


@dataclass(frozen=True)
class WagePaid(Event):
    """A payment was recorded, or waits for the worker's word: the worker is to be asked whether it came."""

    kind: ClassVar[str] = "wage_paid"
    payment_id: int


@dataclass(frozen=True)
class PaymentDenied(Event):
    """The worker says that it didn't come."""

    kind: ClassVar[str] = "payment_denied"
    payment_id: int


@dataclass(frozen=True)
class PaymentVoided(Event):
    kind: ClassVar[str] = "payment_voided"
    payment_id: int
