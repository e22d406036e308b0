"""Numbers of people, ages, sex, working hours, board, lodging, days and contacts within a message, on plain values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from zero_work_market.market.layout.rules import Line, Vocabulary, clause
from zero_work_market.reference.seeking import quick

Value = TypeVar("Value")

AGE = r"(?:1[4-9]|[2-7][0-9])(?:\.[0-9]{1,2})?"
TENS = "[二三四五六七]?十[一二三四五六七八九]?"
NO_AGE = r"[0-9:]|\s?(?:元|块|/|小时|天|号|点|k|千|个|名|人|斤|公斤|kg)"
NOT_TAKEN = "(?:不要(?!紧)|勿扰|不收(?!任何|费|钱|押)|免谈|别来|不招|绕道|不行|除外)"
AGES = quick(
    rf"(?<![0-9.])(?<![0-9]:)(?P<low>{AGE})\s?(?:周?岁)?\s?(?:-{{1,3}}|到|至)\s?(?P<high>{AGE})(?!{NO_AGE})"
    rf"(?P<years>\s?周?[岁碎])?"
)
GLUED_AGES = quick(r"(?<![0-9])(?P<low>1[6-9]|2[0-9])(?P<high>[3-6][0-9])\s?周?岁")
MOST_AGE = quick(
    rf"(?:不超过?|不得超过?|不要超过|卡[到在]|小于|低于|最大|上限|<|≤|最高|(?<!不)限|不能超过?|别超过?|不超)\s?(?P<before>{AGE})"
    rf"\s?(?:周?岁|(?=[,;。\s的]|$))|"
    rf"(?:超过|过了?|大于)\s?(?P<beyond>{AGE})\s?周?岁?(?:的|以上)?{NOT_TAKEN}|"
    rf"(?<![0-9.-])(?P<from_on>{AGE})\s?周?岁?\s?以上的?{NOT_TAKEN}|男(?P<by_sex>[3-6][0-9])[,、/\s]?女[3-6][0-9]|"
    rf"(?<![0-9.-])(?P<after>{AGE})\s?(?:周?岁)?\s?(?:\(含\))?(?:及)?"
    rf"(?:以下(?!的?{NOT_TAKEN})|以内|之内|往下|封顶|之下|下(?![午班以])|内(?=[,;。\s]|$))|"
    rf"(?P<han>{TENS})周?岁(?:及)?(?:以下|以内|之内|往下|封顶)"
)
LEAST_AGE = quick(
    rf"(?:年?满|大于|>|≥|至少|最小|不低于)\s?(?P<before>{AGE})\s?周?岁|"
    rf"(?<![0-9.-])(?P<after>{AGE})\s?周?岁\s?(?:及)?(?:以上(?!的?{NOT_TAKEN})|起|往上|\+)|"
    rf"(?:不够|不到|[未不没]满|没到|小于|低于)\s?(?P<under>1[68])\s?周?岁?(?:以下)?的?(?:一律|都|就)?{NOT_TAKEN}|"
    rf"(?<![不未])满\s?(?P<full>1[68])(?=[^0-9.元天个月日小人名]|$)|"
    rf"(?<![0-9.-])(?P<bare>1[68])\s?(?:以上|往上)(?=[,;。\s]|都|就|即|均|男女|$)|(?P<han>{TENS})周?岁(?:及)?(?:以上|起)"
)
BORN = re.compile(
    r"(?:最大|年龄)?[^0-9\n,;。]{0,3}(?<![0-9])(?P<year>(?:19[4-9][0-9])|[5-9][0-9])年"
    r"(?:全年|以后|之后|后|前|的|接受|出生|生|内|\s|,|。|\)|$)"
)
AGE_NEAR = re.compile(r"年龄|龄|岁|男|女|要求")
HAN_AGE = quick(rf"(?P<low>{TENS})(?:周?岁)?(?:-|到|至)(?P<high>{TENS})周?岁")
USUAL_LEAST, USUAL_MOST = range(16, 26), range(30, 66)
WAGE_BEFORE = re.compile(r"(?:[薪资价入得遇]|(?<!小)时)\s?:?\s?$")
ON_TO_AGES = (*"限要收招龄",)
AFTER_AGES = re.compile(r"$|[,;。、() |男女的]|之间|左右|以内|优先|身体|都|就")
BREAKS = ("", ",", ";", "。", "、", "(", ")", " ", "|")
HAN = {one: value for value, one in enumerate("零一二三四五六七八九")} | {"两": 2}
MOST_HEADCOUNT = 500
FIGURE = re.compile(r"\s?(?P<number>[1-9][0-9]{0,2})(?:[个名人位]|$|[\s,;。])")

HOUR = (
    r"(?P<{0}part>凌晨|清早|清晨|早晨|早间|早上?|上午|中午|午间|晌午|后晌|下午|午后|傍晚|晚间|晚上?|夜里|夜间|夜晚|夜(?!班)|次日(?:早上?|凌晨)?|第二天早?上?|明早|翌日)?\s?"
    r"(?P<{0}h>[01]?[0-9]|2[0-4]|(?:二?十[一二三四]?|[一二两三四五六七八九])(?=[点时]))(?:\s?:\s?(?P<{0}m>[0-5][0-9])|\s?[点时](?P<{0}half>半|三十|[0-5][0-9]分?)?整?)?"
)
HOURS = quick(
    r"(?<![0-9.])(?<![0-9]:)"
    + HOUR.format("a")
    + r"(?:\s?(?:-{1,3}|(?:干|上|做|工作)?(?:到|至))\s?|(?=[0-2][0-9]:[0-5][0-9])|\s?(?=[早晚])"
    + r"|\s?(?P<begun>上班|上工|出工|开工|开始|开门|上山|下地|进场|干活)[,、\s]{0,2})"
    + HOUR.format("b")
    + r"(?(begun)(?=\s?(?:下班|下工|收工|下山|放工|结束|回家|完工|打烊|关门)))"
    + r"(?![0-9:]|\s?(?:周?岁|元|块|人|名|k|千|%|天|个|号|月(?!休)|小时|h|/(?!\s?[0-9])|万))"
)
HAN_HOURS = re.compile(
    r"早(?P<a>[五六七八九十]{1,2})(?:点|半)?(?:-|到|至|\s)?晚(?P<b>[五六七八九十]{1,2})(?:点)?(?P<half>半)?"
)
ALSO = re.compile(r"\s?[、/,;和及]\s?(?:[早中晚夜白]班?)?\s?")
HOURS_NEAR = re.compile(r"上班|作息|时间|班:?$|班次|早班|工作")
AFTERNOON = ("下午", "午后", "后晌", "傍晚", "晚", "晚上", "晚间", "夜里", "夜间", "夜晚", "夜")
NOON, EARLIEST = ("10:00", "13:00"), 9
NEAR_HOURS, SAME_CLAUSE = 14, 3

LENGTH = (
    r"(?:(?P<{0}hours>[0-3](?:\.[0-9]{{1,2}})?|[一两二三])\s?个?(?P<{0}half>半)?\s?(?:小时|钟头?|h(?![a-z]))(?P<{0}more>半)?"
    rf"|(?P<{{0}}only>半)\s?个?(?:小时|钟头?|h(?![a-z]))|(?P<{{0}}minutes>[1-9][0-9]{{{{1,2}}}}|{TENS})\s?(?:分钟|分(?!之)))"
)
CLOCK = r"(?P<{0}h>[012]?[0-9])(?:\s?:\s?(?P<{0}m>[0-5][0-9])|[点时](?P<{0}half>半)?)"
MEAL = "午休|吃饭|用餐|就餐|午餐|午饭|中饭|中餐"
BREAK = quick(
    rf"(?:中午|午间|中间|中途|期间)?(?:{MEAL}|休息|歇|(?<=中午|午间|中间)休)(?:[和及、加]?(?:休息|午休))?(?:时间)?[约有共为:(\s]{{0,3}}"
    + rf"(?:{LENGTH.format('a')}|{CLOCK.format('c')}\s?(?:-{{1,3}}|到|至)\s?{CLOCK.format('d')})"
    + rf"|(?<![0-9.]){LENGTH.format('b')}的?(?:{MEAL}|休息时间)"
)
EACH = re.compile(r"每隔?[0-9一两二三]{0,2}个?(?:小时|钟头|节课?)[^,;。\n]{0,2}$")
SHORTEST_BREAK, LONGEST_BREAK = 15, 180

DAY = quick(
    r"(?<![0-9.])(?P<year>20[0-9]{2}\s?[年/.-]\s?)?(?P<month>1[0-2]|0?[1-9])\s?(?:月|(?P<mark>[./-]))\s?"
    r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?![0-9.])(?P<day_mark>\s?[号日])?"
)
LAST_DAY = re.compile(
    r"\s?(?:-{1,3}|到|至)\s?(?:(?P<month>1[0-2]|0?[1-9])\s?[月./]\s?)?(?P<day>3[01]|[12][0-9]|0?[1-9])\s?[号日]"
)
MOST_DAYS = 31
SOON = re.compile(r"今天|今日|当天(?=[^,;。]{0,4}(?:上班|日结|夜班|白班))|明天|明日|后天|大后天")
AHEAD = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}


@dataclass(frozen=True, slots=True)
class Said(Generic[Value]):
    """A value, the words that it was read from, `text[start:end]`, and how sure the reading is, 0…1."""

    value: Value
    start: int
    end: int
    confidence: float


def ages(
    text: str, lines: Sequence[Line], words: Vocabulary, on: date
) -> tuple[Said[float] | None, Said[float] | None]:
    """The least and the greatest age, the widest of all that are said."""
    found: list[tuple[float | None, float | None, int, int]] = []
    for line in lines:
        found += _ages(text, line, words, on)
    lows = [Said(low, start, end, 0.9) for low, _, start, end in found if low is not None]
    highs = [Said(high, start, end, 0.9) for _, high, start, end in found if high is not None]
    return min(lows, key=lambda one: one.value, default=None), max(highs, key=lambda one: one.value, default=None)


def _ages(text: str, line: Line, words: Vocabulary, on: date) -> Iterator[tuple[float | None, float | None, int, int]]:
    def guarded(one: re.Match[str]) -> bool:
        start, end = clause(text, one.start(), line, words)
        told = text.endswith(("男女", "年龄", "年龄:"), start, one.start())
        return (
            (not told and words["age_guard"].search(text, start, min(end, one.start() + 20)) is not None)
            or (one.re is not AGES and words["cares"].search(text[start : one.start()]) is not None)
            or words["cared"].match(text, one.end(), line.end) is not None
        )

    for pattern in (AGES, GLUED_AGES, HAN_AGE):
        for one in pattern.finditer(text, line.start, line.end):
            low, high = (_age(one[name]) for name in ("low", "high"))
            near = text[max(line.start, one.start() - 10) : min(line.end, one.end() + 4)]
            sure = pattern is not AGES or one["years"] or AGE_NEAR.search(near + line.label)
            usual = low in USUAL_LEAST and high in USUAL_MOST and _stands_alone(text, one, line)
            if (sure or usual) and low < high and not guarded(one):
                yield low, high, *one.span()
    for one in MOST_AGE.finditer(text, line.start, line.end):
        near = text[max(line.start, one.start() - 8) : one.end()]
        told = any(sign in near + line.label for sign in ("岁", "龄", "年纪")) or text[
            line.start : one.start()
        ].rstrip()[-1:] in ("男", "女")
        if (told or _stands_alone(text, one, line)) and not guarded(one):
            yield None, _age(one[one.lastgroup or 0]), *one.span()
    for one in LEAST_AGE.finditer(text, line.start, line.end):
        if not guarded(one):
            yield _age(one[one.lastgroup or 0]), None, *one.span()
    for one in BORN.finditer(text, line.start, line.end):
        year = int(one["year"]) + (1900 if len(one["year"]) == 2 else 0)
        if any(near in line.label + one[0] for near in ("最大", "年龄", "全年", "后")) and year < on.year - 30:
            yield None, float(on.year - year), *one.span()


def _stands_alone(text: str, one: re.Match[str], line: Line) -> bool:
    before = text[max(line.start, one.start() - 6) : one.start()]
    apart = before.endswith(" ") and not WAGE_BEFORE.search(before)
    led = apart or before.rstrip(" ")[-1:] in (*BREAKS, *ON_TO_AGES)
    return led and AFTER_AGES.match(text, one.end(), line.end) is not None


def _age(written: str) -> float:
    if written[0].isdecimal():
        return float(written)
    tens, _, ones = written.partition("十")
    return float(HAN.get(tens, 1) * 10 + HAN.get(ones, 0))


def sex(text: str, lines: Sequence[Line], words: Vocabulary) -> Said[str] | None:
    """ "male", "female" or "any", where it is said; of limits for each sex, none."""
    seen: dict[str, Said[str]] = {}
    meanings = (("any_sex", "any"), ("men_out", "female"), ("women_out", "male"), ("men", "male"), ("women", "female"))
    taken: list[tuple[int, int]] = []
    for name, value in meanings:
        for line in lines:
            for one in words[name].finditer(text, line.start, line.end):
                of_age = "龄" in line.label and not ("男" in one[0] or "女" in one[0])
                if of_age or any(one.start() < end and start < one.end() for start, end in taken):
                    continue
                taken.append(one.span())
                seen.setdefault(value, Said(value, *one.span(), 0.9))
    if "any" in seen:
        return seen["any"]
    return next(iter(seen.values())) if len(seen) == 1 else None


def headcount(text: str, lines: Sequence[Line], words: Vocabulary) -> Said[int] | None:
    for line in lines:
        if line.agents:
            continue
        if words["people_label"].search(line.label) and (told := FIGURE.match(text, line.body, line.end)):
            return Said(int(told["number"]), *told.span("number"), 0.9)
        for name in ("people", "people_han"):
            for one in words[name].finditer(text, line.start, line.end):
                number = _count(one[one.lastgroup or 0])
                if 0 < number <= MOST_HEADCOUNT and not words["age_guard"].search(text[one.start() : one.end()]):
                    return Said(number, one.start(one.lastgroup or 0), one.end(), 0.8)
    return None


def _count(written: str) -> int:
    return int(_age(written)) if written[0].isdecimal() or "十" in written else HAN[written[0]]


def hours(text: str, lines: Sequence[Line], words: Vocabulary) -> list[Said[str]]:
    """Working hours as "08:30-20:30", each once. Twelve hours by the clock in two shifts stand for both."""
    found: dict[str, Said[str]] = {}
    for line in lines:
        morning, last = False, line.start
        matches = [*HOURS.finditer(text, line.start, line.end), *HAN_HOURS.finditer(text, line.start, line.end)]
        for one in sorted(matches, key=lambda each: each.start()):
            before = text[max(line.start, one.start() - NEAR_HOURS) : one.start()]
            own = re.split(r"[,;。\s(]", before)[-1] or before
            after = re.split(r"[,;。\s]", text[one.end() : min(line.end, one.end() + 4)])[0]
            if any(words["not_hours"].search(near) for near in (line.label, own, after)):
                continue
            listed = last > line.start and ALSO.fullmatch(text, last, one.start()) is not None
            for shift in _shifts(text, one, line, own, words, listed=listed):
                last = one.end()
                shift = _of_afternoon(shift) if morning and one.re is HOURS and not one["apart"] else shift
                morning = NOON[0] <= shift.split("-")[1] <= NOON[1]
                found.setdefault(shift, Said(shift, *one.span(), 0.9))
    return list(found.values())


def _of_afternoon(shift: str) -> str:
    """Hours after those of a morning, said by twelve: 1 点半到 6 点."""
    start, end = ((int(time[:2]), time[2:]) for time in shift.split("-"))
    is_late = start[0] < end[0] < EARLIEST
    return f"{start[0] + 12:02}{start[1]}-{end[0] + 12:02}{end[1]}" if is_late else shift


def _shifts(
    text: str, one: re.Match[str], line: Line, before: str, words: Vocabulary, *, listed: bool
) -> Iterator[str]:
    """`listed`: it stands right behind hours that were told to be such."""
    if one.re is HAN_HOURS:
        start, end = int(_age(one["a"])) if "十" in one["a"] else HAN[one["a"][-1]], 0
        end = (int(_age(one["b"])) if "十" in one["b"] else HAN[one["b"][-1]]) + 12
        half = "30" if one["half"] else "00"
        yield f"{start:02}:00-{end:02}:{half}"
        if end == start + 12 and words["two_shifts"].search(text, one.end(), min(line.end, one.end() + 6)):
            yield f"{end:02}:{half}-{start:02}:00"
        return
    exact = any(one[name] for name in ("am", "bm")) or "点" in one[0] or "时" in one[0]
    after = text[one.end() : min(line.end, one.end() + 6)]
    two = words["two_shifts"].search(after) or words["two_shifts"].search(before)
    told = (
        exact
        or listed
        or one["apart"]
        or one["bpart"]
        or two
        or words["three_shifts"].search(before)
        or HOURS_NEAR.search(before + line.label)
    )
    if not told:
        return
    night = bool(words["night"].search(before)) or (one["apart"] or "") in ("晚", "晚上", "夜")
    first, last = _minutes(one, "a"), _minutes(one, "b")
    if night and first <= 12 * 60 and not one["apart"] and first >= 5 * 60 and last <= 12 * 60:
        first += 12 * 60
    if (one["apart"] or "") in AFTERNOON and first < 12 * 60:
        first += 12 * 60
    if not one["apart"] and first < last <= 12 * 60 and first <= 6 * 60 and words["evening"].search(before):
        first, last = first + 12 * 60, last + 12 * 60
    evening = (one["bpart"] or "") in AFTERNOON
    from_noon = (one["apart"] or "") in AFTERNOON
    by_day = not night and not one["bpart"] and last <= first < last + 12 * 60 and (from_noon or first < 13 * 60)
    if last < 12 * 60 and (evening or by_day):
        last += 12 * 60
    yield f"{_clock(first)}-{_clock(last)}"
    if two and (last - first) % (24 * 60) == 12 * 60 and not exact:
        yield f"{_clock(last)}-{_clock(first)}"


def _minutes(one: re.Match[str], end: str) -> int:
    half = one[f"{end}half"] or ""
    minutes = 30 if half in ("半", "三十") else int(re.sub(r"\D", "", half) or one[f"{end}m"] or 0)
    return _count(one[f"{end}h"]) * 60 + minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def break_said(text: str, lines: Sequence[Line], words: Vocabulary) -> Said[int] | None:
    """Minutes of the break within the working hours, where they are said: 中午休息1小时. One that is paid is none."""
    for line in lines:
        for one in BREAK.finditer(text, line.start, line.end):
            start, end = clause(text, one.start(), line, words)
            told = words["break_paid"].search(text, start, max(end, min(line.end, one.end() + 6)))
            minutes = _length(one)
            if SHORTEST_BREAK <= minutes <= LONGEST_BREAK and not told and not EACH.search(text, start, one.start()):
                return Said(minutes, *one.span(), 0.9)
    return None


def _length(one: re.Match[str]) -> int:
    if one["ch"]:
        start, end = (_minutes(one, side) for side in "cd")
        return (end - start) % (12 * 60)
    side = "a" if any(one[f"a{name}"] for name in ("hours", "only", "minutes")) else "b"
    if one[f"{side}minutes"]:
        return _count(one[f"{side}minutes"])
    hours = one[f"{side}hours"] or "0"
    half = any(one[f"{side}{name}"] for name in ("half", "more", "only"))
    return round(60 * float(hours if hours[0].isdecimal() else HAN[hours])) + 30 * half


def offered(text: str, lines: Sequence[Line], words: Vocabulary, what: str) -> Said[bool] | None:
    """Whether `what`, "meals" or "lodging", is given; None if nothing is said of it."""
    yes, no, priced = (
        next((one for line in lines for one in words[f"{what}_{name}"].finditer(text, line.start, line.end)), None)
        for name in ("yes", "no", "priced")
    )
    no = no or (None if yes else priced)
    if yes and no and words[f"{what}_partly"].search(text, max(no.start() - 3, 0), no.end()):
        no = None
    by_label = [line for line in lines if words[f"{what}_label"].search(line.label)] if not (yes or no) else []
    for line in by_label:
        withheld = words["withheld"].match(text, line.body, line.end)
        given = not withheld and words["given"].search(text, line.body, line.end)
        return Said(bool(given), line.start, line.end, 0.7)
    if no and not (yes and (yes.end() <= no.start() and no.start() - yes.end() > SAME_CLAUSE)):
        return Said(False, *no.span(), 0.9)
    return Said(True, *yes.span(), 0.9) if yes else None


def days_said(
    text: str, lines: Sequence[Line], words: Vocabulary, on: date, *marks: str
) -> list[tuple[bool, Said[tuple[int, int]]]]:
    """Each (month, day) of the work, the interview or the departure, and whether it is called the first. `marks`: with
    which of these alone (12.4) a day may be written."""
    found: list[tuple[bool, Said[tuple[int, int]]]] = []
    for line in lines:
        for one in DAY.finditer(text, line.start, line.end):
            if one["mark"] and not (one["day_mark"] or one["year"] or one["mark"] in marks):
                continue
            start, end = clause(text, one.start(), line, words)
            if words["not_start"].search(text, start, end) or words["not_start"].search(line.label):
                continue
            first = bool(words["start_before"].search(text, start, end) or words["start_before"].search(line.label))
            found.append((first, Said((int(one["month"]), int(one["day"])), *one.span(), 0.9 if first else 0.6)))
        for soon in SOON.finditer(text, line.start, line.end):
            day = on + timedelta(days=AHEAD.get(soon[0], 0))
            found.append((False, Said((day.month, day.day), *soon.span(), 0.5)))
    return found


def days(text: str, first: Said[tuple[int, int]] | None, *, on: date) -> Said[int] | None:
    """How many days the work takes, where the first day is said together with the last: 12月2号-12月4号."""
    last = LAST_DAY.match(text, first.end) if first else None
    if not first or not last:
        return None
    month, day = first.value
    try:
        begins, until = date(on.year, month, day), int(last["month"] or month)
        ends = date(on.year + (until < month), until, int(last["day"]))
    except ValueError:
        return None
    number = (ends - begins).days + 1
    return Said(number, first.start, last.end(), 0.8) if 1 < number <= MOST_DAYS else None


def contact(text: str, lines: Sequence[Line], words: Vocabulary) -> Said[str] | None:
    for line in lines:
        for one in words["phone"].finditer(text, line.start, line.end):
            return Said(one[0], *one.span(), 0.9)
    return None


def longest_day(text: str, lines: Sequence[Line], words: Vocabulary) -> float:
    """The most hours a day that are said outright; 0 if none are."""
    found = (one for line in lines for one in words["hours_a_day"].finditer(text, line.start, line.end))
    return max((float(one["b"] or one["a"]) for one in found if float(one["b"] or one["a"]) <= 24), default=0.0)
