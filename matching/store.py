"""Arrays in a folder, one .npy file each, replaced as a whole and read memory-mapped.

The index file says which files belong together and is put in place last: whoever reads meanwhile, or after a writer
died, finds the state before or the state after. What was mapped before stays readable after it is replaced.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from matching.frames import Array

INDEX = "index.json"
FORMAT = 1
TRIES = 5


def write(folder: Path, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Put these arrays, and what JSON says about them, in place of what the folder held."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = uuid4().hex
    for name, array in arrays.items():
        np.save(folder / _file(stamp, name), array)
    index = folder / f"{stamp}.json"
    index.write_text(json.dumps({"format": FORMAT, "stamp": stamp, "arrays": list(arrays), "about": about}))
    index.replace(folder / INDEX)
    for file in folder.glob("*.npy"):
        if not file.name.startswith(stamp):
            file.unlink(missing_ok=True)


def read(folder: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """What was said about the arrays, and the arrays, mapped copy on write: processes share the pages that none of them
    writes. FileNotFoundError if there are none, ValueError if they are of another format or damaged."""
    tries = 0
    while True:
        index = json.loads((folder / INDEX).read_text())
        if index.get("format") != FORMAT:
            raise ValueError(f"{folder} is of format {index.get('format')}, not {FORMAT}")
        try:
            return index["about"], {name: _mapped(folder / _file(index["stamp"], name)) for name in index["arrays"]}
        except FileNotFoundError:  # replaced after the index was read
            tries += 1
            if tries == TRIES:
                raise


def _file(stamp: str, name: str) -> str:
    return f"{stamp}.{name}.npy"


def _mapped(file: Path) -> Array:
    # of a memmap every part would be one again, at several times the cost of an array's
    return np.asarray(np.load(file, mmap_mode="c"))
