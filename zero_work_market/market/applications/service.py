"""Inviting, declining, queueing; and the end of everything that is pending with a posting."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from zero_work_market.ground import outbox
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.db import rows_changed
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.applications.events import WorkerInvited
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.queries import application_of
from zero_work_market.market.applications.rules import PENDING, State, require_move, respond_by
from zero_work_market.market.postings.models import Posting


def invite(
    session: Session, *, posting: Posting, scores: Mapping[int, float | None], by: Actor, at: datetime
) -> list[Application]:
    """Invite the workers of `scores` (worker id → score, if ranked) who have no part in the posting yet, or gave it up.

    The caller holds the posting's lock, so that nobody is invited twice. Returns the invitations made.
    """
    known = {
        row.worker_id: row
        for row in session.scalars(
            select(Application).where(Application.posting_id == posting.id, Application.worker_id.in_(scores))
        )
    }
    invited = []
    for worker_id, score in scores.items():
        row = known.get(worker_id)
        if row is None:
            row = Application(posting_id=posting.id, worker_id=worker_id, created_at=at)
            session.add(row)
        elif State.INVITED in _moves_left(row, by):
            row.answered_at = None
        else:
            continue
        row.state, row.score, row.invited_at = State.INVITED, score, at
        row.respond_by = respond_by(invited_at=at, starts_at=posting.closes_at)
        invited.append(row)
    session.flush()
    for row in invited:
        outbox.announce(session, WorkerInvited(application_id=row.id))
    if invited:
        record(session, verb="posting.invited", subject=f"posting:{posting.id}", by=by, at=at, count=len(invited))
    return invited


def decline(session: Session, *, posting_id: int, worker_id: int, by: Actor, at: datetime) -> Application:
    """Say no to an invitation. Raises NotFound without one, IllegalMove once it is answered."""
    row = application_of(session, posting_id=posting_id, worker_id=worker_id, lock=True)
    if row is None:
        raise NotFound(what="invitation")
    require_move(row.state, State.DECLINED)
    row.state, row.answered_at = State.DECLINED, at
    record(session, verb="invitation.declined", subject=f"posting:{posting_id}", by=by, at=at, worker=worker_id)
    return row


def close_pending(session: Session, *, posting_ids: list[int], at: datetime) -> int:
    """Everything that is pending closes with its posting."""
    pending = update(Application).where(Application.posting_id.in_(posting_ids), Application.state.in_(PENDING))
    return rows_changed(session.execute(pending.values(state=State.CLOSED, answered_at=at)))


def close_unanswered(session: Session, *, at: datetime) -> int:
    """Close the invitations whose time to answer is over."""
    late = update(Application).where(Application.state == State.INVITED, Application.respond_by <= at)
    return rows_changed(session.execute(late.values(state=State.CLOSED, answered_at=at)))


def _moves_left(row: Application, by: Actor) -> set[State]:
    """A task never asks again; an employer may ask those who withdrew or didn't answer once more."""
    if by.account_id is None:
        return set()
    return {State.INVITED} if row.state in (State.WITHDRAWN, State.CLOSED) else set()
