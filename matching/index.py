"""The engine: workers and postings kept as columns, ranked for each other exactly."""

from dataclasses import asdict
from operator import index
from pathlib import Path
from threading import RLock
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching import store
from matching.askers import PostingAsks, WorkerAsks
from matching.assign import Assignment, Method, assign_widening
from matching.base import Base
from matching.distance import Plane
from matching.explain import Explanation, explain
from matching.frames import FREE_SLOTS, ID, Array, Columns, Postings, Workers, as_column, refuse_repeated
from matching.kinds import postings_kind, workers_kind
from matching.ranking import Ranking, Rankings, stack
from matching.search import search
from matching.skills import OccupationTree
from matching.table import Table
from matching.weights import Weights


class Engine:
    """Ranks workers for postings and postings for workers by the definition in `matching.reference`.

    Reads no more than may be among the k best, scores that in float64, and orders it by score descending, then id
    ascending. A change is seen by the very next query. One lock makes each call see one state.
    """

    def __init__(
        self, tree: OccupationTree, weights: Weights = Weights(), origin: tuple[float, float] = (116.6, 35.4)
    ) -> None:
        """`origin` is (lon0, lat0) in degrees, of the plane on which distances are measured."""
        self._tree, self._weights, self._plane = tree, weights, Plane(origin)
        self._lock = RLock()
        self._workers = Table(workers_kind(tree), self._lock)
        self._postings = Table(postings_kind(tree), self._lock)

    def upsert_workers(self, workers: Workers) -> None:
        """Take in workers, each in place of one of the same id. ValueError, and none taken in, if a row is refused."""
        columns = self._workers.kind.columns(workers, self._plane)
        with self._lock:
            self._workers.put(columns)

    def upsert_postings(self, postings: Postings) -> None:
        """Take in postings, each in place of one of the same id. ValueError, and none taken in, if a row is refused."""
        columns = self._postings.kind.columns(postings, self._plane)
        with self._lock:
            self._postings.put(columns)

    def remove_workers(self, ids: ArrayLike) -> None:
        """Forget the workers of ids int64 (n,). KeyError, and none forgotten, if one isn't there."""
        with self._lock:
            self._workers.remove(_unique(ids))

    def remove_postings(self, ids: ArrayLike) -> None:
        """Forget the postings of ids int64 (n,). KeyError, and none forgotten, if one isn't there."""
        with self._lock:
            self._postings.remove(_unique(ids))

    def has_workers(self, ids: ArrayLike) -> NDArray[np.bool_]:
        """Which workers of ids int64 (n,) are there, bool (n,)."""
        with self._lock:
            return self._workers.has(as_column("id", ids, ID))

    def has_postings(self, ids: ArrayLike) -> NDArray[np.bool_]:
        """Which postings of ids int64 (n,) are there, bool (n,)."""
        with self._lock:
            return self._postings.has(as_column("id", ids, ID))

    def set_slots(self, ids: ArrayLike, slots: ArrayLike) -> None:
        """Set the free quarters, uint64 (n,), of workers by ids int64 (n,). KeyError, none set, if one is missing."""
        known = _unique(ids)
        free = as_column("slots", slots, FREE_SLOTS, rows=len(known))
        with self._lock:
            self._workers.write("slots", known, free)

    def workers_for(self, posting_id: int, k: int = 50, weights: Weights | None = None) -> Ranking:
        """The k best workers for a posting, by other `weights` if given. KeyError if it isn't there."""
        with self._lock:
            return self._workers_for(self._postings.row(posting_id), _at_least_one(k), weights)

    def postings_for(self, worker_id: int, k: int = 50, weights: Weights | None = None) -> Ranking:
        """The k best postings for a worker. KeyError if they aren't there."""
        with self._lock:
            return self._postings_for(self._workers.row(worker_id), _at_least_one(k), weights)

    def workers_for_draft(self, draft: Postings, k: int = 50, weights: Weights | None = None) -> Ranking:
        """The k best workers for a posting of one row that is not stored. ValueError if it is refused."""
        posting = self._draft(draft)
        with self._lock:
            return self._workers_for(posting, _at_least_one(k), weights)

    def workers_for_all(self, k: int = 50) -> Rankings:
        """The k best workers for every posting, of the engine as it is when asked; others may go on meanwhile."""
        now = self._copied()
        return now._workers_for_each(now._postings.ids(), _at_least_one(k))

    def postings_for_all(self, k: int = 50) -> Rankings:
        """The k best postings for every worker, of the engine as it is when asked; others may go on meanwhile."""
        now = self._copied()
        ids = now._workers.ids()
        return stack(ids, (now.postings_for(id, k) for id in ids))

    def assign(self, posting_ids: ArrayLike, seats: ArrayLike, k: int = 50, method: Method = "exact") -> Assignment:
        """Workers for the seats int (n,) of postings int64 (n,), each worker once: see `matching.assign`.

        Lists of k are made longer where workers are scarce. KeyError if a posting isn't there."""
        now = self._copied()
        return assign_widening(lambda ids, k: now._workers_for_each(ids.tolist(), k), posting_ids, seats, k, method)

    def explain(self, worker_id: int, posting_id: int, weights: Weights | None = None) -> Explanation:
        """Why the pair scores as it does, eligible or not. KeyError if either isn't there."""
        with self._lock:
            worker, posting = self._workers.row(worker_id), self._postings.row(posting_id)
            return explain(self._tree, weights or self._weights, worker, posting)

    def explain_draft(self, worker_id: int, draft: Postings, weights: Weights | None = None) -> Explanation:
        """The same for a posting of one row that is not stored."""
        posting = self._draft(draft)
        with self._lock:
            return explain(self._tree, weights or self._weights, self._workers.row(worker_id), posting)

    def compact(self) -> None:
        """Take what came since into the index now. It happens by itself, beside, when that has grown to a 32nd."""
        self._workers.compact()
        self._postings.compact()

    def save(self, folder: str | Path) -> None:
        """Write the engine as it is now into a folder, in place of one saved there before, which stays until then."""
        now, arrays = self._copied(), {"tree.small": self._tree.small, "tree.middle": self._tree.middle}
        for name, table in (("workers", now._workers), ("postings", now._postings)):
            arrays |= {f"{name}.{part}": array for part, array in table.resting().arrays().items()}
        origin = (self._plane.lon0, self._plane.lat0)
        store.write(Path(folder), {"weights": asdict(self._weights), "origin": origin}, arrays)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The engine last saved in a folder, its columns memory-mapped and shared by processes until they change them.

        FileNotFoundError if there is none, ValueError if it is of another format."""
        about, arrays = store.read(Path(folder))
        lon0, lat0 = about["origin"]
        tree = OccupationTree(arrays["tree.small"], arrays["tree.middle"])
        engine = cls(tree, Weights(**about["weights"]), (lon0, lat0))
        for name, table in (("workers", engine._workers), ("postings", engine._postings)):
            own = {
                part.removeprefix(f"{name}."): array for part, array in arrays.items() if part.startswith(f"{name}.")
            }
            table.base = Base.of_arrays(table.kind, own)
        return engine

    def _copied(self) -> "Engine":
        copy = Engine(self._tree, self._weights, (self._plane.lon0, self._plane.lat0))
        with self._lock:
            copy._workers, copy._postings = self._workers.copied(), self._postings.copied()
        return copy

    def _workers_for_each(self, posting_ids: list[int], k: int) -> Rankings:
        return stack(posting_ids, (self.workers_for(id, k) for id in posting_ids))

    def _workers_for(self, posting: Columns, k: int, weights: Weights | None) -> Ranking:
        return search(self._workers, PostingAsks(posting, self._tree, weights or self._weights), k)

    def _postings_for(self, worker: Columns, k: int, weights: Weights | None) -> Ranking:
        return search(self._postings, WorkerAsks(worker, self._tree, weights or self._weights), k)

    def _draft(self, draft: Postings) -> Columns:
        columns = self._postings.kind.columns(draft, self._plane)
        if len(columns["id"]) != 1:
            raise ValueError(f"id: a draft is one row, not {len(columns['id'])}")
        return columns


def _unique(ids: ArrayLike) -> list[int]:
    column: Array = as_column("id", ids, ID)
    refuse_repeated("id", column)
    unique: list[int] = column.tolist()
    return unique


def _at_least_one(k: int) -> int:
    if index(k) < 1:
        raise ValueError(f"k is {k}, must be at least 1")
    return index(k)
