"""The fixtures of the tests."""

pytest_plugins = ["tests.conftest"]
