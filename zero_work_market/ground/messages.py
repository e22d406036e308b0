"""Short messages to phones: written with the deed that causes them, sent by a task, kept sealed."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground import outbox
from zero_work_market.ground.db import Base, BigId, rows_changed
from zero_work_market.ground.events import MessageQueued
from zero_work_market.ground.privacy import lookup
from zero_work_market.ground.sealed import HasSeal, Sealed, sealed_column

KEPT = timedelta(days=30)


class Message(HasSeal, Base):
    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(30))
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    queued_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    phone_sealed: Mapped[bytes] = sealed_column(nullable=False)
    body_sealed: Mapped[bytes] = sealed_column(nullable=False)
    phone = Sealed()
    body = Sealed()


def queue(session: Session, *, phone: str, body: str, purpose: str, at: datetime) -> Message:
    """Queue a message; it leaves only if this transaction commits."""
    message = Message(purpose=purpose, phone_hash=lookup(phone, kind="phone"), queued_at=at)
    message.phone, message.body = phone, body
    session.add(message)
    session.flush()
    outbox.announce(session, MessageQueued(message_id=message.id))
    return message


def newest(session: Session, *, phone: str | None = None, purpose: str | None = None, limit: int = 30) -> list[Message]:
    """The newest messages first: all, or those to a phone, or those of a purpose."""
    query = select(Message).order_by(Message.id.desc()).limit(limit)
    if phone is not None:
        query = query.where(Message.phone_hash == lookup(phone, kind="phone"))
    if purpose is not None:
        query = query.where(Message.purpose == purpose)
    return list(session.scalars(query))


def prune(session: Session, *, at: datetime) -> int:
    """Forget old messages, sent or not: who wrote to whom isn't kept longer than a complaint takes."""
    return rows_changed(session.execute(delete(Message).where(Message.queued_at < at - KEPT)))
