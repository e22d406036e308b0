"""Occupations and gig trades by what they are called: official names, work types, aliases, pinyin and initials."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from matching.text import OccupationReader, Recognition
from zero_work_market.reference import tables
from zero_work_market.reference.job_titles.rules import Strength, Titles
from zero_work_market.reference.occupations.queries import Trade, occupation, occupations, trade, trades, work_types
from zero_work_market.reference.spelling import Spelled, closest, spell, syllables
from zero_work_market.reference.within import Words

HERE = "zero_work_market.reference.job_titles"
# Two letters stand for too many trades to be read as one.
SHORTEST_INITIALS = 3

OFFICIAL, WORK_TYPE, ALIAS, PINYIN, INITIALS = "official", "work_type", "alias", "pinyin", "initials"


class Name(NamedTuple):
    """A text that leads to one occupation. `kind`: official, work_type, alias (titles too), pinyin or initials."""

    text: str
    code: str
    kind: str


def _written() -> Iterator[Name]:
    for one in occupations():
        yield Name(one.name, one.code, OFFICIAL)
    for one in occupations():
        yield from (Name(work_type, one.code, WORK_TYPE) for work_type in work_types(one.code))
    for known in trades():
        yield from (Name(text, known.code, ALIAS) for text in (known.title, *known.aliases))


@cache
def _spelled_trades() -> tuple[tuple[Spelled, Trade], ...]:
    return tuple(
        (spell(text), known)
        for known in trades()
        for text in (known.title, *known.aliases, occupation(known.code).name, *work_types(known.code))
    )


@cache
def names() -> tuple[Name, ...]:
    """Every text that leads to an occupation: official names, work types, titles and aliases of the gig trades, and of
    all names of these their pinyin and initials, unless the letters stand for two occupations. Each text once."""
    chinese = [(name, known.code) for name, known in _spelled_trades() if not name.text.isascii()]
    letters = {Name(name.pinyin, code, PINYIN) for name, code in chinese}
    letters |= {
        Name(name.initials, code, INITIALS) for name, code in chinese if len(name.initials) >= SHORTEST_INITIALS
    }
    found: dict[str, Name] = {}
    for name in (*_written(), *_unambiguous(letters)):
        found.setdefault(name.text, name)
    return tuple(found.values())


def _unambiguous(letters: set[Name]) -> list[Name]:
    meanings = Counter(text for text, _ in {(name.text, name.code) for name in letters})
    return sorted(name for name in letters if meanings[name.text] == 1)


def _sounds() -> dict[str, str]:
    """The syllable, no tone, of each character in common use (those of GB 2312) as it is read alone."""
    characters = [chr(point) for point in range(0x4E00, 0xA000) if chr(point).encode("gb2312", "ignore")]
    return dict(zip(characters, syllables(characters), strict=True))


@cache
def reader() -> OccupationReader:
    """Reads free text into occupations, typos too. Of names that are equally near, a gig trade's comes first."""
    gig_trades_first = sorted(names(), key=lambda name: trade(name.code) is None)
    return OccupationReader([(name.text, name.code) for name in gig_trades_first], sounds=_sounds())


@cache
def titles() -> Titles:
    """What is a title where it stands in a message."""
    kinds = {name: tuple(words.split()) for name, words in _kinds().items()}
    strength = {
        name.text.lower(): _strength(name, kinds["endings"]) for name in _written() if _is_title(name, kinds["endings"])
    }
    strength |= {deed: Strength.DUTY for deed in _deeds() if deed not in strength}
    strength |= dict.fromkeys(kinds["general"], Strength.GENERAL) | dict.fromkeys(kinds["weak"], Strength.WEAK)
    for word in [*kinds["never"], *(word for word in strength if word.endswith(kinds["places"]))]:
        strength.pop(word, None)
    products = {word: row["code"] for row in tables.rows(HERE, "products") for word in row["words"].split()}
    return Titles(Words(strength), kinds["endings"], Words(products))


def _is_title(name: Name, endings: tuple[str, ...]) -> bool:
    """Of the long tables only what ends like a title: their other names are words of everyday speech too."""
    return len(name.text) >= 2 and (name.kind == ALIAS or (len(name.text) > 2 and name.text.endswith(endings)))


def _strength(name: Name, endings: tuple[str, ...]) -> Strength:
    return Strength.TRADE if name.text.endswith(endings) else Strength.DUTY


def _kinds() -> dict[str, str]:
    kinds: dict[str, str] = yaml.safe_load(files(HERE).joinpath("data", "kinds.yaml").read_text(encoding="utf-8"))
    return kinds


@cache
def _deeds() -> dict[str, str]:
    """What is done and to what (摘 + 茄子), and whose work it is."""
    return {
        f"{verb}{what}": row["code"]
        for row in tables.rows(HERE, "deeds")
        for verb in row["verbs"].split() or ("",)
        for what in row["objects"].split()
    }


@cache
def _written_codes() -> dict[str, str]:
    """Of a name of two occupations the gig trade's."""
    return _deeds() | {name.text.lower(): name.code for name in sorted(_written(), key=lambda name: name.kind == ALIAS)}


def occupations_named(title: str, k: int = 3) -> list[Recognition]:
    """The occupations whose names stand in a title, the longest first: the more of the title, the surer."""
    known = _written_codes()
    stem = title.removesuffix("师傅").removesuffix("工").removesuffix("员")
    names = {title, stem, *(title[start:end] for start, end in titles().strength.within(title))}
    found: dict[str, Recognition] = {}
    for name in sorted((name for name in names if name in known), key=len, reverse=True):
        found.setdefault(known[name], Recognition(known[name], name, len(name) / len(title)))
    return list(found.values())[:k]


def sources() -> tuple[tables.Source, ...]:
    return tables.sources(HERE)


def search(words: str, k: int = 8) -> tuple[Trade, ...]:
    """The k gig trades that fit what was typed (characters, pinyin or initials, no typos), best first."""
    return closest(words, _spelled_trades(), k)


def check() -> list[str]:
    """What is wrong with the names, in words; empty if nothing."""
    doubled = Counter(text for text, _ in {(name.text, name.code) for name in _written()})
    return [f"{text}: leads to {count} occupations" for text, count in doubled.items() if count > 1]
