"""The staff's dashboard over 500,000 placements of 200,000 workers in one year, on PostgreSQL.

The baseline counts the same figures of the same region from the standings, in one statement, without the tallies;
both come to the same before anything is measured.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import make_url, text

from benchmarks.beside import beside
from benchmarks.beside import median as middle
from benchmarks.conftest import Tell
from benchmarks.table import at_most, duration
from tests.support.databases import database_copy
from tests.support.makers import COUNTY, TOWN
from web.for_staff.registers import board, lines
from zero_work_market.ground.db import connect, transaction
from zero_work_market.reference.regions.queries import counties, towns
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.indicators import queries
from zero_work_market.statistics.tallies import service
from zero_work_market.statistics.tallies.queries import tallies
from zero_work_market.statistics.tallies.rules import RUNGS, WHOLE_YEAR, rung
from zero_work_market.statistics.targets.rules import TABS

PLACEMENTS, WORKERS, EMPLOYERS, VILLAGES = 500_000, 200_000, 3_000, 40
YEAR, TODAY = 2026, date(2026, 11, 24)
ROUNDS, BLOCK = 24, 4
GOAL_S = 0.3

PEOPLE = """
INSERT INTO workers (id, seal, name_sealed, surname, id_number_sealed, id_number_hash, born_on, town, lon, lat,
                     radius_km, relocates, min_hourly_fen, week, active, registered_at)
SELECT i, i::text, '', '张', '', i::text, '1975-01-01', :town, 116.3, 35.4, 8, false, 0, 0, true, now()
FROM generate_series(1, :workers) i
"""
STANDINGS = """
INSERT INTO standings (placement_id, posting_id, worker_id, employer_id, county, town, village, industry, day, level,
                       short_of, signed, minutes, settled_fen, wages_due, wages_on_time)
SELECT i, i / 4, worker, 1 + i % :employers, left(town, 6), town, town || lpad((200 + i % :villages)::text, 3, '0'),
       (ARRAY['', '制造', '', '家政', '建筑'])[1 + i % 5], date '2026-01-01' + i * 31 % 328, level,
       (ARRAY['withdrawn', 'arrival', 'hours', 'paid', 'days:40', ''])[1 + level], i % 10 < 7 AND level > 0,
       CASE WHEN level >= 3 THEN 240 ELSE 0 END, CASE WHEN level >= 4 THEN 7200 ELSE 0 END,
       CASE WHEN level >= 3 THEN 1 ELSE 0 END, CASE WHEN level >= 4 AND i % 9 > 0 THEN 1 ELSE 0 END
FROM (SELECT i, 1 + (i::bigint * 7919 % :workers)::int AS worker,
             (ARRAY[0, 1, 2, 3, 4, 4, 4, 5])[1 + i * 13 % 8] AS level
      FROM generate_series(1, :placements) i) placements,
     LATERAL (SELECT (CAST(:towns AS text[]))[1 + worker % :town_count] AS town) places
"""
COUNTS = """
SELECT extract(month FROM day), sum(wages_due), sum(wages_on_time), count(*) FILTER (WHERE level >= 2 AND signed),
       count(*) FILTER (WHERE level >= 1), count(DISTINCT worker_id) FILTER (WHERE level >= 1),
       count(*) FILTER (WHERE level >= 2), count(DISTINCT worker_id) FILTER (WHERE level >= 2),
       count(*) FILTER (WHERE level >= 3), count(DISTINCT worker_id) FILTER (WHERE level >= 3),
       count(*) FILTER (WHERE level >= 4), count(DISTINCT worker_id) FILTER (WHERE level >= 4),
       count(*) FILTER (WHERE level >= 5), count(DISTINCT worker_id) FILTER (WHERE level >= 5)
FROM standings
WHERE county LIKE :inside AND day BETWEEN '2026-01-01' AND '2026-12-31'
GROUP BY GROUPING SETS ((), (extract(month FROM day)))
"""


@pytest.fixture(scope="module")
def dashboard(postgresql_server: str, migrated_postgresql: str) -> Iterator[float]:
    """Everything in place and added up; the seconds that adding it all up took."""
    with database_copy(postgresql_server, "dashboard", template=make_url(migrated_postgresql).database) as url:
        bound = connect(url)
        _fill()
        yield _seconds(_add_up)
        bound.dispose()


def _fill() -> None:
    codes = [town.code for county in counties() for town in towns(county.code)]
    told = {"employers": EMPLOYERS, "villages": VILLAGES, "placements": PLACEMENTS, "workers": WORKERS}
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(PEOPLE), {"town": TOWN, "workers": WORKERS})
        session.execute(text(STANDINGS), told | {"towns": codes, "town_count": len(codes)})
        session.execute(
            text("INSERT INTO stale_tallies SELECT DISTINCT village, 2026, extract(month FROM day)::int FROM standings")
        )
        session.execute(text("ANALYZE"))


def _add_up() -> None:
    with transaction() as session:
        service.add_up(session, limit=PLACEMENTS)


def _seconds(deed: Callable[[], object]) -> float:
    begin = perf_counter()
    deed()
    return perf_counter() - begin


def _board(region: str) -> None:
    """All five tabs, the ladder, and the lines of the regions below for the tile map."""
    with transaction(read_only=True) as session:
        for tab in TABS:
            board(session, year=YEAR, region=region, tab=tab, today=TODAY)
        queries.ladder(session, year=YEAR, region=region)
        lines(session, year=YEAR, region=region, indicator="proven_work", today=TODAY)


def _from_standings(region: str) -> Sequence[Any]:
    with transaction(read_only=True) as session:
        return session.execute(text(COUNTS), {"inside": f"{region[:4] if region == CITY else region}%"}).all()


def _check(region: str) -> None:
    """What is kept of the ladder, for the year and each month, is what the standings come to."""
    with transaction(read_only=True) as session:
        kept = tallies(session, year=YEAR, regions=[region], figures=[rung(level) for level in RUNGS])
    counted = {
        (region, int(month or WHOLE_YEAR), rung(level)): tuple(ladder[2 * level - 2 : 2 * level])
        for month, _, _, _, *ladder in _from_standings(region)
        for level in RUNGS
    }
    assert kept == counted


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize(("region", "name"), [(CITY, "the city"), (COUNTY, "one county")])
def test_board_of_a_region(benchmark: Any, tell: Tell, dashboard: float, region: str, name: str) -> None:
    _check(region)
    times = beside(benchmark, lambda: _board(region), lambda: _from_standings(region), [()] * ROUNDS, BLOCK)
    own, counted = middle(times.own), middle(times.baseline)
    goal, faster = at_most(own * 1000, GOAL_S * 1000, "ms"), f"{times.faster:.1f} × faster"
    tell("staff's dashboard", f"five tabs, ladder and map of {name}", duration(own), duration(counted), faster, goal)


@pytest.mark.usefixtures("any_size")
def test_adding_up_what_changed(benchmark: Any, tell: Tell, dashboard: float) -> None:
    stale = "INSERT INTO stale_tallies (village, year, month) VALUES (:village, 2026, 11)"

    def mark() -> None:
        with transaction() as session:
            session.execute(text(stale), {"village": f"{TOWN}201"})

    benchmark.pedantic(_add_up, setup=mark, rounds=6, warmup_rounds=1)
    one = benchmark.stats.stats.median
    tell(
        "staff's dashboard", "one village's month added up, up to the city", duration(one), f"all {duration(dashboard)}"
    )


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize(("region", "name"), [(TOWN, "a town"), (COUNTY, "a county"), (CITY, "the city")])
def test_opening_a_figure(benchmark: Any, tell: Tell, dashboard: float, region: str, name: str) -> None:
    def page() -> None:
        with transaction(read_only=True) as session:
            asked = {"year": YEAR, "region": region, "indicator": "proven_work", "number": 2}
            assert queries.persons(session, counted=True, **asked).rows
            assert queries.persons(session, counted=False, **asked).rows

    benchmark.pedantic(page, rounds=6, warmup_rounds=1)
    tell("staff's dashboard", f"persons of {name}, and those left out", duration(median(benchmark.stats.stats.data)))
