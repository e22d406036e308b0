"""Adding standings up, again and again, where they changed."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from zero_work_market.statistics.standings.models import Stale
from zero_work_market.statistics.tallies.models import Tally
from zero_work_market.statistics.tallies.queries import Key, Sum, of_larger, of_villages, tallies
from zero_work_market.statistics.tallies.rules import WHOLE_YEAR, regions_of

LOCK = 0x7A1
"""Class of the advisory locks under which years are added up."""


def add_up(session: Session, *, limit: int = 200) -> int:
    """Make the tallies again of the villages whose standings changed, and of all regions that they lie in.

    Returns how many villages' months were taken. Nothing is missed when standings change meanwhile: what is taken is
    forgotten before it is looked at, and one year's regions are added up by one transaction at a time.
    """
    taken = select(Stale).order_by(Stale.year, Stale.village, Stale.month).limit(limit)
    stale: dict[int, list[Stale]] = defaultdict(list)
    for row in session.scalars(taken.with_for_update(skip_locked=True)).all():
        stale[row.year].append(row)
        session.delete(row)
    session.flush()
    for year, rows in stale.items():
        if _is_postgresql(session):
            session.execute(select(func.pg_advisory_xact_lock(LOCK, year)))
        _add_up(session, year, {row.village for row in rows}, {WHOLE_YEAR, *(row.month for row in rows)})
    return sum(map(len, stale.values()))


def is_stale(session: Session) -> bool:
    """Whether `add_up` has anything to do."""
    return session.scalar(select(Stale.year).limit(1)) is not None


def _add_up(session: Session, year: int, villages: set[str], months: set[int]) -> None:
    """The villages, then what they lie in: each stands on the tallies below it."""
    _keep(session, year, villages, months, of_villages(session, year=year, villages=villages, months=months))
    for height in (1, 2, 3):
        regions = {regions_of(village)[height] for village in villages}
        made: dict[Key, Sum] = {}
        for region in regions:
            made |= of_larger(session, year=year, region=region, months=months)
        _keep(session, year, regions, months, made)


def _keep(session: Session, year: int, regions: set[str], months: set[int], made: dict[Key, Sum]) -> None:
    """Write what differs; a figure that is no longer there is kept as zero."""
    kept = tallies(session, year=year, regions=regions, months=months)
    changed = {key: made.get(key, (0, 0)) for key in {**kept, **made} if kept.get(key) != made.get(key)}
    if not changed:
        return
    added = insert_postgresql(Tally) if _is_postgresql(session) else insert_sqlite(Tally)
    new = {name: added.excluded[name] for name in ("times", "persons")}
    rows = [
        {"region": region, "year": year, "month": month, "figure": figure, "times": times, "persons": persons}
        for (region, month, figure), (times, persons) in changed.items()
    ]
    session.execute(added.on_conflict_do_update(index_elements=Tally.__table__.primary_key, set_=new), rows)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
