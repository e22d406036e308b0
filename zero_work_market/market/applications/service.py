"""Inviting, declining, queueing; and the end of everything that is pending with a posting."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from zero_work_market.ground import outbox
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.db import rows_changed
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.applications.events import WorkerCalled, WorkerInvited
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.queries import application_of
from zero_work_market.market.applications.rules import CALL_WAITS, PENDING, State, require_move, respond_by
from zero_work_market.market.postings.models import Posting, Shift

LONGEST_SWEEP = timedelta(days=3)
"""Queues of work that began earlier were closed before, or are nobody's hope any more."""


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


def call(
    session: Session, *, posting: Posting, worker_ids: Sequence[int], by: Actor, at: datetime
) -> list[Application]:
    """Ask workers of the queue to come at once, somebody being missing at the start. They answer within CALL_WAITS.

    The caller holds the posting's lock.
    """
    rows = [application_of(session, posting_id=posting.id, worker_id=worker_id) for worker_id in worker_ids]
    called = [row for row in rows if row is not None]
    for row in called:
        require_move(row.state, State.INVITED)
        row.state, row.called_at = State.INVITED, at
        row.respond_by = min(at + CALL_WAITS, posting.shifts[0].ends_at)
    session.flush()
    for row in called:
        outbox.announce(session, WorkerCalled(application_id=row.id))
        record(session, verb="seat.called", subject=f"posting:{posting.id}", by=by, at=at, worker=row.worker_id)
    return called


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


def close_queues(session: Session, *, at: datetime) -> int:
    """Close the queues of the postings whose first shift is over: nobody is called any more."""
    over = (
        select(Posting.id)
        .join(Shift, (Shift.posting_id == Posting.id) & (Shift.starts_at == Posting.closes_at))
        .where(Posting.closes_at.between(at - LONGEST_SWEEP, at), Shift.ends_at <= at)
    )
    waiting = update(Application).where(Application.state == State.QUEUED, Application.posting_id.in_(over))
    return rows_changed(session.execute(waiting.values(state=State.CLOSED, answered_at=at)))


def close_unanswered(session: Session, *, at: datetime) -> int:
    """Close the invitations whose time to answer is over."""
    late = update(Application).where(Application.state == State.INVITED, Application.respond_by <= at)
    return rows_changed(session.execute(late.values(state=State.CLOSED, answered_at=at)))


def _moves_left(row: Application, by: Actor) -> set[State]:
    """A task never asks again; an employer may ask those who withdrew or didn't answer once more."""
    if by.account_id is None:
        return set()
    return {State.INVITED} if row.state in (State.WITHDRAWN, State.CLOSED) else set()
