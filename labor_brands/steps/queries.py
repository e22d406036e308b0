"""培训 → 就业 → 维权: a worker's three steps, from the rows of the market itself."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from labor_brands.brands.models import Certification
from labor_brands.brands.queries import stands
from zero_work_market.ground import clock
from zero_work_market.market.placements.models import Placement
from zero_work_market.rights.contracts.models import Agreement
from zero_work_market.rights.contracts.rules import State as AgreementState
from zero_work_market.rights.disputes.models import Case, Claim
from zero_work_market.rights.disputes.rules import Outcome
from zero_work_market.rights.wages.models import Wage
from zero_work_market.statistics.standings.models import Standing


@dataclass(frozen=True)
class Trained:
    """A certificate that stands."""

    brand: str
    grade: str
    day: date


@dataclass(frozen=True)
class Steps:
    """Step 1 `trained`; step 2 from `worked` on; step 3 from `signed` on."""

    trained: tuple[Trained, ...]
    worked: int
    """Placements whose hours both agreed on (L3 and above)."""
    level: int
    """The highest that any placement has come to; 0 without one."""
    last: date | None
    """Day of the latest of them."""
    signed: int
    """Agreements that both signed …"""
    agreed: int
    """… of those that were made out and not voided."""
    paid_fen: int
    owed: int
    """Wages that aren't paid in full."""
    cases: int
    """Wage cases with a claim of the worker's that wasn't taken back."""
    open_cases: int
    outcomes: tuple[tuple[Outcome, int], ...]
    """How the others ended, and how many."""


def steps_of(session: Session, worker_ids: Collection[int]) -> dict[int, Steps]:
    """By worker, in five reads however many they are."""
    trained, standings = _trained(session, worker_ids), _standings(session, worker_ids)
    agreements, wages = _agreements(session, worker_ids), _wages(session, worker_ids)
    cases = _cases(session, worker_ids)
    return {
        worker_id: Steps(
            tuple(trained[worker_id]), *standings.get(worker_id, (0, 0, None)), *agreements.get(worker_id, (0, 0)),
            *wages.get(worker_id, (0, 0)), len(cases[worker_id]), sum(one is None for one in cases[worker_id]),
            tuple(sorted(Counter(one for one in cases[worker_id] if one is not None).items())),
        )
        for worker_id in worker_ids
    }  # fmt: skip


def claims_of_holders(session: Session, brand_id: int, *, year: int) -> tuple[int, int]:
    """Wage claims that those who hold a brand filed in a year and didn't take back, and how many of their cases are
    closed."""
    first, last = (clock.at_local(date(year + more, 1, 1), time()) for more in (0, 1))
    query = (
        select(func.count(), func.count(Case.closed_at))
        .join(Case, Case.id == Claim.case_id)
        .join(Certification, and_(Certification.worker_id == Claim.worker_id, Certification.brand_id == brand_id))
        .where(stands(), Claim.withdrawn_at.is_(None), Claim.filed_at >= first, Claim.filed_at < last)
    )
    filed, closed = session.execute(query.select_from(Claim)).one()
    return filed, closed


def _trained(session: Session, ids: Collection[int]) -> dict[int, list[Trained]]:
    found: dict[int, list[Trained]] = defaultdict(list)
    held = select(Certification).where(Certification.worker_id.in_(ids), stands()).order_by(Certification.issued_on)
    for row in session.scalars(held):
        grade = next((one.name for one in row.brand.grades if one.number == row.grade), "")
        found[row.worker_id].append(Trained(row.brand.name, grade, row.issued_on))
    return found


def _standings(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int, date | None]]:
    worked = case((Standing.level >= 3, 1), else_=0)
    query = select(
        Standing.worker_id, func.sum(worked), func.max(Standing.level),
        func.max(case((Standing.level >= 3, Standing.day), else_=None)),
    )  # fmt: skip
    rows = session.execute(query.where(Standing.worker_id.in_(ids)).group_by(Standing.worker_id))
    return {worker_id: (int(times), level, last) for worker_id, times, level, last in rows}


def _agreements(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    signed = case((Agreement.state == AgreementState.SIGNED, 1), else_=0)
    query = select(Placement.worker_id, func.sum(signed), func.count()).group_by(Placement.worker_id)
    query = query.join(Agreement, Agreement.placement_id == Placement.id)
    rows = session.execute(query.where(Placement.worker_id.in_(ids), Agreement.state != AgreementState.VOID))
    return {worker_id: (int(number), made) for worker_id, number, made in rows}


def _wages(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    owed = case((Wage.settled_on.is_(None), 1), else_=0)
    query = select(Wage.worker_id, func.sum(Wage.paid_fen), func.sum(owed)).group_by(Wage.worker_id)
    return {id: (int(fen), int(number)) for id, fen, number in session.execute(query.where(Wage.worker_id.in_(ids)))}


def _cases(session: Session, ids: Collection[int]) -> dict[int, list[Outcome | None]]:
    """Each case once; None for one that is open."""
    found: dict[int, list[Outcome | None]] = defaultdict(list)
    query = select(Claim.worker_id, Case.id, Case.outcome).join(Case, Case.id == Claim.case_id).distinct()
    for worker_id, _, outcome in session.execute(query.where(Claim.worker_id.in_(ids), Claim.withdrawn_at.is_(None))):
        found[worker_id].append(outcome)
    return found
