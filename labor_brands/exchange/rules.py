"""What is kept of each kind of record, which of two holds, and the states of what follows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from labor_brands.bundles.rules import Application, Hire, Kind, Record, Refused, Seeker, Vacancy
from zero_work_market.ground.errors import LeyeError

MOST_REFUSED = 1000
"""So many refused lines are kept of one transfer; all are counted."""


class Way(StrEnum):
    FILE = "file"
    HTTPS = "https"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Stage(StrEnum):
    """How far a transfer has come."""

    CHECKED = "checked"
    """Uploaded and looked through; nothing is taken yet."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Sent(StrEnum):
    """How one of ours stands with a partner's vacancy."""

    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    INVITED = "invited"
    """The employer there asks them to come."""
    CLOSED = "closed"
    """The vacancy is gone."""


class VacancyGone(LeyeError):
    code = "vacancy_gone"


class NotAsked(LeyeError):
    """The worker hasn't agreed that the partner is told of them."""

    code = "exchange_consent_missing"


@dataclass
class Counts:
    """What an import came to."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        self.new += other.new
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused += other.refused

    def as_json(self) -> dict[str, Any]:
        refused = [{"line": one.line, "reason": one.reason} for one in self.refused]
        return {"new": self.new, "updated": self.updated, "unchanged": self.unchanged, "refused": refused}


Rank = tuple[int, bool, str]


def winners(records: Iterable[Record]) -> dict[str, Record]:
    """Of each id the record that holds, whichever came first."""
    best: dict[str, Record] = {}
    for record in records:
        if record.id not in best or record.rank > best[record.id].rank:
            best[record.id] = record
    return best


def columns_of(record: Record) -> dict[str, Any]:
    """The row of a record, apart from whose it is; a tombstone leaves nothing of what there was."""
    shown = _SHOWN[record.kind](record.body) if record.body is not None else _EMPTY[record.kind]
    body = record.body.model_dump(mode="json") if record.body is not None else {}
    kept = {"version": record.version, "gone": record.gone, "digest": record.digest, "body": body}
    return {"remote_id": record.id} | kept | shown


def _vacancy(body: Any) -> dict[str, Any]:
    assert isinstance(body, Vacancy)
    trades = [trade.occupation for trade in body.trades]
    return {
        "title": body.title, "region": body.region, "hourly_fen": body.pay.hourly_fen, "closes_at": body.closes_at,
        "occupation": trades[0] if trades else "",
    }  # fmt: skip


def _seeker(body: Any) -> dict[str, Any]:
    assert isinstance(body, Seeker)
    return {"person": body.person, "masked_name": body.name, "origin": body.origin}


def _application(body: Any) -> dict[str, Any]:
    assert isinstance(body, Application)
    return _seeker(body) | {"vacancy": body.vacancy, "applied_at": body.applied_at}


def _hire(body: Any) -> dict[str, Any]:
    assert isinstance(body, Hire)
    return {"person": body.person, "vacancy": body.vacancy, "level": body.level, "since": body.since}


_SHOWN = {Kind.VACANCY: _vacancy, Kind.SEEKER: _seeker, Kind.APPLICATION: _application, Kind.HIRE: _hire}
_EMPTY: dict[Kind, dict[str, Any]] = {
    Kind.VACANCY: {"title": "", "region": "", "hourly_fen": 0, "closes_at": None, "occupation": ""},
    Kind.SEEKER: {"person": "", "masked_name": "", "origin": ""},
    Kind.APPLICATION: {"person": "", "masked_name": "", "origin": "", "vacancy": "", "applied_at": None},
    Kind.HIRE: {"person": "", "vacancy": "", "level": 0, "since": None},
}


@dataclass(frozen=True)
class Arrival:
    """Through which partner region a worker of ours came, and since when that is known."""

    partner: str
    partner_name: str
    since: datetime
