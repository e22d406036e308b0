"""Occupations by code and in tree order, and the gig trades in everyday words."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from zero_work_market.reference import tables
from zero_work_market.reference.occupations.rules import UnknownOccupation, groups_of, is_occupation

HERE = "zero_work_market.reference.occupations"
OCCUPATIONS = 1636


@dataclass(frozen=True, slots=True)
class Occupation:
    """A detailed occupation (细类) of the 2022 classification.

    `small`, `middle`, `major`: codes of its groups. `index`: its place in tree order, from 0, as matching counts.
    """

    code: str
    name: str
    small: str
    middle: str
    major: str
    index: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the law asks for before the work is done. Not `confirmed`: staff must still look at the clause."""

    name: str
    basis: str
    scope: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """A gig trade: an occupation in everyday words. `heading` is the plain group it is picked from (农活, 餐饮 …)."""

    code: str
    title: str
    heading: str
    aliases: tuple[str, ...]
    certificate: Certificate | None


@cache
def _classification() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in tables.rows(HERE, "classification")}


@cache
def occupations() -> tuple[Occupation, ...]:
    """All 1,636 in tree order."""
    codes = filter(is_occupation, _classification())
    return tuple(
        Occupation(code, _classification()[code]["name"], *groups_of(code), index) for index, code in enumerate(codes)
    )


@cache
def _by_code() -> dict[str, Occupation]:
    return {one.code: one for one in occupations()}


def occupation(code: str) -> Occupation:
    """Raises UnknownOccupation."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownOccupation(occupation=code) from None


def index_of(code: str) -> int:
    """The occupation's index in tree order. Raises UnknownOccupation."""
    return occupation(code).index


def group_name(code: str) -> str:
    """The name of a 大类, 中类 or 小类. Raises UnknownOccupation."""
    if is_occupation(code) or code not in _classification():
        raise UnknownOccupation(occupation=code)
    return _classification()[code]["name"]


def _numbered(groups: list[str]) -> NDArray[np.int16]:
    number = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    numbers = np.array([number[group] for group in groups], np.int16)
    numbers.flags.writeable = False
    return numbers


@cache
def small_groups() -> NDArray[np.int16]:
    """int16 (1636,): the 小类 of each occupation, numbered from 0 in tree order."""
    return _numbered([one.small for one in occupations()])


@cache
def middle_groups() -> NDArray[np.int16]:
    """int16 (1636,): the 中类 of each occupation, numbered from 0 in tree order."""
    return _numbered([one.middle for one in occupations()])


@cache
def certificates() -> dict[str, Certificate]:
    """By name."""
    return {
        row["name"]: Certificate(row["name"], row["basis"], row["scope"], row["status"] == "confirmed")
        for row in tables.rows(HERE, "certificates")
    }


@cache
def trades() -> tuple[Trade, ...]:
    """The gig trades under their headings, in the order in which a page shows them."""
    return tuple(
        Trade(
            code=row["code"],
            title=row["title"],
            heading=row["heading"],
            aliases=tuple(row["aliases"].split()),
            certificate=certificates()[row["certificate"]] if row["certificate"] else None,
        )
        for row in tables.rows(HERE, "trades")
    )


@cache
def _trade_by_code() -> dict[str, Trade]:
    return {trade.code: trade for trade in trades()}


def trade(code: str) -> Trade | None:
    """The gig trade of an occupation; None if it has no everyday title. Raises UnknownOccupation."""
    return _trade_by_code().get(occupation(code).code)


def label(code: str) -> str:
    """The plain title of an occupation, or else its official name. Raises UnknownOccupation."""
    known = trade(code)
    return known.title if known else occupation(code).name


@cache
def _industries() -> dict[str, str]:
    return {row["prefix"]: row["industry"] for row in tables.rows(HERE, "industries")}


def industry(code: str) -> str:
    """The watched industry of an occupation: 建筑, 制造 or 家政; empty for all others. Raises UnknownOccupation."""
    known = occupation(code)
    return next((_industries()[group] for group in (known.small, known.middle) if group in _industries()), "")


def work_types(code: str) -> list[str]:
    """The kinds of work (工种) that an occupation is made of."""
    return _classification()[code]["work_types"].split()


def sources() -> tuple[tables.Source, ...]:
    return tables.sources(HERE)


def check() -> list[str]:
    """What is wrong with the tables, in words; empty if nothing."""
    problems = [
        f"{one.code} {one.name}: no group {group}"
        for one in occupations()
        for group in (one.small, one.middle, one.major)
        if group not in _classification()
    ]
    if list(_by_code()) != sorted(_by_code()) or len(_by_code()) != OCCUPATIONS:
        problems.append(f"classification: not {OCCUPATIONS} occupations in tree order")
    if len(_trade_by_code()) != len(trades()):
        problems.append("trades: two of one occupation")
    problems += [
        f"{known.code} {known.title}: no such occupation" for known in trades() if known.code not in _by_code()
    ]
    problems += [f"industries: no group {group}" for group in _industries() if group not in _classification()]
    return problems
