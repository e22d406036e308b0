"""A message read whole: its jobs by the words of this room and the tables of reference, and what the law says of it."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from matching.text import Recognition
from zero_work_market.market.amounts.rules import Wage, wages
from zero_work_market.market.layout.rules import Line, Plain, Vocabulary, lines, plain
from zero_work_market.market.naming.rules import Naming, Title, employer, stem_of
from zero_work_market.market.particulars.rules import (
    Said,
    ages,
    break_said,
    contact,
    days,
    days_said,
    headcount,
    hours,
    offered,
    sex,
)
from zero_work_market.market.reader.rules import (
    MOST_CHARACTERS,
    Job,
    MessageTooLong,
    Part,
    Reading,
    heading,
    is_long_or_by_night,
    missing,
    parts,
    place,
)
from zero_work_market.reference import patterns
from zero_work_market.reference.job_titles.queries import occupations_named, reader, titles
from zero_work_market.reference.job_titles.rules import Strength, products_in
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.law.rules import Found, read_words
from zero_work_market.reference.places.queries import places_in
from zero_work_market.reference.places.rules import Known, Mention
from zero_work_market.reference.seeking import quick

HERE = "zero_work_market.market.reader"
NEAR = 24
BETWEEN_AGENTS = ("no_pay_clause", "deposit_or_fee")
BY_PRODUCT, BY_ANY, LIKELY, SURE = 0.7, 0.4, 0.3, 0.7
Value = TypeVar("Value")


def read(text: str, *, on: date) -> Reading:
    """The jobs that a message holds, and the words in it that the law of `on` is against.

    Raises MessageTooLong.
    """
    if len(text) > MOST_CHARACTERS:
        raise MessageTooLong(most=MOST_CHARACTERS)
    lexicon = law.gate_law().lexicon_on(on)
    words = vocabulary()
    message = plain(text, lexicon.pairs, lexicon.stickers)
    jobs: list[Job] = []
    findings = read_words(text, lexicon)
    told = _Told(message.text, words, on)
    job: Job | None = None
    said = lines(message.text, words)
    gathers = any(one.category == "contact_scheme" for one in findings)
    findings = [one for one in findings if not _is_of_agents(message, one, said, words)]
    for part in parts(message.text, said, words, told.naming, told.places):
        job = told.job(part, job)
        if job.is_one and not (gathers and told.is_unnamed(part)):
            jobs.append(_as_pasted(message, job))
            findings += _minors(message, part, job, words, on)
    return Reading(text, tuple(jobs), tuple(sorted(findings, key=lambda one: (one.start, one.end))))


@cache
def vocabulary() -> Vocabulary:
    data = yaml.safe_load(files(HERE).joinpath("data", "words.yaml").read_text(encoding="utf-8"))
    named = patterns.with_words(data["words"])
    says = {name: "".join(lines.splitlines()) for name, lines in data["patterns"].items()}
    return {name: quick(patterns.expanded(pattern, named)) for name, pattern in says.items()}


def check() -> list[str]:
    """What is wrong with the patterns, in words; empty if nothing."""
    return [
        f"{name}: a repetition without bound"
        for name, one in vocabulary().items()
        if patterns.is_unbounded(one.pattern)
    ]


class _Told:
    """What the lines of one message say, each group of lines read once for each field."""

    def __init__(self, text: str, words: Vocabulary, on: date) -> None:
        self._text, self._words, self._on = text, words, on
        self.naming = Naming(text, words, titles())
        self.places = [one for one in places_in(text) if not _is_elsewhere(text, one, words)]
        self._products = products_in(text, titles())
        self._known: dict[tuple[Any, ...], Any] = {}

    def job(self, part: Part, above: Job | None) -> Job:
        """The job of a part; `above`: that of the part before it, whose pay it may refer to."""
        text = self._text
        boss, named = self._first(part, employer), self._named(part)
        low, high = next((found for own in part.ways if any(found := self._read(own, ages, self._on))), (None, None))
        begins = self._first_day(part)
        title = Said(named.text, named.start, named.end, named.confidence) if named else boss
        job = Job(
            title=title or heading(text, part, self.places),
            occupations=self._occupations(part, named),
            employer=boss,
            place=self._place(part, boss, above),
            pay=self._pay(part, above),
            headcount=self._first(part, headcount),
            age_min=low,
            age_max=high,
            gender=self._first(part, sex),
            shifts=tuple(self._first(part, hours) or ()),
            break_minutes=self._first(part, break_said),
            meals=self._first(part, offered, "meals"),
            lodging=self._first(part, offered, "lodging"),
            start_day=begins,
            days=days(text, begins, on=self._on),
            contact=self._first(part, contact),
            lines=tuple(Said("agents" if line.agents else "", line.start, line.end, 1.0) for line in part.own),
        )
        return replace(job, missing=missing(job))

    def is_unnamed(self, part: Part) -> bool:
        """Whether nothing but an employer's name says what the work is."""
        return self._named(part) is None

    def _first_day(self, part: Part) -> Said[tuple[int, int]] | None:
        ways = (part.own[:1], "/", "."), (part.own[1:],), (part.shared,)
        said = [each for lines, *marks in ways for each in self._read(lines, days_said, self._on, *marks)]
        return next((day for is_first, day in said if is_first), said[0][1] if said else None)

    def _place(self, part: Part, boss: Said[str] | None, above: Job | None) -> Said[Known] | None:
        found = place(part, self.places, boss)
        own = any(found and line.start <= found.start < line.end for line in part.own)
        as_above = any(self._words["place_as_above"].search(self._text, line.start, line.end) for line in part.own)
        return above.place if above and as_above and not own else found

    def _pay(self, part: Part, above: Job | None) -> tuple[Wage, ...]:
        said = any(self._words["as_above"].search(self._text, line.start, line.end) for line in part.own)
        if above and said and not self._read(part.own, wages):
            return above.pay
        return tuple(self._first(part, wages) or ())

    def _first(self, part: Part, read: Callable[..., Value], *more: Any) -> Value | None:
        return next((found for own in part.ways if (found := self._read(own, read, *more))), None)

    def _read(self, lines: tuple[Line, ...], read: Callable[..., Value], *more: Any) -> Value:
        key = (read, more, lines)
        if key not in self._known:
            self._known[key] = read(self._text, lines, self._words, *more)
        found: Value = self._known[key]
        return found

    def _named(self, part: Part) -> Title | None:
        """By its own lines, or if these have a weak name at most, by what all jobs of the message are called."""
        named = self.naming.title(part.own)
        if named is not None and named.strength != Strength.WEAK:
            return named
        shared = self.naming.title(part.shared)
        return shared if shared and shared.strength in (Strength.TRADE, Strength.GENERAL) else named

    def _occupations(self, part: Part, named: Title | None) -> tuple[Said[str], ...]:
        """By the names in the title, by what is made, or by what the title is like: the surest that there is."""
        if named and named.strength not in (Strength.GENERAL, Strength.WEAK):
            least = LIKELY if named.strength else SURE
            known = occupations_named(named.text)
            if sure := [
                one for one in known if one.confidence >= least or stem_of(named.text).endswith(stem_of(one.name))
            ]:
                return _as_said(named, sure)
        for line in part.all:
            made = [one for one in self._products if line.start <= one[1] < line.end and not line.agents]
            if made:
                code, start, end = max(made, key=lambda one: (one[2] - one[1], -one[1]))
                return (Said(code, start, end, BY_PRODUCT),)
        if named and named.strength == Strength.GENERAL:
            return tuple(replace(one, confidence=BY_ANY) for one in _as_said(named, occupations_named(named.text, 1)))
        if named and named.strength is None:
            return _as_said(named, [one for one in reader().read(named.text) if one.confidence >= SURE])
        return ()


def _is_elsewhere(text: str, one: Mention, words: Vocabulary) -> bool:
    """Whether a place is said of where workers come from or are fetched, not of where the work is."""
    start = max(text.rfind("\n", 0, one.start) + 1, one.start - NEAR)
    end = text.find("\n", one.end, one.end + NEAR)
    before, after = text[start : one.start], text[one.end : end if end >= 0 else one.end + NEAR]
    return bool(words["elsewhere_before"].search(before) or words["elsewhere_after"].match(after))


def _is_of_agents(message: Plain, one: Found, said: Sequence[Line], words: Vocabulary) -> bool:
    """Whether a fault against workers is said of what passes between agents: 打卡不满 7 天无费用, 扣保证金."""
    if one.category not in BETWEEN_AGENTS or words["wage_label"].search(one.words):
        return False
    return any(line.agents and _covers(message, line, one) for line in said)


def _covers(message: Plain, line: Line, one: Found) -> bool:
    start, end = message.span(line.start, line.end)
    return start <= one.start and one.end <= end


def _as_said(named: Title, found: Sequence[Recognition]) -> tuple[Said[str], ...]:
    return tuple(Said(one.code, named.start, named.end, round(one.confidence, 2)) for one in found)


def _minors(message: Plain, part: Part, job: Job, words: Vocabulary, on: date) -> Iterator[Found]:
    """Work open to those of 16 and 17 that they may not do: long, by night, or hazardous."""
    standing = law.gate_law()
    adult, day = standing.limit("adult_age", on), standing.limit("normal_day_hours", on)
    if job.age_min is None or job.age_min.value >= adult.value:
        return
    own = "\n".join(message.text[line.start : line.end] for line in part.all if not line.agents)
    hazards = [*standing.hazards_in([one.value for one in job.occupations[:1]], on), *standing.hazards_said(own, on)]
    if hazards or is_long_or_by_night(message.text, part, job, words, most=day.value):
        start, end = message.span(job.age_min.start, job.age_min.end)
        yield Found("minor_hours", message.pasted(start, end), start, end, adult.clause_id, "refused", "满 18 周岁")


def _as_pasted(message: Plain, job: Job) -> Job:
    """The job with its places in what was pasted."""

    def moved(value: Any) -> Any:
        if isinstance(value, Said | Wage):
            start, end = message.span(value.start, value.end)
            return replace(value, start=start, end=end)
        return tuple(map(moved, value)) if isinstance(value, tuple) else value

    job = replace(job, **{one.name: moved(getattr(job, one.name)) for one in fields(job)})
    return replace(job, title=job.title and _in_own_letters(message, job.title))


def _in_own_letters(message: Plain, title: Said[str]) -> Said[str]:
    """A title in the letters that it was written in: CNC, 車縫."""
    pasted = message.pasted(title.start, title.end)
    same = len(pasted) == len(title.value) and all(map(str.isalnum, pasted))
    return replace(title, value=unicodedata.normalize("NFKC", pasted)) if same else title
