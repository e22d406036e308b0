"""A brand's drawn mark, and the drawings of its page. The mark is made from the code: the same brand, the same face."""

import hashlib
from collections.abc import Callable, Iterator
from math import cos, radians, sin

from markupsafe import Markup

from labor_brands.brands.rules import Kind

PAGE_WIDTH = 358
MIDDLE = 52.0
"""Of the mark, which is 104 wide and 128 tall."""
Step = str | tuple[float, float]
"""Of a path: its letters, or a point by its distance to the right of the middle and from the top."""


def brand_face(code: str, kind: Kind) -> Markup:
    """A line drawing by the brand's kind: a bulb, a lantern, a pavilion, a bowl with leaves or a knot."""
    drawn = "".join(FACES[kind](_chances(code)))
    return Markup('<svg class="face" viewBox="0 0 104 128" aria-hidden="true"><path d="{}"/></svg>').format(drawn)


def range_bar(low: str, middle: str, high: str, *, at: tuple[float, float, float]) -> Markup:
    """The middle half as a bar with the median in it: the words of the three, and where they lie, ascending."""
    reach = max(at[2] - at[0], 1)
    start, end = at[0] - 0.9 * reach, at[2] + 0.9 * reach

    def x(value: float) -> float:
        return round((value - start) / (end - start) * PAGE_WIDTH, 1)

    left, right = x(at[0]), x(at[2])
    return Markup(
        '<svg viewBox="0 0 {w} 62" role="img" aria-label="一半的人在 {low} 到 {high} 之间，正中 {middle}">'
        '<path class="axis" d="M0 18H{w}"/><rect class="half" x="{left}" y="8" width="{width}" height="20"/>'
        '<path class="median" d="M{at} 2v32"/><text x="{left}" y="56" text-anchor="middle">{low}</text>'
        '<text x="{right}" y="56" text-anchor="middle">{high}</text></svg>'
    ).format(
        w=PAGE_WIDTH, low=low, middle=middle, high=high, left=left, right=right, width=round(right - left, 1),
        at=x(at[1]),
    )  # fmt: skip


def _chances(code: str) -> Iterator[float]:
    """Numbers of 0…1 that the code alone decides."""
    yield from (byte / 255 for byte in hashlib.sha256(code.encode()).digest())


def _pick(chances: Iterator[float], least: float, most: float) -> float:
    return least + next(chances) * (most - least)


def _line(*steps: Step) -> str:
    return "".join(one if isinstance(one, str) else f"{MIDDLE + one[0]:.1f} {one[1]:.1f} " for one in steps)


def _pair(*steps: Step) -> str:
    """The right half, and its mirror."""
    return _line(*steps) + _line(*(one if isinstance(one, str) else (-one[0], one[1]) for one in steps))


def _oval(wide: float, tall: float, y: float) -> str:
    arc = f"A{wide:.1f} {tall:.1f} 0 0 1 "
    return _line("M", (0, y - tall), arc, (0, y + tall), arc, (0, y - tall))


def _bulb(chances: Iterator[float]) -> Iterator[str]:
    wide, low, ribs = _pick(chances, 33, 43), _pick(chances, 84, 94), round(_pick(chances, 1, 3))
    upper: tuple[Step, ...] = ("M", (5, 40), "C", (8, 57), (wide - 1, 62), (wide, low))
    yield _pair(*upper, "C", (wide + 1, 107), (wide - 16, 117), (12, 112), "Q", (5, 117), (0, 117))
    for rib in range(1, ribs + 1):
        out = wide * rib / (ribs + 1)
        yield _pair("M", (3, 50), "C", (out, 66), (out + 4, 90), (out * 0.8, 108))
    stalks = round(_pick(chances, 2, 4))
    for stalk in range(stalks):
        x = -5 + 10 * stalk / (stalks - 1)
        yield _line("M", (x, 40), "Q", (x, 24), (2 * x + _pick(chances, -9, 9), _pick(chances, 5, 15)))
    yield _pair("M", (7, 120), "Q", (7, 123), (9, 125)) + _line("M", (0, 120), "V126")


def _lantern(chances: Iterator[float]) -> Iterator[str]:
    wide, tall, ribs = _pick(chances, 28, 40), _pick(chances, 25, 33), round(_pick(chances, 1, 3))
    y, cap = 62.0, _pick(chances, 10, 17)
    for rib in range(ribs + 1):
        yield _oval(wide * (rib + 0.5) / (ribs + 0.5), tall, y)
    for edge, step in ((y - tall, -5), (y + tall, 5)):
        yield _line("M", (-cap, edge), "L", (cap, edge), "L", (cap, edge + step), "L", (-cap, edge + step), "Z")
    hook = _pick(chances, 8, 14)
    yield _line("M", (0, y - tall - 5), "L", (0, hook), "Q", (0, hook - 5), (6, hook - 5))
    tassels = round(_pick(chances, 3, 5))
    for one in range(tassels):
        x = (one - (tassels - 1) / 2) * 2 * cap / tassels
        yield _line("M", (x, y + tall + 5), "L", (x, min(125, y + tall + _pick(chances, 20, 27))))


def _pavilion(chances: Iterator[float]) -> Iterator[str]:
    tiers, wide, pillars = round(_pick(chances, 1, 3)), _pick(chances, 40, 48), round(_pick(chances, 3, 6))
    step, foot, wall = 30 - 4 * tiers, 116.0, 78.0 + 4 * tiers
    for tier in range(tiers):
        w, y = wide * (1 - 0.22 * tier), wall - tier * step
        tip = (w, y - _pick(chances, 3, 6))
        yield _pair("M", tip, "Q", (w * 0.72, y + 1), (w * 0.34, y - 15), "L", (0, y - 15))
        yield _pair("M", tip, "Q", (w * 0.7, y + 3), (0, y + 2))
        if tier < tiers - 1:
            yield _pair("M", (w * 0.26, y - 15), "L", (w * 0.26, y - step + 2))
    top = wall - (tiers - 1) * step - 15
    yield _line("M", (0, top), "L", (0, top - 8))
    for one in range(pillars):
        x = (one / (pillars - 1) - 0.5) * wide * 1.3
        yield _line("M", (x, wall + 2), "L", (x, foot))
    yield _pair("M", (0, foot), "L", (wide * 0.8, foot)) + _pair("M", (0, foot + 7), "L", (wide * 0.95, foot + 7))


def _bowl(chances: Iterator[float]) -> Iterator[str]:
    wide, deep, leaves = _pick(chances, 33, 43), _pick(chances, 106, 114), round(_pick(chances, 2, 4))
    yield _oval(wide, 7, 76)
    yield _pair("M", (wide, 76), "Q", (wide - 3, deep), (14, deep), "L", (0, deep))
    yield _pair("M", (14, deep), "L", (16, deep + 8), "L", (0, deep + 8))
    band = _pick(chances, 88, 95)
    yield _line("M", (6 - wide, band), "Q", (0, band + 10), (wide - 6, band))
    for one in range(leaves):
        angle = radians(-90 + (one - (leaves - 1) / 2) * 105 / leaves + _pick(chances, -6, 6))
        x, y, side = cos(angle), sin(angle), _pick(chances, 14, 22)
        long = _pick(chances, 46, 60)
        tip = (long * x, 72 + long * y)
        for bend in (-side, side, 0.0):
            yield _line("M", (0, 72), "Q", (long / 2 * x - bend * y, 72 + long / 2 * y + bend * x), tip)


def _knot(chances: Iterator[float]) -> Iterator[str]:
    reach, lines, y = _pick(chances, 28, 35), round(_pick(chances, 2, 4)), 54.0
    for one in range(lines + 1):
        off = -reach + 2 * reach * one / lines
        near, far = (off - reach) / 2, (off + reach) / 2
        yield _pair("M", (near, y + far), "L", (far, y + near))
    loop = _pick(chances, 8, 14)
    for dx, dy in ((1, 0), (0.5, -0.5), (0.5, 0.5)):
        x, at, along, across = dx * reach, y + dy * reach, loop * dx, loop * dy
        out, back = (x + along - across, at + across + along), (x + along + across, at + across - along)
        yield _pair("M", (x, at), "C", out, back, (x, at))
    low = y + reach
    yield _line("M", (0, y - reach), "L", (0, _pick(chances, 4, 9)), "M", (0, low), "L", (0, low + 8))
    tassels = round(_pick(chances, 3, 5))
    for one in range(tassels):
        x = -6 + 12 * one / (tassels - 1)
        yield _line("M", (x, low + 8), "L", (1.5 * x, 126))
    yield _line("M", (-6, low + 8), "L", (6, low + 8))


FACES: dict[Kind, Callable[[Iterator[float]], Iterator[str]]] = {
    Kind.SKILL: _bulb, Kind.SERVICE: _lantern, Kind.TOURISM: _pavilion, Kind.LIVELIHOOD: _bowl, Kind.HERITAGE: _knot,
}  # fmt: skip
