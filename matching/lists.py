"""Ranked lists made ready for seating: workers numbered from 0, each entry with the list that it stands in."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.ranking import Rankings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Lists(NamedTuple):
    """r lists of e entries in all over w workers; a list's entries stand together, the best first.

    starts, lengths int64 (r,) · seats int64 (r,), no more than entries · rows int64 (e,): the list of each entry ·
    workers int64 (e,): 0 … w - 1 · scores float64 (e,).
    """

    starts: Ints
    lengths: Ints
    seats: Ints
    rows: Ints
    workers: Ints
    scores: Floats
    n_workers: int

    @classmethod
    def of(cls, rankings: Rankings, seats: Ints) -> "Lists":
        lengths = np.diff(rankings.indptr)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        ids, workers = np.unique(rankings.ids, return_inverse=True)
        seats = np.minimum(seats, lengths)
        return cls(rankings.indptr[:-1], lengths, seats, rows, workers, rankings.scores, len(ids))


def spans(starts: Ints, lengths: Ints) -> Ints:
    """starts[i], starts[i] + 1, … of lengths[i] numbers, for each i one after another; int64 (sum of lengths,)."""
    ends = np.cumsum(lengths)
    return np.arange(lengths.sum()) + np.repeat(starts - ends + lengths, lengths)
