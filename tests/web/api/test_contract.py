"""Schemathesis over the whole API, as each of its users: it answers what its document says, and never breaks."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from tests.support.makers import TOWN
from tests.support.market import PACKER
from tests.web.api.conftest import Api
from tests.web.api.scene import a_body, a_posting, a_staff, a_worker, an_employer
from zero_work_market.ground import clock
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.rules import Verification

schema = schemathesis.pytest.from_fixture("document")
seen: Counter = Counter()


@pytest.fixture
def document(app):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.fixture(params=["worker", "employer", "staff", "nobody"])
def caller(request, api) -> Api:
    worker, employer = a_worker(), an_employer()
    for _ in range(2):
        a_posting(employer, headcount=1)
    a_posting(an_employer(state=Verification.WAITING))
    accounts = {"worker": worker.account, "employer": employer.account, "staff": a_staff(Role.CITY, "370800")}
    yield api(accounts.get(request.param))
    print(sorted(seen.items())); seen.clear()


@schema.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_in_the_document(case: Case, caller: Api):
    r = case.call_and_validate(headers=caller.headers())
    seen[(case.operation.label, r.status_code)] += 1
