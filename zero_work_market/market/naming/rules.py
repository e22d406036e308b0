"""Titles and employers within a message's lines, on plain values."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from zero_work_market.market.layout.rules import Line, Vocabulary
from zero_work_market.market.particulars.rules import Said
from zero_work_market.reference.job_titles.rules import Strength, Titles

BETWEEN_TITLES = re.compile(r"\s?(?:[/、&+ 和或与及|]|或者|兼)?\s?")
LIST = re.compile(r"[/、&+\s|]")
LEARNER, FIGURE = "学徒", re.compile(r"[0-9]")
"""What a learner earns, said behind the trade, names no job of its own: 木工，学徒 18 元，熟手 25 元."""
AFTER_LABEL = re.compile(r"\s{0,2}(?P<name>[一-鿿a-z]{2,8})(?![一-鿿a-z])")
WORD = re.compile(r"[一-鿿a-z]{2,12}")
SOME = re.compile(r"(?:若干|大量|[数多几各]|[一二两三四五六七八九十]{1,3})[名位个人]?$")
"""How many are sought, at the end of a title."""
ENDINGS = "工人|工|师傅|师|员|司机|阿姨|的"
"""What makes a worker of what is done: 切配工, 缝纫师傅."""
OF_WORKERS = re.compile(rf"(?:{ENDINGS})$")
NO_WORK = re.compile(rf"{ENDINGS}|[/、&+ 和或与及|,]")
LONGEST_WORD, LEAD_AFTER, LONGEST_TITLE, MOST_TITLES, BEFORE = 8, 4, 30, 40, 32
WORTH = {Strength.TRADE: 6.0, Strength.GENERAL: 5.0, Strength.DUTY: 2.5, Strength.WEAK: 0.0}
BY_ENDING, BY_SHAPE, BY_DEED = 4.0, 2.0, 1.0
LABELLED, IN_LABELLED, LEADS, HIRED, OF_DUTIES, OF_AGENTS, A_LINE_LATER = 6.0, 4.0, 3.0, 3.0, -3.0, -6.0, -0.3
CERTAIN, FAR = 12, 8


@dataclass(frozen=True, slots=True)
class Title:
    """`text[start:end]`, worth so much as the name of a job. `strength` is None for one that no table has."""

    text: str
    start: int
    end: int
    strength: Strength | None
    worth: float = 0.0

    @property
    def confidence(self) -> float:
        return min(0.95, max(0.3, self.worth / CERTAIN))


class Naming:
    """The titles of one message, read once a line."""

    def __init__(self, text: str, words: Vocabulary, titles: Titles) -> None:
        self._text, self._words, self._titles = text, words, titles
        self._known = list(titles.strength.within(text))
        self._said: dict[tuple[int, int], list[Title]] = {}
        self._called: dict[tuple[Line, ...], Title | None] = {}

    def title(self, lines: tuple[Line, ...]) -> Title | None:
        """What the job of these lines is called, read once."""
        if lines not in self._called:
            self._called[lines] = self._title(lines)
        return self._called[lines]

    def _title(self, lines: Sequence[Line]) -> Title | None:
        """What the job of these lines is called: by its label, at the head of a line, after 招, or else the strongest
        word that is said first."""
        found = [
            Title(one.text, one.start, one.end, one.strength, self._worth(one, line) + A_LINE_LATER * min(number, FAR))
            for number, line in enumerate(lines)
            for one in (
                *self.said(line),
                *self.leads(line),
                *self._hired(line),
                *self._labelled(line),
                *self._deeds(line),
            )
        ]
        best = max(found, key=lambda one: (one.worth, -one.start), default=None)
        if best and best.strength != Strength.WEAK:
            return best
        return next((duties for line in lines if (duties := self._duties(line))), best)

    def _duties(self, line: Line) -> Title | None:
        """What is done, where a line does nothing but list it."""
        one = None if line.agents else self._words["duties"].match(self._text, line.start, line.end)
        if not one or any(self._words[name].search(one["name"]) for name in ("not_duties", "not_shape")):
            return None
        return Title(one["name"], *one.span("name"), None, BY_DEED)

    def calls(self, name: str) -> set[str]:
        """What a job of this name is called further down: without its ending, or by the title that it ends with."""
        stem = stem_of(name)
        known = self._titles.strength.values
        ends = (stem[at:] for at in range(1, len(stem) - 1))
        return {stem, *(one for one in ends if one in known or (len(one) == 2 and len(stem) > len(one) + 1))}

    def leads(self, line: Line) -> list[Title]:
        """The titles that begin a line, or what is said of several jobs within it: each with figures of its own."""
        text, words = self._text, self._words
        if line.agents:
            return []
        said = [one for one in self.said(line) if one.strength != Strength.WEAK]
        shapes = list(self._by_shape(line, said))
        found = sorted([*said, *shapes], key=lambda one: one.start)
        if not found:
            return []
        ends = [one.start for one in found[1:]] + [line.end]
        own = [
            one
            for one, end in zip(found, ends, strict=True)
            if one in shapes or words["own_figures"].match(text, one.end, end)
        ]
        listed = {name for one in own for name in LIST.split(one.text) if name != one.text}
        own = [one for one in own if one.text not in listed]
        if len(own) > 1:
            return own
        head, first = self._head(line), found[0]
        near = LEAD_AFTER if own[:1] == [first] else 1
        leads = first.start <= head + near or (
            own[:1] == [first] and words["plain_before"].fullmatch(text, head, first.start) is not None
        )
        return [first] if leads else []

    def said(self, line: Line) -> list[Title]:
        """The titles of a line, in its order; those of a list (普工/操作工) as one."""
        if (line.start, line.end) not in self._said:
            self._said[line.start, line.end] = self._read(line)
        return self._said[line.start, line.end]

    def _read(self, line: Line) -> list[Title]:
        text, words = self._text, self._words
        found: list[Title] = []
        for one in self._single(line):
            before, after = (
                text[max(line.start, one.start - 12) : one.start],
                text[one.end : min(line.end, one.end + 8)],
            )
            if words["not_title_before"].search(before) or words["not_title_after"].match(after):
                continue
            last = found[-1] if found else None
            if last and one.end - last.start <= LONGEST_TITLE and BETWEEN_TITLES.fullmatch(text, last.end, one.start):
                strongest = max(last.strength or Strength.DUTY, one.strength or Strength.DUTY)
                found[-1] = Title(text[last.start : one.end], last.start, one.end, strongest)
            elif not (last and one.text.startswith(LEARNER) and not FIGURE.search(text, last.end, one.start)):
                found.append(one)
            if len(found) == MOST_TITLES:
                break
        return found

    def _single(self, line: Line) -> list[Title]:
        """Known titles, and whole words that end like one: these before what of the known stands in them."""
        known = [
            Title(self._text[start:end], start, end, self._strength(start, end)) for start, end in self._known_in(line)
        ]
        whole: list[Title] = []
        apart: list[Title] = []
        words = list(self._by_ending(line))
        for one in known:
            while words and words[0].end <= one.start:
                whole.append(words.pop(0))
            if words and one.start < words[0].end and words[0].start < one.end:
                strongest = max(words[0].strength or Strength.WEAK, one.strength or Strength.WEAK)
                words[0] = replace(words[0], strength=strongest)
            else:
                apart.append(one)
        return sorted([*whole, *words, *apart], key=lambda one: one.start)

    def _known_in(self, line: Line) -> Sequence[tuple[int, int]]:
        return self._known[bisect_left(self._known, (line.start, 0)) : bisect_left(self._known, (line.end, 0))]

    def _strength(self, start: int, end: int) -> Strength:
        return self._titles.strength.values[self._text[start:end]]

    def _by_ending(self, line: Line) -> Iterator[Title]:
        """Words by themselves that end like a title (…工, …员, …师傅), after 招 if they hold it."""
        text, words = self._text, self._words
        for word in WORD.finditer(text, line.start, line.end):
            start = max((hire.end() for hire in words["hires"].finditer(text, *word.span())), default=word.start())
            end = word.start() + len(SOME.sub("", word[0]))
            one = text[start:end]
            if end < word.end() and any(start <= known and after == end for known, after in self._known_in(line)):
                continue
            if (
                1 < len(one) <= LONGEST_WORD
                and one.endswith(self._titles.endings)
                and not words["not_a_worker"].search(one)
            ):
                yield Title(one, start, end, None)

    def _by_shape(self, line: Line, said: Sequence[Title]) -> Iterator[Title]:
        """Names by the figures behind them, apart from the titles that are said: 水电维修 1 人."""
        for shape in self._words["shape"].finditer(self._text, line.start, line.end):
            start, end = shape.span("name")
            if not (
                any(start < one.end and one.start < end for one in said)
                or self._words["not_shape"].search(shape["name"])
            ):
                yield Title(shape["name"], start, end, None, BY_SHAPE)

    def _hired(self, line: Line) -> Iterator[Title]:
        for one in () if line.agents else self._words["hired"].finditer(self._text, line.start, line.end):
            name = "name" if one["name"] else "bare"
            if not self._words["not_hired"].search(one[name]):
                yield Title(one[name], *one.span(name), None, BY_DEED)

    def _labelled(self, line: Line) -> Iterator[Title]:
        """What stands behind a title's label, whatever it be, in a line without a title."""
        found = AFTER_LABEL.match(self._text, line.body, line.end)
        if (
            found
            and self._words["title_label"].search(line.label)
            and not (line.agents or self.said(line) or self._words["not_hired"].search(found["name"]))
        ):
            yield Title(found["name"], *found.span("name"), None, BY_DEED)

    def _deeds(self, line: Line) -> Iterator[Title]:
        for one in () if line.agents else self._words["deed"].finditer(self._text, line.start, line.end):
            yield Title(one[0], *one.span(), None, BY_DEED)

    def _head(self, line: Line) -> int:
        opening = self._words["lead_before"].match(self._text, line.start, line.end)
        return opening.end() if opening else line.start

    def _worth(self, one: Title, line: Line) -> float:
        words = self._words
        before = self._text[max(line.start, one.start - BEFORE) : one.start]
        worth = WORTH[one.strength] if one.strength else one.worth or BY_ENDING
        if words["title_label"].search(line.label) and one.start >= line.body:
            worth += LABELLED if one.start - line.body <= 2 else IN_LABELLED
        if one.start <= self._head(line) + 1:
            worth += LEADS / {Strength.DUTY: 2, Strength.WEAK: 3}.get(one.strength or Strength.TRADE, 1)
        if words["hires_before"].search(before[-10:]):
            worth += HIRED if one.strength != Strength.WEAK else HIRED / 3
        if words["duty_before"].search(before) or words["duty_before"].search(line.label):
            worth += OF_DUTIES
        return worth + (OF_AGENTS if line.agents else 0)


def own_names(named: Sequence[str], names: Sequence[str]) -> list[str]:
    """What the titles of a line were called first, among `names`: 切配 is 切配工; where all titles of a line are begins
    or ends of such they are those: CNC of CNC操机, 厨师 of 中餐厨师."""
    same = [next((one for one in names if stem_of(one) == stem_of(name)), None) for name in named]
    alike = [one or _longer(name, names) for one, name in zip(same, named, strict=True)]
    surely = alike if len(named) > 1 and all(alike) else same
    return [one or name for one, name in zip(surely, named, strict=True)]


def _longer(name: str, names: Sequence[str]) -> str | None:
    """The only one of `names` that begins or ends with a name."""
    longer = {one for one in names if one.startswith(name) or one.endswith(name)}
    return longer.pop() if len(longer) == 1 else None


def stem_of(name: str) -> str:
    """A title without its ending: 切配工 → 切配."""
    stem = OF_WORKERS.sub("", name)
    return stem if len(stem) > 1 else name


def names_of(listed: str, names: Sequence[str]) -> list[str]:
    """Which of `names` a name is a list of, if it is one of two or more: 服务员切配."""
    rest, found = listed, []
    for one in sorted(dict.fromkeys(names), key=lambda one: (stem_of(one) not in listed, -len(one))):
        stem = stem_of(one)
        if said := next((stem[at:] for at in range(len(stem) - 1) if stem[at:] in rest), ""):
            rest = rest.replace(said, " ", 1)
            found.append(one)
    return found if len(found) > 1 and not NO_WORK.sub("", rest) else []


def employer(text: str, lines: Sequence[Line], words: Vocabulary) -> Said[str] | None:
    """Who employs: by its label, by its whole name, or by what it is called."""
    for line in lines:
        if words["employer_label"].search(line.label):
            body = re.split(r"[,;。(\s]", text[line.body : line.end].strip(" :"))[0][:30]
            if len(body) >= 2:
                at = text.find(body, line.body)
                return Said(body, at, at + len(body), 0.9)
    for name, confidence in (("employer_whole", 0.9), ("employer_names", 0.7), ("employer_short", 0.6)):
        for line in lines:
            for one in words[name].finditer(text, line.start, line.end):
                if not words["not_employer"].search(one[0]):
                    return Said(one[0], *one.span(), confidence)
    return None
