"""Figures against their targets in words, drawings and tables."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate

from markupsafe import Markup

from web.drawings import spark_bars, spark_pace
from web.filters import month_day
from web.for_staff.tables import NOTHING, Column, Kind, Row, Table, table
from zero_work_market.statistics.indicators.rules import Line, PersonRow, Rung, Tile
from zero_work_market.statistics.registers.rules import Why
from zero_work_market.statistics.targets.rules import (
    Indicator,
    days_gone,
    days_of,
    expected,
    gap,
    gap_of_share,
    percent,
)

RUNGS = ("接了单", "到岗了", "工时两边认了", "工钱到账了", "干稳三个月了")
"""L1 to L5."""
WHY = {
    "arrival": "还没到岗", "hours": "工时没认", "paid": "还没到账", "signed": "约定没签齐", "days": "差 {} 天满 3 个月",
    "late": "{} 回没按时到账", "withdrawn": "自己退了", "cancelled": "单位取消了", "no_show": "说来没来",
    "no_posting": "今年没发过活", "closed": "结了案", "native": "老家就在山东", "belt": "老家不在中西部",
    "not_lifted": "没说是脱贫人口", "unproven": "脱贫身份还没核", "another_year": "在别的年头算了",
    "unsubsidised": "不是补贴性的", "left": "中途退了",
    "going_on": "还没结班", "absent": "没上够课：{1} 天上了 {0} 天", "no_flagship": "今年还没定",
    "recognised": "{} 年认定", "not_recognised": "还没认定", "recognition_withdrawn": "认定撤了",
}  # fmt: skip
PAID_IN_PART = "三个月里有工钱没到"
AT_FAULT = ("late", "no_show")
HOW = {
    "L1": "接了单、位子还在的。约好了还没到岗，不算就业。一个身份证号算一个人。",
    "L2": "到了岗的，扫码、报数、点名都行。工时还没认，不算就业。一个身份证号算一个人。",
    "L4": "工时两边都认了、工钱也到齐了的。一个身份证号算一个人。",
    "L3": "到了岗、工时两边都认了才算。接单不算就业。一个身份证号算一个人。",
    "L5": "从头一回到岗干满 3 个月，约定签齐、三个月工钱都到账才算。一个身份证号算一个人。",
    "coverage": "到了岗的单里，约定两边都签了的占多少。", "paid_on_time": "到了日子的工钱里，按时到齐的占多少。",
    "brands": "这一年认定的、到年底没撤的。哪年认定算哪年的。",
    "open_cases": "今年立的、还没结的要工资案子。", "gig_markets": "今年发过活的县市区。",
    "poverty_work": "老家在中西部、脱贫身份核过、在这里干满 3 个月的人，算在满三个月那年。换几家干也只算一个人。",
    "trainings": "补贴性的课，结了班、课上够的，一个人一期算一个人次；同一期登记两遍还是一个。按结班那天算哪年，"
    "按上课的地方算哪个县。考没考过都算。上够是出勤 80% 以上，这个数待核实。",
    "flagship_courses": "一个县市区一年一个，定了的。",
}  # fmt: skip
PARTS = {"coverage": ("签了", "到岗"), "paid_on_time": ("按时到", "该到")}
"""Of a share: what of what."""
PLACES = {"city": "县市区", "county": "乡镇、街道", "town": "村"}
"""What lies below a region."""


def asof(year: int, today: date) -> str:
    """ "截至 6 月 6 日，2023 年过了 43%。" """
    gone = round(100 * days_gone(year, today) / days_of(year))
    return f"{year} 年全年。" if today.year > year else f"截至 {month_day(today)}，{year} 年过了 {gone}%。"


def figure(tile: Tile) -> str:
    """ "1,503", "97.0%"; a dash where nothing counts."""
    if tile.indicator.is_share:
        return NOTHING if tile.percent is None else f"{tile.percent:.1f}%"
    return NOTHING if tile.done is None else f"{tile.done:,}"


def beside(tile: Tile) -> str:
    """What stands after the figure: "/ 4,100 人 · 1,720 人次", "/ 100% · 97 / 100"."""
    unit, parts = tile.indicator.unit, []
    if tile.target is not None:
        parts.append(f"/ {tile.target}%" if tile.indicator.is_share else f"/ {tile.target:,} {unit}")
    elif not tile.indicator.is_share:
        parts.append(unit)
    if tile.of:
        parts.append(f"{tile.done:,} / {tile.of:,}")
    if tile.times is not None:
        parts.append(f"{tile.times:,} 人次")
    return " · ".join(parts)


def ahead(done: int | None, paced: float | None) -> int | None:
    """More than the pace asks for, in whole units rounded down: 1,503 against 1,763.6 is −261."""
    return None if done is None or paced is None else math.floor(done - paced)


def lamp(tile: Tile, *, is_over: bool) -> tuple[str, str] | None:
    """Kind and words of the lamp; None without a target, or where nothing counts. `is_over`: the year is past."""
    known, more = tile.indicator, ahead(tile.done, tile.expected_today)
    if tile.gap is None:
        return None
    if known.at_most:
        return ("late", f"超了 {tile.gap:,} {known.unit}") if tile.gap else ("ok", "没有超")
    if tile.gap == 0:
        return "ok", "达到了"
    if known.is_share or more is None:
        return "late", f"再有 {tile.gap:,} 个才到 {tile.target}%"
    if is_over:
        return "late", f"全年少 {tile.gap:,} {known.unit}"
    if more < 0:
        return "late", f"比进度少 {-more:,} {known.unit}"
    return "ok", f"比进度多 {more:,} {known.unit}" if more else "正合进度"


def outlook(tile: Tile, *, year: int, is_over: bool) -> str:
    """What is still missing, and when it will be there at the pace so far."""
    known, on = tile.indicator, tile.forecast_on
    if tile.done is None:
        return "还没有登记，数不出来"
    if tile.target is None:
        return "没定指标"
    if not tile.gap or known.is_share or known.at_most or is_over:
        return ""
    missing = f"还差 {tile.gap:,} {known.unit}"
    if on is None:
        return missing
    if on.year > year:
        return f"{missing}，照这样要到 {on.year} 年 {month_day(on)}"
    return f"{missing}，照这样 {month_day(on)}能到"


def spark(tile: Tile, *, year: int, today: date) -> Markup | None:
    """The months so far: against the pace where there is one, else as bars. None where nothing counts."""
    gone, known = days_gone(year, today) / days_of(year), tile.indicator
    now = 12 if gone == 1 else today.month
    months = tile.months[:now]
    if not months or not gone or tile.done is None:
        return None
    if tile.target and tile.expected_today is not None:
        kind, _ = lamp(tile, is_over=gone == 1) or ("ok", "")
        said = f"{known.name} {tile.done:,} {known.unit}，进度线 {math.ceil(tile.expected_today):,} {known.unit}"
        return spark_pace(_sums(months, tile.done), tile.target, gone, kind, f"{now} 月", said)
    last = f"{now} 月 {months[-1]:,}{'' if known.is_share else ' '}{known.unit}"
    return spark_bars(months, "1 月" if now > 1 else "", last, f"{known.name}每月的数，{last}")


def why_said(why: Why, level: int) -> tuple[str, str]:
    """Kind of the lamp and words of what a placement lacks at a level: ("soon", "差 4 天满 3 个月")."""
    name, *told = why
    words = PAID_IN_PART if name == "paid" and level == 4 else WHY[str(name)].format(*told)
    return "late" if name in AT_FAULT else "soon", words


def state_said(row: PersonRow) -> tuple[str, str]:
    """Kind of the lamp and words of a person behind a figure."""
    return why_said(row.why_out, row.level) if row.why_out else ("ok", RUNGS[row.level - 1])


def board_table(tab: str, tiles: Iterable[Tile]) -> Table:
    """The indicators of a tab."""
    columns = (
        Column("指标", Kind.TEXT), Column("单位", Kind.TEXT), Column("完成"), Column("一共"),
        Column("占比", Kind.PERCENT), Column("要到"), Column("还差"), Column("比进度", Kind.PACE),
        Column("照这样哪天到", Kind.DAY), Column("人次"),
    )  # fmt: skip
    rows = [
        Row((
            tile.indicator.name + ("" if tile.indicator.confirmed else "（待核实）"), tile.indicator.unit,
            tile.done, tile.of, tile.percent, tile.target, tile.gap, ahead(tile.done, tile.expected_today),
            tile.forecast_on, tile.times,
        ))
        for tile in tiles
    ]  # fmt: skip
    return table(tab, columns, rows)


def line_table(
    tile: Tile, lines: Iterable[Line], hrefs: Mapping[str, str], *, level: str, year: int, today: date
) -> Table:
    """An indicator for each child of a region of that level, and for the region itself."""
    known = tile.indicator
    done, of = PARTS.get(known.key, ("完成", "一共"))
    columns = (
        Column(PLACES[level], Kind.TEXT), Column(done), Column(of),
        Column("要到", Kind.WHOLE if known.is_share else Kind.COUNT), Column("还差"),
        Column("比进度", Kind.PACE), Column("占比" if known.is_share else "完成率", Kind.PERCENT),
    )  # fmt: skip
    paced = not known.is_share and not known.at_most
    whole = Line("", "合计", tile.target, tile.done, tile.of, share(tile))

    def row(line: Line) -> Row:
        pace = expected(line.target, year=year, today=today) if paced and line.target is not None else None
        missing, more = _gap(known, line), ahead(line.done, pace)
        return Row((line.name, line.done, line.of, line.target, missing, more, line.share), href=hrefs.get(line.region))

    return table(known.name, columns, map(row, lines), row(whole))


def person_table(tile: Tile, rows: Iterable[PersonRow], employers: Mapping[int, str]) -> Table:
    """The persons behind a figure, as the spreadsheet has them."""
    columns = (
        Column("姓名", Kind.TEXT), Column("在哪家", Kind.TEXT), Column("哪天的活", Kind.DAY), Column("几单"),
        Column("证据到哪一级", Kind.TEXT), Column("状态", Kind.TEXT), Column("算不算", Kind.TEXT),
    )  # fmt: skip
    made = (
        Row((
            row.masked_name, employers.get(row.placement_id, ""), row.day, row.placements,
            rung_said(row.level), state_said(row)[1], "不算" if row.why_out else "算 1 人",
        ), out=bool(row.why_out))
        for row in rows
    )  # fmt: skip
    return table(tile.indicator.name, columns, made)


def share(tile: Tile) -> float | None:
    """Percent of the whole of a share, else of the target."""
    if tile.indicator.is_share or tile.done is None or not tile.target:
        return tile.percent
    return percent(tile.done, tile.target)


def ladder_table(rungs: Sequence[Rung]) -> Table:
    columns = (Column("证据到哪一级", Kind.TEXT), Column("人"), Column("人次"))
    rows = [Row((rung_said(level), rung.persons, rung.times)) for level, rung in enumerate(rungs, start=1)]
    return table("证据走到哪一级", columns, rows)


def rung_said(level: int) -> str:
    """ "L3 工时两边认了" """
    return f"L{level} {RUNGS[level - 1]}" if level else "位子没了"


def map_bounds(tile: Tile, lines: Sequence[Line], *, year: int, today: date) -> list[int]:
    """Steps between the five shades of the map: up to the pace of the year, or the target of a share, or the most."""
    if tile.indicator.is_share:
        top = tile.target or 100
    elif any(line.target for line in lines):
        top = max(10, round(100 * days_gone(year, today) / days_of(year)))
    else:
        top = max(4, *(line.done or 0 for line in lines))
        return [-(-top * step // 4) for step in range(1, 5)]
    return [round(top * part) for part in (0.46, 0.7, 0.86, 1)]


def last_step(tile: Tile, bounds: Sequence[int], unit: str, *, is_over: bool) -> str | None:
    """What the darkest shade says, where it says more than its number."""
    if not unit or tile.indicator.is_share or is_over:
        return None
    return f"{bounds[-1]}% 起，赶上进度"


def shades_said(tile: Tile, unit: str) -> str:
    return tile.indicator.unit if not unit else "占比" if tile.indicator.is_share else "完成率"


def overlaps(tile: Tile, parts: Table) -> bool:
    """Whether someone is counted in several parts of a region, but once in the whole."""
    return tile.times is not None and sum(int(str(row.values[1] or 0)) for row in parts.rows) != tile.done


def _sums(months: Sequence[int], done: int) -> list[float]:
    """Month by month up to `done`: whoever worked in several months is in each of them, but once in the year."""
    every = sum(months) or 1
    return [done * so_far / every for so_far in accumulate(months)]


def _gap(known: Indicator, line: Line) -> int | None:
    if line.done is None or line.target is None:
        return None
    if not known.is_share:
        return gap(line.done, line.target, at_most=known.at_most)
    return gap_of_share(line.done, line.of, line.target) if line.of else None
