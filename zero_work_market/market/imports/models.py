"""Imports, their rows, and past placements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, SealedBytes, sealed_column
from zero_work_market.market.imports.rules import Kind, RowState, State


class Import(HasSeal, Base):
    """One spreadsheet: the file sealed until it is read, then its rows."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[Kind] = mapped_column(named(Kind, 12))
    region: Mapped[str] = mapped_column(String(12), index=True)
    """Of the staff who brought it: rows from elsewhere are faulty."""
    file_name: Mapped[str] = mapped_column(String(120))
    body_sealed: Mapped[bytes | None] = sealed_column()
    body = SealedBytes()
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[State] = mapped_column(named(State, 10), index=True)
    columns: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Heads of the sheet's columns as found, and the field that each is read as."""
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(300), default="")
    """Why the whole file can't be read."""
    account_id: Mapped[int] = mapped_column(BigId)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportRow(HasSeal, Base):
    """A row of the sheet: its cells sealed, what is wrong by cell, and the row that it became."""

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index("ix_import_rows_state", "import_id", "state", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    number: Mapped[int]
    """As the spreadsheet numbers it, the head being 1."""
    cells_sealed: Mapped[bytes | None] = sealed_column()
    cells = Sealed()
    """JSON of the cells by field."""
    shown: Mapped[str] = mapped_column(String(60), default="")
    """What lists show of it: 张** 3708************34."""
    faults: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """[{"cell": "C12", "field": "id_number", "reason": "check_digit"}, …]."""
    same_as: Mapped[int | None] = mapped_column(BigId)
    """The worker, employer or past placement that it is already."""
    chosen: Mapped[bool] = mapped_column(default=True)
    state: Mapped[RowState] = mapped_column(named(RowState, 10))
    became: Mapped[int | None] = mapped_column(BigId)


class PastPlacement(Base):
    """Work before Leye, as a town wrote it down: without evidence, so never counted as proven."""

    __tablename__ = "past_placements"
    __table_args__ = (UniqueConstraint("worker_id", "employer_name", "since"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    employer_name: Mapped[str] = mapped_column(String(80))
    county: Mapped[str] = mapped_column(String(6))
    town: Mapped[str] = mapped_column(String(9), index=True)
    village: Mapped[str] = mapped_column(String(12), default="")
    work: Mapped[str] = mapped_column(String(40), default="")
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    pay_fen: Mapped[int | None] = mapped_column(BigInteger)
