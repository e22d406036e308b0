"""Occupations as a tree, how alike two are, and the skill part of the score."""

from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from matching.frames import TOP_LEVEL, Array, Column, as_column, refuse

SAME, SAME_SMALL, SAME_MIDDLE = 1.0, 0.6, 0.3
LOST_A_LEVEL = 0.25
LEVELS = TOP_LEVEL + 1

_held, _required = np.ogrid[:LEVELS, :LEVELS]
# [level held, level required]; an empty place (0) on either side is worth nothing
LEVEL_FACTOR = np.maximum(0.0, 1.0 - LOST_A_LEVEL * np.maximum(_required - _held, 0)) * (_held > 0) * (_required > 0)


class OccupationTree:
    """The occupations in tree order: `small` and `middle` int16 (n_occupations,) number the 小类 and 中类 of each.

    ValueError if a group is not one unbroken run of occupations or a 小类 lies in two 中类.

    Rows keep an occupation and its level as one code, (occupation + 1) · 6 + level, and 0 at an empty place.
    """

    def __init__(self, small: ArrayLike, middle: ArrayLike) -> None:
        self.small = as_column("small", small, Column(np.int16))
        self.middle = as_column("middle", middle, Column(np.int16), rows=len(self.small))
        _check_runs("middle", self.middle)
        _check_runs("small", self.small)
        _check_nested(self.small, self.middle)
        # groups renumbered 0, 1, … as they come up, so that neighbours in the tree are neighbours in number
        self.small_of, self.middle_of = _renumbered(self.small), _renumbered(self.middle)
        self._fits: dict[tuple[int, int], Fits] = {}
        self._small_runs, self._middle_runs = _runs(self.small_of), _runs(self.middle_of)

    def __len__(self) -> int:
        return len(self.small)

    @property
    def n_codes(self) -> int:
        return (len(self) + 1) * LEVELS

    def codes(self, occupation: Array, level: Array) -> Array:
        """Codes of occupations and levels of any one shape: int16, or int32 for a tree of over 5,460 occupations."""
        codes: Array = occupation.astype(np.int16 if self.n_codes <= np.iinfo(np.int16).max else np.int32)
        coded: Array = (codes + 1) * LEVELS + level
        return coded

    def occupations(self, codes: Array) -> tuple[Array, Array]:
        """Occupation and level again, int16 and int8."""
        return (codes // LEVELS - 1).astype(np.int16), (codes % LEVELS).astype(np.int8)

    def pairs(self, codes: Array) -> list[tuple[int, int]]:
        """(occupation, level) of the filled places of one row."""
        return [(code // LEVELS - 1, code % LEVELS) for code in codes.tolist() if code]

    def fits_to_required(self, occupation: int, level: int) -> "Fits":
        """Similarity × level factor of each code, held, to one that is required."""
        if (known := self._fits.get((occupation, level))) is not None:
            return known
        first, last = self.middle_range(occupation)
        by_code = np.zeros((last - first + 1, LEVELS))
        self._raise(by_code, first, occupation, LEVEL_FACTOR[:, level])
        return self._fits.setdefault((occupation, level), Fits(first, by_code))

    def fits_to_held(self, held: list[tuple[int, int]]) -> "Fits":
        """The best similarity × level factor of what a worker holds to each code, required."""
        by_code = np.zeros((len(self), LEVELS))
        for occupation, level in held:
            self._raise(by_code, 0, occupation, LEVEL_FACTOR[level])
        return Fits(0, by_code)

    def _raise(self, by_code: Array, begin: int, occupation: int, factor: Array) -> None:
        """Raise the fits of occupations from `begin` on to those by this one, (n, levels), where these are higher."""
        for similarity, (first, last) in (
            (SAME_MIDDLE, self.middle_range(occupation)),
            (SAME_SMALL, self.small_range(occupation)),
            (SAME, (occupation, occupation)),
        ):
            kin = by_code[first - begin : last + 1 - begin]
            np.maximum(kin, similarity * factor, out=kin)

    def small_range(self, occupation: int) -> tuple[int, int]:
        """First and last occupation of its 小类."""
        return self._small_runs[occupation]

    def middle_range(self, occupation: int) -> tuple[int, int]:
        """First and last occupation of its 中类."""
        return self._middle_runs[occupation]


class Fits:
    """Similarity × level factor, 0…1, of each code to some others."""

    def __init__(self, first: int, by_code: Array) -> None:
        """`by_code` float64 (n, levels): of the occupations from `first` on; the rest are worth nothing."""
        self._shift = (first + 1) * LEVELS - 1
        self._by_code = np.concatenate(([0.0], by_code.ravel(), [0.0]))

    def of(self, codes: Array) -> Array:
        """float64, in the shape of the codes."""
        fits: Array = self._by_code.take(codes - self._shift, mode="clip")
        return fits


def skill_of_workers(fits: list[Fits], held: Array) -> Array:
    """The skill part of workers, float64 (n,): the mean, over what is required, of their best fit; 1 if nothing is.

    fits: one of each required occupation; held: codes (n, 8).
    """
    if not fits:
        return np.ones(len(held))
    places = np.ascontiguousarray(held.T)
    total = reduce(np.add, (np.maximum.reduce(one.of(places), axis=0) for one in fits))
    part: Array = total / len(fits)
    return part


def skill_of_postings(fits: Fits, required: Array) -> Array:
    """The skill part for postings, float64 (n,), of a worker by the best fit to each code; 1 where none is required.

    required: codes (n, 4)."""
    places = np.ascontiguousarray(required.T)
    total = reduce(np.add, fits.of(places))
    count = np.add.reduce(places != 0, axis=0)
    part: Array = np.where(count == 0, 1.0, total / np.maximum(count, 1))
    return part


def _runs(group: Array) -> list[tuple[int, int]]:
    """First and last occupation of the group of each."""
    first, last = group.searchsorted(group), group.searchsorted(group, "right") - 1
    return list(zip(first.tolist(), last.tolist(), strict=True))


def _renumbered(group: Array) -> Array:
    begins = np.ones(len(group), np.int32)
    begins[1:] = group[1:] != group[:-1]
    numbers: Array = np.cumsum(begins, dtype=np.int32) - 1
    return numbers


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
