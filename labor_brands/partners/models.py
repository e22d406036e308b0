"""Partner regions, their public keys and ours, and what was agreed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labor_brands.bundles.rules import Source
from labor_brands.partners.rules import State
from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, SealedBytes, sealed_column


class OwnKey(HasSeal, Base):
    """A key that we sign with; the private half is sealed."""

    __tablename__ = "exchange_own_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40), unique=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    private_sealed: Mapped[bytes] = sealed_column(nullable=False)
    private = SealedBytes()
    since: Mapped[datetime]
    until: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Partner(HasSeal, Base):
    """A region that is exchanged with, and how far either stream has come."""

    __tablename__ = "exchange_partners"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    url: Mapped[str] = mapped_column(String(200), default="")
    """Of its site; empty where bundles go by file alone."""
    state: Mapped[State] = mapped_column(named(State, 8), default=State.ACTIVE)
    shared_sealed: Mapped[bytes] = sealed_column(nullable=False)
    shared = SealedBytes()
    """The secret under which both hash ID numbers."""
    added_at: Mapped[datetime]
    stream: Mapped[str] = mapped_column(String(32))
    """Name of our stream to it."""
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    staged_at: Mapped[datetime | None]
    their_stream: Mapped[str] = mapped_column(String(32), default="")
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
    """How far its stream was taken in without a gap."""
    pulled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Pulls in a row that failed."""
    error: Mapped[str] = mapped_column(String(300), default="")
    due_at: Mapped[datetime | None]
    """When to pull next."""
    keys: Mapped[list["PartnerKey"]] = relationship(lazy="selectin", order_by="PartnerKey.id")
    agreements: Mapped[list["Accord"]] = relationship(lazy="selectin", order_by="Accord.first")


class PartnerKey(Base):
    __tablename__ = "exchange_partner_keys"
    __table_args__ = (UniqueConstraint("partner_id", "key_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"))
    key_id: Mapped[str] = mapped_column(String(40))
    public: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime]
    until: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Accord(Base):
    """What the two regions agreed for a time: nothing is exchanged outside one."""

    __tablename__ = "exchange_agreements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"), index=True)
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    people: Mapped[int] = mapped_column(default=0)
    """How many are to come to work from there."""
    vacancies: Mapped[int] = mapped_column(default=0)
    """How many vacancies are to be offered to them."""
    source_kind: Mapped[str] = mapped_column(String(12), default="bureau")
    source: Mapped[str] = mapped_column(String(60))
    """Who of ours stands behind what is sent: the bureau, an association or a chamber."""
    made_at: Mapped[datetime]

    @property
    def as_source(self) -> Source:
        return Source.model_validate({"kind": self.source_kind, "name": self.source})
