"""Reads of crews: who could be one, by the engine's own scores; and how far those offered have come."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching import Ranking, crew
from zero_work_market.market.columns.queries import POSTING_OCCUPATIONS, posting_columns
from zero_work_market.market.crews.models import Crew, CrewMember, CrewRole
from zero_work_market.market.crews.rules import IN_IT, Answer, Candidate, Proposal, State, stop_cost
from zero_work_market.market.engine.queries import LiveEngine
from zero_work_market.market.engine.service import live_engine
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import TAKING
from zero_work_market.people.workers.models import HeldBrand, Worker
from zero_work_market.people.workers.rules import age_on
from zero_work_market.reference.occupations.queries import index_of

RANKED = 5_000
"""So many of each role's ranking are looked at."""
CHUNK = 10_000

Array = NDArray[Any]


@dataclass(frozen=True)
class Candidates:
    """Who could do what: scores (roles, n), −inf where a worker doesn't fit; villages int64 (n,), −1 for none."""

    roles: tuple[CrewRole, ...]
    ids: list[int]
    villages: Array
    codes: list[str]
    scores: Array
    brands: list[frozenset[str]]
    stop: float


def roles_of(session: Session, posting_id: int) -> list[CrewRole]:
    query = select(CrewRole).where(CrewRole.posting_id == posting_id)
    return list(session.scalars(query.order_by(CrewRole.number)))


def candidates(session: Session, posting: Posting, roles: Sequence[CrewRole]) -> Candidates:
    """All who could be of a posting's crew now: through the engine's gates, old enough, not seated nor asked before."""
    lists = _rankings(posting, roles)
    known = _spoken_for(session, posting.id)
    ranked = np.unique(np.concatenate([np.empty(0, np.int64), *(one.ids for one in lists)]))
    people = {id: (village, brands) for id, village, brands in _people(session, ranked.tolist(), posting)}
    ids = np.array([id for id in ranked.tolist() if id in people and id not in known], np.int64)
    scores = np.full((len(roles), len(ids)), -inf)
    for row, one in zip(scores, lists, strict=True):
        here = np.isin(one.ids, ids)
        row[ids.searchsorted(one.ids[here])] = one.scores[here]
    codes = [people[id][0] for id in ids.tolist()]
    number = {code: at for at, code in enumerate(sorted({code for code in codes if code}))}
    villages = np.array([number.get(code, -1) for code in codes], np.int64)
    brands = [people[id][1] for id in ids.tolist()]
    stop = stop_cost(transport=posting.transport)
    return Candidates(tuple(roles), ids.tolist(), villages, codes, scores, brands, stop)


def proposed(among: Candidates, *, brand: str = "") -> Proposal:
    """The best crew; of the holders of a brand alone, if one is named."""
    holds = np.array([not brand or brand in held for held in among.brands], bool)
    scores = np.where(holds, among.scores, -inf)
    need = [role.seats for role in among.roles]
    found = crew(scores, among.villages, need, among.stop)
    members = tuple(
        Candidate(among.roles[role].id, among.ids[worker], among.codes[worker], score)
        for role, worker, score in zip(*(column.tolist() for column in found[:3]), strict=True)
    )
    filled = np.bincount(found.roles, minlength=len(need))
    missing = {role.id: role.seats - int(n) for role, n in zip(among.roles, filled, strict=True) if role.seats > n}
    return Proposal(brand, members, missing, found.worth, found.stops)


def proposals(among: Candidates, *, first: Collection[str] = (), brands: int = 3) -> list[Proposal]:
    """The best crew of all, and the best of brands whose holders cover every role: those `first`, then by worth."""
    whole = [proposed(among, brand=brand) for brand in sorted(frozenset().union(*among.brands))]
    whole = [one for one in whole if one.members and not one.missing]
    whole.sort(key=lambda one: (one.brand not in first, -one.worth))
    return [proposed(among), *whole[:brands]]


def crew_of(session: Session, crew_id: int) -> Crew | None:
    """The crew as it is in the database now."""
    return session.get(Crew, crew_id, populate_existing=True)


def offered(session: Session, posting_id: int) -> Crew | None:
    """The crew of a posting whose members are being asked."""
    found = select(Crew).where(Crew.posting_id == posting_id, Crew.state == State.OFFERED)
    return session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def latest(session: Session, posting_id: int) -> Crew | None:
    """The last crew offered, whatever became of it."""
    return session.scalars(select(Crew).where(Crew.posting_id == posting_id).order_by(Crew.id.desc()).limit(1)).first()


def invitations(session: Session, *, worker_id: int, at: datetime) -> list[tuple[Posting, Crew, CrewMember]]:
    """Crews that wait for a worker's answer, or for the others' after theirs; the first to start first."""
    query = (
        select(Posting, Crew, CrewMember)
        .join(Crew, Crew.id == CrewMember.crew_id)
        .join(Posting, Posting.id == Crew.posting_id)
        .where(CrewMember.worker_id == worker_id, CrewMember.state.in_(IN_IT), Crew.state == State.OFFERED)
        .where(or_(CrewMember.state == Answer.AGREED, CrewMember.respond_by > at))
        .where(Posting.state.in_(TAKING), Posting.closes_at > at)
    )
    found = session.execute(query.order_by(Posting.closes_at, Posting.id))
    return [(posting, crew, member) for posting, crew, member in found]


def due(session: Session, *, at: datetime) -> list[int]:
    """Ids of postings whose crew has to be looked after: an answer is late, its time or its posting is over."""
    late = (
        select(Crew.posting_id)
        .join(CrewMember, CrewMember.crew_id == Crew.id)
        .where(Crew.state == State.OFFERED, CrewMember.state == Answer.ASKED, CrewMember.respond_by <= at)
    )
    closed = (
        select(Crew.posting_id)
        .join(Posting, Posting.id == Crew.posting_id)
        .where(Crew.state == State.OFFERED, or_(Posting.state.not_in(TAKING), Posting.closes_at <= at))
    )
    opened = select(Posting.id).where(Posting.crew_until <= at)
    return sorted({*session.scalars(late), *session.scalars(closed), *session.scalars(opened)})


def _rankings(posting: Posting, roles: Sequence[CrewRole]) -> list[Ranking]:
    """Each role's ranking, as of a posting that asks for that occupation alone."""
    with live_engine() as live:
        return [_ranking(live, posting, role) for role in roles]


def _ranking(live: LiveEngine, posting: Posting, role: CrewRole) -> Ranking:
    occupation = np.full((1, POSTING_OCCUPATIONS), -1, np.int16)
    level = np.zeros((1, POSTING_OCCUPATIONS), np.int8)
    occupation[0, 0], level[0, 0] = index_of(role.occupation), role.level
    whole = posting_columns(posting, today=live.today, brands=live.brands)
    return live.engine.workers_for_draft(replace(whole, occupation=occupation, level=level), k=RANKED)


def _spoken_for(session: Session, posting_id: int) -> set[int]:
    """Who holds a seat of the posting, or is or was asked to be of a crew for it."""
    asked = select(CrewMember.worker_id).join(Crew, Crew.id == CrewMember.crew_id).where(Crew.posting_id == posting_id)
    asked = asked.where(or_(CrewMember.state.not_in((Answer.ASKED, Answer.AGREED)), Crew.state == State.OFFERED))
    seated = select(Placement.worker_id).where(Placement.posting_id == posting_id, Placement.seat.is_not(None))
    return {*session.scalars(asked), *session.scalars(seated)}


def _people(session: Session, ids: list[int], posting: Posting) -> Iterator[tuple[int, str, frozenset[str]]]:
    """Village, empty for none, and brands of those who are old enough."""
    day = posting.closes_at.date()
    for some in _chunks(ids):
        held: dict[int, set[str]] = {}
        for worker_id, brand in session.execute(
            select(HeldBrand.worker_id, HeldBrand.brand).where(HeldBrand.worker_id.in_(some))
        ):
            held.setdefault(worker_id, set()).add(brand)
        people = select(Worker.id, Worker.village, Worker.born_on).where(Worker.id.in_(some), Worker.active)
        for id, village, born_on in session.execute(people):
            if _is_old_enough(born_on, day, posting.min_age):
                yield id, village or "", frozenset(held.get(id, ()))


def _is_old_enough(born_on: date, day: date, least: int) -> bool:
    return age_on(born_on, day) >= least


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
