"""A new base of all workers, in time and in memory."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import psutil

from benchmarks.beside import beside, median
from benchmarks.conftest import Tell
from benchmarks.engines import Plain
from benchmarks.table import at_most, duration
from matching import OccupationTree
from matching.base import Base
from matching.cells import Cells
from matching.frames import Columns
from matching.kinds import workers_kind

PROVINCE = 20_000_000
CALLS: list[tuple[()]] = [()] * 6


def test_rebuild(benchmark: Any, tell: Tell, plain: Plain) -> None:
    """The keys are the cells of all entries, in an order of chance."""
    kind = workers_kind(plain.tree)
    points = np.diff(Base.build(kind, plain.workers).grouped.starts)
    keys = np.random.default_rng(1).permutation(np.repeat(np.arange(len(points)), points))
    times = beside(benchmark, lambda: Base.build(kind, plain.workers), lambda: np.argsort(keys), CALLS, block=1)
    tell(
        "rebuild",
        "",
        duration(median(times.own)),
        f"np.argsort of its {len(keys):,} keys {duration(median(times.baseline))}",
        f"{times.longer:.1f} × as long",
        at_most(times.longer, 4),
    )


def test_memory(benchmark: Any, tell: Tell, plain: Plain) -> None:
    """The arrays of the workers' base, and by how much a new process grows that builds and keeps one."""
    base = benchmark.pedantic(Base.build, (workers_kind(plain.tree), plain.workers))
    workers, held = len(plain.workers["id"]), _bytes(base)
    with ProcessPoolExecutor(1, get_context("spawn")) as another:
        grown = another.submit(_grown_bytes, plain.tree, plain.workers).result()
    benchmark.extra_info |= {"bytes": held, "grown_bytes": grown}
    goal = at_most(held / workers, 180, "B")
    tell("memory", "a worker", f"{held / workers:.0f} B", f"a process grows by {grown / workers:.0f} B", "", goal)
    province = held / workers * PROVINCE / 1e9
    tell("memory", f"{PROVINCE:,} workers", f"{province:.2f} GB", "from these", "", at_most(province, 4, "GB"))


def _grown_bytes(tree: OccupationTree, workers: Columns) -> int:
    process = psutil.Process()
    before = process.memory_info().rss
    base = Base.build(workers_kind(tree), workers)
    return int(process.memory_info().rss - before) if len(base) else 0


def _bytes(base: Base) -> int:
    """Of all arrays of a base, each once: of its columns, its entries, and what finds them."""
    arrays: dict[int, int] = {}
    for held in vars(base).values():
        for array in _arrays(held):
            arrays[id(array)] = array.nbytes
    return sum(arrays.values())


def _arrays(held: object) -> list[np.ndarray[Any, Any]]:
    within = vars(held).values() if isinstance(held, Cells) else held.values() if isinstance(held, dict) else [held]
    return [array for array in within if isinstance(array, np.ndarray)]
