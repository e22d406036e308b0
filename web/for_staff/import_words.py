"""Imports in plain words: what each kind is called, how far it is, and what is wrong with a cell."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from web.errors import REASONS, SHEETS_REFUSED
from zero_work_market.market.imports.models import Import, ImportFault
from zero_work_market.market.imports.queries import fields
from zero_work_market.market.imports.rules import Kind, RowState, State

KINDS = {Kind.WORKERS: "工人", Kind.EMPLOYERS: "用工单位", Kind.PLACEMENTS: "往年就业台账"}
UNITS = {Kind.WORKERS: "人", Kind.EMPLOYERS: "家", Kind.PLACEMENTS: "条"}
STATES = {
    State.ASKING: ("soon", "等你认列"), State.READING: ("soon", "正在读"), State.REFUSED: ("late", "读不了"),
    State.READY: ("soon", "等你点导入"), State.RUNNING: ("soon", "正在导"), State.DONE: ("ok", "导好了"),
    State.UNDOING: ("soon", "正在撤"), State.UNDONE: ("ok", "撤掉了"), State.DROPPED: ("ok", "没导，扔掉了"),
}  # fmt: skip
"""Lamp and word."""
WORK = {State.READING: "读", State.RUNNING: "导", State.UNDOING: "撤"}
ROW_STATES = {
    RowState.GOOD: "好的", RowState.FAULTY: "有错", RowState.DUPLICATE: "重了", RowState.IMPORTED: "导进去了",
    RowState.UNDONE: "撤掉了", RowState.KEPT: "留下了",
}  # fmt: skip
KEPT = {
    "account": "本人绑了手机，自己登录了", "changed": "有人改过、看过", "applications": "邀过他，或者报过名",
    "placements": "接过活", "past_placements": "有往年就业台账", "documents": "交了证照", "postings": "发过活",
    "projects": "登记了工程项目",
}  # fmt: skip
"""What keeps a row that was to be undone; for any other table, OTHERWISE."""
OTHERWISE = "有别的记录"

Words = str | Callable[[Mapping[str, Any]], str]
FAULTS: Mapping[str, Words] = {
    "required": "没填", "rounded": "长号码被当成数字存，后几位丢了。把这一列设成文本，重新填",
    "check": "最后一位对不上，抄错了", "birth": "里面的生日不对", "region": "开头的地区不对",
    "under_age": lambda told: f"不满 {told['least']} 周岁" if told else "年纪太小",
    "consent_slip_missing": "没有同意书编号",
    "characters_count": lambda told: f"要 {told['least']} 到 {told['most']} 个字" if told else "字太多或太少",
    "unknown": "没有这个乡镇", "not_yours": "不归你管", "which_county": "几个县都有这个名字，写上县名",
    "date": "看不出是哪天。写成 2023-02-07 这样", "to_come": "还没到这一天", "before_since": "比开始的日子还早",
    "month_only": "只有年月，先记成 1 日",
    "titles_many": lambda told: f"太多了，只记前 {told['most']} 样" if told else "太多了",
    "title_doubtful": lambda told: f"“{told['said']}”当作“{told['read']}”" if told else "写法不常见，按最像的记",
    "title_unknown": lambda told: f"“{told['said']}”没认出来，先空着" if told else "没认出来，先空着",
    "village_unknown": "村还没加上，先记到乡镇", "two_phones": "有几个号，只记第一个",
    "registered": "已经登记过", "already_registered": "已经登记过", "employer_already_registered": "已经登记过",
    "phone_taken": "这个手机号在替别的单位办", "not_registered": "这个人还没登记，先导工人",
    "name_differs": "跟登记的名字不一样", "out_of_scope": "不归你管", "not_allowed": "不归你管",
    "twin": lambda told: f"跟第 {told['other']} 行是同一个" if told else "表里有两行是同一个",
}  # fmt: skip
OF_FIELD: Mapping[tuple[str, str], str] = {
    ("name", "length"): "要 2 到 25 个字", ("operator", "length"): "要 2 到 25 个字",
    ("name", "characters"): "有不是汉字的", ("operator", "characters"): "有不是汉字的",
    ("phone", "length"): "要 11 位", ("phone", "digits"): "不是手机号", ("uscc", "length"): "要 18 位",
    ("id_number", "length"): "要 18 位", ("operator_id_number", "length"): "要 18 位",
    ("uscc", "characters"): "有代码里不会有的字",
}  # fmt: skip
"""What a reason is called in one field and not in others."""


def fault_said(field: str, reason: str, told: Mapping[str, Any] | None = None) -> str:
    """What is wrong, of one cell, or without `told` of many: "最后一位对不上，抄错了"."""
    words = OF_FIELD.get((field, reason)) or FAULTS.get(reason)
    if words is None:
        words = REASONS.get(reason, "不对")
        if callable(words) and not told:
            return "不对"
    return words(told or {}) if callable(words) else words


def title_of(kind: Kind, field: str) -> str:
    """ "身份证号" """
    return next((one.title for one in fields(kind) if one.field == field), "")


def cell_said(kind: Kind, fault: ImportFault) -> str:
    """ "C12 身份证号：最后一位对不上，抄错了" """
    named = f"{fault.cell} {title_of(kind, fault.field)}".strip()
    return f"{named}：{fault_said(fault.field, fault.reason, fault.told)}"


def refused_said(why: str) -> str:
    return SHEETS_REFUSED[why]


def kept_said(why: str) -> str:
    return KEPT.get(why, OTHERWISE)


def left_said(found: Import, now: datetime) -> str:
    """How long the work that goes on will take yet: "还要约 20 秒"; empty when nobody knows."""
    gone = (now - found.began_at).total_seconds()
    if not found.done or found.total <= found.done or gone < 1:
        return ""
    seconds = (found.total - found.done) * gone / found.done
    return f"还要约 {max(1, round(seconds))} 秒" if seconds < 90 else f"还要约 {round(seconds / 60)} 分钟"
