"""Rankings with their reasons, from the engine; and how many of one to invite, by what its workers did before."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from matching import Explanation, Postings, Weights
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.rules import State
from zero_work_market.market.columns.queries import draft_columns, posting_columns
from zero_work_market.market.engine.queries import LiveEngine
from zero_work_market.market.engine.service import live_engine
from zero_work_market.market.gate.rules import Draft
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import Record, records
from zero_work_market.market.placements.rules import arrival_rate
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.shortlists.rules import (
    MOST_INVITED,
    Inviting,
    Place,
    Prior,
    Shortlist,
    Turnout,
    accept_rate,
    arrival_chances,
)
from zero_work_market.reference import tables

BY_DISTANCE = Weights(skill=0.0, location=1.0, brand=0.0, pay=0.0)
ALL = 1_000_000
"""More postings than there are."""
TO_COME = (State.ACCEPTED, State.QUEUED)
ROOM = "zero_work_market.market.shortlists"


def shortlist(posting: Posting, *, k: int = 50, by_distance: bool = False) -> Shortlist:
    """The first k workers for a posting, in whichever state it is."""
    with live_engine() as live:
        row = posting_columns(posting, today=live.today, brands=live.brands)
        return _shortlist(live, row, k, _weights(by_distance))


def shortlist_of_draft(draft: Draft, *, k: int = 50, by_distance: bool = False) -> Shortlist:
    """The preview while typing: the first k workers for a draft that is not stored."""
    with live_engine() as live:
        row = draft_columns(draft, today=live.today, brands=live.brands)
        return _shortlist(live, row, k, _weights(by_distance))


def ranked_postings(worker_id: int, *, k: int = ALL, by_distance: bool = False) -> list[tuple[int, float]]:
    """Ids and scores of the postings for a worker, the best first; empty for one who is paused."""
    with live_engine() as live:
        if not live.engine.has_workers([worker_id])[0]:
            return []
        ranking = live.engine.postings_for(worker_id, k=k, weights=_weights(by_distance))
    return list(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True))


def explained(*, worker_id: int, posting_ids: Sequence[int]) -> dict[int, Explanation]:
    """Why a worker ranks where they do, for each of the postings that is open; nothing for one who is paused."""
    with live_engine() as live:
        if not live.engine.has_workers([worker_id])[0]:
            return {}
        open_ones = zip(posting_ids, live.engine.has_postings(posting_ids), strict=True)
        return {id: live.engine.explain(worker_id, id) for id, is_open in open_ones if is_open}


def inviting(session: Session, posting: Posting, *, at: datetime) -> Inviting:
    """How many more of a posting's ranking to invite, beside those who have accepted or may still answer."""
    known = select(Application.worker_id, Application.state, Application.respond_by)
    rows = session.execute(known.where(Application.posting_id == posting.id)).all()
    asked = {worker_id for worker_id, _, _ in rows}
    with live_engine() as live:
        row = posting_columns(posting, today=live.today, brands=live.brands)
        ranked = live.engine.workers_for_draft(row, k=MOST_INVITED + len(asked)).ids.tolist()
    fresh = [worker_id for worker_id in ranked if worker_id not in asked][:MOST_INVITED]
    rates = turnouts(session, worker_ids=[*asked, *fresh], at=at)
    held = [rates[worker_id].arrives for worker_id, state, _ in rows if state in TO_COME]
    held += [
        rates[worker_id].comes
        for worker_id, state, respond_by in rows
        if state == State.INVITED and (respond_by is None or respond_by > at)
    ]
    return _inviting(posting.headcount, [rates[worker_id] for worker_id in fresh], held)


def inviting_to_draft(session: Session, draft: Draft, *, at: datetime) -> Inviting:
    """How many of a draft's ranking to invite."""
    with live_engine() as live:
        row = draft_columns(draft, today=live.today, brands=live.brands)
        ranked = live.engine.workers_for_draft(row, k=MOST_INVITED).ids.tolist()
    rates = turnouts(session, worker_ids=ranked, at=at)
    return _inviting(draft.headcount, [rates[worker_id] for worker_id in ranked])


def inviting_strangers(headcount: int) -> Inviting:
    """How many to invite before it is known whom: all as workers of whom nothing is known."""
    return _inviting(headcount, [_turnout(0, 0, Record())] * MOST_INVITED)


def turnouts(session: Session, *, worker_ids: Iterable[int], at: datetime) -> dict[int, Turnout]:
    """What each worker did before with invitations and seats, as chances; one for every id asked.

    An invitation counts once its time to answer is over: as accepted if the worker took a seat or a place in the queue
    after it and didn't give it up in good time. One that was called off before its time was over, unanswered, is none;
    nor does it matter what is said later to a call from the queue.
    """
    ids = list(worker_ids)
    gave_up = Application.state == State.WITHDRAWN
    took = or_(Application.queued_at >= Application.invited_at, Placement.accepted_at >= Application.invited_at)
    yes = or_(Application.state.in_(TO_COME), and_(gave_up, Placement.ended_late), and_(~gave_up, took))
    counted = (
        select(Application.worker_id, func.count(), func.sum(case((yes, 1), else_=0)))
        .outerjoin(
            Placement,
            and_(Placement.posting_id == Application.posting_id, Placement.worker_id == Application.worker_id),
        )
        .where(Application.worker_id.in_(ids), Application.invited_at.is_not(None), Application.respond_by <= at)
        .where(or_(yes, Application.state != State.CLOSED, Application.answered_at >= Application.respond_by))
        .group_by(Application.worker_id)
    )
    answers = {worker_id: (invited, int(accepted)) for worker_id, invited, accepted in session.execute(counted)}
    past = records(session, worker_ids=ids, at=at)
    return {worker_id: _turnout(*answers.get(worker_id, (0, 0)), past.get(worker_id, Record())) for worker_id in ids}


@cache
def priors() -> dict[str, Prior]:
    """data/priors.csv by name."""
    return {row["name"]: Prior(float(row["yes"]), float(row["of"])) for row in tables.rows(ROOM, "priors")}


def _turnout(invited: int, accepted: int, past: Record) -> Turnout:
    return Turnout(accept_rate(accepted, invited, priors()["accepting"]), arrival_rate(past.arrived, past.accepted))


def _inviting(need: int, ranked: Sequence[Turnout], held: Sequence[float] = ()) -> Inviting:
    return Inviting(need, arrival_chances([one.comes for one in ranked], need, held=held))


def _shortlist(live: LiveEngine, row: Postings, k: int, weights: Weights) -> Shortlist:
    ranking = live.engine.workers_for_draft(row, k=k + 1, weights=weights)
    places = []
    for worker_id, score in zip(ranking.ids[:k].tolist(), ranking.scores[:k].tolist(), strict=True):
        told = live.engine.explain_draft(worker_id, row, weights)
        places.append(Place(worker_id, score, dict(told.parts), asdict(weights), told.distance_km))
    return Shortlist(places=tuple(places), more=len(ranking.ids) > k)


def _weights(by_distance: bool) -> Weights:
    return BY_DISTANCE if by_distance else Weights()
