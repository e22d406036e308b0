"""What a visitor and a worker find, in which order, and what is counted beside it."""

from datetime import datetime, timedelta

import pytest

from tests.support.makers import COUNTY, make_employer, make_worker, oneself
from tests.support.market import PACKER, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.service import invite
from zero_work_market.market.placements import service as placements
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.search.queries import search
from zero_work_market.market.search.rules import Found, Place, Wanted
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import NewSkill

FORKLIFT, WAITER = "6-30-05-01", "4-03-02-05"
LON, LAT = 116.3368, 35.409
KM = 1 / 111.2
"""Degrees of latitude."""

pytestmark = pytest.mark.usefixtures("database")


def tomorrow(start: int = 8, hours: float = 4) -> tuple[datetime, datetime]:
    return shift(1, start, hours, now=clock.now())


def publish(title: str = "装蒜包装", *, north_km: float = 0.0, **said: object) -> int:
    told = {"title": title, "lon": LON, "lat": LAT + north_km * KM, "shifts": (tomorrow(),)} | said
    with transaction() as session:
        return make_posting(session, at=clock.now(), **told).id


def found(
    worker_id: int | None = None, *, north_km: float = 0.0, at: datetime | None = None, **wanted: object
) -> Found:
    with transaction(read_only=True) as session:
        worker = session.get_one(Worker, worker_id) if worker_id else None
        place = None if worker else Place(LON, LAT + north_km * KM)
        return search(session, wanted=Wanted(**wanted), at=at or clock.now(), worker=worker, place=place)


def ids(result: Found) -> list[int]:
    return [job.id for job in result.jobs]


def somebody(**said: object) -> int:
    with transaction() as session:
        return make_worker(session, lon=LON, lat=LAT, at=clock.now(), **said).id


def test_a_visitor_sees_the_nearest_first_then_what_begins_first_and_full_ones_last():
    far, near = publish(north_km=9), publish(north_km=1)
    later, sooner = publish(north_km=3, shifts=(tomorrow(14),)), publish(north_km=3)
    full = publish(headcount=1)
    with transaction() as session:
        worker = make_worker(session, skills=[PACKER], lon=LON, lat=LAT, at=clock.now())
        placements.accept(session, posting_id=full, worker_id=worker.id, by=oneself(worker), at=clock.now())
    assert ids(found()) == [near, sooner, later, far, full]


def test_what_has_begun_was_withdrawn_or_is_a_suspended_employers_is_not_found():
    open_now, withdrawn = publish(), publish()
    with transaction() as session:
        suspended = make_employer(session, at=clock.now())
        make_posting(session, employer=suspended, shifts=(tomorrow(),), at=clock.now())
        placements.cancel_posting(session, posting_id=withdrawn, by=SYSTEM, at=clock.now())
        placements.suspend_employer(session, employer_id=suspended.id, reason="多次不付工钱", by=SYSTEM, at=clock.now())
    assert ids(found()) == [open_now]
    assert ids(found(at=tomorrow()[0])) == []


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("装蒜包装", True), ("蒜包", True), ("baozhuang", True), ("永昌", True), ("包装工", True), (" 包装 ", True),
        ("叉车", False), ("月嫂", False), ("zzzz", False),
    ],
)  # fmt: skip
def test_words_find_titles_employers_addresses_and_what_they_mean(words, hit):
    one = publish()
    assert ids(found(words=words)) == ([one] if hit else [])


def test_each_limit_narrows_and_an_edge_is_within_it():
    packer, driver = publish(pay_fen=1800), publish("叉车工", occupations=((FORKLIFT, 1),), pay_fen=2500, north_km=4)
    assert ids(found(occupation=FORKLIFT)) == [driver]
    assert ids(found(least_hourly_fen=2500)) == [driver]
    assert ids(found(least_hourly_fen=2501)) == []
    assert ids(found(within_km=3.9)) == [packer]
    assert ids(found(within_km=4.1)) == [packer, driver]
    assert ids(found(county=COUNTY)) == [packer, driver]
    assert ids(found(county="370828")) == []


def test_days_count_a_job_on_each_of_its_days_and_the_week_counts_it_once():
    today = clock.local_date(clock.now())
    three = tuple(shift(ahead, now=clock.now()) for ahead in (1, 2, 6))
    long, single = publish(shifts=three), publish(shifts=(shift(2, now=clock.now()),))
    beyond = publish(shifts=(shift(7, now=clock.now()),))
    every = found()
    days = {(day - today).days: number for day, number in every.by_day.items()}
    assert days == {0: 0, 1: 1, 2: 2, 3: 0, 4: 0, 5: 0, 6: 1}
    assert (every.week, every.total) == (2, 3)
    of_a_day = found(first_day=today + timedelta(days=2))
    assert (set(ids(of_a_day)), of_a_day.week, of_a_day.by_day) == ({long, single}, 2, every.by_day)
    assert ids(found(first_day=today + timedelta(days=3), last_day=today + timedelta(days=7))) == [long, beyond]


def test_a_worker_sees_what_fits_best_first_and_why_the_rest_does_not_fit():
    worker = somebody(skills=[NewSkill(PACKER, level=3)], radius_km=10, min_hourly_fen=2000)
    fits, better = publish(north_km=5, pay_fen=2200), publish(north_km=1, pay_fen=2200)
    poor, distant = publish(pay_fen=1900), publish(north_km=30, pay_fen=2200)
    driver = publish("叉车工", occupations=((FORKLIFT, 1),), pay_fen=2200)
    result = found(worker)
    assert ids(result)[:2] == [better, fits]
    shut = {job.id: job.shut for job in result.jobs}
    assert shut == {better: "", fits: "", poor: "pay", driver: "skill", distant: "distance"}
    assert [job.score is None for job in result.jobs] == [False, False, True, True, True]
    assert set(ids(found(worker, within_reach=True))) == {better, fits, poor, driver}
    assert ids(found(worker, by_distance=True))[-2:] == [fits, distant]


def test_an_invitation_stands_before_what_fits_better():
    worker = somebody(skills=[PACKER], radius_km=20)
    best, invited = publish(pay_fen=3000), publish(north_km=15)
    assert ids(found(worker)) == [best, invited]
    with transaction() as session:
        invite(session, posting=session.get_one(Posting, invited), scores={worker: None}, by=SYSTEM, at=clock.now())
    assert ids(found(worker)) == [invited, best]


def test_nothing_is_found_in_an_empty_market():
    nothing = found()
    assert (nothing.jobs, nothing.total, nothing.week, set(nothing.by_day.values())) == ((), 0, 0, {0})
