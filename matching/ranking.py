"""Ranked lists: score descending, then id ascending."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.frames import Array


class Ranking(NamedTuple):
    """One list, best first: ids int64 (m,), scores float64 (m,)."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float64]


class Rankings(NamedTuple):
    """Many lists, one after another (CSR): the list of row_ids[i] is ids[indptr[i]:indptr[i + 1]], scores likewise.

    row_ids int64 (r,) ascending · indptr int64 (r + 1,) · ids int64, scores float64 (indptr[-1],).
    """

    row_ids: NDArray[np.int64]
    indptr: NDArray[np.int64]
    ids: NDArray[np.int64]
    scores: NDArray[np.float64]


def top(ids: Array, scores: Array, k: int) -> Ranking:
    """The k best of ids int64 (n,) and scores float64 (n,); all, if there are fewer."""
    if len(scores) > k:
        within_reach = (scores >= np.partition(scores, -k)[-k]).nonzero()[0]
        ids, scores = ids[within_reach], scores[within_reach]
    order = np.lexsort((ids, -scores))[:k]
    return Ranking(ids[order], scores[order])


def stack(row_ids: list[int], rankings: Iterable[Ranking]) -> Rankings:
    lists = list(rankings)
    return Rankings(
        np.array(row_ids, np.int64),
        np.cumsum([0, *(len(ranking.ids) for ranking in lists)], dtype=np.int64),
        np.concatenate([np.empty(0, np.int64), *(ranking.ids for ranking in lists)]),
        np.concatenate([np.empty(0, np.float64), *(ranking.scores for ranking in lists)]),
    )
