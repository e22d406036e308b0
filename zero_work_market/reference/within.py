"""Which words of a list stand in a text, the longest at each place, in time linear in the text."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

Value = TypeVar("Value")


class Words(Generic[Value]):
    """Words, each with a value."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values
        self._finder = AhoCorasick(list(values), matchkind=MatchKind.LeftmostLongest)

    def within(self, text: str) -> Iterator[tuple[int, int]]:
        """Where words stand, none over another: read from the left, the longest first."""
        return ((start, end) for _, start, end in self._finder.find_matches_as_indexes(text))
