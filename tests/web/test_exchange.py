"""The exchange's pages as they are used, and the address that partner sites pull from."""

import base64
import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from labor_brands.bundles.rules import Reader, person_hash
from labor_brands.exchange.models import ImportedVacancy, OwnApplication, RemoteApplication, Transfer
from labor_brands.exchange.rules import Sent, Stage
from labor_brands.partners import service as partners
from labor_brands.partners.models import Partner
from labor_brands.partners.rules import request_message
from tests.support.exchange import (
    SECRET,
    WANZHOU,
    Far,
    agreed_worker,
    application,
    hire,
    lines_of,
    make_far,
    take,
    tombstone,
    vacancy,
)
from tests.support.makers import id_number, make_worker
from tests.support.pages import Pages, Visit, words
from tests.web.api.scene import Person, a_posting, a_staff, a_worker, an_employer
from web.exchange import keep_up
from web.tasks.handlers import ERRANDS, HANDLERS
from zero_work_market.ground import clock, messages, outbox
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.workers.models import Worker

pytestmark = pytest.mark.usefixtures("sqlite")


@pytest.fixture
def desk(visit: Visit) -> Pages:
    return visit(a_staff(Role.CITY, "370800"))


@pytest.fixture
def far(visit: Visit) -> Far:
    with transaction() as session:
        partners.make_key(session, by=SYSTEM, at=clock.now())
        return make_far(session, at=clock.now())


def taken(far: Far, *lines: bytes) -> None:
    with transaction() as session:
        take(session, far.bundle(lines, at=clock.now()), at=clock.now())


def a_vacancy(far: Far, **said: Any) -> int:
    taken(far, vacancy(1, at=clock.now(), **said))
    with transaction(read_only=True) as session:
        return session.scalars(select(ImportedVacancy.id)).one()


def deliver(*kinds: str) -> None:
    with transaction(read_only=True) as session:
        waiting = select(OutboxRow.id).where(OutboxRow.done_at.is_(None), OutboxRow.kind.in_(kinds))
        ids = session.scalars(waiting.order_by(OutboxRow.id)).all()
    for event_id in ids:
        outbox.deliver(event_id, HANDLERS, ERRANDS)


def said_to(purpose: str) -> list[str]:
    with transaction(read_only=True) as session:
        return [one.body or "" for one in messages.newest(session, purpose=purpose)]


def a_far_worker(**said: Any) -> Person:
    with transaction() as session:
        worker = agreed_worker(session, at=clock.now(), **said)
        return Person(worker.account_id, worker.id)


def test_a_job_elsewhere_is_shown_with_where_it_comes_from(visit, far):
    number, visitor = a_vacancy(far), visit()
    for path in ("/far", "/m/370829", "/m/370829/search?q=包装工", f"/far/{number}"):
        assert "重庆万州转来 · 万州区人社局登记" in visitor.read(path), path
    assert "包装工 1" not in visitor.read("/m/370829/search?q=电焊工")


def test_a_job_elsewhere_says_its_break_and_hours_without_it(visit, far):
    page = visit().read(f"/far/{a_vacancy(far, break_minutes=60)}")
    assert "中间休息 1 小时" in page
    assert "23 元/小时 × 7 小时" in page


def test_a_worker_who_would_move_sees_first_what_fits(visit, far):
    at = clock.now()
    taken(
        far,
        vacancy(1, at=at, trades=[{"occupation": "6-18-02-04", "level": 5}]),
        vacancy(2, at=at + timedelta(hours=1)),
        vacancy(3, at=at + timedelta(hours=2), trades=[{"occupation": "6-18-02-04", "level": 5}]),
    )
    shown = visit(a_worker(relocates=True).account).read("/far")
    assert shown.index("包装工 2") < shown.index("包装工 1") < shown.index("包装工 3")
    unmoved = visit(a_worker(relocates=False).account).read("/far")
    assert unmoved.index("包装工 1") < unmoved.index("包装工 2")


def test_applying_asks_for_consent_once_and_can_be_taken_back(visit, far):
    number, worker = a_vacancy(far), visit(a_worker(relocates=True).account)
    page = f"/far/{number}"
    assert "先看转哪些资料" in worker.read(page)
    refused = worker.post(f"/work/far/{number}/apply", on="/work/me/exchange")
    assert "先同意把资料转给那边" in worker.read(refused.location)
    assert "现在结了对的：重庆万州。" in worker.read("/work/me/exchange")
    agreed = worker.post("/work/me/exchange", on=f"/work/me/exchange?job={number}", agree="1", job=str(number))
    assert agreed.location == page
    assert worker.post("/work/me/exchange", on="/work/me/exchange", agree="1").location == "/far"
    worker.post(f"/work/far/{number}/apply", on=page)
    assert "申请过，等那边回话" in worker.read(page)
    assert "我申请的 1 个" in worker.read("/far")
    worker.post(f"/work/far/{number}/withdraw", on=page)
    assert "撤回了" in worker.read(page)


def test_a_withdrawn_vacancy_is_gone_and_its_applicant_is_told(visit, far):
    number, person = a_vacancy(far), a_far_worker(relocates=True)
    worker = visit(person.account)
    worker.post(f"/work/far/{number}/apply", on=f"/far/{number}")
    taken(far, tombstone("v-1", 2))
    deliver("exchange_application_closed")
    assert worker.open(f"/far/{number}").status_code == 409
    assert "包装工 1" not in visit().read("/far")
    assert "那边不招了" in worker.read("/far")
    [told] = said_to("far_closed")
    assert "你申请的重庆万州的活“包装工 1”（万州三峡柑橘有限公司），那边不招了" in told


def test_whom_the_employer_there_wants_is_told(visit, far):
    number, person = a_vacancy(far), a_far_worker(relocates=True)
    visit(person.account).post(f"/work/far/{number}/apply", on=f"/far/{number}")
    keep_up(WANZHOU, at=clock.now())
    with transaction(read_only=True) as session:
        worker = session.get_one(OwnApplication, 1)
        assert worker.state == Sent.APPLIED
    with transaction() as session:
        secret = person_hash(session.get_one(Worker, person.id).id_number, SECRET)
    taken(far, hire(secret, "v-1", 0))
    deliver("exchange_asked_to_come")
    assert "那边请你去" in visit(person.account).read(f"/far/{number}")
    assert "重庆万州的万州三峡柑橘有限公司请你去" in said_to("far_asked")[0]


def test_an_employer_sees_a_far_applicant_masked_and_asks_them(visit, far):
    employer = an_employer()
    posting_id = a_posting(employer)
    number = id_number(region=WANZHOU)
    taken(far, application(person_hash(number, SECRET), f"v-{posting_id}", at=clock.now()))
    deliver("exchange_remote_applied")
    assert "重庆万州的冉**想来干装蒜包装" in said_to("remote_applied")[0]
    page, visitor = f"/hire/{posting_id}", visit(employer.account)
    shown = visitor.read(page)
    for said in ("外地来申请的 1 个", "冉**", "重庆万州", "高级工（证看过）", "万州烤鱼师傅", "请他来"):
        assert said in shown, said
    with transaction(read_only=True) as session:
        row = session.scalars(select(RemoteApplication.id)).one()
    visitor.post(f"{page}/far/{row}/ask", on=page)
    assert "请过了" in visitor.read(page)
    with transaction() as session:
        make_worker(session, number=number, at=clock.now())
    keep_up(WANZHOU, at=clock.now())
    assert "已在这里登记" in visitor.read(page)


def test_another_employer_asks_nobody_and_nobody_asks_for_another_posting(visit, far):
    employer = an_employer()
    posting_id, other = a_posting(employer), a_posting(employer)
    taken(far, application("a" * 64, f"v-{posting_id}", at=clock.now()))
    with transaction(read_only=True) as session:
        row = session.scalars(select(RemoteApplication.id)).one()
    on = f"/hire/{posting_id}"
    own, stranger = visit(employer.account), visit(an_employer().account)
    assert own.post(f"/hire/{other}/far/{row}/ask", on=on).status_code == 404
    assert stranger.post(f"/hire/{posting_id}/far/{row}/ask", on="/hire/me").status_code == 404


def test_a_bundle_is_looked_through_before_it_is_taken(desk, far):
    lines = far.bundle([vacancy(n, at=clock.now()) for n in range(3)], at=clock.now()).splitlines(keepends=True)
    lines[4] = b"?\n"
    sent = desk.post("/staff/exchange/bundles", on="/staff/exchange", file=(BytesIO(b"".join(lines)), "万州.jsonl"))
    shown = desk.read(sent.location)
    for said in ("新的 2 条", "不收的 1 行", "第 5 行", "路上坏了", "收下 2 条"):
        assert said in shown, said
    with transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(ImportedVacancy)) == 0
    desk.post(f"{sent.location}/take", on=sent.location)
    assert "正在收" in desk.read(sent.location)
    deliver("exchange_bundle_uploaded")
    assert "收完了" in desk.read(sent.location)
    with transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(ImportedVacancy)) == 2
        assert session.scalars(select(Transfer.file)).one() is None


def test_a_bundle_whose_key_was_revoked_meanwhile_is_not_taken(desk, far):
    body = far.bundle([vacancy(1, at=clock.now())], at=clock.now())
    sent = desk.post("/staff/exchange/bundles", on="/staff/exchange", file=(BytesIO(body), "a.jsonl"))
    partner = f"/staff/exchange/{WANZHOU}"
    desk.post(f"{partner}/keys", on=partner, revoke=far.key_id)
    desk.post(f"{sent.location}/take", on=sent.location)
    deliver("exchange_bundle_uploaded")
    assert "签名用的钥匙过期或者作废了" in desk.read(sent.location)
    with transaction(read_only=True) as session:
        assert session.scalars(select(Transfer.stage)).one() == Stage.FAILED


def test_what_is_no_bundle_is_refused_in_words(desk, far):
    sent = desk.post("/staff/exchange/bundles", on="/staff/exchange", file=(BytesIO(b"PK"), "a.xlsx"))
    assert (sent.status_code, "这不是交换包" in words(sent.text)) == (422, True)


def test_staff_add_a_partner_its_key_and_an_agreement(desk, visit):
    there, secret = Far(), base64.b64encode(SECRET).decode()
    made = desk.post("/staff/exchange", on="/staff/exchange", partner=WANZHOU, url="", shared=secret)
    page = f"/staff/exchange/{WANZHOU}"
    assert made.location == page
    assert "没有在期的协议" in desk.read(page)
    refused = desk.post(f"{page}/keys", on=page, key_id="wz-1", public="AAAA")
    assert (refused.status_code, "公钥：位数不对" in words(refused.text)) == (422, True)
    desk.post(f"{page}/keys", on=page, key_id="wz-1", public=there.public)
    today = clock.local_date(clock.now())
    desk.post(f"{page}/agree", on=page, first=f"{today}", last=f"{today}", source="济宁市人社局", people="500")
    shown = desk.read(page)
    assert "/ 约定 500" in shown
    assert secret not in shown
    assert "wz-1" in shown


def test_the_download_is_a_bundle_that_the_partner_can_read(desk, far):
    a_posting()
    page = f"/staff/exchange/{WANZHOU}"
    body = desk.post(f"{page}/export", on=page).data
    with transaction(read_only=True) as session:
        public = partners.own_keys(session)[0].public
    reader = Reader(BytesIO(body))
    reader.verify(public)
    assert [line["kind"] for line in lines_of(body)] == ["vacancy"]
    assert "给出去了" in desk.read(page)


def test_a_site_that_cant_be_reached_is_named_on_the_page_and_tried_again(desk, far):
    page = f"/staff/exchange/{WANZHOU}"
    desk.post(page, on=page, url="http://127.0.0.1:9", active="1")
    desk.post(f"{page}/now", on=page)
    shown = desk.read(page)
    assert "连不上" in shown
    assert "再试" in shown
    with transaction(read_only=True) as session:
        row = session.scalars(select(Partner)).one()
        assert row.failures == 1
        assert row.due_at > clock.now()


def signed(far: Far, path: str, *, moment: str | None = None, **changes: str) -> dict[str, str]:
    moment = moment or clock.now().isoformat()
    signature = base64.b64encode(far.key.sign(request_message(path, moment))).decode()
    told = {"Partner": far.code, "Key": far.key_id, "Date": moment, "Signature": signature} | changes
    return {f"X-Exchange-{name}": value for name, value in told.items()}


def test_a_partner_pulls_part_by_part_with_a_signed_request(visit, far):
    for _ in range(3):
        a_posting()
    keep_up(WANZHOU, at=clock.now())
    client, path = visit().client, "/exchange/v1/bundles?after=0&limit=2"
    first = client.get(path, headers=signed(far, path))
    manifest = Reader(BytesIO(first.data)).manifest
    assert (first.status_code, manifest.records, manifest.more) == (200, 2, True)
    path = f"/exchange/v1/bundles?after={manifest.upto}&stream={manifest.stream}"
    rest = Reader(BytesIO(client.get(path, headers=signed(far, path)).data)).manifest
    assert (rest.records, rest.more) == (1, False)
    path = f"/exchange/v1/bundles?after=999&stream={'0' * 32}"
    anew = Reader(BytesIO(client.get(path, headers=signed(far, path)).data)).manifest
    assert anew.records == 3


@pytest.mark.parametrize(
    "change",
    [
        {"Signature": "AAAA"}, {"Key": "wz-2"}, {"Partner": "500102"}, {"Date": "yesterday"},
        {"Date": "2026-01-01T00:00:00"}, {"Signature": "%%%"},
    ],
)  # fmt: skip
def test_nobody_pulls_without_a_right_signature(visit, far, change):
    path = "/exchange/v1/bundles?after=0"
    answer = visit().client.get(path, headers=signed(far, path, **change))
    assert (answer.status_code, answer.is_json) == (401, True)


def test_a_signature_is_good_for_its_own_address_and_its_own_time(visit, far):
    client, path = visit().client, "/exchange/v1/bundles?after=0"
    assert client.get(f"{path}0", headers=signed(far, path)).status_code == 401
    late = (clock.now() - timedelta(minutes=6)).isoformat()
    assert client.get(path, headers=signed(far, path, moment=late)).status_code == 401
    assert client.get(path, headers=signed(far, path)).status_code == 200


LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


def test_a_public_posting_carries_itself_as_schema_org_job_posting(visit):
    posting_id = a_posting(words="</script><script>alert(1)</script> 找王姐 13900001111")
    page = visit().get(f"/postings/{posting_id}")
    [block] = LD.findall(page)
    told = json.loads(block)
    assert (told["@context"], told["@type"], told["title"]) == ("https://schema.org", "JobPosting", "装蒜包装")
    assert told["baseSalary"]["value"] == {"@type": "QuantitativeValue", "value": 18.0, "unitText": "HOUR"}
    assert told["jobLocation"]["address"]["addressCountry"] == "CN"
    assert "</script><script>alert(1)</script>" in told["description"]
    assert "13900001111" not in block
    assert "alert(1)</script>" not in page


def test_a_posting_that_takes_nobody_carries_nothing_for_machines(visit):
    posting_id = a_posting()
    with transaction() as session:
        session.get_one(Posting, posting_id).state = "withdrawn"
    assert LD.findall(visit().get(f"/postings/{posting_id}")) == []
