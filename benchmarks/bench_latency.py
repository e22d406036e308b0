"""Workers for a posting by the number of workers: the points of the picture.

The limit is the time to read from memory, once, the columns that the gates look at, as fast as this machine reads here.
"""

from time import perf_counter
from typing import Any

import numpy as np
import pytest

from benchmarks.beside import BLOCK, beside, median, p99
from benchmarks.county import County, make_county
from benchmarks.engines import Plain, engine_of, rows

SIZES = (2_000, 6_000, 20_000, 60_000, 200_000, 600_000, 2_000_000)
QUERIES = 200
GATE_BYTES = 24  # slots 8, and 4 each of x, y, reach_km and min_hourly_fen
READ_BYTES = 1 << 29


@pytest.fixture(scope="module")
def largest() -> County:
    """Its first workers are a smaller county."""
    return make_county(SIZES[-1], QUERIES + BLOCK)


@pytest.fixture(scope="module")
def bytes_a_second() -> float:
    """The quickest of ten sums over what no cache holds."""
    column, seconds = np.ones(READ_BYTES // 8), []
    for _ in range(10):
        begin = perf_counter()
        column.sum()
        seconds.append(perf_counter() - begin)
    return READ_BYTES / min(seconds)


@pytest.mark.parametrize("size", SIZES)
def test_latency(benchmark: Any, largest: County, bytes_a_second: float, size: int) -> None:
    some = rows(largest.workers, slice(size))
    engine, plain = (of(largest.tree, some, largest.postings) for of in (engine_of, Plain))
    calls = [(at,) for at in range(QUERIES + BLOCK)]
    times = beside(benchmark, lambda at: engine.workers_for(at + 1), plain.workers_for, calls)
    benchmark.extra_info["point"] = {
        "workers": size,
        "median_ms": 1e3 * median(times.own),
        "p99_ms": 1e3 * p99(times.own),
        "scan_ms": 1e3 * median(times.baseline),
        "scan_p99_ms": 1e3 * p99(times.baseline),
        "limit_ms": 1e3 * GATE_BYTES * size / bytes_a_second,
    }
