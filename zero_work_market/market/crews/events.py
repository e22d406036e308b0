"""What crews announce."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class CrewMemberAsked(Event):
    kind: ClassVar[str] = "crew_member_asked"
    member_id: int


@dataclass(frozen=True)
class CrewFilled(Event):
    """All said yes and have their seats; each of them is told by the seat's own event."""

    kind: ClassVar[str] = "crew_filled"
    crew_id: int


@dataclass(frozen=True)
class CrewBroken(Event):
    """It came to nothing: who was in it and the employer are to be told why."""

    kind: ClassVar[str] = "crew_broken"
    crew_id: int
