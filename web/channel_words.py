"""Export channels in plain words."""

from collections.abc import Mapping
from datetime import date

from labor_brands.export_channels.models import Channel
from labor_brands.export_channels.queries import places
from labor_brands.export_channels.rules import Alarm, DispatchState, Journey, Kind, PartnerKind, Stay
from web.brands import brand_name
from web.filters import month_day
from zero_work_market.reference.regions.queries import region

KINDS: Mapping[str, str] = {Kind.DIRECTED: "定向输出", Kind.ABSORBED: "龙头吸纳", Kind.STATION: "驿站组织"}
PARTNERS: Mapping[str, str] = {
    PartnerKind.ASSOCIATION: "商会协会", PartnerKind.STATION: "驿站", PartnerKind.FIRM: "企业",
}  # fmt: skip
STATES: Mapping[str, tuple[str, str]] = {
    DispatchState.PLANNED: ("soon", "还没走"), DispatchState.DEPARTED: ("soon", "在路上"),
    DispatchState.ARRIVED: ("ok", "到了"), DispatchState.CANCELLED: ("late", "取消了"),
}  # fmt: skip
"""A dispatch's lamp and word."""
ALARMS = {
    "quiet": "{0} 天没送人了", "behind": "送了 {0} 人，按日子该有 {1} 人",
    "leaving": "满 30 天的 {1} 人，只留住 {0} 人",
}  # fmt: skip
HOW: Mapping[str, str] = {
    "channel": "通道送去的", "crew": "班组一起去的", "agent": "驿站、村里帮着接的", "self": "自己找的",
}  # fmt: skip
"""How a hire was come by."""


def from_said(channel: Channel) -> str:
    """ "金乡蒜工" or "金乡县": who is sent."""
    return brand_name(channel.brand) if channel.brand else region(channel.county).name


def place_said(channel: Channel) -> str:
    """ "山东省 青岛市", the same name once."""
    around = places().get(channel.region, "")
    return channel.place if not around or channel.place.startswith(around) else f"{around} {channel.place}"


def alarm_said(alarm: Alarm) -> str:
    return ALARMS[alarm.kind].format(*alarm.numbers)


def stay_said(stay: Stay, journey: Journey) -> tuple[str, str]:
    """Lamp and words of how somebody stands on a mark's day."""
    if stay == Stay.STAYS:
        return "ok", "还在"
    if stay == Stay.AHEAD:
        return "soon", "没到日子"
    last = "没有认过的工时" if journey.last_on == journey.sent_on else f"干到 {month_day(journey.last_on)}"
    return ("soon", f"说不准，{last}") if stay == Stay.UNSURE else ("late", f"不在了，{last}")


def period_said(first: date, last: date) -> str:
    """ "2026 年 1 月 5 日到 7 月 4 日" """
    until = month_day(last) if last.year == first.year else f"{last.year} 年 {month_day(last)}"
    return f"{first.year} 年 {month_day(first)}到 {until}"
