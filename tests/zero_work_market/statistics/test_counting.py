"""From a deed to the figure on the page: each link counted once, by one county's counter at a time."""

import multiprocessing
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.support.counted import OVER, come, count, hire, pay
from tests.support.makers import NOW, TOWN, VILLAGE, make_employer, make_worker, oneself
from tests.support.market import make_posting, shift
from zero_work_market.ground import evidence
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import build_engine, connect, transaction
from zero_work_market.market.placements import service as placements
from zero_work_market.rights.wages import service as wages
from zero_work_market.rights.wages.models import Wage
from zero_work_market.statistics.standings import service as standings
from zero_work_market.statistics.standings.models import Counted, Stale, Standing
from zero_work_market.statistics.tallies import service as tallies
from zero_work_market.statistics.tallies.queries import tallies as tallies_of

COUNTY, CITY, YEAR = TOWN[:6], "370800", 2026
FORK = multiprocessing.get_context("fork")


def figure(region: str, name: str, *, month: int = 0) -> tuple[int, int]:
    with transaction(read_only=True) as session:
        return tallies_of(session, year=YEAR, regions=[region]).get((region, month, name), (0, 0))


def level(placement: int) -> int:
    with transaction(read_only=True) as session:
        return session.get_one(Standing, placement).level


def test_a_hire_climbs_the_ladder_and_counts_in_its_village_town_county_and_city(database: Engine) -> None:
    placement = hire()
    count()
    assert level(placement) == 1
    assert figure(CITY, "L1") == (1, 1)
    come(placement)
    count()
    assert level(placement) == 3
    pay(placement)
    count()
    assert level(placement) == 4
    for region in (VILLAGE, TOWN, COUNTY, CITY):
        assert figure(region, "L3") == figure(region, "L4", month=11) == (1, 1)
        assert figure(region, "L5") == (0, 0)
    assert figure(f"{TOWN}000", "L3") == (0, 0)
    assert figure(CITY, "minutes") == (240, 0)
    assert figure(CITY, "settled_fen") == (7_200, 0)


def test_who_comes_from_elsewhere_counts_in_the_towns_bucket(database: Engine) -> None:
    come(hire(village=None))
    come(hire(village="370829101201"))
    count()
    assert figure(f"{TOWN}000", "L3") == figure(TOWN, "L3") == (2, 2)
    assert figure("370829101201", "L3") == figure("370829101", "L3") == (0, 0)


def test_one_person_in_two_placements_is_two_times_and_one_person(database: Engine) -> None:
    with transaction() as session:
        someone = make_worker(session, village=VILLAGE)
        both = [make_posting(session, shifts=(shift(days),)) for days in (1, 2)]
        for posting in both:
            placements.accept(session, posting_id=posting.id, worker_id=someone.id, by=oneself(someone), at=NOW)
    count()
    assert figure(CITY, "L1") == (2, 1)


def test_a_payment_that_is_voided_takes_the_rung_away_again(database: Engine) -> None:
    placement = hire()
    come(placement)
    pay(placement)
    count()
    with transaction() as session:
        payment = session.scalars(select(Wage).where(Wage.placement_id == placement)).one().payments[0]
        wages.void_payment(session, payment_id=payment.id, reason="记错人了", by=SYSTEM, at=OVER)
    count()
    assert level(placement) == 3
    assert figure(CITY, "L4") == figure(VILLAGE, "L4", month=11) == (0, 0)


def test_links_are_taken_once_and_counting_again_changes_nothing(database: Engine) -> None:
    come(hire())
    assert count() > 0
    assert count() == 0
    with transaction(read_only=True) as session:
        assert session.scalars(select(Stale.village)).all() == []


def test_a_wage_comes_due_by_the_day_alone(database: Engine) -> None:
    placement = hire()
    come(placement)
    count()
    with transaction() as session:
        due_on = session.scalars(select(Wage.due_on)).one()
        at = OVER + (due_on - local_date(OVER))
        assert not standings.has_turned_due(session, at=at), "its day isn't over"
        assert standings.has_turned_due(session, at=at + timedelta(days=1))
        assert standings.turn_due(session, at=at + timedelta(days=1)) == 1
        assert standings.turn_due(session, at=at + timedelta(days=1)) == 0
    count(at=at + timedelta(days=1))
    assert figure(CITY, "wages_due") == (1, 0)
    assert figure(CITY, "wages_on_time") == (0, 0)


def test_what_changes_while_it_is_added_up_stays_stale(postgresql_url: str) -> None:
    """The counter commits after the adder has forgotten the mark: the mark must be there anew."""
    connect(postgresql_url)
    placement = hire()
    count()
    come(placement)
    with transaction() as counter:
        standings.count_on(counter, chain=COUNTY, at=OVER)
        other = build_engine(postgresql_url)
        with Session(other) as adder:
            assert tallies.add_up(adder) == 0, "the mark is held by the counter"
            adder.commit()
        other.dispose()
    with transaction() as session:
        assert tallies.add_up(session) == 1
    assert figure(CITY, "L3") == (1, 1)


def _count_and_add(url: str, start: Any, chain: str) -> None:
    connect(url)
    start.wait()
    for _ in range(20):
        with transaction() as session:
            standings.count_on(session, chain=chain, at=OVER)
        with transaction() as session:
            tallies.add_up(session, limit=2)


def test_counters_of_several_counties_at_once_make_one_right_figure_of_the_city(postgresql_url: str) -> None:
    connect(postgresql_url)
    towns = [TOWN, "370828001", "370881001"]
    with transaction() as session:
        for town in towns:
            employer = make_employer(session, town=town)
            for _ in range(8):
                posting = make_posting(session, employer=employer, town=town, pay_fen=2000)
                someone = make_worker(session, town=town)
                placements.accept(session, posting_id=posting.id, worker_id=someone.id, by=oneself(someone), at=NOW)
    connect(postgresql_url).dispose()
    start = FORK.Event()
    crowd = [FORK.Process(target=_count_and_add, args=(postgresql_url, start, town[:6])) for town in (*towns, *towns)]
    for one in crowd:
        one.start()
    start.set()
    for one in crowd:
        one.join(timeout=60)
    assert [one.exitcode for one in crowd] == [0] * 6
    connect(postgresql_url)
    while count():
        pass
    assert figure(CITY, "L1") == (24, 24)
    assert [figure(town[:6], "L1") for town in towns] == [(8, 8)] * 3
    with transaction(read_only=True) as session:
        ends = session.execute(select(Counted.chain, Counted.number).order_by(Counted.chain)).all()
        assert [tuple(row) for row in ends] == [
            (end.chain, end.number)
            for end in session.scalars(select(evidence.ChainEnd).order_by(evidence.ChainEnd.chain))
        ]
