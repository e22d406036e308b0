"""The real site, in processes of its own.

`with running_site(home, LEYE_REDIS_URL=…) as site:` serves until the block ends, on SQLite from an empty database;
`served` is one for all the tests of a module, on SQLite with the embedded queue. Both sides have the same keys, so a
test may put rows in after `connect(site.database_url)`.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from tests.support.keeper import keep
from tests.support.ports import free_port
from web.migrations import upgrade

PATIENCE_S = 60


@dataclass(frozen=True)
class Site:
    url: str
    home: Path
    database_url: str
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return (self.home / "site.log").read_text(errors="replace")

    def children(self, role: str) -> list[psutil.Process]:
        """The supervisor's children of a role: "web", "worker" or "beat"."""
        return [child for child in psutil.Process(self.process.pid).children() if role in child.cmdline()]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("served"), LEYE_DEMO="1") as site:
        yield site


@contextmanager
def running_site(home: Path, **variables: str) -> Iterator[Site]:
    """`leye serve` on a free port with `home` as LEYE_HOME, up when the block begins and gone when it has ended."""
    environ = os.environ | {"LEYE_HOME": str(home)} | variables
    leye = [sys.executable, "-m", "web.cli"]
    port = free_port()
    if "LEYE_DATABASE_URL" not in variables:
        (home / "leye.sqlite3").write_bytes(_empty())
    with (home / "site.log").open("ab") as log:
        command = [*leye, "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
    keep(process, owner=os.getpid())
    database_url = variables.get("LEYE_DATABASE_URL", f"sqlite:///{home / 'leye.sqlite3'}")
    site = Site(f"http://127.0.0.1:{port}", home, database_url, process)
    try:
        _wait(site)
        yield site
    finally:
        _stop(process)


@cache
def _empty() -> bytes:
    """A database at the newest schema, made once a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "leye.sqlite3"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def _wait(site: Site) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while site.process.poll() is None and time.monotonic() < deadline:
        try:
            return urllib.request.urlopen(f"{site.url}/health", timeout=5).close()
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the site isn't up:\n{site.log[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
