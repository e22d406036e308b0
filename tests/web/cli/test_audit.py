"""`leye audit`: exit 0 only when all agree."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.counted import come, hire, pay
from web.tasks import counting
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.settings import settings


@pytest.fixture
def market(leye, migrated: Path) -> Path:
    """A home in which somebody worked and was paid; no task has counted it yet."""
    settings.cache_clear()
    connect(f"sqlite:///{migrated}/leye.sqlite3")
    placement = hire()
    come(placement)
    pay(placement)
    return migrated


def test_audit_counts_what_is_left_to_count_and_finds_that_all_agree(leye, market: Path) -> None:
    told = leye("audit")
    assert told.exit_code == 0, told.output
    assert "✓ 370829: 9 links, 1 placements" in told.stdout
    assert "✓ 370800: " in told.stdout
    assert "✗" not in told.stdout


def test_audit_names_what_was_changed_and_exits_1(leye, market: Path) -> None:
    counting.catch_up()
    with transaction() as session:
        session.execute(text("UPDATE tallies SET times = 2 WHERE region = '370829' AND month = 0 AND figure = 'L4'"))
    told = leye("audit")
    assert told.exit_code == 1
    assert "✗ 370829 2026 L4: events say 1 of 1 persons, page says 2 of 1" in told.stdout


def test_audit_names_the_first_broken_link(leye, market: Path) -> None:
    with transaction() as session:
        session.execute(text("UPDATE evidence SET body = replace(body, '7200', '7201') WHERE kind = 'paid'"))
    told = leye("audit")
    assert told.exit_code == 1
    assert "✗ chain 370829, link " in told.stdout
    assert ": changed" in told.stdout
    assert told.stdout.count("✗") == 1
    assert "… 370800: not compared" in told.stdout


def test_audit_of_an_empty_site_finds_nothing_wrong(leye, migrated: Path) -> None:
    told = leye("audit")
    assert told.exit_code == 0
    assert told.stdout == "There is no evidence yet.\n"


def test_audit_asks_for_the_tables_first(leye) -> None:
    told = leye("audit")
    assert told.exit_code == 1
    assert "run leye migrate" in told.stderr
