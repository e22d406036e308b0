"""Occupations as a tree, how alike two are, and the skill part of the score."""

import numpy as np
from numpy.typing import ArrayLike

from matching.frames import EMPTY, TOP_LEVEL, Array, Column, as_column, refuse
from matching.table import Rows

# by how many of 中类, 小类 and occupation two of them share
SIMILARITY = np.array([0.0, 0.3, 0.6, 1.0])
LOST_A_LEVEL = 0.25

_held, _required = np.ogrid[: TOP_LEVEL + 1, : TOP_LEVEL + 1]
# [level held, level required]; an empty place (0) on either side is worth nothing
LEVEL_FACTOR = np.maximum(0.0, 1.0 - LOST_A_LEVEL * np.maximum(_required - _held, 0)) * (_held > 0) * (_required > 0)


class OccupationTree:
    """The occupations in tree order: `small` and `middle` int16 (n_occupations,) number the 小类 and 中类 of each.

    ValueError if a group is not one unbroken run of occupations or a 小类 lies in two 中类.
    """

    def __init__(self, small: ArrayLike, middle: ArrayLike) -> None:
        self.small = as_column("small", small, Column(np.int16))
        self.middle = as_column("middle", middle, Column(np.int16), rows=len(self.small))
        _check_runs("middle", self.middle)
        _check_runs("small", self.small)
        _check_nested(self.small, self.middle)

    def __len__(self) -> int:
        return len(self.small)

    def similarity(self, one: Array, other: Array) -> Array:
        """float64, as the two occupation indices broadcast: 1 same, 0.6 same 小类, 0.3 same 中类, else 0."""
        shared = np.add(self.middle[one] == self.middle[other], self.small[one] == self.small[other], dtype=np.int8)
        similarity: Array = SIMILARITY[shared + (one == other)]
        return similarity

    def skill(self, workers: Rows, postings: Rows) -> Array:
        """The skill part, float64 (n,), 0…1: mean over the required occupations of the worker's best
        similarity × level factor; 1 where none is required."""
        held, held_level = _filled(workers)
        required, required_level = _filled(postings)
        fit = self.similarity(held[:, :, None], required[:, None, :])
        fit *= LEVEL_FACTOR[held_level[:, :, None], required_level[:, None, :]]
        total = fit.max(axis=1, initial=0.0).sum(axis=1)
        count = (required != EMPTY).sum(axis=1)
        part: Array = np.where(count == 0, 1.0, total / np.maximum(count, 1))
        return part


def _filled(rows: Rows) -> tuple[Array, Array]:
    """Occupation and level without the places that are empty in every row."""
    occupation, level = rows["occupation"], rows["level"]
    filled = level.any(axis=0)
    return occupation[:, filled], level[:, filled]


def _check_runs(name: str, group: Array) -> None:
    begins = np.ones(len(group), bool)
    begins[1:] = group[1:] != group[:-1]
    first = np.zeros(len(group), bool)
    first[np.unique(group, return_index=True)[1]] = True
    refuse(name, group, begins & ~first, "comes up again: occupations must be in tree order")


def _check_nested(small: Array, middle: Array) -> None:
    crossing = np.zeros(len(small), bool)
    crossing[1:] = (small[1:] == small[:-1]) & (middle[1:] != middle[:-1])
    refuse("small", small, crossing, "lies in two middle groups")
