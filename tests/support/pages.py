"""The site in this process, as a browser without script meets it.

`Pages(logged_in(app, account_id))` is such a browser, in which an account is logged in, or nobody for None. In
tests/web the fixture `visit` opens them. `get` gives a page's HTML, `read` its words; `open` gives the whole answer,
whatever it is, and so does `post`, which sends a form with its CSRF token.

me = visit(worker.account_id)
assert me.post(f"/work/postings/{posting.id}/accept", key="k1").status_code == 303
assert "张垓村" in me.read("/work/mine")
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.models import Account

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Pages:
    """A browser. `base` is what its paths have in common, that of a token's page aside."""

    client: FlaskClient
    base: str = ""

    def open(self, path: str, /, **query: Any) -> TestResponse:
        return self.client.get(self.base + path, query_string=query or None)

    def get(self, path: str, /, **query: Any) -> str:
        answer = self.open(path, **query)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def read(self, path: str, /, **query: Any) -> str:
        return words(self.get(path, **query))

    def post(
        self, path: str, form: dict[str, Any] | None = None, /, *, on: str = "/login", **fields: Any
    ) -> TestResponse:
        """Send a form, its fields as a mapping, as keywords or as both, with the token of the page `on`."""
        return self.client.post(self.base + path, data={"csrf_token": self.token(on)} | (form or {}) | fields)

    def token(self, on: str = "/login") -> str:
        found = TOKEN.search(self.client.get(on).text)
        assert found is not None, f"{on} has no form"
        return found[1]


Visit = Callable[..., Pages]
"""What opens a browser: `visit`, from an account's id and a `base`, and what a test file makes of it for itself."""


def logged_in(app: Flask, account_id: int | None) -> FlaskClient:
    """A client in which an account is logged in, or nobody."""
    client = app.test_client()
    if account_id is not None:
        with transaction(read_only=True) as session:
            epoch = session.get_one(Account, account_id).session_epoch
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = f"{account_id}:{epoch}", True
    return client


def words(html: str) -> str:
    """The words of a page, with one space wherever there are marks or blanks between them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def unspaced(html: str) -> str:
    """The words of a page, without marks and blanks."""
    return words(html).replace(" ", "")
