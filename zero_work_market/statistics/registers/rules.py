"""What a register says: how many there are of something, and a row of it."""

from dataclasses import dataclass
from datetime import date

Why = tuple[str | int, ...]
"""A reason as a stable name and what it needs: ("arrival",), ("hours",), ("days", 4), ("no_show",) …"""


@dataclass(frozen=True)
class Count:
    """What an indicator has come to in a region and year; see `indicators.rules.Tile`."""

    done: int
    of: int | None = None
    times: int | None = None
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class RegisterRow:
    """A row that makes a figure, or is left out of it."""

    kind: str
    """What it is, and so which page it opens: "county", "case", "course", "brand", "worker" …"""
    id: int | str
    name: str
    told: str
    """What is said of it beside its name: who, where."""
    day: date | None
    """Of which day it is counted, or would be."""
    why_out: Why = ()
    """Empty for one that counts."""
