"""Random events by the real services: the pages equal what a clerk counts by hand, and the recount finds no fault.

TEST_EVENTS sets how many (by hand: 10,000), TEST_SEED which.
"""

import os
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.support.random_market import RandomMarket
from tests.support.slow_counter import SlowCounter
from zero_work_market.ground import evidence
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import transaction
from zero_work_market.statistics.indicators import queries as indicators
from zero_work_market.statistics.indicators.rules import Rung
from zero_work_market.statistics.recount.queries import hold, is_counted, recount
from zero_work_market.statistics.standings import service as standings
from zero_work_market.statistics.tallies import service as tallies
from zero_work_market.statistics.tallies.models import Tally
from zero_work_market.statistics.targets.rules import TABS

CITY = "370800"
EVENTS = int(os.environ.get("TEST_EVENTS", "800"))
SEED = int(os.environ.get("TEST_SEED", "4100"))


def test_the_pages_equal_a_slow_count_by_hand_at_every_level(database: Engine) -> None:
    clerk = SlowCounter()
    market = RandomMarket(SEED, clerk)
    print(f"seed {SEED}")
    while sum(market.done.values()) < EVENTS:
        market.step()
        if market.chance.random() < 0.05:
            _count(market)
    _count(market)
    today = local_date(market.now)
    said = clerk.figures(today)
    with transaction(read_only=True) as session:
        assert is_counted(session)
        assert _pages(session) == said
        _compare_boards(session, clerk, said, today)
        _compare_persons(session, clerk, said)
    with transaction(read_only=True) as session:
        hold(session)
        checked = list(recount(session, today=today))
    assert [one.faults for one in checked] == [()] * len(checked)
    assert sum(one.placements for one in checked) == len(clerk.entries)
    years = {year for _, year, month, _ in said if not month}
    assert len(market.done) > 20, market.done
    assert all(sum(said.get((CITY, year, 0, f"L{rung}"), (0, 0))[0] for year in years) for rung in range(1, 6))


def _count(market: RandomMarket) -> None:
    """As the tasks do: chains, wages that came due, then what is stale."""
    with transaction() as session:
        for chain in evidence.chains(session):
            standings.count_on(session, chain=chain, at=market.now)
        standings.turn_due(session, at=market.now)
    while tallies_are_stale():
        with transaction() as session:
            tallies.add_up(session, limit=3)


def tallies_are_stale() -> bool:
    with transaction(read_only=True) as session:
        return tallies.is_stale(session)


def _pages(session: Session) -> dict[tuple[str, int, int, str], tuple[int, int]]:
    columns = (Tally.region, Tally.year, Tally.month, Tally.figure, Tally.times, Tally.persons)
    rows = session.execute(select(*columns).where(Tally.times != 0))
    return {(region, year, month, figure): (times, persons) for region, year, month, figure, times, persons in rows}


def _regions(session: Session, region: str) -> Iterator[str]:
    yield region
    for code, _ in indicators.children(session, region):
        yield from _regions(session, code)


def _compare_boards(session: Session, clerk: SlowCounter, said: dict, today: date) -> None:
    """Every tile, ladder and line of every region that anybody works in, and of a county that nobody does."""
    some = {region for region, *_ in said} | {"370883"}
    for year in {today.year, today.year - 1}:
        for region in sorted(some):
            tiles = {
                tile.indicator.key: tile
                for tab in TABS
                for tile in indicators.board(session, year=year, region=region, tab=tab, today=today)
            }
            whole = [said.get((region, year, 0, f"L{rung}"), (0, 0)) for rung in range(1, 6)]
            assert indicators.ladder(session, year=year, region=region) == tuple(Rung(*sums) for sums in whole)
            assert (tiles["proven_work"].times, tiles["proven_work"].done) == whole[2]
            assert (tiles["stable_work"].times, tiles["stable_work"].done) == whole[4]
            assert tiles["proven_work"].months == tuple(
                said.get((region, year, month, "L3"), (0, 0))[1] for month in range(1, 13)
            )
            signed = said.get((region, year, 0, "signed"), (0, 0))[0]
            assert (tiles["coverage"].done, tiles["coverage"].of) == (signed, whole[1][0])
            wages = [said.get((region, year, 0, f"wages_{name}"), (0, 0))[0] for name in ("on_time", "due")]
            assert [tiles["paid_on_time"].done, tiles["paid_on_time"].of] == wages
            if len(region) == 6:
                inside = region[:4] if region == CITY else region
                open_cases = [day for county, day in clerk.cases.values() if county.startswith(inside)]
                assert tiles["open_cases"].done == sum(day.year == year for day in open_cases)
                markets = {town[:6] for town, day in clerk.postings if town.startswith(inside) and day.year == year}
                assert tiles["gig_markets"].done == len(markets)
            lines = indicators.lines(session, year=year, region=region, indicator="proven_work", today=today)
            assert [line.done for line in lines] == [
                said.get((line.region, year, 0, "L3"), (0, 0))[1] for line in lines
            ]
            assert sum(line.done or 0 for line in lines) >= (whole[2][1] if lines else 0)


def _compare_persons(session: Session, clerk: SlowCounter, said: dict) -> None:
    """Those who count, over all pages, make the figure; with those left out they are everybody who held a seat."""
    for (region, year, month, figure), (times, persons) in said.items():
        if month or figure != "L3":
            continue
        asked = {"session": session, "year": year, "region": region, "indicator": "proven_work"}
        counted = _all_pages(counted=True, **asked)
        left_out = _all_pages(counted=False, **asked)
        assert (sum(row.sum for row in counted), len(counted)) == (times, persons)
        here = {
            entry.worker
            for entry in clerk.entries.values()
            if entry.day.year == year
            and (entry.village or entry.town + "000").startswith(region[:4] if region == CITY else region)
        }
        assert {row.worker_id for row in counted} | {row.worker_id for row in left_out} == here
        assert not {row.worker_id for row in counted} & {row.worker_id for row in left_out}
        assert all(row.why_out for row in left_out)


def _all_pages(**asked: object) -> list[indicators.PersonRow]:
    first = indicators.persons(number=1, **asked)
    return [row for number in range(1, first.last + 1) for row in indicators.persons(number=number, **asked).rows]
