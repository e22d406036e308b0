"""Every test process keeps to a home of its own, with known keys, whatever LEYE_* the caller has set."""

import base64
import os
import shutil
import signal
import tempfile

import pytest

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
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[home], ignore_errors=True)
