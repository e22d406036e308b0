"""Seats filled exactly: as many as can be, and of all ways to do that the largest total score.

Every posting first takes the best of its list. Postings that took the same worker are joined, and each such cluster is
solved by itself as if nobody else were there; if two clusters then hold the same worker they are joined in turn. What
each cluster reaches alone bounds what it can reach beside the others, so once no two hold the same worker, all bounds
are met at once: nothing better exists. Where workers are plenty the clusters stay small, and so does the work, which
for one solve grows as rows times columns.
"""

import numpy as np
import scipy  # its parts are loaded when they are first used: half a second of a process's start

from matching.lists import Bools, Ints, Lists, spans

BATCH = 2_000
"""Entries that are worth one call of the solver."""
LARGE = 0.1
"""Share of all seats from which a cluster takes in all that it could ever be joined with: nothing is solved twice."""


def by_clusters(lists: Lists) -> Ints:
    """The entries seated, int64 (m,). Which of several best ways is chosen depends on the lists alone."""
    cluster = np.arange(len(lists.starts))
    seated = spans(lists.starts, lists.seats)
    while len(pairs := _contested(lists, seated)):
        cluster = _joined(cluster, cluster[pairs])
        size = np.bincount(cluster, weights=lists.seats)[cluster]
        if size.max() > LARGE * lists.seats.sum():
            region = _regions(lists)
            cluster = np.where(np.isin(region, region[size > LARGE * lists.seats.sum()]), -1 - region, cluster)
            cluster = np.unique(cluster, return_inverse=True)[1]
        again = np.isin(cluster, cluster[pairs])
        kept = seated[~again[lists.rows[seated]]]
        seated = np.concatenate([kept, *(_solve(lists, *batch) for batch in _batches(lists, cluster, again))])
    return seated


def _contested(lists: Lists, seated: Ints) -> Ints:
    """Pairs of lists, int64 (p, 2), that hold the same worker."""
    seated = seated[np.argsort(lists.workers[seated], kind="stable")]
    same = np.diff(lists.workers[seated]) == 0
    return np.column_stack([lists.rows[seated[:-1][same]], lists.rows[seated[1:][same]]])


def _joined(cluster: Ints, pairs: Ints) -> Ints:
    n = len(cluster)
    links = scipy.sparse.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    label: Ints = scipy.sparse.csgraph.connected_components(links, directed=False)[1].astype(np.int64)
    return label[cluster]


def _regions(lists: Lists) -> Ints:
    """Lists that share a worker, or share one with a list that does, and so on, have one number; int64 (r,)."""
    r, e = len(lists.starts), len(lists.workers)
    indptr = np.concatenate([lists.starts, np.full(lists.n_workers + 1, e)])
    links = scipy.sparse.csr_array((np.ones(e), lists.workers + r, indptr), shape=(r + lists.n_workers,) * 2)
    region: Ints = scipy.sparse.csgraph.connected_components(links, directed=False)[1][:r].astype(np.int64)
    return region


def _batches(lists: Lists, cluster: Ints, again: Bools) -> list[tuple[Ints, Ints, Ints]]:
    """Whole clusters of the lists `again`, about BATCH entries together: their lists, clusters and depths.

    Depth: a cluster of n seats needs no more than the first n entries of a list, for one of them is always free.
    """
    rows = np.flatnonzero(again & (lists.seats > 0))
    rows = rows[np.argsort(cluster[rows], kind="stable")]
    clusters = cluster[rows]
    seats = np.bincount(clusters, weights=lists.seats[rows])[clusters].astype(np.int64)
    depths = np.minimum(lists.lengths[rows], seats)
    firsts = np.flatnonzero(np.diff(clusters, prepend=-1))
    before = (np.cumsum(depths) - depths)[firsts] // BATCH
    cuts = firsts[np.flatnonzero(np.diff(before, prepend=0))]
    return list(zip(*(np.split(column, cuts) for column in (rows, clusters, depths)), strict=True))


def _solve(lists: Lists, rows: Ints, clusters: Ints, depths: Ints) -> Ints:
    """The entries seated in whole clusters: one matrix row a seat, one column a worker of a cluster.

    A private column for each seat stands for leaving it open, at more than all n seats could cost, so that to fill one
    more always pays. Costs are at least 1, as the solver drops zeros. Sums stay below 4n + 1 for scores within [0, 1]:
    float64 rounds them by 5e-12 at 10,000 seats.
    """
    entries = spans(lists.starts[rows], depths)
    keys = np.repeat(clusters, depths) * lists.n_workers + lists.workers[entries]
    workers, columns = np.unique(keys, return_inverse=True)
    costs = lists.scores[entries].max() + 1 - lists.scores[entries]
    seat = np.repeat(np.arange(len(rows)), lists.seats[rows])
    n, width = len(seat), depths[seat]
    edges, ends = spans((np.cumsum(depths) - depths)[seat], width), np.cumsum(width)
    indices = np.insert(columns[edges], ends, len(workers) + np.arange(n))
    data = np.insert(costs[edges], ends, n * costs.max() + 1)
    indptr = np.append(0, ends + np.arange(1, n + 1))
    matrix = scipy.sparse.csr_array((data, indices, indptr), shape=(n, len(workers) + n))
    column = scipy.sparse.csgraph.min_weight_full_bipartite_matching(matrix)[1]
    taken: Ints = np.insert(entries[edges], ends, -1)[indices == np.repeat(column, width + 1)]
    return taken[taken >= 0]
