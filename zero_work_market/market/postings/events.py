"""What postings announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class PostingPublished(Event):
    kind: ClassVar[str] = "posting_published"
    posting_id: int


@dataclass(frozen=True)
class PostingDecided(Event):
    """Staff let a waiting posting out, or kept it back."""

    kind: ClassVar[str] = "posting_decided"
    posting_id: int
