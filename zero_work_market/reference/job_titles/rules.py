"""Job titles and products within a text, on plain values."""

from dataclasses import dataclass
from enum import IntEnum

from zero_work_market.reference.within import Words


class Strength(IntEnum):
    """How much a word says of the job: a kind of worker (小时工), what is done (打包), any trade's worker (普工), or a
    trade's worker (叉车工)."""

    WEAK = 1
    DUTY = 2
    GENERAL = 3
    TRADE = 4


@dataclass(frozen=True)
class Titles:
    """`strength` of each word that is a title; `endings` of titles that no table has; `products`: what is made → the
    occupation of those who make it."""

    strength: Words[Strength]
    endings: tuple[str, ...]
    products: Words[str]


def products_in(text: str, titles: Titles) -> list[tuple[str, int, int]]:
    """The words for what is made: the occupation of those who make it, and where each stands."""
    return [(titles.products.values[text[start:end]], start, end) for start, end in titles.products.within(text)]
