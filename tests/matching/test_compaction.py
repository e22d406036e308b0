"""A new base is made beside: nobody waits for it, and if it fails nothing is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from matching import Engine, Postings, Workers
from matching.base import Base
from matching.frames import Columns
from matching.kinds import Kind
from tests.matching.crowds import tuned
from tests.matching.worlds import frame, make_engine, posting, worker

PATIENCE_S = 20


@pytest.fixture
def engine() -> Engine:
    engine = make_engine(workers=[worker(id=id) for id in range(6)], postings=[posting(id=1), posting(id=2)])
    engine.compact()
    engine.upsert_workers(frame(Workers, [worker(id=id) for id in (6, 7)]))
    return engine


class Held:
    """Builds of bases wait until they are let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = Event(), Event()


@contextmanager
def held_builds() -> Iterator[Held]:
    usual, held = Base.build, Held()

    def build(_: type[Base], kind: Kind, columns: Columns) -> Base:
        if len(columns["id"]):
            held.begun.set()
            assert held.let_go.wait(PATIENCE_S)
        return usual(kind, columns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Base, "build", classmethod(build))
        try:
            yield held
        finally:
            held.let_go.set()


def finishes(work: Any) -> bool:
    """Whether the work, in a thread of its own, comes to an end."""
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return not thread.is_alive()


def test_queries_and_changes_of_every_kind_are_done_while_a_new_base_is_being_built(engine):
    with held_builds() as held:
        compaction = Thread(target=engine.compact)
        compaction.start()
        assert held.begun.wait(PATIENCE_S)
        seen = []

        def meanwhile() -> None:
            seen.append(engine.workers_for(1).ids.tolist())
            engine.upsert_workers(frame(Workers, [worker(id=0, slots=0), worker(id=6, slots=0), worker(id=8)]))
            engine.remove_workers([1, 7])
            engine.set_slots([2], [0])
            engine.upsert_postings(frame(Postings, [posting(id=3)]))
            engine.remove_postings([2])
            seen.append(engine.workers_for(1).ids.tolist())
            seen.append(engine.workers_for_draft(frame(Postings, [posting()])).ids.tolist())
            seen.append(engine.postings_for(3).ids.tolist())
            seen.append(engine.workers_for_all().row_ids.tolist())

        assert finishes(meanwhile)
        assert seen == [[0, 1, 2, 3, 4, 5, 6, 7], [3, 4, 5, 8], [3, 4, 5, 8], [1, 3], [1, 3]]
        assert compaction.is_alive()
        held.let_go.set()
        compaction.join(PATIENCE_S)
    for _ in range(2):
        assert engine.workers_for(1).ids.tolist() == [3, 4, 5, 8]
        assert engine.postings_for(3).ids.tolist() == [1, 3]
        engine.compact()


def test_an_engine_compacts_by_itself_and_its_writer_does_not_wait(engine):
    with tuned(LEAST_TO_COMPACT=3), held_builds() as held:
        assert finishes(lambda: engine.upsert_workers(frame(Workers, [worker(id=id) for id in range(10, 20)])))
        assert held.begun.wait(PATIENCE_S)
        assert finishes(lambda: engine.remove_workers([0, 10]))
        assert engine.workers_for(1).ids.tolist() == [*range(1, 8), *range(11, 20)]
        held.let_go.set()
        engine.compact()
    assert engine.workers_for(1).ids.tolist() == [*range(1, 8), *range(11, 20)]


def test_what_is_removed_one_by_one_is_compacted_away_too(engine):
    with tuned(LEAST_TO_COMPACT=3), held_builds() as held:
        engine.remove_workers([0, 1, 2])
        assert not held.begun.is_set()
        engine.remove_workers([3])
        assert held.begun.wait(PATIENCE_S)


def test_after_a_build_that_failed_all_is_as_before_and_the_next_one_succeeds(engine):
    def fail(*_: Any) -> Base:
        engine.upsert_workers(frame(Workers, [worker(id=0, slots=0), worker(id=8)]))
        engine.remove_workers([1, 6])
        raise MemoryError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Base, "build", fail)
        with pytest.raises(MemoryError):
            engine.compact()
        assert engine.workers_for(1).ids.tolist() == [2, 3, 4, 5, 7, 8]
    assert finishes(engine.compact)
    assert engine.workers_for(1).ids.tolist() == [2, 3, 4, 5, 7, 8]
    engine.set_slots([2, 8], [0, 0])
    assert engine.workers_for(1).ids.tolist() == [3, 4, 5, 7]


def test_who_compacts_while_another_does_waits_for_that_build_only(engine):
    done_with_all = Event()
    with held_builds() as held:
        first = Thread(target=lambda: (engine.compact(), done_with_all.wait(2 * PATIENCE_S)), daemon=True)
        first.start()
        assert held.begun.wait(PATIENCE_S)
        second = Thread(target=engine.compact, daemon=True)
        second.start()
        held.let_go.set()
        second.join(PATIENCE_S)
        assert not second.is_alive()
    done_with_all.set()
    first.join(PATIENCE_S)
