"""One ranked list from those of several shards."""

from collections.abc import Sequence

import numpy as np

from matching.ranking import Ranking, top


def merge(rankings: Sequence[Ranking], k: int) -> Ranking:
    """The k best over all lists, score descending, then id ascending: what one engine of all shards would answer.

    An id that stands in several lists (a relocator kept in two shards) counts once, by its highest score. Each list
    must hold its shard's own k best, or all it has. ValueError if k is below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}, must be at least 1")
    if not rankings:
        return Ranking(np.empty(0, np.int64), np.empty(0))
    ids, scores = map(np.concatenate, zip(*rankings, strict=True))
    best = top(ids, scores, k)
    if len(set(best.ids.tolist())) == len(best.ids):
        return best
    order = np.lexsort((-scores, ids))
    once = order[np.diff(ids[order], prepend=ids[order[0]] - 1) > 0]
    return top(ids[once], scores[once], k)
