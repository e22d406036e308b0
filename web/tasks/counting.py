"""Counting on, whenever the evidence of a county has grown, and adding up what is counted."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from zero_work_market.ground import clock, db, evidence
from zero_work_market.statistics.standings import service as standings
from zero_work_market.statistics.tallies import service as tallies


def count_on(session: Session, payload: Mapping[str, Any]) -> None:
    standings.count_on(session, chain=payload["chain"], at=clock.now())


def catch_up() -> None:
    """Count what the tasks haven't come to yet."""
    with db.transaction(read_only=True) as session:
        chains = evidence.chains(session)
    for chain in chains:
        with db.transaction() as session:
            standings.count_on(session, chain=chain, at=clock.now())
    add_up()


def add_up() -> None:
    """Until nothing is stale; what many events changed is added up once."""
    at = clock.now()
    with db.transaction(read_only=True) as session:
        late, stale = standings.has_turned_due(session, at=at), tallies.is_stale(session)
    if late:
        with db.transaction() as session:
            stale = standings.turn_due(session, at=at) > 0 or stale
    while stale:
        with db.transaction() as session:
            stale = tallies.add_up(session) > 0
