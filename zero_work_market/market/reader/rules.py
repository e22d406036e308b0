"""The jobs of a message and what is said of each, on plain values."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter

from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.amounts.rules import Wage
from zero_work_market.market.layout.rules import Line, Vocabulary
from zero_work_market.market.naming.rules import ENDINGS, Naming, Title, names_of, own_names
from zero_work_market.market.particulars.rules import Said, longest_day
from zero_work_market.reference.law.rules import Found
from zero_work_market.reference.places.rules import Known, Mention
from zero_work_market.reference.seeking import quick
from zero_work_market.reference.within import Words

MOST_CHARACTERS = 10_000
MOST_JOBS = 20
HARDLY = 0.3
MARKS = ("marked", "lettered", "numbered", "boxed", "headed")
BEFORE_TITLES = ("numbered", "boxed")
"""Marks that lists of conditions have too, and that part jobs only before their titles."""
SAID_OF_ALL = ("hours_said", "meals_yes", "meals_no", "lodging_yes", "lodging_no")
NO_MARK = " 【《-=*#@."
LIST = re.compile(r"[/、&+\s|]")
FIGURE = r"(?:[0-9]{1,2}|[一二三四五六七八九十]|(?<![a-z])[a-h](?![a-z])|[甲乙丙丁])"
FIGURES = re.compile(FIGURE)
MARK = re.compile(rf"\W{{0,6}}(?:单|岗位?|职位|工种|项目|[a-z](?=[0-9]))?\s?({FIGURE})\s?[、.:)】|,]")
NUMBERS = re.compile(
    rf"\W{{0,4}}(?:(?:岗位|单|职位|工种|第)\s?(?:{FIGURE}[、/,和及-]?\s?){{1,6}}|(?:{FIGURE}[、/和及-]\s?){{1,5}}{FIGURE}"
    rf"(?:[、号单岗]|(?=[^\W0-9])))(?:号|单|岗位?)?(?![0-9.:])"
)
MARK_ALONE = re.compile(rf"\W{{0,8}}[^\W0-9]{{1,3}}?\s?({FIGURE})")
HAN_FIGURES = "一二三四五六七八九十"
JOINED = re.compile(rf"(?:{ENDINGS})?[\s、,/和与跟及&+]{{0,2}}")
NO_WORD = re.compile(r"[^\w<]{0,4}")
SEVERAL = quick(
    rf"(?<![0-9]){FIGURE}[、/和及]\s?{FIGURE}(?![0-9])|[a-z][0-9]{{1,2}}-|(?:岗位|单|职位|工种|第)\s?{FIGURE}|其[他它余]|剩下|别的"
)
ELSE = re.compile(r"[,;。 ](?:其[他它余]|剩下|别的)")
NUMBER = re.compile(rf"\W{{0,4}}{FIGURE}[、号单岗](?![0-9])")
SENTENCE_PART = re.compile(r"[,;。!|]|  | (?=[0-9]{1,2}、)")
OTHERS, GOES_ON = re.compile(r"\W{0,4}(?:其[他它余]|剩下|别的)"), (",", " ")
START = attrgetter("start")
SEEKS, STREET = re.compile(r"[缺招找聘]"), re.compile(r"(?:路|大道|街|巷|号|村)$")
NAME = re.compile(r"[一-鿿]{2,10}")
NAME_APART = re.compile(r"[\s】)]{0,2}[一-鿿]{2,10}")
CLAUSE_ENDS, ALL_ENDS = re.compile(r"[,;。]"), re.compile(r"[,;。] ?| {1,2}(?![,;。])")


class MessageTooLong(LeyeError):
    """details: most (characters)."""

    code = "message_too_long"


@dataclass(frozen=True)
class Part:
    """The lines of one job. `shared`: lines that are said of all jobs of the message. `by_title`: it is parted from the
    others by its title alone, so that it is likely at the place of these."""

    own: tuple[Line, ...]
    shared: tuple[Line, ...] = ()
    by_title: bool = False

    @property
    def all(self) -> tuple[Line, ...]:
        return (*self.own, *self.shared)

    @property
    def ways(self) -> tuple[tuple[Line, ...], ...]:
        """Where a field is looked for: in the job's own lines, then in those of all jobs."""
        return (self.own, self.shared)


@dataclass(frozen=True)
class Job:
    """What is said of one job. A field that isn't said is None or empty; spans are places in what was pasted."""

    title: Said[str] | None
    occupations: tuple[Said[str], ...]
    employer: Said[str] | None
    place: Said[Known] | None
    pay: tuple[Wage, ...]
    headcount: Said[int] | None
    age_min: Said[float] | None
    age_max: Said[float] | None
    gender: Said[str] | None
    shifts: tuple[Said[str], ...]
    break_minutes: Said[int] | None
    meals: Said[bool] | None
    lodging: Said[bool] | None
    start_day: Said[tuple[int, int]] | None
    days: Said[int] | None
    contact: Said[str] | None
    lines: tuple[Said[str], ...] = ()
    """Where its own lines stand; "agents" for those that speak of what agents get."""
    missing: tuple[str, ...] = ()
    """The fields that a posting needs and that aren't said."""

    @property
    def is_one(self) -> bool:
        """Whether it is a job at all: named, and with something said of who is taken or what is paid."""
        return self.title is not None and bool(
            self.pay or self.age_min or self.age_max or self.headcount or self.shifts or self.meals or self.lodging
        )


@dataclass(frozen=True)
class Reading:
    """`text` is what was pasted. `findings` are the words that the law is against, in the text's order."""

    text: str
    jobs: tuple[Job, ...] = ()
    findings: tuple[Found, ...] = field(default=())


def parts(text: str, lines: Sequence[Line], words: Vocabulary, naming: Naming, places: Sequence[Mention]) -> list[Part]:
    """The message parted into its jobs, one part if nothing parts it: by a table's rows, by marks (单1), by numbers or
    【】 if most stand before a title or a place, by headings that name an employer, by the places of lines that have
    titles, or by titles that have figures of their own. What is said of some of them by name or number is theirs."""
    found = (
        _by_rows(text, lines, words)
        or _by_marks(text, lines, words, naming, places)
        or _by_places(text, lines, words, naming, places)
        or _by_titles(text, lines, words, naming, places)
    )
    return _assigned(text, found, naming) if len(found) > 1 else found


def _by_rows(text: str, lines: Sequence[Line], words: Vocabulary) -> list[Part]:
    rows = [at for at, line in enumerate(lines) if line.row]
    return _parted(text, lines, rows, words, by_label=False) if len(rows) > 1 else []


def _by_marks(
    text: str, lines: Sequence[Line], words: Vocabulary, naming: Naming, places: Sequence[Mention]
) -> list[Part]:
    for name in MARKS:
        begun = {at: mark for at, line in enumerate(lines) if (mark := _begins(text, line, name, words))}
        starts = list(begun)
        if name == "marked":
            starts = [at for at in starts if begun[at] not in [begun[one] for one in starts if one < at]]
        if name == "lettered" and len(set(begun.values())) < len(starts):
            continue
        if name in BEFORE_TITLES and not _name_jobs(text, [lines[at] for at in starts], words, naming, places):
            continue
        found = _parted(text, lines, starts, words, places, by_label=False) if len(starts) > 1 else []
        if len(found) > 1:
            return [replace(one, by_title=name in BEFORE_TITLES) for one in found]
    return []


def _name_jobs(text: str, starts: Sequence[Line], words: Vocabulary, naming: Naming, places: Sequence[Mention]) -> bool:
    """Whether most of the lines begin with a title, or with a place of their own."""
    at_places = {line.start: here[0] for line in starts if (here := _opening(text, line, words, places))}
    apart = len({one.place for one in at_places.values()}) == len(at_places) > 1
    named = sum(bool(naming.leads(line)) or (apart and line.start in at_places) for line in starts)
    return named > len(starts) / 2


def _opening(text: str, line: Line, words: Vocabulary, places: Sequence[Mention]) -> Sequence[Mention]:
    """The places of a line that begins with one."""
    here = _within(line, places)
    return here if here and words["before_place"].fullmatch(text, line.start, here[0].start) else ()


def _begins(text: str, line: Line, name: str, words: Vocabulary) -> str:
    begins = words[name].match(text, line.start, line.end)
    closes = name == "headed" and words["closing"].match(text, line.start, line.end)
    if not begins or line.agents or closes:
        return ""
    if name != "marked":
        return begins[0].strip(NO_MARK)[:1] or name
    mark = MARK_ALONE.match(begins[0])
    return mark[1] if mark else str(line.start)


def _by_places(
    text: str, lines: Sequence[Line], words: Vocabulary, naming: Naming, places: Sequence[Mention]
) -> list[Part]:
    at_places: dict[int, Known] = {}
    for at, line in enumerate(lines):
        here = _opening(text, line, words, places)
        if here and not line.agents and naming.said(line) and _says_terms(text, [line], words):
            at_places[at] = here[0].place
    apart = len(at_places) > 1 and len(set(at_places.values())) == len(at_places)
    return _parted(text, lines, list(at_places), words, by_label=False) if apart else []


def _parted(
    text: str,
    lines: Sequence[Line],
    starts: Sequence[int],
    words: Vocabulary,
    places: Sequence[Mention] = (),
    *,
    by_label: bool,
) -> list[Part]:
    ends = [*starts[1:], len(lines)]
    blocks = [list(lines[start:end]) for start, end in zip(starts, ends, strict=True)]
    blocks[-1], tail = _without_tail(text, blocks, words, by_label=by_label)
    opening = list(lines[: starts[0]])
    _put_under_headings(text, opening, blocks, words, places)
    kept = [block for block in blocks if _says_terms(text, block, words)]
    of_none = (line for block in blocks if block not in kept for line in block)
    shared = (*opening, *of_none, *tail)
    return [Part(tuple(block), shared) for block in kept][:MOST_JOBS] if len(kept) > len(blocks) / 2 else []


def _put_under_headings(
    text: str, opening: list[Line], blocks: Sequence[list[Line]], words: Vocabulary, places: Sequence[Mention]
) -> None:
    """Lines that begin with a place, say nothing of the work and stand right before jobs are of these, down to the next
    of them: the last of `opening` and of blocks, if more than one is such a heading."""
    ends = [opening, *blocks[:-1]]
    headings = {
        at: group[-1]
        for at, group in enumerate(ends)
        if len(group) > (at > 0)
        and _opening(text, group[-1], words, places)
        and not _says_terms(text, group[-1:], words)
    }
    if len(headings) < 2 or len({_opening(text, one, words, places)[0].place for one in headings.values()}) < 2:
        return
    for at in headings:
        del ends[at][-1]
    heading = None
    for at, block in enumerate(blocks):
        heading = headings.get(at, heading)
        block += [heading] if heading else []


def _assigned(text: str, found: Sequence[Part], naming: Naming) -> list[Part]:
    """The parts, with what lines of all say of some: 普工管住，小工不管; ①② 当天结; 岗位一、二不管吃住。"""
    titles = [naming.title(part.own) for part in found]
    named = [{call for name in LIST.split(one.text) for call in naming.calls(name)} if one else set() for one in titles]
    marked = [mark[1] if (mark := MARK.match(text, part.own[0].start, part.own[0].end)) else "" for part in found]
    marked = [_figure(one) for one in marked]
    called = dict.fromkeys(set[str]().union(*named))
    mentions = [start for start, _ in Words(called).within(text)] if called else []
    mentions = sorted([*mentions, *(one.start() for one in SEVERAL.finditer(text))]) if any(marked) else mentions
    own: list[list[Line]] = [list(part.own) for part in found]
    shared: list[Line] = []
    for line in found[0].shared:
        is_meant = not line.agents and bisect_left(mentions, line.start) < bisect_left(mentions, line.end)
        said = _said_of_some(text, line, named, marked) if is_meant else []
        if not said:
            shared.append(line)
            continue
        for start, end, whose in said:
            for at in whose:
                own[at].append(_piece(line, start, end))
        starts = [line.start, *(end for _, end, _ in said)]
        ends = [*(start for start, _, _ in said), line.end]
        shared += [_piece(line, *one) for one in zip(starts, ends, strict=True) if one[1] - one[0] > 1]
    of_all = tuple(shared)
    return [replace(part, own=tuple(lines), shared=of_all) for part, lines in zip(found, own, strict=True)]


def _said_of_some(
    text: str, line: Line, named: Sequence[set[str]], marked: Sequence[str]
) -> list[tuple[int, int, list[int]]]:
    """The stretches of a line behind names or numbers of some jobs, and whose each is; 其他 is of the rest."""
    found: list[tuple[int, int, list[int]]] = []
    of_any: set[int] = set()
    has_others = ELSE.search(text, line.body, line.end) is not None
    starts = [line.body, *(one.end() for one in SENTENCE_PART.finditer(text, line.body, line.end))]
    for start, end in pairwise([*starts, line.end]):
        whose, behind = _whose(text, start, end, named, marked, alone=has_others or bool(found))
        if OTHERS.match(text, start, end) and of_any:
            whose = [at for at in range(len(named)) if at not in of_any]
        of_any |= set(whose)
        if 0 < len(whose) < len(named):
            found.append((min(behind, end), end, whose))
        elif found and found[-1][1] == start and not whose and text[start - 1] in GOES_ON:
            found[-1] = (found[-1][0], end, found[-1][2])
    return found


def _whose(
    text: str, start: int, end: int, named: Sequence[set[str]], marked: Sequence[str], *, alone: bool
) -> tuple[list[int], int]:
    """The jobs whose names or numbers a stretch begins with, and where these end. `alone`: one number is enough."""
    numbers = NUMBERS.match(text, start, end) or (NUMBER.match(text, start, end) if alone else None)
    if numbers:
        figures = [_figure(one) for one in FIGURES.findall(numbers[0])]
        if len(figures) == 2 and "-" in numbers[0] and all(one in marked for one in figures):
            return list(range(marked.index(figures[0]), marked.index(figures[1]) + 1)), numbers.end()
        return [at for at, mark in enumerate(marked) if mark and mark in figures], numbers.end()
    opening = NO_WORD.match(text, start, end)
    behind, whose = opening.end() if opening else start, list[int]()
    while held := [
        (len(name), -at) for at, names in enumerate(named) for name in names if text.startswith(name, behind, end)
    ]:
        length, at = max(held)
        whose.append(-at)
        joined = JOINED.match(text, behind + length, end)
        behind = joined.end() if joined else end
    return whose, behind


def _figure(written: str) -> str:
    return str(HAN_FIGURES.index(written) + 1) if written in HAN_FIGURES else written.lstrip("0")


def _by_titles(
    text: str, lines: Sequence[Line], words: Vocabulary, naming: Naming, places: Sequence[Mention]
) -> list[Part]:
    """A part for each title that leads; what is said of one title in two lines is one part, what is said of several
    together each one's."""
    cut: list[Line] = []
    named: dict[int, Title] = {}
    rows: list[range] = []
    shared: list[Line] = []
    for line in lines:
        found = naming.leads(line)
        pieces, rest = _cut(text, line, [one.start for one in found], words) if len(found) > 1 else ([line], [])
        rows.append(range(len(cut), len(cut) + len(found)))
        named |= {len(cut) + at: one for at, one in enumerate(found)}
        cut += pieces
        shared += rest
    names: dict[int, str] = {}
    for row in rows:
        called = own_names([named[at].text for at in row], list(names.values()))
        names |= dict(zip(row, called, strict=True))
    parted = _parted(text, cut, sorted(names), words, places, by_label=True) if len(set(names.values())) > 1 else []
    of_all = (*parted[0].shared, *shared) if parted else ()
    own: dict[str, tuple[Line, ...]] = {}
    for part in parted:
        first = cut.index(part.own[0])
        several = names_of(names[first], [one for one in names.values() if one != names[first]])
        behind = _piece(part.own[0], named[first].end, part.own[0].end)
        for each in several or (names[first],):
            own[each] = (*own.get(each, ()), *((behind, *part.own[1:]) if several else part.own))
    merged = [Part(lines, of_all, by_title=True) for lines in own.values()]
    return merged if len(merged) > 1 else [Part(tuple(lines))]


def _cut(text: str, line: Line, starts: Sequence[int], words: Vocabulary) -> tuple[list[Line], list[Line]]:
    """A line cut where each of its jobs begins; what is said before the first, and after as many clauses as the others
    have (words, where no marks part the jobs), or with hours, board or lodging that they don't have, is said of all."""
    bounds = list(pairwise([*starts, line.end]))
    ends = CLAUSE_ENDS if CLAUSE_ENDS.search(text, starts[0], starts[-1]) else ALL_ENDS
    most = max(len(ends.findall(text[start:end].rstrip("、,;。 "))) for start, end in bounds[:-1])
    start, end = bounds[-1]
    clauses = [one.start() for one in ends.finditer(text, start, end)]
    of_all = [one.start() for one in ALL_ENDS.finditer(text, start, end) if _is_of_all(text, one.end(), bounds, words)]
    stop = min([_stop(text, start, end), *clauses[most : most + 1], *of_all[:1]])
    stop = (
        max(stop, text.find(")", stop, end) + 1)
        if text.count("(", start, stop) > text.count(")", start, stop)
        else stop
    )
    own = [(first, _stop(text, first, last)) for first, last in bounds[:-1]] + [(start, stop)]
    rest = [(line.start, starts[0]), *((ends, last) for (_, ends), (_, last) in zip(own, bounds, strict=True))]
    return [_piece(line, *one) for one in own], [_piece(line, *one) for one in rest if one[1] - one[0] > 1]


def _is_of_all(text: str, at: int, bounds: Sequence[tuple[int, int]], words: Vocabulary) -> bool:
    """Whether hours, board or lodging that no job but the last has are said at a place."""
    return any(
        words[name].match(text, at, bounds[-1][1])
        and not any(words[name].search(text, start, end) for start, end in bounds[:-1])
        for name in SAID_OF_ALL
    )


def _stop(text: str, start: int, end: int) -> int:
    """Where the sentence that begins at `start` ends."""
    found = text.find("。", start, end)
    return end if found < 0 else found


def _piece(line: Line, start: int, end: int) -> Line:
    return Line(start, end, "", start, line.agents)


def _without_tail(
    text: str, blocks: Sequence[Sequence[Line]], words: Vocabulary, *, by_label: bool
) -> tuple[list[Line], list[Line]]:
    """The last block, until its lines are said of all: at words that close, behind an empty line such as no other has,
    when it is longer than any other, at hours, board or lodging that no other says, or, with `by_label`, at a label
    that no other has."""
    last = list(blocks[-1])
    others = [line for block in blocks[:-1] for line in block]
    known = {line.label for line in others if line.label}
    longest = max((len(block) for block in blocks[:-1]), default=1)
    apart = any(line.apart for block in blocks[:-1] for line in block[1:])
    new = [
        words[name]
        for name in (SAID_OF_ALL if len(last) > 1 else ())
        if not any(_says(text, line, words[name]) for line in others)
    ]
    for at, line in enumerate(last[1:], 1):
        closes = (by_label and line.label) or words["closing"].match(text, line.start, line.end)
        said_of_all = (
            closes or at >= longest or (line.apart and not apart) or any(_says(text, line, one) for one in new)
        )
        if line.label not in known and said_of_all:
            return last[:at], last[at:]
    return last, []


def _says(text: str, line: Line, what: re.Pattern[str]) -> bool:
    return what.search(text, line.start, line.end) is not None


def _says_terms(text: str, block: Sequence[Line], words: Vocabulary) -> bool:
    return any(_says(text, line, words["terms"]) for line in block if not line.agents)


def place(part: Part, said: Sequence[Mention], boss: Said[str] | None) -> Said[Known] | None:
    """The place named first in the job's own lines, or else in those of all, as close as it is named there; or else,
    where titles alone part the message and it names one city, the place of the message. A short name within the
    employer's (永昌 in 永昌蒜业) is none while another is said, and hardly one if none is."""
    named = [one for one in said if one.sure or not _is_of(one, boss)]
    if found := _named_first(part, named):
        return found
    if part.by_title and len({one.place.city for one in named}) == 1:
        return _closest(named)
    hardly = _named_first(part, said)
    return replace(hardly, confidence=HARDLY) if hardly else None


def _named_first(part: Part, said: Sequence[Mention]) -> Said[Known] | None:
    for lines in part.ways:
        here = [one for line in lines for one in _within(line, said)]
        if here:
            return _closest([one for one in here if one.sure] or here)
    return None


def _is_of(one: Mention, boss: Said[str] | None) -> bool:
    return boss is not None and boss.start <= one.start and one.end <= boss.end


def _within(line: Line, said: Sequence[Mention]) -> Sequence[Mention]:
    first, last = (bisect_left(said, at, key=START) for at in (line.start, line.end))
    return said[first:last]


def _closest(here: Sequence[Mention]) -> Said[Known]:
    first = closest = here[0]
    for one in here[1:]:
        known, sofar = one.place, closest.place
        if known.city == sofar.city and known.county and sofar.county in ("", known.county) and not sofar.town:
            closest = one
    end = closest.end if 0 < closest.end - first.start < 30 else first.end
    return Said(closest.place, first.start, end, 0.9 if first.whole else 0.8)


def heading(text: str, part: Part, said: Sequence[Mention]) -> Said[str] | None:
    """What stands right behind the first place of the job's own lines: 惠州伯恩光学 → 伯恩光学."""
    for line in part.own:
        for one in _within(line, said):
            name = (NAME_APART if part.shared else NAME).match(text, one.end, line.end)
            if name and not any(other.start < name.end() and name.start() < other.end for other in said):
                start = name.end() - len(name[0].lstrip(" 】)"))
                called = SEEKS.split(text[start : name.end()])[0]
                is_one = len(called) > 1 and not STREET.search(called)
                return Said(called, start, start + len(called), 0.4) if is_one else None
    return None


def missing(job: Job) -> tuple[str, ...]:
    """What a posting must say and the message doesn't."""
    said = {
        "employer": job.employer, "title": job.title, "headcount": job.headcount, "shifts": job.shifts,
        "town": job.place and job.place.value.county, "pay": job.pay, "min_age": job.age_min,
    }  # fmt: skip
    return tuple(name for name, value in said.items() if not value)


def is_long_or_by_night(text: str, part: Part, job: Job, words: Vocabulary, *, most: float) -> bool:
    """Whether the job is said to take more than so many hours a day, or to be done by night."""
    spans = [one.value.split("-") for one in job.shifts]
    clocks = [[int(time[:2]) * 60 + int(time[3:]) for time in span] for span in spans]
    longest = max(((end - start) % (24 * 60) / 60 for start, end in clocks), default=0.0)
    by_night = any(end < start or end > 22 * 60 for start, end in clocks)
    told = any(words["nights_said"].search(text, line.start, line.end) for line in part.all)
    return longest > most + 1 or longest_day(text, part.all, words) > most or by_night or told
