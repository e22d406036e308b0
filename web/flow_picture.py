"""Who goes where, as bands from the places on the left to those on the right; an SVG like those of web.drawings."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

WIDTH, BAR = 358, 10
LEAST, TALLEST, GAP = 28, 96, 10
MOST = 7
"""Places of a side that stand for themselves; the rest are one."""
REST = "别处"
LONGEST = 8


class Link(NamedTuple):
    """So many people from one place to another."""

    start: str
    end: str
    people: int


class _Node(NamedTuple):
    name: str
    people: int
    y: float
    height: float


def flow_picture(links: Iterable[Link]) -> Markup:
    """Bands as wide as the people they stand for, the busiest places first; empty without any."""
    counted = _gathered([link for link in links if link.people > 0])
    if not counted:
        return Markup("")
    starts, ends = _side(counted, 0), _side(counted, 1)
    height = max(side[-1].y + side[-1].height for side in (starts, ends))
    said = "；".join(f"{start}去{end} {people} 人" for (start, end), people in counted.most_common())
    drawn = [*_bands(counted, starts, ends), *_labels(starts, True), *_labels(ends, False)]
    return Markup('<svg class="flow" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, round(height), said, Markup("").join(drawn)
    )


def _gathered(links: Sequence[Link]) -> Counter[tuple[str, str]]:
    sides: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for link in links:
        sides[0][link.start] += link.people
        sides[1][link.end] += link.people
    shown = [{name for name, _ in side.most_common(MOST if len(side) > MOST + 1 else MOST + 1)} for side in sides]
    counted: Counter[tuple[str, str]] = Counter()
    for link in links:
        ends = (link.start, link.end)
        counted[tuple(name if name in known else REST for name, known in zip(ends, shown, strict=True))] += link.people  # type: ignore[index]
    return counted


def _side(counted: Counter[tuple[str, str]], which: int) -> list[_Node]:
    people: Counter[str] = Counter()
    for ends, number in counted.items():
        people[ends[which]] += number
    order = sorted(people, key=lambda name: (name == REST, -people[name], name))
    most, y, nodes = max(people.values()), 0.0, []
    for name in order:
        height = max(LEAST, people[name] / most * TALLEST)
        nodes.append(_Node(name, people[name], y, height))
        y += height + GAP
    return nodes


def _bands(counted: Counter[tuple[str, str]], starts: list[_Node], ends: list[_Node]) -> list[Markup]:
    by_start, by_end = ({node.name: node for node in side} for side in (starts, ends))
    down = {True: {node.name: node.y for node in starts}, False: {node.name: node.y for node in ends}}
    drawn = []
    for one in starts:
        for other in ends:
            people = counted[one.name, other.name]
            if not people:
                continue
            left, right = down[True][one.name], down[False][other.name]
            left_end = left + by_start[one.name].height * people / one.people
            right_end = right + by_end[other.name].height * people / other.people
            down[True][one.name], down[False][other.name] = left_end, right_end
            drawn.append(_band(left, left_end, right, right_end))
    return drawn


def _band(left: float, left_end: float, right: float, right_end: float) -> Markup:
    near, far, middle = BAR, WIDTH - BAR, WIDTH // 2
    path = (
        f"M{near} {left:.1f}C{middle} {left:.1f} {middle} {right:.1f} {far} {right:.1f}V{right_end:.1f}"
        f"C{middle} {right_end:.1f} {middle} {left_end:.1f} {near} {left_end:.1f}Z"
    )
    return Markup('<path class="band" d="{}"/>').format(path)


def _labels(nodes: list[_Node], is_left: bool) -> list[Markup]:
    x, text_x, anchor = (0, BAR + 6, "start") if is_left else (WIDTH - BAR, WIDTH - BAR - 6, "end")
    made = Markup(
        '<rect class="end" x="{}" y="{}" width="{}" height="{}"/>'
        '<text x="{}" y="{}" text-anchor="{}">{} <tspan>{}</tspan></text>'
    )
    return [
        made.format(
            x, f"{node.y:.1f}", BAR, f"{node.height:.1f}",
            text_x, f"{node.y + node.height / 2 + 7:.1f}", anchor, _short(node.name), node.people,
        )
        for node in nodes
    ]  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
