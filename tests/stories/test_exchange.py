"""Two real sites on two databases, Jining's and 万州's, that exchange over HTTP by themselves."""

import base64
import os
import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labor_brands.exchange import service as exchange
from labor_brands.exchange.models import ImportedVacancy, Transfer
from labor_brands.exchange.queries import came_through, count_open, open_vacancies
from labor_brands.partners import service as partners
from labor_brands.partners.models import OwnKey, Partner
from labor_brands.partners.queries import partner
from labor_brands.partners.rules import request_message
from labor_brands.sending.models import Outgoing
from tests.support.exchange import JINING, SECRET, WANZHOU, lines_of
from tests.support.makers import id_number, make_account, make_employer, make_worker, oneself
from tests.support.market import make_posting, shift
from tests.support.messages import code_sent_to
from tests.support.site import Site, running_site
from tests.support.waiting import until
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.settings import settings
from zero_work_market.market.applications.queries import application_of
from zero_work_market.market.applications.rules import State
from zero_work_market.market.placements.service import cancel_posting
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import NewSkill, Purpose

PATIENCE_S = 240
EMPLOYER, RAN = "13900000101", "13800000202"
TOWN_THERE = "500101001"


@dataclass(frozen=True)
class End:
    """One of the two sites."""

    region: str
    site: Site

    @contextmanager
    def open(self) -> Iterator[Session]:
        """A transaction of the site's database, as one of its own processes opens it."""
        os.environ["LEYE_REGION"] = self.region
        settings.cache_clear()
        connect(self.site.database_url)
        try:
            with transaction() as session:
                yield session
        finally:
            del os.environ["LEYE_REGION"]
            settings.cache_clear()

    def sees(self, asked: Callable[[Session], object]) -> Callable[[], object]:
        def look() -> object:
            with self.open() as session:
                return asked(session)

        return look


@dataclass(frozen=True)
class Pair:
    jining: End
    wanzhou: End
    number: str
    """ID number of the worker of 万州."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Introduced to each other; 120 postings in Jining, and in 万州 a worker who would move and agreed."""
    homes = [tmp_path_factory.mktemp(name) for name in ("jining", "wanzhou")]
    with (
        running_site(homes[0], LEYE_DEMO="1", LEYE_REGION=JINING) as first,
        running_site(homes[1], LEYE_DEMO="1", LEYE_REGION=WANZHOU) as second,
    ):
        ends, number = (End(JINING, first), End(WANZHOU, second)), id_number(region=WANZHOU)
        at = clock.now()
        with ends[0].open() as session:
            employer = make_employer(session, account=make_account(session, phone_number=EMPLOYER), at=at)
            for ahead in range(120):
                make_posting(session, employer=employer, at=at, shifts=(shift(1 + ahead % 9, now=at),))
        with ends[1].open() as session:
            make_worker(
                session, name="冉光明", number=number, town=TOWN_THERE, relocates=True, at=at, brands=["WZ-1"],
                account=make_account(session, phone_number=RAN), skills=[NewSkill("6-31-05-00", 3)],
            )  # fmt: skip
        introduce(*ends)
        yield Pair(*ends, number)


def introduce(*ends: End) -> None:
    at, told = clock.now(), {}
    for end in ends:
        with end.open() as session:
            key = partners.make_key(session, by=SYSTEM, at=at)
            told[end.region] = key.key_id, base64.b64encode(key.public).decode()
    for own, other in (ends, reversed(ends)):
        with own.open() as session:
            by = {"code": other.region, "by": SYSTEM, "at": at}
            shared = base64.b64encode(SECRET).decode()
            partners.add_partner(session, url=other.site.url, shared=shared, **by)
            key_id, public = told[other.region]
            partners.add_partner_key(session, key_id=key_id, public=public, **by)
            today = clock.local_date(at)
            partners.agree(session, first=today, last=today + timedelta(days=90), source="人社局", people=500, **by)


def open_there(session: Session) -> int:
    return count_open(session, at=clock.now())


def pulls(session: Session) -> object:
    return session.scalars(select(Partner.pulled_at)).one()


def test_120_vacancies_come_once_and_later_pulls_bring_no_new_ones(pair):
    there = pair.wanzhou
    until(there.sees(lambda session: open_there(session) == 120), patience_s=PATIENCE_S)
    last = there.sees(pulls)()
    until(there.sees(lambda session: pulls(session) not in (None, last)), patience_s=PATIENCE_S)
    with there.open() as session:
        new = session.scalar(select(func.sum(Transfer.new)).where(Transfer.direction == "in"))
        assert (new, session.scalar(select(func.count()).select_from(ImportedVacancy))) == (120, 120)


def log_in(page: Page, site: Site, phone: str) -> None:
    page.goto(f"{site.url}/login")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="发验证码").click()
    page.get_by_label("短信里的 6 位数").fill(code_sent_to(phone))
    page.get_by_role("button", name="进去").click()
    page.wait_for_url(re.compile(r"/m/\d{6}|/hire"))


def test_a_worker_of_wanzhou_applies_is_asked_to_come_and_is_one_person_in_jining(pair, visitor):
    ran, employer = visitor(), visitor()
    until(pair.wanzhou.sees(open_there), patience_s=PATIENCE_S)
    with pair.wanzhou.open():
        log_in(ran, pair.wanzhou.site, RAN)
    ran.goto(f"{pair.wanzhou.site.url}/far")
    expect(ran.get_by_text("山东济宁嘉祥转来 · 人社局登记").first).to_be_visible()
    ran.get_by_role("link", name="装蒜包装").first.click()
    ran.get_by_role("link", name="申请").click()
    ran.get_by_role("button", name="同意转给他们").click()
    ran.get_by_role("button", name="申请").click()
    expect(ran.get_by_text("申请过，等那边回话")).to_be_visible()

    until(pair.jining.sees(lambda session: messages.newest(session, purpose="remote_applied")), patience_s=PATIENCE_S)
    with pair.jining.open() as session:
        posting_id = int(re.search(r"/hire/(\d+)", messages.newest(session, purpose="remote_applied")[0].body)[1])
    with pair.jining.open():
        log_in(employer, pair.jining.site, EMPLOYER)
    employer.goto(f"{pair.jining.site.url}/hire/{posting_id}")
    expect(employer.locator("#far")).to_contain_text("冉**")
    expect(employer.locator("#far")).to_contain_text("重庆万州")
    expect(employer.locator("#far")).not_to_contain_text("冉光明")
    employer.get_by_role("button", name="请他来").click()
    expect(employer.locator("#far")).to_contain_text("请过了")

    until(pair.wanzhou.sees(lambda session: messages.newest(session, purpose="far_asked")), patience_s=PATIENCE_S)
    with pair.jining.open() as session:
        worker_id = make_worker(session, name="冉光明", number=pair.number, at=clock.now()).id

    def is_invited(session: Session) -> bool:
        row = application_of(session, posting_id=posting_id, worker_id=worker_id)
        return row is not None and row.state == State.INVITED

    until(pair.jining.sees(is_invited), patience_s=PATIENCE_S)
    with pair.jining.open() as session:
        assert came_through(session, [worker_id])[worker_id].partner_name == "重庆万州"


def test_a_withdrawn_vacancy_is_gone_there_and_whoever_applied_is_told(pair):
    until(pair.wanzhou.sees(lambda session: open_there(session) == 120), patience_s=PATIENCE_S)
    with pair.wanzhou.open() as session:
        worker = session.scalars(select(Worker)).one()
        by = oneself(worker)
        workers.consent(session, worker_id=worker.id, purpose=Purpose.EXCHANGE, by=by, at=clock.now())
        row = session.scalars(open_vacancies(at=clock.now())).all()[-1]
        exchange.apply(session, vacancy_id=row.id, worker_id=worker.id, by=by, at=clock.now())
        remote_id = row.remote_id
    with pair.jining.open() as session:
        posting = session.get_one(Posting, int(remote_id.removeprefix("v-")))
        cancel_posting(session, posting_id=posting.id, by=oneself(posting.employer), at=clock.now())
    gone = select(ImportedVacancy.gone).where(ImportedVacancy.remote_id == remote_id)
    until(pair.wanzhou.sees(lambda session: session.scalar(gone) == "withdrawn"), patience_s=PATIENCE_S)
    until(pair.wanzhou.sees(lambda session: messages.newest(session, purpose="far_closed")), patience_s=PATIENCE_S)
    with urllib.request.urlopen(f"{pair.wanzhou.site.url}/far") as page:
        assert "119 个" in page.read().decode()
    with pair.jining.open() as session:
        assert partner(session, WANZHOU).failures == 0


def pulled(pair: Pair) -> bytes:
    """All that Jining's site gives to 万州's, asked for as that does."""
    with pair.wanzhou.open() as session:
        key = session.scalars(select(OwnKey)).one()
        private, key_id = Ed25519PrivateKey.from_private_bytes(key.private), key.key_id
    path, moment = "/exchange/v1/bundles?after=0", clock.now().isoformat()
    headers = {
        "X-Exchange-Partner": WANZHOU, "X-Exchange-Key": key_id, "X-Exchange-Date": moment,
        "X-Exchange-Signature": base64.b64encode(private.sign(request_message(path, moment))).decode(),
    }  # fmt: skip
    with urllib.request.urlopen(urllib.request.Request(f"{pair.jining.site.url}{path}", headers=headers)) as answer:
        return bytes(answer.read())


def test_no_number_or_name_of_anybody_is_in_the_bytes_that_leave(pair):
    body = pulled(pair)
    assert {line["kind"] for line in lines_of(body)} == {"vacancy", "hire", "tombstone"}
    with pair.jining.open() as session:
        employer = session.scalars(select(Employer)).one()
        secrets = [employer.operator_id_number, employer.operator, EMPLOYER]
    with pair.wanzhou.open() as session:
        told = str(session.scalars(select(Outgoing.body)).all()).encode()
        worker = session.scalars(select(Worker)).one()
        secrets += [worker.id_number, worker.name, RAN, worker.id_number_hash]
    assert [secret for secret in secrets if secret.encode() in body + told] == []
