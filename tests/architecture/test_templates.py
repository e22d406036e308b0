"""Templates, and the Python that draws, keep to the content policy: no inline style, script or handler."""

import re

import pytest

from tests.support.repository import texts

PAGES = [(name, text) for name, text in texts() if name.startswith("web/") and name.endswith((".html", ".svg", ".py"))]
PAGES = [(name, text) for name, text in PAGES if not name.startswith("web/migrations/")]  # "ondelete=" is no handler
BREACHES = {
    "style attribute": r"""\sstyle\s*=\s*["'{]""",
    "style element": r"<style\b",
    "script without src": r"""<script\b(?![^>]*\ssrc=)(?!\stype="application/ld\+json">)""",
    "event handler": r"""\son(?!delete|update)[a-z]+\s*=\s*["'{]""",
    "htmx handler": r"\bhx-on\b",
    "script address": r"javascript:",
}


@pytest.mark.parametrize("pattern", BREACHES.values(), ids=BREACHES)
def test_no_page_has(pattern):
    found = [f"{name}: {match[0].strip()}" for name, text in PAGES if (match := re.search(pattern, text, re.I))]
    assert found == []
