"""Reads of postings."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from zero_work_market.ground import once
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.gate.rules import Draft
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import ALIKE, TAKING, State, likeness
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Verification


def locked(session: Session, posting_id: int) -> Posting:
    """The posting, held until the transaction ends: every change of it or of its seats begins here. Raises NotFound."""
    found = select(Posting).where(Posting.id == posting_id).with_for_update(of=Posting)
    posting = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if posting is None:
        raise NotFound(what="posting")
    return posting


def posting(session: Session, posting_id: int) -> Posting:
    """The posting as it is. Raises NotFound."""
    found = session.get(Posting, posting_id)
    if found is None:
        raise NotFound(what="posting")
    return found


def first_trade(posting: Posting) -> str:
    """The occupation first asked for; empty when none is."""
    return posting.occupations[0].occupation if posting.occupations else ""


def of_employer(session: Session, *, employer_id: int, limit: int = 100) -> list[Posting]:
    """An employer's postings, those to come first, then the latest."""
    query = select(Posting).where(Posting.employer_id == employer_id)
    return list(session.scalars(query.order_by(Posting.closes_at.desc(), Posting.id.desc()).limit(limit)))


def of_employer_ids(session: Session, *, employer_id: int, states: Iterable[State]) -> list[int]:
    query = select(Posting.id).where(Posting.employer_id == employer_id, Posting.state.in_(states))
    return list(session.scalars(query.order_by(Posting.id)))


def due_to_close(session: Session, *, at: datetime) -> list[int]:
    """Ids of postings whose first shift began while they were still waiting or taking."""
    query = select(Posting.id).where(Posting.state.in_((*TAKING, State.WAITING)), Posting.closes_at <= at)
    return list(session.scalars(query.order_by(Posting.id)))


def taking(*, at: datetime) -> Select[Posting]:
    """The postings that workers may see: open or full, not begun, of an employer that isn't suspended."""
    return (
        select(Posting)
        .join(Employer, Employer.id == Posting.employer_id)
        .where(Posting.state.in_(TAKING), Posting.closes_at > at, Employer.state != Verification.SUSPENDED)
    )


def open_by_county(session: Session, *, at: datetime) -> dict[str, int]:
    """How many postings each county has that still take."""
    query = taking(at=at).where(Posting.state == State.OPEN)
    counted = query.with_only_columns(Posting.county, func.count()).group_by(Posting.county)
    return dict(session.execute(counted).all())


def waiting_for_staff(*, counties: Iterable[str] | None = None) -> Select[Posting]:
    """The moderation queue, the oldest first; of some counties only, when named."""
    query = select(Posting).where(Posting.state == State.WAITING)
    if counties is not None:
        query = query.where(Posting.county.in_(counties))
    return query.order_by(Posting.posted_at, Posting.id)


def last_of_employer(session: Session, *, employer_id: int) -> Posting | None:
    """The employer's newest posting, to be posted again."""
    query = select(Posting).where(Posting.employer_id == employer_id).order_by(Posting.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def count_waiting(session: Session, *, counties: Iterable[str]) -> int:
    return session.scalar(select(func.count()).select_from(waiting_for_staff(counties=counties).subquery())) or 0


def nearly_the_same(session: Session, draft: Draft, *, employer_id: int, at: datetime) -> Posting | None:
    """The employer's posting that still takes, of the draft's first trade, town and pay, whose words are nearest to the
    draft's; None if none are near."""
    trades = [code for code, _ in draft.occupations[:1]]
    query = taking(at=at).where(
        Posting.employer_id == employer_id,
        Posting.town == draft.town,
        Posting.pay_kind == draft.pay_kind,
        Posting.pay_fen == draft.pay_fen,
    )
    words = draft.title + draft.words
    near = [
        (likeness(words, row.title + row.words), row)
        for row in session.scalars(query.order_by(Posting.id))
        if [need.occupation for need in row.occupations[:1]] == trades
    ]
    found = max(near, key=lambda each: each[0], default=None)
    return found[1] if found and found[0] >= ALIKE else None


def published_under(session: Session, *, account_id: int, key: str) -> int | None:
    """Id of the posting that the account published with this idempotency key."""
    return once.result_of(session, account_id=account_id, key=key, request="publish")
