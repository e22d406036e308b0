"""What follows from a seat, on phone-sized screens: signed, come to, agreed on, paid, counted; and if not, claimed."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, Route, expect
from pypdfium2 import PdfDocument

from tests.support.cases import make_unpaid
from tests.support.county import (
    EMPLOYER_PHONE,
    VILLAGE,
    County,
    accept,
    begins,
    log_in,
    log_in_staff,
    small_county,
)
from tests.support.hires import agree, make_hire
from tests.support.market import make_posting, shift
from tests.support.messages import code_sent_to
from tests.support.waiting import until
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.queries import rows_of_posting
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance.rules import Said
from zero_work_market.rights.attendance.service import roll_call
from zero_work_market.statistics.standings.models import Standing
from zero_work_market.statistics.tallies.models import Tally

Visitor = Callable[..., Page]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """One for all: each story has workers of its own."""
    with small_county(tmp_path_factory.mktemp("county")) as county:
        yield county


def published(county: County, **draft: object) -> int:
    """A posting of the county's employer for tomorrow morning."""
    now = clock.now()
    with transaction() as session:
        employer = session.get_one(Employer, county.employer_id)
        return make_posting(session, employer=employer, at=now, shifts=(shift(now=now),), **draft).id


def sign(page: Page, phone: str) -> None:
    """Write a name with the finger, and type the code that was sent."""
    pad = page.locator("svg.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 60 + (20 if step % 2 else -20))
    page.mouse.up()
    page.locator("input[name=consent]").check()
    page.get_by_label("短信里的 6 位数").fill(code_sent_to(phone, purpose="sign_code"))
    page.locator("form.one button.go").click()


def digits(page: Page) -> str:
    """The six digits on the foreman's screen."""
    return re.sub(r"\D", "", page.locator("p.digits").inner_text())


def level_of(posting_id: int) -> int | None:
    with transaction(read_only=True) as session:
        found = session.query(Standing.level).where(Standing.posting_id == posting_id).one_or_none()
        return found[0] if found else None


def test_a_whole_hire_from_posting_to_paid_and_counted(county: County, visitor: Visitor) -> None:
    site, worker_id = county.site.url, next(iter(county.phones))
    employer = visitor()
    log_in(employer, county, EMPLOYER_PHONE)
    employer.goto(f"{site}/hire/new")
    employer.get_by_label("干什么", exact=True).fill("装蒜包装")
    employer.get_by_label("多少钱").fill("18")
    expect(employer.locator("#pay-said")).to_contain_text("够了")
    employer.locator("button.go").click()
    employer.wait_for_url(re.compile(r"/hire/\d+$"))
    posting_id = int(employer.url.rsplit("/", 1)[1])
    until(lambda: worker_id in _invited(posting_id))

    worker = visitor()
    log_in(worker, county, county.phones[worker_id])
    worker.goto(f"{site}/postings/{posting_id}")
    worker.get_by_role("button", name="接单").click()
    expect(worker.get_by_role("status")).to_contain_text("接好了")

    worker.goto(f"{site}/work/mine/{posting_id}")
    worker.locator(".foot").get_by_role("link", name="签约").click()
    worker.get_by_role("button", name="签字").click()
    sign(worker, county.phones[worker_id])
    expect(worker.get_by_role("status")).to_contain_text("签好了，等单位签")
    employer.goto(f"{site}/hire/{posting_id}/agreements")
    employer.get_by_role("button", name="一起签 1 份").click()
    sign(employer, EMPLOYER_PHONE)
    expect(employer.get_by_role("status")).to_contain_text("签")

    begins(posting_id, clock.now() + timedelta(minutes=5))
    employer.goto(f"{site}/hire/{posting_id}/today")
    worker.goto(f"{site}/work/mine/{posting_id}")
    worker.get_by_role("link", name="到了，报到").click()
    worker.get_by_label("工头手机上的 6 位数").fill(digits(employer))
    worker.get_by_role("button", name="我到了").click()
    expect(worker.get_by_role("status")).to_contain_text("到")
    until(lambda: level_of(posting_id) == 2)

    begins(posting_id, clock.now() - timedelta(hours=4, minutes=5))
    employer.goto(f"{site}/hire/{posting_id}/hours")
    employer.get_by_role("button", name="1 个人都对").click()
    worker.goto(f"{site}/work/mine/{posting_id}")
    worker.get_by_role("button", name="对，干了 4 小时").click()
    expect(worker.get_by_role("status")).to_contain_text("两边说的一样")
    until(lambda: level_of(posting_id) == 3)

    employer.goto(f"{site}/hire/{posting_id}/wages")
    expect(employer.locator("p.owed")).to_contain_text("72")
    employer.locator("input[name=wage]").first.check()
    employer.get_by_label("转账单号").fill("ABC20261124001")
    employer.get_by_role("button", name="勾了的都发了，记上").click()
    worker.goto(f"{site}/work/mine/{posting_id}")
    worker.get_by_role("link", name="到账了吗？看工资条").click()
    worker.get_by_role("button", name="收到了").click()
    expect(worker.locator("main")).to_contain_text("你说收到了")
    until(lambda: level_of(posting_id) == 4)


def test_an_unpaid_worker_complains_with_one_tap_and_fetches_the_pack(county: County, visitor: Visitor) -> None:
    worker_id = list(county.phones)[1]
    past = clock.now() - timedelta(days=21)
    with transaction() as session:
        worker, employer = session.get_one(Worker, worker_id), session.get_one(Employer, county.employer_id)
        make_unpaid(session, worker=worker, employer=employer, at=past, shifts=(shift(now=past),))

    page = visitor()
    log_in(page, county, county.phones[worker_id])
    page.get_by_role("navigation", name="主要的").get_by_role("link", name="要工资").click()
    expect(page.locator("main")).to_contain_text("72")
    page.get_by_role("button", name="告他，要这 72 元").click()
    expect(page.locator("main")).to_contain_text("永昌蒜业")
    expect(page.locator("main")).to_contain_text("还缺")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="下载仲裁材料").click()
    said = text_of(Path(fetched.value.path()).read_bytes())
    assert "仲裁申请书" in said
    assert "证据清单" in said
    assert "72.00 元" in said or "72 元" in said

    staff = visitor()
    log_in_staff(staff, county)
    staff.goto(f"{county.site.url}/staff/cases")
    expect(staff.locator("main")).to_contain_text("永昌蒜业")


def test_who_does_not_come_is_replaced_from_the_queue(county: County, visitor: Visitor) -> None:
    site, (absent, waiting) = county.site.url, list(county.phones)[2:4]
    posting_id = published(county, headcount=1, title="大蒜装车")
    accept(posting_id, absent)
    accept(posting_id, waiting)
    begins(posting_id, clock.now() - timedelta(minutes=15))

    page = visitor()
    log_in(page, county, county.phones[waiting])
    until(lambda: _state(posting_id, waiting) == "invited", patience_s=60)
    page.goto(f"{site}/postings/{posting_id}")
    page.locator(".foot button.go").click()
    expect(page.get_by_role("status")).to_contain_text("接好了")
    page.goto(f"{site}/work/mine/{posting_id}")
    expect(page.get_by_role("link", name="到了，报到")).to_be_visible()

    foreman = visitor()
    log_in(foreman, county, EMPLOYER_PHONE)
    foreman.goto(f"{site}/hire/{posting_id}/today")
    page.get_by_role("link", name="到了，报到").click()
    page.get_by_label("工头手机上的 6 位数").fill(digits(foreman))
    page.get_by_role("button", name="我到了").click()
    foreman.reload()
    expect(foreman.get_by_text("1/1 到了")).to_be_visible()
    expect(foreman.locator("main")).to_contain_text("位子让了")

    gone = visitor()
    log_in(gone, county, county.phones[absent])
    gone.goto(f"{site}/work/mine/{posting_id}")
    expect(gone.locator("#attendance")).to_contain_text("记了没来")
    gone.get_by_role("link", name="其实到了").click()
    gone.get_by_label("其实到了").fill("我在东门等着，工头没看见我。")
    gone.get_by_role("button", name="交给县里定").click()
    expect(gone.get_by_role("status")).to_contain_text("县里")


def test_a_code_typed_without_a_signal_is_kept_on_the_phone_until_the_site_answers(
    county: County, visitor: Visitor
) -> None:
    site, worker_id = county.site.url, list(county.phones)[5]
    posting_id = published(county, headcount=1, title="麦种装车")
    accept(posting_id, worker_id)
    begins(posting_id, clock.now() - timedelta(minutes=2))
    foreman, worker = visitor(), visitor()
    log_in(foreman, county, EMPLOYER_PHONE)
    log_in(worker, county, county.phones[worker_id])
    worker.goto(f"{site}/work/mine/{posting_id}/arrive")
    foreman.goto(f"{site}/hire/{posting_id}/today")
    worker.get_by_label("工头手机上的 6 位数").fill(digits(foreman))
    worker.context.set_offline(True)
    worker.get_by_role("button", name="我到了").click()
    kept = worker.get_by_text("没信号，记在手机里了")
    expect(kept).to_be_visible()
    worker.route("**/arrive", down)
    with worker.expect_response(lambda answer: answer.status == 503):
        worker.context.set_offline(False)
    expect(kept).to_be_visible()
    worker.unroute("**/arrive")
    worker.reload()
    expect(worker.locator("main")).to_contain_text("到的")
    until(lambda: level_of(posting_id) == 2)
    expect(kept).to_be_hidden()


def test_staff_open_the_county_down_to_a_check_in_and_take_it_along(county: County, visitor: Visitor) -> None:
    worker_id = list(county.phones)[4]
    past = clock.now() - timedelta(days=2)
    with transaction() as session:
        worker, employer = session.get_one(Worker, worker_id), session.get_one(Employer, county.employer_id)
        hire = make_hire(session, worker=worker, employer=employer, arrives=False, at=past, shifts=(shift(now=past),))
        first = hire.posting.shifts[0]
        roll_call(
            session, posting_id=hire.posting.id, shift_id=first.id, said={hire.placement.id: Said.HERE},
            by=hire.by_employer, at=first.starts_at,
        )  # fmt: skip
        agree(session, hire)
        year = clock.local_date(first.starts_at).year
    until(lambda: level_of(hire.posting.id) == 3)
    until(lambda: _counted(year) >= 1)

    page = visitor()
    log_in_staff(page, county)
    page.goto(f"{county.site.url}/staff/plan?year={year}")
    page.get_by_role("link", name=re.compile("到岗认工时的人 .*打开")).first.click()
    page.get_by_role("link", name="嘉祥街道").click()
    page.get_by_role("link", name="张垓村").click()
    page.get_by_role("link", name="看算数的都是谁").click()
    people = page.locator("tr.person")
    shown = people.count()
    until(lambda: shown == _counted(year))
    with page.expect_download() as fetched:
        page.get_by_role("link", name=re.compile("导出这")).click()
    book = load_workbook(BytesIO(Path(fetched.value.path()).read_bytes()))
    names = [row[0].value for row in book.worksheets[-1].iter_rows(min_row=2)]
    assert [name for name in names if name and "**" in str(name)] == people.locator("td.who").all_inner_texts()
    people.filter(has_text="永昌").first.get_by_role("link").click()
    expect(page.locator("ol.chain")).to_contain_text("到岗")
    expect(page.locator("ol.chain")).to_contain_text("工时")

    page.goto(f"{county.site.url}/staff/plan?print=1")
    shown = page.locator("table td, table th").all_inner_texts()
    assert_printed(page.pdf(prefer_css_page_size=True), shown)


def down(route: Route) -> None:
    """Answer what is sent as a site that is being restarted does."""
    if route.request.method == "POST":
        route.fulfill(status=503, body="")
    else:
        route.continue_()


def assert_printed(pdf: bytes, shown: list[str]) -> None:
    """On A4, nothing beyond a centimetre of its edges, every cell of the screen's tables there."""
    flat = re.sub(r"\s", "", text_of(pdf))
    assert shown
    assert [cell for cell in shown if re.sub(r"\s", "", cell) not in flat] == []
    for page in PdfDocument(pdf):
        width, height = page.get_size()
        assert (round(width), round(height)) == (595, 842)
        text = page.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars()) if text.get_text_range(at, 1).strip()]
        assert min(left for left, _, _, _ in boxes) > 28
        assert max(right for _, _, right, _ in boxes) < width - 28


def text_of(pdf: bytes) -> str:
    document = PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def _state(posting_id: int, worker_id: int) -> str:
    with transaction(read_only=True) as session:
        return rows_of_posting(session, posting_id=posting_id)[worker_id].state


def _counted(year: int) -> int:
    """Persons of the year in the village's tally."""
    with transaction(read_only=True) as session:
        found = session.get(Tally, (VILLAGE, year, 0, "L3"))
        return found.persons if found else 0


def _invited(posting_id: int) -> list[int]:
    with transaction(read_only=True) as session:
        return list(rows_of_posting(session, posting_id=posting_id))
