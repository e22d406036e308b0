"""SVG drawn on the server, of attributes and classes alone (`style-src 'self'`); the sheet colours the classes.

Every drawing is deterministic and says in words what it shows.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup, escape

DAY_START_H, DAY_END_H = 6, 22
PHONE_WIDTH = 358
FULL_SCORE = 100

# Short name and place (column, row) of each county in the tile map: a sketch of neighbours, not a boundary map.
COUNTY_TILES: dict[str, tuple[str, int, int]] = {
    "370832": ("梁山", 0, 0), "370830": ("汶上", 2, 0),
    "370812": ("兖州", 3, 1), "370881": ("曲阜", 4, 1), "370831": ("泗水", 5, 1),
    "370829": ("嘉祥", 1, 2), "370811": ("任城", 2, 2), "370871": ("高新", 3, 2), "370883": ("邹城", 4, 2),
    "370828": ("金乡", 1, 3), "370827": ("鱼台", 2, 3), "370826": ("微山", 4, 3),
}  # fmt: skip


class Part(NamedTuple):
    """One part of a score: `got` points out of `of`, and in words why."""

    name: str
    say: str
    got: float
    of: float


class CountyValue(NamedTuple):
    """A county of the tile map: its place, the figure that shades it, the words under the figure, its link."""

    code: str
    name: str
    col: int
    row: int
    value: float
    sub: str
    href: str
    current: bool = False


def day_ruler(shift_start_h: float, shift_end_h: float, busy: Sequence[tuple[float, float]] = ()) -> Markup:
    """The day from 6 to 22 (from 0 or to 24 where the shift needs it): the shift solid, hours already taken hatched.

    Hours are local, fractions allowed (13.5 is 13:30). A shift past midnight ends above 24 and is drawn to 24.
    """
    width = 312
    first = DAY_START_H if shift_start_h >= DAY_START_H else 0
    last = DAY_END_H if shift_end_h <= DAY_END_H else 24

    def at(hour: float) -> float:
        return (min(max(hour, first), last) - first) / (last - first) * width

    start, end = at(shift_start_h), at(shift_end_h)
    taken = "".join(_hatch(at(a), at(b), 10, 24) for a, b in busy if at(a) < at(b))
    ticks = "".join(f"M{_n(at(hour))} 24v{6 if hour in (first, last) else 3}" for hour in range(first, last + 1))
    span = f"{_hour(shift_start_h)} 点到 {_hour(shift_end_h)} 点是这个活"
    return _svg(
        "ruler", width, 56, f"{span}，画斜线的是已经有活的时候" if taken else span,
        f'<path class="axis" d="M0 24H{width}"/>',
        f'<path class="busy" d="{taken}"/>' if taken else "",
        f'<rect class="shift" x="{_n(start)}" y="4" width="{_n(end - start)}" height="20"/>',
        f'<path class="axis" d="{ticks}M{_n(start)} 24v6M{_n(end)} 24v6"/>',
        *_hour_labels(start, end, shift_start_h, shift_end_h, (first, last), width),
    )  # fmt: skip


def road_of_dots(distances_km: Sequence[float], invited: Collection[int], max_km: float = 8) -> Markup:
    """Each suitable worker a dot at their distance; those to be invited are filled, at the bottom of their stack.

    `invited` holds indexes into `distances_km`. Whoever lives beyond `max_km` stands at its end.
    """
    step, radius, axis_x, span = 12.5, 4.5, 6.0, 346.0
    bins = int(span // step)
    columns = sorted((min(round(d / max_km * bins), bins), i not in invited) for i, d in enumerate(distances_km))
    tallest = max((len(list(group)) for _, group in groupby(columns, key=lambda dot: dot[0])), default=1)
    floor = 14 + min(max(tallest - 1, 2), 6) * 12
    rise = min(12.0, (floor - 14) / max(tallest - 1, 1))
    dots = [
        _dot(axis_x + column * step, floor - 8 - level * rise, radius, "open" if is_open else "invited")
        for column, group in groupby(columns, key=lambda dot: dot[0])
        for level, (_, is_open) in enumerate(group)
    ]
    ends = [(0.0, "这里"), (axis_x + span / 2, f"{_n(max_km / 2)} 公里"), (float(PHONE_WIDTH), f"{_n(max_km)} 公里")]
    ticks = "".join(f"M{_n(x)} {floor}v6" for x in (axis_x, axis_x + span / 2, axis_x + span))
    said = f"{len(distances_km)} 人离这里的远近，先邀 {len(invited)} 人"
    if distances_km:
        said += f"，最近 {min(distances_km):.1f} 公里，最远 {max(distances_km):.1f} 公里"
    return _svg(
        "road", PHONE_WIDTH, floor + 32, said,
        f'<path class="axis" d="M{_n(axis_x)} {floor}H{_n(axis_x + span)}{ticks}"/>',
        *dots,
        *(_text(x, floor + 28, words, PHONE_WIDTH) for x, words in ends),
    )  # fmt: skip


def score_bar(parts: Iterable[Part], thin: bool = False) -> Markup:
    """A score out of 100 as its parts end to end: the line in a list if `thin`, else big with the rest hatched."""
    width, height = (200, 8) if thin else (PHONE_WIDTH, 26)
    total, x, drawn = 0.0, 0.0, []
    for index, part in enumerate(Part(*part) for part in parts):
        length = part.got / FULL_SCORE * width
        total += part.got
        if length > 0:
            gap = min(1 if thin else 2, length / 2) if total < FULL_SCORE else 0
            drawn.append(f'<rect class="p{index}" x="{_n(x)}" width="{_n(length - gap)}" height="{height}"/>')
        x += length
    rest = "" if thin else f'<path class="hatch" d="{_hatch(x, width, 1, height - 1)}"/>'
    ground = f'<rect class="rest" x=".5" y=".5" width="{width - 1}" height="{height - 1}"/>'
    return _svg(
        "scorebar thinbar" if thin else "scorebar", width, height, f"总分 {total:.1f}，满分 {FULL_SCORE}",
        ground, rest, *drawn, stretch=thin,
    )  # fmt: skip


def county_tile_map(values: Iterable[CountyValue], bounds: Sequence[float], unit: str = "") -> Markup:
    """Each county a square in its rough place, shaded by which of the five steps between the four `bounds` it reaches.

    `value` is shown as given with `unit` after it ("37" "%"); the words of `sub` go when the map is narrow.
    """
    size, pitch = 102, 108
    tiles = [CountyValue(*value) for value in values]
    columns, rows = max(t.col for t in tiles) + 1, max(t.row for t in tiles) + 1
    drawn = (
        _tile(tile, tile.col * pitch, tile.row * pitch, size, sum(tile.value >= bound for bound in bounds), unit)
        for tile in tiles
    )
    return Markup(
        '<svg class="map" viewBox="-3 -3 {} {}" role="group" aria-label="各县市区">{}{}</svg>'
    ).format(columns * pitch, rows * pitch, WATERS, Markup("").join(drawn))  # fmt: skip


def spark_bars(values: Sequence[int], first: str, last: str, said: str) -> Markup:
    """Counts of successive days (or weeks) as bars, the last one in full ink; `first` and `last` name the two ends."""
    width, floor, room = 260, 70, 62
    slot, top = width / max(len(values), 1), max([*values, 1])
    bars = [_bar(i * slot, floor, slot, value / top * room, now=i == len(values) - 1) for i, value in enumerate(values)]
    return _svg(
        "spark", width, 88, said,
        *bars, f'<path class="axis" d="M0 {floor}H{width}"/>',
        _text(0, 85, first, width), _text(width, 85, last, width),
    )  # fmt: skip


def spark_pace(sums: Sequence[float], target: int, gone: float, kind: str, now: str, said: str) -> Markup:
    """Sums at the end of each month so far, the last as of now, against the even pace (dashed) to a year's `target`.

    `gone` is the part of the year that is over; `now` names its month; `kind` is that of the lamp beside it.
    """
    width, floor, room = 260, 70, 60
    top = max(target, *sums, 1)

    def height(value: float) -> float:
        return floor - value / top * room

    ends = [month / 12 * width for month in range(1, len(sums))] + [gone * width]
    points = [(0.0, float(floor)), *((x, height(value)) for x, value in zip(ends, sums, strict=True))]
    line, (x, y), aim = "L".join(f"{_n(x)} {_n(y)}" for x, y in points), points[-1], _n(height(target))
    labels = [(0.0, "1 月"), (float(width), "12 月")] + [(x, now)] * (64 <= x <= width - 72)
    return _svg(
        f"spark {kind}", width, 88, said,
        f'<path class="area" d="M{line}L{_n(x)} {floor}Z"/>', f'<path class="axis" d="M0 {floor}H{width}"/>',
        f'<path class="pace" d="M0 {floor}L{width} {aim}"/>', f'<path class="line" d="M{line}"/>',
        _dot(x, y, 4.5, "dot"),
        f'<path class="aim" d="M{width - 14} {aim}H{width}"/>', *(_text(at, 85, words, width) for at, words in labels),
    )  # fmt: skip


def ladder_bars(level: int) -> Markup:
    """The five rungs of evidence as rising bars, filled up to the one that was reached."""
    bars = (
        f'<rect class="{"on" if rung < level else "off"}" x="{rung * 10}" y="{12 - rung * 3}" width="7" '
        f'height="{6 + rung * 3}"/>'
        for rung in range(5)
    )
    return _svg("ladder", 47, 18, f"证据五级，到了第 {level} 级", *bars)


def length_bar(value: float, of: float, said: str) -> Markup:
    """A value as a bar beside others of the same whole."""
    length = 200 * value / of if of else 0
    return _svg("length", 200, 10, said, f'<rect width="{_n(length)}" height="10"/>', stretch=True)


def nested_bar(agreed: int | None, sent: int, stays: int, of: int) -> Markup:
    """约了, 去了, 还在: one inside the other, on the scale of the largest, `of`. None: nothing was agreed."""
    width, height = PHONE_WIDTH, 12
    lengths = [number / of * width if of else 0 for number in (agreed or 0, sent, stays)]
    outline = f'<rect class="agreed" x=".5" y=".5" width="{_n(max(lengths[0] - 1, 0))}" height="{height - 1}"/>'
    filled = (
        f'<rect class="{css}" width="{_n(length)}" height="{height}"/>'
        for css, length in zip(("went", "stays"), lengths[1:], strict=True)
    )
    said = f"{'' if agreed is None else f'约了 {agreed} 人，'}去了 {sent} 人，还在 {stays} 人"
    return _svg("nest", width, height, said, outline, *filled, stretch=True)


def _svg(css: str, width: int, height: int, said: str, *drawn: str, stretch: bool = False) -> Markup:
    """An SVG of markup that is already safe, named by `said`."""
    fill = Markup(' preserveAspectRatio="none"' if stretch else "")
    return Markup('<svg class="{}" viewBox="0 0 {} {}"{} role="img" aria-label="{}">{}</svg>').format(
        css, width, height, fill, said, Markup("").join(map(Markup, drawn))
    )


def _text(x: float, y: float, words: str, width: float) -> str:
    anchor = "start" if x < 18 else "end" if x > width - 18 else "middle"
    return f'<text x="{_n(x)}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def _dot(x: float, y: float, radius: float, css: str) -> str:
    return f'<circle class="{css}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"/>'


def _bar(x: float, floor: int, slot: float, height: float, now: bool) -> str:
    css = "now" if now else "past"
    box = f'x="{_n(x + slot * 0.08)}" y="{_n(floor - height)}" width="{_n(slot * 0.84)}" height="{_n(height)}"'
    return f'<rect class="{css}" {box}/>'


def _tile(tile: CountyValue, x: int, y: int, size: int, step: int, unit: str) -> Markup:
    current = Markup(' aria-current="true"') if tile.current else ""
    return Markup(
        '<a href="{}" class="t{}"{}><rect x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="nm" x="{}" y="{}">{}</text><text class="pc" x="{}" y="{}">{}<tspan>{}</tspan></text>'
        '<text class="dt" x="{}" y="{}">{}</text></a>'
    ).format(
        tile.href, step, current, x, y, size, size,
        x + 11, y + 26, tile.name, x + 11, y + 62, f"{tile.value:,g}", unit, x + 11, y + 88, tile.sub,
    )  # fmt: skip


WATERS = Markup(
    '<g class="wt" aria-hidden="true"><path d="M106 63C153 112 138 158 199 182M332 332C357 352 357 367 403 403"/>'
    '<text x="328" y="414">南四湖</text><text x="122" y="135" text-anchor="end">大运河</text></g>'
)


def _hatch(left: float, right: float, top: float, bottom: float, step: float = 9) -> str:
    """Path of rising strokes that fill a box, cut at its sides. (A pattern would need an id, unique on its page.)"""
    tall, strokes = bottom - top, []
    start = left - tall + step / 2
    while start < right:
        x1, x2 = max(start, left), min(start + tall, right)
        if x1 < x2:
            strokes.append(f"M{_n(x1)} {_n(bottom - (x1 - start))}L{_n(x2)} {_n(bottom - (x2 - start))}")
        start += step
    return "".join(strokes)


def _hour_labels(
    start: float, end: float, start_h: float, end_h: float, day_h: tuple[int, int], width: int, room: float = 62
) -> list[str]:
    """The shift's hours under it (as one label where it is short), the day's ends where they don't run into them."""
    if end - start >= room:
        labels = [(start, f"{_hour(start_h)} 点"), (end, f"{_hour(end_h)} 点")]
    else:
        labels = [((start + end) / 2, f"{_hour(start_h)}–{_hour(end_h)} 点")]
    free = room if len(labels) == 2 else room * 1.3
    ends = [(0.0, f"{day_h[0]} 点"), (float(width), f"{day_h[1]} 点")]
    labels += [(x, words) for x, words in ends if all(abs(x - other) >= free for other, _ in labels)]
    return [_text(x, 52, words, width) for x, words in sorted(labels)]


def _hour(hour: float) -> str:
    whole, part = divmod(round((hour % 24 if hour > 24 else hour) * 60), 60)
    return f"{whole}:{part:02d}" if part else str(whole)


def _n(number: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{number:.1f}".removesuffix(".0")


DRAWINGS: dict[str, Callable[..., Markup]] = {
    drawing.__name__: drawing
    for drawing in (
        day_ruler, road_of_dots, score_bar, county_tile_map, spark_bars, spark_pace, ladder_bars, length_bar,
        nested_bar,
    )
}  # fmt: skip
