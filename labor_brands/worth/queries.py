"""A brand's hires, those of others in its trades beside them, and what can be said of both."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from labor_brands.brands.models import BrandTrade, Certification
from labor_brands.brands.queries import held_on
from labor_brands.worth import rules
from labor_brands.worth.rules import Difference, Hire, Spread, Stay
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Requirement
from zero_work_market.rights.wages.models import Wage
from zero_work_market.statistics.standings.models import Standing
from zero_work_market.statistics.standings.rules import months_after

MONTHS = 12
"""How far back the figures go."""


@dataclass(frozen=True)
class PlaceRow:
    """A county or town, its persons who worked there, and how many of them stayed."""

    region: str
    persons: int
    stay: Stay


@dataclass(frozen=True)
class Worth:
    """What became of those who hold a brand, from `first` to `last`, the days of their first and last hire."""

    first: date | None
    last: date | None
    persons: int
    """Who worked."""
    paid: int
    """Of them whose wages are paid."""
    earn: Spread | None
    by_grade: dict[int, Spread | None]
    stay: Stay
    places: tuple[PlaceRow, ...]
    pay_difference: Difference
    stay_difference: Difference


def worth(session: Session, brand_id: int, *, today: date) -> Worth:
    every = hires(session, brand_id, today=today)
    own = [one for one in every if one.grade]
    earned = rules.hourly(own)
    grades: dict[int, list[Hire]] = defaultdict(list)
    for one in own:
        grades[one.grade].append(one)
    return Worth(
        first=min((one.day for one in own), default=None), last=max((one.day for one in own), default=None),
        persons=len({one.worker for one in own}), paid=len(earned), earn=rules.spread(list(earned.values())),
        by_grade={grade: rules.spread(list(rules.hourly(of).values())) for grade, of in grades.items()},
        stay=rules.stays(own, today=today), places=_places(own, today),
        pay_difference=rules.pay_difference(every), stay_difference=rules.stay_difference(every, today=today),
    )  # fmt: skip


def hires(session: Session, brand_id: int, *, today: date) -> list[Hire]:
    """Of the last twelve months in the brand's trades, by whoever, with hours that both agreed on."""
    trades = select(BrandTrade.occupation).where(BrandTrade.brand_id == brand_id)
    asked = (
        select(Requirement.posting_id, func.min(Requirement.occupation).label("trade"))
        .where(Requirement.occupation.in_(trades))
        .group_by(Requirement.posting_id)
        .subquery()
    )
    paid = and_(Wage.placement_id == Placement.id, Wage.settled_on.is_not(None))
    held = and_(
        Certification.worker_id == Standing.worker_id, Certification.brand_id == brand_id,
        held_on(Standing.day.expression),
    )  # fmt: skip
    of = (Standing.worker_id, Standing.posting_id, asked.c.trade, Standing.town, Standing.day)
    query = (
        select(
            *of, func.coalesce(func.sum(Wage.minutes), 0), func.coalesce(func.sum(Wage.net_fen), 0),
            func.coalesce(Certification.grade, 0),
        )
        .select_from(asked)
        .join(Placement, Placement.posting_id == asked.c.posting_id)
        .join(Standing, Standing.placement_id == Placement.id)
        .outerjoin(Wage, paid)
        .outerjoin(Certification, held)
        .where(Standing.level >= 3, Standing.day > months_after(today, -MONTHS), Standing.day <= today)
        .group_by(Standing.placement_id, *of, Certification.grade)
        .order_by(Standing.day, Standing.placement_id)
    )  # fmt: skip
    return [
        Hire(worker, posting, trade, town, day, int(minutes), int(net_fen), grade)
        for worker, posting, trade, town, day, minutes, net_fen, grade in session.execute(query)
    ]


def _places(own: list[Hire], today: date) -> tuple[PlaceRow, ...]:
    """By county, where most worked first."""
    by_county: dict[str, list[Hire]] = defaultdict(list)
    for one in own:
        by_county[one.town[:6]].append(one)
    rows = (
        PlaceRow(county, len({one.worker for one in of}), rules.stays(of, today=today))
        for county, of in by_county.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.persons, row.region)))
