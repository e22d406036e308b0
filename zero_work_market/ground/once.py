"""Idempotency keys: a request sent twice with one key is done once, and answers the same."""

from datetime import datetime, timedelta

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground.db import Base, BigId, rows_changed
from zero_work_market.ground.errors import InvalidValue, LeyeError

KEPT = timedelta(days=7)
LONGEST_KEY = 80


class KeyReused(LeyeError):
    """The key was used before for another request."""

    code = "idempotency_key_reused"


class Done(Base):
    __tablename__ = "done_requests"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    request: Mapped[str] = mapped_column(String(80))
    result_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime]


def result_of(session: Session, *, account_id: int, key: str | None, request: str) -> int | None:
    """Id of what `key` did before, None if it is new.

    Raises KeyReused when it did something else, InvalidValue when it is longer than LONGEST_KEY.
    """
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        raise InvalidValue(field="idempotency_key", reason="too_long", highest=LONGEST_KEY)
    done = session.scalars(select(Done).where(Done.account_id == account_id, Done.key == key)).one_or_none()
    if done is None:
        return None
    if done.request != request:
        raise KeyReused(key=key)
    return done.result_id


def remember(session: Session, *, account_id: int, key: str | None, request: str, result_id: int, at: datetime) -> None:
    """Keep what `key` did. The caller has locked what it is about, so that two alike come one after the other.

    Raises KeyReused when another request took the key meanwhile.
    """
    if not key:
        return
    try:
        with session.begin_nested():
            session.add(Done(account_id=account_id, key=key, request=request, result_id=result_id, at=at))
            session.flush()
    except IntegrityError:
        raise KeyReused(key=key) from None


def prune(session: Session, *, at: datetime) -> int:
    """Forget keys that nobody will send again."""
    return rows_changed(session.execute(delete(Done).where(Done.at < at - KEPT)))
