"""kill -9 of web, worker and beat at random while postings are published: the market still adds up.

TEST_POSTINGS sets how many (by hand: 500).
"""

import json
import os
import random
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from tests.support.makers import TOWN, make_employer, make_worker
from tests.support.market import PACKER, shift
from tests.support.site import Site, running_site
from tests.support.waiting import until
from zero_work_market.ground import clock
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications.models import Application
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.service import issue_token

POSTINGS, INVITED, BLOWS = int(os.environ.get("TEST_POSTINGS", "36")), 2, 2
ROLES = ("web", "worker", "beat")
PATIENCE_S = 120


@pytest.mark.parametrize("kind", ["embedded", "servers"])
def test_every_posting_has_its_invitations_and_none_twice(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    variables = {}
    if kind == "servers":
        variables["LEYE_DATABASE_URL"] = request.getfixturevalue("postgresql_url")
        variables["LEYE_REDIS_URL"] = request.getfixturevalue("redis_url")
    with running_site(tmp_path, LEYE_DEMO="1", **variables) as site:
        connect(site.database_url)
        with transaction() as session:
            employer = make_employer(session, at=clock.now())
            token = issue_token(session, account_id=employer.account_id, at=clock.now())
            for _ in range(6):
                make_worker(session, skills=[PACKER], at=clock.now())
        with killing(site) as strike:
            for number in range(POSTINGS):
                strike(number)
                publish(site, token, number)
        until(lambda: _events_left() == 0, patience_s=PATIENCE_S)
        with transaction(read_only=True) as session:
            assert session.scalar(select(func.count(Posting.id))) == POSTINGS
            invited = select(Application.posting_id, func.count()).group_by(Application.posting_id)
            assert Counter(count for _, count in session.execute(invited)) == {INVITED: POSTINGS}
            told = session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "worker_invited")).all()
            assert len(told) == len({payload["application_id"] for payload in told}) == POSTINGS * INVITED


def publish(site: Site, token: str, number: int) -> None:
    """Publish by the API, again with the same key for as long as nobody answers."""
    start, end = shift(now=clock.now())
    body = {
        "title": "装蒜包装", "occupations": [{"code": PACKER}], "headcount": 5, "town": TOWN, "address": "永昌 2 号库",
        "shifts": [{"starts_at": start.isoformat(), "ends_at": end.isoformat()}], "pay_kind": "hour", "pay_fen": 1800,
        "pay_days": 7, "employment": "零工", "invite_first": INVITED,
    }  # fmt: skip
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"posting-{number}",
    }
    asked = urllib.request.Request(f"{site.url}/api/v1/postings", json.dumps(body).encode(), headers)
    until(lambda: _answered(asked), patience_s=PATIENCE_S)


def _answered(asked: urllib.request.Request) -> bool:
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return bool(answer.status == 201)
    except urllib.error.HTTPError as error:
        if error.code == 429:
            return False
        raise AssertionError(error.read().decode()) from None
    except (OSError, HTTPException):
        return False


@contextmanager
def killing(site: Site) -> Iterator[Callable[[int], None]]:
    """Gives what is called with each posting's number: at BLOWS random ones for each role its process is killed, soon
    after, so that it happens in the middle of anything. All are dealt when the block has ended.
    """
    chance = random.Random(7)
    numbers = chance.sample(range(POSTINGS), BLOWS * len(ROLES))
    planned = dict(zip(numbers, ROLES * BLOWS, strict=True))
    with ThreadPoolExecutor(len(planned)) as hands:
        dealt: list[Future[None]] = []

        def strike(number: int) -> None:
            if number in planned:
                dealt.append(hands.submit(kill, site, planned[number], chance.uniform(0, 0.1)))

        yield strike
    for blow in dealt:
        blow.result()
    assert len(dealt) == len(planned)


def kill(site: Site, role: str, after_s: float) -> None:
    """kill -9 of the role's process, or of the next one, when there is none now."""

    def hit() -> bool:
        with suppress(psutil.NoSuchProcess):
            for child in site.children(role):
                child.kill()
                return True
        return False

    time.sleep(after_s)
    until(hit, patience_s=PATIENCE_S)


def _events_left() -> int:
    with transaction(read_only=True) as session:
        return session.scalar(select(func.count(OutboxRow.id)).where(OutboxRow.done_at.is_(None))) or 0
