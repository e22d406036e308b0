"""Where the fixtures come from. Each plugin's own docstring says what it gives."""

import pytest
from hypothesis import settings

# How long a thing takes is shown by benchmarks, never by a test.
settings.register_profile("leye", deadline=None)
settings.load_profile("leye")

pytest_plugins = [
    "tests.support.alone",
    "tests.support.browser",
    "tests.support.databases",
    "tests.support.lighthouse",
    "tests.support.own_home",
    "tests.support.passwords",
    "tests.support.postgres",
    "tests.support.redis",
    "tests.support.site",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The file that takes longest first, so that the others fill the other processes meanwhile."""
    items.sort(key=lambda item: item.path.name != "test_pages.py")
