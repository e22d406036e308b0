"""Run by Alembic, with the connection that `web.migrations.upgrade` opened or, from its command line, `-x url=…`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum, TypeDecorator

from web.migrations import migrating
from web.wiring import import_models
from zero_work_market.ground.db import Base
from zero_work_market.ground.settings import settings


def run(connection: Connection) -> None:
    on_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_own_type,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if on_sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"the migration leaves rows whose parent is gone: {orphans[:5]}")


def render_own_type(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write a column of our own type as what the database stores, so that a revision never imports the models."""
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


import_models()
if context.is_offline_mode():
    raise SystemExit("migrations run against a database: give one with -x url=…")
if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with migrating(context.get_x_argument(as_dictionary=True).get("url", settings().database_url)) as opened:
        run(opened)
