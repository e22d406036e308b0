"""The repository as the guard tests see it."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSES = ("matching", "zero_work_market", "labor_brands", "web")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or would be, committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(path for name in listed.split("\0") if (path := ROOT / name).is_file()))


def texts() -> list[tuple[str, str]]:
    """(path from the root, content) of each text file of our own; what is vendored is another's."""
    found = []
    for path in files():
        if "vendor" not in path.parts:
            try:
                found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found


def modules() -> list[tuple[str, ast.Module]]:
    """(path from the root, syntax tree) of each module of the four houses."""
    return [(name, ast.parse(text)) for name, text in texts() if name.endswith(".py") and name.startswith(HOUSES)]
