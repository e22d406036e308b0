"""Wages within a message, on plain values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from zero_work_market.market.layout.rules import Line, Vocabulary, clause

AMOUNT = (
    r"(?P<{0}>[0-9]{{1,3}},[0-9]{{3}}|[0-9]{{1,{1}}}(?:\.[0-9]{{1,2}})?)(?![0-9{2}])"
    r"\s?(?P<{0}_scale>[万千百kw](?![a-z]))?"
)
NUMBER = re.compile(
    r"(?<![0-9.a-z])(?:(?<![0-9]:)|(?=[0-9]{3}))"
    + AMOUNT.format("low", 8, "")
    + r"(?(low_scale)(?P<half>半|[1-9](?=[^0-9.万千]))?)"
    + r"(?:块(?P<tenths>[1-9])(?![0-9])|毛(?P<hundredths>[1-9])(?![0-9]))?"
    + r"(?:\s?(?:元|块)?\s?(?:-{1,3}|到|至)\s?"
    + AMOUNT.format("high", 6, ":")
    + ")?"
)
HAN_NUMBER = re.compile(
    r"(?<![零一二两三四五六七八九十百千万])[一二两三四五六七八九][十百千万][零一二三四五六七八九十百千半]{0,6}(?=元|块|一[天月个]|/|多|[,;。\s]|$)"
)
HAN_RANGE = re.compile(
    r"(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])(?P<scale>[十百千万])(?=元|块|一[天月个]|/|左右|[,;。\s]|$)"
)
HAN_TENTHS = re.compile(
    r"(?P<fen>[一二两三四五六七八九])分(?=钱)|(?P<tenths>[一二两三四五六七八九])毛(?P<hundredths>[一二两三四五六七八九])?(?=钱|\s?(?:一|每|/)|[,;。\s]|$)"
)
TAIL = re.compile(
    r"\s{0,2}(?:\+(?![每一])|以上|左右|多|起|余)?\s?(?P<money>元|块钱?|圆|¥|￥|rmb|毛|角|分钱?(?![拣钟之类割]))?"
    r"\s?(?:钱|左右|以上|起步?|不等|人民币)?\s?[(（]?"
    r"(?:(?P<per>/|每|一|1(?=个?(?:小时|天|月))|个|p|包(?=[月夜晚天]))?\s?个?\s?"
    r"(?P<unit>小时|钟头?(?![点表])|工时|h(?![a-z])|时(?![间段])|天|日(?!结)|d(?![a-z])|月|m(?![a-z0-9])|年(?![龄纪])|上午|下午|半天|班(?![次组0-9])|晚(?![班上0-9])|夜(?![班里间0-9])|"
    r"宿|场|单|件|个(?!人|月|钟|小时|工)|只|票|公斤|斤|吨|箱|车(?!票|费|补|贴)|平方米?|平米?|亩|垧|方|立方|块|双|套|盒|袋|包|棵|株|趟|根|片|张|桶|筐|篓|捆|板|串|垄|行|米|头|枚|把|间|台|户|桌|人次))?"
)
UNITS = {
    "小时": "hour", "钟头": "hour", "钟": "hour", "工时": "hour", "h": "hour", "时": "hour",
    "天": "day", "日": "day", "d": "day", "宿": "day",
    "月": "month", "m": "month", "年": "year", "班": "shift", "晚": "shift", "夜": "shift", "场": "shift",
    "上午": "shift", "下午": "shift", "半天": "shift",
}  # fmt: skip
LABELS = ("hour", "day", "month", "shift", "year", "piece")
PLAUSIBLE = {
    "hour": (6, 200), "day": (40, 2_000), "shift": (40, 2_000), "month": (800, 60_000), "year": (12_000, 1_000_000),
    "piece": (0.005, 2_000),
}  # fmt: skip
SCALES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "百": 100}
HAN = (HAN_NUMBER, HAN_RANGE, HAN_TENTHS)
HAN_DIGITS = {one: value for value, one in enumerate("零一二三四五六七八九")} | {"两": 2}
HAN_PLACES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
OF_A_DAY = re.compile(r"\s?(?:元|块)?\s?/\s?[0-9]{1,2}(?:\.5)?\s?个?(?:小时|h|工时)")
"""A day by its hours: 160/8h."""
LEAST_ROUND = 100
LEAST_OF_WORKERS = {"hour": 10, "day": 80, "shift": 80, "month": 1_500, "year": 12_000}
LEAST_OF_SHIFTS, SPAN = 13, re.compile(r"\s?[-:点到至]")
WAGE_RIGHT_BEFORE = re.compile(r"[薪价资时元入得]\s?:?\s?$")
SEX_BEFORE = re.compile(r"[男女龄](?=\s?:?\s?$)")
NEXT_SAYS = re.compile(r"\s(?:一|每|1)个?[^\s]{1,3}$")
"""An amount that has its unit already and then a blank: 一单 5 元 一天 200."""
BEFORE = 18
SURE, LIKELY, GUESSED = 0.95, 0.8, 0.5
MOST_WAGES = 12
AGES = range(16, 26), range(30, 66)
ROUGHLY = ("左右", "以上", "起", "+", "多", "往上", "上下", "出头", "打底", "不等")


@dataclass(frozen=True, slots=True)
class Wage:
    """So many yuan, from `low` to `high`, for a unit: hour, day, month, shift, year or piece."""

    low: float
    high: float
    unit: str
    start: int
    end: int
    confidence: float

    @property
    def key(self) -> tuple[float, float, str]:
        return self.low, self.high, self.unit


@dataclass(frozen=True, slots=True)
class _Number:
    low: float
    high: float
    start: int
    end: int


def wages(text: str, lines: Sequence[Line], words: Vocabulary) -> list[Wage]:
    """Each wage once, in the text's order. What is only likely one counts where nothing surer is said."""
    found: list[Wage] = []
    for line in lines:
        found += _of_line(text, line, words)
    sure = [one for one in found if one.confidence > GUESSED]
    kept: dict[tuple[float, float, str], Wage] = {}
    for one in sure or found:
        kept.setdefault(one.key, one)
    return list(kept.values())[:MOST_WAGES]


def _of_line(text: str, line: Line, words: Vocabulary) -> Iterator[Wage]:
    last: Wage | None = None
    for number in _numbers(text, line):
        wage = _wage(text, number, line, words)
        if wage is None and last is not None and re.fullmatch(r"[\s/、]{1,3}", text[last.end : number.start]):
            wage = replace(last, low=number.low, high=number.high, start=number.start, end=number.end)
            wage = (
                wage
                if _plausible(wage)
                and number.low >= last.low / 2
                and not _are_ages(number)
                and _ends(text, number, line)
                else None
            )
        last = wage
        if wage is not None:
            yield wage


def _are_ages(number: _Number, before: str = "") -> bool:
    usual = number.low in AGES[0] and number.high in AGES[1]
    return usual or (SEX_BEFORE.search(before) is not None and AGES[0][0] <= number.low < number.high <= AGES[1][-1])


def _ends(text: str, number: _Number, line: Line) -> bool:
    return number.end >= line.end or not (text[number.end].isalnum() or text[number.end] == ":")


def _wage(text: str, number: _Number, line: Line, words: Vocabulary) -> Wage | None:
    start, end = clause(text, number.start, line, words)
    before = text[max(start, number.start - BEFORE) : number.start]
    after = text[number.end : end]
    tail = TAIL.match(text, number.end, min(line.end, number.end + 24))
    money, per, unit_word = (tail["money"], tail["per"], tail["unit"]) if tail else (None, None, None)
    if OF_A_DAY.match(after):
        unit_word = per = "天"
    if number.low == number.high and SPAN.search(text, number.start, number.end):
        return None
    if tail and unit_word and not _is_of_order(number.low, UNITS.get(unit_word, "piece")) and "(" in tail[0]:
        unit_word = None
    if unit_word and not (money or (per and per != "个")):
        if unit_word in UNITS and not text.startswith("  " if number.low < LEAST_ROUND else " ", number.end):
            return None
        unit_word = None
    of_month = number.low >= PLAUSIBLE["month"][0] and words["month_after"].match(after) is not None
    label = _label(before, line, words) or ("month" if of_month else None)
    if label in (None, "piece") and number.low == number.high >= LEAST_OF_SHIFTS and words["shift_wage"].search(before):
        label = label if SPAN.match(after) else "any"
    if label is None and words["height"].match(text, number.start, end):
        return None
    if unit_word and label in LABELS and NEXT_SAYS.search(text, number.end, tail.end() if tail else number.end):
        unit_word = None
    taken = words["not_wage_after"].match(after) and not words["next_amount"].match(after)
    if taken or any(words[name].search(before) for name in ("not_wage_before", "output_before")):
        return None
    if not money and not unit_word and words["not_money_after"].match(after):
        return None
    evidently = unit_word in UNITS and number.low >= LEAST_OF_WORKERS[UNITS[unit_word]]
    if _of_agents(text, number, start, end, line, words, evidently=evidently):
        return None
    if not (money or unit_word or WAGE_RIGHT_BEFORE.search(before)) and _are_ages(number, before):
        return None
    unit = UNITS.get(unit_word, "piece") if unit_word else label
    evident = bool(unit_word) or label is not None
    if not unit or unit == "any":
        unit = _likely_unit(number.low, number.high)
    if unit is None or not (evident or money or _alone(text, number, unit, line, words)):
        return None
    low, high = _scaled(number, unit, money)
    end_of_it = tail.end() if tail and (money or unit_word) else number.end
    confidence = SURE if unit_word else LIKELY if evident or (money and low < high) else GUESSED
    wage = Wage(low, high, unit, number.start, end_of_it, confidence)
    if not unit_word and low > PLAUSIBLE[unit][1]:
        wage = replace(wage, unit=_likely_unit(low, high) or unit)
    return wage if _plausible(wage) else None


def _alone(text: str, number: _Number, unit: str, line: Line, words: Vocabulary) -> bool:
    """Whether a figure without 元 and unit is pay all the same: a range or a round sum of a month's size, thousands by
    their word, or, where pay is by the day, a day's, each standing by itself or behind a title."""
    if unit == "month" and (number.low < number.high or not text[number.start : number.end].isdecimal()):
        return True
    before, after = text[line.start : number.start][-8:], text[number.end : line.end]
    apart = not before or words["alone"].match(before[-1]) is not None or words["word_alone"].search(before) is not None
    ends = not after or words["alone"].match(after) is not None or after.startswith(("(", *ROUGHLY))
    if unit == "month":
        return number.low % 100 == 0 and (after.startswith(ROUGHLY) or (apart and ends))
    return unit == "day" and number.low % 5 == 0 and apart and ends


def _label(before: str, line: Line, words: Vocabulary) -> str | None:
    """The unit that the nearest label before the number says; "any" for a wage's label that says none."""
    nearest: tuple[int, str] | None = None
    for place in (before, line.label):
        for unit in LABELS:
            for found in words[f"{unit}_label"].finditer(place):
                nearest = max(nearest or (-1, ""), (found.end(), unit))
        if nearest:
            return nearest[1]
        if words["any_wage_label"].search(place):
            return "any"
    return None


def _of_agents(
    text: str, number: _Number, start: int, end: int, line: Line, words: Vocabulary, *, evidently: bool
) -> bool:
    """`evidently`: what agents are said to get after a blank doesn't concern it, so much a wage it is."""
    own = words["wage_label"].search(text, max(start, number.start - BEFORE), number.start)
    if line.agents and not own:
        return True
    said = words["agents_said"].search(text, start, min(end, number.end + 16))
    if said is None or (evidently and " " in text[number.end : said.start()]):
        return False
    return own is None or (said.start() > own.start() and said.start() < number.end)


def _likely_unit(low: float, high: float) -> str | None:
    for unit, (least, most) in (("hour", (8, 80)), ("day", (90, 800)), ("month", (1_500, 40_000))):
        if least <= low <= high <= most:
            return unit
    return None


def _scaled(number: _Number, unit: str, money: str | None) -> tuple[float, float]:
    tenth = {"毛": 10, "角": 10, "分": 100, "分钱": 100}.get(money or "", 1)
    low, high = number.low / tenth, number.high / tenth
    if unit == "month" and high < 100 and not number.low * 1000 > PLAUSIBLE["month"][1]:
        return low, high
    return round(low, 4), round(high, 4)


def _plausible(wage: Wage) -> bool:
    return wage.low <= wage.high and all(_is_of_order(end, wage.unit) for end in (wage.low, wage.high))


def _is_of_order(amount: float, unit: str) -> bool:
    least, most = PLAUSIBLE[unit]
    return least <= amount <= most


def _numbers(text: str, line: Line) -> Iterator[_Number]:
    """Amounts and ranges of them in a line; two figures that lost what stood between them are a range again."""
    found = [
        *((one.start(), one) for one in NUMBER.finditer(text, line.start, line.end)),
        *((one.start(), one) for han in HAN for one in han.finditer(text, line.start, line.end)),
    ]
    for _, match in sorted(found, key=lambda each: each[0]):
        if match.re in HAN:
            low, high = _han_amounts(match)
            if low <= high:
                yield _Number(low, high, match.start(), match.end())
            continue
        low, high = _amounts(match)
        end = match.start() + len(match[0].rstrip())
        if match["half"] and not (match["high"] or match["tenths"] or match["hundredths"]):
            end = match.start("half") + 1
        if low <= high or not match["high"]:
            yield _Number(low, high, match.start(), end)
        else:
            yield _Number(low, low, match.start(), match.end("low"))


def _amounts(match: re.Match[str]) -> tuple[float, float]:
    written, high_written = match["low"].replace(",", ""), (match["high"] or "").replace(",", "")
    low_scale, high_scale = SCALES.get(match["low_scale"] or "", 1), SCALES.get(match["high_scale"] or "", 1)
    low = float(written) * low_scale
    if match["half"] and low_scale > 1 and not high_written:
        low += low_scale / 2 if match["half"] == "半" else float(match["half"]) * low_scale / 10
    if match["tenths"]:
        low += float(match["tenths"]) / 10
    if match["hundredths"]:
        return (low / 10 + float(match["hundredths"]) / 100,) * 2
    if high_written:
        high = float(high_written) * high_scale
        if low_scale == 1 and high_scale > 1 and low < high / 100:
            low *= high_scale
        elif high_scale == 1 and low_scale > 1 and high < low:
            high *= low_scale
        return low, high
    if "." not in written and low_scale == 1 and len(written) in (6, 8):
        first, second = float(written[: len(written) // 2]), float(written[len(written) // 2 :])
        if first < second <= 2.5 * first:
            return first, second
    return low, low


def _han_amounts(match: re.Match[str]) -> tuple[float, float]:
    if match.re is HAN_RANGE:
        scale = HAN_PLACES[match["scale"]]
        return float(HAN_DIGITS[match["low"]] * scale), float(HAN_DIGITS[match["high"]] * scale)
    if match.re is HAN_TENTHS:
        value = (
            HAN_DIGITS[match["fen"]] / 100
            if match["fen"]
            else HAN_DIGITS[match["tenths"]] / 10 + HAN_DIGITS[match["hundredths"] or "零"] / 100
        )
    else:
        value = han_value(match[0])
    return value, value


def han_value(written: str) -> float:
    """一百五 → 150, 四千 → 4000, 两千三百五十 → 2350."""
    total, digit, place = 0, 0, 1
    for one in written:
        if one in HAN_PLACES:
            place = HAN_PLACES[one]
            total += (digit or 1) * place
            digit = 0
        elif one == "半":
            total += place // 2
        else:
            digit = HAN_DIGITS[one]
            place = 1 if one == "零" else place
    return float(total + digit * (place // 10 if place > 1 else 1))
