"""`leye worker` with one more event, "paused": its handler writes an audit row, then waits for the home's file `go`.

The file `in` says that it has begun. Run as a program.
"""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.cli.worker import command
from web.tasks.handlers import HANDLERS
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, record
from zero_work_market.ground.settings import settings


def pause(session: Session, payload: Mapping[str, Any]) -> None:
    record(session, verb="paused", subject=f"thing:{payload['thing_id']}", by=SYSTEM, at=clock.now())
    session.flush()
    (settings().home / "in").touch()
    while not (settings().home / "go").exists():
        time.sleep(0.02)


if __name__ == "__main__":
    HANDLERS["paused"] = pause
    command.main([])
