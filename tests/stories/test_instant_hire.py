"""An instant hire from end to end, on a phone-sized screen: from the posting to five of five, and the staff's board."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.county import EMPLOYER_PHONE, County, accept, log_in, log_in_staff, small_county
from tests.support.market import make_posting, shift
from tests.support.waiting import until
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.queries import rows_of_posting


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with small_county(tmp_path) as county:
        yield county


def posting_of(page: Page) -> int:
    page.wait_for_url(re.compile(r"/hire/\d+$"))
    return int(page.url.rsplit("/", 1)[1])


def invited_to(posting_id: int) -> list[int]:
    with transaction(read_only=True) as session:
        return list(rows_of_posting(session, posting_id=posting_id))


def test_five_packers_for_tomorrow_morning(county: County, visitor: Callable[..., Page]) -> None:
    employer = visitor()
    log_in(employer, county, EMPLOYER_PHONE)
    employer.goto(f"{county.site.url}/hire/new")
    employer.get_by_label("干什么", exact=True).fill("装蒜包装")
    expect(employer.locator("#trades-said")).to_contain_text("包装工")
    employer.get_by_label("多少钱").fill("18")
    expect(employer.locator("#pay-said")).to_contain_text("够了，最低 18 元/小时")
    expect(employer.locator("#when-said")).to_contain_text("明天 08:00–12:00")
    expect(employer.locator("#judged")).to_contain_text("12 人合适")
    employer.get_by_role("button", name="发布并邀请 12 人").click()

    posting_id = posting_of(employer)
    places = employer.locator("ol.rank > li")
    expect(places).to_have_count(12)
    expect(places.first).to_contain_text("包装工")
    expect(places.first).to_contain_text("上午有空")
    expect(places.first.locator("dl")).to_contain_text("55.0 / 55")
    until(lambda: len(invited_to(posting_id)) == 12)
    expect(employer.get_by_text("已邀请")).to_have_count(12, timeout=15_000)

    first, *others = invited_to(posting_id)
    worker = visitor()
    log_in(worker, county, county.phones[first])
    worker.goto(f"{county.site.url}/m/370829?day=tomorrow")
    card = worker.locator(f"#job-{posting_id}")
    expect(card).to_contain_text("请你去")
    expect(card).to_contain_text("72")
    card.get_by_role("link").first.click()
    worker.get_by_role("button", name="接单").click()
    expect(worker.get_by_role("status")).to_contain_text("接好了")

    for worker_id in others[:4]:
        accept(posting_id, worker_id)
    late = visitor()
    log_in(late, county, county.phones[others[4]])
    late.goto(f"{county.site.url}/postings/{posting_id}")
    late.get_by_role("button", name="有空位叫我").click()
    expect(late.get_by_role("status")).to_contain_text("你是第 1 个")

    expect(employer.locator("#seats")).to_contain_text("5/5 人", timeout=15_000)
    expect(employer.get_by_role("img", name="5 个位，已有 5 人")).to_be_visible()

    staff = visitor()
    log_in_staff(staff, county)
    staff.goto(f"{county.site.url}/staff")
    row = staff.get_by_role("row").filter(has_text="嘉祥街道")
    expect(row).to_contain_text("5 / 5 人")


def test_the_same_without_javascript(county: County, browser: object) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})  # type: ignore[attr-defined]
    page = context.new_page()
    log_in(page, county, EMPLOYER_PHONE)
    page.goto(f"{county.site.url}/hire/new")
    page.get_by_label("干什么", exact=True).fill("装蒜包装")
    page.get_by_label("多少钱").fill("17")
    page.locator("button.go").click()
    expect(page.locator("#pay-said")).to_contain_text("18")
    expect(page.get_by_label("干什么", exact=True)).to_have_value("装蒜包装")
    page.get_by_label("多少钱").fill("18")
    page.locator("button.go").click()
    posting_id = posting_of(page)
    until(lambda: len(invited_to(posting_id)) == 12)
    context.clear_cookies()
    log_in(page, county, county.phones[invited_to(posting_id)[0]])
    page.goto(f"{county.site.url}/postings/{posting_id}")
    page.get_by_role("button", name="接单").click()
    expect(page.get_by_role("status")).to_contain_text("接好了")
    context.close()


def test_a_seat_is_taken_with_the_keyboard_alone(county: County, visitor: Callable[..., Page]) -> None:
    with transaction() as session:
        now = clock.now()
        posting_id = make_posting(session, at=now, shifts=(shift(now=now),)).id
    page = visitor(touch=False)
    log_in(page, county, next(iter(county.phones.values())))
    page.goto(f"{county.site.url}/postings/{posting_id}")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("直接看内容")
    page.keyboard.press("Enter")
    seat = page.get_by_role("button", name="接单")
    for _ in range(page.locator("a, button, input, summary").count()):
        page.keyboard.press("Tab")
        assert page.locator(":focus").evaluate("one => getComputedStyle(one).outlineStyle") != "none"
        if seat.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("接好了")
