"""The verbs on imports: upload, read, choose, carry out chunk by chunk, undo chunk by chunk, let go.

A chunk's rows change state in the transaction that registers them and announces the next chunk, so that whoever dies
when, no row is done twice and none is left out.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from openpyxl.utils import get_column_letter
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from zero_work_market.ground import audit, once
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import rows_changed
from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError, NotFound
from zero_work_market.ground.heads import SCANNED, Column, Head, find_head, head_at
from zero_work_market.ground.outbox import announce
from zero_work_market.ground.sheets import Book, Row
from zero_work_market.market.imports import queries, rules
from zero_work_market.market.imports.events import ImportGoesOn, ImportUploaded
from zero_work_market.market.imports.models import Import, ImportFault, ImportRow, PastPlacement
from zero_work_market.market.imports.queries import Reading, ReadRow, Standing
from zero_work_market.market.imports.rules import Fault, Kind, RowState, State
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission, check_reason
from zero_work_market.people.employers import service as employers
from zero_work_market.people.employers.rules import NewEmployer
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.rules import NewSkill, NewWorker, Place, SignedFor, check_slip

CHUNK = 500
"""Rows of a transaction: about a second's work, so that nobody waits long for it."""
KEPT = timedelta(days=30)
MOST_SHEETS = 40


def upload(
    session: Session,
    *,
    kind: Kind,
    region: str,
    file_name: str,
    body: bytes,
    slip: str = "",
    by: Actor,
    at: datetime,
    key: str | None = None,
) -> Import:
    """Take in a spreadsheet, find its head, and have it read; nothing of it is imported until `run`.

    `slip`: number of the consent slips, when one is for all rows. `key`: sent twice, it is taken once.
    Raises SheetRefused, SlipMissing for what can't be a slip's number, NotAllowed, OutOfScope.
    """
    accounts.require(session, by=by, permission=Permission.IMPORT, region=region)
    sender, request = by.account_id or 0, f"import.{kind}"
    if before := once.result_of(session, account_id=sender, key=key, request=request):
        return session.get_one(Import, before)
    sheets, sheet, head = _looked_into(body, kind)
    found = Import(
        kind=kind, region=region, file_name=file_name.strip()[-120:], sha256=hashlib.sha256(body).hexdigest(),
        slip=check_slip(slip) if slip.strip() else "", sheets=sheets, sheet=sheet, state=State.ASKING, began_at=at,
        account_id=by.account_id, acting_account=by.account_id, acting_role=by.role, created_at=at,
    )  # fmt: skip
    found.body = body
    _put_head(found, head)
    session.add(found)
    session.flush()
    once.remember(session, account_id=sender, key=key, request=request, result_id=found.id, at=at)
    _record(session, "uploaded", found, by, at, sha256=found.sha256, bytes=len(body))
    if not queries.missing(found):
        _read(session, found, at)
    return found


def look_at(session: Session, *, import_id: int, sheet: str, head_row: int | None, by: Actor, at: datetime) -> Import:
    """Another sheet of the file, or another row as its head: then its columns are asked for.

    Raises SheetRefused, IllegalMove, NotFound, NotAllowed, OutOfScope.
    """
    found = _ours(session, import_id, by)
    found.state = rules.move(found.state, State.ASKING)
    first = _first_rows(_book(found), sheet)
    known = queries.words(found.kind)
    _put_head(found, find_head(first, known) if head_row is None else head_at(first, head_row, known))
    found.sheet = sheet
    _forget_rows(session, found)
    _record(session, "looked_at", found, by, at, sheet=sheet, head_row=found.head_row)
    return found


def set_columns(
    session: Session, *, import_id: int, columns: Mapping[int, str], slip: str, by: Actor, at: datetime
) -> Import:
    """Say which column is which field (index from 0 → field, or ""), and have the sheet read so.

    Raises InvalidValue on field "columns": reason "twice", "unknown", or "missing" with `fields`; SlipMissing,
    IllegalMove, NotFound, NotAllowed, OutOfScope.
    """
    found = _ours(session, import_id, by)
    named = [field for field in columns.values() if field]
    if len(set(named)) < len(named):
        raise InvalidValue(field="columns", reason="twice")
    if not set(named) <= {one.field for one in queries.fields(found.kind)}:
        raise InvalidValue(field="columns", reason="unknown")
    head = queries.head_of(found)
    told = tuple(Column(one.index, one.head, columns.get(one.index, "")) for one in head.columns)
    found.slip = check_slip(slip) if slip.strip() else ""
    _put_head(found, Head(head.row, told))
    if lacking := queries.missing(found):
        raise InvalidValue(field="columns", reason="missing", fields=[one.title for one in lacking])
    _forget_rows(session, found)
    _record(session, "columns_set", found, by, at)
    _read(session, found, at)
    return found


def keep_rows(session: Session, *, import_id: int, head: Head, read: Reading) -> bool:
    """Keep rows as read under `head`, once however often they come.

    False when they aren't wanted any more: the import was dropped, or is read otherwise now.
    """
    found = _locked(session, import_id)
    if found.state != State.READING or queries.head_of(found) != head:
        return False
    kept = queries.kept_numbers(session, import_id, [row.number for row in read.rows])
    _add_rows(session, found, [row for row in read.rows if row.number not in kept])
    found.done, found.aside = max(found.done, read.done), max(found.aside, read.aside)
    session.flush()
    return True


def finish_reading(session: Session, *, import_id: int, at: datetime) -> None:
    """All rows are kept."""
    found = _locked(session, import_id)
    if found.state == State.READING:
        found.state, found.total, found.finished_at = rules.move(found.state, State.READY), found.done, at


def refuse_file(session: Session, *, import_id: int, why: str, at: datetime) -> None:
    """The file can't be read to its end: nothing of it stays."""
    found = _locked(session, import_id)
    if found.state == State.READING:
        found.state, found.failure, found.finished_at = rules.move(found.state, State.REFUSED), why, at
        found.body = None
        _forget_rows(session, found)


def choose(
    session: Session, *, import_id: int, shown: Iterable[int], ticked: Iterable[int], by: Actor, at: datetime
) -> None:
    """Of the rows `shown`, by number, exactly the ticked ones are to be imported; those that can't be stay out.

    Raises TwinsChosen for two rows of one person; IllegalMove, NotFound, NotAllowed, OutOfScope.
    """
    found = _choosing(session, import_id, by)
    wanted = set(ticked)
    for row in session.scalars(queries.takeable_rows(import_id).where(ImportRow.number.in_(tuple(shown)))):
        row.chosen = row.number in wanted
    session.flush()
    twins = queries.chosen_rows(import_id).with_only_columns(ImportRow.key).where(ImportRow.key.is_not(None))
    key = session.scalar(twins.group_by(ImportRow.key).having(func.count() > 1).limit(1))
    if key is not None:
        both = queries.chosen_rows(import_id).with_only_columns(ImportRow.number).where(ImportRow.key == key)
        raise rules.TwinsChosen(numbers=sorted(session.scalars(both)))
    _record(session, "chosen", found, by, at)


def choose_all(session: Session, *, import_id: int, chosen: bool, by: Actor, at: datetime) -> None:
    """All good rows, or none at all. Raises IllegalMove, NotFound, NotAllowed, OutOfScope."""
    found = _choosing(session, import_id, by)
    rows = update(ImportRow).where(ImportRow.import_id == import_id)
    session.execute(rows.where(ImportRow.state != RowState.GOOD).values(chosen=False))
    session.execute(rows.where(ImportRow.state == RowState.GOOD).values(chosen=chosen))
    _record(session, "chosen", found, by, at)


def run(session: Session, *, import_id: int, by: Actor, at: datetime) -> Import:
    """Import the chosen rows; told twice, it runs once. Raises NothingChosen, IllegalMove, NotFound, NotAllowed."""
    found = _ours(session, import_id, by)
    if found.state == State.RUNNING:
        return found
    rules.move(found.state, State.RUNNING)
    rows = queries.chosen(session, import_id)
    if not rows:
        raise rules.NothingChosen()
    found.body = None
    _begin(session, found, State.RUNNING, rows, by, at)
    _record(session, "run", found, by, at, rows=rows)
    return found


def undo(session: Session, *, import_id: int, by: Actor, at: datetime) -> Import:
    """Take back all that was imported, but for what someone works with. Raises IllegalMove, NotFound, NotAllowed."""
    found = _ours(session, import_id, by)
    if found.state == State.UNDOING:
        return found
    rows = queries.counts(session, [import_id]).get(import_id, {}).get(RowState.IMPORTED, 0)
    _begin(session, found, State.UNDOING, rows, by, at)
    _record(session, "undo", found, by, at, rows=rows)
    return found


def drop(session: Session, *, import_id: int, by: Actor, at: datetime) -> Import:
    """Nothing of it will be imported: file and rows go. Raises IllegalMove, NotFound, NotAllowed, OutOfScope."""
    found = _ours(session, import_id, by)
    _drop(session, found, at)
    _record(session, "dropped", found, by, at)
    return found


def go_on(session: Session, *, import_id: int, at: datetime) -> None:
    """The next chunk of an import that runs or is being undone, and the one after it announced."""
    found = _locked(session, import_id)
    if found.state not in (State.RUNNING, State.UNDOING):
        return
    running = found.state == State.RUNNING
    imported = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.state == RowState.IMPORTED)
    waiting = queries.chosen_rows(import_id) if running else imported
    rows = session.scalars(waiting.order_by(ImportRow.number).limit(CHUNK)).all()
    if rows:
        (_import if running else _take_back)(session, found, rows, at)
        found.done += len(rows)
        announce(session, ImportGoesOn(import_id=import_id))
    elif running:
        found.state, found.finished_at = rules.move(found.state, State.DONE), at
    else:
        found.state, found.undone_at = rules.move(found.state, State.UNDONE), at
    session.flush()


def take_out(session: Session, *, import_id: int, reason: str, by: Actor, at: datetime) -> Import:
    """Log that rows that weren't imported are taken out in full, to be mended. Raises ReasonMissing, NotAllowed."""
    reason = check_reason(reason)
    found = _ours(session, import_id, by)
    audit.record(session, verb="import.rows_seen", subject=f"import:{found.id}", by=by, at=at, reason=reason)
    session.flush()
    return found


def forget_old(session: Session, *, at: datetime) -> int:
    """Let go of files and rows that nobody came back to in 30 days. Returns how many imports."""
    old = select(Import).where(Import.created_at < at - KEPT, Import.body_sealed.is_not(None))
    for found in session.scalars(old.with_for_update()):
        if State.DROPPED in rules.MOVES[found.state]:
            _drop(session, found, at)
    over = select(Import.id).where(Import.created_at < at - KEPT, Import.state.not_in(rules.AT_WORK))
    rows = update(ImportRow).where(ImportRow.import_id.in_(over), ImportRow.cells_sealed.is_not(None))
    return rows_changed(session.execute(rows.values(cells_sealed=None).execution_options(synchronize_session=False)))


def _looked_into(body: bytes, kind: Kind) -> tuple[list[str], str, Head]:
    """Names of the sheets, that of the first with a head that is known, and the head."""
    book, known = Book(body), queries.words(kind)
    heads = {one.name: find_head(_first_rows(book, one.name), known) for one in book.sheets[:MOST_SHEETS]}
    sheet = next((name for name, head in heads.items() if head.fields), book.sheets[0].name)
    return list(heads), sheet, heads[sheet]


def _first_rows(book: Book, sheet: str) -> list[tuple[int, Row]]:
    return list(islice(book.rows(sheet), SCANNED))


def _book(found: Import) -> Book:
    if found.body is None:
        raise IllegalMove(what="import", from_state=found.state.value, to_state=State.ASKING.value)
    return Book(found.body)


def _put_head(found: Import, head: Head) -> None:
    found.head_row, found.columns = head.row, [[one.index, one.head, one.field] for one in head.columns]


def _read(session: Session, found: Import, at: datetime) -> None:
    rows = next((one.rows for one in _book(found).sheets if one.name == found.sheet), 0)
    found.state, found.began_at = rules.move(found.state, State.READING), at
    found.total, found.done, found.aside = max(0, rows - found.head_row), 0, 0
    session.flush()
    announce(session, ImportUploaded(import_id=found.id))


def _begin(session: Session, found: Import, state: State, rows: int, by: Actor, at: datetime) -> None:
    found.state, found.total, found.done, found.began_at = rules.move(found.state, state), rows, 0, at
    found.acting_account, found.acting_role = by.account_id, by.role
    announce(session, ImportGoesOn(import_id=found.id))


def _drop(session: Session, found: Import, at: datetime) -> None:
    found.state, found.finished_at, found.body = rules.move(found.state, State.DROPPED), at, None
    _forget_rows(session, found)


def _forget_rows(session: Session, found: Import) -> None:
    for model in (ImportFault, ImportRow):
        rows = delete(model).where(model.import_id == found.id)
        session.execute(rows.execution_options(synchronize_session=False))
    found.total = found.done = found.aside = 0


def _add_rows(session: Session, found: Import, rows: Sequence[ReadRow]) -> None:
    """Rows of one person are named both, the one here before and the one that comes."""
    letters = {field: get_column_letter(index + 1) for field, index in queries.head_of(found).fields.items()}
    standings = queries.standings(session, found.kind, [row.judged.taken for row in rows])
    keys = [queries.key_of(found.kind, row.judged.key) for row in rows]
    first = queries.rows_by_key(session, found.id, keys)
    fresh: list[ImportRow] = []
    faults: list[dict[str, Any]] = []

    def say(number: int, *said: Fault) -> None:
        faults.extend(_fault(found.id, number, letters, one) for one in said)

    for row, standing, key in zip(rows, standings, keys, strict=True):
        kept = ImportRow(import_id=found.id, number=row.number, shown=row.judged.shown, key=key)
        kept.same_as, kept.why = standing.same_as, ""
        kept.cells = json.dumps({"cells": row.cells, "taken": row.judged.taken}, ensure_ascii=False)
        say(row.number, *row.judged.faults, *standing.faults)
        is_good = row.judged.is_good and all(fault.is_warning for fault in standing.faults)
        kept.state, kept.chosen = (RowState.GOOD, True) if is_good else (RowState.FAULTY, False)
        if standing.same_as is not None:
            say(row.number, Fault(rules.IDENTITY[found.kind], rules.REGISTERED))
            _set_apart(kept)
        elif twin := first.get(key or ""):
            say(row.number, Fault(rules.IDENTITY[found.kind], rules.TWIN, {"other": twin.number}))
            say(twin.number, Fault(rules.IDENTITY[found.kind], rules.TWIN, {"other": row.number}))
            _set_apart(kept)
            _set_apart(twin)
        fresh.append(kept)
        if key:
            first.setdefault(key, kept)
    for model, values in ((ImportRow, list(map(_values, fresh))), (ImportFault, faults)):
        if values:
            session.execute(insert(model), values)


def _values(row: ImportRow) -> dict[str, Any]:
    """Of a row that isn't there yet: inserted with many at once, past the unit of work, which takes twice as long."""
    return {name: getattr(row, name) for name in ImportRow.__table__.columns.keys() if name != "id"}  # noqa: SIM118


def _set_apart(row: ImportRow) -> None:
    if row.state == RowState.GOOD:
        row.state, row.chosen = RowState.DUPLICATE, False


def _fault(import_id: int, number: int, letters: Mapping[str, str], fault: Fault) -> dict[str, Any]:
    cell = f"{letters[fault.field]}{number}" if fault.field in letters else ""
    return {"import_id": import_id, "number": number, "cell": cell, **asdict(fault)}


def _import(session: Session, found: Import, rows: Sequence[ImportRow], at: datetime) -> None:
    """Import the rows that nothing stands against."""
    held = [queries.held_in(row)["taken"] for row in rows]
    standings = queries.standings(session, found.kind, held)
    clear = [
        (row, taken, standing)
        for row, taken, standing in zip(rows, held, standings, strict=True)
        if not _is_stopped(session, found, row, standing)
    ]
    outcomes = IMPORTERS[found.kind](session, found, [(taken, standing) for _, taken, standing in clear], at)
    for (row, _, _), outcome in zip(clear, outcomes, strict=True):
        if isinstance(outcome, LeyeError):
            _refuse(session, found, row, rules.fault_of(outcome, found.kind))
        else:
            row.state, row.became, row.cells = RowState.IMPORTED, outcome, None


def _is_stopped(session: Session, found: Import, row: ImportRow, standing: Standing) -> bool:
    """Whether something has come to stand against the row since it was read; it is said of it then."""
    if standing.same_as is not None:
        _refuse(session, found, row, Fault(rules.IDENTITY[found.kind], rules.REGISTERED))
        row.state, row.same_as = RowState.DUPLICATE, standing.same_as
    elif standing.faults:
        _refuse(session, found, row, *standing.faults)
    return standing.same_as is not None or bool(standing.faults)


def _refuse(session: Session, found: Import, row: ImportRow, *faults: Fault) -> None:
    letters = {field: get_column_letter(index + 1) for field, index in queries.head_of(found).fields.items()}
    session.execute(insert(ImportFault), [_fault(found.id, row.number, letters, fault) for fault in faults])
    row.state, row.chosen = RowState.FAULTY, False


Told = Sequence[tuple[Mapping[str, Any], Standing]]
"""What is to be imported of each row, and what stands about it."""
Outcomes = Sequence[int | LeyeError]
"""Of each row in its order the id of what it became, or why not."""


def _import_workers(session: Session, found: Import, told: Told, at: datetime) -> Outcomes:
    people = [
        SignedFor(
            NewWorker(
                name=taken["name"],
                id_number=taken["id_number"],
                place=Place(taken["town"], taken["village"]),
                phone=taken["phone"],
                skills=tuple(map(NewSkill, taken["skills"])),
            ),
            taken["slip"],
        )
        for taken, _ in told
    ]
    made = workers.register_many(session, people=people, by=_actor(found), at=at)
    return [one if isinstance(one, LeyeError) else one.id for one in made]


def _import_employers(session: Session, found: Import, told: Told, at: datetime) -> Outcomes:
    outcomes: list[int | LeyeError] = []
    for taken, _ in told:
        new = NewEmployer(**{name: value for name, value in taken.items() if name != "phone"})
        try:
            made = employers.register_for(session, new=new, phone=taken["phone"], by=_actor(found), at=at)
            outcomes.append(made.id)
        except LeyeError as refusal:
            outcomes.append(refusal)
    return outcomes


def _import_past(session: Session, found: Import, told: Told, at: datetime) -> Outcomes:
    made = [
        PastPlacement(
            import_id=found.id, worker_id=standing.worker_id, employer_name=taken["employer_name"], town=taken["town"],
            village=taken["village"], work=taken["work"], since=date.fromisoformat(taken["since"]),
            until=date.fromisoformat(taken["until"]) if taken["until"] else None, pay_fen=taken["pay_fen"],
        )
        for taken, standing in told
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return [one.id for one in made]


IMPORTERS: Mapping[Kind, Callable[[Session, Import, Told, datetime], Outcomes]] = {
    Kind.WORKERS: _import_workers,
    Kind.EMPLOYERS: _import_employers,
    Kind.PLACEMENTS: _import_past,
}


def _take_back(session: Session, found: Import, rows: Sequence[ImportRow], at: datetime) -> None:
    ids, by = [row.became for row in rows if row.became is not None], _actor(found)
    kept: Mapping[int, str] = {}
    if found.kind == Kind.WORKERS:
        kept = workers.unregister_many(session, worker_ids=ids, by=by, at=at)
    elif found.kind == Kind.EMPLOYERS:
        kept = employers.unregister_many(session, employer_ids=ids, by=by, at=at)
    else:
        session.execute(delete(PastPlacement).where(PastPlacement.id.in_(ids)))
    for row in rows:
        row.why = kept.get(row.became or 0, "")
        row.state = RowState.KEPT if row.why else RowState.UNDONE


def _actor(found: Import) -> Actor:
    """Who told the work that goes on now."""
    if found.acting_account is None:
        return SYSTEM
    return Actor(found.acting_account, found.acting_role, found.region)


def _locked(session: Session, import_id: int) -> Import:
    found = session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(what="import", id=import_id)
    return found


def _ours(session: Session, import_id: int, by: Actor) -> Import:
    """The import, locked, for staff who import in its region."""
    found = _locked(session, import_id)
    accounts.require(session, by=by, permission=Permission.IMPORT, region=found.region)
    return found


def _choosing(session: Session, import_id: int, by: Actor) -> Import:
    found = _ours(session, import_id, by)
    rules.move(found.state, State.RUNNING)
    return found


def _record(session: Session, verb: str, found: Import, by: Actor, at: datetime, **details: Any) -> None:
    audit.record(session, verb=f"import.{verb}", subject=f"import:{found.id}", by=by, at=at, **details)
    session.flush()
