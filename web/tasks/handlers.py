"""Which event does what. To add one: write the function, and name it here under the kind that its events.py gives.

A handler changes the database: `(session, payload) -> None`, exactly once, committed with the event's being done. An
errand reaches outside: `(payload) -> None`, before the handler and holding no transaction, at least once.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from labor_brands.exchange.events import AskedToCome, BundleUploaded, OwnApplicationClosed, RemoteApplied
from labor_brands.export_channels.events import DispatchChanged, PutOnRoster
from web.tasks import (
    agreements,
    attendance,
    cases,
    channels,
    counting,
    crews,
    exchange,
    imports,
    market,
    ratings,
    training,
    wages,
)
from web.tasks.senders import sender
from zero_work_market.ground import clock, db
from zero_work_market.ground.events import EvidenceAdded, MessageQueued
from zero_work_market.ground.messages import Message
from zero_work_market.ground.outbox import Errand, Handler
from zero_work_market.market.applications.events import WorkerCalled, WorkerInvited
from zero_work_market.market.crews.events import CrewBroken, CrewFilled, CrewMemberAsked
from zero_work_market.market.imports.events import ImportGoesOn, ImportUploaded
from zero_work_market.market.placements.events import (
    PendingCalledOff,
    PlacementCancelled,
    PostingFilled,
    SeatAccepted,
    SeatFreed,
    SeatGivenUp,
)
from zero_work_market.market.postings.events import PostingDecided, PostingPublished
from zero_work_market.policy.courses.events import (
    CertificateIssued,
    CoursePassed,
    SubsidyDecided,
    TrainingOrderDecided,
)
from zero_work_market.rights.attendance.events import ArrivedOffline, MarkContested, MarkDecided, MarkedAbsent
from zero_work_market.rights.contracts.events import AgreementsSigned
from zero_work_market.rights.disputes.events import CaseStepped, PayReminded
from zero_work_market.rights.hours.events import HoursAsked, HoursDecided, HoursDisputed
from zero_work_market.rights.ratings.events import RatingDecided, RatingGiven
from zero_work_market.rights.wages.events import PaymentDenied, PaymentVoided, WageDue, WagePaid


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


def both(first: Handler, second: Handler) -> Handler:
    """One event that two rooms follow."""

    def handle(session: Session, payload: Mapping[str, Any]) -> None:
        first(session, payload)
        second(session, payload)

    return handle


HANDLERS: dict[str, Handler] = {
    MessageQueued.kind: mark_sent,
    EvidenceAdded.kind: counting.count_on,
    PostingPublished.kind: market.invite_first,
    WorkerInvited.kind: market.tell_invited,
    SeatAccepted.kind: both(market.tell_seated, agreements.follow_seat),
    SeatFreed.kind: market.fill_from_queue,
    PlacementCancelled.kind: both(market.tell_cancelled, agreements.follow_seat),
    PendingCalledOff.kind: market.tell_called_off,
    SeatGivenUp.kind: both(market.tell_given_up, agreements.follow_given_up),
    PostingFilled.kind: market.tell_filled,
    PostingDecided.kind: market.tell_decided,
    CrewMemberAsked.kind: crews.tell_asked,
    CrewFilled.kind: crews.tell_filled,
    CrewBroken.kind: crews.tell_broken,
    WorkerCalled.kind: attendance.tell_called,
    MarkedAbsent.kind: attendance.tell_absent,
    ArrivedOffline.kind: attendance.tell_offline,
    MarkContested.kind: attendance.tell_contested,
    MarkDecided.kind: attendance.tell_decided,
    AgreementsSigned.kind: agreements.tell_signed,
    HoursAsked.kind: wages.ask_hours,
    HoursDisputed.kind: wages.tell_disputed,
    HoursDecided.kind: wages.tell_decided,
    WageDue.kind: wages.tell_due,
    WagePaid.kind: wages.tell_paid,
    PaymentDenied.kind: wages.tell_denied,
    PaymentVoided.kind: wages.tell_voided,
    CaseStepped.kind: cases.tell_stepped,
    PayReminded.kind: cases.tell_reminded,
    RatingGiven.kind: ratings.tell_given,
    RatingDecided.kind: ratings.tell_decided,
    CoursePassed.kind: training.follow_pass,
    CertificateIssued.kind: training.tell_certified,
    SubsidyDecided.kind: training.tell_subsidy,
    TrainingOrderDecided.kind: training.tell_order,
    PutOnRoster.kind: channels.tell_put_on,
    DispatchChanged.kind: channels.tell_changed,
    ImportUploaded.kind: imports.finish_reading,
    ImportGoesOn.kind: imports.go_on,
    BundleUploaded.kind: exchange.close_uploaded,
    OwnApplicationClosed.kind: exchange.tell_closed,
    AskedToCome.kind: exchange.tell_asked,
    RemoteApplied.kind: exchange.tell_remote,
}
ERRANDS: dict[str, Errand] = {
    MessageQueued.kind: send_message,
    AgreementsSigned.kind: agreements.stamp_outside,
    ImportUploaded.kind: imports.read,
    BundleUploaded.kind: exchange.take_uploaded,
}
