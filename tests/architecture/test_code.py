import ast
import subprocess
import sys

from tests.support.repository import ROOT, modules

COMMITS = "zero_work_market/ground/db.py"


def test_only_the_ground_commits():
    calls = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if name != COMMITS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert calls == []


def test_ruff_finds_nothing():
    told = _run("ruff", "check", ".")
    assert told.returncode == 0, told.stdout + told.stderr


def test_strict_mypy_finds_nothing():
    told = _run("mypy")
    assert told.returncode == 0, told.stdout + told.stderr


def _run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True)
