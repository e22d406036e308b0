"""Reads of the law's data: by id, by place and day, and the whole that the posting gate judges by."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

from zero_work_market.ground.settings import settings
from zero_work_market.reference import patterns, tables
from zero_work_market.reference.law.rules import (
    Clause,
    CountyTier,
    Dated,
    Hazard,
    Law,
    LawUnknown,
    Lexicon,
    Limit,
    MinimumWage,
    NotSetHere,
    RequiredField,
    Term,
    WageRow,
    with_own,
)

HERE = "zero_work_market.reference.law"
OWN_LIMITS = "limits.yaml"


def minimum_wage(county_code: str, on: date) -> MinimumWage:
    """Raises LawUnknown for a county without a tier or a day before the data begin."""
    return gate_law().minimum_wage(county_code, on)


def limit(name: str, on: date) -> Limit:
    """A number of the law ("reverify_months", "part_time_pay_days", ...) as of a day. Raises LawUnknown."""
    return gate_law().limit(name, on)


def clauses() -> tuple[Clause, ...]:
    return gate_law().clauses


def clause(clause_id: str) -> Clause:
    """Raises LawUnknown."""
    for each in clauses():
        if each.id == clause_id:
            return each
    raise LawUnknown(what="clause", id=clause_id)


def terms() -> Lexicon:
    """Every term, in force or not; `gate_law().lexicon_on(day)` gives those of a day."""
    return gate_law().lexicon


def hazards() -> tuple[Hazard, ...]:
    return gate_law().hazards


def required_fields() -> tuple[RequiredField, ...]:
    return gate_law().required_fields


def sources() -> tuple[tables.Source, ...]:
    return tables.sources(HERE)


@cache
def gate_law() -> Law:
    """All that a posting is judged by."""
    wages = _read("minimum_wage")
    return Law(
        wages=tuple(WageRow(**_dated(row)) for row in wages["wages"]),
        counties=tuple(CountyTier(**_dated(row)) for row in wages["counties"]),
        clauses=tuple(Clause(**_dated(row)) for row in _read("clauses")),
        limits=_limits(),
        hazards=_hazards(_read("hazards")),
        required_fields=tuple(RequiredField(**_dated(row)) for row in _read("required_fields")),
        lexicon=_lexicon(_read("terms"), _read("folding")),
    )


def check() -> list[str]:
    """What is wrong in the law's data, in words for `leye doctor`; empty when all is well."""
    try:
        law = gate_law()
    except NotSetHere as error:
        return [str(error)]
    return [*_date_problems(law), *_clause_problems(law), *_term_problems(law)]


def _date_problems(law: Law) -> Iterator[str]:
    series: dict[str, list[Dated]] = {}
    for wage in law.wages:
        series.setdefault(f"minimum wage of tier {wage.tier}", []).append(wage)
    for county in law.counties:
        series.setdefault(f"tier of county {county.county}", []).append(county)
        if not any(wage.tier == county.tier for wage in law.wages):
            yield f"county {county.county} is in tier {county.tier}, which has no minimum wage"
    for limit in law.limits:
        series.setdefault(f"limit {limit.name}", []).append(limit)
    for clause in law.clauses:
        series.setdefault(f"clause {clause.id}", []).append(clause)
    for name, rows in series.items():
        yield from _gaps(name, sorted(rows, key=lambda row: row.since))


def _gaps(name: str, rows: list[Dated]) -> Iterator[str]:
    for earlier, later in pairwise(rows):
        if earlier.until is None or earlier.until + timedelta(days=1) != later.since:
            yield f"{name}: {earlier.until} is not the day before {later.since}"
    if rows[-1].until is not None:
        yield f"{name}: nothing after {rows[-1].until}"


def _clause_problems(law: Law) -> Iterator[str]:
    known = {clause.id for clause in law.clauses}
    cited = {limit.clause_id for limit in law.limits} | {hazard.clause_id for hazard in law.hazards}
    cited |= {required.clause_id for required in law.required_fields}
    cited |= {term.clause_id for term in law.lexicon.terms}
    for clause_id in sorted(cited - known):
        yield f"clause {clause_id} is cited and isn't there"
    for clause in law.clauses:
        if not (clause.source and clause.text):
            yield f"clause {clause.id} has no source or no text"


def _term_problems(law: Law) -> Iterator[str]:
    for term in law.lexicon.terms:
        for pattern in (*term.patterns, *term.innocents):
            try:
                re.compile(pattern)
            except re.error as error:
                yield f"term {term.category}: {error}"
            if patterns.is_unbounded(pattern):
                yield f"term {term.category}: a repetition without bound"


def _limits() -> tuple[Limit, ...]:
    """Those that ship, and from their day on those that this place sets itself, in `limits.yaml` of the home.

    A row there is e.g. `- {name: collective_case_workers, value: 5, from: 2026-12-01, source: 县里定的}`.
    """
    limits = tuple(Limit(**_dated(row)) for row in _read("limits"))
    own = settings().home / OWN_LIMITS
    for row in yaml.safe_load(own.read_text(encoding="utf-8")) or () if own.exists() else ():
        limits = with_own(limits, **_dated(row))
    return limits


def _read(name: str) -> Any:
    return yaml.safe_load(files(HERE).joinpath("data", f"{name}.yaml").read_text(encoding="utf-8"))


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the names that the rules use: "from" is a word of Python's."""
    renamed = {"from": "since", "clause": "clause_id"}
    return {renamed.get(key, key): value for key, value in row.items()}


def _hazards(data: dict[str, Any]) -> tuple[Hazard, ...]:
    common = _dated({key: value for key, value in data.items() if key != "hazards"})
    return tuple(
        Hazard(
            **common,
            name=row["name"],
            item=row["item"],
            occupations=tuple(row["occupations"]),
            words=tuple(row["words"]),
        )
        for row in data["hazards"]
    )


def _lexicon(data: dict[str, Any], folding: dict[str, str]) -> Lexicon:
    words = patterns.with_words(data["words"])
    terms = tuple(
        Term(
            category=row["category"],
            severity=row["severity"],
            clause_id=row["clause"],
            suggestion=row["suggest"],
            patterns=tuple(patterns.expanded(pattern, words) for pattern in row["says"]),
            innocents=tuple(patterns.expanded(pattern, words) for pattern in row.get("unless", ())),
        )
        for row in data["terms"]
    )
    pairs = (*folding["traditional"].split(), *folding["signs"].split())
    return Lexicon(terms, pairs, tuple(folding["stickers"].split()))
