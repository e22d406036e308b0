"""The law as plain values, each with the days on which it is in force, and the reading of a text by it."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from typing import Literal, TypeVar

from zero_work_market.ground.errors import NotFound
from zero_work_market.reference.characters import Characters, replaced
from zero_work_market.reference.seeking import Seekers

Severity = Literal["refused", "warned"]

PARTING_BLANKS = re.compile(
    " {3,}|(?<=[0-9]) {1,2}(?=[0-9])|(?<=[^ 男女]{2}) (?=[男女] [一-鿿]{2})|(?<=[^ 男女]{2} [男女]) (?=[一-鿿]{2})"
)
"""Also those about 男 or 女 between words."""
BLANKS = re.compile(" +")
LONE_JOINERS = re.compile(r"[-.](?:(?<![0-9].)|(?![0-9]))")
SENTENCE_ENDS = "\n\r。！？!?"
CLAUSE_ENDS = "，,；;｜|"
KEPT = " ./+%<≤>≥、"
RANGES = "-~－—–―～〜−‐"


class LawUnknown(NotFound):
    """The law's data has no such value for that place or day. details: what, and what was asked for."""

    code = "law_unknown"


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A value of the law. `until` is its last day; None while it has none. `confirmed`: checked against the text."""

    since: date
    until: date | None = None
    source: str
    confirmed: bool

    def in_force(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, kw_only=True)
class WageRow(Dated):
    tier: int
    hourly_fen: int
    monthly_fen: int


@dataclass(frozen=True, kw_only=True)
class CountyTier(Dated):
    county: str
    tier: int


@dataclass(frozen=True, kw_only=True)
class Clause(Dated):
    """What a refusal cites: `text` is a short summary in our own words, `article` such as 第二十四条."""

    id: str
    law: str
    article: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Limit(Dated):
    name: str
    value: int
    unit: str
    clause_id: str


class NotSetHere(ValueError):
    """A number that isn't there, or that the law sets, or from a day before it was in force: no place sets that."""


def with_own(limits: Iterable[Limit], *, name: str, value: int, since: date, source: str) -> tuple[Limit, ...]:
    """The limits with one that a place sets for itself from a day on; what was before still judges what was before.

    Only what no law sets (`confirmed` is false) is a place's to set. Raises NotSetHere.
    """
    rows = list(limits)
    old = next((row for row in rows if row.name == name and row.until is None), None)
    if old is None or old.confirmed or since <= old.since or value < 1:
        raise NotSetHere(f"limit {name} can't be set to {value} from {since}")
    at = rows.index(old)
    rows[at : at + 1] = [
        replace(old, until=since - timedelta(days=1)), replace(old, value=value, since=since, source=source)
    ]  # fmt: skip
    return tuple(rows)


@dataclass(frozen=True, kw_only=True)
class Hazard(Dated):
    """Work closed to those of 16 and 17. `occupations` are code prefixes; `words` may stand in title or text."""

    name: str
    item: str
    clause_id: str
    occupations: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RequiredField(Dated):
    field: str
    name: str
    clause_id: str


@dataclass(frozen=True)
class Term:
    """A kind of wording. `patterns` and `innocents` are bounded regular expressions over folded text."""

    category: str
    severity: Severity
    clause_id: str
    suggestion: str | None
    patterns: tuple[str, ...]
    innocents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """The terms in force, and how characters are folded before they are read."""

    terms: tuple[Term, ...]
    pairs: tuple[str, ...]
    stickers: tuple[str, ...]


@dataclass(frozen=True)
class MinimumWage:
    hourly_fen: int
    monthly_fen: int
    tier: int
    since: date
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Law:
    """All that a draft is judged by."""

    wages: tuple[WageRow, ...]
    counties: tuple[CountyTier, ...]
    clauses: tuple[Clause, ...]
    limits: tuple[Limit, ...]
    hazards: tuple[Hazard, ...]
    required_fields: tuple[RequiredField, ...]
    lexicon: Lexicon

    def minimum_wage(self, county: str, on: date) -> MinimumWage:
        """The floor of a county on a day; unconfirmed if its row or the county's tier is. Raises LawUnknown."""
        tier = _only((row for row in self.counties if row.county == county), on, what="county", county=county)
        row = _only((row for row in self.wages if row.tier == tier.tier), on, what="minimum_wage", county=county)
        return MinimumWage(
            hourly_fen=row.hourly_fen,
            monthly_fen=row.monthly_fen,
            tier=row.tier,
            since=row.since,
            source=row.source,
            confirmed=row.confirmed and tier.confirmed,
        )

    def limit(self, name: str, on: date) -> Limit:
        """Raises LawUnknown."""
        return _only((row for row in self.limits if row.name == name), on, what="limit", name=name)

    def hazards_in(self, occupations: Iterable[str], on: date) -> list[Hazard]:
        """The hazards that any of the occupation codes lies under."""
        codes = [f"{code}-" for code in occupations]
        return [
            hazard
            for hazard in self.hazards
            if hazard.in_force(on) and any(code.startswith(f"{of}-") for code in codes for of in hazard.occupations)
        ]

    def hazards_said(self, text: str, on: date) -> Iterator[tuple[Hazard, int, int]]:
        """The hazards that `text` names, and where (start, end); each once."""
        for hazard in self.hazards:
            start, word = min(((at, word) for word in hazard.words if (at := text.find(word)) >= 0), default=(-1, ""))
            if hazard.in_force(on) and word:
                yield hazard, start, start + len(word)

    def lexicon_on(self, on: date) -> Lexicon:
        """The terms whose clause is in force on a day."""
        standing = {clause.id for clause in self.clauses if clause.in_force(on)}
        terms = tuple(term for term in self.lexicon.terms if term.clause_id in standing)
        return Lexicon(terms, self.lexicon.pairs, self.lexicon.stickers)


@dataclass(frozen=True)
class Found:
    """Words at fault: `text[start:end]` as written. `suggestion` is a lawful wording; None when nothing would pass."""

    category: str
    words: str
    start: int
    end: int
    clause_id: str
    severity: Severity
    suggestion: str | None


Row = TypeVar("Row", bound=Dated)


def _only(rows: Iterable[Row], on: date, **asked: str) -> Row:
    standing = [row for row in rows if row.in_force(on)]
    if not standing:
        raise LawUnknown(on=on.isoformat(), **asked)
    return standing[-1]


def read_words(text: str, lexicon: Lexicon) -> list[Found]:
    """Everything in `text` that a posting may not say (refused) or had better not (warned), in the text's order.

    Seen through blanks, punctuation, emoji and stickers between characters, full width, traditional characters and
    common homophones. Takes time linear in the text.
    """
    folded, origin = fold(text, lexicon)
    sought = _seekers(lexicon.terms).within(folded)
    spans: dict[str, list[tuple[int, int, Term]]] = {}
    for term in lexicon.terms:
        found = ((origin[start], origin[end - 1] + 1, term) for start, end in _spans(term, sought))
        spans.setdefault(term.category, []).extend(found)
    joined = (each for of_category in spans.values() for each in _joined(of_category))
    return [
        Found(term.category, text[start:end], start, end, term.clause_id, term.severity, term.suggestion)
        for start, end, term in sorted(joined, key=lambda each: each[:2])
    ]


def fold(text: str, lexicon: Lexicon) -> tuple[str, list[int]]:
    """`text` as the patterns read it, and for each of its characters the place in `text` that it comes from.

    Lower case, half width, simplified. A break is "，" (of a clause, three blanks, or a blank between digits) or "\\n"
    (of a sentence); "-" and "." stay between digits alone; else nothing but letters, digits and /+%<≤>≥、.
    """
    reading, origin = _characters(lexicon.pairs).read(text, _outside_stickers(text, lexicon.stickers))
    reading, origin = replaced(BLANKS, _blanks, reading, origin)
    return replaced(LONE_JOINERS, "", reading, origin)


def _blanks(found: re.Match[str]) -> str:
    return "，" if PARTING_BLANKS.match(found.string, found.start()) else ""


@lru_cache(maxsize=4)
def _characters(pairs: tuple[str, ...]) -> Characters:
    read = {pair[0]: pair[1] for pair in pairs}
    return Characters(lambda character: _unit(character, read))


def _unit(character: str, read: Mapping[str, str]) -> str:
    """What one character is read as: "" for noise, more than one for the likes of "㎏"."""
    if character in SENTENCE_ENDS:
        return "\n"
    if character in CLAUSE_ENDS:
        return "，"
    if character in RANGES:
        return "-"
    wide = unicodedata.normalize("NFKC", read.get(character, character)).lower()
    return "".join(read.get(unit, unit) for unit in wide if unit.isalnum() or unit in KEPT)


def _outside_stickers(text: str, stickers: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    last = 0
    for match in _stickers(stickers).finditer(text):
        yield last, match.start()
        last = match.end()
    yield last, len(text)


def _spans(term: Term, sought: Callable[[str], Iterable[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Where the term's patterns stand, but not where its innocent wording overlaps them."""
    found = sorted(chain.from_iterable(map(sought, term.patterns)))
    innocent = _apart(chain.from_iterable(map(sought, term.innocents))) if found else []
    return [span for span in found if not _overlaps(span, innocent)]


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap as one."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = apart[-1][0], max(apart[-1][1], end)
        else:
            apart.append((start, end))
    return apart


def _overlaps(span: tuple[int, int], apart: Sequence[tuple[int, int]]) -> bool:
    at = bisect_left(apart, span[1], key=lambda one: one[0]) - 1
    return at >= 0 and apart[at][1] > span[0]


def _joined(spans: list[tuple[int, int, Term]]) -> Iterator[tuple[int, int, Term]]:
    """Spans of one category, those that overlap as one, under the term of the first."""
    start = end = -1
    first: Term | None = None
    for from_, to, term in sorted(spans, key=lambda span: span[:2]):
        if first is not None and from_ < end:
            end = max(end, to)
            continue
        if first is not None:
            yield start, end, first
        start, end, first = from_, to, term
    if first is not None:
        yield start, end, first


@lru_cache(maxsize=8)
def _seekers(terms: tuple[Term, ...]) -> Seekers:
    return Seekers(pattern for term in terms for pattern in (*term.patterns, *term.innocents))


@lru_cache(maxsize=8)
def _stickers(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\[(?:" + "|".join(map(re.escape, names)) + r")\]", re.IGNORECASE)
