"""Agreements and their signatures."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, SealedBytes, sealed_column
from zero_work_market.rights.contracts.rules import Side, State

_LIVE = text(f"state <> '{State.VOID}'")


class Agreement(HasSeal, Base):
    """An agreement of a placement; of those that aren't void there is one at most: a seat that was lost and taken again
    has a new one beside the old. The text names people, so it is sealed; its hash is not.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        Index("uq_agreements_placement", "placement_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[str] = mapped_column(String(10))
    """Of the wording that the text was made from."""
    text_sealed: Mapped[bytes | None] = sealed_column()
    text = SealedBytes()
    """UTF-8; None once nobody needs to keep it any more."""
    text_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the text."""
    state: Mapped[State] = mapped_column(named(State, 10), index=True)
    made_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    """When the second of the two signed."""
    warned_at: Mapped[datetime | None]
    """When the worker was told that the work began without both signatures."""
    signatures: Mapped[list["Signature"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Signature.id"
    )


class Signature(HasSeal, Base):
    """A signature, given with a one-time code at `signed_at`, and the hashes that it binds."""

    __tablename__ = "signatures"
    __table_args__ = (UniqueConstraint("agreement_id", "side"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    side: Mapped[Side] = mapped_column(named(Side, 10))
    account_id: Mapped[int] = mapped_column(BigId)
    signed_at: Mapped[datetime]
    strokes_sealed: Mapped[bytes | None] = sealed_column()
    strokes = SealedBytes()
    """JSON: [[[x, y, milliseconds], …] a stroke], in thousandths of the field's width; None: the name was typed."""
    strokes_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the strokes; empty without any."""
    text_hash: Mapped[str] = mapped_column(String(64))
    chain_number: Mapped[int] = mapped_column(BigId)
    chain_hash: Mapped[str] = mapped_column(String(64))
    """The last link of the county's chain of evidence when it was signed."""
    stamp: Mapped[bytes] = mapped_column(LargeBinary)
    """The site's own time over all of this."""
    witness: Mapped[str] = mapped_column(String(120), default="")
    """The authority that stamped it too, outside the site; empty while none has."""
    witness_stamp: Mapped[bytes | None] = mapped_column(LargeBinary)
