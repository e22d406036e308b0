"""Reads of imports: what their kinds hold, what is to be read, and what the pages show."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from zero_work_market.ground.cells import text_of
from zero_work_market.ground.clock import local_date, now
from zero_work_market.ground.heads import Column, Head, Words, plain_head
from zero_work_market.ground.paging import Page, page_of
from zero_work_market.ground.privacy import lookup
from zero_work_market.ground.sheets import Book, Row, SheetRefused
from zero_work_market.market.imports import rules
from zero_work_market.market.imports.models import Import, ImportFault, ImportRow, PastPlacement
from zero_work_market.market.imports.rules import (
    IDENTITY,
    MOST_ROWS,
    WARNINGS,
    Around,
    Fault,
    Field,
    Judged,
    Kind,
    Places,
    RowState,
    State,
    Title,
    Town,
    is_aside,
    judge,
    plain_village,
)
from zero_work_market.people.accounts.models import Account, Village
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.job_titles.queries import reader
from zero_work_market.reference.law.queries import gate_law
from zero_work_market.reference.regions.queries import counties, towns

Counts = Mapping[RowState, int]


@dataclass(frozen=True)
class FaultCount:
    """How many rows have a fault of a field for one reason."""

    field: str
    reason: str
    rows: int

    @property
    def is_warning(self) -> bool:
        return self.reason in WARNINGS


@cache
def fields(kind: Kind) -> tuple[Field, ...]:
    """The columns of a kind, in the order of its template."""
    written = files("zero_work_market.market.imports").joinpath("data", "fields.yaml").read_text(encoding="utf-8")
    return tuple(Field(**one | {"words": tuple(one["words"])}) for one in yaml.safe_load(written)[kind.value])


def words(kind: Kind) -> Words:
    return {one.field: one.words for one in fields(kind)}


def head_of(found: Import) -> Head:
    return Head(found.head_row, tuple(Column(*column) for column in found.columns))


def around(session: Session, found: Import, *, titles: Callable[[str], Title | None]) -> Around:
    """What the import's rows are judged by."""
    today = local_date(now())
    least = gate_law().limit("working_age", today).value
    return Around(today, least, _places(session, found.region), titles, found.slip)


def title_reader() -> Callable[[str], Title | None]:
    """Reads job titles, each once: towns write the same ones over and over."""
    names = reader()

    @cache
    def read(text: str) -> Title | None:
        return next((Title(one.code, one.name, one.confidence) for one in names.read(text, k=1)), None)

    return read


@dataclass(frozen=True)
class ReadRow:
    """A row as read: its number, the texts of its cells by field, and how it is judged."""

    number: int
    cells: Mapping[str, str]
    judged: Judged


@dataclass(frozen=True)
class Reading:
    """Rows since the one before; `done` and `aside` (passed over, being nobody's) from the sheet's beginning."""

    rows: list[ReadRow]
    done: int
    aside: int


def readings(book: Book, sheet: str, kind: Kind, head: Head, around: Around, *, size: int) -> Iterator[Reading]:
    """The rows under the head, `size` at a time. Raises SheetRefused, also for more than MOST_ROWS rows."""
    heads = {column.index: plain_head(column.head) for column in head.columns if column.field}
    rows: list[ReadRow] = []
    done = aside = 0
    for number, row in book.rows(sheet):
        if number <= head.row:
            continue
        cells = {field: row[index] for field, index in head.fields.items() if index < len(row)}
        if is_aside(row, cells, IDENTITY[kind]) or _is_head(row, heads):
            aside += 1
            continue
        if done == MOST_ROWS:
            raise SheetRefused(why="too_many_rows", most=MOST_ROWS)
        done += 1
        texts = {field: text_of(value) for field, value in cells.items()}
        rows.append(ReadRow(number, texts, judge(kind, cells, around)))
        if len(rows) == size:
            yield Reading(rows, done, aside)
            rows = []
    yield Reading(rows, done, aside)


def _is_head(row: Row, heads: Mapping[int, str]) -> bool:
    """The head once more, as on every printed page."""
    return all(plain_head(text_of(row[at] if at < len(row) else None)) == name for at, name in heads.items())


def missing(found: Import) -> list[Field]:
    """The fields that are needed and have no column."""
    named = head_of(found).fields
    return [*rules.missing(fields(found.kind), named, scope=found.region, slip=found.slip)]


@dataclass(frozen=True)
class Standing:
    """What is there already of a row: itself, or what stands against it; of past work, whose it is."""

    same_as: int | None = None
    faults: tuple[Fault, ...] = ()
    worker_id: int | None = None


def standings(session: Session, kind: Kind, taken: Sequence[Mapping[str, Any]]) -> list[Standing]:
    """Of each row what is there already, by ID number, credit code and phone."""
    return {Kind.WORKERS: _of_workers, Kind.EMPLOYERS: _of_employers, Kind.PLACEMENTS: _of_past}[kind](session, taken)


def key_of(kind: Kind, key: str | None) -> str | None:
    """Keyed hash under which a row is known within its import."""
    return lookup(key, kind=f"import_{kind}") if key else None


def kept_numbers(session: Session, import_id: int, numbers: Iterable[int]) -> set[int]:
    """Those of the numbers whose rows are kept already."""
    query = select(ImportRow.number).where(ImportRow.import_id == import_id, ImportRow.number.in_(tuple(numbers)))
    return set(session.scalars(query))


def rows_by_key(session: Session, import_id: int, keys: Iterable[str | None]) -> dict[str, ImportRow]:
    """The first row of the import with each key."""
    wanted = {key for key in keys if key}
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.key.in_(wanted))
    return {row.key: row for row in session.scalars(query.order_by(ImportRow.number.desc())) if row.key}


def imports_in(session: Session, scopes: Iterable[str], *, number: int = 1) -> Page[Import]:
    """Imports for regions in `scopes`, the latest first."""
    here = select(Import).where(inside(Import.region, scopes))
    return page_of(session, here.order_by(Import.id.desc()), number=number)


def counts(session: Session, import_ids: Iterable[int]) -> dict[int, dict[RowState, int]]:
    """How many rows of each import are in which state."""
    counted = select(ImportRow.import_id, ImportRow.state, func.count()).where(ImportRow.import_id.in_(import_ids))
    found: dict[int, dict[RowState, int]] = {}
    for import_id, state, rows in session.execute(counted.group_by(ImportRow.import_id, ImportRow.state)):
        found.setdefault(import_id, {})[state] = rows
    return found


def chosen(session: Session, import_id: int) -> int:
    """How many rows would be imported."""
    return session.scalar(chosen_rows(import_id).with_only_columns(func.count())) or 0


def chosen_rows(import_id: int) -> Select[ImportRow]:
    return takeable_rows(import_id).where(ImportRow.chosen)


def takeable_rows(import_id: int) -> Select[ImportRow]:
    """Rows that may be imported: the good ones, and those that have a twin in the sheet."""
    takeable = (ImportRow.state.in_((RowState.GOOD, RowState.DUPLICATE)), ImportRow.same_as.is_(None))
    return select(ImportRow).where(ImportRow.import_id == import_id, *takeable)


def fault_counts(session: Session, import_id: int) -> tuple[FaultCount, ...]:
    """What is wrong with the rows, the commonest first; what is only said of them after that."""
    counted = select(ImportFault.field, ImportFault.reason, func.count()).where(ImportFault.import_id == import_id)
    rows = session.execute(counted.group_by(ImportFault.field, ImportFault.reason))
    return tuple(sorted((FaultCount(*row) for row in rows), key=lambda one: (one.is_warning, -one.rows, one.reason)))


def rows_of(
    session: Session,
    import_id: int,
    *,
    state: RowState | None = None,
    fault: tuple[str, str] | None = None,
    number: int = 1,
) -> Page[ImportRow]:
    """Rows by number: all, those in a state, or those with a fault (field, reason)."""
    query = select(ImportRow).where(ImportRow.import_id == import_id)
    if state is not None:
        query = query.where(ImportRow.state == state)
    if fault is not None:
        field, reason = fault
        same = (ImportFault.import_id == import_id, ImportFault.number == ImportRow.number)
        query = query.where(exists().where(*same, ImportFault.field == field, ImportFault.reason == reason))
    return page_of(session, query.order_by(ImportRow.number), number=number, size=50)


def rows_in(session: Session, import_id: int, states: Iterable[RowState]) -> Iterator[ImportRow]:
    """All rows in these states, by number."""
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.state.in_(tuple(states)))
    return iter(session.scalars(query.order_by(ImportRow.number)))


def faults_of(session: Session, import_id: int, numbers: Iterable[int] | None = None) -> dict[int, list[ImportFault]]:
    """Of rows by number, or of all, each one's faults."""
    query = select(ImportFault).where(ImportFault.import_id == import_id)
    if numbers is not None:
        query = query.where(ImportFault.number.in_(tuple(numbers)))
    found: dict[int, list[ImportFault]] = {}
    for fault in session.scalars(query.order_by(ImportFault.number, ImportFault.id)):
        found.setdefault(fault.number, []).append(fault)
    return found


def held_in(row: ImportRow) -> dict[str, Any]:
    """What is kept of a row: "cells", its texts by field, and "taken", what would be imported; empty once let go."""
    held: dict[str, Any] = json.loads(row.cells) if row.cells else {"cells": {}, "taken": {}}
    return held


def same_file(session: Session, found: Import) -> Import | None:
    """An earlier import of the very same file and sheet for the same region, that was carried out."""
    alike = (Import.sha256 == found.sha256, Import.sheet == found.sheet, Import.region == found.region)
    done = (Import.id < found.id, Import.state.in_((State.RUNNING, State.DONE)))
    return session.scalars(select(Import).where(*alike, *done).order_by(Import.id.desc()).limit(1)).one_or_none()


def past_in(session: Session, scopes: Iterable[str], *, number: int = 1) -> Page[PastPlacement]:
    """Past placements in `scopes`, the latest work first."""
    query = select(PastPlacement).where(inside(PastPlacement.town, scopes))
    return page_of(session, query.order_by(PastPlacement.since.desc(), PastPlacement.id), number=number)


def past_of(session: Session, worker_id: int) -> tuple[PastPlacement, ...]:
    """What towns wrote down of a worker's work before Leye, the latest first: without evidence, never counted."""
    query = select(PastPlacement).where(PastPlacement.worker_id == worker_id)
    return tuple(session.scalars(query.order_by(PastPlacement.since.desc(), PastPlacement.id)))


def _of_workers(session: Session, taken: Sequence[Mapping[str, Any]]) -> list[Standing]:
    ids = _workers(session, taken)
    return [Standing(same_as=ids.get(one["id_number"])) for one in taken]


def _of_employers(session: Session, taken: Sequence[Mapping[str, Any]]) -> list[Standing]:
    """A phone whose account acts for another employer can't act for this one."""
    codes = {one["uscc"] for one in taken if one["uscc"]}
    ids = dict(session.execute(select(Employer.uscc, Employer.id).where(Employer.uscc.in_(codes))).all())
    phones = {one["phone"]: lookup(one["phone"], kind="phone") for one in taken if one["phone"]}
    acting = select(Account.phone_hash).join(Employer, Employer.account_id == Account.id)
    used = set(session.scalars(acting.where(Account.phone_hash.in_(phones.values()))))
    found = []
    for one in taken:
        same_as = ids.get(one["uscc"])
        is_used = same_as is None and phones.get(one["phone"]) in used
        found.append(Standing(same_as, (Fault("phone", rules.PHONE_TAKEN),) if is_used else ()))
    return found


def _of_past(session: Session, taken: Sequence[Mapping[str, Any]]) -> list[Standing]:
    """Past work is of someone registered, by ID number and, if a name is written, that name."""
    ids = _workers(session, taken)
    workers = {one.id: one for one in session.scalars(select(Worker).where(Worker.id.in_(ids.values())))}
    known = select(PastPlacement).where(PastPlacement.worker_id.in_(workers))
    past = {(one.worker_id, one.employer_name, one.since.isoformat()): one.id for one in session.scalars(known)}
    found = []
    for one in taken:
        worker = workers.get(ids.get(one["id_number"], 0))
        if worker is None:
            said = (Fault("id_number", "not_registered"),) if one["id_number"] else ()
            found.append(Standing(faults=said))
            continue
        differs = bool(one["name"]) and one["name"] != worker.name
        same_as = past.get((worker.id, one["employer_name"], one["since"]))
        found.append(Standing(same_as, (Fault("name", "name_differs"),) if differs else (), worker.id))
    return found


def _workers(session: Session, taken: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Ids of registered workers by ID number."""
    hashes = {lookup(one["id_number"], kind="id_number"): one["id_number"] for one in taken if one["id_number"]}
    known = select(Worker.id_number_hash, Worker.id).where(Worker.id_number_hash.in_(hashes))
    known = known.where(Worker.erased_at.is_(None))
    return {hashes[found]: worker_id for found, worker_id in session.execute(known)}


@cache
def _towns() -> tuple[Town, ...]:
    return tuple(
        Town(
            town.code,
            town.name,
            frozenset(
                {town.short, town.name}
                | {of + name for of in (county.name, county.short) for name in (town.name, town.short)}
            ),
            (county.name, county.short),
        )
        for county in counties()
        for town in towns(county.code)
    )


def _places(session: Session, scope: str) -> Places:
    villages: dict[str, dict[str, str]] = {}
    for village in session.scalars(select(Village).where(inside(Village.code, (scope,)))):
        villages.setdefault(village.town, {})[plain_village(village.name)] = village.code
    return Places(scope, _towns(), villages)
