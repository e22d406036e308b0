"""Job titles and skills as people write them, read into occupation codes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from matching.names import Likeness, Names

ENOUGH = 0.7
"""Likeness of a name one slip away from which the text is not compared with all others."""

NOISE = re.compile(
    r"\d+[名人个位元块岁天月]?|[一二两三四五六七八九十几数]+[名位]|若干|男女不限|"
    r"急招|急聘|急需|急找|急{2,}|诚招|诚聘|高薪|招聘|招工|招人|^[招聘找]|[招聘]$|"
    r"长期|短期|常年|临时|全职|兼职|日结|周结|月结|现结|当天结|[早晚夜白]班|今天|明天|"
    r"工资|[日月年]薪|[一每][天月]|包吃住|管吃住|包吃|包住|管饭|管吃|管住|熟练|熟手|师傅"
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

    Looks up the whole text, then the text without recruiters' words (急招, 日结, 10名 …), then each piece of a list,
    the longest first; then looks for names one slip away; if none is near enough, compares with all names of its
    script. `sounds`, the syllable of each character (焊 → han), lets it hear 电焊工 in 电旱工. Of equals, that with
    more such names comes first, then that of the entry given first.
    """

    def __init__(self, entries: Iterable[tuple[str, str]], sounds: Mapping[str, str] | None = None) -> None:
        self._entries: dict[str, list[tuple[str, str]]] = {}
        for name, code in entries:
            if key := _joined(_plain(name)):
                self._entries.setdefault(key, []).append((name, code))
        self._scripts = {
            latin: Names([key for key in self._entries if len(key) > 1 and key.isascii() == latin], sounds or {})
            for latin in (True, False)
        }

    def read(self, text: str, k: int = 3) -> list[Recognition]:
        """The k likeliest occupations, best first; none, if nothing is like it."""
        return self.read_many([text], k)[0]

    def read_many(self, texts: Sequence[str], k: int = 3) -> list[list[Recognition]]:
        """`read` of many texts, compared in blocks."""
        found: list[Likeness] = []
        unread: list[tuple[Likeness, str]] = []
        for text in texts:
            forms = _forms(_plain(text))
            likeness = self._named(_plain(text), forms) or self._near(forms)
            if max(likeness.values(), default=0.0) < ENOUGH:
                unread += [(likeness, form) for form in forms]
            found.append(likeness)
        for latin, names in self._scripts.items():
            of_script = [(likeness, form) for likeness, form in unread if form.isascii() == latin]
            alike = names.alike([form for _, form in of_script])
            for (likeness, _), more in zip(of_script, alike, strict=True):
                _keep_larger(likeness, more)
        return [self._recognitions(likeness, k) for likeness in found]

    def _named(self, plain: str, forms: list[str]) -> Likeness:
        """The entries that the text names, or that its pieces name."""
        if known := [form for form in forms if form in self._entries]:
            return dict.fromkeys(known, 1.0)
        known = [piece for piece in _pieces(plain) if piece in self._entries]
        return dict.fromkeys(sorted(known, key=len, reverse=True), 1.0)

    def _near(self, forms: list[str]) -> Likeness:
        likeness: Likeness = {}
        for form in forms:
            _keep_larger(likeness, self._scripts[form.isascii()].near(form))
        return likeness

    def _recognitions(self, likeness: Likeness, k: int) -> list[Recognition]:
        read = [Recognition(code, name, likeness[key]) for key in likeness for name, code in self._entries[key]]
        equals = Counter((one.code, one.confidence) for one in read)
        read.sort(key=lambda one: (-one.confidence, -equals[one.code, one.confidence]))
        found: dict[str, Recognition] = {}
        for one in read:
            found.setdefault(one.code, one)
        return list(found.values())[:k]


def _keep_larger(likeness: Likeness, more: Likeness) -> None:
    for name, value in more.items():
        likeness[name] = max(value, likeness.get(name, 0.0))


def _plain(text: str) -> str:
    """Full-width to half-width, upper to lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _joined(plain: str) -> str:
    return MARKS.sub("", plain)


def _pieces(plain: str) -> list[str]:
    """The parts of a list of jobs, or of a job and a place, as they are and without the noise."""
    pieces = [*LISTING.split(plain), *LISTING.split(NOISE.sub(" ", plain))]
    return [piece for piece in pieces if len(piece) > 1 and not NOISE.fullmatch(piece)]


def _forms(plain: str) -> list[str]:
    """The text without spaces and marks, then without the noise as well, if that leaves anything else to read."""
    return [form for form in dict.fromkeys((_joined(plain), _joined(NOISE.sub(" ", plain)))) if len(form) > 1]
