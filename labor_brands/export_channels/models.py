"""Channels, what was agreed, and the buses that went."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labor_brands.export_channels.rules import ChannelState, DispatchState, Kind, PartnerKind
from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, sealed_column


class Channel(Base):
    """A way by which people of a county, or of its brand, go to work somewhere. The market's postings carry `code`."""

    __tablename__ = "channels"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    county: Mapped[str] = mapped_column(String(6), index=True)
    """Where the people come from, and whose staff keep the channel."""
    brand: Mapped[str] = mapped_column(String(20), default="")
    """Code of the labor brand that is sent; empty for a county's channel."""
    kind: Mapped[Kind] = mapped_column(named(Kind, 12))
    place: Mapped[str] = mapped_column(String(40))
    """Where they go, as it is called."""
    region: Mapped[str] = mapped_column(String(6))
    """Where they go: code of a province, city or county."""
    partner_kind: Mapped[PartnerKind] = mapped_column(named(PartnerKind, 12))
    partner: Mapped[str] = mapped_column(String(40))
    state: Mapped[ChannelState] = mapped_column(named(ChannelState, 8), index=True)
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    employers: Mapped[list["ChannelEmployer"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="ChannelEmployer.employer_id"
    )
    periods: Mapped[list["Agreed"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Agreed.from_on"
    )


class ChannelEmployer(Base):
    """An employer at the channel's other end."""

    __tablename__ = "channel_employers"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), primary_key=True, index=True)


class Agreed(Base):
    """How many people were agreed on for some days, both in."""

    __tablename__ = "channel_periods"
    __table_args__ = (UniqueConstraint("channel_id", "from_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    number: Mapped[int] = mapped_column(Integer)


class Dispatch(HasSeal, Base):
    """A batch that goes together."""

    __tablename__ = "dispatches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), index=True)
    departs_at: Mapped[datetime] = mapped_column(index=True)
    transport: Mapped[str] = mapped_column(String(40))
    meeting_place: Mapped[str] = mapped_column(String(80))
    bring: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(25))
    contact_phone_sealed: Mapped[bytes] = sealed_column(nullable=False)
    contact_phone = Sealed()
    state: Mapped[DispatchState] = mapped_column(named(DispatchState, 10), index=True)
    arrived_at: Mapped[datetime | None]
    notes: Mapped[str] = mapped_column(String(300), default="")
    channel: Mapped[Channel] = relationship(lazy="joined", innerjoin=True)
    seats: Mapped[list["DispatchSeat"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DispatchSeat.id"
    )


class DispatchSeat(Base):
    """A worker on the roster of a dispatch."""

    __tablename__ = "dispatch_seats"
    __table_args__ = (UniqueConstraint("dispatch_id", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dispatch_id: Mapped[int] = mapped_column(ForeignKey("dispatches.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placements.id"), index=True)
    """The hire that the worker travels to, when there is one already."""
    added_at: Mapped[datetime]
    boarded: Mapped[bool] = mapped_column(default=False)
    arrived_at: Mapped[datetime | None]
    """When the worker got off at the other end, as who brought them says: arrival at work is the market's to know."""
