"""Engines at rest, and the same workers and postings without an index: what the baselines read and write."""

from dataclasses import fields, replace
from typing import Any, TypeVar

from benchmarks.scan import scan_postings, scan_workers
from matching import Engine, OccupationTree, Postings, Ranking, Workers
from matching.distance import Plane
from matching.frames import Columns, Frame
from matching.kinds import postings_kind, workers_kind

ORIGIN = (116.6, 35.4)
Rows = TypeVar("Rows", bound=Frame)


def engine_of(tree: OccupationTree, workers: Workers, postings: Postings) -> Engine:
    engine = Engine(tree, origin=ORIGIN)
    engine.upsert_workers(workers)
    engine.upsert_postings(postings)
    settle(engine)
    return engine


def settle(engine: Engine) -> None:
    """Wait until every row is in the base."""
    engine._workers.compact()
    engine._postings.compact()


def rows(frame: Rows, which: Any) -> Rows:
    """Those rows, by a slice or an array of their places."""
    return replace(frame, **{field.name: getattr(frame, field.name)[which] for field in fields(frame)})


class Plain:
    """The columns that the engine's own index is built of, to be scanned from the first to the last row."""

    def __init__(self, tree: OccupationTree, workers: Workers, postings: Postings) -> None:
        plane = Plane(ORIGIN)
        self.tree = tree
        self.workers = workers_kind(tree).columns(workers, plane)
        self.postings = postings_kind(tree).columns(postings, plane)

    def workers_for(self, posting: int) -> Ranking:
        """By the place of the posting."""
        return scan_workers(self.tree, self.workers, _row(self.postings, posting))

    def postings_for(self, worker: int) -> Ranking:
        """By the place of the worker."""
        return scan_postings(self.tree, self.postings, _row(self.workers, worker))


class Kept:
    """Workers' columns as arrays and a dict from id to row: the least that a change can cost, nothing checked."""

    def __init__(self, workers: Workers) -> None:
        self._columns = {field.name: getattr(workers, field.name).copy() for field in fields(workers)}
        self._row_of = {id: row for row, id in enumerate(workers.id.tolist())}

    def set_slots(self, ids: list[int], slots: list[int]) -> None:
        for id, free in zip(ids, slots, strict=True):
            self._columns["slots"][self._row_of[id]] = free

    def remove(self, ids: list[int]) -> None:
        for id in ids:
            self._columns["slots"][self._row_of.pop(id)] = 0

    def upsert(self, workers: Workers) -> None:
        """Of workers who are there."""
        at = [self._row_of[id] for id in workers.id.tolist()]
        for name, column in self._columns.items():
            column[at] = getattr(workers, name)


def _row(columns: Columns, at: int) -> Columns:
    return {name: column[at : at + 1] for name, column in columns.items()}
