"""kill -9 of the worker in the middle of a spreadsheet: the next one goes on, and no row comes twice or is left out."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tests.support.keeper import keep
from tests.support.makers import COUNTY, make_staff
from tests.support.sheets import number, person, work_off, xlsx
from tests.support.waiting import until
from zero_work_market.ground import clock
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.changes import Change
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.imports import queries, service
from zero_work_market.market.imports.models import Import
from zero_work_market.market.imports.rules import Kind, State
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.workers.models import Worker

ROWS, PATIENCE_S = 1600, 90


@pytest.fixture(params=["files", "redis"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of a home with a database and a queue, which this process's database is too."""
    over_files = request.param == "files"
    url = request.getfixturevalue("sqlite_url" if over_files else "postgresql_url")
    variables = {"LEYE_HOME": str(tmp_path), "LEYE_DATABASE_URL": url}
    if not over_files:
        variables["LEYE_REDIS_URL"] = request.getfixturevalue("redis_url")
    engine = connect(url)
    yield os.environ | variables
    engine.dispose()


def test_a_worker_killed_amid_an_import_leaves_no_row_out_and_none_twice(environ):
    with transaction() as session:
        staff = make_staff(session, Role.COUNTY, COUNTY, at=clock.now())
        body = xlsx([person(serial) for serial in range(ROWS)], title="零工台账")
        told = {"kind": Kind.WORKERS, "region": COUNTY, "file_name": "a.xlsx", "body": body, "by": staff}
        import_id = service.upload(session, at=clock.now(), **told).id
    work_off()
    with transaction() as session:
        service.run(session, import_id=import_id, by=staff, at=clock.now())
    with running(environ, "beat"):
        with running(environ, "worker") as first:
            until(lambda: found(import_id).done > 0, patience_s=PATIENCE_S)
            time.sleep(random.uniform(0, 0.2))
            first.kill()
            first.wait()
        begun = imported(import_id)
        assert 0 < begun < ROWS
        assert len(registered()) == begun
        with transaction() as session:
            session.execute(update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(due_at=clock.now()))
        with running(environ, "worker"):
            until(lambda: found(import_id).state == State.DONE, patience_s=PATIENCE_S)
    assert imported(import_id) == ROWS
    assert sorted(registered()) == sorted(number(serial) for serial in range(ROWS))
    with transaction(read_only=True) as session:
        for model, what in ((AuditRow, AuditRow.verb == "worker.registered"), (Change, Change.what == "worker")):
            assert session.scalar(select(func.count()).select_from(model).where(what)) == ROWS


@contextmanager
def running(environ: dict[str, str], role: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "web.cli", role]
    with (Path(environ["LEYE_HOME"]) / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
    keep(process, owner=os.getpid())
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def found(import_id: int) -> Import:
    with transaction(read_only=True) as session:
        return session.get_one(Import, import_id)


def imported(import_id: int) -> int:
    with transaction(read_only=True) as session:
        return queries.counts(session, [import_id])[import_id].get("imported", 0)


def registered() -> list[str | None]:
    with transaction(read_only=True) as session:
        return [worker.id_number for worker in session.scalars(select(Worker))]
