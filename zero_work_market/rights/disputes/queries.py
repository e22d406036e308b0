"""Reads of cases, and of what is owed beside them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.people.employers.models import Employer
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.arrears.queries import Arrears, arrears
from zero_work_market.rights.arrears.rules import Owed, may_file
from zero_work_market.rights.disputes.models import Case, Claim, Step
from zero_work_market.rights.disputes.rules import COLLECTING, Days, Kind, Result, Stage
from zero_work_market.rights.hours.models import Hours
from zero_work_market.rights.wages.models import Wage


@dataclass(frozen=True)
class Unpaid:
    """Arrears beside what was done about them: `fileable` may be complained of now, `claimed` is in an open case."""

    arrears: Arrears
    fileable: tuple[Owed, ...]
    claimed: tuple[Owed, ...]

    @property
    def free(self) -> tuple[Owed, ...]:
        """What is in no case."""
        return tuple(item for item in self.arrears.items if item not in self.claimed)

    @property
    def fen(self) -> int:
        return sum(item.fen for item in self.free)

    @property
    def fileable_fen(self) -> int:
        return sum(item.fen for item in self.fileable)

    @property
    def due_on(self) -> date:
        return min(item.due_on for item in self.free)


@dataclass(frozen=True)
class Standing:
    """A claim against the ledger as it is now.

    `came_fen` was paid since it was filed; `left_fen` is still owed by the ledger; `unagreed`: shifts without a wage.
    """

    came_fen: int
    left_fen: int
    unagreed: int

    @property
    def settled(self) -> bool:
        return not self.left_fen and not self.unagreed


def days_of(filed_on: date) -> Days:
    """The clock's days as of a day."""
    return Days(
        accept=limit("case_accept_days", filed_on).value,
        mediate=limit("case_mediate_days", filed_on).value,
        simple=limit("case_simple_days", filed_on).value,
        ordinary=limit("case_hearing_days", filed_on).value,
        extend=limit("case_extension_days", filed_on).value,
    )


def locked(session: Session, case_id: int) -> Case:
    """The case, held until the transaction ends. Raises NotFound."""
    found = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(what="case")
    return found


def case(session: Session, case_id: int) -> Case:
    """Raises NotFound."""
    found = session.get(Case, case_id)
    if found is None:
        raise NotFound(what="case")
    return found


def claim_of_worker(session: Session, *, claim_id: int, worker_id: int) -> Claim:
    """Raises NotFound for another's claim as for one that isn't there."""
    found = session.get(Claim, claim_id)
    if found is None or found.worker_id != worker_id:
        raise NotFound(what="claim")
    return found


def case_of_employer(session: Session, *, case_id: int, employer_id: int) -> Case:
    """Raises NotFound for another's case as for one that isn't there."""
    found = case(session, case_id)
    if found.employer_id != employer_id:
        raise NotFound(what="case")
    return found


def collecting(session: Session, *, employer_id: int, county: str) -> Case | None:
    """The case that a new complaint joins, locked."""
    here = (Case.employer_id == employer_id, Case.county == county, Case.stage.in_(COLLECTING))
    return session.scalars(
        select(Case).where(*here).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def open_together(session: Session, found: Case) -> list[Case]:
    """All cases against the same employer in the same county that aren't closed, locked, the newest first."""
    here = (Case.employer_id == found.employer_id, Case.county == found.county, Case.stage != Stage.CLOSED)
    query = select(Case).where(*here).order_by(Case.id.desc())
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def open_claims(session: Session, *, placement_ids: Iterable[int]) -> list[Claim]:
    """Claims of the placements that stand in a case that isn't closed."""
    query = select(Claim).join(Case, Case.id == Claim.case_id)
    standing = (Claim.placement_id.in_(placement_ids), Claim.withdrawn_at.is_(None), Case.stage != Stage.CLOSED)
    return list(session.scalars(query.where(*standing).order_by(Claim.id)))


def claims_of_worker(session: Session, *, worker_id: int) -> list[tuple[Claim, Case]]:
    """The newest first."""
    query = select(Claim, Case).join(Case, Case.id == Claim.case_id).where(Claim.worker_id == worker_id)
    return [(claim, found) for claim, found in session.execute(query.order_by(Claim.id.desc()))]


def cases_of_employer(session: Session, *, employer_id: int) -> list[Case]:
    """The open ones first, by their day; then the closed, the latest first."""
    query = select(Case).where(Case.employer_id == employer_id)
    found = session.scalars(query.order_by(Case.id.desc())).all()
    return sorted(found, key=lambda one: (one.stage == Stage.CLOSED, one.due_on if not one.closed_at else date.min))


def open_cases(*, counties: Iterable[str]) -> Select[Case]:
    """Cases of some counties that aren't closed, the most urgent first."""
    return select(Case).where(Case.county.in_(counties), Case.stage != Stage.CLOSED).order_by(Case.due_on, Case.id)


def supervised(*, counties: Iterable[str]) -> Select[Case]:
    """The supervision list (挂牌督办)."""
    return open_cases(counties=counties).where(Case.supervised_at.is_not(None))


def pressing(*, counties: Iterable[str], by: date) -> Select[Case]:
    """Open cases that wait for the staff's own next step, and those whose stage must end by a day, or should have."""
    waits = Case.stage.in_((Stage.FILED, Stage.ACCEPTED))
    return open_cases(counties=counties).where(waits | (Case.due_on <= by))


def every(*, counties: Iterable[str]) -> Select[Case]:
    """All cases: open ones by their day, then the closed, the latest first."""
    shut = Case.closed_at.is_not(None)
    return select(Case).where(Case.county.in_(counties)).order_by(shut, Case.closed_at.desc(), Case.due_on, Case.id)


def count(session: Session, cases: Select[Case]) -> int:
    return session.scalar(select(func.count()).select_from(cases.order_by(None).subquery())) or 0


def agreed(found: Case) -> Step | None:
    """The mediation in which the two sides agreed, the latest."""
    met = [step for step in found.steps if step.kind == Kind.MEDIATED and step.details["result"] == Result.AGREED]
    return met[-1] if met else None


def employers_of(session: Session, cases: Sequence[Case]) -> dict[int, Employer]:
    found = session.scalars(select(Employer).where(Employer.id.in_({one.employer_id for one in cases})))
    return {employer.id: employer for employer in found}


def unpaid(session: Session, *, worker_id: int, at: datetime) -> list[Unpaid]:
    """What employers owe a worker and is in no case: first what is late, the most money before; then by its pay day."""
    of = session.scalars(select(Placement.id).where(Placement.worker_id == worker_id))
    found = _beside_claims(session, arrears(session, placement_ids=of.all(), at=at), local_date(at))
    return sorted((one for one in found if one.free), key=_urgency)


def unpaid_of(session: Session, *, placement_id: int, at: datetime) -> Unpaid | None:
    """What is owed for one placement, None if nothing is."""
    found = arrears(session, placement_ids=[placement_id], at=at)
    return next(iter(_beside_claims(session, found, local_date(at))), None)


def standing(session: Session, claim: Claim) -> Standing:
    """How a claim stands in the ledger now, hours that were agreed meanwhile included.

    What a wage grew by since, with later work, isn't part of the claim.
    """
    before = {wage["id"]: (wage["paid_fen"], wage["net_fen"]) for wage in claim.built_from["wages"]}
    shifts = {shift["id"] for shift in claim.built_from["shifts"] if shift["wage"] is None}
    mine = (Hours.placement_id == claim.placement_id, Hours.shift_id.in_(shifts), Hours.wage_id.is_not(None))
    since = dict(session.execute(select(Hours.shift_id, Hours.wage_id).where(*mine)).all())
    came = left = 0
    for wage in session.scalars(select(Wage).where(Wage.id.in_({*before, *since.values()}))):
        paid, asked = before.get(wage.id, (0, wage.net_fen))
        came += wage.paid_fen - paid
        left += max(0, min(asked, wage.net_fen) - wage.paid_fen)
    return Standing(came_fen=came, left_fen=left, unagreed=len(shifts - since.keys()))


def _urgency(one: Unpaid) -> tuple[int, date]:
    return -one.fileable_fen, one.due_on


def _beside_claims(session: Session, found: Sequence[Arrears], today: date) -> list[Unpaid]:
    taken = _in_open_claims(session, [one.placement_id for one in found])
    beside = []
    for one in found:
        mine = taken[one.placement_id]
        claimed = tuple(item for item in one.items if mine & {*item.shift_ids, f"wage {item.wage_id}"})
        fileable = tuple(item for item in one.items if item not in claimed and may_file(item, today=today))
        beside.append(Unpaid(one, fileable, claimed))
    return beside


def _in_open_claims(session: Session, placement_ids: Iterable[int]) -> dict[int, set[int | str]]:
    """Shifts and wages that stand in an open case, by placement."""
    taken: dict[int, set[int | str]] = defaultdict(set)
    for claim in open_claims(session, placement_ids=placement_ids):
        taken[claim.placement_id] |= {shift["id"] for shift in claim.built_from["shifts"]}
        taken[claim.placement_id] |= {f"wage {wage['id']}" for wage in claim.built_from["wages"]}
    return taken
