"""States of an agreement, the wording that its text is made from, what counts as a signature, and coverage."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from math import dist
from typing import Any

from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError

PAD_HEIGHT = 400
"""Height of the field that is signed in, in thousandths of its width."""
SHORTEST_PATH = 150
"""A path shorter than this is a slip of the finger."""
MOST_POINTS = 4000
NUMERALS = "一二三四五六七八九十"


class Side(StrEnum):
    WORKER = "worker"
    EMPLOYER = "employer"


class State(StrEnum):
    OFFERED = "offered"
    """Made, not signed by both yet."""
    SIGNED = "signed"
    VOID = "void"
    """The seat was lost before the work began."""


MOVES: dict[State, set[State]] = {
    State.OFFERED: {State.SIGNED, State.VOID},
    State.SIGNED: {State.VOID},
    State.VOID: set(),
}


class AgreementVoid(LeyeError):
    """The seat is lost, and the agreement with it."""

    code = "agreement_void"


class AgreementChanged(LeyeError):
    """The text isn't the one that the signer was shown."""

    code = "agreement_changed"


def require_move(current: State, target: State) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="agreement", from_state=current, to_state=target)


@dataclass(frozen=True)
class Line:
    """A paragraph with {names}; said only if `needs` holds, or not if `lacks` does."""

    say: str
    needs: str = ""
    lacks: str = ""


@dataclass(frozen=True)
class Part:
    heading: str
    basis: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Wording:
    """A version of the words, in force from the day `since`."""

    version: str
    since: date
    title: str
    source: str
    confirmed: bool
    parts: tuple[Part, ...]


def wording_of(data: Mapping[str, Any]) -> Wording:
    """A wording from its data file."""
    parts = tuple(
        Part(
            part["heading"],
            part["basis"],
            tuple(Line(line["say"], line.get("if", ""), line.get("unless", "")) for line in part["lines"]),
        )
        for part in data["parts"]
    )
    return Wording(data["version"], data["since"], data["title"], data["source"].strip(), data["confirmed"], parts)


def compose(wording: Wording, *, number: str, values: Mapping[str, str], facts: Collection[str]) -> str:
    """The text: title and number, then parts parted by empty lines, each a heading and its paragraphs.

    Raises KeyError for a name that `values` lacks.
    """
    blocks = [f"{wording.title}\n编号 {number}"]
    for at, part in enumerate(wording.parts):
        said = [line.say.format_map(values) for line in part.lines if _holds(line, facts)]
        blocks.append("\n".join([f"{_numeral(at)}、{part.heading}", *said]))
    return "\n\n".join(blocks) + "\n"


def parts_of(text: str) -> list[tuple[str, list[str]]]:
    """(heading, paragraphs) of a text's parts, without its title."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(block[0], block[1:]) for block in blocks[1:]]


def masked(text: str) -> str:
    """A text as a screen shows it: ID number and phone hidden in part (个人信息保护法 51)."""
    text = re.sub(r"(?<=身份证号 )(\w{4})\w{12}(\w{2})", r"\1************\2", text)
    return re.sub(r"(?<=手机 )(\d{3})\d{4}(\d{4})", r"\1****\2", text)


def hand(drawn: str, *, typed_name: str, name: str) -> bytes | None:
    """The signature's path as canonical JSON; None where the signer's own name was typed instead.

    `drawn` is JSON as `Signature.strokes` says, or empty. Raises InvalidValue: field "strokes", reason "format",
    "too_short", "too_long"; field "typed_name", reason "not_the_signer".
    """
    if not drawn.strip():
        if "".join(typed_name.split()) != name:
            raise InvalidValue(field="typed_name", reason="not_the_signer" if typed_name.strip() else "unsigned")
        return None
    strokes = _strokes(drawn)
    if sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        raise InvalidValue(field="strokes", reason="too_long")
    if sum(map(_length, strokes)) < SHORTEST_PATH:
        raise InvalidValue(field="strokes", reason="too_short")
    return json.dumps(strokes, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Coverage:
    """Agreements signed by both of the work that has started, in one industry; empty for all that aren't watched."""

    industry: str
    started: int
    signed: int

    @property
    def share(self) -> float | None:
        """Percent to one decimal, never 100 while one is missing; None when nothing has started."""
        if not self.started:
            return None
        tenths = (2000 * self.signed + self.started) // (2 * self.started)
        return (min(tenths, 999) if self.signed < self.started else tenths) / 10


def _holds(line: Line, facts: Collection[str]) -> bool:
    return (not line.needs or line.needs in facts) and (not line.lacks or line.lacks not in facts)


def _numeral(at: int) -> str:
    """ "一" for 0, "十一" for 10."""
    return NUMERALS[at] if at < 10 else f"十{NUMERALS[at - 10]}"


def _strokes(drawn: str) -> list[list[list[int]]]:
    wrong = InvalidValue(field="strokes", reason="format")
    try:
        given = json.loads(drawn)
        strokes = [[[round(value) for value in point] for point in stroke] for stroke in given]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise wrong from None
    for point in (point for stroke in strokes for point in stroke):
        if len(point) != 3 or not (0 <= point[0] <= 1000 and 0 <= point[1] <= PAD_HEIGHT and 0 <= point[2] < 10**7):
            raise wrong
    return strokes


def _length(stroke: list[list[int]]) -> float:
    return sum(dist(before[:2], after[:2]) for before, after in pairwise(stroke))
