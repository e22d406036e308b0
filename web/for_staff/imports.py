"""Spreadsheets taken in: uploaded, looked over cell by cell, imported when told, and taken back as a whole."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response as FileResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff import import_words
from web.for_staff.blueprint import page, pages, place_name
from web.for_staff.import_sheets import marked, template
from web.papers.download import xlsx
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.ground.sheets import SheetRefused
from zero_work_market.market.imports import queries, service
from zero_work_market.market.imports.models import Import
from zero_work_market.market.imports.rules import AT_WORK, MOVES, Kind, RowState, State
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.queries import shown_workers

IMPORT = Permission.IMPORT
MENDED = (RowState.FAULTY, RowState.DUPLICATE)


@pages.get("/imports")
@may_enter(staff(IMPORT))
def imports() -> str:
    return _list({})


@pages.post("/imports")
@may_enter(staff(IMPORT))
def upload() -> Response | tuple[str, int]:
    """Nothing is imported yet. Raises OutOfScope for another's region."""
    given, sent = request.form, request.files.get("file")
    try:
        kind = Kind(given.get("kind", Kind.WORKERS))
        body = sent.read() if sent is not None else b""
        region = given.get("region") or viewer().scopes(IMPORT)[0]
        by = viewer().as_staff(IMPORT, region)
        with transaction() as session:
            found = service.upload(
                session, kind=kind, region=region, file_name=sent.filename or "" if sent else "", body=body,
                slip=given.get("slip", ""), by=by, at=clock.now(), key=given.get("key"),
            )  # fmt: skip
    except (SheetRefused, LeyeError) as error:
        status, errors = said_by_field(error)
        return _list(errors), status
    return redirect(url_for("staff.one_import", import_id=found.id), 303)


@pages.get("/imports/template/<any(workers, employers, placements):kind>")
@may_enter(staff(IMPORT))
def import_template(kind: str) -> FileResponse:
    return xlsx(template(Kind(kind)), f"{import_words.KINDS[Kind(kind)]}模板")


@pages.get("/imports/past")
@may_enter(staff(IMPORT))
def past_placements() -> str:
    """What towns wrote down before: shown, and never counted."""
    with transaction(read_only=True) as session:
        found = queries.past_in(session, viewer().scopes(IMPORT), number=request.args.get("page", 1, type=int))
        people = shown_workers(session, [row.worker_id for row in found.rows])
    return page("past", "imports", found=found, people=people)


@pages.get("/imports/<int:import_id>")
@may_enter(staff(IMPORT))
def one_import(import_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _show(import_id, {})


@pages.get("/imports/<int:import_id>/progress")
@may_enter(staff(IMPORT))
def import_progress(import_id: int) -> Response:
    """The progress alone, asked for every second; once the work is over, the whole page comes anew."""
    with transaction(read_only=True) as session:
        found = _import(session, import_id)
    answer = make_response(render_template("for_staff/_import_progress.html", **_progress(found)))
    if found.state not in AT_WORK:
        answer.headers["HX-Refresh"] = "true"
    return answer


@pages.post("/imports/<int:import_id>/look")
@may_enter(staff(IMPORT))
def look_at(import_id: int) -> Response | tuple[str, int]:
    """Another sheet of the file, or another row as the head."""

    def deed(session: Session, by: Actor, at: datetime) -> None:
        given = request.form
        service.look_at(
            session, import_id=import_id, sheet=given.get("sheet", ""),
            head_row=given.get("head_row", type=int), by=by, at=at,
        )  # fmt: skip

    return _done(import_id, deed)


@pages.post("/imports/<int:import_id>/columns")
@may_enter(staff(IMPORT))
def set_columns(import_id: int) -> Response | tuple[str, int]:
    def deed(session: Session, by: Actor, at: datetime) -> None:
        named = (name.removeprefix("column.") for name in request.form if name.startswith("column."))
        columns = {int(name): request.form[f"column.{name}"] for name in named if name.isdecimal()}
        slip = request.form.get("slip", "")
        service.set_columns(session, import_id=import_id, columns=columns, slip=slip, by=by, at=at)

    return _done(import_id, deed)


@pages.post("/imports/<int:import_id>/choose")
@may_enter(staff(IMPORT))
def choose_rows(import_id: int) -> Response | tuple[str, int]:
    """The ticks of one page, or all good rows, or none."""

    def deed(session: Session, by: Actor, at: datetime) -> None:
        if every := request.form.get("all"):
            service.choose_all(session, import_id=import_id, chosen=every == "1", by=by, at=at)
        else:
            shown, ticked = (request.form.getlist(name, type=int) for name in ("shown", "row"))
            service.choose(session, import_id=import_id, shown=shown, ticked=ticked, by=by, at=at)

    return _done(import_id, deed, said="记下了。", to=request.form)


@pages.post("/imports/<int:import_id>/run")
@may_enter(staff(IMPORT))
def run_import(import_id: int) -> Response | tuple[str, int]:
    return _done(import_id, lambda session, by, at: service.run(session, import_id=import_id, by=by, at=at))


@pages.post("/imports/<int:import_id>/drop")
@may_enter(staff(IMPORT))
def drop_import(import_id: int) -> Response | tuple[str, int]:
    return _done(import_id, lambda session, by, at: service.drop(session, import_id=import_id, by=by, at=at))


@pages.post("/imports/<int:import_id>/take")
@may_enter(staff(IMPORT))
def take_rows(import_id: int) -> FileResponse | tuple[str, int]:
    """The rows that weren't imported, in full and marked, to be mended; with a reason, logged."""
    try:
        with transaction() as session:
            by = _by(session, import_id)
            reason = request.form.get("reason", "")
            found = service.take_out(session, import_id=import_id, reason=reason, by=by, at=clock.now())
            rows = queries.rows_in(session, import_id, MENDED)
            faults = queries.faults_of(session, import_id)
            body = marked(found.kind, [(row, faults.get(row.number, [])) for row in rows])
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _show(import_id, {"reason": next(iter(errors.values()))}), status
    return xlsx(body, f"要改的行 {found.file_name.rpartition('.')[0]}")


@pages.get("/imports/<int:import_id>/undo")
@may_enter(staff(IMPORT))
def ask_undo(import_id: int) -> str | Response:
    with transaction(read_only=True) as session:
        found = _import(session, import_id)
        held = queries.counts(session, [import_id]).get(import_id, {})
    if found.state != State.DONE:
        return redirect(url_for("staff.one_import", import_id=import_id))
    return page("import_undo", "imports", found=found, imported=held.get(RowState.IMPORTED, 0), words=import_words)


@pages.post("/imports/<int:import_id>/undo")
@may_enter(staff(IMPORT))
def undo_import(import_id: int) -> Response | tuple[str, int]:
    return _done(import_id, lambda session, by, at: service.undo(session, import_id=import_id, by=by, at=at))


def _import(session: Session, import_id: int) -> Import:
    """Raises NotFound, OutOfScope."""
    found = session.get(Import, import_id)
    if found is None:
        raise NotFound(what="import", id=import_id)
    viewer().require(IMPORT, found.region)
    return found


def _by(session: Session, import_id: int) -> Actor:
    return viewer().as_staff(IMPORT, _import(session, import_id).region)


def _done(
    import_id: int, deed: Callable[[Session, Actor, datetime], object], *, said: str = "", to: Any = None
) -> Response | tuple[str, int]:
    """Do it, and back to the page; to the part of the rows that the form names."""
    try:
        with transaction() as session:
            deed(session, _by(session, import_id), clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        if status in (403, 404):
            raise
        return _show(import_id, errors), status
    if said:
        flash(said, "ok")
    kept = {name: to[name] for name in ("show", "fault", "page") if to.get(name)} if to else {}
    return redirect(url_for("staff.one_import", import_id=import_id, **kept), 303)


def _list(errors: dict[str, str]) -> str:
    scopes = viewer().scopes(IMPORT)
    with transaction(read_only=True) as session:
        found = queries.imports_in(session, scopes, number=request.args.get("page", 1, type=int))
        held = queries.counts(session, [one.id for one in found.rows])
        named = select(Account.id, Account.display_name).where(Account.id.in_([one.account_id for one in found.rows]))
        regions = [(code, place_name(session, code)) for code in scopes]
        names = dict(session.execute(named).all())
    return page(
        "imports", "imports", found=found, counts=held, names=names, regions=regions, errors=errors,
        given=request.form, key=secrets.token_urlsafe(12), words=import_words,
    )  # fmt: skip


def _show(import_id: int, errors: dict[str, str]) -> str:
    asked = request.values
    field, _, reason = asked.get("fault", "").partition(".")
    with transaction(read_only=True) as session:
        found = _import(session, import_id)
        held = queries.counts(session, [import_id]).get(import_id, {})
        show = None if reason else _shown(asked.get("show"), held)
        rows = queries.rows_of(
            session, import_id, state=show, fault=(field, reason) if reason else None,
            number=asked.get("page", 1, type=int),
        )  # fmt: skip
        values: dict[str, Any] = {
            "counts": held,
            "chosen": queries.chosen(session, import_id),
            "kinds_of_fault": queries.fault_counts(session, import_id),
            "rows": rows,
            "faults": queries.faults_of(session, import_id, [row.number for row in rows.rows]),
            "earlier": queries.same_file(session, found),
            "missing": queries.missing(found),
            "where": place_name(session, found.region),
        }
    return page(
        "import", "imports", show=show, fault=asked.get("fault") or None, errors=errors, given=request.form,
        fields=queries.fields(found.kind), letter=lambda index: get_column_letter(index + 1), moves=MOVES[found.state],
        **values, **_progress(found),
    )  # fmt: skip


def _shown(asked: str | None, held: queries.Counts) -> RowState | None:
    """Rows of which state to show, None for all: what was asked for, or else what is wrong, or was kept."""
    if asked:
        return RowState(asked) if asked in set(RowState) else None
    return next((state for state in (RowState.KEPT, RowState.FAULTY, RowState.DUPLICATE) if held.get(state)), None)


def _progress(found: Import) -> dict[str, Any]:
    return {
        "found": found, "words": import_words, "working": found.state in AT_WORK,
        "left": import_words.left_said(found, clock.now()),
    }  # fmt: skip
