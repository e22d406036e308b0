"""What somebody may get, and what is missing to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Need(StrEnum):
    MOVED = "moved"
    """At home in a central or western province, and working here."""
    LIFTED = "lifted"
    """Lifted out of poverty, by proof."""
    STABLE = "stable"
    """Three months of stable work."""


@dataclass(frozen=True)
class Aid:
    """A help by name; `most_yuan` None where it isn't money."""

    key: str
    name: str
    most_yuan: int | None
    since: date
    needs: tuple[Need, ...]
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Chance:
    """An aid for somebody, and which of its needs aren't met."""

    aid: Aid
    lacks: tuple[Need, ...]


def chances(aids: Collection[Aid], met: Collection[Need], *, on: date) -> tuple[Chance, ...]:
    """Every aid that is given on the day, those without a lack first."""
    found = [Chance(aid, tuple(need for need in aid.needs if need not in met)) for aid in aids if aid.since <= on]
    return tuple(sorted(found, key=lambda chance: len(chance.lacks)))
