"""What an index has to beat: every row through the gates, one after the other, then the survivors scored."""

import numpy as np

from matching import Ranking, Weights
from matching.askers import PostingAsks, WorkerAsks
from matching.frames import Array, Columns
from matching.ranking import top
from matching.skills import OccupationTree

WEIGHTS = Weights()


def scan_workers(tree: OccupationTree, workers: Columns, posting: Columns, k: int = 50) -> Ranking:
    """The k best of all workers; columns as `Kind.columns` makes them."""
    slots, hourly = posting["slots"][0], posting["hourly_fen"][0]
    rows = np.flatnonzero((workers["slots"] & slots) == slots)
    rows = rows.compress(workers["min_hourly_fen"].take(rows) <= hourly)
    km = np.hypot(workers["x"].take(rows) - posting["x"], workers["y"].take(rows) - posting["y"])
    rows = rows.compress(km <= workers["reach_km"].take(rows))
    asker = PostingAsks(posting, tree, WEIGHTS)
    return _best(asker, workers, rows, k)


def scan_postings(tree: OccupationTree, postings: Columns, worker: Columns, k: int = 50) -> Ranking:
    """The k best of all postings."""
    slots, floor = worker["slots"][0], worker["min_hourly_fen"][0]
    rows = np.flatnonzero((postings["slots"] & ~slots) == 0)
    rows = rows.compress(postings["hourly_fen"].take(rows) >= floor)
    km = np.hypot(postings["x"].take(rows) - worker["x"], postings["y"].take(rows) - worker["y"])
    rows = rows.compress(km <= worker["reach_km"])
    return _best(WorkerAsks(worker, tree, WEIGHTS), postings, rows, k)


def _best(asker: PostingAsks | WorkerAsks, columns: Columns, rows: Array, k: int) -> Ranking:
    columns = {name: columns[name].take(rows, axis=0) for name in ("id", *asker.scored_by)}
    places, scores = asker.scored(columns)
    return top(columns["id"].take(places), scores, k)
