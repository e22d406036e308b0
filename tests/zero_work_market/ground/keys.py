"""Data keys for a test."""

import base64

import pytest

from zero_work_market.ground.settings import settings

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()


def use_keys(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    """Have this process seal with the first of `keys`."""
    monkeypatch.setenv("LEYE_DATA_KEYS", keys)
    settings.cache_clear()
