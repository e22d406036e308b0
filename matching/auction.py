"""Seats by auction: quick, and close to the largest total.

D. P. Bertsekas, The auction algorithm (Annals of Operations Research 14, 1988), with all open postings bidding at once.
A posting bids for the worker who is worth most to it, score less price, and pays all by which that worker is worth more
than its next best, and a step. So no posting holds a worker worth less to it than another by more than a step, and if
the bidding ends by itself, the total is within a step a seat of the largest there is.
"""

import numpy as np

from matching.lists import Floats, Ints, Lists, spans

STEP = 0.03
"""What a bid adds, as a share of the mean score."""
ROUNDS = 200
"""After so many no worker is outbid any more, and the seats still open go to whom they find free."""


def by_auction(lists: Lists) -> Ints:
    """The entries seated, int64 (m,); of equal bids that of the earlier list wins."""
    step = STEP * lists.scores.mean() if len(lists.scores) else 0.0
    price = np.zeros(lists.n_workers)
    seated = np.full(lists.n_workers, -1)
    vacant = lists.seats.copy()
    done = 0
    while len(open_rows := np.flatnonzero(vacant)):
        if done >= ROUNDS:
            price[seated >= 0] = np.inf
        entries, worth, margin = _wishes(lists, open_rows, price, seated)
        willing = worth >= 0
        vacant[open_rows[~willing]] = 0
        entries = entries[willing]
        bids = price[lists.workers[entries]] + margin[willing] + step
        _award(lists, entries, bids, price, seated, vacant)
        done += 1
    return seated[seated >= 0]


def _wishes(lists: Lists, rows: Ints, price: Floats, seated: Ints) -> tuple[Ints, Floats, Floats]:
    """The entry worth most to each of `rows`, its worth, and by how much the next best is worth less."""
    lengths = lists.lengths[rows]
    entries = spans(lists.starts[rows], lengths)
    workers = lists.workers[entries]
    worth = np.where(seated[workers] == entries, -np.inf, lists.scores[entries] - price[workers])
    firsts = np.cumsum(lengths) - lengths
    best = np.maximum.reduceat(worth, firsts)
    equal = np.flatnonzero(worth == np.repeat(best, lengths))
    chosen = equal[np.searchsorted(equal, firsts)]
    worth[chosen] = -np.inf
    return entries[chosen], best, best - np.maximum(np.maximum.reduceat(worth, firsts), 0)


def _award(lists: Lists, entries: Ints, bids: Floats, price: Floats, seated: Ints, vacant: Ints) -> None:
    """Each worker to the highest bid, in place of whom held them."""
    workers = lists.workers[entries]
    order = np.lexsort((-bids, workers))
    winners = order[np.diff(workers[order], prepend=-1) > 0]
    entries, workers = entries[winners], workers[winners]
    outbid = seated[workers]
    np.add.at(vacant, lists.rows[outbid[outbid >= 0]], 1)
    vacant[lists.rows[entries]] -= 1
    seated[workers], price[workers] = entries, bids[winners]
