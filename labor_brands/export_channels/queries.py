"""Channels, and what became of those who were sent, counted from the market's own placements and hours.

There is no ledger beside the market. Who boarded is the roster's word; all else is read from placements that stand:

- sent: who boarded a dispatch that left, or arrived at work under a posting that carries the channel's code without
  being there already; a person once, whatever the person-times;
- arrived: an arrival, or agreed hours, under the channel within the gap after being sent;
- staying on day 30 and 90: agreed hours lead from the day of being sent to that day or past it, by steps no longer
  than the gap; the gap is what statistics calls stable work (`stable_gap_days`, as of the day of being sent).

"Under the channel" is a posting with its code, or one of its employers. `rules.journey` decides on plain days.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlalchemy.orm import Session

from labor_brands.export_channels.models import Agreed, Channel, ChannelEmployer, Dispatch, DispatchSeat
from labor_brands.export_channels.rules import (
    GONE,
    Alarm,
    ChannelState,
    DispatchState,
    Figures,
    Journey,
    Limits,
    Trace,
    alarms,
    figures,
    journey,
    sendings,
)
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import State
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import HeldBrand, Worker
from zero_work_market.reference import tables
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.regions.queries import chongqing, counties
from zero_work_market.rights.hours.models import Hours
from zero_work_market.statistics.standings.queries import stability

EVER = (date(2000, 1, 1), date(9999, 12, 31))
LATE_BUS = timedelta(days=1)
"""A bus may leave so long after the first shift began and still be the one that goes to it."""


@dataclass(frozen=True)
class PeriodRow:
    """An agreed period and what it came to; `alarms` only while it runs."""

    id: int
    first: date
    last: date
    figures: Figures
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True)
class ChannelRow:
    """A channel, its periods in order, and all that it came to since it opened, each person once."""

    channel: Channel
    people: tuple[Journey, ...]
    whole: Figures
    periods: tuple[PeriodRow, ...]
    last_sent_on: date | None

    def current(self, today: date) -> PeriodRow | None:
        """The period that runs, else the last one that has begun."""
        begun = [one for one in self.periods if one.first <= today]
        return begun[-1] if begun else None


@dataclass(frozen=True)
class Ride:
    """A dispatch as the worker on its roster sees it."""

    dispatch_id: int
    channel: str
    partner: str
    place: str
    departs_at: datetime
    transport: str
    meeting_place: str
    bring: str
    contact: str
    state: DispatchState


def channel(session: Session, channel_id: int) -> Channel:
    """Raises NotFound."""
    found = session.get(Channel, channel_id)
    if found is None:
        raise NotFound(what="channel")
    return found


def channel_of_code(session: Session, code: str) -> Channel | None:
    return session.scalars(select(Channel).where(Channel.code == code)).one_or_none() if code else None


def channels_in(session: Session, scopes: Collection[str], *, closed: bool = False) -> list[Channel]:
    """Channels of counties in `scopes`, by county and name; those that are closed if asked for."""
    query = select(Channel).where(inside(Channel.county, scopes))
    query = query.where(Channel.state == (ChannelState.CLOSED if closed else ChannelState.OPEN))
    return list(session.scalars(query.order_by(Channel.county, Channel.name, Channel.id)))


def open_channels_of(session: Session, employer_id: int) -> list[Channel]:
    """The channels at whose other end an employer is."""
    at_end = select(ChannelEmployer.channel_id).where(ChannelEmployer.employer_id == employer_id)
    query = select(Channel).where(Channel.id.in_(at_end), Channel.state == ChannelState.OPEN)
    return list(session.scalars(query.order_by(Channel.name, Channel.id)))


def dispatches_of(session: Session, channel_id: int) -> list[Dispatch]:
    """The newest first."""
    query = select(Dispatch).where(Dispatch.channel_id == channel_id)
    return list(session.scalars(query.order_by(Dispatch.departs_at.desc(), Dispatch.id.desc())).unique())


def dispatch(session: Session, dispatch_id: int) -> Dispatch:
    """Raises NotFound."""
    found = session.get(Dispatch, dispatch_id)
    if found is None:
        raise NotFound(what="dispatch")
    return found


@cache
def places() -> Mapping[str, str]:
    """Where a channel may lead to, name by code: counties of Jining and of Chongqing, and provinces."""
    provinces = {row["code"]: row["name"] for row in tables.rows("labor_brands.export_channels", "provinces")}
    below = {one.code: one.name for one in counties()} | {one.code: f"重庆{one.name}" for one in chongqing()}
    return below | provinces


def limits(today: date) -> Limits:
    """The settings by which a channel dries up, as of a day."""
    names = ("quiet_days", "pace_percent", "pace_after_days", "stay_percent", "stay_fewest")
    return Limits(**{name: int(law.limit(f"channel_{name}", today).value) for name in names})


def rows(session: Session, channels: Sequence[Channel], *, today: date) -> list[ChannelRow]:
    """Channels with all their figures, in the order given."""
    found = traces(session, channels)
    return [_row(one, found[one.id], today) for one in channels]


def journeys(
    session: Session, channel: Channel, *, today: date, first: date = EVER[0], last: date = EVER[1]
) -> list[Journey]:
    """Everybody whom a channel sent between two days, both in, the first sent first."""
    return _journeys(traces(session, [channel])[channel.id], first, last, today)


def homes(session: Session, channels: Sequence[Channel]) -> dict[int, str]:
    """Towns where those live whom the channels may have sent, by worker id."""
    return dict(session.execute(select(Worker.id, Worker.town).where(Worker.id.in_(_may_be_sent(channels)))).all())


def counties_that_sent(session: Session, *, worker_id: int, posting: Posting) -> set[str]:
    """Counties by whose channels a worker was sent to a posting: their staff may see what came of it."""
    at_end = select(ChannelEmployer.channel_id).where(ChannelEmployer.employer_id == posting.employer_id)
    leading = select(Channel).where(or_(Channel.code == posting.channel, Channel.id.in_(at_end)))
    sent = select(Worker.id).where(Worker.id == worker_id)
    return {
        one.county
        for one in session.scalars(leading)
        if session.scalar(sent.where(Worker.id.in_(_may_be_sent([one])))) is not None
    }


def traces(session: Session, channels: Sequence[Channel]) -> Mapping[int, list[Trace]]:
    """All that each channel knows of the workers whom it may have sent, by channel id."""
    boarded, arrived = _boarded(session, channels), _arrived(session, channels)
    worked = _worked(session, channels)
    return {
        one.id: [
            Trace(
                worker_id=worker_id,
                boarded=tuple(boarded[one.id].get(worker_id, ())),
                arrived=tuple(arrived[one.id].get(worker_id, ())),
                worked=tuple(worked[one.id].get(worker_id, ())),
            )
            for worker_id in sorted(boarded[one.id].keys() | arrived[one.id].keys())
        ]
        for one in channels
    }


@dataclass(frozen=True)
class Hire:
    """A placement under a channel."""

    placement_id: int
    posting_id: int
    worker_id: int
    title: str
    employer: str
    starts_at: datetime
    arrived_at: datetime | None


def hires(session: Session, channel: Channel, worker_ids: Collection[int] | None = None) -> list[Hire]:
    """Seats that are held under a channel, by when the work starts: all, or those of some workers."""
    ends = [end.employer_id for end in channel.employers]
    query = (
        select(Placement, Posting.title, Employer.short, Posting.closes_at)
        .join(Posting, Posting.id == Placement.posting_id)
        .join(Employer, Employer.id == Posting.employer_id)
        .where(Placement.state == State.ACCEPTED)
    )
    if worker_ids is None:
        query = query.where(Posting.channel == channel.code)
    else:
        query = query.where(
            or_(Posting.channel == channel.code, Posting.employer_id.in_(ends)), Placement.worker_id.in_(worker_ids)
        )
    return [
        Hire(held.id, held.posting_id, held.worker_id, title, short, starts_at, held.arrived_at)
        for held, title, short, starts_at in session.execute(query.order_by(Posting.closes_at, Placement.id))
    ]


def brand_holders(session: Session, channel: Channel, *, limit: int = 60) -> list[int]:
    """Ids of workers who hold the channel's brand and are active, the newest last."""
    if not channel.brand:
        return []
    held = select(Worker.id).join(HeldBrand, HeldBrand.worker_id == Worker.id).where(HeldBrand.brand == channel.brand)
    return list(session.scalars(held.where(Worker.active).order_by(Worker.id).limit(limit)))


def postings_of_ends(session: Session, channel: Channel, *, at: datetime, limit: int = 60) -> list[Posting]:
    """What the channel's employers have open, and whatever carries its code; the newest first."""
    ends = [end.employer_id for end in channel.employers]
    offered = (Posting.employer_id.in_(ends), Posting.ends_at > at, Posting.published_at.is_not(None))
    query = select(Posting).where(or_(Posting.channel == channel.code, and_(*offered)))
    return list(session.scalars(query.order_by(Posting.closes_at.desc(), Posting.id.desc()).limit(limit)))


def ride_of(session: Session, *, placement: Placement, posting: Posting) -> Ride | None:
    """The bus by which a worker goes to a hire under a channel, the one that was meant for it first."""
    query = (
        _rides(placement.worker_id)
        .join(Channel, Channel.id == Dispatch.channel_id)
        .where(Channel.code == posting.channel, Dispatch.departs_at <= posting.closes_at + LATE_BUS)
        .where(or_(DispatchSeat.placement_id.is_(None), DispatchSeat.placement_id == placement.id))
        .order_by(DispatchSeat.placement_id.is_(None), Dispatch.departs_at.desc())
    )
    found = session.scalars(query.limit(1)).unique().one_or_none() if posting.channel else None
    return None if found is None else _ride(found)


def rides_ahead(session: Session, *, worker_id: int, at: datetime) -> list[Ride]:
    """The buses on whose roster a worker is and that haven't left."""
    query = _rides(worker_id).where(Dispatch.state == DispatchState.PLANNED, Dispatch.departs_at > at)
    return [_ride(one) for one in session.scalars(query.order_by(Dispatch.departs_at)).unique()]


def next_ride(session: Session, posting: Posting, *, at: datetime) -> Ride | None:
    """The first bus of a posting's channel that hasn't left, as anybody may see it."""
    query = (
        select(Dispatch)
        .join(Channel, Channel.id == Dispatch.channel_id)
        .where(Channel.code == posting.channel, Dispatch.state == DispatchState.PLANNED)
        .where(Dispatch.departs_at > at, Dispatch.departs_at <= posting.closes_at + LATE_BUS)
    )
    found = session.scalars(query.order_by(Dispatch.departs_at, Dispatch.id).limit(1)).unique().one_or_none()
    return None if found is None else _ride(found)


def _rides(worker_id: int) -> Select[Dispatch]:
    return (
        select(Dispatch)
        .join(DispatchSeat, DispatchSeat.dispatch_id == Dispatch.id)
        .where(DispatchSeat.worker_id == worker_id, Dispatch.state != DispatchState.CANCELLED)
    )


def _ride(one: Dispatch) -> Ride:
    return Ride(
        dispatch_id=one.id, channel=one.channel.name, partner=one.channel.partner, place=one.channel.place,
        departs_at=one.departs_at, transport=one.transport, meeting_place=one.meeting_place, bring=one.bring,
        contact=one.contact, state=one.state,
    )  # fmt: skip


Days = Mapping[int, dict[int, list[date]]]
"""Days by worker id, by channel id."""


def _boarded(session: Session, channels: Sequence[Channel]) -> Days:
    query = (
        select(Dispatch.channel_id, DispatchSeat.worker_id, Dispatch.departs_at)
        .join(DispatchSeat, DispatchSeat.dispatch_id == Dispatch.id)
        .where(Dispatch.channel_id.in_([one.id for one in channels]))
        .where(Dispatch.state.in_(GONE), DispatchSeat.boarded)
    )
    return _by_worker((channel_id, worker, local_date(at)) for channel_id, worker, at in session.execute(query))


def _arrived(session: Session, channels: Sequence[Channel]) -> Days:
    by_code = {one.code: one.id for one in channels}
    query = (
        select(Posting.channel, Placement.worker_id, Placement.arrived_at)
        .join(Placement, Placement.posting_id == Posting.id)
        .where(Posting.channel.in_(by_code), *_stands())
    )
    return _by_worker((by_code[code], worker, local_date(at)) for code, worker, at in session.execute(query) if at)


def _worked(session: Session, channels: Sequence[Channel]) -> Days:
    """Of those workers alone who were sent by one of the channels, each day once."""
    by_code = {one.code: one.id for one in channels}
    by_employer = defaultdict(list)
    for one in channels:
        for end in one.employers:
            by_employer[end.employer_id].append(one.id)
    under = or_(Posting.channel.in_(by_code), Posting.employer_id.in_(by_employer))
    query = (
        select(Posting.channel, Posting.employer_id, Placement.worker_id, Shift.starts_at)
        .join(Placement, Placement.posting_id == Posting.id)
        .join(Hours, Hours.placement_id == Placement.id)
        .join(Shift, Shift.id == Hours.shift_id)
        .where(under, Hours.agreed_minutes > 0, Placement.worker_id.in_(_may_be_sent(channels)), *_stands())
    )
    days = set()
    for code, employer_id, worker_id, starts_at in session.execute(query):
        for channel_id in {by_code.get(code), *by_employer.get(employer_id, ())} - {None}:
            days.add((channel_id, worker_id, local_date(starts_at)))
    return _by_worker(sorted(days))


def _may_be_sent(channels: Sequence[Channel]) -> Select[tuple[int]]:
    on_roster = (
        select(DispatchSeat.worker_id)
        .join(Dispatch, Dispatch.id == DispatchSeat.dispatch_id)
        .where(Dispatch.channel_id.in_([one.id for one in channels]), DispatchSeat.boarded)
    )
    at_work = (
        select(Placement.worker_id)
        .join(Posting, Posting.id == Placement.posting_id)
        .where(Posting.channel.in_([one.code for one in channels]))
    )
    return select(union(on_roster, at_work).subquery().c.worker_id)


def _stands() -> tuple[ColumnElement[bool], ...]:
    """The placement holds its seat, and its first arrival stands."""
    return Placement.state == State.ACCEPTED, Placement.arrived_at.is_not(None)


def _by_worker(found: Iterable[tuple[int, int, date]]) -> Days:
    days: dict[int, dict[int, list[date]]] = defaultdict(lambda: defaultdict(list))
    for channel_id, worker_id, day in found:
        days[channel_id][worker_id].append(day)
    return days


def _row(one: Channel, known: Sequence[Trace], today: date) -> ChannelRow:
    whole = _journeys(known, *EVER, today)
    agreed = sum(period.number for period in one.periods if period.from_on <= today)
    last = max((day for trace in known for day in sendings(trace, gap_of=_gap_days)), default=None)
    periods = tuple(_period(period, known, today) for period in one.periods)
    return ChannelRow(one, tuple(whole), figures(whole, agreed=agreed), periods, last)


def _period(period: Agreed, known: Sequence[Trace], today: date) -> PeriodRow:
    first, last = period.from_on, period.until_on
    found = figures(_journeys(known, first, last, today), agreed=period.number)
    sent = [day for trace in known for day in sendings(trace, gap_of=_gap_days) if first <= day <= last]
    wrong = alarms(
        first=first, last=last, found=found, last_sent_on=max(sent, default=None), limits=limits(today), today=today
    )
    return PeriodRow(period.id, first, last, found, wrong)


@cache
def _gap_days(sent_on: date) -> int:
    return stability(sent_on).gap_days


def _journeys(known: Iterable[Trace], first: date, last: date, today: date) -> list[Journey]:
    made = (journey(trace, first=first, last=last, gap_of=_gap_days, today=today) for trace in known)
    return sorted((one for one in made if one is not None), key=lambda one: (one.sent_on, one.worker_id))
