"""Latency against the number of workers, both on a logarithmic scale, as an SVG that stands on its own paper."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import NamedTuple

Point = dict[str, float]

WIDTH, HEIGHT = 960, 600
LEFT, RIGHT, TOP, BOTTOM = 84, 736, 104, 536
LABEL_GAP = 46
STYLE = """\
text { font: 400 18px "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Helvetica Neue", Arial, sans-serif; \
font-variant-numeric: tabular-nums; fill: #414b4d; }
.title { font-size: 24px; font-weight: 700; fill: #1a2326; }
.name { font-weight: 700; }
.grid { stroke: #dcd8cf; } .axis { stroke: #8b8a82; }
.line { fill: none; stroke-linejoin: round; stroke-linecap: round; }
.median { stroke: #0b5d6b; stroke-width: 4; } .median-name { fill: #0a5360; } .median-dot { fill: #0b5d6b; }
.p99 { stroke: #0b5d6b; stroke-width: 2; } .p99-name { fill: #0a5360; }
.p99-dot { fill: #fbfaf7; stroke: #0b5d6b; stroke-width: 2; }
.scan { stroke: #b86e00; stroke-width: 4; } .scan-name { fill: #744200; } .scan-dot { fill: #b86e00; }
.scan-p99 { stroke: #b86e00; stroke-width: 2; } .scan-p99-name { fill: #744200; }
.scan-p99-dot { fill: #fbfaf7; stroke: #b86e00; stroke-width: 2; }
.limit { stroke: #8b8a82; stroke-width: 3; stroke-dasharray: 2 7; } .limit-name { fill: #414b4d; }"""


class Curve(NamedTuple):
    """A line of the picture: its class, the key of its points, what it is called and said of at its end."""

    css: str
    key: str
    name: str


CURVES = (
    Curve("limit", "limit_ms", "memory-read limit"),
    Curve("scan-p99", "scan_p99_ms", "scan, p99"),
    Curve("scan", "scan_ms", "scan, median"),
    Curve("p99", "p99_ms", "engine, p99"),
    Curve("median", "median_ms", "engine, median"),
)


def picture(points: Sequence[Point]) -> str:
    """`points`: workers, and in ms median_ms, p99_ms, scan_ms, scan_p99_ms, limit_ms."""
    points = sorted(points, key=lambda point: point["workers"])
    frame = _Frame.of(points)
    last = points[-1]
    said = (
        f"At {last['workers']:,.0f} workers the engine's median is {_ms(last['median_ms'])}, its p99 "
        f"{_ms(last['p99_ms'])}, the scan's median {_ms(last['scan_ms'])}; reading the gates' columns once takes "
        f"{_ms(last['limit_ms'])}."
    )
    ends = _spread([(frame.y(last[curve.key]), curve) for curve in CURVES])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fbfaf7"/>',
        '<text class="title" x="28" y="44">The 50 best workers for a posting</text>',
        '<text x="28" y="72">One query, one core. Both scales are logarithmic.</text>',
        *frame.grid(points),
        *(_curve(frame, points, curve) for curve in CURVES),
        *(_label(y, curve, last[curve.key]) for y, curve in ends),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Frame(NamedTuple):
    """The decimal logarithms at the four sides."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def of(cls, points: Sequence[Point]) -> "_Frame":
        lowest = min(min(point["median_ms"], point["scan_ms"]) for point in points)
        highest = max(max(point["scan_p99_ms"], point["p99_ms"]) for point in points)
        return cls(log10(points[0]["workers"]), log10(points[-1]["workers"]), _below(lowest), -_below(1 / highest))

    def x(self, workers: float) -> float:
        return LEFT + (log10(workers) - self.left) / (self.right - self.left) * (RIGHT - LEFT)

    def y(self, ms: float) -> float:
        return BOTTOM - (log10(ms) - self.bottom) / (self.top - self.bottom) * (BOTTOM - TOP)

    def grid(self, points: Sequence[Point]) -> list[str]:
        """A line for each number of workers measured and each power of ten of milliseconds."""
        drawn: list[str] = []
        for power in range(ceil(self.bottom), floor(self.top) + 1):
            y = self.y(10**power)
            drawn.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>')
            drawn.append(f'<text x="{LEFT - 12}" y="{y + 6:.1f}" text-anchor="end">{10.0**power:g} ms</text>')
        for point in points:
            x = self.x(point["workers"])
            drawn.append(f'<path class="grid" d="M{x:.1f} {TOP}V{BOTTOM}"/>')
            drawn.append(f'<text x="{x:.1f}" y="{BOTTOM + 28}" text-anchor="middle">{_count(point["workers"])}</text>')
        axis = f'<path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}"/>'
        return [*drawn, axis, f'<text x="{RIGHT + 24}" y="{BOTTOM + 28}">workers</text>']


def _below(figure: float) -> float:
    """The logarithm of the highest 1, 2 or 5 · 10ⁿ that is well below."""
    power = floor(log10(figure * 0.9))
    return power + max(log10(step) for step in (1, 2, 5) if step * 10.0**power <= figure * 0.9)


def _curve(frame: _Frame, points: Sequence[Point], curve: Curve) -> str:
    """The line, from where it is in the frame on, and a dot for each point measured."""
    places = [(frame.x(point["workers"]), frame.y(point[curve.key])) for point in points]
    if curve.css == "limit":
        return f'<path class="line limit" d="{_path(_from_the_floor(places))}"/>'
    dots = "".join(f'<circle class="{curve.css}-dot" cx="{x:.1f}" cy="{y:.1f}" r="5"/>' for x, y in places)
    return f'<path class="line {curve.css}" d="{_path(places)}"/>{dots}'


def _from_the_floor(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A rising straight line, cut where it comes above the lowest line of the grid."""
    (x0, y0), (x1, y1) = places[0], places[-1]
    if y0 <= BOTTOM:
        return [(x0, y0), (x1, y1)]
    return [(x0 + (x1 - x0) * (y0 - BOTTOM) / (y0 - y1), BOTTOM), (x1, y1)]


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _spread(ends: list[tuple[float, Curve]]) -> list[tuple[float, Curve]]:
    """The heights of the names, from the top, each at its line's end or as far below as the one above needs."""
    placed: list[tuple[float, Curve]] = []
    for y, curve in sorted(ends):
        placed.append((max(y, placed[-1][0] + LABEL_GAP) if placed else y, curve))
    return placed


def _label(y: float, curve: Curve, ms: float) -> str:
    name = f'<text class="name {curve.css}-name" x="{RIGHT + 20}" y="{y:.1f}">{curve.name}</text>'
    return f'{name}<text x="{RIGHT + 20}" y="{y + 21:.1f}">{_ms(ms)}</text>'


def _ms(ms: float) -> str:
    return f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms" if ms >= 1 else f"{ms:.2f} ms"


def _count(workers: float) -> str:
    return f"{workers / 1e6:g} M" if workers >= 1e6 else f"{workers / 1e3:g} k"
