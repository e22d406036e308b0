"""Invitations that follow from a ranking."""

from datetime import datetime

from sqlalchemy.orm import Session

from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.queries import rows_of_posting
from zero_work_market.market.applications.service import invite
from zero_work_market.market.placements.rules import PostingClosed, SeatsForCrew
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.market.postings.rules import State, is_for_crew
from zero_work_market.market.shortlists.queries import shortlist

FURTHEST = 500


def invite_first(session: Session, *, posting_id: int, at: datetime) -> list[Application]:
    """Invite the first of the ranking, as many as the posting says; none if it is no longer open. For the task."""
    posting = locked(session, posting_id)
    if posting.state != State.OPEN or posting.closes_at <= at or not posting.invite_first:
        return []
    if is_for_crew(posting.crew_until, at=at):
        return []
    ranking = shortlist(posting, k=posting.invite_first)
    return invite(session, posting=posting, scores={p.worker_id: p.score for p in ranking.places}, by=SYSTEM, at=at)


def invite_more(session: Session, *, posting_id: int, count: int, by: Actor, at: datetime) -> list[Application]:
    """Invite the next `count` of the ranking who have nothing to do with the posting yet.

    Raises PostingClosed, SeatsForCrew.
    """
    posting = locked(session, posting_id)
    _require_open(posting, at)
    known = rows_of_posting(session, posting_id=posting_id)
    ranking = shortlist(posting, k=min(FURTHEST, count + len(known)))
    fresh = [place for place in ranking.places if place.worker_id not in known][:count]
    return invite(session, posting=posting, scores={p.worker_id: p.score for p in fresh}, by=by, at=at)


def invite_chosen(
    session: Session, *, posting_id: int, worker_ids: list[int], by: Actor, at: datetime
) -> list[Application]:
    """Invite workers picked from the ranking; ids that aren't in it are passed over.

    Raises PostingClosed, SeatsForCrew.
    """
    posting = locked(session, posting_id)
    _require_open(posting, at)
    ranking = shortlist(posting, k=FURTHEST)
    scores = {place.worker_id: place.score for place in ranking.places if place.worker_id in set(worker_ids)}
    return invite(session, posting=posting, scores=scores, by=by, at=at)


def _require_open(posting: Posting, at: datetime) -> None:
    if is_for_crew(posting.crew_until, at=at):
        raise SeatsForCrew(until=posting.crew_until)
    if posting.state not in (State.OPEN, State.FILLED):
        raise PostingClosed(state=posting.state)
    if posting.closes_at <= at:
        raise PostingClosed(state=State.EXPIRED)
