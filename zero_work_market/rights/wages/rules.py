"""What is owed for the hours agreed and by when, and what lamp that lights."""

import json
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from math import ceil

from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.market.gate.rules import FULL_TIME, MONTH_HOURS, PART_TIME, PayKind

LAST_LAMPS = 12
REMINDERS = 3
REMIND_EVERY = timedelta(hours=24)


class Proof(StrEnum):
    BANK = "bank"
    """The bank's number of the transfer."""
    SIGNATURE = "signature"
    """Paid in cash, and signed for by the worker's own hand."""
    CASH = "cash"
    """Paid in cash by the employer's word alone: it counts once the worker says that it came."""


class Lamp(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Extra(StrEnum):
    """What may come on top of the pay for the hours. Meals and goods aren't money."""

    OVERTIME = "overtime"
    BONUS = "bonus"
    ALLOWANCE = "allowance"


class Deduction(StrEnum):
    """All that may be taken off (工资支付暂行规定 15): no fine, no deposit, no damage."""

    TAX = "tax"
    INSURANCE = "insurance"
    COURT = "court"


ITEM_NAMES: Mapping[Extra | Deduction, str] = {
    Extra.OVERTIME: "加班费", Extra.BONUS: "奖金", Extra.ALLOWANCE: "补贴",
    Deduction.TAX: "个人所得税", Deduction.INSURANCE: "本人交的社保", Deduction.COURT: "法院判的抚养费、赡养费",
}  # fmt: skip
"""As the sheet calls them."""


class PayInKind(LeyeError):
    """Wages are money (条例 11). details: clause_id, words (what was offered instead)."""

    code = "pay_in_kind"


class UnlawfulDeduction(LeyeError):
    """Not among what may be taken off, or it would leave less than the floor. details: clause_id, least_fen."""

    code = "unlawful_deduction"


class PaymentUpheld(LeyeError):
    """Staff found that the money came; that stands."""

    code = "payment_upheld"


class PaymentKnown(LeyeError):
    """That transfer is recorded for this wage already."""

    code = "payment_known"


@dataclass(frozen=True)
class Work:
    """Agreed hours of one shift. `unit_minutes`: as many are one unit of the pay; by the piece, that many `pieces`."""

    day: date
    minutes: int
    pieces: int | None
    unit_minutes: int


@dataclass(frozen=True)
class Item:
    """A line of the sheet: what it is called, how many fen, and how it came about or why."""

    kind: str
    name: str
    fen: int
    why: str = ""


@dataclass(frozen=True)
class Terms:
    """How a posting pays, with what the law says of it where and when the work was done.

    `floor_fen` for `floor_minutes` of work is the least; `most_days` the longest between work and pay.
    """

    pay_kind: PayKind
    pay_fen: int
    pay_days: int
    employment: str
    floor_fen: int
    floor_minutes: int
    most_days: int


def period(
    day: date, *, first: date, employment: str, pay_days: int, by_month: bool, part_time_days: int
) -> tuple[date, date]:
    """First and last day of the pay cycle that a day of work falls in; `first` is the posting's first day.

    Part-time in spells of `part_time_days` from the first day (劳动合同法 72); day labour paid on the day, day by day;
    all other, and whatever goes on a monthly sheet (`by_month`), by calendar months.
    """
    if employment == PART_TIME:
        begin = first + (day - first) // timedelta(days=part_time_days) * timedelta(days=part_time_days)
        return begin, begin + timedelta(days=part_time_days - 1)
    if pay_days <= 1 and employment != FULL_TIME and not by_month:
        return day, day
    month = day.replace(day=1)
    return max(first, month), month.replace(day=monthrange(day.year, day.month)[1])


def due_on(first_worked: date, last_worked: date, terms: Terms, working_day_until: Callable[[date], date]) -> date:
    """The last day on which a period's pay is on time.

    `terms.pay_days` after its last day of work, no later than the law's nor than a calendar month; part-time no later
    than the law's from its first day of work either. On a holiday or a weekend it is the working day before (条例 14),
    but never before the work.
    """
    due = min(last_worked + timedelta(days=min(terms.pay_days, terms.most_days)), a_month_after(last_worked))
    if terms.employment == PART_TIME:
        due = min(due, first_worked + timedelta(days=terms.most_days))
    return max(working_day_until(due), last_worked)


def lamp(*, due_on: date, paid: bool, today: date, warning_days: int, denied: bool = False) -> Lamp:
    """Green while there is time or once it is paid, amber from `warning_days` before the due day, red after it.

    Red at once when the worker says that money recorded as paid didn't come, until all of it did.
    """
    if paid or (not denied and today < due_on - timedelta(days=warning_days)):
        return Lamp.GREEN
    return Lamp.RED if denied or today > due_on else Lamp.AMBER


def paid_lamp(*, due_on: date, settled_on: date | None) -> Lamp:
    """How a payment that was due looks back: on time, late, or still owing."""
    if settled_on is None:
        return Lamp.RED
    return Lamp.GREEN if settled_on <= due_on else Lamp.AMBER


def unit_minutes(pay_kind: PayKind, *, day_minutes: int, month_minutes: int | None) -> int:
    """Minutes of work that one unit of pay is for: an hour's, the scheduled ones of that day, or a month's.

    `month_minutes`: the scheduled ones of the month when the posting fills all its working days, else None: then 174
    hours stand for it (劳社部发〔2008〕3号). Of no use by the piece.
    """
    match pay_kind:
        case PayKind.HOUR | PayKind.PIECE:
            return 60
        case PayKind.DAY:
            return day_minutes
        case PayKind.MONTH:
            return month_minutes or 60 * MONTH_HOURS


def half_up(exact: Fraction) -> int:
    """To the nearest whole, a half upwards."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def owed(works: Iterable[Work], pay_fen: int, *, by_piece: bool) -> Fraction:
    """Exact fen for the work."""
    if by_piece:
        return Fraction(pay_fen * sum(work.pieces or 0 for work in works))
    minutes: dict[int, int] = {}
    for work in works:
        minutes[work.unit_minutes] = minutes.get(work.unit_minutes, 0) + work.minutes
    return sum((Fraction(pay_fen * sum_of, unit) for unit, sum_of in minutes.items()), Fraction())


def floor_for(minutes: int, terms: Terms) -> int:
    """Fewest whole fen that so many minutes may be paid with."""
    return ceil(Fraction(terms.floor_fen * minutes, terms.floor_minutes))


def work_items(works: Sequence[Work], terms: Terms) -> list[Item]:
    """What the work earns, rounded half up to a fen once, and what lifts it to the floor where it falls short."""
    exact = owed(works, terms.pay_fen, by_piece=terms.pay_kind == PayKind.PIECE)
    earned, least = half_up(exact), floor_for(sum(work.minutes for work in works), terms)
    items = [Item("work", "工钱", earned)]
    return items if earned >= least else [*items, Item("floor", "补到最低工钱", least - earned)]


def net_of(gross: Iterable[Item], deductions: Iterable[Item]) -> int:
    return sum(item.fen for item in gross) - sum(item.fen for item in deductions)


def require_lawful_net(gross: Sequence[Item], deductions: Sequence[Item], *, least_fen: int) -> int:
    """The net. Raises UnlawfulDeduction when what is taken off would leave less than the floor for the hours."""
    net = net_of(gross, deductions)
    if deductions and net < max(least_fen, 0):
        raise UnlawfulDeduction(clause_id="wages-15", least_fen=least_fen)
    return net


def item_kind(kind: str, of: type[Extra] | type[Deduction]) -> Extra | Deduction:
    """The named kind. Raises UnlawfulDeduction for what may not be taken off, InvalidValue for an extra unknown."""
    try:
        return of(kind)
    except ValueError:
        if of is Deduction:
            raise UnlawfulDeduction(clause_id="wages-15", least_fen=0) from None
        raise InvalidValue(field="kind", reason="unknown") from None


def proof_of(how: str) -> Proof:
    """Raises PayInKind for anything but a transfer and cash that is signed for."""
    try:
        return Proof(how)
    except ValueError:
        raise PayInKind(clause_id="migrant-wages-11", words="") from None


def stands(*, proof: Proof, voided: bool, denied: bool, confirmed: bool) -> bool:
    """Whether a payment counts: it wasn't voided, the worker doesn't say that it never came, and cash that nobody
    signed for is `confirmed`, by the worker or by staff.
    """
    return not voided and not denied and (confirmed or proof != Proof.CASH)


def sheet_hash(lines: Iterable[Sequence[object]]) -> str:
    """SHA-256 of a sheet's lines, each of plain values in a fixed order: what its signature binds."""
    return sha256(json.dumps([list(line) for line in lines], ensure_ascii=False).encode()).hexdigest()


def a_month_after(day: date) -> date:
    """The same day of the month after, or its last."""
    then = next_month(day)
    return then.replace(day=min(day.day, monthrange(then.year, then.month)[1]))


def next_month(month: date) -> date:
    """First day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
