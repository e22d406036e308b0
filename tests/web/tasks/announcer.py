"""Announces an event "paused" as a request would, and ends once it is handled. Run as a program."""

import sys
import time
from dataclasses import dataclass
from typing import ClassVar

from web import wiring
from zero_work_market.ground import outbox
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import Event, OutboxRow


@dataclass(frozen=True)
class Paused(Event):
    kind: ClassVar[str] = "paused"
    thing_id: int


def announce(thing_id: int) -> int:
    """Id of the event."""
    with transaction() as session:
        outbox.announce(session, Paused(thing_id=thing_id))
        event_id: int = session.info["announced"][0]
        return event_id


def done(event_id: int) -> bool:
    with transaction(read_only=True) as session:
        return session.get_one(OutboxRow, event_id).done_at is not None


if __name__ == "__main__":
    wiring.start()
    announced = announce(int(sys.argv[1]))
    while not done(announced):
        time.sleep(0.02)
