"""A story that fails leaves what its screens showed in the test's own folder."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed and "browser" in item.funcargs and "tmp_path" in item.funcargs:
        screens = [page for context in item.funcargs["browser"].contexts for page in context.pages]
        for number, page in enumerate(screens, 1):
            path = item.funcargs["tmp_path"] / f"screen-{number}.png"
            page.screenshot(path=path, full_page=True)
            report.sections.append(("screen", f"{page.url}: {path}"))
    return report
