"""Imports, their rows and what is wrong with them, and past placements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.ground.sealed import HasSeal, Sealed, SealedBytes, sealed_column
from zero_work_market.market.imports.rules import Kind, RowState, State


class Import(HasSeal, Base):
    """One spreadsheet: the file sealed for as long as it may be read again, then its rows."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[Kind] = mapped_column(named(Kind, 12))
    region: Mapped[str] = mapped_column(String(12), index=True)
    """Where every row must lie."""
    file_name: Mapped[str] = mapped_column(String(120))
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    body = SealedBytes()
    """Read from the database only when asked for."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    slip: Mapped[str] = mapped_column(String(60), default="")
    """Number of the consent slips, when one is for all rows."""
    sheets: Mapped[list[Any]] = mapped_column(JSON)
    """Names of the sheets in the file."""
    sheet: Mapped[str] = mapped_column(String(80))
    head_row: Mapped[int]
    columns: Mapped[list[Any]] = mapped_column(JSON)
    """[[index from 0, head, field or ""], …] of the head's columns."""
    state: Mapped[State] = mapped_column(named(State, 10), index=True)
    failure: Mapped[str] = mapped_column(String(20), default="")
    """Why the file can't be read: `why` of SheetRefused."""
    total: Mapped[int] = mapped_column(default=0)
    """Rows that there are to read, to import or to undo; 0 if nobody knows yet."""
    done: Mapped[int] = mapped_column(default=0)
    aside: Mapped[int] = mapped_column(default=0)
    """Rows passed over: totals, examples, signatures."""
    began_at: Mapped[datetime]
    """When the work that `done` counts began."""
    account_id: Mapped[int | None] = mapped_column(BigId)
    """Who brought it."""
    acting_account: Mapped[int | None] = mapped_column(BigId)
    """Who told the work that goes on, or went on last: None for the system itself."""
    acting_role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportRow(HasSeal, Base):
    """A row of the sheet: what it held, sealed, and what became of it."""

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index("ix_import_rows_state", "import_id", "state", "number"),
        Index("ix_import_rows_key", "import_id", "key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    number: Mapped[int]
    """As the spreadsheet numbers it."""
    cells_sealed: Mapped[bytes | None] = sealed_column()
    cells = Sealed()
    """JSON of {"cells": texts by field, "taken": what would be imported}; gone once it is imported."""
    shown: Mapped[str] = mapped_column(String(60))
    """What lists show of it: 张** 3708************34."""
    key: Mapped[str | None] = mapped_column(String(64))
    """Keyed hash of what makes two rows the same: ID number, credit code; None if that can't be read."""
    state: Mapped[RowState] = mapped_column(named(RowState, 10))
    chosen: Mapped[bool]
    same_as: Mapped[int | None] = mapped_column(BigId)
    """The worker, employer or past placement that it is already."""
    became: Mapped[int | None] = mapped_column(BigId)
    why: Mapped[str] = mapped_column(String(40), default="")
    """Of a kept row, what keeps it."""


class ImportFault(Base):
    """What is wrong with, or to be said of, one cell."""

    __tablename__ = "import_faults"
    __table_args__ = (
        Index("ix_import_faults_row", "import_id", "number"),
        Index("ix_import_faults_reason", "import_id", "field", "reason", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    number: Mapped[int]
    cell: Mapped[str] = mapped_column(String(10))
    """ "C12"; empty for a field without a column."""
    field: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40))
    told: Mapped[dict[str, Any]] = mapped_column(JSON)


class PastPlacement(Base):
    """Work before Leye, as a town wrote it down: without evidence, so never counted as proven."""

    __tablename__ = "past_placements"
    __table_args__ = (UniqueConstraint("worker_id", "employer_name", "since"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    employer_name: Mapped[str] = mapped_column(String(80))
    town: Mapped[str] = mapped_column(String(9), index=True)
    village: Mapped[str] = mapped_column(String(12), default="")
    work: Mapped[str] = mapped_column(String(40), default="")
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    pay_fen: Mapped[int | None] = mapped_column(BigInteger)
    """A month."""
