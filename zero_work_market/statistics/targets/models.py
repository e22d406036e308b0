"""Targets that staff allot to their counties; the plan's own are data."""

from datetime import datetime

from sqlalchemy import SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId


class Target(Base):
    __tablename__ = "targets"

    region: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    indicator: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigId)
    set_by: Mapped[int | None] = mapped_column(BigId)
    set_at: Mapped[datetime]
