"""A small county for stories: an employer, a dozen packers near it, staff, and time that passes when told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyotp
from playwright.sync_api import Page
from sqlalchemy import inspect, select

from tests.support.makers import make_account, make_employer, make_village, make_worker
from tests.support.market import PACKER
from tests.support.messages import code_sent_to
from tests.support.site import Site, running_site
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import UtcDateTime, connect, transaction
from zero_work_market.market.applications.models import Application
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Role
from zero_work_market.rights.attendance.models import Mark

TOWN, PASSWORD = "370829001", "jiaxiang-2026-desk"
VILLAGE = f"{TOWN}201"
EMPLOYER_PHONE = "13900000001"
STAFF_NAME = "fang"


@dataclass(frozen=True)
class County:
    """`phones` by worker id; `totp` is the secret of the county's staff."""

    site: Site
    employer_id: int
    phones: dict[int, str]
    totp: str


@contextmanager
def small_county(home: Path) -> Iterator[County]:
    with running_site(home, LEYE_DEMO="1") as site:
        connect(site.database_url)
        at = clock.now()
        with transaction() as session:
            account = make_account(session, phone_number=EMPLOYER_PHONE)
            employer = make_employer(session, account=account, town=TOWN, at=at)
            make_village(session, VILLAGE, at=at)
            phones = {}
            for number in range(12):
                phone = f"1380000{number:04d}"
                account = make_account(session, phone_number=phone)
                point = {"lon": 116.35238 + number / 200, "lat": 35.40827}
                worker = make_worker(
                    session, account=account, town=TOWN, village=VILLAGE, skills=[PACKER], at=at, **point
                )
                phones[worker.id] = phone
            login = accounts.create_staff(
                session, login_name=STAFF_NAME, password=PASSWORD, display_name="刘芳", role=Role.COUNTY,
                region="370829", by=SYSTEM, at=at,
            )  # fmt: skip
        yield County(site, employer.id, phones, login.totp_secret)


def log_in(page: Page, county: County, phone: str) -> None:
    page.goto(f"{county.site.url}/login")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="发验证码").click()
    page.get_by_label("短信里的 6 位数").fill(code_sent_to(phone))
    page.get_by_role("button", name="进去").click()
    page.wait_for_url(re.compile(r"/m/\d{6}|/hire"))


def log_in_staff(page: Page, county: County) -> None:
    page.goto(f"{county.site.url}/staff/login")
    page.get_by_label("登录名").fill(STAFF_NAME)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("动态码").fill(pyotp.TOTP(county.totp).now())
    page.get_by_role("button", name="进去").click()
    page.wait_for_url(re.compile(r"/staff"))


def accept(posting_id: int, worker_id: int) -> None:
    with transaction() as session:
        placements.accept(session, posting_id=posting_id, worker_id=worker_id, by=Actor(None, "worker"), at=clock.now())


def begins(posting_id: int, moment: datetime) -> None:
    """Time passes until the posting's first shift begins at `moment`: all that happened to it is so much longer ago."""
    with transaction() as session:
        posting = session.get_one(Posting, posting_id)
        moved = posting.closes_at - moment
        shifts = [shift.id for shift in posting.shifts]
        rows = [
            posting, *posting.shifts, *session.scalars(select(Application).where(Application.posting_id == posting_id)),
            *session.scalars(select(Placement).where(Placement.posting_id == posting_id)),
            *session.scalars(select(Mark).where(Mark.shift_id.in_(shifts))),
        ]  # fmt: skip
        for row in rows:
            for name, column in inspect(type(row)).columns.items():
                if isinstance(column.type, UtcDateTime) and getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) - moved)
