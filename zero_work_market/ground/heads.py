"""Which row of a spreadsheet heads its columns, and what each column holds, by the words that people head them with."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from zero_work_market.ground.cells import text_of
from zero_work_market.ground.sheets import Row

Words = Mapping[str, Sequence[str]]
"""Field → what its column is called, as `plain_head` leaves it."""
SCANNED = 30
"""Rows in which a head is looked for: titles and notes stand above it."""
LEAST_FIELDS = 2
LONGEST_HEAD = 20
EXACT, ENDING, WITHIN = 3, 2, 1
OF_ANOTHER = re.compile("紧急|父|母|配偶|户主|监护|银行|开户|备用|推荐")
"""A column of someone else's, or of something else: never taken for one by a part of its name."""


@dataclass(frozen=True)
class Column:
    """`index` from 0; `field` is empty for a column that isn't taken."""

    index: int
    head: str
    field: str


@dataclass(frozen=True)
class Head:
    """`row`: number of the head's last row; the rows after it are data."""

    row: int
    columns: tuple[Column, ...]

    @property
    def fields(self) -> dict[str, int]:
        """Index of each field's column."""
        return {column.field: column.index for column in self.columns if column.field}


def find_head(rows: Sequence[tuple[int, Row]], words: Words) -> Head:
    """The head among the first rows, of one row or of two; the first well-filled row, no column taken, if none is."""
    best, most = None, 0
    for number, texts in _candidates(rows[:SCANNED]):
        found, score = _assigned(texts, words)
        if len(found) >= LEAST_FIELDS and score > most:
            best, most = _head(number, texts, found), score
    return best or _unread(rows)


def head_at(rows: Sequence[tuple[int, Row]], number: int, words: Words) -> Head:
    """That row as the head, since someone said so."""
    row: Row = next((row for one, row in rows if one == number), ())
    texts = [(text_of(value),) for value in row]
    return _head(number, texts, _assigned(texts, words)[0])


def plain_head(text: str) -> str:
    """Without brackets and what stands in them, spaces and signs: "*身份证号码（18 位）" → "身份证号码"."""
    text = unicodedata.normalize("NFKC", text)
    outside = re.sub(r"[\W_]", "", re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", text))
    return outside or re.sub(r"[\W_]", "", text)


Texts = Sequence[tuple[str, ...]]
"""Of each column, what its head may be read as, the likeliest first."""


def _candidates(rows: Sequence[tuple[int, Row]]) -> Iterator[tuple[int, Texts]]:
    for number, row in rows:
        yield number, [(text_of(value),) for value in row]
    for (first, upper), (second, lower) in pairwise(rows):
        if second == first + 1:
            yield second, [_two_tiers(*map(text_of, pair)) for pair in zip(upper, lower, strict=False)]


def _two_tiers(upper: str, lower: str) -> tuple[str, ...]:
    if not lower or upper == lower:
        return (upper,)
    return (upper + lower, lower) if upper else (lower,)


def _assigned(texts: Texts, words: Words) -> tuple[dict[int, str], int]:
    """Field by column, each once, the surest first; and how sure that is in all."""
    likely = sorted(
        (-strength, -length, index, field)
        for index, readings in enumerate(texts)
        for field, known in words.items()
        for strength, length in [_likeness(readings, known)]
        if strength
    )
    found: dict[int, str] = {}
    score = 0
    for strength, _, index, field in likely:
        if index not in found and field not in found.values():
            found[index] = field
            score -= strength
    return found, score


def _likeness(readings: tuple[str, ...], known: Sequence[str]) -> tuple[int, int]:
    """How the best reading agrees with the words, and the length of the word that it agrees with."""
    best = (0, 0)
    for reading in readings:
        text = plain_head(reading)
        if not text or len(text) > LONGEST_HEAD:
            continue
        for word in known:
            best = max(best, (_strength(text, word), len(word)))
    return best if best[0] else (0, 0)


def _strength(text: str, word: str) -> int:
    if text == word:
        return EXACT
    if len(word) < 2 or OF_ANOTHER.search(text):
        return 0
    return ENDING if text.endswith(word) else WITHIN if word in text else 0


def _head(number: int, texts: Texts, found: Mapping[int, str]) -> Head:
    named = ((index, readings[0]) for index, readings in enumerate(texts))
    return Head(number, tuple(Column(index, head[:40], found.get(index, "")) for index, head in named if head))


def _unread(rows: Sequence[tuple[int, Row]]) -> Head:
    filled = (number for number, row in rows if sum(bool(text_of(value)) for value in row) > LEAST_FIELDS)
    number = next(filled, rows[0][0] if rows else 1)
    return _head(number, [(text_of(value),) for one, row in rows if one == number for value in row], {})
