"""Makers of ratings: hires that are paid, and what the two sides say of each other.

hire = make_paid_hire(session)
rate(session, hire, Side.WORKER, 5)
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tests.support.hires import Hire, agree, make_hire
from zero_work_market.ground.clock import local_date
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings import service
from zero_work_market.rights.ratings.models import Rating
from zero_work_market.rights.wages.queries import wages_of
from zero_work_market.rights.wages.service import pay


def make_paid_hire(session: Session, **hire: Any) -> Hire:
    """A hire whose wage is paid an hour after its last shift."""
    made = make_hire(session, **hire)
    agree(session, made)
    (wage,) = (row for row in wages_of(session, worker_id=made.worker.id) if row.placement_id == made.placement.id)
    pay(
        session, wage_id=wage.id, fen=wage.left_fen, paid_on=local_date(made.over), how="bank",
        number=f"TX{wage.id:06d}", by=made.by_employer, at=made.over,
    )  # fmt: skip
    return made


def rate(
    session: Session, hire: Hire, side: Side, stars: int = 5, *, at: datetime | None = None, **said: Any
) -> Rating:
    """What a side says when it is paid, in stars alone unless told otherwise."""
    return service.rate(
        session, posting_id=hire.posting.id, worker_id=hire.worker.id, side=side,
        by=hire.by_worker if side == Side.WORKER else hire.by_employer, at=at or hire.over,
        **{"stars": stars, "chips": (), "words": ""} | said,
    )  # fmt: skip


def put_ratings(session: Session, *, posting_id: int, worker_id: int, at: datetime) -> int:
    """Both sides' ratings of a seat that is held, seen since `at`, paid or not; the id of the worker's, contested."""
    posting = posting_by_id(session, posting_id)
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    assert placement is not None
    rows = {
        side: Rating(
            placement_id=placement.id, side=side, worker_id=worker_id, employer_id=posting.employer_id,
            county=posting.county, stars=1, chips=[], at=at, shown_at=at,
        )
        for side in Side
    }  # fmt: skip
    rows[Side.WORKER].contested_at = at
    session.add_all(rows.values())
    session.flush()
    return rows[Side.WORKER].id
