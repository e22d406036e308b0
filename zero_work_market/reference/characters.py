"""Texts read character by character into another form, each place of which knows where it comes from."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, compress, repeat

MOST_KNOWN = 30_000


class Characters(dict[str, str]):
    """What each character is read as, worked out when it is first met: a language has few."""

    def __init__(self, reading: Callable[[str], str]) -> None:
        super().__init__()
        self._reading = reading

    def __missing__(self, character: str) -> str:
        if len(self) > MOST_KNOWN:
            self.clear()
        self[character] = read = self._reading(character)
        return read

    def read(self, text: str, stretches: Iterable[tuple[int, int]]) -> tuple[str, list[int]]:
        """Stretches of `text` as read, and for each character of that the place in `text` that it comes from."""
        parts: list[str] = []
        origin: list[int] = []
        for start, end in stretches:
            read = list(map(self.__getitem__, text[start:end]))
            parts += read
            lengths, places = list(map(len, read)), range(start, end)
            one_at_most = max(lengths, default=0) <= 1
            origin += compress(places, read) if one_at_most else chain.from_iterable(map(repeat, places, lengths))
        return "".join(parts), origin


def replaced(
    pattern: re.Pattern[str], by: str | Callable[[re.Match[str]], str], text: str, origin: Sequence[int]
) -> tuple[str, list[int]]:
    """`text` with `by` for what the pattern finds, and for each character its place: that of `by` is where it began."""
    parts: list[str] = []
    kept: list[int] = []
    last = 0
    for match in pattern.finditer(text):
        start, instead = match.start(), by if isinstance(by, str) else by(match)
        parts += (text[last:start], instead)
        kept += origin[last:start]
        kept += [origin[start]] * len(instead)
        last = match.end()
    return "".join([*parts, text[last:]]), [*kept, *origin[last:]]
