"""What every page loads is what it should be, and small."""

import gzip
import hashlib
import json
import re

from tests.support.repository import ROOT

STATIC = ROOT / "web" / "static"
TEMPLATES = ROOT / "web" / "templates"


def weight(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


def test_vendored_files_are_those_of_the_manifest():
    manifest = json.loads((STATIC / "vendor" / "manifest.json").read_text())
    assert {path.name for path in (STATIC / "vendor").glob("*.js")} == set(manifest)
    for name, made in manifest.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == made["sha256"]
        assert (STATIC / "vendor" / made["licence_file"]).is_file()


def test_the_sheet_is_at_most_16_kb_and_all_that_a_page_loads_at_most_40():
    assert weight("leye.css") <= 16 * 1024
    assert sum(map(weight, ("leye.css", "leye.js", "icons.svg", "favicon.svg", "vendor/htmx.min.js"))) <= 40 * 1024


def test_every_icon_that_a_template_asks_for_is_drawn():
    drawn = set(re.findall(r'id="i-(\w+)"', (STATIC / "icons.svg").read_text()))
    pages = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    asked = {name for page in pages for name in re.findall(r'\b(?:icon|fact)\("(\w+)"', page)}
    assert asked
    assert asked <= drawn


def test_a_name_used_in_the_sheet_is_a_token_of_it():
    sheet = (STATIC / "leye.css").read_text()
    used, named = set(re.findall(r"var\((--[\w-]+)", sheet)), set(re.findall(r"(--[\w-]+):", sheet))
    assert used <= named
