"""Where many bounded patterns stand in one text, without trying each of them at every place.

Each match of most patterns holds one of a few marks: a character ("岁") or two in a row ("押金"). These are found in
the patterns themselves. One pass over a text finds all marks of all patterns, and each pattern is tried round its own
alone; what comes out is what `re` would find.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from re import _constants as op  # type: ignore[attr-defined]  # The only door to a pattern's own form.
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from ahocorasick_rs import AhoCorasick

MOST_CHARACTERS, MOST_MARKS = 80, 200
SPACES = frozenset(filter(str.isspace, map(chr, range(0x3001))))
COMMON = SPACES | frozenset("0123456789一不工有人以上年，、")
COMMONS_COST, ONES_COST, PAIRS_COST = 80, 10, 1
Places = Mapping[str, Sequence[int]]


class Seekers:
    """Patterns that are sought together."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._seekers = {pattern: Seeker(pattern) for pattern in patterns}
        self._marks = sorted(frozenset[str]().union(*(one.marks or () for one in self._seekers.values())))
        self._finder = AhoCorasick(self._marks)

    def within(self, text: str) -> Callable[[str], Iterator[tuple[int, int]]]:
        """Of each pattern (start, end) of its matches in `text`, as `re.finditer` has them."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for mark, start, _ in self._finder.find_matches_as_indexes(text, overlapping=True):
            places[self._marks[mark]].append(start)
        return lambda pattern: self._seekers[pattern].spans(text, places)


class Seeker:
    """A pattern. `marks`: each match holds one of them; None if there are no such, or too many to help."""

    def __init__(self, pattern: str) -> None:
        form = _parser.parse(pattern)
        self.compiled = _compiled(pattern, form)
        needed = _needed(form)
        self.marks = needed if needed and len(needed) <= MOST_MARKS else None
        self._longest = form.getwidth()[1]
        self._beyond = self._longest + _reach(form) + 1

    def spans(self, text: str, places: Places) -> Iterator[tuple[int, int]]:
        """(start, end) of each match, as `re.finditer` has them."""
        windows = ((0, len(text)),) if self.marks is None else self._windows(places)
        for start, end in windows:
            for match in self.compiled.finditer(text, start, end):
                yield match.span()

    def _windows(self, places: Places) -> Iterator[tuple[int, int]]:
        """The stretches of the text that a match can lie in, with as much behind it as the pattern looks at."""
        assert self.marks is not None
        held = [places[one] for one in self.marks if one in places]
        marks = held[0] if len(held) == 1 else sorted(chain.from_iterable(held))
        start = end = -1
        for at in marks:
            if start >= 0 and at - self._longest > end:
                yield start, end
                start = -1
            start, end = max(at - self._longest, 0) if start < 0 else start, at + self._beyond
        if start >= 0:
            yield start, end


def quick(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled so that a search passes over the characters which none of its matches begins with."""
    return _compiled(pattern, _parser.parse(pattern))


def _compiled(pattern: str, form: Iterable[tuple[Any, Any]]) -> re.Pattern[str]:
    first, nullable = _first(form)
    begins = f"(?=[{re.escape(''.join(sorted(first)))}])" if first and not nullable else ""
    return re.compile(f"{begins}(?:{pattern})")


def _needed(form: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The rarest set of marks of which each match of a sequence holds one."""
    parts = list(form)
    listed = [_characters(*part) for part in parts]
    pairs = [frozenset(a + b for a in one for b in two) for one, two in pairwise(listed) if one and two]
    return min((each for each in [*pairs, *(_needed_of(*part) for part in parts)] if each), key=_cost, default=None)


def _cost(marks: frozenset[str]) -> int:
    return sum(PAIRS_COST if len(one) > 1 else COMMONS_COST if one in COMMON else ONES_COST for one in marks)


def _characters(kind: Any, of: Any) -> frozenset[str] | None:
    """Which characters a part of one character stands for; None if it is no such, or if that can't be told."""
    if kind is op.LITERAL:
        return frozenset((chr(of),))
    return _listed(of) if kind is op.IN else None


def _needed_of(kind: Any, of: Any) -> frozenset[str] | None:
    if kind in (op.LITERAL, op.IN):
        return _characters(kind, of)
    if kind is op.SUBPATTERN:
        return _needed(of[3])
    if kind is op.BRANCH:
        ways = [_needed(way) for way in of[1]]
        return frozenset[str]().union(*(way for way in ways if way)) if all(ways) else None
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _needed(of[2]) if of[0] else None
    return None


def _first(form: Iterable[tuple[Any, Any]]) -> tuple[frozenset[str] | None, bool]:
    """The characters that a match of a sequence may begin with (None if they can't be told), and whether it may be
    empty."""
    begin: frozenset[str] = frozenset()
    for kind, of in form:
        if kind in (op.AT, op.ASSERT, op.ASSERT_NOT):
            continue
        first, nullable = _first_of(kind, of)
        if first is None:
            return None, False
        begin |= first
        if not nullable:
            return begin, False
    return begin, True


def _first_of(kind: Any, of: Any) -> tuple[frozenset[str] | None, bool]:
    if kind in (op.LITERAL, op.IN):
        return _characters(kind, of), False
    if kind is op.SUBPATTERN:
        return _first(of[3])
    if kind is op.BRANCH:
        ways = [_first(way) for way in of[1]]
        known = [first for first, _ in ways if first is not None]
        nullable = any(empty for _, empty in ways)
        return (frozenset[str]().union(*known) if len(known) == len(ways) else None), nullable
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        first, nullable = _first(of[2])
        return first, nullable or not of[0]
    return None, False


def _listed(of: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """What a class such as [0-9元] lists; None of one that says what it isn't, or lists too much."""
    listed: set[str] = set()
    for kind, value in of:
        if value is op.CATEGORY_SPACE:
            listed |= SPACES
            continue
        first, last = value if kind is op.RANGE else (value, value)
        if kind not in (op.LITERAL, op.RANGE) or last - first > MOST_CHARACTERS:
            return None
        listed.update(map(chr, range(first, last + 1)))
    return frozenset(listed)


def _reach(form: Iterable[tuple[Any, Any]]) -> int:
    """How far beyond a match its looks ahead may look."""
    return max((_reach_of(*part) for part in form), default=0)


def _reach_of(kind: Any, of: Any) -> int:
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return int(_reach(of[1]) + (of[1].getwidth()[1] if of[0] > 0 else 0))
    if kind is op.SUBPATTERN:
        return _reach(of[3])
    if kind is op.BRANCH:
        return max(map(_reach, of[1]))
    return _reach(of[2]) if kind in (op.MAX_REPEAT, op.MIN_REPEAT) else 0
