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

    def within(self, text: str) -> Iterator[tuple[int, int]]:
        """Where words stand, none over another: read from the left, the longest first."""
        at, end = 0, len(text)
        lengths, values = self._lengths, self.values
        while at < end:
            for length in lengths.get(text[at], ()):
                if at + length <= end and text[at : at + length] in values:
                    yield at, at + length
                    at += length
                    break
            else:
                at += 1
