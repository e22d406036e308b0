"""Every test process keeps to a home of its own, with known keys, whatever LEYE_* the caller has set.

The programs that tests start keep their compiled code in .venv: a site is five of them, each a thousand modules.
"""

import base64
import os
import shutil
import signal
import tempfile

import pytest

from tests.support.repository import ROOT

KEY = base64.b64encode(bytes(range(32))).decode()
home = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.stash[home] = tempfile.mkdtemp(prefix="leye-home-")
    for name in [name for name in os.environ if name.startswith("LEYE_")]:
        del os.environ[name]
    os.environ |= {
        "LEYE_HOME": config.stash[home],
        "LEYE_SECRET_KEY": KEY,
        "LEYE_DATA_KEYS": f"k1:{KEY}",
        "LEYE_LOOKUP_KEY": KEY,
        "PYTHONPYCACHEPREFIX": str(ROOT / ".venv/compiled"),
    }
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[home], ignore_errors=True)
