"""Spreadsheets are read, then imported or undone chunk by chunk."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from zero_work_market.ground import clock, db
from zero_work_market.ground.sheets import Book, SheetRefused
from zero_work_market.market.imports import queries, service
from zero_work_market.market.imports.models import Import
from zero_work_market.market.imports.rules import State

CHUNK = 1000


def read(payload: Mapping[str, Any]) -> None:
    """Read and judge the sheet, a transaction a chunk: who takes over from one that died goes on where it was."""
    import_id, titles = payload["import_id"], queries.title_reader()
    with db.transaction(read_only=True) as session:
        found = session.get_one(Import, import_id)
        if found.state != State.READING:
            return
        body, head, around = found.body, queries.head_of(found), queries.around(session, found, titles=titles)
    try:
        for read in queries.readings(Book(body), found.sheet, found.kind, head, around, size=CHUNK):
            with db.transaction() as session:
                if not service.keep_rows(session, import_id=import_id, head=head, read=read):
                    return
    except SheetRefused as refusal:
        with db.transaction() as session:
            service.refuse_file(session, import_id=import_id, why=refusal.details["why"], at=clock.now())


def finish_reading(session: Session, payload: Mapping[str, Any]) -> None:
    service.finish_reading(session, import_id=payload["import_id"], at=clock.now())


def go_on(session: Session, payload: Mapping[str, Any]) -> None:
    service.go_on(session, import_id=payload["import_id"], at=clock.now())
