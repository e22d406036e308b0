"""A bundle of 100,000 records from a partner region, taken in by the command: how long, and how much memory at most.

Beside it, one of 5,000: what memory doesn't grow with.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Engine

from benchmarks.conftest import Tell
from benchmarks.table import at_most, duration
from tests.support.exchange import Far, make_far, seeker, vacancy
from zero_work_market.ground import clock, db
from zero_work_market.ground.db import transaction

RECORDS, FEW = 100_000, 5_000
GOAL_S = 120


@pytest.mark.usefixtures("any_size")
def test_a_large_bundle(benchmark: Any, tell: Tell, database: Engine, database_url: str, tmp_path: Path) -> None:
    with transaction() as session:
        far = make_far(session, at=clock.now())
    few = taken(written(far, tmp_path / "few.jsonl", FEW, first=RECORDS), database_url)
    path = written(far, tmp_path / "many.jsonl", RECORDS)
    seconds, megabytes, counts = benchmark.pedantic(taken, (path, database_url), rounds=1)
    assert (counts["new"], counts["refused"]) == (RECORDS, [])
    again, _, unchanged = taken(path, database_url)
    assert (unchanged["new"], unchanged["unchanged"]) == (0, RECORDS)
    what = f"{RECORDS:,} records, {path.stat().st_size >> 20} MB, {db.engine().dialect.name}"
    tell("exchange", f"bundle taken in, {what}", duration(seconds), goal=at_most(seconds, GOAL_S, "s"))
    tell("exchange", f"the same once more, {what}", duration(again))
    tell("exchange", f"most memory, {what}", f"{megabytes} MB", f"{FEW:,} records: {few[1]} MB")


def written(far: Far, path: Path, count: int, *, first: int = 0) -> Path:
    at = clock.now()
    numbers = range(first, first + count)
    lines = [seeker(f"{n:064x}") if n % 5 < 2 else vacancy(n, at=at, words="站着干，能搬 20 公斤。") for n in numbers]
    path.write_bytes(far.bundle(lines, at=at))
    return path


def taken(path: Path, database_url: str) -> tuple[float, int, dict[str, Any]]:
    """Seconds, most megabytes in memory, and what the command printed; in a process of its own."""
    environ = os.environ | {"LEYE_DATABASE_URL": database_url}
    begin = perf_counter()
    command = [sys.executable, "-m", "web.cli", "exchange", "import", str(path)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, printed
    return perf_counter() - begin, used.ru_maxrss >> 10, json.loads(printed)
