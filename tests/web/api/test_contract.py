"""Schemathesis over the whole API: it never breaks, and answers only what its document says.

On SQLite as a worker, as an employer and as staff; on PostgreSQL as someone who is all three.
"""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.support.makers import make_account
from tests.web.api.conftest import Api, Caller
from tests.web.api.scene import a_body, a_posting, a_staff, a_worker, an_employer
from web.app import create_app
from zero_work_market.ground import clock
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.settings import settings
from zero_work_market.people.accounts.models import Grant
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.accounts.service import issue_token
from zero_work_market.people.employers.rules import Verification

CITY = "370800"
app = create_app(settings())
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
LOGGING_IN = "/(login-codes|tokens)$"
EXAMPLES = hypothesis.settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def a_worker_alone() -> int:
    return a_worker().account


def an_employer_with_a_posting() -> int:
    employer = an_employer()
    a_posting(employer)
    return employer.account


def staff_of_the_city() -> int:
    return a_staff(Role.CITY, CITY)


def all_three() -> int:
    with transaction() as session:
        account = make_account(session, at=clock.now())
        account.grants.append(Grant(role=Role.CITY, region=CITY, granted_at=clock.now()))
    a_worker(account=account)
    a_posting(an_employer(account=account))
    return account.id


@pytest.fixture(
    params=[
        ("sqlite_url", a_worker_alone),
        ("sqlite_url", an_employer_with_a_posting),
        ("sqlite_url", staff_of_the_city),
        ("postgresql_url", all_three),
    ],
    ids=lambda param: param[1].__name__,
)
def caller(request: pytest.FixtureRequest, unlimited: None) -> Iterator[Api]:
    """A user in a market where others' postings are open, too, and one waits for staff."""
    database, register = request.param
    engine = connect(request.getfixturevalue(database))
    account = register()
    a_posting(headcount=1)
    a_posting(an_employer(state=Verification.WAITING))
    with transaction() as session:
        token = issue_token(session, account_id=account, at=clock.now())
    yield Api(app.test_client(), token)
    engine.dispose()


@schema.exclude(path_regex=LOGGING_IN).parametrize()
@EXAMPLES
def test_every_answer_to_a_user_is_in_the_document(case: Case, caller: Api):
    if case.operation.label == "POST /api/v1/postings" and case.meta.generation.mode == GenerationMode.POSITIVE:
        case.body = case.body | lawful(case.body)
    call_and_validate(case, caller)


@schema.include(path_regex=LOGGING_IN).parametrize()
@EXAMPLES
def test_every_answer_to_who_logs_in_is_in_the_document(case: Case, api: Caller):
    call_and_validate(case, api(None))


def lawful(body: dict[str, Any]) -> dict[str, Any]:
    """What random data seldom come upon: codes that exist, shifts to come, enough pay, words at all."""
    known = {name: a_body()[name] for name in ("town", "occupations", "shifts", "pay_days")}
    words = {name: body[name].strip() or a_body()[name] for name in ("title", "address")}
    return known | words | {"brands": [], "min_age": 18, "pay_fen": max(body["pay_fen"], 500_000)}


def call_and_validate(case: Case, caller: Api) -> None:
    """All checks but one: what fits its schema may be refused all the same, for it is no phone, or isn't lawful."""
    headers = caller.headers() | {"Accept-Encoding": "identity"}
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
