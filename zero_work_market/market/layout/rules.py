"""A message as it is read: characters, lines with their labels, and which lines speak of the agents' money."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zero_work_market.reference.characters import Characters, replaced
from zero_work_market.reference.seeking import quick

Vocabulary = Mapping[str, re.Pattern[str]]

LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
KEPT = frozenset(".,:;!?/+-()[]【】《》<>%≤≥、。#*\"'@=&×￥¥|")
JOINERS = frozenset("~～—–―〜−‐─")
KEYCAP = "\u20e3"
RISEN = "¹²³"
DIGITS_JOINED = re.compile(r"(?<=[0-9])一(?=[0-9])")
LABEL = re.compile(r"[^\w【]{0,8}(?:【([^】\n]{1,20})】|([\w/ ]{1,10}?)\s?[:】|])")
HEAD_OF_TABLE = quick(r"岗位|工种|职位|职务|工作内容")
ANY_WORD = re.compile(r"\w")
BAR, BLANK = re.compile(r"\s?\|\s?"), re.compile(r"\s{1,2}")
ENOUGH_OF_A_CLAUSE = 60
NOTHING = "\u200b"
MORE_BLANKS = re.compile("(?<=  ) {1,9999}")


@dataclass(frozen=True)
class Plain:
    """`text` as read, and for each of its characters the place in `source`, what was pasted."""

    text: str
    origin: Sequence[int]
    source: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in what was pasted."""
        return self.origin[start], self.origin[end - 1] + 1

    def pasted(self, start: int, end: int) -> str:
        return self.source[start:end]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """`text[start:end]` without its end. `label`: what stands before a colon or within 【】, or over a table's column;
    `body`: where what it labels begins. `agents`: it speaks of what agents get, not workers. `apart`: an empty line or
    a rule stands before it. `row`: it is the first cell of a table's row."""

    start: int
    end: int
    label: str
    body: int
    agents: bool = False
    apart: bool = False
    row: bool = False


def plain(pasted: str, pairs: Sequence[str], stickers: Sequence[str]) -> Plain:
    """Half width, lower case, simplified; what is no word, figure or mark is a blank, and of blanks two at most."""
    unstuck = _held(tuple(stickers)).sub(lambda sticker: " ".ljust(len(sticker[0]), NOTHING), pasted)
    read, origin = _characters(tuple(pairs)).read(unstuck, ((0, len(unstuck)),))
    text, origin = replaced(MORE_BLANKS, "", read, origin)
    return Plain(DIGITS_JOINED.sub("-", text), origin, pasted)


@lru_cache(maxsize=4)
def _held(stickers: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\[(?:" + "|".join(map(re.escape, stickers)) + r")\]", re.IGNORECASE)


@lru_cache(maxsize=4)
def _characters(pairs: tuple[str, ...]) -> Characters:
    read = {pair[0]: pair[1] for pair in pairs}
    return Characters(lambda character: _unit(character, read))


def _unit(character: str, read: Mapping[str, str]) -> str:
    if character in LINE_ENDS:
        return "\n"
    if character in JOINERS:
        return "-"
    if character == KEYCAP:
        return "、"
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    wide = unicodedata.normalize("NFKC", read.get(character, character)).lower()
    if category == "No" and wide.isdecimal() and character not in RISEN:
        return f"{wide}、"
    return "".join(read.get(one, one) if one.isalnum() or one in KEPT else " " for one in wide)


def lines(text: str, words: Vocabulary) -> list[Line]:
    """All lines that hold something, each told whether it speaks of the agents' money: by its label, or because it
    stands under a heading that does and has no label of its own. Of a table with a head each cell is one."""
    found: list[Line] = []
    under_agents, apart = False, False
    columns: list[str] = []
    for start, end in _bounds(text):
        if start == end or not ANY_WORD.search(text, start, end):
            under_agents, apart = under_agents and start != end, True
            columns = columns if start != end else []
            continue
        cells = _cells(text, start, end) if columns or HEAD_OF_TABLE.search(text, start, end) else []
        if columns and 1 < len(cells) <= len(columns):
            found += _row(columns, cells, apart=apart)
            apart = False
            continue
        columns = _columns(text, cells, words)
        label, body = _label(text, start, end)
        told = words["agents_label"].search(label) or words["agents_opening"].match(text, start, end)
        of_agents = bool(told) and not words["wage_label"].search(label)
        if words["heading_of_agents"].fullmatch(text, start, end):
            under_agents = True
        elif label and not (under_agents and words["marked"].match(text, start, end)):
            under_agents = of_agents and end - body < 4
        elif words["heading_ends_agents"].match(text, start, end):
            under_agents = False
        found.append(Line(start, end, label, body, of_agents or under_agents, apart))
        apart = False
    return found


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the cells of a line stand, which bars part or, without bars, blanks."""
    parting = BAR if BAR.search(text, start, end) else BLANK
    ends = [one.span() for one in parting.finditer(text, start, end)]
    cells = list(zip([start, *(last for _, last in ends)], [*(first for first, _ in ends), end], strict=True))
    while cells and not ANY_WORD.search(text, *cells[0]):
        del cells[0]
    return cells if parting is BAR else [one for one in cells if ANY_WORD.search(text, *one)]


def _columns(text: str, cells: Sequence[tuple[int, int]], words: Vocabulary) -> list[str]:
    """What the cells of a table's head say; none if they aren't its head."""
    said = [text[start:end] for start, end in cells]
    return said if len(said) > 2 and all(words["column"].fullmatch(one) for one in said) else []


def _row(columns: Sequence[str], cells: Sequence[tuple[int, int]], *, apart: bool) -> Iterator[Line]:
    for at, (column, (start, end)) in enumerate(zip(columns, cells, strict=False)):
        if start < end:
            yield Line(start, end, column, start, apart=apart and not at, row=not at)


def clause(text: str, at: int, line: Line, words: Vocabulary) -> tuple[int, int]:
    """The clause of `line` that the place `at` lies in, no more than some characters about it."""
    first, last = max(line.start, at - ENOUGH_OF_A_CLAUSE), min(line.end, at + ENOUGH_OF_A_CLAUSE)
    start = max((found.end() for found in words["clause_end"].finditer(text, first, at)), default=first)
    end = words["clause_end"].search(text, at, last)
    return start, end.start() if end else last


def _bounds(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for part in text.split("\n"):
        stripped = part.strip()
        left = start + len(part) - len(part.lstrip())
        yield (left, left + len(stripped)) if stripped else (start, start)
        start += len(part) + 1


def _label(text: str, start: int, end: int) -> tuple[str, int]:
    found = LABEL.match(text, start, end)
    if not found:
        return "", start
    return (found[1] or found[2] or "").strip(), found.end()
