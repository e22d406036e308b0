"""Making standings again where evidence has grown, or a wage has come due."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence
from zero_work_market.ground.clock import local_date
from zero_work_market.statistics.standings.models import Counted, Stale, Standing
from zero_work_market.statistics.standings.queries import as_rows_say

PORTION = 500


def count_on(session: Session, *, chain: str, at: datetime) -> int:
    """Take the links of a chain that aren't counted yet, and make the standings of their placements again.

    One county is counted by one transaction at a time. Returns how many links were taken.
    """
    counted = _locked(session, chain)
    links = evidence.placements_after(session, chain, number=counted.number)
    if links:
        make(session, {placement_id for _, placement_id in links if placement_id}, today=local_date(at))
        counted.number = links[-1][0]
    return len(links)


def turn_due(session: Session, *, at: datetime) -> int:
    """Make the standings again of whose wages a day has passed: that nothing happened is what counts.

    Returns how many.
    """
    today = local_date(at)
    passed = _passed(today)
    counties = sorted(session.scalars(select(Standing.county).where(passed).distinct()))
    for county in counties:
        _locked(session, county)
    late = session.scalars(select(Standing.placement_id).where(passed, Standing.county.in_(counties))).all()
    make(session, late, today=today)
    return len(late)


def has_turned_due(session: Session, *, at: datetime) -> bool:
    """Whether `turn_due` has anything to do."""
    return session.scalar(select(Standing.placement_id).where(_passed(local_date(at))).limit(1)) is not None


def make(session: Session, placement_ids: Iterable[int], *, today: date) -> None:
    """Standings of placements, and of all that are counted together with them, from the rows as they are."""
    ids = sorted(placement_ids)
    for first in range(0, len(ids), PORTION):
        said = as_rows_say(session, ids[first : first + PORTION], today=today)
        found = session.scalars(select(Standing).where(Standing.placement_id.in_(said)))
        kept = {row.placement_id: row for row in found}
        stale: set[tuple[str, int, int]] = set()
        for placement_id, values in said.items():
            row = kept.get(placement_id)
            if row is None:
                row = Standing(**values)
                session.add(row)
            elif any(getattr(row, name) != value for name, value in values.items()):
                stale.add((row.village, row.day.year, row.day.month))
                for name, value in values.items():
                    setattr(row, name, value)
            else:
                continue
            stale.add((row.village, row.day.year, row.day.month))
        session.flush()
        _mark(session, stale)


def _passed(today: date) -> ColumnElement[bool]:
    return Standing.next_due < today


def _locked(session: Session, chain: str) -> Counted:
    first = _insert(session, Counted).values(chain=chain, number=0)
    session.execute(first.on_conflict_do_nothing())
    query = select(Counted).where(Counted.chain == chain).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _mark(session: Session, stale: Iterable[tuple[str, int, int]]) -> None:
    """Updates what is marked already, so that whoever is adding it up waits for what this transaction changes."""
    for village, year, month in sorted(stale):
        marked = _insert(session, Stale).values(village=village, year=year, month=month)
        held = marked.on_conflict_do_update(index_elements=Stale.__table__.primary_key, set_={"year": year})
        session.execute(held)


def _insert(session: Session, table: type[Counted] | type[Stale]) -> Any:
    dialect = session.get_bind().dialect.name
    return insert_postgresql(table) if dialect == "postgresql" else insert_sqlite(table)
