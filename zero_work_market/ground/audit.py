"""Who did what to what, when and why: written in the same transaction as the deed, never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from zero_work_market.ground.db import Base, BigId


@dataclass(frozen=True)
class Actor:
    """Whoever acts: an account, acting as what, from which region; `account_id` None is the system itself."""

    account_id: int | None
    role: str
    region: str = ""


SYSTEM = Actor(account_id=None, role="system")


class AuditRow(Base):
    __tablename__ = "audit_rows"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(BigId, index=True)
    role: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(12))
    verb: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(60), index=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(
    session: Session, *, verb: str, subject: str, by: Actor, at: datetime, reason: str = "", **details: Any
) -> None:
    """Add the audit row of a deed, e.g. verb "worker.id_seen", subject "worker:12". No personal data in `details`."""
    session.add(
        AuditRow(
            at=at, account_id=by.account_id, role=by.role, region=by.region,
            verb=verb, subject=subject, reason=reason, details=details,
        )
    )  # fmt: skip


def record_many(session: Session, *, verb: str, subjects: Iterable[str], by: Actor, at: datetime) -> None:
    """As `record`, of a deed done to many at once, and written at once."""
    who = {"account_id": by.account_id, "role": by.role, "region": by.region}
    rows = [{"at": at, "verb": verb, "subject": subject, "reason": "", "details": {}} | who for subject in subjects]
    if rows:
        session.execute(insert(AuditRow), rows)
