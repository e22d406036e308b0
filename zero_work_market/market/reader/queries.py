"""A message read whole: its jobs by the words of this room and the tables of reference, and what the law says of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from zero_work_market.market.amounts.rules import Wage, wages
from zero_work_market.market.layout.rules import Plain, Vocabulary, lines, plain
from zero_work_market.market.naming.rules import Naming, Title, employer
from zero_work_market.market.particulars.rules import Said, ages, contact, first_day, headcount, hours, offered, sex
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
from zero_work_market.reference.job_titles.queries import occupations_of, titles
from zero_work_market.reference.job_titles.rules import Strength, product_in
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.law.rules import Found, read_words
from zero_work_market.reference.places.queries import places_in
from zero_work_market.reference.places.rules import Mention

HERE = "zero_work_market.market.reader"
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
    said = places_in(message.text)
    jobs: list[Job] = []
    findings = read_words(text, lexicon)
    naming = Naming(message.text, words, titles())
    for part in parts(message.text, lines(message.text, words), words, naming):
        job = _job(message.text, part, words, naming, said, on)
        if job.is_one:
            jobs.append(_as_pasted(message, job))
            findings += _minors(message, part, job, words, on)
    return Reading(text, tuple(jobs), tuple(sorted(findings, key=lambda one: (one.start, one.end))))


@cache
def vocabulary() -> Vocabulary:
    data = yaml.safe_load(files(HERE).joinpath("data", "words.yaml").read_text(encoding="utf-8"))
    named = patterns.with_words(data["words"])
    says = {name: "".join(lines.splitlines()) for name, lines in data["patterns"].items()}
    return {name: re.compile(patterns.expanded(pattern, named)) for name, pattern in says.items()}


def check() -> list[str]:
    """What is wrong with the patterns, in words; empty if nothing."""
    return [
        f"{name}: a repetition without bound"
        for name, one in vocabulary().items()
        if patterns.is_unbounded(one.pattern)
    ]


def _job(text: str, part: Part, words: Vocabulary, naming: Naming, said: Sequence[Mention], on: date) -> Job:
    boss = employer(text, part.own, words) or employer(text, part.shared, words)
    named = naming.title(part.own)
    if named is None or named.strength == Strength.WEAK:
        shared = naming.title(part.shared)
        named = shared if shared and shared.strength in (Strength.TRADE, Strength.GENERAL) else named
    low, high = next((found for own in part.ways if any(found := ages(text, own, words, on=on))), (None, None))

    def first(read: Callable[..., Value], *more: Any) -> Value | None:
        return next((found for own in part.ways if (found := read(text, own, words, *more))), None)

    job = Job(
        title=Said(named.text, named.start, named.end, named.confidence)
        if named
        else boss or heading(text, part, said),
        occupations=_occupations(text, part, named),
        employer=boss,
        place=place(part, said),
        pay=tuple(first(wages) or ()),
        headcount=first(headcount),
        age_min=low,
        age_max=high,
        gender=first(sex),
        shifts=tuple(first(hours) or ()),
        meals=first(offered, "meals"),
        lodging=first(offered, "lodging"),
        start_day=first_day(text, part.all, words, on=on),
        contact=first(contact),
        lines=tuple(Said("agents" if line.agents else "", line.start, line.end, 1.0) for line in part.own),
    )
    return replace(job, missing=missing(job))


def _occupations(text: str, part: Part, named: Title | None) -> tuple[Said[str], ...]:
    """By the title, if it is a trade's; of any trade's worker by what is made."""
    read = occupations_of(named.text) if named and named.strength not in (Strength.GENERAL, Strength.WEAK) else []
    sure = [one for one in read if one.confidence >= (LIKELY if named and named.strength else SURE)]
    if named and sure:
        return tuple(Said(one.code, named.start, named.end, round(one.confidence, 2)) for one in sure)
    for line in part.all:
        made = None if line.agents else product_in(text[line.start : line.end], titles())
        if made:
            code, start, end = made
            return (Said(code, line.start + start, line.start + end, BY_PRODUCT),)
    if named and named.strength == Strength.GENERAL:
        return tuple(Said(one.code, named.start, named.end, BY_ANY) for one in occupations_of(named.text, 1))
    return ()


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

    return replace(job, **{one.name: moved(getattr(job, one.name)) for one in fields(job)})
