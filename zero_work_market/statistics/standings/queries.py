"""The facts of placements, from the rows of the market and of rights."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import State
from zero_work_market.market.postings.models import Posting, Requirement, Shift
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.occupations.queries import industry
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import State as MarkState
from zero_work_market.rights.contracts.models import Agreement
from zero_work_market.rights.contracts.rules import State as AgreementState
from zero_work_market.rights.hours.models import Hours
from zero_work_market.rights.wages.models import Wage
from zero_work_market.statistics.standings.rules import Columns, Placed, Stability, Work, bucket, standings
from zero_work_market.statistics.standings.rules import Wage as Owed


def as_rows_say(session: Session, placement_ids: Iterable[int], *, today: date) -> dict[int, Columns]:
    """The standings of placements and of all that are counted together with them, by placement id."""
    return by_placement(families(session, placement_ids), today=today)


def by_placement(found: Iterable[list[Placed]], *, today: date) -> dict[int, Columns]:
    """The standings of whole families, each by what was stable work when it began."""
    return {
        columns["placement_id"]: columns
        for family in found
        for columns in standings(family, today=today, stability=stability(min(placed.day for placed in family)))
    }


def families(session: Session, placement_ids: Iterable[int]) -> list[list[Placed]]:
    """The placements with all others of their family, each as its rows are now."""
    asked = select(Placement.worker_id, Posting.employer_id, Posting.county).join(
        Posting, Posting.id == Placement.posting_id
    )
    wanted = set(session.execute(asked.where(Placement.id.in_(placement_ids))))
    found: dict[tuple[int, int, str], list[Placed]] = defaultdict(list)
    for placed in _placed(session, {worker_id for worker_id, *_ in wanted}, {employer for _, employer, _ in wanted}):
        if placed.family in wanted:
            found[placed.family].append(placed)
    return list(found.values())


def stability(on: date) -> Stability:
    """What makes work stable, as of its first day."""
    return Stability(law.limit("stable_months", on).value, law.limit("stable_gap_days", on).value)


def watched_industry(occupation: str) -> str:
    """By the occupation first asked for; empty when none was."""
    return industry(occupation) if occupation else ""


def _placed(session: Session, workers: Iterable[int], employers: Iterable[int]) -> Iterable[Placed]:
    query = (
        select(
            Placement.id, Placement.posting_id, Placement.worker_id, Placement.state, Placement.village,
            Posting.employer_id, Posting.county, Posting.town, Posting.closes_at,
        )
        .join(Posting, Posting.id == Placement.posting_id)
        .where(Placement.worker_id.in_(workers), Posting.employer_id.in_(employers))
        .order_by(Placement.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    works = _works(session, {row.id: row.state for row in rows})
    trades = _first_trades(session, {row.posting_id for row in rows})
    for row in rows:
        yield Placed(
            placement_id=row.id, posting_id=row.posting_id, worker_id=row.worker_id, employer_id=row.employer_id,
            county=row.county, town=row.town, village=bucket(row.village, row.town),
            industry=watched_industry(trades.get(row.posting_id, "")), day=local_date(row.closes_at),
            work=works[row.id],
        )  # fmt: skip


def _works(session: Session, states: dict[int, State]) -> dict[int, Work]:
    ids = list(states)
    arrived = set(
        session.scalars(select(Mark.placement_id).where(Mark.placement_id.in_(ids), Mark.state == MarkState.ARRIVED))
    )
    signed_ones = (Agreement.placement_id.in_(ids), Agreement.state == AgreementState.SIGNED)
    signed = set(session.scalars(select(Agreement.placement_id).where(*signed_ones)))
    shifts, wages = _shifts(session, ids), _wages(session, ids)
    return {
        placement_id: Work(
            lost="" if state == State.ACCEPTED else state.value,
            arrived=placement_id in arrived,
            signed=placement_id in signed,
            shifts=tuple(shifts.get(placement_id, ())),
            wages=tuple(wages.get(placement_id, ())),
        )
        for placement_id, state in states.items()
    }


def _shifts(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[date, int]]]:
    agreed = (
        select(Hours.placement_id, Shift.starts_at, Hours.agreed_minutes)
        .join(Shift, Shift.id == Hours.shift_id)
        .where(Hours.placement_id.in_(ids), Hours.agreed_minutes.is_not(None))
        .order_by(Shift.starts_at)
    )
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for placement_id, starts_at, minutes in session.execute(agreed):
        found[placement_id].append((local_date(starts_at), minutes or 0))
    return found


def _wages(session: Session, ids: Sequence[int]) -> dict[int, list[Owed]]:
    made = select(Wage.placement_id, Wage.first_day, Wage.last_day, Wage.due_on, Wage.net_fen, Wage.settled_on)
    found: dict[int, list[Owed]] = defaultdict(list)
    made = made.where(Wage.placement_id.in_(ids)).order_by(Wage.first_day)
    for placement_id, first, last, due_on, net_fen, settled_on in session.execute(made):
        found[placement_id].append(Owed(first, last, due_on, net_fen, settled_on))
    return found


def _first_trades(session: Session, postings: Iterable[int]) -> dict[int, str]:
    asked = select(Requirement.posting_id, Requirement.occupation).where(Requirement.posting_id.in_(postings))
    return dict(reversed(session.execute(asked.order_by(Requirement.id)).all()))
