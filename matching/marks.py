"""What a worker has, in 64 bits that lie beside each entry: a bound of the score for one read.

Bits stand for 中类, 小类 and occupations (17 each), for the highest level (2 … 5) and for brands (9). Several share a
bit, so that one unset says "not" for certain and one set "maybe".
"""

from functools import reduce
from operator import or_

import numpy as np

from matching.frames import TOP_LEVEL, Array
from matching.skills import LEVELS, LOST_A_LEVEL, SAME, SAME_MIDDLE, SAME_SMALL, OccupationTree
from matching.weights import Weights

GROUPS, BRANDS = 17, 9
SMALLS_AT, OCCUPATIONS_AT, LEVELS_AT = GROUPS, 2 * GROUPS, 3 * GROUPS
BRANDS_AT = LEVELS_AT + TOP_LEVEL - 1
BLOCK = 1 << 15
# by code modulo 10, so that -1, an empty place, gets none, and neither does every tenth brand
OF_BRAND = np.array([1 << BRANDS_AT + code for code in range(BRANDS)] + [0], np.uint64)


class Marker:
    """Marks rows of workers."""

    def __init__(self, tree: OccupationTree) -> None:
        self._of_code = np.zeros(tree.n_codes, np.uint64)
        by_code = self._of_code.reshape(-1, LEVELS)
        for occupation in range(len(tree)):
            middle, small, own = _marks_of(tree, occupation)
            by_code[occupation + 1] = [middle | small | own | _levels(2, level) for level in range(LEVELS)]

    def marks(self, skills: Array, brand: Array) -> Array:
        """uint64 (n,) of skills (codes of the tree) (n, 8) and brand (n, 4)."""
        marks = np.empty(len(skills), np.uint64)
        for begin in range(0, len(skills), BLOCK):
            block = slice(begin, begin + BLOCK)
            of_skills = np.bitwise_or.reduce(self._of_code.take(skills[block]), axis=1)
            of_brands = np.bitwise_or.reduce(OF_BRAND.take(brand[block], mode="wrap"), axis=1)
            marks[block] = of_skills | of_brands
        return marks


class Wish:
    """What a posting wants, set against marks."""

    def __init__(
        self, tree: OccupationTree, skills: list[tuple[int, int]], brands: list[int], weights: Weights
    ) -> None:
        """skills: required (occupation, level)s; brands: preferred codes."""
        self._skills = [
            (int(tree.small_of[occupation]), *_marks_of(tree, occupation), level) for occupation, level in skills
        ]
        self._brands = OF_BRAND.take(np.array(brands, np.intp), mode="wrap").tolist()
        self._skill, self._brand = weights.skill / max(1, len(skills)), weights.brand / max(1, len(brands))
        self._for_all = 0.0 if skills else weights.skill

    def at_most(self, held: Array) -> Array:
        """weight · part of skill and brand together, as high as marks uint64 (n,) leave possible; float32 (n,)."""
        total = np.zeros(len(held), np.float32)
        for _, middle, small, own, level in self._skills:
            fit = has_all(held, middle) * np.float32(SAME_MIDDLE)
            fit += has_all(held, middle | small) * np.float32(SAME_SMALL - SAME_MIDDLE)
            fit += has_all(held, middle | small | own) * np.float32(SAME - SAME_SMALL)
            if level > 1:
                climbed = np.bitwise_count(held & np.uint64(_levels(2, level)))
                fit *= np.float32(LOST_A_LEVEL) * climbed + np.float32(1 - LOST_A_LEVEL * (level - 1))
            total += fit
        total *= np.float32(self._skill)
        total += np.float32(self._for_all)
        for mark in self._brands:
            total += np.float32(self._brand) * has_all(held, mark)
        return total

    def needed(self, lost: float, without: frozenset[int]) -> int:
        """The marks without which more than `lost` of weight · part of skill and brand is lost, beside what is for the
        occupations whose 小类 is one of `without`."""
        losses = [(mark, self._brand) for mark in self._brands]
        for group, middle, small, own, level in self._skills:
            if group not in without:
                losses += [(middle, self._skill), (small, self._skill * (SAME - SAME_MIDDLE))]
                losses += [(own, self._skill * (SAME - SAME_SMALL))]
                losses += [
                    (_levels(at, at), self._skill * LOST_A_LEVEL * (level - at + 1)) for at in range(2, level + 1)
                ]
        return reduce(or_, (mark for mark, loss in losses if loss > lost), 0)


def has_all(held: Array, marks: int) -> Array:
    """Which of the marks uint64 (n,) have all of `marks`."""
    wanted = np.uint64(marks)
    have: Array = (held & wanted) == wanted
    return have


def _marks_of(tree: OccupationTree, occupation: int) -> tuple[int, int, int]:
    """The marks of its 中类, of its 小类 and of itself."""
    middle, small = int(tree.middle_of[occupation]), int(tree.small_of[occupation])
    return 1 << middle % GROUPS, 1 << SMALLS_AT + small % GROUPS, 1 << OCCUPATIONS_AT + occupation % GROUPS


def _levels(first: int, last: int) -> int:
    """The marks of the levels first … last, of 2 … 5."""
    return sum(1 << LEVELS_AT + level - 2 for level in range(max(first, 2), last + 1))
