"""A process of the market that starts: seconds until its first shortlist, database reads included.

From the folder saved before the last CHANGES workers changed, beside one that finds none and reads the whole database.
The database's files are in the system's cache; the process is new.
"""

import json
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from subprocess import run
from time import time
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, insert, update

from benchmarks.beside import beside
from benchmarks.conftest import Tell
from benchmarks.county import County
from benchmarks.table import at_most, duration
from matching import Workers
from tests.support.makers import TOWN
from tests.support.market import make_posting, shift
from zero_work_market.ground import changes, clock, db
from zero_work_market.ground.settings import settings
from zero_work_market.market.engine import service
from zero_work_market.people.workers.models import HeldBrand, Skill, Worker
from zero_work_market.people.workers.rules import ALL_WEEK
from zero_work_market.reference.occupations.queries import occupations

ROOT = Path(__file__).parents[1]
CHANGES, CHUNK, ROUNDS = 5_000, 10_000, 4
FIRST_SHORTLIST = """
import json, sys, time
began = float(sys.argv[1])
from web import wiring
from zero_work_market.ground import db
from zero_work_market.market.engine import service
from zero_work_market.market.postings.queries import posting
from zero_work_market.market.shortlists.queries import shortlist
at = {"imports": time.time()}
wiring.connect()
at["settings"] = time.time()
with service.live_engine():
    at["engine"] = time.time()
with db.transaction(read_only=True) as session:
    found = [place.worker_id for place in shortlist(posting(session, int(sys.argv[2]))).places]
at["shortlist"] = time.time()
ends = list(at.values())
pieces = dict(zip(at, (end - begin for begin, end in zip([began, *ends], ends))))
print(json.dumps({"found": found, "seconds": ends[-1] - began, "pieces": pieces}), flush=True)
import os; os._exit(0)
"""


@pytest.fixture
def market(county: County, database: Engine) -> int:
    """A database of the county's workers; the id of an open posting."""
    _fill(county)
    with db.transaction() as session:
        first, *_ = (make_posting(session, at=clock.now(), shifts=(shift(now=clock.now()),)) for _ in range(50))
    return first.id


@pytest.mark.usefixtures("any_size")
def test_start_of_a_market_process(benchmark: Any, tell: Tell, market: int, database: Engine, is_large: bool) -> None:
    service.save(clock.local_date(clock.now()))
    _change(CHANGES)
    own, whole = [], []

    def from_folder() -> None:
        own.append(_first_shortlist(market, settings().home))

    def from_database(home: Path = settings().home / "no-folder") -> None:
        shutil.rmtree(home, ignore_errors=True)
        whole.append(_first_shortlist(market, home))

    rounds = 2 if is_large else ROUNDS
    beside(benchmark, from_folder, from_database, [()] * rounds, block=1)
    assert all(one["found"] == whole[0]["found"] for one in (*own, *whole))
    seconds, anew = (float(np.median([one["seconds"] for one in found[1:]])) for found in (own, whole))
    benchmark.extra_info["pieces"] = {name: one[-1]["pieces"] for name, one in (("folder", own), ("database", whole))}
    tell(
        "start of the market's process",
        f"{database.dialect.name}, {CHANGES:,} changes since the folder was saved",
        duration(seconds),
        f"all read from the database {duration(anew)}",
        f"{anew / seconds:.1f} × faster",
        at_most(seconds, 10 if is_large else 2, "s"),
    )


def _first_shortlist(posting_id: int, home: Path) -> dict[str, Any]:
    url = db.engine().url.render_as_string(hide_password=False)
    environ = os.environ | {"LEYE_HOME": str(home), "LEYE_DATABASE_URL": url}
    command = [sys.executable, "-c", FIRST_SHORTLIST, str(time()), str(posting_id)]
    told: dict[str, Any] = json.loads(run(command, cwd=ROOT, env=environ, capture_output=True, check=True).stdout)
    return told


def _change(count: int) -> None:
    with db.transaction() as session:
        session.execute(update(Worker).where(Worker.id <= count).values(min_hourly_fen=Worker.min_hourly_fen + 1))
        changes.note(session, "worker", set(range(1, count + 1)))


def _fill(county: County) -> None:
    columns, codes = county.workers, [one.code for one in occupations()]
    for begin in range(0, len(columns.id), CHUNK):
        rows = range(begin, min(begin + CHUNK, len(columns.id)))
        skills = [
            {"worker_id": row + 1, "occupation": codes[occupation], "level": level}
            for row in rows
            for occupation, level in zip(columns.occupation[row].tolist(), columns.level[row].tolist(), strict=True)
            if level
        ]
        held = [(row + 1, number) for row in rows if (number := int(columns.brand[row, 0])) >= 0]
        with db.transaction() as session:
            session.execute(insert(Worker), [_worker(columns, row) for row in rows])
            session.execute(insert(Skill), skills)
            session.execute(insert(HeldBrand), [{"worker_id": id, "brand": f"brand-{number}"} for id, number in held])


def _worker(columns: Workers, row: int) -> dict[str, Any]:
    return {
        "id": row + 1, "name_sealed": b"", "surname": "张", "id_number_sealed": b"", "id_number_hash": str(row),
        "born_on": clock.local_date(clock.now()) - timedelta(days=12_000), "town": TOWN,
        "lon": float(columns.lon[row]), "lat": float(columns.lat[row]), "radius_km": float(columns.radius_km[row]),
        "relocates": bool(columns.relocates[row]), "week": int(columns.slots[row]) & ALL_WEEK,
        "min_hourly_fen": int(columns.min_hourly_fen[row]), "active": True, "registered_at": clock.now(),
    }  # fmt: skip
