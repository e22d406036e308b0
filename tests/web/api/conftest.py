"""The API as accounts call it, on an empty database of either kind.

at = clock.now()
api(make_account(session).id).get("/postings", county="370829").json
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.service import issue_token


@dataclass(frozen=True)
class Api:
    """`/api/v1` with the bearer token of one account, or with none."""

    client: FlaskClient
    token: str | None = None

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", query_string=query, headers=self.headers())

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers(key))

    def headers(self, key: str | None = None) -> dict[str, str]:
        sent = {"Authorization": f"Bearer {self.token}" if self.token else None, "Idempotency-Key": key}
        return {name: value for name, value in sent.items() if value is not None}


Caller = Callable[[int | None], Api]


@pytest.fixture
def api(app: Flask, database: Engine, unlimited: None) -> Caller:
    """Makes the `Api` of an account, by its id; of a visitor for None."""

    def calling(account_id: int | None = None) -> Api:
        if account_id is None:
            return Api(app.test_client())
        with transaction() as session:
            return Api(app.test_client(), issue_token(session, account_id=account_id, at=clock.now()))

    return calling
