"""Real workers, real queues: files with SQLite, and Redis with PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.support.keeper import keep
from tests.support.ports import free_port
from tests.support.waiting import until
from tests.web.tasks.announcer import announce, done
from zero_work_market.ground import clock, heartbeat
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.outbox import OutboxRow

HERE = Path(__file__).parent
WORKER = (str(HERE / "pausing_worker.py"),)
BEAT = ("-m", "web.cli", "beat")


@dataclass(frozen=True)
class Place:
    """A home with a database and a queue, which this process's database is too."""

    home: Path
    environ: dict[str, str]

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A program at this place, ended with the block unless it ended before."""
        with (self.home / "log").open("ab") as log:
            process = subprocess.Popen([sys.executable, *arguments], env=self.environ, stdout=log, stderr=log)
        keep(process, owner=os.getpid())
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @property
    def log(self) -> str:
        return (self.home / "log").read_text()

    def has(self, name: str) -> bool:
        return (self.home / name).exists()


@pytest.fixture(params=["files", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    over_files = request.param == "files"
    url = request.getfixturevalue("sqlite_url" if over_files else "postgresql_url")
    variables = {"LEYE_HOME": str(tmp_path), "LEYE_DATABASE_URL": url}
    if not over_files:
        variables["LEYE_REDIS_URL"] = request.getfixturevalue("redis_url")
    engine = connect(url)
    yield Place(tmp_path, os.environ | variables)
    engine.dispose()


def _effects() -> list[str]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(AuditRow.subject).where(AuditRow.verb == "paused").order_by(AuditRow.id)))


def test_a_commit_wakes_a_worker_without_beat(place):
    (place.home / "go").touch()
    with place.running(*WORKER), place.running(str(HERE / "announcer.py"), "7") as announcer:
        assert announcer.wait(60) == 0, place.log
    assert _effects() == ["thing:7"]


def test_an_event_whose_worker_is_killed_is_handled_once_by_the_next(place):
    event_id = announce(7)
    with place.running(*BEAT):
        with place.running(*WORKER) as first:
            until(lambda: place.has("in"))
            first.kill()
            first.wait()
        assert _effects() == []
        (place.home / "go").touch()
        with transaction() as session:
            session.execute(update(OutboxRow).values(due_at=clock.now()))
        with place.running(*WORKER):
            until(lambda: done(event_id))
    assert _effects() == ["thing:7"]


def test_what_was_announced_while_nobody_ran_is_handled_when_they_do(place):
    ids = [announce(thing) for thing in range(20)]
    (place.home / "go").touch()
    with place.running(*WORKER), place.running(*BEAT):
        until(lambda: all(map(done, ids)))
        until(lambda: _heartbeat() is not None)
    assert sorted(_effects()) == sorted(f"thing:{thing}" for thing in range(20))


def _heartbeat() -> object:
    with transaction(read_only=True) as session:
        return heartbeat.last(session)


WAKING = """
import sys, time
from web import wiring
from tests.web.tasks.announcer import announce
wiring.start()
begun = time.monotonic()
for thing in range(20):
    announce(thing)
print(time.monotonic() - begun)
"""


def test_a_dead_redis_holds_up_no_commit(postgresql_url, tmp_path):
    """Giving up on one that is dead takes the client two seconds, on one that is stalled six."""
    dead = {"LEYE_REDIS_URL": f"redis://127.0.0.1:{free_port()}", "LEYE_DATABASE_URL": postgresql_url}
    environ = os.environ | {"LEYE_HOME": str(tmp_path)} | dead
    told = subprocess.run([sys.executable, "-c", WAKING], env=environ, capture_output=True, text=True, check=True)
    assert float(told.stdout) < 2
