"""One writer and four readers at once: each list read is that of one state between the start and the end of its query.

The writer numbers its changes; a reader notes how many were done before its query and how many begun after it. When all
is over the changes are made again, on plain rows, and a sample of what was read is held to the definition there.
`LEYE_SOAK_S` says for how many seconds they go on (5).
"""

import os
import sys
from collections.abc import Iterator
from itertools import count
from random import Random
from threading import Event, Thread
from typing import Any, NamedTuple

import pytest

from matching import Engine, Postings, Ranking, Workers
from matching.base import Base
from matching.reference import Definition
from tests.matching.crowds import WIDE_TREE, Market, any_posting, any_worker, tuned
from tests.matching.worlds import ORIGIN, definition, frame, unstacked

SECONDS = float(os.environ.get("LEYE_SOAK_S", 5))
CHECKED_A_SECOND = 150
WORKER_IDS, POSTING_IDS, READERS, K = 60, 12, 4, 5
List = list[tuple[int, float]]


class Seen(NamedTuple):
    """Lists by row id (None: there is no such row), of one state after `first` … `last` changes."""

    query: str
    lists: dict[int, List | None]
    first: int
    last: int


class Run:
    def __init__(self, engine: Engine) -> None:
        self.engine, self.over, self.failures = engine, Event(), list[BaseException]()
        self.begun = self.done = 0
        self.changes: list[tuple[str, Any]] = []
        self.seen: list[Seen] = []

    def write(self, market: Market, seed: int) -> None:
        rnd = Random(seed)
        while not self.over.is_set():
            change = market.any_change(rnd, 3, WORKER_IDS, POSTING_IDS)
            self.changes.append(change)
            self.begun += 1
            market.change(change)
            self.done += 1

    def read(self, seed: int) -> None:
        rnd = Random(seed)
        while not self.over.is_set():
            first = self.done
            query, lists = self._ask(rnd)
            self.seen.append(Seen(query, lists, first, self.begun))

    def _ask(self, rnd: Random) -> tuple[str, dict[int, List | None]]:
        if rnd.random() < 0.02:
            query = rnd.choice(["workers_for_all", "postings_for_all"])
            return query, {id: _listed(one) for id, one in unstacked(getattr(self.engine, query)(K)).items()}
        query = rnd.choice(["workers_for", "postings_for"])
        id = rnd.randrange(POSTING_IDS if query == "workers_for" else WORKER_IDS)
        try:
            return query, {id: _listed(getattr(self.engine, query)(id, K))}
        except KeyError:
            return query, {id: None}

    def go(self, *works: Any) -> None:
        """Each work in a thread of its own, until the time is over or one of them fails."""

        def guarded(work: Any) -> None:
            try:
                work()
            except BaseException as failure:
                self.failures.append(failure)
                self.over.set()

        threads = [Thread(target=guarded, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        self.over.wait(SECONDS)
        self.over.set()
        for thread in threads:
            thread.join()


def _listed(ranking: Ranking) -> List:
    return list(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True))


def unexplained(
    sample: list[Seen], changes: list[tuple[str, Any]], market: Market, exact: Definition
) -> Iterator[Seen]:
    """What was seen and is right in none of the states in which it may have been."""
    waiting = sorted(sample, key=lambda one: one.first, reverse=True)
    active: list[Seen] = []
    for number in range(len(changes) + 1):
        if number:
            market.note(changes[number - 1])
        while waiting and waiting[-1].first == number:
            active.append(waiting.pop())
        if active:
            active = [one for one in active if not _is_right(one, market, exact)]
            yield from (one for one in active if one.last == number)
            active = [one for one in active if one.last > number]


def _is_right(seen: Seen, market: Market, exact: Definition) -> bool:
    workers, postings = market.workers, market.postings
    rows = postings if seen.query.startswith("workers") else workers
    if seen.query.endswith("all") and seen.lists.keys() != rows.keys():
        return False
    for id, read in seen.lists.items():
        if (row := rows.get(id)) is None or read is None:
            if not (row is None and read is None):
                return False
            continue
        best = (
            exact.workers_for(row, frame(Workers, workers.values()), K)
            if rows is postings
            else exact.postings_for(row, frame(Postings, postings.values()), K)
        )
        if [id for id, _ in read] != [id for id, _ in best] or [score for _, score in read] != pytest.approx(
            [score for _, score in best], rel=0, abs=1e-12
        ):
            return False
    return True


@pytest.fixture
def eager_threads() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> "count[int]":
    counted, usual = count(), Base.build

    def build(*given: Any) -> Base:
        next(counted)
        return usual(*given)

    monkeypatch.setattr(Base, "build", build)
    return counted


@pytest.mark.usefixtures("eager_threads")
def test_every_list_that_readers_get_beside_a_writer_is_that_of_one_state(builds):
    rnd = Random(5)
    beginning = [("upsert_workers", [any_worker(rnd, id) for id in range(WORKER_IDS)])]
    beginning += [("upsert_postings", [any_posting(rnd, id) for id in range(POSTING_IDS)])]
    with tuned(LEAST_TO_COMPACT=8):
        market, again = (Market(Engine(WIDE_TREE, origin=ORIGIN)) for _ in range(2))
        for change in beginning:
            market.change(change)
            again.note(change)
        run = Run(market.engine)
        run.go(lambda: run.write(market, 0), *(lambda seed=seed: run.read(seed) for seed in range(1, READERS + 1)))
        market.engine.compact()
    figures = {"queries": len(run.seen), "changes": run.done, "bases built": next(builds)}
    assert run.failures == []
    assert min(figures.values()) > 5 * SECONDS, figures
    sample = rnd.sample(run.seen, min(len(run.seen), int(CHECKED_A_SECOND * SECONDS)))
    wrong = list(unexplained(sample, run.changes, again, definition(tree=WIDE_TREE)))
    print(figures | {"lists checked": len(sample), "seconds": SECONDS})
    assert wrong == []
