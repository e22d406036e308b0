"""Databases for the tests, each empty and at the newest schema.

`database_url` runs its test twice, on SQLite and on PostgreSQL; `sqlite_url` and `postgresql_url` are one of them.
`blank_database_url` has no tables, for tests of migrations. `database` makes `database_url` this process's database,
for tests that open transactions, and `sqlite` makes `sqlite_url` it; `session` is one open transaction on `database`,
rolled back at the end. What `connect` makes of a URL is a new engine each time, but all of one URL share the statements
that they compiled.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from tests.support import workers
from web.migrations import upgrade
from zero_work_market.ground import db
from zero_work_market.ground.db import build_engine, connect, transaction
from zero_work_market.ground.settings import settings


@cache
def _first_of(url: str) -> Engine:
    return build_engine(url)


# To compile its statements anew for every test was a sixth of the run.
db.build_engine = lambda url: _first_of(url).execution_options()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Engine]:
    engine = connect(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    with transaction() as session:
        yield session
        session.rollback()


@pytest.fixture
def sqlite_url(migrated_sqlite: Path) -> str:
    return sqlite_copy(migrated_sqlite)


def sqlite_copy(template: Path) -> str:
    """The URL of a copy, always in one place."""
    place = settings().home / "test.sqlite3"
    for part in ("", "-wal", "-shm"):
        Path(f"{place}{part}").unlink(missing_ok=True)
    return f"sqlite:///{shutil.copy(template, place)}"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "leye.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgresql_url(postgresql_server: str, migrated_postgresql: str) -> Iterator[str]:
    with database_copy(postgresql_server, "test", template=make_url(migrated_postgresql).database) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> Iterator[str]:
    with database_copy(postgresql_server, "migrated") as url:
        upgrade(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.sqlite3'}"
    else:
        with database_copy(request.getfixturevalue("postgresql_server"), "blank") as url:
            yield url


@contextmanager
def database_copy(server: str, purpose: str, *, template: str | None = "template0") -> Iterator[str]:
    """A copy of `template` (20 ms; emptying forty tables takes 160), dropped with whatever is still connected to it."""
    name = f"leye_{purpose}_{workers.run_pid()}_{workers.number()}"
    admin = build_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' STRATEGY file_copy")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()
