"""Folders kept beside the database, each whole or not there: written aside, put on the disk, then renamed."""

import fcntl
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

DRAFT = ".draft-"
SUMS = "sums.json"
BLOCK = 1 << 20


@contextmanager
def alone(home: Path) -> Iterator[bool]:
    """Whether no other writer is at work in `home`; if so, none begins until the block or this process ends."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as file:
        yield _locked(file.fileno())


def put(home: Path, name: str, write: Callable[[Path], None]) -> None:
    """Make the folder `name` of what `write` writes into the folder given to it. For who is `alone`."""
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=home))
    write(draft)
    files = [path for path in draft.rglob("*") if path.is_file()]
    (draft / SUMS).write_text(json.dumps({str(path.relative_to(draft)): _sum(path) for path in files}))
    for path in (*files, draft / SUMS, draft):
        _flush(path)
    draft.rename(home / name)


def clear(home: Path, *, unless: Callable[[str], bool]) -> None:
    """Remove the folders that are not wanted and what writers that died have left. For who is `alone`.

    What other processes have mapped stays readable for them.
    """
    for folder in home.iterdir():
        if folder.is_dir() and (folder.name.startswith(DRAFT) or not unless(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)


def names(home: Path) -> list[str]:
    """The folders that are there, the greatest name first."""
    return sorted((found.parent.name for found in home.glob(f"[!.]*/{SUMS}")), reverse=True)


def check(folder: Path) -> None:
    """Raises ValueError or OSError unless every file is there as it was written."""
    for name, known in json.loads((folder / SUMS).read_text()).items():
        if _sum(folder / name) != known:
            raise ValueError(f"{name} is damaged")


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found = zlib.crc32(block, found)
    return found


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
