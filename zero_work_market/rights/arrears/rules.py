"""Why money is owed, from when on it may be complained of, and how a complaint's sum comes about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from zero_work_market.ground.errors import LeyeError

WORK = "work"
"""Kind of the wage's item that the hours earned."""


class Ground(StrEnum):
    """Why money is owed."""

    WAGE = "wage"
    """A wage that wasn't paid, or not in full."""
    DENIED = "denied"
    """The employer recorded a payment, and the worker says that it didn't come."""
    DISPUTED = "disputed"
    """The two say different hours."""
    UNAGREED = "unagreed"
    """Hours that only one of the two has said."""
    UNRECORDED = "unrecorded"
    """Worked, and nobody has said how long."""


AT_ONCE = (Ground.DENIED, Ground.DISPUTED)
"""What the employer already refuses: nobody has to wait for the pay day."""


class Missing(StrEnum):
    """What the arbitration office asks for and isn't there (劳动人事争议仲裁办案规则 29); nobody has to wait for it."""

    AGREEMENT = "agreement"
    EMPLOYER_SIGNATURE = "employer_signature"
    WORKER_SIGNATURE = "worker_signature"
    ARRIVAL = "arrival"
    HOURS = "hours"
    ADDRESS = "address"
    PHONE = "phone"
    EMPLOYER_ADDRESS = "employer_address"


class NothingOwed(LeyeError):
    """Nothing is owed for this work."""

    code = "nothing_owed"


class NotDueYet(LeyeError):
    """The pay day hasn't passed, and nothing was denied. details: due_on."""

    code = "pay_not_due"


@dataclass(frozen=True)
class Owed:
    """Money owed by a wage, for its shifts; or for one shift that is in no wage yet.

    `fen` is what is still missing of the wage; of a shift, what its minutes come to. `minutes` are those agreed on,
    else the worker's word, else the employer's, else the time between coming and leaving, else the posting's.
    """

    ground: Ground
    fen: int
    minutes: int
    due_on: date
    first_day: date
    last_day: date
    shift_ids: tuple[int, ...]
    wage_id: int | None = None


@dataclass(frozen=True)
class Line:
    """A line of a claim's sum. `kind`: "shift", "rounding", "item" (what comes on top), "off", "paid"; the last two
    are negative. `wage_id` None for a shift that is in no wage.
    """

    kind: str
    fen: int
    wage_id: int | None = None
    shift: Mapping[str, Any] | None = None
    name: str = ""


def may_file(owed: Owed, *, today: date) -> bool:
    """True once the pay day has passed, or at once where the employer refuses already."""
    return owed.ground in AT_ONCE or owed.due_on < today


def days_late(due_on: date, *, today: date) -> int:
    return max(0, (today - due_on).days)


def sum_lines(facts: Mapping[str, Any]) -> list[Line]:
    """How a claim's sum comes about, from what it was built from (`queries.built`); its lines add up to `owed_fen`.

    A wage is rounded once, its shifts one by one: the difference, a few fen at most, has a line of its own.
    """
    lines = []
    for wage in facts["wages"]:
        of_work = [item for item in wage["gross"] if item["kind"] == WORK]
        shifts = [Line("shift", one["fen"], wage["id"], one) for one in facts["shifts"] if one["wage"] == wage["id"]]
        rest = sum(item["fen"] for item in of_work) - sum(line.fen for line in shifts)
        lines += [*shifts, *[Line("rounding", rest, wage["id"])] * bool(rest)]
        lines += [Line("item", one["fen"], wage["id"], name=one["name"]) for one in wage["gross"] if one not in of_work]
        lines += [Line("off", -one["fen"], wage["id"], name=one["name"]) for one in wage["deductions"]]
        lines += [Line("paid", -wage["paid_fen"], wage["id"])] * bool(wage["paid_fen"])
    return lines + [Line("shift", one["fen"], None, one) for one in facts["shifts"] if one["wage"] is None]
