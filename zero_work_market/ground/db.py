"""The database: one engine a process, one transaction an entrance. Nothing else in the project commits."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    Result,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session

BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out, also where the database keeps no zone (SQLite). Raises ValueError on a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must carry its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def named(kind: type[StrEnum], length: int) -> Enum:
    """Column type for a StrEnum, kept as its values, with no type of the database's own."""
    return Enum(kind, native_enum=False, length=length, values_callable=lambda members: [one.value for one in members])


class Base(DeclarativeBase):
    """Every table of every room."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}


_engine: Engine | None = None


def connect(url: str) -> Engine:
    """Make `url` this process's database, leaving the one before."""
    global _engine
    if _engine is not None:
        _engine.dispose()
    _engine = build_engine(url)
    return _engine


def build_engine(url: str) -> Engine:
    """An engine for a SQLite file or a PostgreSQL server, set up as the project needs it."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # Parameters are hidden, or every failing statement would write personal data into a log.
    common: dict[str, Any] = {"hide_parameters": True, "pool_size": 5, "max_overflow": 30}
    if url.startswith("sqlite"):
        built = create_engine(url, connect_args={"timeout": 60, "isolation_level": None}, **common)
        event.listen(built, "connect", _set_up_sqlite)
        event.listen(built, "begin", _begin_sqlite)
        return built
    return create_engine(url, pool_pre_ping=True, **common)


def engine() -> Engine:
    """This process's engine. Raises RuntimeError before `connect`."""
    if _engine is None:
        raise RuntimeError("no database yet: call zero_work_market.ground.db.connect(url) first")
    return _engine


@contextmanager
def transaction(*, read_only: bool = False) -> Iterator[Session]:
    """One transaction, committed at the end of the block and rolled back by an exception that leaves it.

    On SQLite a writing transaction takes the write lock at its start (BEGIN IMMEDIATE), so that what it read still
    holds when it writes; a read-only one takes none. On PostgreSQL services lock the rows they decide on. Changing a
    row in a read-only transaction raises RuntimeError, for it would be lost without a word.
    """
    bind = engine().execution_options(read_only=True) if read_only else engine()
    with Session(bind, expire_on_commit=False) as session:
        if read_only:
            event.listen(session, "before_flush", _refuse_flush)
        yield session
        if read_only:
            session.flush()
        else:
            session.commit()


def rows_changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE touched."""
    return cast(CursorResult[Any], result).rowcount


def _refuse_flush(session: Session, context: object, instances: object) -> None:
    raise RuntimeError("rows were changed in a read-only transaction")


def _leave_connections_to_parent() -> None:
    if _engine is not None:
        _engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_connections_to_parent)


def _set_up_sqlite(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "cache_size=-32000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
