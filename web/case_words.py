"""Wage cases in plain words: for pages, messages and the papers for the arbitration office."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from web.filters import as_day, clock, day, minutes, moment, month_day, yuan
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.arrears.rules import Ground, Line, Missing, Owed, days_late
from zero_work_market.rights.disputes.models import Case, Claim, Step
from zero_work_market.rights.disputes.queries import Standing
from zero_work_market.rights.disputes.rules import Kind, Outcome, Procedure, Result, Stage

FOUR = ("立案", "调解", "仲裁", "结案")
STEPS_DONE = {Stage.FILED: 0, Stage.ACCEPTED: 1, Stage.MEDIATING: 1, Stage.HEARING: 2, Stage.CLOSED: None}
STAGES = {
    Stage.FILED: "快立：等立案", Stage.ACCEPTED: "快调：等约调解", Stage.MEDIATING: "快调：正在调",
    Stage.HEARING: "快审：在仲裁院", Stage.CLOSED: "快结：结了",
}  # fmt: skip
OUTCOMES = {
    Outcome.PAID: "钱到齐了", Outcome.SETTLED: "调成了", Outcome.AWARDED: "裁了", Outcome.WITHDRAWN: "都撤回了",
    Outcome.REFUSED: "不予受理",
}  # fmt: skip
PROCEDURES = {Procedure.SIMPLE: "简易程序", Procedure.ORDINARY: "普通程序"}
RESULTS = {Result.AGREED: "谈成了", Result.FAILED: "没谈成"}
HOWS = {
    "qr": "扫码打的卡", "spoken": "报 6 位数打的卡", "roll_call": "工头点的名", "offline": "没网时打的卡，后来传上来",
    "staff": "工作人员定的",
}  # fmt: skip
GROUNDS = {
    Ground.WAGE: "两边都认", Ground.DENIED: "单位说给了，没到", Ground.DISPUTED: "工时没谈拢",
    Ground.UNAGREED: "只有一边报了工时", Ground.UNRECORDED: "没人报工时",
}  # fmt: skip
MISSING = {
    Missing.ADDRESS: ("家里的详细住址", "到驿站把村名补上，或者交材料时手写。"),
    Missing.PHONE: ("你的手机号", "到驿站补上，仲裁院好找你。"),
    Missing.EMPLOYER_ADDRESS: ("单位的地址", "仲裁院能按信用代码查。"),
    Missing.AGREEMENT: ("用工约定", "没签过。招工信息、到岗记录也能证明你在这儿干。"),
    Missing.EMPLOYER_SIGNATURE: ("单位没签约定", "约定在，单位没签。到岗记录、工时也能证明。"),
    Missing.WORKER_SIGNATURE: ("你没签约定", "约定在，你还没签。不碍着要钱。"),
    Missing.ARRIVAL: ("到岗的记录", "有一班没打卡。有工友、照片、聊天记录，留好。"),
    Missing.HOURS: ("两边都认的工时", "有一班没对上数。按你说的、或者班次的钟点算的。"),
}  # fmt: skip
PLAIN = {Kind.ACCEPTED: "立案了", Kind.LIFTED: "摘了督办的牌"}
LINES = {"rounding": "分以下凑整", "paid": "已经到的"}


@dataclass(frozen=True)
class Names:
    """What the two sides are called: "你" and "单位", "申请人" and "被申请人". `dated`: days have their year."""

    worker: str
    employer: str
    dated: bool = False

    def day(self, text: str) -> str:
        """The local day of a date or moment in ISO text: "11 月 9 日"."""
        that = as_day(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text))
        return f"{that.year} 年 {month_day(that)}" if self.dated else month_day(that)


@dataclass(frozen=True)
class Told:
    """A step in words: what was done, by whom, and what was said; `pairs` are the parts of a mediation's record."""

    at: datetime
    title: str
    words: str
    pairs: tuple[tuple[str, str], ...] = ()


TO_WORKER = Names("你", "单位")


def facts_said(facts: Mapping[str, Any], names: Names) -> list[str]:
    """What a claim rests on, in order: agreement, coming and going, hours, pay."""
    said = [_agreement_said(facts["agreement"], names)]
    for shift in sorted(facts["shifts"], key=lambda one: str(one["start"])):
        said += _shift_said(shift, names)
    for wage in facts["wages"]:
        said += _wage_said(wage, names)
    return said


def line_said(line: Line) -> str:
    """A line of the sum: "11 月 20 日 08:00–12:00，4 小时", "已经到的"."""
    if line.shift is None:
        return LINES.get(line.kind, line.name)
    start, end = (datetime.fromisoformat(line.shift[name]) for name in ("start", "end"))
    return f"{month_day(start)} {clock(start)}–{clock(end)}，算 {minutes(line.shift['minutes'])}"


def basis_said(line: Line) -> str:
    return GROUNDS[Ground(line.shift["ground"])] if line.shift else ""


def missing_said(names: list[str]) -> list[tuple[str, str]]:
    return [MISSING[Missing(name)] for name in names]


def next_said(case: Case, now: datetime) -> str:
    """What the worker waits for, and until when."""
    until = f"最晚 {day(case.due_on, now)}"
    match case.stage:
        case Stage.FILED:
            return f"单位知道了。县里在看，{until}告诉你立不立案。"
        case Stage.ACCEPTED:
            return f"立案了。县里会约你们坐下来谈，{until}有个结果。"
        case Stage.MEDIATING:
            return f"{_call_said(case, now)}谈不成，{until}转到仲裁院。"
        case Stage.HEARING:
            return f"案子在仲裁院，{until}有结果。"
        case Stage.CLOSED:
            return f"{day(case.closed_at or now, now)}结的：{outcome_said(case)}。"


def outcome_said(case: Case) -> str:
    return OUTCOMES[case.outcome] if case.outcome else ""


def standing_said(standing: Standing, claim: Claim) -> str:
    """What was promised, and what has come since, of what was asked."""
    if standing.settled:
        return f"到齐了，{yuan(standing.came_fen)} 元"
    came = f"已到账 {yuan(standing.came_fen)} 元" if standing.came_fen else "还没到账"
    if claim.promised_fen is not None:
        return f"说好给 {yuan(claim.promised_fen)} 元，{came}"
    return came if standing.unagreed else f"{came}，还差 {yuan(standing.left_fen)} 元"


def told(case: Case, step: Step, now: datetime, *, names: Mapping[int, str], employer: str) -> Told:
    """A step in words; `names` of the claiming workers by claim."""
    who = names.get(step.claim_id or 0, "")
    pairs = tuple(_mediation_pairs(step, now, names)) if step.kind == Kind.MEDIATED else ()
    words = "" if step.kind == Kind.SUPERVISED else step.words
    return Told(step.at, _title(step, now, who, employer), words, pairs)


def _title(step: Step, now: datetime, who: str, employer: str) -> str:
    details = step.details
    match step.kind:
        case Kind.CLAIMED:
            return f"{who}要 {yuan(details['claim_fen'])} 元，短信告诉了单位"
        case Kind.SAID:
            return f"{who or employer}说"
        case Kind.CALLED:
            return f"{moment(datetime.fromisoformat(details['meet_at']), now)} 在{details['place']}调解，约好了"
        case Kind.MEDIATED:
            return f"{_near(details['held_on'], now)}调解，{RESULTS[Result(details['result'])]}"
        case Kind.REFERRED:
            return f"转到仲裁院，走{PROCEDURES[Procedure(details['procedure'])]}"
        case Kind.EXTENDED:
            return f"延期 {details['days']} 天"
        case Kind.CLOSED:
            promised = f"，说好给 {yuan(details['promised_fen'])} 元" if details["promised_fen"] else ""
            came = f"已到账 {yuan(details['recovered_fen'])} 元"
            return f"结案：{OUTCOMES[Outcome(details['outcome'])]}{promised}，{came}"
        case Kind.TAKEN_BACK:
            return f"{who}撤回了"
        case Kind.SUPERVISED:
            return f"挂牌督办：{_supervised_why(step)}"
        case _:
            return PLAIN[step.kind]


def supervised_said(case: Case) -> str:
    """Why a case is on the supervision list."""
    return _supervised_why([step for step in case.steps if step.kind == Kind.SUPERVISED][-1])


def _supervised_why(step: Step) -> str:
    counted = step.details
    return f"{counted['workers']} 个人告同一家，门槛 {counted['threshold']} 人" if counted else step.words


def _call_said(case: Case, now: datetime) -> str:
    calls = [step for step in case.steps if step.kind == Kind.CALLED]
    if not calls:
        return "正在调解。"
    meet_at, place = datetime.fromisoformat(calls[-1].details["meet_at"]), calls[-1].details["place"]
    return f"{moment(meet_at, now)} 在{place}坐下来谈，带上身份证。" if meet_at > now else "正在调解。"


def _mediation_pairs(step: Step, now: datetime, names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    details = step.details
    yield "地点", details["place"]
    yield "在场", details["present"]
    yield "工人说", details["worker_said"]
    yield "单位说", details["employer_said"]
    if details["result"] == Result.AGREED:
        sums = "；".join(f"{names.get(int(claim), '')} {yuan(fen)} 元" for claim, fen in details["sums"].items())
        yield "谈成", f"{sums}，{_near(details['pay_by'], now)}前给"


def _agreement_said(agreement: Mapping[str, Any] | None, names: Names) -> str:
    if agreement is None:
        return "没有签用工约定。"
    signed = agreement["signed"]
    number = f"用工约定 {agreement['number']}"
    if len(signed) == 2:
        return f"{number}，{names.day(max(signed.values()))}两边都签了。"
    lacking = [name for side, name in (("worker", names.worker), ("employer", names.employer)) if side not in signed]
    return f"{number}，{'、'.join(lacking)}没签。"


def _shift_said(shift: Mapping[str, Any], names: Names) -> Iterator[str]:
    mark, when = shift["mark"] or {}, names.day(shift["start"])
    if mark.get("arrived_at"):
        how = f"，{HOWS[mark['how']]}" if mark.get("how") else ""
        left = f"，{_clock(mark['left_at'])} 离开" if mark.get("left_at") else ""
        yield f"{when} {_clock(mark['arrived_at'])} 到岗{how}{left}。"
    else:
        yield f"{when} {_clock(shift['start'])}–{_clock(shift['end'])} 的班，没有到岗记录。"
    yield f"{when}：{_hours_said(shift, names)}。"


def _hours_said(shift: Mapping[str, Any], names: Names) -> str:
    said, long = shift["said"], minutes(shift["minutes"])
    match Ground(shift["ground"]):
        case Ground.DISPUTED:
            theirs = minutes(said["employer"])
            return f"{names.worker}说干了 {minutes(said['worker'])}，{names.employer}说 {theirs}，没谈拢"
        case Ground.UNAGREED if "worker" in said:
            return f"{names.worker}说干了 {long}，{names.employer}没回话"
        case Ground.UNAGREED:
            return f"{names.employer}说干了 {long}，{names.worker}还没回话"
        case Ground.UNRECORDED:
            return f"没人报工时，按 {long}算"
        case _:
            return f"干了 {long}，两边都认"


def _wage_said(wage: Mapping[str, Any], names: Names) -> Iterator[str]:
    days = names.day(wage["first"]) + ("" if wage["first"] == wage["last"] else f"到 {names.day(wage['last'])}")
    due = f"应发 {yuan(wage['net_fen'])} 元，{names.day(wage['due_on'])}前该给"
    yield f"{days}，一共 {minutes(wage['minutes'])}，{due}。"
    for payment in wage["payments"]:
        denied = f"，{names.worker}说没到" if payment["denied_at"] else ""
        yield f"{names.day(payment['on'])}，{names.employer}记了一笔 {yuan(payment['fen'])} 元{denied}。"
    yield f"{names.employer}还欠 {yuan(wage['net_fen'] - wage['paid_fen'])} 元。"


def _near(text: str, now: datetime) -> str:
    return day(date.fromisoformat(text), now)


def _clock(text: str) -> str:
    return clock(datetime.fromisoformat(text))


def owed_lamp(items: Sequence[Owed], today: date) -> tuple[str, str]:
    """Kind and words of the lamp over what is owed: "late" and "晚了 3 天，11 月 21 日就该给"."""
    first = items[0]
    if any(item.ground == Ground.DENIED for item in items):
        return "late", "单位说给了，你说没到"
    if any(item.ground == Ground.DISPUTED for item in items):
        return "late", "工时没谈拢，单位不认"
    if late := days_late(first.due_on, today=today):
        return "late", f"晚了 {late} 天，{month_day(first.due_on)}就该给"
    days = (first.due_on - today).days
    soon = days <= limit("pay_warning_days", today).value
    when = "今天是最后一天" if not days else f"{month_day(first.due_on)}前给，还有 {days} 天"
    return "soon" if soon else "ok", when


def item_said(item: Owed) -> str:
    """ "11 月 20 日，4 小时，两边都认" """
    days = month_day(item.first_day) + ("" if item.first_day == item.last_day else f"到 {month_day(item.last_day)}")
    return f"{days}，{minutes(item.minutes)}，{GROUNDS[item.ground]}"


def clock_lamp(case: Case, today: date) -> tuple[str, str]:
    """Kind and words of the lamp over a case's deadline."""
    left = (case.due_on - today).days
    if left < 0:
        return "late", f"超了 {-left} 天"
    soon = left <= limit("case_warning_days", today).value
    return "soon" if soon else "ok", f"还有 {left} 天" if left else "今天到期"
