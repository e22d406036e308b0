"""The wake-up for an event that was just committed."""

import functools
import os
import queue
import threading
from collections.abc import Sequence

import structlog

from web.tasks.app import EVENTS, app
from web.tasks.handlers import ERRANDS, HANDLERS
from zero_work_market.ground import outbox

MOST_AT_ONCE = 50

log = structlog.get_logger(__name__)


@app.task(name=f"{EVENTS}.deliver")  # type: ignore[untyped-decorator]
def deliver(event_id: int) -> None:
    handle(event_id)


def handle(event_id: int) -> None:
    """Deliver an event. A failure is logged, and the outbox keeps it for later."""
    try:
        outbox.deliver(event_id, HANDLERS, ERRANDS)
    except Exception:
        log.exception("event_failed", event_id=event_id)


def wake(event_ids: Sequence[int]) -> None:
    """Have the workers told of new events, without waiting for it: a stalled Redis takes seconds to give up on.

    Never raises: what isn't told, or is too much to tell, the next sweep finds.
    """
    _teller(os.getpid())
    for event_id in event_ids[:MOST_AT_ONCE]:
        try:
            _untold.put_nowait(event_id)
        except queue.Full:
            return


_untold: queue.Queue[int] = queue.Queue(maxsize=1000)


@functools.cache
def _teller(pid: int) -> threading.Thread:
    """The thread that tells: one a process, because a fork doesn't take it along."""
    thread = threading.Thread(target=_tell, name="teller", daemon=True)
    thread.start()
    return thread


def _tell() -> None:
    while True:
        event_id = _untold.get()
        try:
            deliver.apply_async((event_id,))
        except Exception as error:
            log.warning("queue_unreachable", error=str(error), untold=1 + _untold.qsize())
            while not _untold.empty():
                _untold.get()
