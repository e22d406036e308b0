"""Job titles and skills as people write them, read into occupation codes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.frames import Array

BLOCK = 256
SHORTLIST = 8
NEAR = 0.7
LONG_TITLE = 8
SECOND_OPINION = 0.2
LEAST_CONFIDENCE = 0.35

NOISE = re.compile(
    r"\d+[名人个位元块岁]?|[一二两三四五六七八九十几数]+[名位]|若干|男女不限|"
    r"急招|急聘|急需|急找|诚招|诚聘|高薪|招聘|招工|招人|^[招聘找]|[招聘]$|"
    r"长期|短期|常年|临时|全职|兼职|日结|周结|月结|现结|当天结|"
    r"包吃住|管吃住|包吃|包住|管饭|管吃|管住|熟练|熟手|师傅"
)
MARKS = re.compile(r"[\W_]+")
LISTING = re.compile(r"[\s、,;:/|。]+")


class Recognition(NamedTuple):
    """An occupation read from a text: its code, the entry it was read by, and a confidence 0…1 (1: its very name)."""

    code: str
    name: str
    confidence: float


class OccupationReader:
    """Reads texts over (name, code) entries: official names, work types, aliases, their pinyin and initials.

    Looks up the whole text, then the text without recruiters' words (急招, 日结, 10名 …), then each piece of a list;
    what is still unread is compared with all names of its script. Of equals, the entry given first comes first.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._entries: dict[str, list[tuple[str, str]]] = {}
        for name, code in entries:
            if key := _joined(name):
                self._entries.setdefault(key, []).append((name, code))
        self._scripts = {
            latin: _Names([key for key in self._entries if len(key) > 1 and key.isascii() == latin])
            for latin in (True, False)
        }

    def read(self, text: str, k: int = 3) -> list[Recognition]:
        """The k likeliest occupations, best first; none, if nothing is like it."""
        return self.read_many([text], k)[0]

    def read_many(self, texts: Sequence[str], k: int = 3) -> list[list[Recognition]]:
        """`read` of many texts, compared in blocks."""
        likeness: list[dict[str, float]] = [self._exact(text) for text in texts]
        unread = [(row, form) for row, text in enumerate(texts) if not likeness[row] for form in _forms(text)]
        for latin, names in self._scripts.items():
            of_script = [(row, form) for row, form in unread if form.isascii() == latin]
            for start in range(0, len(of_script), BLOCK):
                block = of_script[start : start + BLOCK]
                for (row, _), alike in zip(block, names.alike([form for _, form in block]), strict=True):
                    for key, confidence in alike.items():
                        likeness[row][key] = max(confidence, likeness[row].get(key, 0.0))
        return [self._recognitions(alike, k) for alike in likeness]

    def _exact(self, text: str) -> dict[str, float]:
        """The entry that the text names, or that one of its pieces names."""
        for forms in (_forms(text), _pieces(text)):
            if known := [form for form in forms if form in self._entries]:
                return dict.fromkeys(known, 1.0)
        return {}

    def _recognitions(self, likeness: dict[str, float], k: int) -> list[Recognition]:
        found: dict[str, Recognition] = {}
        for key in sorted(likeness, key=lambda key: -likeness[key]):
            for name, code in self._entries[key]:
                found.setdefault(code, Recognition(code, name, likeness[key]))
        return list(found.values())[:k]


class _Names:
    """The distinct names of one script, to be compared with texts of that script."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._row_of = {name: row for row, name in enumerate(names)}
        self._longest = max(map(len, names), default=0)
        self._grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float32)
        self._profiles = self._grams.fit_transform(names).T.tocsr() if names else None

    def alike(self, texts: list[str]) -> list[dict[str, float]]:
        """For each text the names worth considering, with their likeness 0…1."""
        if not self._names:
            return [{} for _ in texts]
        ratios = process.cdist(texts, self._names, scorer=fuzz.ratio, dtype=np.uint8)
        opinions = self._second_opinions([text for text in texts if len(text) >= LONG_TITLE])
        return [
            self._alike(text, row, next(opinions) if len(text) >= LONG_TITLE else None)
            for text, row in zip(texts, ratios, strict=True)
        ]

    def _alike(self, text: str, ratios: Array, opinion: Array | None) -> dict[str, float]:
        rows = {*_largest(ratios), *self._contained(text), *(() if opinion is None else _largest(opinion))}
        likeness: dict[str, float] = {}
        for row in sorted(rows):
            alike = _likeness(text, self._names[row])
            if opinion is not None:
                alike += SECOND_OPINION * (float(opinion[row]) - alike)
            if alike >= LEAST_CONFIDENCE:
                likeness[self._names[row]] = alike
        return likeness

    def _second_opinions(self, texts: list[str]) -> Iterator[Array]:
        """For each text its TF-IDF cosine with every name."""
        if texts:
            yield from (self._grams.transform(texts) @ self._profiles).toarray()

    def _contained(self, text: str) -> Iterator[int]:
        """Names that stand in the text."""
        for start in range(len(text)):
            for end in range(start + 2, min(start + self._longest, len(text)) + 1):
                if (row := self._row_of.get(text[start:end])) is not None:
                    yield row


def _likeness(text: str, name: str) -> float:
    """0…1: how alike the two are as wholes, or how well the shorter stands in the longer and how much of it that is."""
    whole = (fuzz.ratio(text, name) / 100 + OSA.normalized_similarity(text, name)) / 2
    shorter, longer = sorted((len(text), len(name)))
    part = (fuzz.partial_ratio(text, name) / 100) ** 2 * (0.5 + 0.4 * shorter / longer)
    return max(whole, part)


def _largest(values: Array) -> list[int]:
    """Rows of the largest values, none much below the very largest."""
    near = np.flatnonzero(values >= NEAR * values.max())
    rows: list[int] = near[np.argsort(-values[near].astype(np.float32), kind="stable")[:SHORTLIST]].tolist()
    return rows


def _plain(text: str) -> str:
    """Full-width to half-width, upper to lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _joined(text: str) -> str:
    return MARKS.sub("", _plain(text))


def _pieces(text: str) -> list[str]:
    """The parts of a list of jobs, or of a job and a place, as they are and without the noise."""
    plain = _plain(text)
    return [piece for form in (plain, NOISE.sub(" ", plain)) for piece in LISTING.split(form) if len(piece) > 1]


def _forms(text: str) -> list[str]:
    """The text without spaces and marks, then without the noise as well, if that leaves anything else."""
    whole, bare = _joined(text), _joined(NOISE.sub(" ", _plain(text)))
    return [form for form in dict.fromkeys((whole, bare)) if form]
