"""The lists of every posting, in one process, and how the time grows with postings and with workers."""

from typing import Any

import numpy as np

from benchmarks.beside import beside, median
from benchmarks.conftest import POSTINGS, Tell
from benchmarks.county import County
from benchmarks.engines import Plain, engine_of, rows
from benchmarks.table import at_least, at_most, duration
from matching import Engine

SCANNED = 200
GROWN = 4
CALLS: list[tuple[()]] = [()] * 4


def test_every_posting(benchmark: Any, tell: Tell, engine: Engine, plain: Plain) -> None:
    """The scan is of 200 postings, for all of them as many times longer."""
    sample = range(0, POSTINGS, POSTINGS // SCANNED)

    def scan() -> None:
        for at in sample:
            plain.workers_for(at)

    times = beside(benchmark, engine.workers_for_all, scan, CALLS, block=1)
    scanned = median(times.baseline) * POSTINGS / len(sample)
    faster = scanned / median(times.own)
    tell(
        "every posting",
        f"{POSTINGS:,}",
        duration(median(times.own)),
        f"scan {duration(scanned)}, from {len(sample)} of them",
        f"{faster:.1f} × faster",
        at_least(faster, 6),
    )


def test_four_times_the_postings(benchmark: Any, tell: Tell, county: County, engine: Engine) -> None:
    fewer = engine_of(county.tree, county.workers, rows(county.postings, slice(POSTINGS // GROWN)))
    _tell_growth(benchmark, tell, engine, fewer, f"postings × {GROWN}", f"{POSTINGS // GROWN:,} postings", 4.2)


def test_four_times_the_workers(benchmark: Any, tell: Tell, county: County, engine: Engine) -> None:
    some = rows(county.workers, np.arange(len(county.workers.id) // GROWN))
    fewer = engine_of(county.tree, some, rows(county.postings, slice(POSTINGS)))
    _tell_growth(benchmark, tell, engine, fewer, f"workers × {GROWN}", f"{len(some.id):,} workers", 2.2)


def _tell_growth(
    benchmark: Any, tell: Tell, engine: Engine, fewer: Engine, what: str, baseline: str, limit: float
) -> None:
    times = beside(benchmark, engine.workers_for_all, fewer.workers_for_all, CALLS, block=1)
    tell(
        "every posting",
        what,
        duration(median(times.own)),
        f"{baseline} {duration(median(times.baseline))}",
        f"{times.longer:.2f} × as long",
        at_most(times.longer, limit),
    )
