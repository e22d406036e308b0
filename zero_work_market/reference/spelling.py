"""Chinese names by their letters, and how close typed words come to a name: in characters, pinyin or initials."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from zero_work_market.reference.tables import rows

Item = TypeVar("Item")
HELD = 3


@dataclass(frozen=True, slots=True)
class Spelled:
    """A name with its pinyin ("zhuangsuan") and initials ("zs"), no tones, no spaces, lower case."""

    text: str
    pinyin: str
    initials: str


def spell(name: str) -> Spelled:
    text = plain(name)
    read = syllables(text)
    initials = _pinyin().lazy_pinyin(text, style=_pinyin().Style.FIRST_LETTER)
    return Spelled(text, "".join(read), "".join(initials))


def syllables(text: str | list[str]) -> list[str]:
    """How the characters of a text are read, or each of a list by itself; no tones."""
    read: list[str] = _pinyin().lazy_pinyin(text)
    return read


@cache
def _pinyin() -> Any:
    """The dictionary, half a second's loading, with readings that it has otherwise: 单县 is Shàn Xiàn."""
    dictionary = import_module("pypinyin")
    own = rows("zero_work_market.reference", "readings")
    dictionary.load_phrases_dict({row["phrase"]: [[read] for read in row["reading"].split()] for row in own})
    return dictionary


def plain(words: str) -> str:
    """Without spaces and punctuation, lower case."""
    return "".join(character for character in words.casefold() if character.isalnum())


def closeness(words: str, name: Spelled) -> int | None:
    """How far `words` (plain) are from a name; None if nothing agrees.

    0 the name itself, 1 its beginning, 2 within it, 3 it is within the words (longer titles hold it),
    4 its pinyin, 5 its initials, 6 the beginning of its pinyin, 7 of its initials.
    """
    if name.text == words:
        return 0
    if name.text.startswith(words):
        return 1
    if words in name.text:
        return 2
    if len(name.text) > 1 and name.text in words:
        return HELD
    if not words.isascii():
        return None
    return _closeness_of_letters(words, name)


def _closeness_of_letters(letters: str, name: Spelled) -> int | None:
    if name.pinyin == letters:
        return 4
    if name.initials == letters:
        return 5
    if name.pinyin.startswith(letters):
        return 6
    if name.initials.startswith(letters):
        return 7
    return None


def closest(words: str, names: Iterable[tuple[Spelled, Item]], k: int) -> tuple[Item, ...]:
    """The k items whose names come closest to `words`, each once.

    Of equals the shorter name (of those that the words hold the longer: it says more), then the earlier.
    """
    asked = plain(words)
    if not asked:
        return ()
    found: dict[Item, tuple[int, int, int]] = {}
    for place, (name, item) in enumerate(names):
        degree = closeness(asked, name)
        if degree is None:
            continue
        length = len(name.text)
        rank = (degree, -length if degree == HELD else length, place)
        found[item] = min(rank, found.get(item, rank))
    return tuple(sorted(found, key=found.__getitem__))[:k]
