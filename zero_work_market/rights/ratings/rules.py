"""When a rating may be given, changed, seen and contested, and what it may say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.reference.law.rules import Lexicon, read_words
from zero_work_market.rights.contracts.rules import Side

MOST_STARS, MOST_CHIPS, MOST_WORDS = 5, 4, 200
BARRED = frozenset(
    {
        "gender", "ethnicity", "religion", "hukou_region", "marriage", "age", "health_or_disability",
        "criminal_record", "suspected_fraud", "privacy", "contact_scheme", "abuse",
    }
)  # fmt: skip
"""Wording of postings that a rating may not use either. That an employer takes deposits or withholds pay, which a
posting may not say, a worker may well say of it.
"""


class RatingClosed(LeyeError):
    """The other can't be rated (any more). details: why: "unpaid", "late", or "shown" once theirs may be seen."""

    code = "rating_closed"


class RatingFixed(LeyeError):
    """A rating that was given can't be changed any more: its time is over, or the other side may see it."""

    code = "rating_fixed"


class WordsUnfit(LeyeError):
    """The words can't stand in a rating. details: field, words (those at fault), category, clause_id."""

    code = "words_unfit"


class ContestClosed(LeyeError):
    """A rating can't be contested (any more). details: why: "late" or "contested" before."""

    code = "contest_closed"


@dataclass(frozen=True)
class Terms:
    """The times and numbers of the field's rules on a day."""

    open: timedelta
    """After the last wage was settled."""
    hidden: timedelta
    revise: timedelta
    contest: timedelta
    fewest: int
    """So few have to have rated before a figure is shown."""


@dataclass(frozen=True)
class Chip:
    """A ready word, by the side that says it. `good`: it praises."""

    name: str
    side: Side
    text: str
    good: bool


@dataclass(frozen=True)
class Figure:
    """How those rated who have: each once, with the mean of what they gave; `stars` None while they are too few."""

    stars: float | None
    raters: int


def other(side: Side) -> Side:
    return Side.EMPLOYER if side == Side.WORKER else Side.WORKER


def open_until(*, settled_at: datetime, other_shown_at: datetime | None, terms: Terms) -> datetime:
    """Until when one side may rate: never once the other's rating may be seen, so that nobody answers in kind."""
    until = settled_at + terms.open
    return until if other_shown_at is None else min(until, other_shown_at)


def require_open(*, settled_at: datetime | None, other_shown_at: datetime | None, at: datetime, terms: Terms) -> None:
    """Raises RatingClosed."""
    if settled_at is None:
        raise RatingClosed(why="unpaid")
    if at >= open_until(settled_at=settled_at, other_shown_at=other_shown_at, terms=terms):
        raise RatingClosed(why="shown" if other_shown_at is not None and other_shown_at <= at else "late")


def shown_from(*, given_at: datetime, both_gave: bool, terms: Terms) -> datetime:
    """When a rating may be seen: at once when both gave, else when the other's time is over."""
    return given_at if both_gave else given_at + terms.hidden


def revised_until(*, given_at: datetime, shown_at: datetime, terms: Terms) -> datetime:
    """Until when a rating may be changed: never once it may be seen, nor after the other's was."""
    return min(given_at + terms.revise, shown_at)


def require_contestable(*, shown_at: datetime, contested_at: datetime | None, at: datetime, terms: Terms) -> None:
    """Raises ContestClosed."""
    if contested_at is not None:
        raise ContestClosed(why="contested")
    if at >= shown_at + terms.contest:
        raise ContestClosed(why="late")


def check_stars(stars: int) -> int:
    """Raises InvalidValue: field "stars"."""
    if not 1 <= stars <= MOST_STARS:
        raise InvalidValue(field="stars", reason="required")
    return stars


def check_chips(chips: Iterable[str], *, known: Collection[str]) -> list[str]:
    """The chips once each, in their order. Raises InvalidValue: field "chips"."""
    names = list(dict.fromkeys(chips))
    if any(name not in known for name in names):
        raise InvalidValue(field="chips", reason="unknown")
    if len(names) > MOST_CHIPS:
        raise InvalidValue(field="chips", reason="too_many", most=MOST_CHIPS)
    return names


def check_words(words: str, lexicon: Lexicon) -> str:
    """The words without blanks around them. Raises InvalidValue when too long, WordsUnfit on barred or abusive ones."""
    words = " ".join(words.replace("\x00", "").split())
    if len(words) > MOST_WORDS:
        raise InvalidValue(field="words", reason="too_long")
    for found in read_words(words, lexicon):
        if found.category in BARRED:
            raise WordsUnfit(
                field="words", words=found.words, category=found.category, clause_id=found.clause_id
            )  # fmt: skip
    return words
