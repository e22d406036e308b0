"""A real Chromium, the machine's own.

`visitor(width=…, height=…, touch=…)` opens a page in a profile of its own, so each person of a journey is one; `phone`
is one at 390 × 844. A test fails whose page raises a script error, breaks the content policy or asks another host for
anything. `axe(page)` lists what axe-core finds wrong, one line a kind.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip(f"no Chromium: none of {', '.join(NAMES)} is on PATH, and CHROMIUM isn't set")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    complaints: list[str] = []
    contexts = []

    def visit(*, width: int = 390, height: int = 844, touch: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2,
            has_touch=touch,
            is_mobile=touch,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        page = context.new_page()
        _listen(page, complaints)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def phone(visitor: Callable[..., Page]) -> Page:
    return visitor()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    return _violations


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("console", lambda line: "Content Security Policy" in line.text and complaints.append(line.text))
    page.on("request", lambda request: _is_foreign(request.url) and complaints.append(f"asked for {request.url}"))


def _is_foreign(url: str) -> bool:
    return urlsplit(url).hostname not in (None, "127.0.0.1", "localhost")


def _violations(page: Page) -> list[str]:
    return [
        f"{rule['id']}: {rule['help']} ({'; '.join(node['target'][-1] for node in rule['nodes'])})"
        for rule in Axe().run(page).response["violations"]
    ]
