"""The schema's history.

The next revision: `alembic -x url=DATABASE revision --autogenerate --rev-id 0002 -m "what changed"`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event

from zero_work_market.ground.db import build_engine


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`, in one transaction."""
    config = _config()
    with migrating(url) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current(url: str) -> str | None:
    """The revision that the database at `url` is at; None when it was never migrated."""
    engine = build_engine(url)
    try:
        with engine.execution_options(read_only=True).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def heads() -> tuple[str, ...]:
    """The newest revisions in this code: one, unless two branches were merged without joining their histories."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


@contextmanager
def migrating(url: str) -> Iterator[Connection]:
    """A connection on which tables may be rebuilt: SQLite would otherwise obey ON DELETE when it drops the old copy."""
    engine = build_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _stop_enforcing_foreign_keys)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _stop_enforcing_foreign_keys(connection: Any, record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "web:migrations")
    return config
