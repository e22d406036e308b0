"""The clock: aware UTC in storage, Asia/Shanghai on screen."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def local_date(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def at_local(day: date, clock: time) -> datetime:
    """The moment when clocks in Jining show `clock` on `day`, in UTC."""
    return datetime.combine(day, clock, tzinfo=SHANGHAI).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of the local day and first of the next, in UTC."""
    return at_local(day, time()), at_local(day + timedelta(days=1), time())
