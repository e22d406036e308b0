"""Reads of ratings: figures of many at once, and one placement's pair as a side sees it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.reference import tables
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings import rules
from zero_work_market.rights.ratings.models import Rating
from zero_work_market.rights.ratings.rules import Chip, Figure, Terms
from zero_work_market.rights.wages.models import Wage

ROOM = "zero_work_market.rights.ratings"
LATEST = 300


@dataclass(frozen=True)
class View:
    """The ratings of one placement as `side` sees them: its own, and the other's once that is shown."""

    side: Side
    own: Rating | None
    others: Rating | None
    other_gave: bool
    settled_at: datetime | None
    until: datetime | None
    """Until when this side may rate, or change what it gave; None when it can't."""
    contest_until: datetime | None
    """Until when it may contest the other's; None when it can't."""


def terms(on: date) -> Terms:
    """The rules' numbers as of a day."""
    return Terms(
        open=timedelta(days=limit("rating_days", on).value),
        hidden=timedelta(days=limit("rating_hidden_days", on).value),
        revise=timedelta(hours=limit("rating_revise_hours", on).value),
        contest=timedelta(hours=limit("rating_contest_hours", on).value),
        fewest=limit("rating_fewest", on).value,
    )


@cache
def chips() -> dict[str, Chip]:
    """Every ready word by its name, in the order in which they are offered."""
    rows = tables.rows(ROOM, "chips")
    return {row["name"]: Chip(row["name"], Side(row["side"]), row["text"], row["good"] == "true") for row in rows}


def chips_of(side: Side) -> list[Chip]:
    """What a side may tick."""
    return [chip for chip in chips().values() if chip.side == side]


def pair(session: Session, *, placement_id: int, lock: bool = False) -> dict[Side, Rating]:
    """What has been given for a placement, by the side that gave it."""
    query = select(Rating).where(Rating.placement_id == placement_id)
    return {row.side: row for row in session.scalars(query.with_for_update() if lock else query)}


def settled_at(session: Session, *, placement_ids: Iterable[int]) -> dict[int, datetime]:
    """When the last settled wage of each placement was settled; a placement without one is left out."""
    last = select(Wage.placement_id, func.max(Wage.paid_at)).where(Wage.placement_id.in_(placement_ids))
    rows = session.execute(last.where(Wage.paid_at.is_not(None)).group_by(Wage.placement_id))
    return {placement_id: moment for placement_id, moment in rows if moment is not None}


def worked(session: Session, *, posting_id: int) -> list[Placement]:
    """Placements of a posting that hold a seat, or were paid for work before it was lost."""
    paid = select(Wage.placement_id).where(Wage.paid_at.is_not(None))
    query = select(Placement).where(Placement.posting_id == posting_id)
    query = query.where(or_(Placement.seat.is_not(None), Placement.id.in_(paid)))
    return list(session.scalars(query.order_by(Placement.accepted_at, Placement.id)))


def view(session: Session, *, placement_id: int, side: Side, at: datetime) -> View:
    """How a placement's ratings stand for one side now."""
    settled = settled_at(session, placement_ids=[placement_id]).get(placement_id)
    return _view(pair(session, placement_id=placement_id), settled, side, at)


def views(session: Session, *, placement_ids: list[int], side: Side, at: datetime) -> dict[int, View]:
    """How the ratings of many placements stand for one side, by placement id."""
    settled = settled_at(session, placement_ids=placement_ids)
    given: dict[int, dict[Side, Rating]] = {id: {} for id in placement_ids}
    for row in session.scalars(select(Rating).where(Rating.placement_id.in_(placement_ids))):
        given[row.placement_id][row.side] = row
    return {id: _view(given[id], settled.get(id), side, at) for id in placement_ids}


def seen_by_worker(session: Session, *, worker_id: int, at: datetime) -> list[Rating]:
    """What a worker gave, and what employers gave the worker once it is shown, the oldest first."""
    seen = or_(Rating.side == Side.WORKER, Rating.shown_at <= at)
    return list(session.scalars(select(Rating).where(Rating.worker_id == worker_id, seen).order_by(Rating.id)))


def may_open(session: Session, *, posting_id: int) -> bool:
    """Somebody of a posting was paid, so that there is somebody to rate."""
    wages = select(Wage.id).join(Placement, Placement.id == Wage.placement_id)
    paid = wages.where(Placement.posting_id == posting_id, Wage.paid_at.is_not(None))
    return session.scalar(paid.limit(1)) is not None


def employers_figures(session: Session, *, employer_ids: Iterable[int], at: datetime) -> dict[int, Figure]:
    """How workers rated employers; one whom nobody rated is left out."""
    return _figures(session, Side.WORKER, Rating.employer_id, Rating.worker_id, employer_ids, at)


def workers_figures(session: Session, *, worker_ids: Iterable[int], at: datetime) -> dict[int, Figure]:
    """How employers rated workers; one whom nobody rated is left out."""
    return _figures(session, Side.EMPLOYER, Rating.worker_id, Rating.employer_id, worker_ids, at)


def praised(session: Session, *, employer_id: int, at: datetime, most: int = 3) -> list[tuple[str, int]]:
    """The ready words of praise that most workers had for an employer, with how many they were, the latest ratings."""
    query = _shown(Side.WORKER, at).where(Rating.employer_id == employer_id).order_by(Rating.at.desc()).limit(LATEST)
    said = {(row.worker_id, name) for row in session.scalars(query) for name in row.chips}
    counted = Counter(name for _, name in said if name in chips() and chips()[name].good)
    return [(chips()[name].text, count) for name, count in counted.most_common(most)]


def contested(*, counties: Iterable[str], decided: bool = False) -> Select[Rating]:
    """Contested ratings of some counties: those to decide, the longest waiting first; or those decided, the newest."""
    query = select(Rating).where(Rating.county.in_(list(counties)), Rating.contested_at.is_not(None))
    if decided:
        return query.where(Rating.decided_at.is_not(None)).order_by(Rating.decided_at.desc(), Rating.id)
    return query.where(Rating.decided_at.is_(None)).order_by(Rating.contested_at, Rating.id)


def rating(session: Session, rating_id: int) -> Rating:
    """Raises NotFound."""
    row = session.get(Rating, rating_id)
    if row is None:
        raise NotFound(what="rating")
    return row


def posting_of(session: Session, row: Rating) -> int:
    """Id of the posting whose placement is rated."""
    return session.get_one(Placement, row.placement_id).posting_id


def _view(given: dict[Side, Rating], settled: datetime | None, side: Side, at: datetime) -> View:
    own, others, now = given.get(side), given.get(rules.other(side)), terms(local_date(at))
    seen = others is not None and others.shown_at <= at
    until, contest_until = None, None
    if own is not None:
        until = rules.revised_until(given_at=own.at, shown_at=own.shown_at, terms=now)
    elif settled is not None:
        until = rules.open_until(settled_at=settled, other_shown_at=others.shown_at if others else None, terms=now)
    if others is not None and seen and others.contested_at is None:
        contest_until = others.shown_at + now.contest
    return View(
        side=side, own=own, others=others if seen else None, other_gave=others is not None, settled_at=settled,
        until=until if until and until > at else None,
        contest_until=contest_until if contest_until and contest_until > at else None,
    )  # fmt: skip


def _shown(said_by: Side, at: datetime) -> Select[Rating]:
    return select(Rating).where(Rating.side == said_by, Rating.shown_at <= at, Rating.hidden_at.is_(None))


def _figures(
    session: Session,
    said_by: Side,
    rated: InstrumentedAttribute[int],
    rater: InstrumentedAttribute[int],
    ids: Iterable[int],
    at: datetime,
) -> dict[int, Figure]:
    """Each rater counts once, with the mean of what they gave, so that nobody outweighs the others by coming often."""
    each = (
        _shown(said_by, at)
        .where(rated.in_(ids))
        .with_only_columns(rated.label("rated"), func.avg(Rating.stars).label("stars"))
        .group_by(rated, rater)
        .subquery()
    )
    fewest = terms(local_date(at)).fewest
    counted = select(each.c.rated, func.avg(each.c.stars), func.count()).group_by(each.c.rated)
    return {
        id: Figure(float(stars) if raters >= fewest else None, raters) for id, stars, raters in session.execute(counted)
    }
