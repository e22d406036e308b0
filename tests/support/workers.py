"""What the workers of one run (pytest-xdist's, or the one process there is) have in common."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def number() -> int:
    """This worker's number, from 0."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def run_pid() -> int:
    """The process that outlives every worker of this run."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def shared_folder(config: pytest.Config) -> Path:
    """A folder that every worker of this run sees."""
    own: Path = config._tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(note: Path, make: Callable[[], str]) -> str:
    """What `make` returned in the first worker that came here."""
    with held(note.with_suffix(".lock")):
        if not note.exists():
            note.write_text(make())
        return note.read_text()


@contextmanager
def held(path: Path, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold the lock on `path` through the block."""
    with path.open("a") as file:
        fcntl.flock(file, kind)
        yield
