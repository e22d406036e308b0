"""Export channels of two periods with their buses, and work at the other end that some keep and others leave."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from labor_brands.export_channels import service
from labor_brands.export_channels.models import Channel
from labor_brands.export_channels.rules import Kind, PartnerKind
from labor_brands.export_channels.service import NewChannel, Plan
from web.cli.seeding.employers import LINES
from web.cli.seeding.history import SHOWN, accept_seat, draft_of_day
from web.cli.seeding.people import phone
from web.cli.seeding.workers import TradeMix
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import transaction
from zero_work_market.market.postings import service as postings
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.models import HeldBrand, Worker
from zero_work_market.reference.regions.queries import region


class Route(NamedTuple):
    """A channel to be made: whose, by whom, to which county; days on which its buses left, and for how many."""

    county: str
    brand: str
    kind: Kind
    partner_kind: PartnerKind
    partner: str
    to: str
    buses: tuple[int, ...]
    agreed: tuple[int, int]


ROUTES = (
    Route(
        "370828", "jinxiang-suangong", Kind.DIRECTED, PartnerKind.ASSOCIATION, "任城冷链商会", "370811",
        (-118, -54, -12), (20, 20),
    ),
    Route(
        "370829", "jiaxiang-shidiao", Kind.ABSORBED, PartnerKind.FIRM, "高新区石材产业园", "370871",
        (-125, -96, -40), (30, 18),
    ),
    Route(
        "370832", "liangshan-zhuangxie", Kind.DIRECTED, PartnerKind.ASSOCIATION, "兖州物流商会", "370812",
        (-104, -35), (12, 12),
    ),
    Route("370831", "", Kind.STATION, PartnerKind.STATION, "泗河街道驿站", "370883", (-112,), (10, 30)),
)  # fmt: skip
PERIODS = ((-150, -61), (-60, 30))
RIDERS = (7, 9, 10)
EVERY = 21
"""Days from one spell of work to the next."""
BOARDS, GOES_ON = 0.9, 0.86
NEXT_BUS = 2
FIRST_CONTACT = 70_000_001
HELPED = 4


def make_channels(chance: random.Random, *, on: date) -> None:
    """Open them, send the buses and give work at the other end; what came of the work is the aftermath's."""
    for serial, route in enumerate(ROUTES):
        with transaction() as session:
            employer = _employer(session, route.to)
            if employer is not None:
                _make(session, chance, route, serial, employer, on)
    _help(chance, on=on)


def _make(session: Session, chance: random.Random, route: Route, serial: int, employer: Employer, on: date) -> None:
    begun: dict[str, Any] = {"by": SYSTEM, "at": clock.at_local(on - timedelta(days=151), time(9))}
    name = f"{region(route.county).short}去{region(route.to).short}"
    new = NewChannel(
        name=name, county=route.county, brand=route.brand, kind=route.kind, place=region(route.to).name,
        region=route.to, partner_kind=route.partner_kind, partner=route.partner,
    )  # fmt: skip
    channel = service.open_channel(session, new=new, **begun)
    service.set_employers(session, channel_id=channel.id, employer_ids=[employer.id], **begun)
    for (first, last), number in zip(PERIODS, route.agreed, strict=True):
        service.agree(
            session, channel_id=channel.id, from_on=on + timedelta(days=first), until_on=on + timedelta(days=last),
            number=number, **begun,
        )  # fmt: skip
    people = _people(session, route)
    for number, leaves in enumerate((*route.buses, NEXT_BUS)):
        riders = people[number * RIDERS[-1] :][: RIDERS[number % len(RIDERS)]]
        if riders:
            _send(session, chance, channel, employer, riders, on, leaves, phone(FIRST_CONTACT + serial))


def _send(
    session: Session, chance: random.Random, channel: Channel, employer: Employer, riders: list[int], on: date,
    leaves: int, contact: str,
) -> None:  # fmt: skip
    departs_at = clock.at_local(on + timedelta(days=leaves), time(6, 30))
    before = min(departs_at, clock.at_local(on, time(5))) - timedelta(hours=20)
    plan = Plan(
        departs_at=departs_at, transport="大巴", meeting_place=f"{region(channel.county).name}汽车站东门",
        bring="身份证、换洗衣服", contact="刘队长", phone=contact,
    )  # fmt: skip
    bus = service.plan(session, channel_id=channel.id, plan=plan, by=SYSTEM, at=before)
    if leaves < 0:
        service.put_on(session, dispatch_id=bus.id, worker_ids=riders, by=SYSTEM, at=before)
        went = [one for one in riders if chance.random() < BOARDS] or riders[:1]
        service.depart(session, dispatch_id=bus.id, boarded=went, by=SYSTEM, at=departs_at)
        there = departs_at + timedelta(hours=2)
        service.arrive(session, dispatch_id=bus.id, arrived=went, by=SYSTEM, at=there)
        _work(session, chance, channel, employer, went, on, leaves)
    else:
        _give_work(session, chance, channel, employer, riders[:4], on, leaves + 1)
        service.put_on(session, dispatch_id=bus.id, worker_ids=riders[:6], by=SYSTEM, at=before)


def _work(
    session: Session, chance: random.Random, channel: Channel, employer: Employer, people: Sequence[int], on: date,
    leaves: int,
) -> None:  # fmt: skip
    """A spell of work every three weeks, at each of which some don't come any more."""
    day = leaves + 1
    while day < 0 and people:
        _give_work(session, chance, channel, employer, people, on, day)
        people = [one for one in people if chance.random() < GOES_ON]
        day += EVERY


def _give_work(
    session: Session, chance: random.Random, channel: Channel, employer: Employer, people: Sequence[int], on: date,
    ahead: int,
) -> None:  # fmt: skip
    line = next(line for line in LINES if employer.short.endswith(line))
    day = on + timedelta(days=ahead)
    start = clock.at_local(day, time(8))
    shifts = ((start, start + timedelta(hours=4)),)
    draft = draft_of_day(chance, employer, TradeMix(LINES[line]).pick(chance), day)
    seats = len(people) + (ahead > 0)
    draft = replace(draft, shifts=shifts, break_minutes=0, headcount=seats, channel=channel.code, lodging=True)
    at = min(start - timedelta(hours=30), clock.at_local(on, time(5)) - timedelta(hours=22))
    by = Actor(employer.account_id, "employer")
    posting = postings.publish(session, draft=draft, employer_id=employer.id, invite_first=0, by=by, at=at)
    for number, worker_id in enumerate(people, 1):
        accept_seat(session, posting, worker_id, at + timedelta(minutes=5 * number))


def _help(chance: random.Random, *, on: date) -> None:
    """The village's agent takes seats for neighbours who don't use a phone, at the desk."""
    with transaction() as session:
        agent = session.scalars(select(Account).where(Account.login_name == "cun")).one()
        by = Actor(agent.id, Role.VILLAGE_AGENT, agent.grants[0].region)
        employer = _employer(session, by.region[:6])
        near = select(Worker.id).where(Worker.village == by.region, Worker.id != SHOWN).order_by(Worker.id)
        neighbours = session.scalars(near.limit(HELPED)).all()
        if employer is None or not neighbours:
            return
        line = next(line for line in LINES if employer.short.endswith(line))
        draft = draft_of_day(chance, employer, TradeMix(LINES[line]).pick(chance), on - timedelta(days=8))
        at = draft.shifts[0][0] - timedelta(hours=26)
        operator = Actor(employer.account_id, "employer")
        draft = replace(draft, headcount=HELPED)
        posting = postings.publish(session, draft=draft, employer_id=employer.id, invite_first=0, by=operator, at=at)
        for worker_id in neighbours:
            accept_seat(session, posting, worker_id, at + timedelta(hours=1), by=by)


def _employer(session: Session, county: str) -> Employer | None:
    """A verified one of the county, or of any, that builds nothing: a building site would have to be named."""
    verified = select(Employer).where(Employer.state == Verification.VERIFIED).order_by(Employer.id)
    fitting = [
        one
        for one in session.scalars(verified)
        if not any(one.short.endswith(line) for line in ("建筑劳务", "市政养护", "装饰"))
    ]
    return next((one for one in fitting if one.county == county), fitting[0] if fitting else None)


def _people(session: Session, route: Route) -> list[int]:
    """Who holds the brand, then others of the county; in 嘉祥 the one to log in as first of those who are to go."""
    local = select(Worker.id).where(Worker.town.startswith(route.county), Worker.active, Worker.id != SHOWN)
    most = RIDERS[-1] * (len(route.buses) + 1)
    held = local.join(HeldBrand, HeldBrand.worker_id == Worker.id).where(HeldBrand.brand == route.brand)
    holders = session.scalars(held.order_by(Worker.id).limit(most)).all()
    others = session.scalars(local.order_by(Worker.id).limit(2 * most)).all()
    found = list(dict.fromkeys([*holders, *others]))[:most]
    going = len(route.buses) * RIDERS[-1]
    return [*found[:going], SHOWN, *found[going:]] if route.county == "370829" and len(found) >= going else found
