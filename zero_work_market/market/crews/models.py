"""The roles of a posting, the crews offered for them, and their members."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.market.crews.rules import Answer, State, Why

OFFERED = text("state = 'offered'")


class CrewRole(Base):
    """One of the jobs that a posting's crew covers."""

    __tablename__ = "crew_roles"
    __table_args__ = (UniqueConstraint("posting_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(10), default="")
    """As its employer calls it; empty for the occupation's own name."""
    occupation: Mapped[str] = mapped_column(String(10))
    level: Mapped[int] = mapped_column(SmallInteger, default=1)
    seats: Mapped[int] = mapped_column(SmallInteger)


class Crew(Base):
    """A crew that was offered a posting: one at a time."""

    __tablename__ = "crews"
    __table_args__ = (
        Index("uq_crews_offered", "posting_id", unique=True, sqlite_where=OFFERED, postgresql_where=OFFERED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), index=True)
    brand: Mapped[str] = mapped_column(String(20), default="")
    """Code of the labor brand whose crew it is; empty for one put together of any."""
    state: Mapped[State] = mapped_column(named(State, 10))
    why: Mapped[Why | None] = mapped_column(named(Why, 20))
    offered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    members: Mapped[list["CrewMember"]] = relationship(
        lazy="selectin", order_by="CrewMember.id", cascade="all, delete-orphan"
    )


class CrewMember(Base):
    """A worker asked to be of a crew. `place` is empty once they are out of it, so that each place is held once."""

    __tablename__ = "crew_members"
    __table_args__ = (
        UniqueConstraint("crew_id", "place"),
        UniqueConstraint("crew_id", "worker_id"),
        Index("ix_crew_members_worker_state", "worker_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    crew_id: Mapped[int] = mapped_column(ForeignKey("crews.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    occupation: Mapped[str] = mapped_column(String(10))
    level: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(10))
    """The role as it was when they were asked."""
    place: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[Answer] = mapped_column(named(Answer, 10))
    score: Mapped[float]
    village: Mapped[str] = mapped_column(String(12), default="")
    """Where they set out from when asked; empty for none that is known."""
    asked_at: Mapped[datetime]
    respond_by: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    agreed_by: Mapped[int | None] = mapped_column(BigId)
    """Account that said yes, the worker's own or an agent's, and as what."""
    agreed_as: Mapped[str] = mapped_column(String(20), default="")
    agreed_in: Mapped[str] = mapped_column(String(12), default="")

    @property
    def agreed(self) -> Actor:
        """Whoever said yes."""
        return Actor(self.agreed_by, self.agreed_as, self.agreed_in)
