"""From 万州 to stable work in 梁山: one person, told of by a bundle, behind the figures of brand, channel and plan."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from labor_brands.brands.queries import brand
from labor_brands.bundles.rules import person_hash
from labor_brands.exchange.models import RemoteApplication
from labor_brands.export_channels.models import Channel
from tests.support.agreements import employer_signs, offered, worker_signs
from tests.support.brands import certify, make_brand
from tests.support.channels import make_channel
from tests.support.county import PASSWORD, begins
from tests.support.exchange import SECRET, WANZHOU, Far, application, make_far
from tests.support.hires import Hire, agree, make_hire
from tests.support.makers import id_number, make_account, make_employer, make_worker
from tests.support.market import PACKER, make_posting, shift
from tests.support.messages import code_sent_to
from tests.support.site import Site, running_site
from tests.support.waiting import until
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import connect, transaction
from zero_work_market.market.applications.queries import application_of
from zero_work_market.market.applications.rules import State
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.origins import service as origins
from zero_work_market.people.origins.rules import Proof, Status
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import NewSkill
from zero_work_market.rights.attendance.rules import Said
from zero_work_market.rights.attendance.service import roll_call
from zero_work_market.rights.wages import service as wages
from zero_work_market.rights.wages.models import Wage
from zero_work_market.statistics.standings.models import Standing
from zero_work_market.statistics.standings.rules import months_after

LIANGSHAN, TOWN = "370832", "370832001"
BRAND = "liangshan-zhuangxie"
PATIENCE_S = 240
EMPLOYER, RAN = "13900000303", "13800000404"
FIRST_DAYS_AGO, LATER_DAYS_AGO = 95, (70, 45, 20, 2)


@dataclass(frozen=True)
class Scene:
    """A site of Jining with a posting in 梁山, and 万州 as its partner."""

    site: Site
    far: Far
    number: str
    posting_id: int
    employer_id: int
    channel_id: int
    totp: str


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with running_site(tmp_path, LEYE_DEMO="1") as site:
        connect(site.database_url)
        at = clock.now()
        long_ago = at - timedelta(days=FIRST_DAYS_AGO + 30)
        with transaction() as session:
            account = make_account(session, phone_number=EMPLOYER)
            employer = make_employer(session, name="梁山港物流有限公司", account=account, town=TOWN, at=at)
            make_brand(session, code=BRAND, name="梁山装卸", place=LIANGSHAN, at=long_ago)
            channel = make_channel(
                session, name="万州来梁山装卸", county=LIANGSHAN, brand=BRAND, place="梁山县", employer=employer,
                at=long_ago,
            )  # fmt: skip
            posting = make_posting(
                session, employer=employer, town=TOWN, county=LIANGSHAN, channel=channel.code, brands=(BRAND,), at=at,
                shifts=(shift(now=at),),
            )  # fmt: skip
            far = make_far(session, at=at)
            login = accounts.create_staff(
                session, login_name="shi", password=PASSWORD, display_name="孙明", role=Role.CITY, region="370800",
                by=SYSTEM, at=at,
            )  # fmt: skip
        number = id_number(region=WANZHOU)
        yield Scene(site, far, number, posting.id, employer.id, channel.id, login.totp_secret)


def log_in(page: Page, site: Site, phone: str) -> None:
    page.goto(f"{site.url}/login")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="发验证码").click()
    page.get_by_label("短信里的 6 位数").fill(code_sent_to(phone))
    page.get_by_role("button", name="进去").click()
    page.wait_for_url(re.compile(r"/m/\d{6}|/hire"))


def log_in_staff(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site.url}/staff/login")
    page.get_by_label("登录名").fill("shi")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("动态码").fill(pyotp.TOTP(scene.totp).now())
    page.get_by_role("button", name="进去").click()
    page.wait_for_url(re.compile(r"/staff"))


def comes(scene: Scene) -> int:
    """The person is here: registered with the real number, the home proven, certified by the brand."""
    at = clock.now()
    with transaction() as session:
        worker = make_worker(
            session, name="冉光明", number=scene.number, town=TOWN, at=at, skills=[NewSkill(PACKER, 3)],
            account=make_account(session, phone_number=RAN),
        )  # fmt: skip
        of = {"session": session, "worker_id": worker.id, "by": SYSTEM, "at": at}
        origins.tell(region=WANZHOU, status=Status.LIFTED, slip="老家 00001", **of)
        origins.prove(proof=Proof.PARTNER, number="500101-0001", **of)
        return worker.id


def works(session: Session, hire: Hire, at: datetime) -> None:
    """Signed by both, there on time, hours agreed, paid by the bank."""
    offered(session, hire.placement, at=at)
    worker_signs(session, hire.placement, at=at)
    employer_signs(session, hire.posting, at=at + timedelta(minutes=2))
    first = hire.posting.shifts[0]
    told = {"posting_id": hire.posting.id, "shift_id": first.id, "said": {hire.placement.id: Said.HERE}}
    roll_call(session, **told, by=hire.by_employer, at=first.starts_at)
    agree(session, hire)
    wage = session.scalars(select(Wage).where(Wage.placement_id == hire.placement.id)).one()
    wages.pay(
        session, wage_id=wage.id, fen=wage.net_fen, paid_on=clock.local_date(hire.over), how="bank",
        number=f"JN2026{hire.placement.id:06d}", by=hire.by_employer, at=hire.over,
    )  # fmt: skip


def stays(scene: Scene, worker_id: int) -> None:
    """The first work was three months ago, and more of it came again and again."""
    now = clock.now()
    begins(scene.posting_id, now - timedelta(days=FIRST_DAYS_AGO))
    with transaction() as session:
        worker, employer = session.get_one(Worker, worker_id), session.get_one(Employer, scene.employer_id)
        placement = session.scalars(select(Placement).where(Placement.worker_id == worker_id)).one()
        channel, posting = session.get_one(Channel, scene.channel_id), session.get_one(Posting, scene.posting_id)
        hires = [Hire(posting, placement, worker, employer)]
        hires += [
            make_hire(
                session, worker=worker, employer=employer, arrives=False, at=at, shifts=(shift(now=at),), town=TOWN,
                county=LIANGSHAN, channel=channel.code,
            )
            for at in (now - timedelta(days=ago + 1) for ago in LATER_DAYS_AGO)
        ]  # fmt: skip
        for hire in hires:
            works(session, hire, hire.posting.posted_at)


def is_invited(scene: Scene, worker_id: int) -> bool:
    with transaction(read_only=True) as session:
        row = application_of(session, posting_id=scene.posting_id, worker_id=worker_id)
        return row is not None and row.state == State.INVITED


def standings(worker_id: int) -> list[Standing]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(Standing).where(Standing.worker_id == worker_id).order_by(Standing.day)))


def test_a_worker_of_wanzhou_stays_and_stands_behind_every_figure(scene: Scene, visitor: Callable[..., Page]) -> None:
    url = scene.site.url
    person = person_hash(scene.number, SECRET)
    bundle = scene.far.bundle([application(person, f"v-{scene.posting_id}", at=clock.now())], at=clock.now())
    staff = visitor()
    log_in_staff(staff, scene)
    staff.goto(f"{url}/staff/exchange")
    staff.locator("input[name=file]").set_input_files(
        {"name": "万州.jsonl", "mimeType": "text/plain", "buffer": bundle}
    )
    staff.get_by_role("button", name="传上来看看").click()
    staff.get_by_role("button", name="收下 1 条").click()

    employer = visitor()
    until(lambda: _applicants(scene) == 1, patience_s=PATIENCE_S)
    log_in(employer, scene.site, EMPLOYER)
    employer.goto(f"{url}/hire/{scene.posting_id}")
    expect(employer.locator("#far")).to_contain_text("重庆万州")
    employer.get_by_role("button", name="请他来").click()
    expect(employer.locator("#far")).to_contain_text("请过了")

    worker_id = comes(scene)
    until(lambda: is_invited(scene, worker_id), patience_s=PATIENCE_S)
    with transaction() as session:
        held = brand(session, BRAND)
        certify(session, session.get_one(Worker, worker_id), held, grade=2, at=clock.now())
    ran = visitor()
    log_in(ran, scene.site, RAN)
    ran.goto(f"{url}/postings/{scene.posting_id}")
    ran.get_by_role("button", name="接单").click()
    expect(ran.get_by_role("status")).to_contain_text("接好了")

    stays(scene, worker_id)
    until(lambda: [one.level for one in standings(worker_id)] == [5] * 5, patience_s=PATIENCE_S)
    kept = standings(worker_id)
    assert {one.stable_on for one in kept} == {months_after(kept[0].day, 3)}

    ids = {one.placement_id for one in kept}
    year = months_after(kept[0].day, 3).year
    staff.goto(f"{url}/staff/plan/poverty_work/rows?year={year}")
    expect(staff.locator("main")).to_contain_text("算数的 1")
    expect(staff.locator("main")).to_contain_text("重庆市万州区")
    assert _placements(staff) <= ids
    staff.goto(f"{url}/staff/cooperation?year={year}")
    expect(staff.locator("main")).to_contain_text("1 人，脱贫 1")
    staff.goto(f"{url}/staff/channels/{scene.channel_id}/people?show=stay90")
    expect(staff.locator("main")).to_contain_text("算数的 1")
    assert _placements(staff)
    assert _placements(staff) <= ids
    staff.goto(f"{url}/staff/brands/{BRAND}")
    expect(staff.locator("#people")).to_contain_text("冉**")
    staff.locator("#people").get_by_role("link", name="冉**").click()
    expect(staff.locator("#steps")).to_contain_text("就业")
    assert _placements(staff)
    assert _placements(staff) <= ids
    staff.locator("a[href*='/staff/placements/']").first.click()
    expect(staff.locator("h1")).to_contain_text("冉**")
    expect(staff.locator("ol.chain")).to_contain_text("到岗")


def _placements(page: Page) -> set[int]:
    """Those that links of the page open."""
    links = page.locator("a[href*='/staff/placements/']")
    return {int(re.findall(r"placements/(\d+)", one.get_attribute("href") or "")[0]) for one in links.all()}


def _applicants(scene: Scene) -> int:
    with transaction(read_only=True) as session:
        return len(session.scalars(select(RemoteApplication)).all())
