"""From publishing a posting to its invitations stored, in a county of 20,000 workers.

Printed beside pytest-benchmark's table: the median of the whole and the engine's share of it, in milliseconds.
"""

import random
from statistics import median
from time import perf_counter

import pytest
from sqlalchemy import Engine

from tests.support.makers import make_employer
from tests.support.market import make_posting, shift
from web.cli.seeding.staff import make_staff
from web.cli.seeding.workers import make_workers
from zero_work_market.ground import clock, db
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.queries import rows_of_posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.shortlists import queries, service
from zero_work_market.people.employers.models import Employer

WORKERS, INVITED, ROUNDS = 20_000, 8, 60
ENGINE_MS = 10


@pytest.fixture
def employer(database: Engine) -> Employer:
    chance, today = random.Random(1), clock.local_date(clock.now())
    make_staff(chance, today)
    make_workers(chance, count=WORKERS, on=today, progress=_quietly)
    with transaction() as session:
        made = make_employer(session, at=clock.now())
    queries.live_engine()
    return made


def _quietly(what: str, done: int, total: int) -> None:
    pass


def test_from_publish_to_invitations_stored(
    benchmark: pytest.FixtureRequest, employer: Employer, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[int] = []

    def publish() -> None:
        with transaction() as session:
            told = {"at": clock.now(), "shifts": (shift(now=clock.now()),)}
            made.append(make_posting(session, employer=employer, invite_first=INVITED, **told).id)
        with transaction() as session:
            service.invite_first(session, posting_id=made[-1], at=clock.now())

    benchmark.pedantic(publish, rounds=ROUNDS, warmup_rounds=3)  # type: ignore[attr-defined]
    with transaction(read_only=True) as session:
        assert all(len(rows_of_posting(session, posting_id=one)) == INVITED for one in made)
        engine = median(_engine_ms(posting_by_id(session, one)) for one in made)
    whole = 1000 * benchmark.stats.stats.median  # type: ignore[attr-defined]
    with capsys.disabled():
        kind = db.engine().dialect.name
        print(f"\npublish to {INVITED} invitations, {WORKERS:,} workers, {kind}: {whole:.1f} ms")
        print(f"of that the engine: {engine:.2f} ms (goal {ENGINE_MS}), {100 * engine / whole:.0f} %")


def _engine_ms(posting: object) -> float:
    live = queries.live_engine()
    row = queries._posting_columns(live, [queries._values_of(posting)])  # type: ignore[arg-type]
    begin = perf_counter()
    live.engine.workers_for_draft(row, k=INVITED)
    return 1000 * (perf_counter() - begin)
