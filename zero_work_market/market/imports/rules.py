"""What a spreadsheet can hold, how an import of it goes, and how each row is judged: by the rules of the forms."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from zero_work_market.ground.cells import day_of, number_of, text_of
from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.ground.sheets import Value
from zero_work_market.people.accounts.rules import (
    birth_date,
    mask_id_number,
    parse_id_number,
    parse_person_name,
    parse_phone,
    plain,
)
from zero_work_market.people.employers.rules import parse_uscc
from zero_work_market.people.workers.rules import MOST_SKILLS, check_age, check_slip, mask_name, surname_of
from zero_work_market.reference.regions.rules import covers, level_of


class Kind(StrEnum):
    WORKERS = "workers"
    EMPLOYERS = "employers"
    PLACEMENTS = "placements"
    """Work of past years, as towns wrote it down: kept and shown, never counted as proven."""


class State(StrEnum):
    ASKING = "asking"
    """A column that is needed isn't recognised: staff say which it is."""
    READING = "reading"
    REFUSED = "refused"
    """The file broke off in the middle."""
    READY = "ready"
    """Read and judged; nothing is imported until told."""
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"


MOVES: Mapping[State, frozenset[State]] = {
    State.ASKING: frozenset({State.ASKING, State.READING, State.DROPPED}),
    State.READING: frozenset({State.READY, State.REFUSED}),
    State.REFUSED: frozenset(),
    State.READY: frozenset({State.ASKING, State.READING, State.RUNNING, State.DROPPED}),
    State.RUNNING: frozenset({State.DONE}),
    State.DONE: frozenset({State.RUNNING, State.UNDOING}),
    State.UNDOING: frozenset({State.UNDONE}),
    State.UNDONE: frozenset(),
    State.DROPPED: frozenset(),
}
AT_WORK = frozenset({State.READING, State.RUNNING, State.UNDOING})


class RowState(StrEnum):
    GOOD = "good"
    FAULTY = "faulty"
    DUPLICATE = "duplicate"
    IMPORTED = "imported"
    UNDONE = "undone"
    KEPT = "kept"
    """Could not be undone: someone works with it since."""


class NothingChosen(LeyeError):
    """No row is chosen."""

    code = "nothing_chosen"


class TwinsChosen(LeyeError):
    """Rows of one and the same are chosen. details: numbers."""

    code = "twins_chosen"


MOST_ROWS = 50_000
IDENTITY: Mapping[Kind, str] = {Kind.WORKERS: "id_number", Kind.EMPLOYERS: "uscc", Kind.PLACEMENTS: "id_number"}
"""The field by which two rows are the same."""
TITLE_SURE, TITLE_LIKELY = 0.9, 0.7
"""How sure a reading of a job title is to be taken without a word, and to be taken with one."""
WARNINGS = frozenset({"title_doubtful", "title_unknown", "titles_many", "village_unknown", "month_only", "two_phones"})
"""What is said of a row, and doesn't keep it from being imported."""
TWIN, REGISTERED, PHONE_TAKEN = "twin", "registered", "phone_taken"
LONG_NUMBER = re.compile(r"\d{4,}")
"""What is said in the clear holds no number of anyone's, in whichever column it was written."""
GOES_ON = frozenset({"至今", "目前", "现在", "在岗", "长期", "无"})
"""What stands for the last day of work that hasn't ended."""
EXAMPLE = re.compile("例[:：]|示例")
ASIDE = re.compile("合 ?计|总 ?计|小 ?计|累计|备注|说明|注[:：]|填表|制表|审核|单位负责人|联系人[:：]")
"""How rows begin that are nobody's: totals, notes, who filled it in."""


@dataclass(frozen=True)
class Field:
    """A column: its title in the template, and how towns head it. `needed`: always, region, slip, or no."""

    field: str
    title: str
    needed: str
    words: tuple[str, ...]
    example: str
    width: int


@dataclass(frozen=True)
class Fault:
    """What is wrong, or only to be said, of a field of a row; `told` is what the words for it need."""

    field: str
    reason: str
    told: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        return self.reason in WARNINGS


@dataclass(frozen=True)
class Judged:
    """A row: what lists show of it, what makes it one and the same, what would be imported, and what is wrong."""

    shown: str
    key: str | None = dataclasses.field(repr=False)
    taken: Mapping[str, Any] = dataclasses.field(repr=False)
    faults: tuple[Fault, ...]

    @property
    def is_good(self) -> bool:
        return all(fault.is_warning for fault in self.faults)


@dataclass(frozen=True)
class Title:
    """A job title as read: the occupation it is most like, what that is called, and how sure that is, 0–1."""

    code: str
    name: str
    confidence: float


@dataclass(frozen=True)
class Town:
    """`names`: as it may be written, with and without the county's."""

    code: str
    full: str
    names: frozenset[str]
    county: tuple[str, str]
    """The county's name and short name."""


@dataclass(frozen=True)
class Places:
    """The towns that a sheet may name, and the villages of `scope`, which all rows must lie in."""

    scope: str
    towns: tuple[Town, ...]
    villages: Mapping[str, Mapping[str, str]]
    """Town → name as `plain_village` leaves it → code."""

    def town(self, text: str, county: str = "") -> tuple[str, str]:
        """Code of the town that a cell or an address names, and what stands after it.

        Raises InvalidValue on field "town": reason "required", "unknown", "not_yours", "which_county".
        """
        text = re.sub("^(山东省?)?(济宁市?)?", "", plain(text))
        if not text:
            if level_of(self.scope) == "town":
                return self.scope, ""
            raise InvalidValue(field="town", reason="required")
        found, rest = self._named(text)
        if said := plain(county):
            found = [town for town in found if any(name in said or said in name for name in town.county)]
        own = [town for town in found if covers(self.scope, town.code)]
        if len(own) == 1:
            return own[0].code, rest
        raise InvalidValue(field="town", reason="which_county" if own else "not_yours" if found else "unknown")

    def village(self, town: str, text: str) -> str | None:
        """Code of the town's village of that name; None if staff haven't entered one."""
        return self.villages.get(town, {}).get(plain_village(text))

    def _named(self, text: str) -> tuple[list[Town], str]:
        if re.fullmatch(r"\d{9}(\d{3})?", text):
            return [town for town in self.towns if town.code == text[:9]], ""
        if exact := [town for town in self.towns if text in town.names]:
            return exact, ""
        within = [town for town in self.towns if town.full in text]
        longest = max((len(town.full) for town in within), default=0)
        within = [town for town in within if len(town.full) == longest]
        if by_county := [town for town in within if any(name in text for name in town.county)]:
            within = by_county
        return within, text.partition(within[0].full)[2] if within else ""


def plain_village(text: str) -> str:
    """ "张垓村委会" → "张垓" """
    text = plain(text)
    return re.sub("(村民委员会|村委会|居委会|行政村|自然村|社区|村)$", "", text) or text


@dataclass(frozen=True)
class Around:
    """What a row is judged by besides itself. `slip`: the number of the consent slips, if one is for all of them."""

    today: date
    working_age: int
    places: Places
    titles: Callable[[str], Title | None]
    slip: str = ""


Cells = Mapping[str, Value]
Taken = TypeVar("Taken")


def move(state: State, to: State) -> State:
    """`to`. Raises IllegalMove unless `MOVES` has it."""
    if to not in MOVES[state]:
        raise IllegalMove(what="import", from_state=state.value, to_state=to.value)
    return to


def missing(fields: Iterable[Field], found: Iterable[str], *, scope: str, slip: str) -> list[Field]:
    """The fields that are needed and have no column."""
    has, known = set(found), {"always": False, "region": level_of(scope) == "town", "slip": bool(slip), "no": True}
    if "address" in has:
        known["region"] = True
    return [one for one in fields if one.field not in has and not known[one.needed]]


def fault_of(refusal: LeyeError, kind: Kind) -> Fault:
    """A refusal as the fault of a cell: of who the row is, unless it names a field."""
    told = refusal.details
    if told.get("same") == "account":
        return Fault("phone", PHONE_TAKEN)
    return Fault(told.get("field", IDENTITY[kind]), told.get("reason", refusal.code))


def is_aside(row: Sequence[Value], cells: Cells, identity: str) -> bool:
    """A row that is no record: empty but for columns that aren't taken, an example, a total, a signature.

    Whoever begins so and has a number is one all the same, unless it is the template's example.
    """
    texts = [text for value in row if (text := text_of(value))]
    if not any(text_of(value) for value in cells.values()) or EXAMPLE.match(text_of(cells.get("name"))):
        return True
    number = text_of(cells.get(identity))
    return any(map(ASIDE.match, texts[:2])) and not re.search(r"\d{6}", number)


def judge(kind: Kind, cells: Cells, around: Around) -> Judged:
    return {Kind.WORKERS: _worker, Kind.EMPLOYERS: _employer, Kind.PLACEMENTS: _placement}[kind](_Row(cells), around)


class _Row:
    """A row being read: each field by its rule, and what is wrong with each."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.faults: list[Fault] = []

    def text(self, field: str) -> str:
        return text_of(self.cells.get(field))

    def number(self, field: str) -> str:
        return number_of(self.cells.get(field), field=field)

    def take(self, field: str, read: Callable[[], Taken], *, needed: bool = True) -> Taken | None:
        """What `read` makes of it; None, and a fault, if it refuses; None if there is nothing."""
        if not self.text(field):
            if needed:
                self.say(field, "required")
            return None
        return self.judged(field, read)

    def judged(self, field: str, read: Callable[[], Taken]) -> Taken | None:
        try:
            return read()
        except InvalidValue as error:
            self.say(field, error.details["reason"], **_plain_details(error))
        except LeyeError as error:
            self.say(field, error.code, **_plain_details(error))
        return None

    def say(self, field: str, reason: str, **told: Any) -> None:
        self.faults.append(Fault(field, reason, told))

    def done(self, shown: str, key: str | None, **taken: Any) -> Judged:
        return Judged(shown[:60], key, taken, tuple(self.faults))


def _plain_details(error: LeyeError) -> dict[str, Any]:
    return {name: error.details[name] for name in ("least", "most") if name in error.details}


def _worker(row: _Row, around: Around) -> Judged:
    name, number = _person(row, "name", "id_number", around.today)
    if number is not None:
        born = birth_date(number)
        row.judged("id_number", lambda: check_age(born, today=around.today, least=around.working_age))
    phone = row.take("phone", lambda: _phone(row), needed=False)
    town, village = _place(row, around, row.text("town"))
    skills = _skills(row, around) if row.text("skills") else []
    slip = row.judged("slip", lambda: check_slip(row.number("slip") or around.slip))
    return row.done(
        _shown_person(row.text("name"), number), number, name=name, id_number=number, phone=phone, town=town,
        village=village, skills=skills, slip=slip,
    )  # fmt: skip


def _employer(row: _Row, around: Around) -> Judged:
    name = row.take("name", lambda: _within(plain(row.text("name")), 2, 80))
    short = row.take("short", lambda: _within(plain(row.text("short")), 0, 20), needed=False)
    uscc = row.take("uscc", lambda: parse_uscc(row.number("uscc")))
    town, _ = _place(row, around, row.text("town") or row.text("address"))
    address = row.take("address", lambda: _within(row.text("address"), 0, 120), needed=False)
    operator, number = _person(row, "operator", "operator_id_number", around.today)
    phone = row.take("phone", lambda: _phone(row))
    return row.done(
        row.text("name"), uscc, name=name, short=short or "", uscc=uscc, town=town, address=address or "",
        operator=operator, operator_id_number=number, phone=phone,
    )  # fmt: skip


def _placement(row: _Row, around: Around) -> Judged:
    number = row.take("id_number", lambda: parse_id_number(row.number("id_number"), today=around.today))
    name = row.take("name", lambda: parse_person_name(row.text("name"), field="name"), needed=False)
    employer = row.take("employer_name", lambda: _within(plain(row.text("employer_name")), 2, 80))
    town, village = _place(row, around, row.text("town"))
    since, until = _days(row, around.today)
    pay = row.take("pay", lambda: fen_from_yuan(row.text("pay").replace(",", ""), field="pay"), needed=False)
    key = f"{number}|{employer}|{since}" if number and employer and since else None
    return row.done(
        f"{_shown_person(row.text('name'), number)} {since or ''}".strip(), key, id_number=number, name=name,
        employer_name=employer, town=town, village=village or "", work=row.text("work")[:40], since=since, until=until,
        pay_fen=pay,
    )  # fmt: skip


def _person(row: _Row, name: str, number: str, today: date) -> tuple[str | None, str | None]:
    return (
        row.take(name, lambda: parse_person_name(row.text(name), field=name)),
        row.take(number, lambda: parse_id_number(row.number(number), today=today, field=number)),
    )


def _phone(row: _Row) -> str:
    """The first of the numbers in the cell, whoever's it is said to be: 13812345678（本人）."""
    bare = re.sub(r"\s*[(（][^)）\d]*[)）]", "", row.number("phone"))
    first, *others = re.split(r"[/、，,;；]|\s(?=1\d{10})", bare)
    if others:
        row.say("phone", "two_phones")
    return parse_phone(first)


def _place(row: _Row, around: Around, text: str) -> tuple[str | None, str | None]:
    """Codes of town and village; a village that nobody has entered is said, and left out."""
    found = row.judged("town", lambda: around.places.town(text, row.text("county")))
    if found is None:
        return None, None
    town, rest = found
    said = row.text("village")
    village = around.places.village(town, said or rest) if said or rest else None
    if said and village is None:
        row.say("village", "village_unknown")
    return town, village


def _skills(row: _Row, around: Around) -> list[str]:
    """Occupations of the titles that are recognised, each once; of the others a word is said."""
    codes: dict[str, None] = {}
    for piece in _pieces(row.text("skills")):
        title, said = around.titles(piece), LONG_NUMBER.sub("…", piece)[:20]
        if title is None or title.confidence < TITLE_LIKELY:
            row.say("skills", "title_unknown", said=said)
            continue
        if title.confidence < TITLE_SURE:
            row.say("skills", "title_doubtful", said=said, read=title.name)
        codes[title.code] = None
    if len(codes) > MOST_SKILLS:
        row.say("skills", "titles_many", most=MOST_SKILLS)
    return list(codes)[:MOST_SKILLS]


def _pieces(text: str) -> Iterator[str]:
    return (piece for piece in re.split(r"[、，,;；/|\s]+", text) if piece and piece not in ("无", "没有", "暂无"))


def _days(row: _Row, today: date) -> tuple[str | None, str | None]:
    """First and last day of the work, ISO."""
    since, until = _day(row, "since", today, needed=True), _day(row, "until", today, needed=False)
    if since and until and until < since:
        row.say("until", "before_since")
    return since.isoformat() if since else None, until.isoformat() if until else None


def _day(row: _Row, field: str, today: date, *, needed: bool) -> date | None:
    if not needed and row.text(field) in GOES_ON:
        return None
    found = row.take(field, lambda: day_of(row.cells[field], field=field), needed=needed)
    if found is None:
        return None
    if found.day > today:
        row.say(field, "to_come")
    elif found.month_only:
        row.say(field, "month_only")
    return found.day


def _within(text: str, least: int, most: int) -> str:
    if not least <= len(text) <= most:
        raise InvalidValue(field="", reason="characters_count", least=least, most=most)
    return text


def _shown_person(name: str, number: str | None) -> str:
    masked = mask_name(surname_of(plain(name))) if name else ""
    return f"{masked} {mask_id_number(number) if number else ''}".strip()
