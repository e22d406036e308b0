"""What people put into the cells of a spreadsheet: texts, long numbers and dates in whichever form."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from openpyxl.utils.datetime import from_excel

from zero_work_market.ground.errors import InvalidValue
from zero_work_market.ground.sheets import Value

LONGEST_TEXT = 300
EXACT = 10**15
"""From here on Excel drops digits of a number: it keeps fifteen."""
FIRST_SERIAL, LAST_SERIAL = 18264, 73050
"""Excel's numbers for 1950-01-01 and 2099-12-31."""
QUOTES = " '‘’`\"“”"

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}")
_TIME = re.compile(r"(?<=\d)[ T]\d{1,2}:\d{2}(:\d{2}(\.0+)?)?$")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")


@dataclass(frozen=True)
class Day:
    """A date; `month_only` when no day was said, and the first stands for it."""

    day: date
    month_only: bool = False


def text_of(value: Value) -> str:
    """As one would read it in the cell, on one line, at most 300 characters."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return " ".join(_UNSEEN.sub("", str(value)).split())[:LONGEST_TEXT]


def number_of(value: Value, *, field: str) -> str:
    """A number that is a name (ID, phone, code): without quotes, a number's ".0" or the like.

    Raises InvalidValue naming `field`, reason "rounded", when Excel has dropped its last digits.
    """
    is_lost = isinstance(value, float) and abs(value) >= EXACT
    is_lost = is_lost or (isinstance(value, int) and abs(value) >= EXACT and value % 1000 == 0)
    text = unicodedata.normalize("NFKC", text_of(value)).strip(QUOTES)
    if is_lost or _SCIENTIFIC.fullmatch(text):
        raise InvalidValue(field=field, reason="rounded")
    return re.sub(r"(?<=\d)\.0+$", "", text)


def day_of(value: Value, *, field: str) -> Day:
    """The date in a cell: Excel's own, its number, or as text: 2023.2.7, 2023-02-07 00:00:00, 2023年2月7日, 20230207,
    2023年2月.

    Raises InvalidValue naming `field`, reason "date".
    """
    if isinstance(value, datetime):
        return Day(value.date())
    if isinstance(value, date):
        return Day(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _day_of_number(value, field)
    text = re.sub(r"\s", "", _TIME.sub("", unicodedata.normalize("NFKC", text_of(value))))
    for pattern, month_only in ((_DAY, False), (_MONTH, True)):
        if found := pattern.fullmatch(text):
            year, month, *day = map(int, found.groups())
            return Day(_made(year, month, *(day or [1]), field=field), month_only)
    if re.fullmatch(r"\d{8}", text):
        return Day(_made(int(text[:4]), int(text[4:6]), int(text[6:]), field=field))
    raise InvalidValue(field=field, reason="date")


def _day_of_number(value: float, field: str) -> Day:
    """A serial of Excel's, or eight digits; 2023.1 may be January or October, so it is neither."""
    if FIRST_SERIAL <= value <= LAST_SERIAL:
        moment = from_excel(value)
        if not isinstance(moment, time | timedelta):
            return Day(moment.date())
    if float(value).is_integer() and 19500101 <= value <= 20991231:
        return day_of(str(int(value)), field=field)
    raise InvalidValue(field=field, reason="date")


def _made(year: int, month: int, day: int, *, field: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidValue(field=field, reason="date") from None
