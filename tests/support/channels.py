"""Makers of channels, of buses, and of agreed work at their other end.

channel = make_channel(session, by=staff)
bus = make_dispatch(session, channel, by=staff, leaves=day, riders=[worker])
work(session, channel, worker, day)
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from labor_brands.brands.queries import brand_names
from labor_brands.export_channels import service
from labor_brands.export_channels.models import Channel, Dispatch
from labor_brands.export_channels.service import NewChannel, Plan
from tests.support.brands import make_brand
from tests.support.makers import COUNTY, NOW, make_employer, phone
from tests.support.market import make_posting
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.clock import at_local
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import free_seat
from zero_work_market.market.placements.rules import State
from zero_work_market.market.postings import service as postings
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.hours.models import Hours

A_CHANNEL = NewChannel(
    name="嘉祥石匠去青岛", county=COUNTY, brand="jiaxiang-shidiao", kind="directed", place="青岛市", region="370000",
    partner_kind="association", partner="青岛石材商会",
)  # fmt: skip


def make_channel(
    session: Session, *, by: Actor = SYSTEM, at: datetime = NOW, employer: Employer | None = None, **changes: Any
) -> Channel:
    """A channel with one employer at its other end, of a brand that is made if it isn't there."""
    new = replace(A_CHANNEL, **changes)
    if new.brand and new.brand not in {one.code for one in brand_names(session)}:
        make_brand(session, code=new.brand, place=new.county, at=at)
    channel = service.open_channel(session, new=new, by=by, at=at)
    ends = [(employer or make_employer(session, at=at)).id]
    service.set_employers(session, channel_id=channel.id, employer_ids=ends, by=by, at=at)
    return channel


def a_plan(departs_at: datetime, **changes: Any) -> Plan:
    said = {"transport": "大巴 鲁H12345", "meeting_place": "县汽车站东门", "bring": "身份证、被褥", "contact": "王站长"}
    return Plan(**({"departs_at": departs_at, "phone": phone()} | said | changes))


def make_dispatch(
    session: Session, channel: Channel, *, leaves: date, riders: Iterable[Worker], by: Actor = SYSTEM,
    boarded: Iterable[Worker] | None = None,
) -> Dispatch:  # fmt: skip
    """A bus that left at seven in the morning with all `riders`, or only those `boarded`; with none it is planned."""
    departs_at = at_local(leaves, time(7))
    before = {"by": by, "at": departs_at - timedelta(hours=20)}
    bus = service.plan(session, channel_id=channel.id, plan=a_plan(departs_at), **before)
    on_it = [worker.id for worker in riders]
    service.put_on(session, dispatch_id=bus.id, worker_ids=on_it, **before)
    went = on_it if boarded is None else [worker.id for worker in boarded]
    if went:
        service.depart(session, dispatch_id=bus.id, boarded=went, by=by, at=departs_at)
    return bus


def work_posting(session: Session, channel: Channel, day: date, *, carries: bool = True, headcount: int = 5) -> Posting:
    """Work of a morning with the channel's employer, with the channel's code unless told otherwise."""
    employer = session.get_one(Employer, channel.employers[0].employer_id)
    start = at_local(day, time(8))
    return make_posting(
        session, employer=employer, at=start - timedelta(days=1), shifts=((start, start + timedelta(hours=4)),),
        headcount=headcount, channel=channel.code if carries else "",
    )  # fmt: skip


def work(
    session: Session, channel: Channel, worker: Worker, day: date, *, minutes: int | None = 240,
    posting: Posting | None = None, carries: bool = True,
) -> Placement:  # fmt: skip
    """The worker held a seat and came to work on a day; both agreed on `minutes`, if any. Rows put in by hand."""
    posting = posting or work_posting(session, channel, day, carries=carries)
    held = Placement(
        posting_id=posting.id, worker_id=worker.id, seat=free_seat(session, posting_id=posting.id),
        state=State.ACCEPTED, accepted_at=posting.posted_at, arrived_at=posting.closes_at,
    )  # fmt: skip
    session.add(held)
    session.flush()
    if minutes is not None:
        said = {"opened_at": posting.ends_at, "agreed_minutes": minutes, "agreed_at": posting.ends_at}
        session.add(Hours(placement_id=held.id, shift_id=posting.shifts[0].id, **said))
        session.flush()
    return held


def put_on_a_bus(session: Session, *, posting_id: int, worker_id: int, at: datetime) -> Dispatch:
    """A bus of tomorrow that goes to a posting, with a worker on its roster."""
    posting = session.get_one(Posting, posting_id)
    channel = make_channel(session, employer=posting.employer, at=at)
    postings.set_channel(session, posting_id=posting_id, channel=channel.code, by=SYSTEM, at=at)
    bus = service.plan(session, channel_id=channel.id, plan=a_plan(at + timedelta(days=1)), by=SYSTEM, at=at)
    service.put_on(session, dispatch_id=bus.id, worker_ids=[worker_id], by=SYSTEM, at=at)
    return bus
