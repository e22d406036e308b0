"""Where many bounded patterns stand in one text, without trying each of them at every place.

Each match of most patterns holds one of a few characters ("岁", "押" or "扣" …). These are found in the pattern itself,
and the pattern is tried round them alone; what comes out is what `re` would find.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from re import _constants as op  # type: ignore[attr-defined]  # The only door to a pattern's own form.
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MOST_CHARACTERS = 80
COMMON, COMMONS_COST = frozenset("0123456789一不工有人以上年，、"), 8
Places = Mapping[str, Sequence[int]]


def places_of(text: str) -> Places:
    """Where each character of a text stands."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, character in enumerate(text):
        places[character].append(at)
    return places


class Seeker:
    """A pattern. `characters`: each match holds one of them; None if there are no such, or too many to help."""

    def __init__(self, pattern: str) -> None:
        form = _parser.parse(pattern)
        first, nullable = _first(form)
        begins = f"(?=[{re.escape(''.join(sorted(first)))}])" if first and not nullable else ""
        self.compiled = re.compile(f"{begins}(?:{pattern})")
        needed = _needed(form)
        self.characters = needed if needed and len(needed) <= MOST_CHARACTERS else None
        self._longest = form.getwidth()[1]
        self._beyond = self._longest + _reach(form) + 1

    def spans(self, text: str, places: Places) -> Iterator[tuple[int, int]]:
        """(start, end) of each match, as `re.finditer` has them."""
        windows = ((0, len(text)),) if self.characters is None else self._windows(places)
        for start, end in windows:
            for match in self.compiled.finditer(text, start, end):
                yield match.span()

    def _windows(self, places: Places) -> Iterator[tuple[int, int]]:
        """The stretches of the text that a match can lie in, with as much behind it as the pattern looks at."""
        assert self.characters is not None
        held = [places[one] for one in self.characters if one in places]
        marks = held[0] if len(held) == 1 else sorted(chain.from_iterable(held))
        start = end = -1
        for at in marks:
            if start >= 0 and at - self._longest > end:
                yield start, end
                start = -1
            start, end = max(at - self._longest, 0) if start < 0 else start, at + self._beyond
        if start >= 0:
            yield start, end


def _needed(form: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The rarest set of characters of which each match of a sequence holds one."""
    found = [each for each in (_needed_of(*part) for part in form) if each]
    return min(found, key=_cost, default=None)


def _cost(characters: frozenset[str]) -> int:
    return len(characters) + COMMONS_COST * len(characters & COMMON)


def _needed_of(kind: Any, of: Any) -> frozenset[str] | None:
    if kind is op.LITERAL:
        return frozenset((chr(of),))
    if kind is op.IN:
        return _listed(of)
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
    if kind is op.LITERAL:
        return frozenset((chr(of),)), False
    if kind is op.IN:
        return _listed(of), False
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
