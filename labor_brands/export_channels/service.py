"""Opening channels, agreeing on numbers, sending people. Whatever changes a dispatch holds its row first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from labor_brands.brands.queries import brand_names
from labor_brands.export_channels.events import DispatchChanged, PutOnRoster
from labor_brands.export_channels.models import Agreed, Channel, ChannelEmployer, Dispatch, DispatchSeat
from labor_brands.export_channels.queries import channel_of_code, dispatches_of, hires, places
from labor_brands.export_channels.rules import (
    ChannelClosed,
    ChannelState,
    DispatchState,
    Kind,
    NobodyBoarded,
    NotDepartingYet,
    PartnerKind,
    require_move,
    require_period,
    text_of,
)
from zero_work_market.ground import outbox
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.market.postings import service as postings
from zero_work_market.market.postings.queries import locked
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission, parse_phone
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.regions.queries import region

K = TypeVar("K", Kind, PartnerKind)
MANAGE = Permission.MANAGE_CHANNELS
FARTHEST = timedelta(days=400)


@dataclass(frozen=True)
class NewChannel:
    """What a channel is, as typed."""

    name: str
    county: str
    brand: str
    kind: str
    place: str
    region: str
    partner_kind: str
    partner: str


@dataclass(frozen=True)
class Plan:
    """When and how a dispatch leaves, as typed."""

    departs_at: datetime
    transport: str
    meeting_place: str
    bring: str
    contact: str
    phone: str
    notes: str = ""


def open_channel(session: Session, *, new: NewChannel, by: Actor, at: datetime) -> Channel:
    """Raises NotAllowed, OutOfScope, InvalidValue naming the field, UnknownRegion."""
    accounts.require(session, by=by, permission=MANAGE, region=new.county)
    if new.brand and (new.brand, new.county) not in {(one.code, one.place) for one in brand_names(session)}:
        raise InvalidValue(field="brand", reason="unknown")
    row = Channel(
        name=text_of(new.name, field="name", most=40), county=region(new.county).code, brand=new.brand,
        kind=_one_of(Kind, new.kind, "channel_kind"), place=text_of(new.place, field="place", most=40),
        region=_place(new.region), partner_kind=_one_of(PartnerKind, new.partner_kind, "partner_kind"),
        partner=text_of(new.partner, field="channel_partner", most=40), state=ChannelState.OPEN,
        opened_on=local_date(at), code=f"new-{at:%H%M%S%f}",
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.code = f"{row.county}-{row.id}"
    session.flush()
    record(session, verb="channel.opened", subject=f"channel:{row.id}", by=by, at=at)
    return row


def close_channel(session: Session, *, channel_id: int, by: Actor, at: datetime) -> None:
    """Nothing is agreed or sent by it any more, and what hasn't left is called off; what was stays counted.

    Raises NotFound, ChannelClosed.
    """
    row = _held(session, channel_id, by)
    for one in dispatches_of(session, channel_id):
        if one.state == DispatchState.PLANNED:
            call_off(session, dispatch_id=one.id, by=by, at=at)
    row.state, row.closed_on = ChannelState.CLOSED, local_date(at)
    record(session, verb="channel.closed", subject=f"channel:{row.id}", by=by, at=at)


def set_employers(session: Session, *, channel_id: int, employer_ids: Collection[int], by: Actor, at: datetime) -> None:
    """Who is at the other end. Raises NotFound, ChannelClosed; InvalidValue on "employers" for one that isn't there."""
    row = _held(session, channel_id, by)
    known = set(session.scalars(select(Employer.id).where(Employer.id.in_(employer_ids))))
    if known != set(employer_ids):
        raise InvalidValue(field="employers", reason="unknown")
    row.employers = [one for one in row.employers if one.employer_id in known]
    there = {one.employer_id for one in row.employers}
    row.employers += [ChannelEmployer(employer_id=one) for one in sorted(known - there)]
    session.flush()
    record(session, verb="channel.employers_set", subject=f"channel:{row.id}", by=by, at=at, employers=sorted(known))


def agree(
    session: Session, *, channel_id: int, from_on: date, until_on: date, number: int, by: Actor, at: datetime
) -> Agreed:
    """Agree on a number of people for a period. Raises NotFound, ChannelClosed, InvalidValue, PeriodsOverlap."""
    row = _held(session, channel_id, by)
    require_period(from_on, until_on, number, [(one.from_on, one.until_on) for one in row.periods])
    period = Agreed(from_on=from_on, until_on=until_on, number=number)
    row.periods.append(period)
    session.flush()
    record(
        session, verb="channel.agreed", subject=f"channel:{row.id}", by=by, at=at,
        first=from_on.isoformat(), last=until_on.isoformat(), number=number,
    )  # fmt: skip
    return period


def take_postings(
    session: Session, *, channel_id: int, posting_ids: Iterable[int], offered: Iterable[int], by: Actor, at: datetime
) -> None:
    """Of the postings `offered`, those of `posting_ids` belong to the channel and the others don't.

    One that belongs to another channel stays there. Raises NotFound, ChannelClosed.
    """
    row = _held(session, channel_id, by)
    wanted = set(posting_ids)
    for posting_id in sorted(set(offered)):
        posting = locked(session, posting_id)
        if posting.channel in ("", row.code):
            code = row.code if posting_id in wanted else ""
            postings.set_channel(session, posting_id=posting_id, channel=code, by=by, at=at)


def require_channel(session: Session, *, code: str, employer_id: int) -> None:
    """Raises InvalidValue on "channel" unless an employer's posting may carry the code: none, or an open channel's at
    whose other end the employer is."""
    row = channel_of_code(session, code)
    ends = {one.employer_id for one in row.employers} if row and row.state == ChannelState.OPEN else set()
    if code and employer_id not in ends:
        raise InvalidValue(field="channel", reason="unknown")


def plan(session: Session, *, channel_id: int, plan: Plan, by: Actor, at: datetime) -> Dispatch:
    """Plan a dispatch. Raises NotFound, ChannelClosed, InvalidValue naming the field."""
    row = _held(session, channel_id, by)
    made = Dispatch(channel_id=row.id, state=DispatchState.PLANNED)
    _put(made, plan, at)
    session.add(made)
    session.flush()
    record(session, verb="dispatch.planned", subject=f"dispatch:{made.id}", by=by, at=at, channel=row.id)
    return made


def change(session: Session, *, dispatch_id: int, plan: Plan, by: Actor, at: datetime) -> None:
    """Another plan; everybody on the roster is told when time or place are others. Raises NotFound, IllegalMove,
    InvalidValue."""
    row = _held_dispatch(session, dispatch_id, by)
    require_move(row.state, DispatchState.DEPARTED)
    before = row.departs_at, row.meeting_place
    _put(row, plan, at)
    if before != (row.departs_at, row.meeting_place):
        outbox.announce(session, DispatchChanged(dispatch_id=row.id))
    record(session, verb="dispatch.changed", subject=f"dispatch:{row.id}", by=by, at=at)


def put_on(session: Session, *, dispatch_id: int, worker_ids: Iterable[int], by: Actor, at: datetime) -> int:
    """Put workers on the roster, each with the hire that they travel to if they hold one; each is told.

    Who is on it already stays as they are. Returns how many are new. Raises NotFound, IllegalMove, ChannelClosed;
    InvalidValue on "workers" for one who isn't there.
    """
    row = _held_dispatch(session, dispatch_id, by)
    require_move(row.state, DispatchState.DEPARTED)
    wanted = set(worker_ids) - {seat.worker_id for seat in row.seats}
    known = set(session.scalars(select(Worker.id).where(Worker.id.in_(wanted), Worker.erased_at.is_(None))))
    if known != wanted:
        raise InvalidValue(field="workers", reason="unknown")
    ahead = {hire.worker_id: hire.placement_id for hire in hires(session, row.channel) if hire.starts_at > at}
    for worker_id in sorted(known):
        row.seats.append(DispatchSeat(worker_id=worker_id, placement_id=ahead.get(worker_id), added_at=at))
        outbox.announce(session, PutOnRoster(dispatch_id=row.id, worker_id=worker_id))
    session.flush()
    if known:
        record(session, verb="dispatch.put_on", subject=f"dispatch:{row.id}", by=by, at=at, workers=sorted(known))
    return len(known)


def take_off(session: Session, *, dispatch_id: int, worker_id: int, by: Actor, at: datetime) -> None:
    """Raises NotFound, IllegalMove once it has left; InvalidValue on "workers" for one who isn't on the roster."""
    row = _held_dispatch(session, dispatch_id, by)
    require_move(row.state, DispatchState.DEPARTED)
    kept = [seat for seat in row.seats if seat.worker_id != worker_id]
    if len(kept) == len(row.seats):
        raise InvalidValue(field="workers", reason="unknown")
    row.seats = kept
    session.flush()
    record(session, verb="dispatch.taken_off", subject=f"dispatch:{row.id}", by=by, at=at, worker=worker_id)


def depart(session: Session, *, dispatch_id: int, boarded: Collection[int], by: Actor, at: datetime) -> None:
    """It left with the workers `boarded`. Raises NotFound, IllegalMove, NobodyBoarded, NotDepartingYet before its day;
    InvalidValue on "workers" for one who isn't on the roster."""
    row = _held_dispatch(session, dispatch_id, by)
    require_move(row.state, DispatchState.DEPARTED)
    _require_on_roster(row, boarded)
    if not boarded:
        raise NobodyBoarded()
    if local_date(row.departs_at) > local_date(at):
        raise NotDepartingYet(departs_at=row.departs_at)
    for seat in row.seats:
        seat.boarded = seat.worker_id in boarded
    row.state = DispatchState.DEPARTED
    record(session, verb="dispatch.departed", subject=f"dispatch:{row.id}", by=by, at=at, workers=sorted(boarded))


def arrive(session: Session, *, dispatch_id: int, arrived: Collection[int], by: Actor, at: datetime) -> None:
    """It is there, and those got off. Raises NotFound, IllegalMove; InvalidValue on "workers" for one who never
    boarded."""
    row = _held_dispatch(session, dispatch_id, by)
    require_move(row.state, DispatchState.ARRIVED)
    _require_on_roster(row, arrived)
    if any(seat.worker_id in arrived and not seat.boarded for seat in row.seats):
        raise InvalidValue(field="workers", reason="not_boarded")
    for seat in row.seats:
        seat.arrived_at = at if seat.worker_id in arrived else None
    row.state, row.arrived_at = DispatchState.ARRIVED, at
    record(session, verb="dispatch.arrived", subject=f"dispatch:{row.id}", by=by, at=at, workers=sorted(arrived))


def show_contact(session: Session, *, dispatch_id: int, worker_id: int, by: Actor, at: datetime) -> Dispatch:
    """Whom to call about a bus, for one on its roster who holds a seat under its channel; each look is logged.

    Raises NotFound for anyone else.
    """
    row = session.get(Dispatch, dispatch_id)
    if row is None or worker_id not in {seat.worker_id for seat in row.seats}:
        raise NotFound(what="dispatch")
    if not hires(session, row.channel, [worker_id]):
        raise NotFound(what="seat")
    record(session, verb="dispatch.phone_seen", subject=f"dispatch:{row.id}", by=by, at=at, worker=worker_id)
    return row


def call_off(session: Session, *, dispatch_id: int, by: Actor, at: datetime) -> None:
    """It won't leave; everybody on the roster is told. Raises NotFound, IllegalMove."""
    row = _held_dispatch(session, dispatch_id, by)
    require_move(row.state, DispatchState.CANCELLED)
    row.state = DispatchState.CANCELLED
    outbox.announce(session, DispatchChanged(dispatch_id=row.id))
    record(session, verb="dispatch.called_off", subject=f"dispatch:{row.id}", by=by, at=at)


def _held(session: Session, channel_id: int, by: Actor) -> Channel:
    query = select(Channel).where(Channel.id == channel_id).with_for_update(of=Channel)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(what="channel")
    accounts.require(session, by=by, permission=MANAGE, region=row.county)
    if row.state != ChannelState.OPEN:
        raise ChannelClosed()
    return row


def _held_dispatch(session: Session, dispatch_id: int, by: Actor) -> Dispatch:
    """What left before its channel was closed may still arrive."""
    query = select(Dispatch).where(Dispatch.id == dispatch_id).with_for_update(of=Dispatch)
    row = session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()
    if row is None:
        raise NotFound(what="dispatch")
    accounts.require(session, by=by, permission=MANAGE, region=row.channel.county)
    if row.channel.state != ChannelState.OPEN and row.state == DispatchState.PLANNED:
        raise ChannelClosed()
    return row


def _put(row: Dispatch, plan: Plan, at: datetime) -> None:
    if plan.departs_at < at:
        raise InvalidValue(field="departs_at", reason="past")
    if plan.departs_at > at + FARTHEST:
        raise InvalidValue(field="departs_at", reason="too_large")
    row.departs_at = plan.departs_at
    row.transport = text_of(plan.transport, field="transport", most=40)
    row.meeting_place = text_of(plan.meeting_place, field="meeting_place", most=80)
    row.bring = text_of(plan.bring, field="bring", most=120, required=False)
    row.contact = text_of(plan.contact, field="contact", most=25)
    row.contact_phone = parse_phone(plan.phone)
    row.notes = text_of(plan.notes, field="notes", most=300, required=False)


def _require_on_roster(row: Dispatch, worker_ids: Collection[int]) -> None:
    if not {seat.worker_id for seat in row.seats}.issuperset(worker_ids):
        raise InvalidValue(field="workers", reason="unknown")


def _place(code: str) -> str:
    if code not in places():
        raise InvalidValue(field="region", reason="unknown" if code else "required")
    return code


def _one_of(kind: type[K], given: str, field: str) -> K:
    try:
        return kind(given)
    except ValueError:
        raise InvalidValue(field=field, reason="required" if not given else "unknown") from None
