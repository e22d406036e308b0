"""The site's pages as accounts open them; see tests.support.pages.

`visit(account_id)` opens a browser in which an account is logged in, `visit()` one of nobody; what the test's database
is, the test says itself. `app` is the site, `unlimited` takes its rate limits off.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.pages import Pages, Visit, logged_in
from web.app import create_app
from web.limits import limiter
from zero_work_market.ground.settings import settings


@pytest.fixture(scope="session")
def app() -> Flask:
    return create_app(settings())


@pytest.fixture
def unlimited() -> Iterator[None]:
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.fixture
def visit(app: Flask, unlimited: None) -> Visit:
    return lambda account_id=None, base="": Pages(logged_in(app, account_id), base)
