"""The repository tells of the work, not of where or how it was made. A · breaks each word, lest this file hold it."""

import re

import pytest

from tests.support.repository import texts

HOSTS = ("pypi·.org", "python·hosted.org", "npm·js.org", "npm·js.com", "deb.·debian.org", "crates·.io")
PLACES = ("/work/·main", "/work/·shared", "/work/·.library", "/ro·ot/", "/opt/·wheels", "/opt/·pypi", "../·shared")
MAKERS = ("cl·aude", "anth·ropic", "open·ai", "chat·gpt", "co·pilot", "code·x", "l·lm", "ai ag·ent", "coding ag·ent")


@pytest.mark.parametrize("words", [HOSTS, PLACES], ids=["hosts of registries", "paths of a machine"])
def test_nothing_names(words):
    assert _naming("|".join(re.escape(word.replace("·", "")) for word in words)) == []


def test_nothing_names_a_maker_or_its_tools():
    assert _naming(r"\b(" + "|".join(word.replace("·", "") for word in MAKERS) + r")s?\b") == []


def _naming(pattern: str) -> list[str]:
    return [f"{name}: {found[0]}" for name, text in texts() if (found := re.search(pattern, text, re.IGNORECASE))]
