"""What leaves, as plain values: public facts, masked names, keyed hashes, and no long number in any text."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labor_brands.bundles.rules import BODIES, Kind, as_line, without_numbers

MOST = 2000
"""Records of one answer to a pull."""


@dataclass(frozen=True)
class Offered:
    """One record as it is now, ready to leave."""

    kind: Kind
    id: str
    body: dict[str, Any]

    @property
    def digest(self) -> str:
        return hashlib.sha256(as_line(self.body)).hexdigest()


def offered(kind: Kind, id: str, body: dict[str, Any]) -> Offered:
    """The record, checked against its own format, with what looks like a phone or an ID number taken out of the texts.

    Raises pydantic's ValidationError for what must not leave.
    """
    told = BODIES[kind].model_validate(_scrubbed(body))
    return Offered(kind, id, told.model_dump(mode="json"))


def next_version(before: int, *, at: datetime) -> int:
    """Higher than every one before, also than those of a database that was lost and made anew."""
    return max(before + 1, int(at.timestamp() * 1000))


def _scrubbed(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _scrubbed(one, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(one, name) for one in value]
    return without_numbers(value) if isinstance(value, str) and name in _FREE_TEXT else value


_FREE_TEXT = {"title", "employer", "place", "words", "name"}
