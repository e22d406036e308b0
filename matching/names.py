"""Which of many names a text is like: one slip away from it, or like it as a whole, in part, in its characters."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from matching.frames import Array

BLOCK = 256
SHORTLIST = 8
NEAR = 0.7
LONG_TITLE = 8
SECOND_OPINION = 0.2
LEAST_LIKENESS = 0.35

Likeness = dict[str, float]
"""Of each name considered, 0…1: the mean of how alike the two are as written and as heard."""


class Names:
    """Distinct names to compare texts with, as written and as heard.

    `sounds`: character → syllable. As heard, a character is the first of those that have its syllable, so that
    characters that sound alike (同音字) are one; a character without a syllable is itself.
    """

    def __init__(self, names: Sequence[str], sounds: Mapping[str, str]) -> None:
        first_of: dict[str, str] = {}
        heard_as = {character: first_of.setdefault(syllable, character) for character, syllable in sounds.items()}
        self._ear = str.maketrans(heard_as)
        self._names = [(name, name.translate(self._ear)) for name in names]
        self._heard = [heard for _, heard in self._names]
        self._longest = max(map(len, names), default=0)
        self._rows_of: dict[str, tuple[int, ...]] = {}
        self._rows_left_with: dict[str, tuple[int, ...]] = {}
        for row, heard in enumerate(self._heard):
            self._rows_of[heard] = (*self._rows_of.get(heard, ()), row)
            for rest in _without_one_at_most(heard):
                self._rows_left_with[rest] = (*self._rows_left_with.get(rest, ()), row)
        # loading it is half a second, which a process that reads no titles is spared at its start
        features = import_module("sklearn.feature_extraction.text")
        self._grams = features.TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float32)
        self._profiles = self._grams.fit_transform(self._heard).T.tocsr() if names else None

    def near(self, text: str) -> Likeness:
        """The names that a text of three characters or more is one slip away from as heard: a character left out,
        added, replaced, or swapped with its neighbour. None is missed: text and name are then the same once each is
        without one character at most."""
        heard = text.translate(self._ear)
        if len(heard) > self._longest + 1:
            return {}
        rows = {row for rest in _without_one_at_most(heard) for row in self._rows_left_with.get(rest, ())}
        return self._worth_considering({row: self._likeness(text, heard, row) for row in sorted(rows)})

    def alike(self, texts: Sequence[str]) -> list[Likeness]:
        """For each text the names that are likest as wholes, those that stand in it, and for a long title those of
        about the same characters and pairs of characters. Compared in blocks with all names."""
        if not self._names:
            return [{} for _ in texts]
        blocks = [texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK)]
        return [likeness for block in blocks for likeness in self._block_alike(block)]

    def _block_alike(self, texts: Sequence[str]) -> Iterator[Likeness]:
        heard = [text.translate(self._ear) for text in texts]
        ratios = process.cdist(heard, self._heard, scorer=fuzz.ratio, dtype=np.uint8)
        opinions = self._second_opinions([one for one in heard if len(one) >= LONG_TITLE])
        for text, one, ratio in zip(texts, heard, ratios, strict=True):
            yield self._alike(text, one, ratio, next(opinions) if len(one) >= LONG_TITLE else None)

    def _alike(self, text: str, heard: str, ratios: Array, opinion: Array | None) -> Likeness:
        rows = {*_largest(ratios), *self._contained(heard), *(() if opinion is None else _largest(opinion))}
        likeness = {row: self._likeness(text, heard, row) for row in sorted(rows)}
        if opinion is not None:
            likeness = {row: one + SECOND_OPINION * (float(opinion[row]) - one) for row, one in likeness.items()}
        return self._worth_considering(likeness)

    def _worth_considering(self, likeness: dict[int, float]) -> Likeness:
        return {self._names[row][0]: one for row, one in likeness.items() if one >= LEAST_LIKENESS}

    def _likeness(self, text: str, heard: str, row: int) -> float:
        name, name_heard = self._names[row]
        return (_whole_or_part(text, name) + _whole_or_part(heard, name_heard)) / 2

    def _second_opinions(self, texts: list[str]) -> Iterator[Array]:
        """For each text its TF-IDF cosine with every name."""
        if texts:
            yield from (self._grams.transform(texts) @ self._profiles).toarray()

    def _contained(self, heard: str) -> Iterator[int]:
        """Names that stand in the text."""
        for start in range(len(heard)):
            for end in range(start + 2, min(start + self._longest, len(heard)) + 1):
                yield from self._rows_of.get(heard[start:end], ())


def _without_one_at_most(text: str) -> set[str]:
    """The text, and what each of its characters leaves of it when taken out, if that is more than one."""
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text) if len(text) > 2 else 0))}


def _whole(text: str, name: str) -> float:
    """0…1: the mean of how few slips lie between the two and how many characters they share.

    So of names one slip away that which has all the text's characters (two swapped, one left out) comes before that
    which lacks one: a strange character is the less likely slip, there being so many.
    """
    shared = fuzz.ratio("".join(sorted(text)), "".join(sorted(name))) / 100
    return (OSA.normalized_similarity(text, name) + shared) / 2


def _whole_or_part(text: str, name: str) -> float:
    """0…1: how alike the two are as wholes, or how well the shorter stands in the longer and how much of it that is."""
    shorter, longer = sorted((len(text), len(name)))
    part = (fuzz.partial_ratio(text, name) / 100) ** 2 * (0.5 + 0.4 * shorter / longer)
    return max(_whole(text, name), part)


def _largest(values: Array) -> list[int]:
    """Rows of the largest values, none much below the very largest."""
    near = np.flatnonzero(values >= NEAR * values.max())
    rows: list[int] = near[np.argsort(-values[near].astype(np.float32), kind="stable")[:SHORTLIST]].tolist()
    return rows
