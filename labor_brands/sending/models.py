"""What a partner is to be told: one row a record, numbered anew by each change."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labor_brands.bundles.rules import Kind
from zero_work_market.ground.db import Base, BigId, named


class Outgoing(Base):
    """`seq` is the place in the partner's stream; `body` of what is gone says why."""

    __tablename__ = "exchange_outgoing"
    __table_args__ = (UniqueConstraint("partner_id", "kind", "record_id"), UniqueConstraint("partner_id", "seq"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("exchange_partners.id"))
    kind: Mapped[Kind] = mapped_column(named(Kind, 12))
    record_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(BigInteger)
    gone: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    seq: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]
