"""An engine of what the database holds, and how far in the change feed it has come."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from matching import Engine, OccupationTree, Weights
from zero_work_market.ground import changes
from zero_work_market.market.columns.queries import Brands, all_postings, all_workers, among, postings, workers
from zero_work_market.reference.occupations.queries import middle_groups, small_groups

ORIGIN = (116.6, 35.4)
CHUNK = 5_000


@dataclass
class LiveEngine:
    """A matching engine, the day on which its ring of free quarters begins, and how it is brought up to date."""

    engine: Engine
    cursor: changes.Cursor
    today: date
    brands: Brands = field(default_factory=Brands)


def loaded(session: Session, today: date) -> LiveEngine:
    """An engine of everything, read whole from the database."""
    engine = Engine(OccupationTree(small_groups(), middle_groups()), weights=Weights(), origin=ORIGIN)
    live = LiveEngine(engine, changes.start(session), today)
    engine.upsert_workers(all_workers(session, today=today, brands=live.brands))
    engine.upsert_postings(all_postings(session, today=today, brands=live.brands))
    engine.compact()
    return live


def catch_up(session: Session, live: LiveEngine) -> None:
    """Take in what was committed since. An engine for which this fails is not to be used any more."""
    changed = changes.take(session, live.cursor)
    for ids in _chunks(changed.get("worker", set())):
        found = workers(session, among(ids), today=live.today, brands=live.brands)
        gone = sorted(set(ids).difference(found.id.tolist()))
        live.engine.upsert_workers(found)
        live.engine.remove_workers([id for id, here in zip(gone, live.engine.has_workers(gone), strict=True) if here])
    for ids in _chunks(changed.get("posting", set())):
        open_ones = postings(session, among(ids), today=live.today, brands=live.brands)
        gone = sorted(set(ids).difference(open_ones.id.tolist()))
        live.engine.upsert_postings(open_ones)
        live.engine.remove_postings([id for id, here in zip(gone, live.engine.has_postings(gone), strict=True) if here])


def _chunks(ids: Set[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + CHUNK] for at in range(0, len(ordered), CHUNK))
