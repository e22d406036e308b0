"""One list: workers for a posting, postings for a worker. The baseline scans every row.

Both must give the same list.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from benchmarks.beside import BLOCK, Times, beside, median, p99
from benchmarks.conftest import POSTINGS, Tell
from benchmarks.county import County
from benchmarks.engines import Plain, engine_of, rows
from benchmarks.table import at_least, at_most, duration
from matching import Engine, Ranking

QUERIES, QUERIES_OF_A_KIND = 400, 200
ASKING_WORKERS = 1_000
NAMED = ("none", "one", "two", "three")


def test_workers_for_a_posting(
    benchmark: Any, tell: Tell, county: County, engine: Engine, plain: Plain, is_large: bool
) -> None:
    asking = range(QUERIES + BLOCK)
    times = _times(benchmark, lambda at: engine.workers_for(at + 1), plain.workers_for, asking)
    share = p99(times.own) / p99(times.baseline)
    tell(
        "workers for a posting",
        "median",
        duration(median(times.own)),
        f"scan {duration(median(times.baseline))}",
        f"{times.faster:.1f} × faster",
        at_least(times.faster, 22 if is_large else 6),
    )
    tell(
        "workers for a posting",
        "p99",
        duration(p99(times.own)),
        f"scan {duration(p99(times.baseline))}",
        f"{share:.2f} × as long",
        at_most(share, 0.16 if is_large else 0.33),
    )


@pytest.mark.parametrize("required", range(4), ids=NAMED)
def test_workers_by_occupations_required(
    benchmark: Any, tell: Tell, county: County, engine: Engine, plain: Plain, required: int
) -> None:
    counts = (county.postings.occupation[:POSTINGS] >= 0).sum(axis=1)
    asking = np.flatnonzero(counts == required)[: QUERIES_OF_A_KIND + BLOCK].tolist()
    times = _times(benchmark, lambda at: engine.workers_for(at + 1), plain.workers_for, asking)
    tell(
        "workers for a posting",
        f"{NAMED[required]} required, median (p99)",
        f"{duration(median(times.own))} ({duration(p99(times.own))})",
        f"scan {duration(median(times.baseline))} ({duration(p99(times.baseline))})",
        f"{times.faster:.1f} × ({p99(times.baseline) / p99(times.own):.1f} ×) faster",
    )


def test_postings_for_a_worker(benchmark: Any, tell: Tell, county: County, is_large: bool) -> None:
    some = rows(county.workers, slice(ASKING_WORKERS))
    engine, plain = engine_of(county.tree, some, county.postings), Plain(county.tree, some, county.postings)
    ids = some.id.tolist()
    times = _times(benchmark, lambda at: engine.postings_for(ids[at]), plain.postings_for, range(QUERIES + BLOCK))
    tell(
        "postings for a worker",
        f"{len(county.postings.id):,} postings, median (p99)",
        f"{duration(median(times.own))} ({duration(p99(times.own))})",
        f"scan {duration(median(times.baseline))} ({duration(p99(times.baseline))})",
        f"{times.faster:.1f} × faster",
        at_least(times.faster, 7 if is_large else 2.5),
    )


def _times(
    benchmark: Any, own: Callable[[int], Ranking], scan: Callable[[int], Ranking], asking: Sequence[int]
) -> Times:
    for at in asking[:: len(asking) // 10]:
        assert own(at).ids.tolist() == scan(at).ids.tolist()
    return beside(benchmark, own, scan, [(at,) for at in asking])
