"""A message of three jobs, one of them unlawful, pasted on a phone: two postings, and a refusal with its clause."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.support.county import EMPLOYER_PHONE, County, log_in, small_county
from zero_work_market.ground.db import transaction
from zero_work_market.market.postings.models import Posting

MESSAGE = """🌸永昌蒜业招工，嘉祥县🌸
①装蒜包装5名，18.5元/小时，早8点到12点，管午饭
②冷库装卸3名，180元/天，早8点到下午4点，限男
③分拣大蒜4名，19元/小时，下午1点到5点
自离无工资
返费：打卡7天300+V"""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with small_county(tmp_path) as county:
        yield county


def titles() -> list[str]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(Posting.title).order_by(Posting.id)))


def test_two_of_three_pasted_jobs_go_out_and_the_third_says_why_not(
    county: County, visitor: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = visitor()
    log_in(page, county, EMPLOYER_PHONE)
    page.goto(f"{county.site.url}/hire/new")
    page.get_by_role("link", name="贴进来").click()
    page.get_by_label("把群里的招工消息贴进来").fill(MESSAGE)
    page.get_by_role("button", name="认一认").click()

    expect(page.locator(".drafted")).to_have_count(3, timeout=45_000)
    expect(page.locator("#job-0")).to_contain_text("能发")
    refused = page.locator("#job-1")
    expect(refused).to_contain_text("限男")
    expect(refused.get_by_role("link", name="第二十四条")).to_be_visible()
    expect(page.locator("s.no", has_text="自离无工资")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="发布这 2 单").click()

    expect(page.get_by_text("发出去 2 单")).to_be_visible()
    assert titles() == ["装蒜包装", "分拣大蒜"]
    expect(refused).to_contain_text("有不能发的话")
    refused.get_by_role("checkbox", name=re.compile("照能发的发")).check()
    page.get_by_role("button", name="再看一遍").click()
    page.get_by_role("button", name="发布这 1 单").click()
    page.wait_for_url(re.compile(r"/hire$"))
    assert len(titles()) == 3
    with transaction(read_only=True) as session:
        posted = session.scalars(select(Posting).where(Posting.title.contains("装卸"))).one()
        assert (posted.pay_fen, posted.headcount, "男" in posted.words) == (18000, 3, False)
