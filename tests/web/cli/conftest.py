import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli import main
from zero_work_market.ground.settings import settings


@pytest.fixture
def leye(tmp_path, monkeypatch) -> Iterator[Callable[..., Result]]:
    """Runs `leye` in a new home with keys of its own."""
    for name in [name for name in os.environ if name.startswith("LEYE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LEYE_HOME", str(tmp_path))

    def run(*arguments: str, **variables: str) -> Result:
        settings.cache_clear()
        return CliRunner(env=variables).invoke(main, arguments)

    yield run
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def migrated(leye, tmp_path, migrated_sqlite) -> Path:
    """Its home, with all tables."""
    (tmp_path / "leye.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    return tmp_path
