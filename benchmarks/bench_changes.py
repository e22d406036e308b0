"""Changes of one worker and of a hundred, and lists while five thousand workers are fresh.

The baseline of a change writes the same into plain columns, found by a dict from id to row: nothing is checked there,
and nothing kept sorted.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from benchmarks.beside import BLOCK, beside, median
from benchmarks.conftest import POSTINGS, Tell
from benchmarks.county import County
from benchmarks.engines import Kept, engine_of, rows, settle
from benchmarks.table import at_most, duration
from matching import Engine, Workers

CHANGES = 400
CALLS_OF_MANY, MANY = 40, 100
QUERIES, FRESH = 400, 5_000


@pytest.fixture(scope="module")
def changed(county: County) -> Engine:
    """An engine for these benchmarks alone; what is changed becomes as it was, so that its lists stay the same."""
    return engine_of(county.tree, county.workers, rows(county.postings, slice(POSTINGS)))


@pytest.fixture(scope="module")
def kept(county: County) -> Kept:
    return Kept(county.workers)


@pytest.fixture(scope="module")
def some(county: County) -> Workers:
    """By chance."""
    return rows(county.workers, np.random.default_rng(1).permutation(len(county.workers.id))[: CHANGES + BLOCK])


def test_set_slots(benchmark: Any, tell: Tell, changed: Engine, kept: Kept, some: Workers) -> None:
    calls = [([id], [slots]) for id, slots in zip(some.id.tolist(), some.slots.tolist(), strict=True)]
    _tell(benchmark, tell, ("one worker changes", "set_slots"), changed.set_slots, kept.set_slots, calls, 8)


def test_upsert_of_one(benchmark: Any, tell: Tell, changed: Engine, kept: Kept, some: Workers) -> None:
    calls = [(rows(some, slice(at, at + 1)),) for at in range(len(some.id))]
    _tell(benchmark, tell, ("workers come in", "a call of one"), changed.upsert_workers, kept.upsert, calls, 50)
    settle(changed)


def test_upsert_of_a_hundred(benchmark: Any, tell: Tell, changed: Engine, kept: Kept, county: County) -> None:
    starts = range(0, (CALLS_OF_MANY + BLOCK) * MANY, MANY)
    calls = [(rows(county.workers, slice(start, start + MANY)),) for start in starts]
    what = ("workers come in", f"a worker in calls of {MANY}")
    _tell(benchmark, tell, what, changed.upsert_workers, kept.upsert, calls, 5, workers=MANY)
    settle(changed)


def test_remove(benchmark: Any, tell: Tell, changed: Engine, kept: Kept, some: Workers) -> None:
    calls = [([id],) for id in some.id.tolist()]
    _tell(benchmark, tell, ("one worker changes", "remove"), changed.remove_workers, kept.remove, calls, 8)
    changed.upsert_workers(some)
    settle(changed)


def test_lists_beside_fresh_rows(benchmark: Any, tell: Tell, county: County, changed: Engine, engine: Engine) -> None:
    changed.upsert_workers(rows(county.workers, slice(FRESH)))
    asking = range(1, QUERIES + BLOCK + 1)
    times = beside(benchmark, changed.workers_for, engine.workers_for, [(id,) for id in asking])
    for id in asking:
        assert changed.workers_for(id).ids.tolist() == engine.workers_for(id).ids.tolist()
    tell(
        "fresh rows",
        f"workers for a posting, {FRESH:,} fresh",
        duration(median(times.own)),
        f"none fresh {duration(median(times.baseline))}",
        f"{times.longer:.2f} × as long",
        at_most(times.longer, 1.3),
    )


def _tell(
    benchmark: Any,
    tell: Tell,
    what: tuple[str, str],
    own: Callable[..., None],
    plain: Callable[..., None],
    calls: Sequence[tuple[Any, ...]],
    limit_us: float,
    workers: int = 1,
) -> None:
    """Of calls of so many workers the time of one worker, against a goal in microseconds."""
    times = beside(benchmark, own, plain, calls)
    seconds, baseline = median(times.own) / workers, median(times.baseline) / workers
    goal = at_most(1e6 * seconds, limit_us, "µs")
    tell(*what, duration(seconds), f"dict and arrays {duration(baseline)}", f"{times.longer:.1f} × as long", goal)
