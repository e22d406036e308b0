"""Rows of the market in plain words, for cards and lists."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from web.brand_drawings import brand_face, range_bar
from web.brands import brand_name
from web.case_words import OUTCOMES
from web.drawings import Part
from web.filters import km, minutes, when, yuan
from zero_work_market.ground import clock
from zero_work_market.ground.clock import local, local_date
from zero_work_market.market.gate.rules import PayKind, working_minutes
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State
from zero_work_market.market.search.rules import Job
from zero_work_market.market.shortlists.rules import Place
from zero_work_market.reference.occupations.queries import label, occupation
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import region

UNITS = {PayKind.HOUR: "元/小时", PayKind.DAY: "元/天", PayKind.MONTH: "元/月", PayKind.PIECE: "元/件"}
STATES = {
    State.WAITING: "等审核", State.OPEN: "正在招", State.FILLED: "招满了", State.REFUSED: "没通过",
    State.WITHDRAWN: "停招了", State.EXPIRED: "已开工，不招了", State.SUSPENDED: "单位停用了",
}  # fmt: skip
SHUT = {
    "slots": "那时你没空", "pay": "比你要的工钱低", "distance": "比你想走的远", "skill": "手艺对不上",
}  # fmt: skip
QUARTER = timedelta(hours=6)
QUARTERS = ("夜里", "上午", "下午", "晚上")


def rate(job: Job | Posting) -> str:
    """ "18 元/小时" """
    return f"{yuan(job.pay_fen)} {UNITS[job.pay_kind]}"


def shifts_said(shifts: Sequence[tuple[datetime, datetime]], now: datetime, break_minutes: int = 0) -> str:
    """ "明天 08:00–12:00"; of several days, with a break: "明天 08:00–17:00 起，3 天，中间休息 1 小时" """
    said = when(*shifts[0], now) + (f" 起，{len(shifts)} 天" if len(shifts) > 1 else "")
    rest = Markup('，<span class="nw">中间休息 {}</span>').format(minutes(break_minutes))
    return said + rest if break_minutes else said


def paid_said(pay_days: int) -> str:
    return "当天结" if pay_days <= 1 else f"{pay_days} 天内到账"


def paid_by(pay_days: int) -> str:
    """By when, once the work is done: "干完当天", "干完 7 天内"."""
    return "干完当天" if pay_days <= 1 else f"干完 {pay_days} 天内"


def extras(job: Job | Posting) -> list[str]:
    """What comes with the work: 管饭, 管住, 有车接, 有保险."""
    given = ((job.meals, "管饭"), (job.lodging, "管住"), (job.transport, "有车接"), (job.insurance, "有保险"))
    return [said for has, said in given if has]


def terms(job: Job | Posting) -> str:
    """ "7 天内到账 · 有车接" """
    return " · ".join([paid_said(job.pay_days), *extras(job)[:1]])


def closed_said(job: Job) -> str | None:
    """Why nobody can be taken any more; None while it takes."""
    if job.state in (State.OPEN, State.FILLED) or job.called:
        return None
    return "干完了" if job.state == State.EXPIRED and job.shifts[-1][1] <= clock.now() else STATES[job.state]


def part_of_day(shifts: Sequence[tuple[datetime, datetime]]) -> str:
    """ "下午有空", "那天有空" for work longer than a quarter of a day, or "那几天有空" for work of several days."""
    start, end = local(shifts[0][0]), local(shifts[-1][1])
    if len({local_date(begin) for begin, _ in shifts}) > 1:
        return "那几天有空"
    return f"{QUARTERS[start.hour // 6] if end - start <= QUARTER else '那天'}有空"


def skill_said(wanted: Iterable[tuple[str, int]], skills: Sequence[tuple[str, int]]) -> str:
    """What a worker's skill is to the occupations asked for: "会包装", "包装工 高级", "干过分拣"."""
    held = dict(skills)
    for code, _ in wanted:
        if code in held:
            return _able(label(code)) if held[code] < 3 else f"{label(code)} {LEVELS[held[code]].removesuffix('工')}"
    for group in ("small", "middle"):
        for code, _ in wanted:
            for own, _ in skills:
                if getattr(occupation(own), group) == getattr(occupation(code), group):
                    return f"干过{label(own)}"
    return ""


def _able(title: str) -> str:
    """ "会包装"; a title that names the person stays as it is: "包装工" """
    return title if title[-1] in "工员师手" else f"会{title}"


def reasons(
    posting_occupations: Sequence[tuple[str, int]],
    posting_brands: Sequence[str],
    shifts: Sequence[tuple[datetime, datetime]],
    skills: Sequence[tuple[str, int]],
    brands: Iterable[str],
) -> list[str]:
    """Chips under a name: skill, brand, time."""
    shared = [brand_name(code) for code in brands if code in posting_brands]
    said = [skill_said(posting_occupations, skills) if posting_occupations else "", *shared[:1], part_of_day(shifts)]
    return [word for word in said if word]


def score_parts(
    place: Place,
    *,
    wanted: Sequence[tuple[str, int]],
    skills: Sequence[tuple[str, int]],
    brands: Sequence[str],
    gains_fen: int | None,
) -> list[Part]:
    """The score's parts in points of a hundred, with what each says; `gains_fen` is None if no pay is asked."""
    skill = skill_said(wanted, skills) if wanted else "不挑手艺"
    said = {
        "skill": f"{skill}，正对口" if wanted and place.parts["skill"] >= 0.999 else skill or "不对口",
        "location": km(place.distance_km),
        "brand": "、".join(brand_name(code) for code in brands) or "没有要的品牌",
        "pay": _pay_said(gains_fen),
    }
    names = {"skill": "手艺", "location": "远近", "brand": "品牌", "pay": "工钱"}
    return [
        Part(name, said[key], 100 * place.weights[key] * place.parts[key], round(100 * place.weights[key]))
        for key, name in names.items()
    ]


def _pay_said(gains_fen: int | None) -> str:
    if gains_fen is None:
        return "没说要多少"
    return f"比想要的多 {yuan(gains_fen)} 元" if gains_fen else "正好是想要的"


def hours_of(shifts: Sequence[tuple[datetime, datetime]], break_minutes: int) -> str:
    """Working hours of all shifts: "4", "7.5"."""
    return f"{sum(working_minutes(start, end, break_minutes) for start, end in shifts) / 60:g}"


def town_name(code: str) -> str:
    return region(code).name


def place_said(town: str, address: str) -> str:
    """Town and address, the town once: "马村镇 永昌 2 号库" """
    here = region(town)
    return address if address.startswith((here.name, here.short)) else f"{here.name} {address}".strip()


def course_said(occupation: str, level: int) -> str:
    """What a course leads to: "叉车吊车高级工" """
    return f"{label(occupation)}{LEVELS[level]}"


GLOBALS = {
    "rate": rate, "shifts_said": shifts_said, "paid_said": paid_said, "paid_by": paid_by, "extras": extras,
    "terms": terms, "closed_said": closed_said, "hours_of": hours_of, "town_name": town_name,
    "place_said": place_said, "shut_said": SHUT, "label": label,
    "brand_name": brand_name, "posting_states": STATES, "course_said": course_said, "outcomes_said": OUTCOMES,
    "brand_face": brand_face, "range_bar": range_bar,
}  # fmt: skip
"""Functions that templates call."""
