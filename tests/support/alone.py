"""A test marked `alone` measures time: it waits for the other workers' tests to end, and they wait for it.

Every test holds a shared lock while it is set up, runs and is cleared away, such a one an exclusive lock while it
runs. Each passes the gate first, so that those who come later don't keep it waiting.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.workers import held, shared_folder


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: measures time, so that no other test may run beside it")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[Any]:
    with _among_others(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    with _alone(item) if item.get_closest_marker("alone") else _among_others(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[Any]:
    with _among_others(item):
        return (yield)


@contextmanager
def _among_others(item: pytest.Item) -> Iterator[None]:
    folder = shared_folder(item.config)
    with held(folder / "gate"):
        pass
    with held(folder / "running", fcntl.LOCK_SH):
        yield


@contextmanager
def _alone(item: pytest.Item) -> Iterator[None]:
    folder = shared_folder(item.config)
    with held(folder / "gate"), held(folder / "running"):
        yield
