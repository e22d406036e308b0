"""Two homes that exchange by file, each with a database and keys of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.makers import make_employer, make_worker
from tests.support.market import make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.settings import settings
from zero_work_market.market.postings.models import Posting

JINING, WANZHOU = "370800", "500101"


@dataclass(frozen=True)
class Side:
    """One of the two sites, and what its command prints."""

    home: Path
    region: str
    leye: Callable[..., Result]

    def run(self, *arguments: object) -> Result:
        return self.leye(
            "exchange", *map(str, arguments), LEYE_HOME=str(self.home), LEYE_REGION=self.region, LEYE_EXCHANGE_SECRET=""
        )

    def said(self, *arguments: object) -> dict:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def key(self) -> tuple[str, str]:
        id, public, *_ = self.run("keys").output.splitlines()[0].split()
        return id, public


@pytest.fixture
def sides(leye, tmp_path, migrated_sqlite) -> tuple[Side, Side]:
    pair = []
    for region in (JINING, WANZHOU):
        home = tmp_path / region
        home.mkdir()
        (home / "leye.sqlite3").write_bytes(migrated_sqlite.read_bytes())
        pair.append(Side(home, region, leye))
    here, there = pair
    secret = here.run("secret").output.strip()
    until = clock.local_date(clock.now()) + timedelta(days=300)
    for own, other in (pair, reversed(pair)):
        told = own.run("partner", other.region, "--secret", secret, "--key", *other.key(), "--until", until)
        assert told.exit_code == 0, told.output
    return here, there


def fill(side: Side, monkeypatch, *, postings: int) -> list[str]:
    """Postings and people in a side's database; returns the numbers that must not leave."""
    monkeypatch.setenv("LEYE_HOME", str(side.home))
    settings.cache_clear()
    connect(f"sqlite:///{side.home / 'leye.sqlite3'}")
    at = clock.now()
    with transaction() as session:
        employer = make_employer(session, at=at)
        for _ in range(postings):
            make_posting(session, employer=employer, at=at, shifts=(shift(now=at),))
        worker = make_worker(session, relocates=True, at=at)
        return [worker.id_number, worker.phone, employer.operator_id_number]


@pytest.fixture
def bundle(sides, monkeypatch, tmp_path) -> Path:
    here, _ = sides
    secrets = fill(here, monkeypatch, postings=120)
    out = tmp_path / "to-500101.jsonl"
    assert here.said("export", "--partner", WANZHOU, "--out", out)["records"] == 120
    assert [secret for secret in secrets if secret.encode() in out.read_bytes()] == []
    return out


def test_120_travel_on_a_stick_once_and_again_none_is_new(sides, bundle):
    _, there = sides
    first = {"new": 120, "updated": 0, "unchanged": 0, "refused": []}
    assert there.said("import", bundle, "--dry-run") == first
    assert there.said("import", bundle) == first
    assert there.said("import", bundle) == {"new": 0, "updated": 0, "unchanged": 120, "refused": []}


def test_a_corrupt_line_is_refused_with_its_number_and_comes_with_the_next_export(sides, bundle):
    here, there = sides
    lines = bundle.read_bytes().splitlines(keepends=True)
    damaged = bundle.with_name("damaged.jsonl")
    damaged.write_bytes(b"".join([*lines[:56], b"{corrupt\n", *lines[57:]]))
    told = there.said("import", damaged)
    assert told == {"new": 119, "updated": 0, "unchanged": 0, "refused": [{"line": 57, "reason": "damaged"}]}
    here.said("export", "--partner", WANZHOU, "--out", bundle)
    assert there.said("import", bundle) == {"new": 1, "updated": 0, "unchanged": 119, "refused": []}


def test_a_withdrawn_vacancy_travels_as_a_tombstone(sides, bundle, monkeypatch):
    here, there = sides
    there.said("import", bundle)
    monkeypatch.setenv("LEYE_HOME", str(here.home))
    settings.cache_clear()
    connect(f"sqlite:///{here.home / 'leye.sqlite3'}")
    with transaction() as session:
        session.get_one(Posting, 7).state = "withdrawn"
    here.said("export", "--partner", WANZHOU, "--out", bundle)
    assert there.said("import", bundle) == {"new": 0, "updated": 1, "unchanged": 119, "refused": []}


@pytest.mark.parametrize("region", [JINING, "370900"])
def test_a_bundle_for_another_is_refused_whole_and_says_why(sides, bundle, region):
    here, _ = sides
    body = bundle.read_bytes().replace(b'"to":"500101"', f'"to":"{region}"'.encode())
    bundle.write_bytes(body)
    told = here.run("import", bundle)
    assert told.exit_code == 1
    assert "bundle_refused" in told.output


def test_a_forged_bundle_is_refused_whole_and_says_why(sides, bundle):
    _, there = sides
    bundle.write_bytes(bundle.read_bytes().replace(b'"more":false', b'"more":true '))
    told = there.run("import", bundle)
    assert (told.exit_code, "签名不对" in told.output) == (1, True)


def test_a_bundle_signed_with_a_key_that_isnt_known_is_refused_whole(sides, bundle):
    here, there = sides
    assert here.run("keys", "--new").exit_code == 0
    here.said("export", "--partner", WANZHOU, "--out", bundle)
    told = there.run("import", bundle)
    assert (told.exit_code, "公钥没登记" in told.output) == (1, True)


def test_nothing_is_written_for_a_partner_that_isnt_known(sides, tmp_path):
    here, _ = sides
    told = here.run("export", "--partner", "500102", "--out", tmp_path / "x")
    assert (told.exit_code, "没有这个结对的地方" in told.output, (tmp_path / "x").exists()) == (1, True, False)
