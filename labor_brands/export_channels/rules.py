"""Kinds and states of channels and dispatches, what a person's journey came to, and when a channel dries up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError
from zero_work_market.statistics.targets.rules import percent

MARKS = (30, 90)
"""Days after being sent on which a channel is asked who is still there."""


class Kind(StrEnum):
    DIRECTED = "directed"
    """定向输出: to a place that asked for the people."""
    ABSORBED = "absorbed"
    """龙头吸纳: taken on by a leading firm."""
    STATION = "station"
    """驿站组织: gathered by a town's station."""


class PartnerKind(StrEnum):
    ASSOCIATION = "association"
    STATION = "station"
    FIRM = "firm"


class ChannelState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class DispatchState(StrEnum):
    PLANNED = "planned"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


MOVES: dict[DispatchState, set[DispatchState]] = {
    DispatchState.PLANNED: {DispatchState.DEPARTED, DispatchState.CANCELLED},
    DispatchState.DEPARTED: {DispatchState.ARRIVED},
    DispatchState.ARRIVED: set(),
    DispatchState.CANCELLED: set(),
}
GONE = (DispatchState.DEPARTED, DispatchState.ARRIVED)
"""States in which whoever boarded was sent."""


class ChannelClosed(LeyeError):
    """The channel is closed: nothing is agreed or sent by it any more."""

    code = "channel_closed"


class PeriodsOverlap(LeyeError):
    """Numbers are agreed already for some of these days. details: field, first, last."""

    code = "periods_overlap"


class NotDepartingYet(LeyeError):
    """A dispatch can't have left before its day. details: departs_at."""

    code = "not_departing_yet"


class NobodyBoarded(LeyeError):
    """A dispatch leaves with somebody."""

    code = "nobody_boarded"


def require_move(current: DispatchState, target: DispatchState) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="dispatch", from_state=current, to_state=target)


def text_of(text: str, *, field: str, most: int, required: bool = True) -> str:
    """`text` with single spaces. Raises InvalidValue naming `field`: reason "required" or "too_long"."""
    text = " ".join(text.split())
    if required and not text:
        raise InvalidValue(field=field, reason="required")
    if len(text) > most:
        raise InvalidValue(field=field, reason="too_long")
    return text


def require_period(first: date, last: date, number: int, known: Iterable[tuple[date, date]]) -> None:
    """Raises InvalidValue on "until_on" or "number", PeriodsOverlap."""
    if last < first:
        raise InvalidValue(field="until_on", reason="before_start")
    if not 1 <= number <= 100_000:
        raise InvalidValue(field="number", reason="range", least=1, most=100_000)
    for other_first, other_last in known:
        if first <= other_last and other_first <= last:
            raise PeriodsOverlap(field="from_on", first=other_first, last=other_last)


class Stay(StrEnum):
    """What is known, on a mark's day, of somebody who was sent."""

    AHEAD = "ahead"
    """The day hasn't come."""
    STAYS = "stays"
    """Agreed work reaches the day, or goes past it, without a longer gap."""
    UNSURE = "unsure"
    """Agreed work ends before the day, but so lately that hours to come may still reach it."""
    LEFT = "left"


@dataclass(frozen=True)
class Trace:
    """All that a channel knows of one worker, as days: the evidence of `journey`."""

    worker_id: int
    boarded: tuple[date, ...] = ()
    """Days on which a dispatch left with the worker on board."""
    arrived: tuple[date, ...] = ()
    """Days of first arrivals that stand, one a placement of a posting that carries the channel's code."""
    worked: tuple[date, ...] = ()
    """Days with agreed hours under the channel: of such a posting, or of one of the channel's employers."""


@dataclass(frozen=True)
class Journey:
    """What one person's being sent came to."""

    worker_id: int
    sent_on: date
    """The first day in question on which the person was sent: see `sendings`."""
    times: int
    """How often the person was sent on the days in question: person-times."""
    arrived_on: date | None
    """First arrival, or first agreed work, within the gap after being sent."""
    last_on: date
    """The last day of agreed work, gone on from `sent_on` by steps no longer than the gap; `sent_on` without any."""
    stays: tuple[Stay, ...]
    """For each of MARKS."""


@dataclass(frozen=True)
class Figures:
    """Persons, but for `times`. Of each of MARKS `due` were sent so long ago, and `stays` of them are still there."""

    agreed: int
    sent: int
    times: int
    arrived: int
    due: tuple[int, ...]
    stays: tuple[int, ...]

    def of_agreed(self, number: int) -> float | None:
        """62 of 100 agreed is 62.0; None when nothing was agreed."""
        return percent(number, self.agreed) if self.agreed else None

    def of_sent(self, number: int) -> float | None:
        """62 of 80 sent is 77.5; None when nobody was sent."""
        return percent(number, self.sent) if self.sent else None

    def of_due(self, mark: int) -> float | None:
        """Of those whose day has come, how many stay; by the mark's place in MARKS."""
        return percent(self.stays[mark], self.due[mark]) if self.due[mark] else None


def sendings(trace: Trace, *, gap_of: Callable[[date], int]) -> list[date]:
    """The days on which somebody was sent, in order, one an entry.

    Each boarding is one. An arrival is one unless the person is there already: was sent, and since then boarded,
    arrived or worked no longer ago than the gap. `gap_of` gives the longest gap, in days, that is allowed as of a day.
    """
    sent: list[date] = []
    last = date.min
    for day in sorted({*trace.boarded, *trace.arrived, *trace.worked}):
        if day in trace.boarded:
            sent += [day] * trace.boarded.count(day)
        elif day in trace.arrived and (not sent or (day - last).days > gap_of(last)):
            sent.append(day)
        if sent:
            last = day
    return sent


def journey(trace: Trace, *, first: date, last: date, gap_of: Callable[[date], int], today: date) -> Journey | None:
    """What being sent between two days (both in) came to, as far as is known today; None for who wasn't sent then.

    `gap_of` gives the longest gap, in days, that is allowed to who was sent on a day.
    """
    sent = [day for day in sendings(trace, gap_of=gap_of) if first <= day <= last]
    if not sent:
        return None
    sent_on = sent[0]
    gap_days = gap_of(sent_on)
    reached = [day for day in (*trace.arrived, *trace.worked) if 0 <= (day - sent_on).days <= gap_days]
    last_on = carried_on(sent_on, trace.worked, gap_days)
    return Journey(
        worker_id=trace.worker_id, sent_on=sent_on, times=len(sent),
        arrived_on=min(reached, default=None), last_on=last_on,
        stays=tuple(stay(sent_on + timedelta(days=mark), last_on, gap_days, today) for mark in MARKS),
    )  # fmt: skip


def carried_on(start: date, worked: Iterable[date], gap_days: int) -> date:
    """The last worked day that is reached from `start` by steps of at most `gap_days`."""
    last = start
    for day in sorted(day for day in worked if day >= start):
        if (day - last).days > gap_days:
            break
        last = day
    return last


def stay(due: date, last_on: date, gap_days: int, today: date) -> Stay:
    """How somebody stands on the mark's day `due` whose agreed work goes on until `last_on`."""
    if today < due:
        return Stay.AHEAD
    if last_on >= due:
        return Stay.STAYS
    return Stay.UNSURE if (today - last_on).days <= gap_days else Stay.LEFT


def figures(journeys: Sequence[Journey], *, agreed: int) -> Figures:
    """Persons are told apart before: one journey each."""
    by_mark = [[one.stays[mark] for one in journeys] for mark in range(len(MARKS))]
    return Figures(
        agreed=agreed,
        sent=len(journeys),
        times=sum(one.times for one in journeys),
        arrived=sum(one.arrived_on is not None for one in journeys),
        due=tuple(sum(one != Stay.AHEAD for one in held) for held in by_mark),
        stays=tuple(held.count(Stay.STAYS) for held in by_mark),
    )


@dataclass(frozen=True)
class Limits:
    """When a channel is said to dry up."""

    quiet_days: int
    pace_percent: int
    pace_after_days: int
    stay_percent: int
    stay_fewest: int


@dataclass(frozen=True)
class Alarm:
    """Why a channel dries up: "quiet" (days), "behind" (sent, expected), "leaving" (stays, due)."""

    kind: str
    numbers: tuple[int, ...]


def alarms(
    *, first: date, last: date, found: Figures, last_sent_on: date | None, limits: Limits, today: date
) -> tuple[Alarm, ...]:
    """What is wrong in a period, while it runs."""
    if not first <= today <= last:
        return ()
    told = []
    still = (today - max(last_sent_on or first, first)).days
    if still >= limits.quiet_days and found.sent < found.agreed:
        told.append(Alarm("quiet", (still,)))
    gone, whole = (today - first).days + 1, (last - first).days + 1
    expected = found.agreed * gone // whole
    if gone > limits.pace_after_days and found.sent * 100 < expected * limits.pace_percent:
        told.append(Alarm("behind", (found.sent, expected)))
    due, stays = found.due[0], found.stays[0]
    if due >= limits.stay_fewest and stays * 100 < due * limits.stay_percent:
        told.append(Alarm("leaving", (stays, due)))
    return tuple(told)
