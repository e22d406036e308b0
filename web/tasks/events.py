"""The wake-up for an event that was just committed."""

from collections.abc import Sequence

import structlog

from web.tasks.app import EVENTS, app
from web.tasks.handlers import ERRANDS, HANDLERS
from zero_work_market.ground import outbox

MOST_WOKEN = 50

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
    """Tell the workers of new events. Never raises: what isn't told, or is too much to tell, the next sweep finds."""
    try:
        for event_id in event_ids[:MOST_WOKEN]:
            deliver.apply_async((event_id,))
    except Exception as error:
        log.warning("queue_unreachable", events=len(event_ids), error=str(error))
