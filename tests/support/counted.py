"""Hires that have come some way, each deed committed, and what is counted of them.

placement = hire()
come(placement)
pay(placement)
count()
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from tests.support.makers import NOW, TOWN, VILLAGE, make_worker, oneself
from tests.support.market import make_posting
from zero_work_market.ground import evidence
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import transaction
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Shift
from zero_work_market.rights.attendance import service as attendance
from zero_work_market.rights.attendance.rules import Said
from zero_work_market.rights.hours import service as hours
from zero_work_market.rights.wages import service as wages
from zero_work_market.rights.wages.models import Wage
from zero_work_market.statistics.standings import service as standings
from zero_work_market.statistics.tallies import service as tallies

OVER = NOW + timedelta(days=2)
"""A day after the shift."""


def hire(*, village: str | None = VILLAGE) -> int:
    """A worker holds a seat for tomorrow morning in TOWN."""
    with transaction() as session:
        posting = make_posting(session)
        someone = make_worker(session, town=(village or TOWN)[:9], village=village)
        answer = placements.accept(session, posting_id=posting.id, worker_id=someone.id, by=oneself(someone), at=NOW)
        assert answer.placement_id is not None
        return answer.placement_id


def come(placement: int) -> None:
    """The worker comes, and both agree on four hours."""
    with transaction() as session:
        posting = session.get_one(Placement, placement).posting_id
        first = session.scalars(select(Shift).where(Shift.posting_id == posting)).one()
        told = {"posting_id": posting, "shift_id": first.id, "said": {placement: Said.HERE}}
        attendance.roll_call(session, **told, by=SYSTEM, at=first.starts_at)
        said = {"placement_id": placement, "shift_id": first.id, "minutes": 240, "by": SYSTEM, "at": OVER}
        for side in ("worker", "employer"):
            hours.claim_hours(session, side=side, **said)


def pay(placement: int) -> None:
    """All of it, by the bank."""
    with transaction() as session:
        wage = session.scalars(select(Wage).where(Wage.placement_id == placement)).one()
        wages.pay(
            session, wage_id=wage.id, fen=wage.net_fen, paid_on=local_date(OVER), how="bank",
            number=f"JN2026{placement:06d}", by=SYSTEM, at=OVER,
        )  # fmt: skip


def count(*, at: datetime = OVER) -> int:
    """As the tasks do. Returns how many links were taken."""
    with transaction() as session:
        links = sum(standings.count_on(session, chain=chain, at=at) for chain in evidence.chains(session))
    with transaction() as session:
        tallies.add_up(session)
    return links
