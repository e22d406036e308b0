"""Hours, and the words on them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId


class Hours(Base):
    """Minutes worked in one shift, as each side says: agreed once both say the same; neither word is overwritten."""

    __tablename__ = "hours"
    __table_args__ = (
        UniqueConstraint("placement_id", "shift_id"),
        Index("ix_hours_open", "agreed_at", "disputed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    opened_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often the sides that are silent were asked again."""
    agreed_minutes: Mapped[int | None] = mapped_column(Integer)
    agreed_pieces: Mapped[int | None] = mapped_column(Integer)
    agreed_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    """When the two words first differed; stays after they agree."""
    wage_id: Mapped[int | None] = mapped_column(ForeignKey("wages.id"), index=True)
    """The wage that these hours are part of."""
    claims: Mapped[list["HoursClaim"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="HoursClaim.id"
    )


class HoursClaim(Base):
    """One side's word on the hours; a later word of the same side stands beside it."""

    __tablename__ = "hours_claims"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hours_id: Mapped[int] = mapped_column(ForeignKey("hours.id"), index=True)
    side: Mapped[str] = mapped_column(String(10))
    """ "worker", "employer", or "staff" who decided."""
    minutes: Mapped[int] = mapped_column(Integer)
    pieces: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(String(300), default="")
    account_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime]
