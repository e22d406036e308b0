"""Rows to columns to the engine, and the invitations that follow."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from tests.support.makers import NOW, make_employer, make_worker, oneself
from tests.support.market import PACKER, a_draft, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.queries import rows_of_posting
from zero_work_market.market.columns import rules
from zero_work_market.market.placements import service as placements
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.shortlists import queries, service
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.rules import ALL_WEEK, NewSkill

FORKLIFT = "6-30-05-01"
MONDAY = date(2026, 11, 23)


def local(day: date, hour: int) -> datetime:
    return clock.day_bounds(day)[0] + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("start", "hours", "quarters"),
    [(8, 4, {1}), (13, 4, {2}), (6, 6, {1}), (6, 7, {1, 2}), (0, 24, {0, 1, 2, 3}), (23, 1, {3})],
)
def test_a_shift_needs_the_quarters_of_the_day_it_touches(start: int, hours: int, quarters: set[int]) -> None:
    bits = rules.needed_slots([(local(MONDAY, start), local(MONDAY, start + hours))], today=MONDAY)
    day = 4 * (MONDAY.toordinal() % 16)
    assert bits == sum(1 << (day + quarter) for quarter in quarters)


def test_a_night_shift_needs_both_days() -> None:
    bits = rules.needed_slots([(local(MONDAY, 22), local(MONDAY, 30))], today=MONDAY)
    day, next_day = (4 * ((MONDAY.toordinal() + ahead) % 16) for ahead in (0, 1))
    assert bits == (1 << (day + 3)) | (1 << next_day)


def test_a_week_of_mornings_is_sixteen_mornings_in_the_ring_without_days_off_and_taken_ones() -> None:
    week = sum(1 << (4 * day + 1) for day in range(7))
    taken = [(local(MONDAY + timedelta(days=2), 8), local(MONDAY + timedelta(days=2), 12))]
    off = [MONDAY + timedelta(days=3)]
    assert rules.free_slots(week, today=MONDAY, days_off=(), taken=()).bit_count() == 16
    assert rules.free_slots(week, today=MONDAY, days_off=off, taken=taken).bit_count() == 14


def test_a_day_off_after_the_ring_is_no_nearer_one() -> None:
    off = [MONDAY + timedelta(days=ahead) for ahead in (-1, 16, 20)]
    week = sum(1 << (4 * day + 1) for day in range(7))
    assert rules.free_slots(week, today=MONDAY, days_off=off, taken=()).bit_count() == 16


def test_a_night_is_cut_where_the_ring_begins_and_ends() -> None:
    before, last = MONDAY - timedelta(days=1), MONDAY + timedelta(days=15)
    day, last_day = (4 * (each.toordinal() % 16) for each in (MONDAY, last))
    assert rules.needed_slots([(local(before, 22), local(before, 30))], today=MONDAY) == 1 << day
    assert rules.needed_slots([(local(last, 22), local(last, 30))], today=MONDAY) == 1 << (last_day + 3)


def test_many_weeks_at_once_are_the_rings_of_each() -> None:
    weeks = [0, 1, 0b0110 << 8, ALL_WEEK]
    rings = rules.week_slots(np.array(weeks, np.uint64), today=MONDAY).tolist()
    assert rings == [rules.free_slots(week, today=MONDAY, days_off=(), taken=()) for week in weeks]
    assert rings[-1] == rules.ALL_SLOTS


def tomorrow() -> tuple[datetime, datetime]:
    return shift(now=clock.now())


def publish(**said: object) -> int:
    with transaction() as session:
        told = {"at": clock.now(), "shifts": (tomorrow(),)} | said
        return make_posting(session, **told).id  # type: ignore[arg-type]


def ranked(posting_id: int, **how: bool) -> list[int]:
    with transaction(read_only=True) as session:
        places = queries.shortlist(posting_by_id(session, posting_id), **how).places
    return [place.worker_id for place in places]


def test_the_nearer_of_two_packers_comes_first_and_one_without_the_trade_not_at_all(database: Engine) -> None:
    with transaction() as session:
        far = make_worker(session, lon=116.40, lat=35.41, skills=[PACKER]).id
        near = make_worker(session, lon=116.36, lat=35.41, skills=[PACKER]).id
        make_worker(session, lon=116.36, lat=35.41, skills=["4-10-01-06"])
    assert ranked(publish(lon=116.352, lat=35.408)) == [near, far]


def test_the_off_switch_orders_by_distance_alone(database: Engine) -> None:
    with transaction() as session:
        skilled = make_worker(session, lon=116.42, lat=35.41, skills=[PACKER], radius_km=15).id
        sibling = make_worker(session, lon=116.353, lat=35.41, skills=[PACKER]).id
        workers.set_skills(session, worker_id=sibling, skills=[NewSkill(PACKER, 3)], by=SYSTEM, at=NOW)
        workers.set_skills(session, worker_id=skilled, skills=[NewSkill(PACKER, 5)], by=SYSTEM, at=NOW)
    posting = publish(lon=116.352, lat=35.408, occupations=((PACKER, 5),))
    assert ranked(posting) == [skilled, sibling]
    assert ranked(posting, by_distance=True) == [sibling, skilled]


def test_a_worker_who_takes_a_seat_is_gone_from_the_next_ranking_of_that_time(database: Engine) -> None:
    with transaction() as session:
        worker = make_worker(session, skills=[PACKER])
        worker_id, by = worker.id, oneself(worker)
    first, second = publish(), publish()
    assert ranked(second) == [worker_id]
    with transaction() as session:
        placements.accept(session, posting_id=first, worker_id=worker_id, by=by, at=clock.now())
    assert ranked(second) == []
    with transaction() as session:
        placements.withdraw(session, posting_id=first, worker_id=worker_id, by=by, at=clock.now())
    assert ranked(second) == [worker_id]


def test_what_a_transaction_that_fails_did_is_never_ranked(database: Engine) -> None:
    posting = publish()
    with transaction() as session:
        make_worker(session, skills=[PACKER])
        assert ranked(posting) == []
        session.rollback()
    assert ranked(posting) == []
    with transaction() as session:
        kept = make_worker(session, skills=[PACKER]).id
    assert ranked(posting) == [kept]


def test_a_paused_worker_is_not_ranked_until_back(database: Engine) -> None:
    posting = publish()
    with transaction() as session:
        worker_id = make_worker(session, skills=[PACKER]).id
    assert ranked(posting) == [worker_id]
    with transaction() as session:
        workers.pause(session, worker_id=worker_id, by=SYSTEM, at=NOW)
    assert ranked(posting) == []
    with transaction() as session:
        workers.resume(session, worker_id=worker_id, by=SYSTEM, at=NOW)
    assert ranked(posting) == [worker_id]


def test_a_higher_pay_brings_those_who_ask_for_more(database: Engine) -> None:
    with transaction() as session:
        modest = make_worker(session, skills=[PACKER], min_hourly_fen=1800).id
        dearer = make_worker(session, skills=[PACKER], min_hourly_fen=1900).id
    told = [
        {place.worker_id for place in queries.shortlist_of_draft(a_draft(pay_fen=pay, shifts=(tomorrow(),))).places}
        for pay in (1800, 1900)
    ]
    assert told == [{modest}, {modest, dearer}]


def test_parts_times_weights_add_up_to_the_score(database: Engine) -> None:
    with transaction() as session:
        make_worker(session, skills=[PACKER], brands=["jinxiang-suangong"])
    posting = publish(brands=("jinxiang-suangong",))
    with transaction(read_only=True) as session:
        (place,) = queries.shortlist(posting_by_id(session, posting)).places
    assert place.parts["brand"] == 1
    assert sum(place.weights[name] * part for name, part in place.parts.items()) == pytest.approx(place.score, abs=1e-9)


def test_publishing_invites_the_first_of_the_ranking_once(database: Engine) -> None:
    with transaction() as session:
        for _ in range(4):
            make_worker(session, skills=[PACKER])
    posting = publish(invite_first=3)
    for _ in range(2):
        with transaction() as session:
            service.invite_first(session, posting_id=posting, at=clock.now())
    with transaction(read_only=True) as session:
        assert set(rows_of_posting(session, posting_id=posting)) == set(ranked(posting)[:3])


def test_inviting_more_goes_down_the_ranking_past_those_who_know(database: Engine) -> None:
    with transaction() as session:
        for _ in range(5):
            make_worker(session, skills=[PACKER])
        employer = make_employer(session, at=clock.now())
    posting = publish(invite_first=2, employer=employer)
    with transaction() as session:
        service.invite_first(session, posting_id=posting, at=clock.now())
        service.invite_more(session, posting_id=posting, count=2, by=oneself(employer), at=clock.now())
    with transaction(read_only=True) as session:
        assert set(rows_of_posting(session, posting_id=posting)) == set(ranked(posting)[:4])
