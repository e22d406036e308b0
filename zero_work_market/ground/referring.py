"""Which rows others point at: what must be known before a row is really removed."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import Base


def referring(session: Session, model: Any, ids: Iterable[int], *, apart_from: Collection[Any] = ()) -> dict[int, str]:
    """Of rows of `model` by id, the name of the last table, of those that stand on others, that points at them by a
    foreign key; `apart_from`: models whose rows go with them. Rows that the database takes along don't count."""
    wanted, own = tuple(ids), {one.__table__ for one in apart_from}
    found: dict[int, str] = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is model.__table__.c.id and table not in own and key.ondelete != "CASCADE":
                pointing = session.scalars(select(key.parent).where(key.parent.in_(wanted)).distinct())
                found |= dict.fromkeys(pointing, table.name)
    return found


def touched(session: Session, what: str, ids: Iterable[int], *, apart_from: Collection[str]) -> set[int]:
    """Of the audit's subjects "<what>:<id>", the ids of those with any verb but these."""
    subjects = {f"{what}:{id}": id for id in ids}
    rows = select(AuditRow.subject).where(AuditRow.subject.in_(subjects), AuditRow.verb.not_in(apart_from)).distinct()
    return {subjects[subject] for subject in session.scalars(rows)}
