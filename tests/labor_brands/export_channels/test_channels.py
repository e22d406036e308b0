"""Channels over the market's own rows: who may keep them, who goes, and what became of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from labor_brands.export_channels import queries, service
from labor_brands.export_channels.models import Channel, Dispatch, DispatchSeat
from labor_brands.export_channels.rules import (
    ChannelClosed,
    DispatchState,
    NobodyBoarded,
    NotDepartingYet,
    PeriodsOverlap,
    Stay,
)
from tests.support.brands import make_brand
from tests.support.channels import A_CHANNEL, a_plan, make_channel, make_dispatch, work, work_posting
from tests.support.makers import COUNTY, NOW, make_employer, make_staff, make_worker, oneself
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.clock import at_local, local_date
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotAllowed, NotFound
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import State
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.people.accounts.rules import OutOfScope, Role
from zero_work_market.rights.hours.models import Hours

START = date(2026, 1, 5)
PERIOD = {"from_on": START, "until_on": START + timedelta(days=180)}


def after(days: int) -> date:
    return START + timedelta(days=days)


def agreed_channel(session: Session, number: int = 100) -> Channel:
    channel = make_channel(session)
    service.agree(session, channel_id=channel.id, **PERIOD, number=number, by=SYSTEM, at=NOW)
    return channel


def period_of(session: Session, channel: Channel, today: date):
    [row] = queries.rows(session, [channel], today=today)
    return row.periods[0]


def test_of_100_agreed_80_are_sent_and_62_work_on_day_90(session):
    channel = agreed_channel(session)
    people = [make_worker(session) for _ in range(85)]
    make_dispatch(session, channel, leaves=START, riders=people, boarded=people[:80])
    for days, stayed in ((1, 80), (30, 71), (60, 64), (91, 62)):
        for first in range(0, stayed, 20):
            posting = work_posting(session, channel, after(days), headcount=20)
            for worker in people[first : min(first + 20, stayed)]:
                work(session, channel, worker, after(days), posting=posting)
    found = period_of(session, channel, after(125)).figures
    assert (found.agreed, found.sent, found.arrived, found.due, found.stays) == (100, 80, 80, (80, 80), (71, 62))
    assert (found.of_agreed(found.stays[1]), found.of_sent(found.stays[1])) == (62.0, 77.5)


def test_without_a_bus_who_arrives_under_the_channels_code_was_sent_and_found_by_themselves(session):
    channel, worker = agreed_channel(session), make_worker(session)
    for days in (3, 4, 5):
        work(session, channel, worker, after(days))
    [one] = queries.journeys(session, channel, today=after(20))
    assert (one.sent_on, one.times, one.arrived_on, one.last_on) == (after(3), 1, after(3), after(5))


def test_work_of_the_same_employer_without_the_code_keeps_somebody_but_sends_nobody(session):
    channel, sent, local = agreed_channel(session), make_worker(session), make_worker(session)
    make_dispatch(session, channel, leaves=START, riders=[sent])
    for days in (1, 31):
        work(session, channel, sent, after(days), carries=False)
        work(session, channel, local, after(days), carries=False)
    [one] = queries.journeys(session, channel, today=after(40))
    assert (one.worker_id, one.arrived_on, one.stays[0]) == (sent.id, after(1), Stay.STAYS)


def test_work_elsewhere_keeps_nobody(session):
    channel, worker = agreed_channel(session), make_worker(session)
    make_dispatch(session, channel, leaves=START, riders=[worker])
    other = make_channel(session, name="去别处")
    for days in (1, 31):
        work(session, other, worker, after(days))
    [one] = queries.journeys(session, channel, today=after(80))
    assert (one.arrived_on, one.stays[0]) == (None, Stay.LEFT)


def test_hours_of_nought_and_a_seat_that_was_taken_away_prove_nothing(session):
    channel, worker, struck = agreed_channel(session), make_worker(session), make_worker(session)
    make_dispatch(session, channel, leaves=START, riders=[worker, struck])
    work(session, channel, worker, after(31), minutes=0)
    work(session, channel, struck, after(31)).state = State.NO_SHOW
    session.flush()
    found = {one.worker_id: one for one in queries.journeys(session, channel, today=after(80))}
    assert found[worker.id].last_on == found[struck.id].last_on == START
    assert (found[worker.id].arrived_on, found[struck.id].arrived_on) == (after(31), None)


def test_one_person_sent_twice_is_one_person_and_two_person_times(session):
    channel, worker = agreed_channel(session), make_worker(session)
    make_dispatch(session, channel, leaves=START, riders=[worker])
    make_dispatch(session, channel, leaves=after(40), riders=[worker])
    found = period_of(session, channel, after(60)).figures
    assert (found.sent, found.times) == (1, 2)


def test_who_was_on_the_roster_and_did_not_board_was_not_sent(session):
    channel, went, missed = agreed_channel(session), make_worker(session), make_worker(session)
    make_dispatch(session, channel, leaves=START, riders=[went, missed], boarded=[went])
    make_dispatch(session, channel, leaves=after(9), riders=[missed], boarded=[])
    assert [one.worker_id for one in queries.journeys(session, channel, today=after(20))] == [went.id]


def test_figures_equal_those_of_the_slow_twin(session):
    """Random rosters and work of three channels, two of which share an employer, counted again by hand."""
    chance = Random(5)
    people = [make_worker(session) for _ in range(5)]
    first, second = make_channel(session), make_channel(session, name="二")
    employer = first.employers[0].employer_id
    third = make_channel(session, name="三")
    service.set_employers(session, channel_id=third.id, employer_ids=[employer], by=SYSTEM, at=NOW)
    channels = [first, second, third]
    for channel in channels:
        service.agree(session, channel_id=channel.id, **PERIOD, number=10, by=SYSTEM, at=NOW)
    for _ in range(8):
        riders = chance.sample(people, 3)
        went = [one for one in riders if chance.random() < 0.7]
        make_dispatch(
            session, chance.choice(channels), leaves=after(chance.randrange(0, 90)), riders=riders, boarded=went
        )
    for day, worker in chance.sample([(after(days), worker) for days in range(150) for worker in people], 110):
        minutes, carries = chance.choice((None, 0, 240, 240, 240)), chance.random() < 0.6
        held = work(session, chance.choice(channels), worker, day, minutes=minutes, carries=carries)
        if chance.random() < 0.1:
            held.state = State.CANCELLED
    session.flush()
    for today in (after(20), after(70), after(130), after(200)):
        rows = queries.rows(session, channels, today=today)
        for row in rows:
            counted = row.periods[0].figures
            assert (counted.sent, counted.times, counted.arrived, counted.stays) == _slowly(session, row.channel, today)
    assert any(row.periods[0].figures.stays[1] for row in rows)


def _slowly(session: Session, channel: Channel, today: date) -> tuple[int, int, int, tuple[int, int]]:
    """Sent, person-times, arrived and staying, worker by worker and day by day."""
    ends = {end.employer_id for end in channel.employers}
    sent = times = arrived = 0
    stays = [0, 0]
    for worker_id in session.scalars(select(Placement.worker_id).union(select(DispatchSeat.worker_id))):
        held = [
            (one, session.get_one(Posting, one.posting_id))
            for one in session.scalars(select(Placement).where(Placement.worker_id == worker_id))
            if one.state == State.ACCEPTED and one.arrived_at
        ]
        buses = [
            local_date(bus.departs_at)
            for bus in session.scalars(select(Dispatch).where(Dispatch.channel_id == channel.id)).unique()
            for seat in bus.seats
            if seat.worker_id == worker_id and seat.boarded and bus.state != DispatchState.PLANNED
        ]
        came = [local_date(one.arrived_at) for one, posting in held if posting.channel == channel.code]
        worked = {
            local_date(session.get_one(Shift, hours.shift_id).starts_at)
            for one, posting in held
            if posting.channel == channel.code or posting.employer_id in ends
            for hours in session.scalars(select(Hours).where(Hours.placement_id == one.id))
            if hours.agreed_minutes
        }
        if not buses and not came:
            continue
        gone = list(buses)
        for day in sorted(came):
            if not any(one <= day for one in gone):
                gone.append(day)
            elif day not in gone:
                seen = [one for one in (*buses, *came, *worked) if min(gone) <= one < day]
                gone += [day] if min(day - one for one in seen) > timedelta(days=31) else []
        sent, times, start = sent + 1, times + len(gone), min(gone)
        arrived += any(start <= day <= start + timedelta(days=31) for day in (*came, *worked))
        for number, mark in enumerate((30, 90)):
            stays[number] += _is_there(start, worked, start + timedelta(days=mark), today)
    return sent, times, arrived, (stays[0], stays[1])


def _is_there(start: date, worked: Iterable[date], due: date, today: date) -> bool:
    here = start
    while here < due:
        steps = [day for day in worked if here < day <= here + timedelta(days=31)]
        if not steps:
            return False
        here = max(steps)
    return due <= today


def test_a_channel_is_kept_by_staff_of_its_county_and_above(session):
    county, city = make_staff(session), make_staff(session, Role.CITY, "370800")
    for by in (county, city):
        assert make_channel(session, by=by).code.startswith(f"{COUNTY}-")
    with pytest.raises(OutOfScope):
        service.open_channel(session, new=A_CHANNEL, by=make_staff(session, region="370828"), at=NOW)
    with pytest.raises(NotAllowed):
        service.open_channel(session, new=A_CHANNEL, by=make_staff(session, Role.TOWN, "370829001"), at=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"), ({"kind": "other"}, "channel_kind"), ({"partner": "会" * 41}, "channel_partner"),
        ({"brand": "jinxiang-suangong"}, "brand"), ({"brand": "nobody"}, "brand"),
        ({"partner_kind": ""}, "partner_kind"), ({"region": "990000"}, "region"),
    ],
)  # fmt: skip
def test_what_a_channel_is_must_be_said(session, changes, field):
    make_brand(session, code="jinxiang-suangong", place="370828")
    with pytest.raises(InvalidValue) as refused:
        service.open_channel(session, new=replace(A_CHANNEL, **{"brand": ""} | changes), by=SYSTEM, at=NOW)
    assert refused.value.details["field"] == field


def test_periods_do_not_overlap_and_a_closed_channel_agrees_on_nothing(session):
    channel = agreed_channel(session)
    with pytest.raises(PeriodsOverlap):
        service.agree(session, channel_id=channel.id, **PERIOD, number=5, by=SYSTEM, at=NOW)
    service.close_channel(session, channel_id=channel.id, by=SYSTEM, at=NOW)
    later = {"from_on": after(300), "until_on": after(400), "number": 5}
    with pytest.raises(ChannelClosed):
        service.agree(session, channel_id=channel.id, **later, by=SYSTEM, at=NOW)


def test_a_channel_that_closes_calls_off_the_bus_that_has_not_left(session):
    channel, worker = agreed_channel(session), make_worker(session)
    bus = make_dispatch(session, channel, leaves=local_date(NOW) + timedelta(days=3), riders=[worker], boarded=[])
    service.close_channel(session, channel_id=channel.id, by=SYSTEM, at=NOW)
    assert bus.state == DispatchState.CANCELLED
    told = session.scalars(select(OutboxRow).where(OutboxRow.kind == "dispatch_changed")).all()
    assert [row.payload for row in told] == [{"dispatch_id": bus.id}]


def test_a_bus_leaves_on_its_day_with_somebody_of_its_roster_and_arrives_with_those_on_board(session):
    channel, went, missed = agreed_channel(session), make_worker(session), make_worker(session)
    bus = make_dispatch(session, channel, leaves=START, riders=[went, missed], boarded=[])
    of = {"dispatch_id": bus.id, "by": SYSTEM}
    with pytest.raises(NotDepartingYet):
        service.depart(session, **of, boarded=[went.id], at=at_local(after(-1), time(23)))
    morning = at_local(START, time(7))
    with pytest.raises(NobodyBoarded):
        service.depart(session, **of, boarded=[], at=morning)
    with pytest.raises(InvalidValue):
        service.depart(session, **of, boarded=[make_worker(session).id], at=morning)
    service.depart(session, **of, boarded=[went.id], at=morning)
    with pytest.raises(InvalidValue):
        service.arrive(session, **of, arrived=[missed.id], at=morning)
    service.arrive(session, **of, arrived=[went.id], at=morning)
    assert {seat.worker_id: seat.arrived_at for seat in bus.seats} == {went.id: morning, missed.id: None}
    with pytest.raises(IllegalMove):
        service.put_on(session, dispatch_id=bus.id, worker_ids=[missed.id], by=SYSTEM, at=morning)


def test_who_is_put_on_a_roster_twice_stands_on_it_once_and_is_told_once_with_their_hire(session):
    channel, worker = agreed_channel(session), make_worker(session)
    day = local_date(NOW) + timedelta(days=9)
    posting = work_posting(session, channel, day)
    held = placements.accept(
        session, posting_id=posting.id, worker_id=worker.id, by=SYSTEM, at=posting.closes_at - timedelta(hours=20)
    )
    bus = service.plan(session, channel_id=channel.id, plan=a_plan(at_local(day, time(5))), by=SYSTEM, at=NOW)
    added = [service.put_on(session, dispatch_id=bus.id, worker_ids=[worker.id], by=SYSTEM, at=NOW) for _ in range(2)]
    assert (added, [(seat.worker_id, seat.placement_id) for seat in bus.seats]) == (
        [1, 0], [(worker.id, held.placement_id)],
    )  # fmt: skip
    assert len(session.scalars(select(OutboxRow).where(OutboxRow.kind == "put_on_roster")).all()) == 1


def test_the_contacts_phone_is_sealed_and_shown_to_who_holds_a_hire_each_look_logged(session):
    channel, seated, only_listed = agreed_channel(session), make_worker(session), make_worker(session)
    day = local_date(NOW) + timedelta(days=9)
    posting = work_posting(session, channel, day)
    placements.accept(
        session, posting_id=posting.id, worker_id=seated.id, by=SYSTEM, at=posting.closes_at - timedelta(hours=20)
    )
    plan = a_plan(at_local(day, time(5)), phone="13800001234")
    bus = service.plan(session, channel_id=channel.id, plan=plan, by=SYSTEM, at=NOW)
    service.put_on(session, dispatch_id=bus.id, worker_ids=[seated.id, only_listed.id], by=SYSTEM, at=NOW)
    assert b"13800001234" not in bus.contact_phone_sealed
    for stranger in (only_listed, make_worker(session)):
        with pytest.raises(NotFound):
            service.show_contact(session, dispatch_id=bus.id, worker_id=stranger.id, by=oneself(stranger), at=NOW)
    by = oneself(seated)
    assert service.show_contact(session, dispatch_id=bus.id, worker_id=seated.id, by=by, at=NOW).contact_phone == (
        "13800001234"
    )
    assert len(session.scalars(select(AuditRow).where(AuditRow.verb == "dispatch.phone_seen")).all()) == 1


def test_a_posting_carries_the_code_of_an_open_channel_of_its_own_employer_alone(session):
    channel, stranger = agreed_channel(session), make_employer(session)
    own = channel.employers[0].employer_id
    service.require_channel(session, code=channel.code, employer_id=own)
    service.require_channel(session, code="", employer_id=stranger.id)
    for code, employer_id in ((channel.code, stranger.id), ("370829-999", own)):
        with pytest.raises(InvalidValue):
            service.require_channel(session, code=code, employer_id=employer_id)
    service.close_channel(session, channel_id=channel.id, by=SYSTEM, at=NOW)
    with pytest.raises(InvalidValue):
        service.require_channel(session, code=channel.code, employer_id=own)


def test_a_posting_of_another_channel_is_not_taken_from_it(session):
    channel, other = agreed_channel(session), make_channel(session, name="二")
    mine, foreign = work_posting(session, channel, after(3)), work_posting(session, other, after(3))
    ids = [mine.id, foreign.id]
    service.take_postings(session, channel_id=channel.id, posting_ids=[foreign.id], offered=ids, by=SYSTEM, at=NOW)
    assert (mine.channel, foreign.channel) == ("", other.code)


def test_every_deed_is_in_the_audit(session):
    staff, worker = make_staff(session), make_worker(session)
    channel = make_channel(session, by=staff)
    service.agree(session, channel_id=channel.id, **PERIOD, number=3, by=staff, at=NOW)
    bus = make_dispatch(session, channel, leaves=START, riders=[worker], by=staff)
    service.arrive(session, dispatch_id=bus.id, arrived=[worker.id], by=staff, at=NOW)
    verbs = set(session.scalars(select(AuditRow.verb).where(AuditRow.account_id == staff.account_id)))
    assert verbs == {
        "channel.opened", "channel.employers_set", "channel.agreed", "dispatch.planned", "dispatch.put_on",
        "dispatch.departed", "dispatch.arrived",
    }  # fmt: skip
