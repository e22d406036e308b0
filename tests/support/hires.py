"""Makers of hires: a seat accepted, and arrivals that stand, so that hours can be spoken of.

hire = make_hire(session, pay_days=15)
agree(session, hire)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.support.makers import NOW, PNG, make_employer, make_worker, oneself
from tests.support.market import make_posting
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.clock import local_date
from zero_work_market.market.gate.rules import working_minutes
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.placements.service import accept
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer, Project
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import How, State
from zero_work_market.rights.hours.models import Hours, HoursClaim
from zero_work_market.rights.hours.service import claim_hours
from zero_work_market.rights.wages.models import Payment, Wage
from zero_work_market.rights.wages.rules import Proof


@dataclass(frozen=True)
class Hire:
    posting: Posting
    placement: Placement
    worker: Worker
    employer: Employer

    @property
    def by_worker(self) -> Actor:
        return oneself(self.worker)

    @property
    def by_employer(self) -> Actor:
        return oneself(self.employer)

    @property
    def over(self) -> datetime:
        """An hour after the last shift."""
        return self.posting.ends_at + timedelta(hours=1)

    def minutes(self, number: int = 0) -> int:
        shift = self.posting.shifts[number]
        return working_minutes(shift.starts_at, shift.ends_at, self.posting.break_minutes)


def make_hire(
    session: Session,
    *,
    employer: Employer | None = None,
    worker: Worker | None = None,
    posting: Posting | None = None,
    arrives: bool = True,
    at: datetime = NOW,
    **draft: Any,
) -> Hire:
    """A worker with a seat of a posting, who came to all its shifts unless told otherwise."""
    employer = employer or (posting.employer if posting else make_employer(session, at=at))
    posting = posting or make_posting(session, employer=employer, at=at, **draft)
    worker = worker or make_worker(session, at=at)
    accept(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=at)
    placement = placement_of(session, posting_id=posting.id, worker_id=worker.id)
    assert placement is not None
    for shift in posting.shifts if arrives else ():
        session.add(
            Mark(
                placement_id=placement.id, shift_id=shift.id, state=State.ARRIVED, how=How.ROLL_CALL,
                due_at=shift.starts_at, arrived_at=shift.starts_at, marked_at=shift.starts_at,
            )
        )  # fmt: skip
        placement.arrived_at = placement.arrived_at or shift.starts_at
    session.flush()
    return Hire(posting, placement, worker, employer)


def put_rows(session: Session, *, posting_id: int, worker_id: int, employer_id: int, at: datetime) -> dict[str, int]:
    """Disputed hours, a wage of this month of a building site, and a denied payment, put beside a seat that is held."""
    held = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    assert held is not None
    posting, today = session.get_one(Posting, posting_id), local_date(at)
    named = {"name": "安居小区", "number": "370829202601", "contractor": "城建集团"}
    project = Project(employer_id=employer_id, added_at=at, **named)
    hours = Hours(placement_id=held.id, shift_id=posting.shifts[0].id, opened_at=at, disputed_at=at)
    hours.claims = [HoursClaim(side=side, minutes=240, at=at) for side in ("worker", "employer")]
    session.add_all([project, hours])
    session.flush()
    wage = Wage(
        placement_id=held.id, worker_id=worker_id, employer_id=employer_id, county=posting.county,
        project_id=project.id, first_day=today, last_day=today, minutes=240, net_fen=7200, due_on=today, made_at=at,
        gross=[{"kind": "work", "name": "工钱", "fen": 7200, "why": ""}], deductions=[], denied_at=at,
    )  # fmt: skip
    wage.payments = [Payment(fen=7200, paid_on=today, proof=Proof.BANK, recorded_at=at, denied_at=at)]
    wage.payments[0].photo, wage.payments[0].media_type = PNG, "image/png"
    session.add(wage)
    session.flush()
    rows = {"hours_id": hours.id, "wage_id": wage.id, "payment_id": wage.payments[0].id, "project_id": project.id}
    return {name: int(number) for name, number in rows.items()}


def say(session: Session, hire: Hire, side: str, minutes: int | None = None, *, shift: int = 0, **more: Any) -> Hours:
    """A side's word on a shift, its whole length unless told otherwise, after the last of them."""
    by = hire.by_worker if side == "worker" else hire.by_employer
    said = {"minutes": hire.minutes(shift) if minutes is None else minutes, "at": hire.over, "by": by} | more
    shift_id = hire.posting.shifts[shift].id
    return claim_hours(session, placement_id=hire.placement.id, shift_id=shift_id, side=side, **said)


def agree(session: Session, hire: Hire, minutes: int | None = None, *, shift: int = 0, **more: Any) -> Hours:
    say(session, hire, "employer", minutes, shift=shift, **more)
    return say(session, hire, "worker", minutes, shift=shift, **more)
