"""A test marked `alone` measures time: it waits for the other workers' tests to end, and they wait for it.

Every test holds a shared lock while it runs, such a one an exclusive lock. Each passes the gate first, so that those
who come later don't keep it waiting.
"""

import fcntl
from collections.abc import Iterator

import pytest

from tests.support.workers import held, shared_folder


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: measures time, so that no other test may run beside it")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    folder = shared_folder(item.config)
    if item.get_closest_marker("alone"):
        with held(folder / "gate"), held(folder / "running"):
            return (yield)
    with held(folder / "gate"):
        pass
    with held(folder / "running", fcntl.LOCK_SH):
        return (yield)
