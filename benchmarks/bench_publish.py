"""From publishing a posting to its invitations stored, in a county of 20,000 workers; the engine's share of it."""

import random
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Engine

from benchmarks.conftest import Tell
from benchmarks.table import at_most, duration
from tests.support.makers import make_employer
from tests.support.market import make_posting, shift
from web.cli.seeding.staff import make_staff
from web.cli.seeding.workers import make_workers
from zero_work_market.ground import clock, db
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.queries import rows_of_posting
from zero_work_market.market.columns.queries import posting_columns
from zero_work_market.market.engine.service import live_engine
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.shortlists import service
from zero_work_market.people.employers.models import Employer

WORKERS, INVITED, ROUNDS = 20_000, 8, 60
GOAL_OF_ENGINE_MS = 10


@pytest.fixture
def employer(database: Engine) -> Employer:
    chance, today = random.Random(1), clock.local_date(clock.now())
    make_staff(chance, today)
    make_workers(chance, count=WORKERS, on=today, progress=_quietly)
    with transaction() as session:
        made = make_employer(session, at=clock.now())
    with live_engine():
        return made


def _quietly(what: str, done: int, total: int) -> None:
    pass


@pytest.mark.usefixtures("any_size")
def test_from_publish_to_invitations_stored(benchmark: Any, tell: Tell, employer: Employer) -> None:
    made: list[int] = []

    def publish() -> None:
        with transaction() as session:
            told = {"at": clock.now(), "shifts": (shift(now=clock.now()),)}
            made.append(make_posting(session, employer=employer, invite_first=INVITED, **told).id)
        with transaction() as session:
            service.invite_first(session, posting_id=made[-1], at=clock.now())

    benchmark.pedantic(publish, rounds=ROUNDS, warmup_rounds=3)
    with transaction(read_only=True) as session:
        assert all(len(rows_of_posting(session, posting_id=one)) == INVITED for one in made)
        engine = median(_engine_seconds(posting_by_id(session, one)) for one in made)
    whole = benchmark.stats.stats.median
    kind = db.engine().dialect.name
    tell("publishing", f"to {INVITED} invitations stored, {WORKERS:,} workers, {kind}", duration(whole))
    share, goal = f"{100 * engine / whole:.0f} % of it", at_most(1000 * engine, GOAL_OF_ENGINE_MS, "ms")
    tell("publishing", f"the engine's share, {kind}", duration(engine), "", share, goal)


def _engine_seconds(posting: object) -> float:
    with live_engine() as live:
        row = posting_columns(posting, today=live.today, brands=live.brands)  # type: ignore[arg-type]
        begin = perf_counter()
        live.engine.workers_for_draft(row, k=INVITED)
        return perf_counter() - begin
