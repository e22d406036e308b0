"""Jinja filters: values of the house to words on the screen. Times are shown in Asia/Shanghai."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask

from web.drawings import DRAWINGS
from zero_work_market.ground.clock import local

DAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
NEAR_DAYS = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
FEN_IN_YUAN = 100


def yuan(fen: int, grouped: bool = True) -> str:
    """Fen as yuan without idle zeros: "18", "16.5", "1,200"; `grouped=False` leaves out the comma, for a field."""
    sign, (whole, rest) = "-" * (fen < 0), divmod(abs(fen), FEN_IN_YUAN)
    figure = f"{whole:,}" if grouped else str(whole)
    return f"{sign}{figure}.{rest:02d}".rstrip("0").rstrip(".") if rest else sign + figure


def km(distance_km: float) -> str:
    """A distance in words: "不到 100 米", "0.8 公里", "3.2 公里", "12 公里"."""
    if distance_km < 0.1:
        return "不到 100 米"
    return f"{distance_km:.1f} 公里" if distance_km < 9.95 else f"{distance_km:.0f} 公里"


def count(number: float) -> str:
    """A number with thousands parted: "41,020"."""
    return f"{number:,}"


def minutes(number: int) -> str:
    """Minutes in words: "15 分", "1 小时", "1 小时 20 分"."""
    hours, rest = divmod(number, 60)
    words = [f"{hours} 小时"] * bool(hours) + [f"{rest} 分"] * bool(rest or not hours)
    return " ".join(words)


def as_day(value: date) -> date:
    """The local day of a moment; a plain date is itself."""
    return local(value).date() if isinstance(value, datetime) else value


def day_name(value: date) -> str:
    """ "周二" """
    return DAY_NAMES[as_day(value).weekday()]


def day(value: date, now: datetime) -> str:
    """A day as said at `now`: "今天", "明天", "6 月 13 日", "2024 年 1 月 3 日"."""
    that, today = as_day(value), as_day(now)
    near = NEAR_DAYS.get((that - today).days)
    return near or (month_day(that) if that.year == today.year else f"{that.year} 年 {month_day(that)}")


def month_day(value: date) -> str:
    """ "6 月 13 日" """
    that = as_day(value)
    return f"{that.month} 月 {that.day} 日"


def day_long(value: date) -> str:
    """ "2023 年 6 月 6 日 周二" """
    that = as_day(value)
    return f"{that.year} 年 {month_day(that)} {day_name(that)}"


def clock(moment: datetime) -> str:
    """ "08:00" """
    return f"{local(moment):%H:%M}"


def moment(value: datetime, now: datetime) -> str:
    """ "今天 10:30", "6 月 13 日 08:00" """
    return f"{day(value, now)} {clock(value)}"


def when(start: datetime, end: datetime, now: datetime) -> str:
    """A shift: "今天 13:00–17:00", "明天 22:00–次日 06:00", "6 月 13 日 20:00–24:00"; longer ones name both days."""
    first, last = as_day(start), as_day(end)
    if clock(end) == "00:00" and last - first == timedelta(days=1):
        return f"{moment(start, now)}–24:00"
    if last == first:
        return f"{moment(start, now)}–{clock(end)}"
    if last - first == timedelta(days=1):
        return f"{moment(start, now)}–次日 {clock(end)}"
    return f"{moment(start, now)}–{moment(end, now)}"


def deadline(value: datetime, now: datetime, act: str = "回话") -> str:
    """ "10:30 前回话", on another day "明天 10:30 前回话" """
    said = clock(value) if as_day(value) == as_day(now) else moment(value, now)
    return f"{said} 前{act}"


def waited(since: datetime, now: datetime) -> str:
    """How long something has lain: "2 天", "3 小时", "15 分", "刚到"."""
    minutes_gone = int((now - since).total_seconds() // 60)
    if minutes_gone < 1:
        return "刚到"
    if minutes_gone < 60:
        return minutes(minutes_gone)
    hours = minutes_gone // 60
    return f"{hours} 小时" if hours < 24 else f"{hours // 24} 天"


def mask_name(name: str) -> str:
    """The family name alone, hiding the length too: "张三丰" → "张**"."""
    return f"{name[:1]}**" if name else ""


def mask_phone(phone: str) -> str:
    """ "13812345678" → "138****5678" """
    return _mask(phone, 3, 4, 4)


def mask_id(number: str) -> str:
    """Birth date and sequence hidden: "370829197001011234" → "3708************34"."""
    return _mask(number, 4, 2, len(number) - 6)


def _mask(text: str, head: int, tail: int, stars: int) -> str:
    if len(text) <= head + tail:
        return "*" * len(text)
    return f"{text[:head]}{'*' * stars}{text[-tail:]}"


FILTERS: dict[str, Callable[..., Any]] = {
    rule.__name__: rule
    for rule in (
        yuan, km, count, minutes, day_name, day, month_day, day_long, clock, moment, when, deadline, waited,
        mask_name, mask_phone, mask_id,
    )
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Give the templates the filters, and the drawings as functions."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(DRAWINGS)
