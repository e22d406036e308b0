"""Agreements and their signatures."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, SealedBytes, sealed_column
from zero_work_market.rights.contracts.rules import Side, State


class Agreement(HasSeal, Base):
    """The agreement of one placement. The text names people, so it is sealed; its hash is not."""

    __tablename__ = "agreements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[str] = mapped_column(String(10))
    """Of the wording that the text was made from."""
    text_sealed: Mapped[bytes] = sealed_column(nullable=False)
    text = SealedBytes()
    text_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[State] = mapped_column(named(State, 10), index=True)
    made_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    """When the second of the two signed."""
    signatures: Mapped[list["Signature"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Signature.id"
    )


class Signature(HasSeal, Base):
    """A signature: the finger's path, the one-time code's moment, the hashes that it binds, and a trusted time."""

    __tablename__ = "signatures"
    __table_args__ = (UniqueConstraint("agreement_id", "side"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    side: Mapped[Side] = mapped_column(named(Side, 10))
    account_id: Mapped[int] = mapped_column(BigId)
    signed_at: Mapped[datetime]
    code_at: Mapped[datetime]
    """When the one-time code was taken."""
    strokes_sealed: Mapped[bytes] = sealed_column(nullable=False)
    strokes = SealedBytes()
    """JSON: [[[x, y, milliseconds], …] a stroke], in thousandths of the field's width."""
    text_hash: Mapped[str] = mapped_column(String(64))
    chain_hash: Mapped[str] = mapped_column(String(64))
    """End of the county's chain of evidence when it was signed."""
    time_source: Mapped[str] = mapped_column(String(60))
    time_token: Mapped[bytes] = mapped_column(LargeBinary)
    """What the time source gave over the hashes above."""
