"""Who counts for plan 4: at home in a central or western province, lifted out of poverty by proof, in stable work."""

from dataclasses import dataclass
from datetime import date

from zero_work_market.reference.regions.rules import Belt
from zero_work_market.statistics.registers.rules import Why

FROM = (Belt.CENTRAL, Belt.WEST)
HERE = "37"
"""Starts the codes of Shandong."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who told where they are at home, and how far their work in a region and year has come."""

    worker_id: int
    placement_id: int
    """The placement that counts, or that comes nearest."""
    day: date
    """Of the work; of stable work the day on which three months were full."""
    level: int
    short_of: str
    stable_on: date | None
    """The day on which three months of stable work were full, if that was in the year."""
    origin: str
    belt: Belt
    lifted: bool
    proven: bool

    @property
    def moved(self) -> bool:
        """Came to Shandong from another province and works here by evidence."""
        return not self.is_native and self.level >= 3

    @property
    def is_native(self) -> bool:
        return self.origin.startswith(HERE)


def why_out(person: Person) -> Why:
    """Why a person doesn't count for plan 4, the reason that can least be helped first; empty for one who counts."""
    if person.is_native:
        return ("native",)
    if person.belt not in FROM:
        return ("belt",)
    if not person.lifted:
        return ("not_lifted",)
    if not person.proven:
        return ("unproven",)
    if person.stable_on is None:
        name, _, days = person.short_of.partition(":")
        return (name, int(days)) if days else (name,) if name else ("another_year",)
    return ()


@dataclass(frozen=True)
class Share:
    """Persons, and of them those lifted out of poverty by proof."""

    persons: int = 0
    lifted: int = 0


@dataclass(frozen=True)
class Line:
    """A home province: trained, helped to a seat, moved to work here, in stable work; each told apart."""

    origin: str
    name: str
    helped: Share
    """Hold, or held until it began, a seat here: an acceptance, never called employment."""
    moved: Share
    """Arrived, and both agreed on the hours."""
    stable: Share
    """Three months by agreement and wages."""
