"""A process that starts from a saved folder: seconds from its start to its first list.

The baseline builds its engine from the same columns. The files are in the system's cache; the process is new.
"""

import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import numpy as np
import pytest

from benchmarks.beside import beside, median
from benchmarks.conftest import POSTINGS, Tell
from benchmarks.county import County
from benchmarks.engines import rows
from benchmarks.table import at_most, duration
from matching import Engine

ROOT = Path(__file__).parents[1]
LOADED = """
import sys
from pathlib import Path
from matching import Engine
engine = Engine.load(Path(sys.argv[1]))
"""
BUILT = """
import sys
from pathlib import Path
import numpy as np
from benchmarks.engines import engine_of
from matching import OccupationTree, Postings, Workers
kept = {kind: dict(np.load(Path(sys.argv[1]) / f"{kind.__name__}.npz")) for kind in (Workers, Postings)}
tree = np.load(Path(sys.argv[1]) / "tree.npz")
engine = engine_of(OccupationTree(tree["small"], tree["middle"]), *(kind(**columns) for kind, columns in kept.items()))
"""
ANSWERED = """
import os
print(*engine.workers_for(1).ids, flush=True)
os._exit(0)  # its end is no part of its start
"""
CALLS: list[tuple[()]] = [()] * 4


@pytest.fixture
def columns(county: County, tmp_path: Path) -> Path:
    """The frames as they came."""
    for frame in (county.workers, rows(county.postings, slice(POSTINGS))):
        np.savez(tmp_path / f"{type(frame).__name__}.npz", **vars(frame))
    np.savez(tmp_path / "tree.npz", small=county.tree.small_of, middle=county.tree.middle_of)
    return tmp_path


def test_start_of_a_process(
    benchmark: Any, tell: Tell, engine: Engine, columns: Path, tmp_path: Path, is_large: bool
) -> None:
    saved = tmp_path / "saved"
    engine.save(saved)
    assert _first_list(LOADED, saved) == _first_list(BUILT, columns) == engine.workers_for(1).ids.tolist()
    times = beside(benchmark, lambda: _first_list(LOADED, saved), lambda: _first_list(BUILT, columns), CALLS, block=1)
    seconds = median(times.own)
    tell(
        "start of a process",
        "until its first list",
        duration(seconds),
        f"built anew {duration(median(times.baseline))}",
        f"{times.faster:.1f} × faster",
        at_most(seconds, 10 if is_large else 2, "s"),
    )


def _first_list(start: str, folder: Path) -> list[int]:
    with Popen([sys.executable, "-c", start + ANSWERED, folder], cwd=ROOT, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        return [int(id) for id in process.stdout.readline().split()]
