"""A spreadsheet of 20,000 workers: read and judged, imported, and undone, as the tasks do it, a transaction a chunk.

Beside importing, `register` of a sample of the same people one by one, a transaction each, as at the desk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from benchmarks.conftest import Tell
from benchmarks.table import at_most, duration
from tests.support.makers import COUNTY, TOWN, make_staff
from tests.support.sheets import person, work_off, xlsx
from zero_work_market.ground import clock, db
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.market.imports import queries, service
from zero_work_market.market.imports.rules import Kind
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import NewSkill, NewWorker, Place
from zero_work_market.people.workers.service import register

ROWS, SAMPLE = 20_000, 500
GOAL_S = 60


@pytest.mark.usefixtures("any_size")
def test_a_spreadsheet_of_workers(benchmark: Any, tell: Tell, database: Engine) -> None:
    queries.title_reader()
    body, kind = xlsx([person(serial) for serial in range(ROWS)], title="零工台账"), db.engine().dialect.name
    with transaction() as session:
        staff = make_staff(session, Role.COUNTY, COUNTY, at=clock.now())
    seconds: dict[str, float] = {}
    told = {"kind": Kind.WORKERS, "region": COUNTY, "file_name": "a.xlsx", "body": body, "by": staff}

    def whole() -> int:
        with timed(seconds, "reading"):
            with transaction() as session:
                import_id = service.upload(session, at=clock.now(), **told).id  # type: ignore[arg-type]
            work_off()
        with timed(seconds, "importing"):
            with transaction() as session:
                service.run(session, import_id=import_id, by=staff, at=clock.now())
            work_off()
        return import_id

    import_id = benchmark.pedantic(whole, rounds=1)
    assert workers() == ROWS
    with timed(seconds, "undoing"):
        with transaction() as session:
            service.undo(session, import_id=import_id, by=staff, at=clock.now())
        work_off()
    assert workers() == 0
    each = one_by_one(staff) / SAMPLE
    ratio = each / (seconds["importing"] / ROWS)
    both = seconds["reading"] + seconds["importing"]
    what = f"{ROWS:,} workers, {kind}"
    tell("imports", f"read and imported, {what}", duration(both), goal=at_most(both, GOAL_S, "s"))
    tell("imports", f"read and judged, {what}", duration(seconds["reading"]))
    of_one = f"one by one {duration(each * ROWS)}"
    tell("imports", f"imported, {what}", duration(seconds["importing"]), of_one, f"{ratio:.1f} × faster")
    tell("imports", f"undone, {what}", duration(seconds["undoing"]))


@contextmanager
def timed(seconds: dict[str, float], what: str) -> Iterator[None]:
    begin = perf_counter()
    yield
    seconds[what] = perf_counter() - begin


def one_by_one(staff: Actor) -> float:
    begin = perf_counter()
    for serial in range(SAMPLE):
        _, name, number, phone, _, _, _, slip = person(serial)
        skills = (NewSkill("6-31-05-00"),)
        new = NewWorker(name=name, id_number=number, place=Place(TOWN), phone=phone, skills=skills)
        with transaction() as session:
            register(session, new=new, by=staff, at=clock.now(), slip=slip)
    return perf_counter() - begin


def workers() -> int:
    with transaction(read_only=True) as session:
        return session.scalar(select(func.count(Worker.id))) or 0
