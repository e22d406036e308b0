"""What disputes announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class CaseStepped(Event):
    """Something was done in a case: whom it concerns is to be told."""

    kind: ClassVar[str] = "case_stepped"
    step_id: int


@dataclass(frozen=True)
class PayReminded(Event):
    """A worker asks the employer to keep the pay day."""

    kind: ClassVar[str] = "pay_reminded"
    placement_id: int
    fen: int
    due_on: str
