"""Free and needed times as bits: the quarters of sixteen days in a ring."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from numpy.typing import NDArray

from zero_work_market.ground.clock import day_bounds, local

RING_DAYS = 16
ALL_SLOTS = (1 << 4 * RING_DAYS) - 1
QUARTER = timedelta(hours=6)
Bits = TypeVar("Bits", int, NDArray[Any])


def quarter_bits(start: datetime, end: datetime) -> int:
    """Bits of the quarters of a day, local time, that [start, end) touches: bit 4·(day number mod 16) + q."""
    begin, bits = local(start), 0
    cursor = begin.replace(hour=begin.hour // 6 * 6, minute=0, second=0, microsecond=0)
    while cursor < local(end):
        bits |= 1 << (4 * (cursor.toordinal() % RING_DAYS) + cursor.hour // 6)
        cursor += QUARTER
    return bits


def needed_slots(shifts: Iterable[tuple[datetime, datetime]], *, today: date) -> int:
    """Quarters that the shifts need within the ring, which holds today and the fifteen days after."""
    first, end_of_ring = day_bounds(today)[0], day_bounds(today + timedelta(days=RING_DAYS))[0]
    bits = 0
    for start, end in shifts:
        if start < end_of_ring and end > first:
            bits |= quarter_bits(max(start, first), min(end, end_of_ring))
    return bits


def free_slots(week: int, *, today: date, days_off: Iterable[date], taken: Iterable[tuple[datetime, datetime]]) -> int:
    """A worker's free quarters in the ring: the ordinary week, without days off and without what is already taken."""
    return week_slots(week, today=today) & ~busy_slots(today=today, days_off=days_off, taken=taken)


def week_slots(week: Bits, *, today: date) -> Bits:
    """The ring of an ordinary week, or of many in an array: bit 4·weekday + q of the week, 0 = Monday, is q's."""
    bits = week & 0
    for ahead in range(RING_DAYS):
        day = today + timedelta(days=ahead)
        bits |= (week >> 4 * day.weekday() & 0b1111) << 4 * (day.toordinal() % RING_DAYS)
    return bits


def busy_slots(*, today: date, days_off: Iterable[date], taken: Iterable[tuple[datetime, datetime]]) -> int:
    bits = needed_slots(taken, today=today)
    for day in days_off:
        if today <= day < today + timedelta(days=RING_DAYS):
            bits |= 0b1111 << (4 * (day.toordinal() % RING_DAYS))
    return bits
