"""The engine: workers and postings kept as columns, ranked for each other exactly."""

from operator import index
from threading import RLock

from numpy.typing import ArrayLike

from matching.askers import PostingAsks, WorkerAsks
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

    Filters first (slots, pay, distance, then skill), scores the survivors in float64, and orders them by score
    descending, then id ascending. A change is seen by the very next query. One lock makes each call see one state.
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
        """The k best workers for every posting, of one state of the engine."""
        _at_least_one(k)
        with self._lock:
            ids = self._postings.ids()
            return stack(ids, (self.workers_for(id, k) for id in ids))

    def postings_for_all(self, k: int = 50) -> Rankings:
        """The k best postings for every worker, of one state of the engine."""
        _at_least_one(k)
        with self._lock:
            ids = self._workers.ids()
            return stack(ids, (self.postings_for(id, k) for id in ids))

    def explain(self, worker_id: int, posting_id: int) -> Explanation:
        """Why the pair scores as it does, eligible or not. KeyError if either isn't there."""
        with self._lock:
            return explain(self._tree, self._weights, self._workers.row(worker_id), self._postings.row(posting_id))

    def explain_draft(self, worker_id: int, draft: Postings) -> Explanation:
        """The same for a posting of one row that is not stored."""
        posting = self._draft(draft)
        with self._lock:
            return explain(self._tree, self._weights, self._workers.row(worker_id), posting)

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
