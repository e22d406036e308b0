"""When a task last ran: says that beat, queue, worker and database work together."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground.db import Base, BigId


class Heartbeat(Base):
    """One row."""

    __tablename__ = "heartbeats"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]


def beat(session: Session, *, at: datetime) -> None:
    session.merge(Heartbeat(id=1, at=at))


def last(session: Session) -> datetime | None:
    """None when no task has ever run."""
    return session.scalar(select(func.max(Heartbeat.at)))
