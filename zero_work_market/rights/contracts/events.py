"""What agreements announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class AgreementsSigned(Event):
    """One side signed, the employer perhaps several at once; `completed` are those that both have signed now."""

    kind: ClassVar[str] = "agreements_signed"
    side: str
    agreement_ids: list[int]
    completed: list[int]
