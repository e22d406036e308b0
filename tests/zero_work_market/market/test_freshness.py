"""A change committed by one process is in the very next answer of another, whatever else is open."""

import multiprocessing
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.support.makers import make_worker
from tests.support.market import PACKER, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import build_engine, connect, transaction
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.shortlists.queries import ranked_postings, shortlist
from zero_work_market.people.workers import service as workers

SPAWN = multiprocessing.get_context("spawn")


def _answer(url: str, pipe: Any) -> None:
    connect(url)
    while (asked := pipe.recv()) is not None:
        what, row_id = asked
        if what == "workers":
            with transaction(read_only=True) as session:
                found = [place.worker_id for place in shortlist(posting_by_id(session, row_id)).places]
        else:
            found = [posting_id for posting_id, _ in ranked_postings(row_id)]
        pipe.send(found)


class Other:
    """Another process that keeps its own engine."""

    def __init__(self, url: str) -> None:
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=_answer, args=(url, theirs), daemon=True)
        self.process.start()

    def ask(self, what: str, row_id: int) -> list[int]:
        self.pipe.send((what, row_id))
        assert self.pipe.poll(60)
        found: list[int] = self.pipe.recv()
        return found


@pytest.fixture
def other(database_url: str) -> Iterator[Other]:
    process = Other(database_url)
    yield process
    process.pipe.send(None)
    process.process.join(10)


@pytest.fixture
def posting_id(database: Engine) -> int:
    with transaction() as session:
        return make_posting(session, at=clock.now(), shifts=(shift(now=clock.now()),)).id


def test_a_profile_changed_here_is_in_the_next_answer_there(database: Engine, posting_id: int, other: Other) -> None:
    assert other.ask("workers", posting_id) == []
    with transaction() as session:
        worker_id = make_worker(session, skills=[PACKER]).id
    assert other.ask("workers", posting_id) == [worker_id]
    with transaction() as session:
        workers.set_floor(session, worker_id=worker_id, min_hourly_fen=9900, by=SYSTEM, at=clock.now())
    assert other.ask("workers", posting_id) == []


def test_a_posting_published_here_is_in_the_next_answer_there(database: Engine, other: Other) -> None:
    with transaction() as session:
        worker_id = make_worker(session, skills=[PACKER]).id
    assert other.ask("postings", worker_id) == []
    with transaction() as session:
        posting_id = make_posting(session, at=clock.now(), shifts=(shift(now=clock.now()),)).id
    assert other.ask("postings", worker_id) == [posting_id]


@pytest.mark.parametrize("older_first", [True, False], ids=["older commits first", "newer commits first"])
def test_two_open_transactions_are_seen_as_each_commits(postgresql_url: str, older_first: bool) -> None:
    """On PostgreSQL, where ids commit out of order: nothing is missed, and nothing waits for the one still open."""
    connect(postgresql_url)
    with transaction() as session:
        posting_id = make_posting(session, at=clock.now(), shifts=(shift(now=clock.now()),)).id
    process = Other(postgresql_url)
    assert process.ask("workers", posting_id) == []
    engine = build_engine(postgresql_url)
    with Session(engine) as older, Session(engine) as newer:
        first, second = make_worker(older, skills=[PACKER]).id, make_worker(newer, skills=[PACKER]).id
        assert process.ask("workers", posting_id) == []
        order = [(older, first), (newer, second)]
        seen: set[int] = set()
        for open_session, worker_id in order if older_first else reversed(order):
            open_session.commit()
            seen.add(worker_id)
            assert set(process.ask("workers", posting_id)) == seen
    engine.dispose()
    process.pipe.send(None)
