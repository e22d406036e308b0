"""Workers to seats: each worker at most once, from the postings' ranked lists."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from matching.auction import by_auction
from matching.exact import by_clusters
from matching.frames import ID, Column, as_column
from matching.lists import Bools, Floats, Ints, Lists, spans
from matching.ranking import Rankings

Method = Literal["exact", "greedy"]

SEATS = Column(np.int64, 0, 0, rule="must be at least 0")
SEATING = {"exact": by_clusters, "greedy": by_auction}


class Assignment(NamedTuple):
    """Who takes which seat, one a line, int64, int64, float64 (m,): by posting as in the rankings, then best first."""

    posting_ids: Ints
    worker_ids: Ints
    scores: Floats


def assign(rankings: Rankings, seats: ArrayLike, method: Method = "exact") -> Assignment:
    """Fill seats int (r,), 0 or more for each posting of `rankings` (its row_ids), from its ranked workers.

    "exact" fills as many seats as can be filled, and of all ways to do that takes the largest total score; among equal
    totals any, but always the same. "greedy" is quicker, most of all where workers are scarce: its total is within 2 %
    of the exact one where seats are in the thousands, and it may leave seats open that exchanges would fill. Lists are
    best first, scores at least 0. ValueError names seats and the row, if any are negative or they aren't
    one number for each posting.
    """
    lists = Lists.of(rankings, as_column("seats", seats, SEATS, rows=len(rankings.row_ids)))
    return _assignment(rankings, SEATING[method](lists))


def assign_widening(
    rank: Callable[[Ints, int], Rankings],
    posting_ids: ArrayLike,
    seats: ArrayLike,
    k: int = 50,
    method: Method = "exact",
) -> Assignment:
    """The same from lists that `rank(posting_ids, k)` gives, in that order; k is doubled where workers are scarce.

    A posting is asked for again while its list may go on and more of it could fill an open seat: its own, or that of
    a posting it competes with for workers, directly or through others. So "exact" fills as many seats as it would from
    whole lists; its total is the largest from the lists asked for.
    """
    ids = as_column("posting_ids", posting_ids, ID)
    rankings, asked = rank(ids, k), np.full(len(ids), k)
    wanted = as_column("seats", seats, SEATS, rows=len(ids))
    while True:
        lists = Lists.of(rankings, wanted)
        seated = SEATING[method](lists)
        again = np.flatnonzero(_pressed(lists, seated, wanted) & (lists.lengths >= asked))
        if not len(again):
            return _assignment(rankings, seated)
        k *= 2
        rankings, asked[again] = _replaced(rankings, again, rank(ids[again], k)), k


def _assignment(rankings: Rankings, seated: Ints) -> Assignment:
    seated = np.sort(seated)
    rows = np.searchsorted(rankings.indptr, seated, side="right") - 1
    return Assignment(rankings.row_ids[rows], rankings.ids[seated], rankings.scores[seated])


def _pressed(lists: Lists, seated: Ints, wanted: Ints) -> Bools:
    """Which postings have a seat open, or hold a worker from the list of one that is pressed; bool (r,)."""
    holder = np.full(lists.n_workers, -1)
    holder[lists.workers[seated]] = lists.rows[seated]
    pressed: Bools = np.bincount(lists.rows[seated], minlength=len(wanted)) < wanted
    reached = np.flatnonzero(pressed)
    while len(reached):
        rivals = np.unique(holder[lists.workers[spans(lists.starts[reached], lists.lengths[reached])]])
        reached = rivals[(rivals >= 0) & ~pressed[rivals]]
        pressed[reached] = True
    return pressed


def _replaced(rankings: Rankings, rows: Ints, wider: Rankings) -> Rankings:
    """`rankings` with the lists of `wider` in place of those of `rows`."""
    r = len(rankings.row_ids)
    row = np.repeat(np.arange(r), np.diff(rankings.indptr))
    kept = ~np.isin(row, rows)
    row = np.concatenate([row[kept], np.repeat(rows, np.diff(wider.indptr))])
    order = np.argsort(row, kind="stable")
    ids = np.concatenate([rankings.ids[kept], wider.ids])[order]
    scores = np.concatenate([rankings.scores[kept], wider.scores])[order]
    return Rankings(rankings.row_ids, np.searchsorted(row[order], np.arange(r + 1)), ids, scores)
