"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable

PATIENCE_S = 30.0


def until(happened: Callable[[], object], *, patience_s: float = PATIENCE_S) -> None:
    """Return once `happened()` is true. Raises AssertionError, naming it, when patience is over."""
    deadline = time.monotonic() + patience_s
    while not happened():
        assert time.monotonic() < deadline, f"{happened} hasn't happened in {patience_s:g} s"
        time.sleep(0.02)
