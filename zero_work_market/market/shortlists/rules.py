"""Free times as bits, and what a place in the ranking is made of, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zero_work_market.ground.clock import local, local_date

RING_DAYS = 16
QUARTER = timedelta(hours=6)


@dataclass(frozen=True)
class Place:
    """One worker's place in a posting's ranking, with what it is made of."""

    worker_id: int
    score: float
    parts: dict[str, float]
    """skill, location, brand, pay, each in [0, 1]."""
    weights: dict[str, float]
    distance_km: float


@dataclass(frozen=True)
class Shortlist:
    """The first places, in order. `more` says that the ranking goes on after them."""

    places: tuple[Place, ...]
    more: bool


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
    bits = 0
    for start, end in shifts:
        if today <= local_date(start) < today + timedelta(days=RING_DAYS):
            bits |= quarter_bits(start, min(end, start + timedelta(days=RING_DAYS - 1)))
    return bits


def free_slots(week: int, *, today: date, days_off: Iterable[date], taken: Iterable[tuple[datetime, datetime]]) -> int:
    """A worker's free quarters in the ring: the ordinary week, without days off and without what is already taken."""
    bits = 0
    for ahead in range(RING_DAYS):
        day = today + timedelta(days=ahead)
        bits |= (week >> (4 * day.weekday()) & 0b1111) << (4 * (day.toordinal() % RING_DAYS))
    for day in days_off:
        bits &= ~(0b1111 << (4 * (day.toordinal() % RING_DAYS)))
    return bits & ~needed_slots(taken, today=today)
