"""Who and what the API's tests speak of, made as of now: the API asks the real clock.

Each function opens its own transaction and gives plain ids.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.support.makers import TOWN, make_employer, make_staff, make_worker
from tests.support.market import PACKER, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.models import Employer


@dataclass(frozen=True)
class Person:
    """An account, and the id of the worker or employer that it is registered as."""

    account: int
    id: int


def a_worker(**said: Any) -> Person:
    with transaction() as session:
        worker = make_worker(session, **{"skills": [PACKER], "at": clock.now()} | said)
        assert worker.account_id is not None
        return Person(worker.account_id, worker.id)


def an_employer(**said: Any) -> Person:
    with transaction() as session:
        employer = make_employer(session, **{"at": clock.now()} | said)
        return Person(employer.account_id, employer.id)


def a_staff(role: Role = Role.COUNTY, region: str = TOWN[:6]) -> int:
    """Account of a staff with one grant."""
    with transaction() as session:
        account = make_staff(session, role, region, at=clock.now()).account_id
        assert account is not None
        return account


def a_posting(employer: Person | None = None, **said: Any) -> int:
    """Id of a posting for packers, tomorrow 08–12, unless told otherwise."""
    employer = employer or an_employer()
    with transaction() as session:
        told = {"at": clock.now(), "shifts": (shift(now=clock.now()),)} | said
        return make_posting(session, employer=session.get_one(Employer, employer.id), **told).id


def a_body(**said: Any) -> dict[str, Any]:
    """What an employer sends: five packers for tomorrow 08–12 at 18 yuan in 嘉祥县."""
    day = clock.local_date(clock.now()) + timedelta(days=1)
    return {
        "title": "装蒜包装",
        "occupations": [{"code": PACKER}],
        "headcount": 5,
        "town": TOWN,
        "address": "永昌 2 号库",
        "shifts": [{"starts_at": f"{day}T08:00:00+08:00", "ends_at": f"{day}T12:00:00+08:00"}],
        "pay_kind": "hour",
        "pay_fen": 1800,
        "pay_days": 7,
        "employment": "零工",
    } | said
