"""Which words of a list stand in a text, the longest at each place, in time linear in the text."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Words(Generic[Value]):
    """Words of two characters or more, each with a value."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values
        lengths: dict[str, set[int]] = {}
        for word in values:
            lengths.setdefault(word[:1], set()).add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def longest(self, text: str, at: int) -> str:
        """The longest word that begins there; empty if none does."""
        for length in self._lengths.get(text[at], ()):
            if text[at : at + length] in self.values:
                return text[at : at + length]
        return ""

    def within(self, text: str) -> Iterator[tuple[int, int]]:
        """Where words stand, none over another: read from the left, the longest first."""
        at = 0
        while at < len(text):
            word = self.longest(text, at)
            if word:
                yield at, at + len(word)
            at += len(word) or 1
