"""What can be said of a brand's worth, in plain words; and plainly when nothing can."""

from datetime import date

from labor_brands.worth.rules import Difference

TOO_FEW = "还看不出来：能比的只有 {hires} 回（持证的 {holders} 人，没证的 {others} 人），太少了。"
UNSURE = "还看不出来：多半在{low}到{high}之间，说不准是多是少。"


def sentence(found: Difference, unit: str = "%") -> str:
    """ "多 8.1%，95% 的把握在多 5.2% 到多 11.0% 之间。"; unit "%" for pay, " 个百分点" for staying."""
    if found.estimate is None or found.low is None or found.high is None:
        return TOO_FEW.format(hires=found.hires, holders=found.holders, others=found.others)
    gap = " " if unit.isascii() else ""
    low, high = _more(found.low, unit) + gap, _more(found.high, unit) + gap
    if not found.is_told:
        return UNSURE.format(low=low, high=high)
    return f"{_more(found.estimate, unit)}，95% 的把握在{low}到{high}之间。"


def months_said(first: date, last: date, today: date) -> str:
    """ "5 月", "6 月到 11 月", "2025 年 12 月到 11 月" """
    begin, end = (f"{day.year} 年 " * (day.year != today.year) + f"{day.month} 月" for day in (first, last))
    return begin if begin == end else f"{begin}到 {end}"


def _more(share: float, unit: str) -> str:
    return f"{'多' if share >= 0 else '少'} {abs(100 * share):.1f}{unit}"
