"""What the gate found in a draft, in plain words: why, and what to do about it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from web.filters import yuan
from zero_work_market.market.gate.rules import Finding
from zero_work_market.reference.law.queries import clause

Told = Mapping[str, Any]


class Said(NamedTuple):
    """A finding for the screen; `href` is the id of the clause on the page of the law, empty without one."""

    why: str
    law: str
    article: str
    clause_id: str


WHY: dict[str, str | Callable[[Told], str]] = {
    "gender": "招聘信息不得有性别歧视的内容。", "ethnicity": "招聘信息不得有民族歧视的内容。",
    "religion": "招聘信息不得有宗教信仰方面的歧视。", "hukou_region": "不能拿户籍、地域来限制人。",
    "marriage": "不能问结没结婚、生没生育。", "deposit_or_fee": "不能向干活的人收押金，也不能收别的钱。",
    "no_pay_clause": "干了活就得给钱，不能写干不满几天不给。", "wage_withheld": "工钱要按时给足，这样写像是要压。",
    "pay_in_kind": "工钱要给现钱，不能拿东西抵。", "id_document_held": "不能扣身份证，登记完当场还。",
    "under_16": "不能招不满 16 周岁的。", "age": "除了公益岗位，最好不限年纪。",
    "health_or_disability": "跟这个活没关系的身体情况，别写成条件。",
    "criminal_record": "跟这个活没关系的，别写成条件。",
    "false_promise": "话说得太满，容易叫人上当。", "suspected_fraud": "这话像是骗人的。",
    "privacy": "用不着的个人资料，不能要。", "contact_scheme": "不能借着招人拉人进群、加人、做推广。",
    "abuse": "骂人的话不能写。",
    "minor_in_hazard": lambda told: f"“{told['hazard']}”不能招 16、17 岁的，年纪改成满 18。",
    "minor_hours": lambda told: f"16、17 岁的，一天最多 {told['most']} 小时，夜里不能干。最好改成满 18。",
    "required": lambda told: f"{told['name']}还没填。" if "name" in told else "还没填。",
    "range": lambda told: f"要在 {told['least']} 到 {told['most']} 之间。" if "least" in told else "这个数不对。",
    "too_many": lambda told: f"最多 {told['most']} 个，不能重样。",
    "unknown": "没有这个，重选一下。", "outside_county": "地方不在这个县，重选一下。",
    "not_read": "没认出是什么活，点一个最像的。", "unreadable": "时间没看懂，重选一下。",
    "ends_before_start": "收工要在开工以后。", "not_a_quarter": "时间按一刻钟选。", "overlap": "几个班撞在一起了。",
    "fills_a_shift": "休息不能占满一班，改短一点。", "past": "开工的时候已经过了，往后挪。",
    "too_far": lambda told: f"最早提前 {told['most']} 天发。",
    "long_day": lambda told: f"一天超过 {told['most']} 小时太长了，最好分两班。",
    "part_time_day": lambda told: f"非全日制一天平均不超过 {told['most']} 小时。",
    "part_time_week": lambda told: f"非全日制一周不超过 {told['most']} 小时。",
    "pay_too_late": lambda told: f"最晚 {told['most']} 天内要给钱。",
    "project_missing": "工地的活要先选是哪个项目，项目要有登记的编号。",
    "no_minimum_wage": "这个地方查不到最低工钱，找工作人员。", "not_a_number": "不是个数。", "too_fine": "只能到分。",
    "not_positive": "要大于 0。", "too_large": "太大了。",
}  # fmt: skip
UNITS = {"hour": "元/小时", "month": "元/月"}


def said(found: Finding) -> Said:
    """Why a finding is one, with the clause it rests on."""
    why = _why(found)
    if not found.clause_id:
        return Said(why, "", "", "")
    known = clause(found.clause_id)
    return Said(why, f"《{known.law}》", known.article, known.id)


def mended(text: str, found: Finding) -> str:
    """`text` with the wording put in that would pass, if there is one."""
    return text if found.suggestion is None else text[: found.start] + found.suggestion + text[found.end :]


def _why(found: Finding) -> str:
    if found.code == "below_minimum_wage":
        return _below(found.params)
    if found.code == "too_long":
        unit = "小时" if found.field == "shifts" else "个字"
        return f"最长 {found.params['most']} {unit}。"
    if found.code == "under_16" and not found.words:
        return f"最小 {found.params['least']} 岁。"
    why = WHY.get(found.code, "这样不行。")
    return why(found.params) if callable(why) else why


def _below(told: Told) -> str:
    """ "不够，合 16.25 元/小时，最低 17 元/小时，至少给 136 元。" """
    unit = UNITS[told["by"]]
    comes_to = "" if told["least_fen"] == told["floor_fen"] else f"合 {yuan(told['hourly_fen'])} {unit}，"
    least = "" if told["least_fen"] == told["floor_fen"] else f"，至少给 {yuan(told['least_fen'])} 元"
    return f"不够，{comes_to}最低 {yuan(told['floor_fen'])} {unit}{least}。"
