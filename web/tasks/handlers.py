"""Which event does what. To add one: write the function, and name it here under the kind that its events.py gives.

A handler changes the database: `(session, payload) -> None`, exactly once, committed with the event's being done. An
errand reaches outside: `(payload) -> None`, before the handler and holding no transaction, at least once.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.tasks import counting, market
from web.tasks.senders import sender
from zero_work_market.ground import clock, db
from zero_work_market.ground.events import EvidenceAdded, MessageQueued
from zero_work_market.ground.messages import Message
from zero_work_market.ground.outbox import Errand, Handler
from zero_work_market.market.applications.events import WorkerInvited
from zero_work_market.market.placements.events import (
    PendingCalledOff,
    PlacementCancelled,
    PostingFilled,
    SeatAccepted,
    SeatFreed,
    SeatGivenUp,
)
from zero_work_market.market.postings.events import PostingDecided, PostingPublished


def send_message(payload: Mapping[str, Any]) -> None:
    """Hand the message to the sender; it is marked as sent after. Whoever dies in between has it sent twice, with the
    same reference: an SMS gateway and our database have no transaction in common.
    """
    with db.transaction(read_only=True) as session:
        message = session.get(Message, payload["message_id"])
    if message and message.sent_at is None and message.phone and message.body:
        sender().send(message.phone, message.body, reference=message.seal)


def mark_sent(session: Session, payload: Mapping[str, Any]) -> None:
    message = session.get(Message, payload["message_id"])
    if message:
        message.sent_at = clock.now()


HANDLERS: dict[str, Handler] = {
    MessageQueued.kind: mark_sent,
    EvidenceAdded.kind: counting.count_on,
    PostingPublished.kind: market.invite_first,
    WorkerInvited.kind: market.tell_invited,
    SeatAccepted.kind: market.tell_seated,
    SeatFreed.kind: market.fill_from_queue,
    PlacementCancelled.kind: market.tell_cancelled,
    PendingCalledOff.kind: market.tell_called_off,
    SeatGivenUp.kind: market.tell_given_up,
    PostingFilled.kind: market.tell_filled,
    PostingDecided.kind: market.tell_decided,
}
ERRANDS: dict[str, Errand] = {
    MessageQueued.kind: send_message,
}
