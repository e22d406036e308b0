"""What docs/exchange tells others is what is done."""

import base64
import json
import re
from io import BytesIO

import pytest
from jsonschema_rs import validator_for

from labor_brands.bundles.rules import BODIES, Kind, Reader, person_hash, schema
from tests.support.exchange import Far, application, hire, seeker, tombstone, vacancy
from tests.support.repository import ROOT

DOCS = ROOT / "docs/exchange"
TEXT = (DOCS / "README.md").read_text()
LINES = (DOCS / "example.jsonl").read_bytes().splitlines()


@pytest.fixture(scope="module")
def validator():
    return validator_for(json.loads((DOCS / "schema.json").read_text()))


def test_the_schema_is_the_one_that_lines_are_judged_by():
    assert json.loads((DOCS / "schema.json").read_text()) == schema()


def test_the_example_holds_every_kind_and_is_signed_with_the_key_that_is_named():
    [public] = re.findall(r"public half is `([^`]+)`", TEXT)
    reader = Reader(BytesIO((DOCS / "example.jsonl").read_bytes()))
    reader.verify(base64.b64decode(public))
    assert [part.refused for part in reader.parts()] == [()]
    assert {json.loads(line)["kind"] for line in LINES[3:]} == set(Kind) == set(BODIES)


def test_every_line_of_the_example_and_of_what_partners_send_fits_the_schema(validator):
    body = Far().bundle([vacancy(), seeker("a" * 64), application("a" * 64, "v-1"), hire("a" * 64, "v-1", 5)])
    lines = [*LINES, *body.splitlines(), tombstone("v-1", 2)]
    assert [line for line in lines if not validator.is_valid(json.loads(line))] == []


@pytest.mark.parametrize("line", [vacancy(1, 0), vacancy(headcount=0), seeker("A" * 64), hire("a" * 64, "v-1", 6)])
def test_what_is_refused_doesnt_fit_it(validator, line):
    assert not validator.is_valid(json.loads(line))


def test_the_persons_hash_is_the_one_that_is_told():
    [secret] = re.findall(r"For the secret `([^`]+)`", TEXT)
    number, told = re.search(r"\(made-up\) number (\w{18}) that is `(\w{64})`", TEXT).groups()
    assert person_hash(number, base64.b64decode(secret)) == told
