"""Every main page as its viewer's screen shows it: readable by all, never wider than a phone, light, quick."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from labor_brands.brands.models import Brand
from labor_brands.export_channels.models import Channel, Dispatch
from tests.support.exchange import put_far_rows
from tests.support.market import PACKER, make_posting, shift
from tests.support.messages import code_sent_to
from tests.support.site import Site
from web.cli.seed import fill
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import connect, transaction
from zero_work_market.market.applications.service import invite
from zero_work_market.market.crews import service as crews
from zero_work_market.market.crews.rules import NewRole
from zero_work_market.market.placements.models import Placement
from zero_work_market.people.employers.models import Employer
from zero_work_market.policy.courses.models import Batch, Course
from zero_work_market.rights.wages.models import Wage

NEWCOMER_PHONE, NOBODYS_PHONE = "13900000077", "13900000078"
CODE = "/login/code"
NARROW = 360
HERE = "370829"
SEEDED = {
    "brand": select(Brand.code).where(Brand.place == HERE),
    "course": select(Course.id).where(Course.county == HERE),
    "batch": select(Batch.id).join(Course, Course.id == Batch.course_id).where(Course.county == HERE),
    "channel": select(Channel.id).where(Channel.county == HERE),
    "dispatch": select(Dispatch.id).join(Channel, Channel.id == Dispatch.channel_id).where(Channel.county == HERE),
}
"""Of what the county was seeded with, the first of the demo's county."""
HEAVIEST = 60 * 1024

FOR_EVERYONE = (
    "/", "/m/370829", "/m/370829/search?q=包装", "/postings/{posting}", "/login", CODE, "/staff/login", "/ranking",
    "/law", "/counties", "/brands", "/brands/{brand}", "/courses", "/courses/{course}", "/far", "/far/{far}",
)  # fmt: skip
FOR_WORKERS = (
    "/m/370829", "/m/370829?day=tomorrow", "/m/370829/search?q=包装", "/postings/{posting}", "/postings/{own}",
    "/work/mine", "/work/me", "/work/me/skills", "/work/me/times", "/work/me/place", "/work/me/radius", "/work/me/pay",
    "/work/me/erase", "/work/me/arrivals", "/work/me/origin", "/work/unpaid", "/work/mine/{paid}",
    "/work/mine/{paid}/agreement", "/work/mine/{paid}/hours", "/work/wages/{wage}", "/work/courses",
    "/courses/{course}", "/work/me/exchange", "/far/{far}",
)  # fmt: skip
FOR_EMPLOYERS = (
    "/hire", "/hire/new", "/hire/{own}", "/hire/{own}/edit", "/hire/{own}/cancel", "/hire/me", "/hire/cases",
    "/hire/{own}/today", "/hire/paste", "/hire/{paid}/agreements", "/hire/{paid}/hours", "/hire/{paid}/wages",
    "/hire/{crew}/crew", "/hire/{crew}/crew?edit=1", "/hire/{own}/training", "/hire/projects",
)  # fmt: skip
FOR_STAFF = (
    "/staff", "/staff/employers", "/staff/employers/1", "/staff/postings", "/staff/postings/{own}", "/staff/workers",
    "/staff/workers/1", "/staff/accounts", "/staff/villages", "/staff/plan", "/staff/plan/proven_work",
    "/staff/plan/proven_work/persons", "/staff/placements/{placement}", "/staff/targets", "/staff/imports",
    "/staff/coverage", "/staff/wages", "/staff/cases", "/staff/cooperation",
    "/staff/plan/open_cases/rows", "/staff/workers/1/origin", "/staff/brands", "/staff/brands/{brand}",
    "/staff/brands/{brand}/edit", "/staff/brands/{brand}/certify", "/staff/channels", "/staff/channels/{channel}",
    "/staff/channels/{channel}/people", "/staff/channels/{channel}/dispatches/new", "/staff/dispatches/{dispatch}",
    "/staff/courses", "/staff/courses/new", "/staff/courses/{course}", "/staff/batches/{batch}",
    "/staff/batches/{batch}/results", "/staff/subsidies", "/staff/training-orders", "/staff/organised",
)  # fmt: skip
FOR_STAFF_OVER_ALL = ("/staff/exchange", "/staff/exchange/500101", "/staff/exchange/bundles/{transfer}")

ON_PHONES = [
    *(("visitor", path) for path in FOR_EVERYONE),
    ("newcomer", "/work/register"),
    ("newcomer", "/hire/register"),
    *(("worker", path) for path in FOR_WORKERS),
    *(("employer", path) for path in FOR_EMPLOYERS),
]
ON_DESKS = [*(("staff", path) for path in FOR_STAFF), *(("over all", path) for path in FOR_STAFF_OVER_ALL)]

MEASURES = """() => {
  const away = one => {
    const box = one.getBoundingClientRect(), look = getComputedStyle(one);
    return box.bottom <= 0 || look.opacity === "0"
      || (look.position === "absolute" && look.overflow === "hidden" && box.width <= 1 && box.height <= 1);
  };
  const isSeen = one => {
    if (!one.checkVisibility({visibilityProperty: true})) return false;
    for (let at = one; at && at !== document.body; at = at.parentElement) if (away(at)) return false;
    return true;
  };
  const sizeOf = one => {
    const scale = one.ownerSVGElement ? one.getScreenCTM().d : 1;
    return parseFloat(getComputedStyle(one).fontSize) * scale;
  };
  const name = one => `<${one.localName} class="${one.getAttribute("class") || ""}">`;
  const says = one => (one.textContent.trim() || one.name || one.getAttribute("aria-label") || "").slice(0, 20);
  const below = (least, one, size) => size < least - .05 ? [`${name(one)} ${says(one)}: ${size.toFixed(1)} px`] : [];

  const fields = "input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea";
  const texts = new Set(document.querySelectorAll(fields));
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    if (walk.currentNode.data.trim() && range.getClientRects().length) texts.add(walk.currentNode.parentElement);
  }
  const targets = new Set();
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary"))
    targets.add(one.matches("[type=checkbox], [type=radio], [type=file]") ? one.labels[0] || one : one);
  return {
    texts: texts.size,
    targets: targets.size,
    small: [...texts].filter(isSeen).flatMap(one => below(18, one, sizeOf(one))),
    low: [...targets].filter(isSeen).flatMap(one => below(44, one, one.getBoundingClientRect().height)),
  };
}"""
"""Text and targets of a page that are seen and too small; what is there for screen readers alone isn't measured."""


@dataclass(frozen=True)
class County:
    """A made-up county: the cookies of each kind of viewer, and the rows that the paths name."""

    site: Site
    cookies: dict[str, list]
    rows: dict[str, int | str]

    def url(self, path: str) -> str:
        return self.site.url + path.format(**self.rows)


@dataclass(frozen=True)
class Look:
    """What was measured of a page: axe's complaints, its width, text and targets too small, bytes on the wire."""

    wrong: list[str]
    width: int
    texts: int
    targets: int
    small: list[str]
    low: list[str]
    weight: float
    files: int


@pytest.fixture(scope="module")
def county(served: Site, browser: Browser) -> County:
    connect(served.database_url)
    logins = fill(workers=60, employers=4, postings=18)
    at = clock.now()
    with transaction(read_only=True) as session:
        paid_by_own = (Wage.worker_id == 1, Wage.employer_id == 1, Wage.paid_at.is_not(None))
        wage = session.scalars(select(Wage).where(*paid_by_own)).first()
        assert wage
        paid = session.get_one(Placement, wage.placement_id)
        held = {name: session.scalars(found.limit(1)).one() for name, found in SEEDED.items()}
    with transaction() as session:
        said = {"employer": session.get_one(Employer, 1), "shifts": (shift(3, now=at),), "at": at}
        own, posting, crew = (make_posting(session, headcount=seats, **said) for seats in (5, 8, 3))
        invite(session, posting=own, scores={1: 0.9, 2: 0.8}, by=SYSTEM, at=at)
        crews.ask(session, posting_id=crew.id, roles=[NewRole(PACKER, 1, 3)], by=SYSTEM, at=at)
        far = put_far_rows(session, posting_id=own.id, at=at)
    cookies = {
        "visitor": [],
        "newcomer": cookies_of(browser, lambda page: log_in(page, served, NEWCOMER_PHONE)),
        "worker": cookies_of(browser, lambda page: log_in(page, served, logins.worker_phone)),
        "employer": cookies_of(browser, lambda page: log_in(page, served, logins.employer_phone)),
        "staff": cookies_of(
            browser,
            lambda page: log_in_staff(page, served, logins.staff_name, logins.staff_password, logins.staff_totp),
        ),
        "over all": cookies_of(
            browser,
            lambda page: log_in_staff(page, served, logins.over_all_name, logins.staff_password, logins.over_all_totp),
        ),
    }
    ids = {"own": own.id, "posting": posting.id, "paid": paid.posting_id, "wage": wage.id, "placement": paid.id}
    ids |= {"crew": crew.id, "far": far["vacancy_id"], "transfer": far["transfer_id"]}
    return County(served, cookies, ids | held)


@pytest.fixture(scope="module")
def looks() -> dict[tuple[str, str], Look]:
    """What was seen so far: a page is opened once, for all the tests."""
    return {}


@pytest.fixture
def look(
    county: County, visitor: Callable[..., Page], axe: Callable[[Page], list[str]], looks: dict[tuple[str, str], Look]
) -> Callable[[str, str], Look]:
    """Looks at a path as a kind of viewer sees it on a narrow phone, with all that folds open. What is for desks is
    read by axe on a desk first."""

    def look_at(viewer: str, path: str) -> Look:
        if (viewer, path) not in looks:
            on_desk = (viewer, path) in ON_DESKS
            page = visitor(width=1280, height=800, touch=False) if on_desk else visitor(width=NARROW, height=740)
            loaded = loads_of(page)
            show(page, county, viewer, path)
            of_desk = axe(page) if on_desk else []
            page.set_viewport_size({"width": NARROW, "height": 740})
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            wrong = of_desk if on_desk else axe(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            looks[viewer, path] = Look(wrong, width, **page.evaluate(MEASURES), weight=sum(loaded), files=len(loaded))
        return looks[viewer, path]

    return look_at


def loads_of(page: Page) -> list[int]:
    """The bytes on the wire of each file that the page loads, as they come in."""
    loaded: list[int] = []
    devtools = page.context.new_cdp_session(page)
    devtools.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    return loaded


def show(page: Page, county: County, viewer: str, path: str) -> None:
    page.context.add_cookies(county.cookies[viewer])
    if path == CODE:
        ask_code(page, county.site, NOBODYS_PHONE)
        return
    answer = page.goto(county.url(path))
    assert answer
    assert answer.status == 200
    assert urlsplit(unquote(page.url)).path == urlsplit(county.url(path)).path or path == "/"


def cookies_of(browser: Browser, enter: Callable[[Page], None]) -> list:
    with browser.new_context(locale="zh-CN") as context:
        enter(context.new_page())
        return context.cookies()


def log_in(page: Page, site: Site, phone: str) -> None:
    ask_code(page, site, phone)
    page.get_by_label("短信里的 6 位数").fill(code_sent_to(phone))
    page.get_by_role("button", name="进去").click()
    page.wait_for_url("**/ranking")


def ask_code(page: Page, site: Site, phone: str) -> None:
    page.goto(f"{site.url}/login?next=/ranking")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="发验证码").click()
    page.get_by_label("短信里的 6 位数").wait_for()


def log_in_staff(page: Page, site: Site, name: str, password: str, secret: str) -> None:
    page.goto(f"{site.url}/staff/login")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_label("动态码").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="进去").click()
    page.wait_for_url("**/staff/plan")


def pages(*kinds: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("viewer", "path"), kinds, ids=[f"{viewer} {path}" for viewer, path in kinds])


@pages(*ON_PHONES, *ON_DESKS)
def test_axe_finds_nothing_wrong(viewer: str, path: str, look: Callable[[str, str], Look]) -> None:
    assert look(viewer, path).wrong == []


@pages(*ON_PHONES, *ON_DESKS)
def test_nothing_scrolls_sideways_on_a_narrow_phone(viewer: str, path: str, look: Callable[[str, str], Look]) -> None:
    assert look(viewer, path).width <= NARROW


@pages(*ON_PHONES)
def test_text_is_large_and_every_target_fits_a_thumb(viewer: str, path: str, look: Callable[[str, str], Look]) -> None:
    seen = look(viewer, path)
    assert seen.texts > 3
    assert seen.targets > 1
    assert seen.small == []
    assert seen.low == []


@pages(*ON_PHONES)
def test_a_page_and_all_that_it_loads_weigh_at_most_60_kb(
    viewer: str, path: str, look: Callable[[str, str], Look]
) -> None:
    seen = look(viewer, path)
    assert seen.files >= len(["the page", "leye.css", "leye.js", "htmx.min.js"])
    assert seen.weight <= HEAVIEST


@pytest.mark.alone
def test_lighthouse_finds_it_quick_and_open_to_all(county: County, lighthouse: Callable) -> None:
    for path in ("/m/370829", "/m/370829/search?q=包装", "/postings/{posting}"):
        scores = lighthouse(county.url(path))
        assert scores["performance"] >= 95, path
        assert scores["accessibility"] == 100, path
