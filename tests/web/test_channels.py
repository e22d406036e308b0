"""Export channels as staff keep them and as workers and visitors see them, through the site with its CSRF tokens."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from labor_brands.export_channels import service
from labor_brands.export_channels.models import Channel, Dispatch
from labor_brands.export_channels.rules import DispatchState
from tests.support.brands import make_brand
from tests.support.channels import make_channel, make_dispatch, put_on_a_bus, work
from tests.support.makers import COUNTY, TOWN, make_employer, make_staff, make_worker
from tests.support.market import make_posting, shift
from tests.support.pages import Pages, Visit, words
from web.tasks.channels import tell_changed, tell_put_on
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import Organised
from zero_work_market.market.placements.service import accept
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.statistics.standings import service as standings

pytestmark = pytest.mark.usefixtures("sqlite")

FORM = {
    "name": "嘉祥石匠去青岛", "origin": "jiaxiang-shidiao", "kind": "directed", "region": "370000", "place": "青岛市",
    "partner_kind": "association", "partner": "青岛石材商会",
}  # fmt: skip
BUS = {
    "hour": "06:30", "meeting_place": "县汽车站东门", "transport": "大巴", "bring": "身份证", "contact": "刘队长",
    "phone": "13800001234", "notes": "",
}  # fmt: skip


@pytest.fixture
def county(visit: Visit) -> Pages:
    with transaction() as session:
        make_brand(session, code=FORM["origin"], name="嘉祥石匠")
        account_id = make_staff(session).account_id
    return visit(account_id)


def today() -> date:
    return clock.local_date(clock.now())


def a_channel(*, agreed: int = 0) -> int:
    with transaction() as session:
        channel = make_channel(session, at=clock.now())
        if agreed:
            days = {"from_on": today() - timedelta(days=150), "until_on": today() + timedelta(days=10)}
            service.agree(session, channel_id=channel.id, **days, number=agreed, by=SYSTEM, at=clock.now())
        return channel.id


def test_staff_open_a_channel_agree_on_a_number_and_add_the_employer(county: Pages) -> None:
    made = county.post("/staff/channels/new", **FORM)
    page = made.location
    assert made.status_code == 303
    with transaction() as session:
        employer = make_employer(session, name="青岛石材有限公司")
    assert county.post(f"{page}/agree", from_on="2026-01-01", until_on="2026-06-30", number="100").status_code == 303
    assert county.post(f"{page}/employer", employer="青岛石材").status_code == 303
    said = county.read(page)
    for word in ("嘉祥石匠去山东省 青岛市", "2026 年 1 月 1 日到 6 月 30 日", employer.name, "青岛石材商会"):
        assert word in said
    again = county.post(f"{page}/agree", from_on="2026-06-30", until_on="2026-12-31", number="5")
    assert (again.status_code, "跟已经约好的撞了：1 月 1 日到 6 月 30 日。" in words(again.text)) == (422, True)


def test_a_form_that_lacks_something_says_so_beside_it_and_keeps_the_rest(county: Pages) -> None:
    answer = county.post("/staff/channels/new", **FORM | {"place": "", "region": "990000"})
    assert answer.status_code == 422
    assert 'value="青岛石材商会"' in answer.text
    assert "具体地方" in words(answer.text)
    assert county.post("/staff/channels/new", **FORM | {"origin": ""}).status_code == 422
    with transaction() as session:
        assert session.scalars(select(Channel)).all() == []


def test_an_employer_whose_name_many_have_is_not_guessed_at(county: Pages) -> None:
    channel_id = a_channel()
    with transaction() as session:
        for name in ("祥城石材有限公司", "永昌石材有限公司"):
            make_employer(session, name=name)
    answer = county.post(f"/staff/channels/{channel_id}/employer", employer="石材")
    assert (answer.status_code, "有好几家对得上" in words(answer.text)) == (422, True)
    assert county.post(f"/staff/channels/{channel_id}/employer", employer="祥城石材有限公司").status_code == 303


def test_a_bus_is_planned_filled_sent_and_arrives(county: Pages) -> None:
    with transaction() as session:
        channel_id = make_channel(session, at=clock.now()).id
        people = [make_worker(session, brands=["jiaxiang-shidiao"], name=name).id for name in ("丁一", "戊二", "己三")]
    day = clock.local_date(clock.now() + timedelta(hours=1)).isoformat()
    soon = f"{clock.local(clock.now() + timedelta(hours=1)):%H:%M}"
    made = county.post(f"/staff/channels/{channel_id}/dispatches/new", **BUS | {"day": day, "hour": soon})
    page = made.location
    assert made.status_code == 303
    assert "还能放谁 3 人" in county.read(page)
    assert county.post(f"{page}/put_on").status_code == 422
    assert county.post(f"{page}/put_on", worker=people).status_code == 303
    assert county.post(f"{page}/take_off", worker=people[2]).status_code == 303
    with transaction() as session:
        bus = session.scalars(select(Dispatch)).unique().one()
        bus.departs_at = clock.now() - timedelta(minutes=5)
    assert county.post(f"{page}/depart", worker=people[:1]).status_code == 303
    assert county.post(f"{page}/arrive", worker=people[1]).status_code == 422
    assert county.post(f"{page}/arrive", worker=people[0]).status_code == 303
    said = county.read(page)
    assert "丁* 嘉祥街道 到了" in said or "丁*" in said
    assert "没上车" in said
    with transaction(read_only=True) as session:
        assert session.scalars(select(Dispatch)).unique().one().state == DispatchState.ARRIVED


def test_each_figure_opens_to_its_persons_and_their_proof_and_is_exported_to_the_digit(county: Pages) -> None:
    channel_id = a_channel(agreed=10)
    start = today() - timedelta(days=100)
    with transaction() as session:
        channel = session.get_one(Channel, channel_id)
        stays, leaves, missed = (make_worker(session, name=name) for name in ("赵一一", "钱二二", "孙三三"))
        make_dispatch(session, channel, leaves=start, riders=[stays, leaves, missed], boarded=[stays, leaves])
        for days in (1, 31, 61, 91):
            work(session, channel, stays, start + timedelta(days=days))
        last = work(session, channel, leaves, start + timedelta(days=1)).id
        period = channel.periods[0].id
    people = f"/staff/channels/{channel_id}/people?period={period}"
    sent = county.read(f"{people}&show=sent")
    assert ("赵**" in sent, "钱**" in sent, "孙**" in sent) == (True, True, False)
    assert "钱**" not in county.read(f"{people}&show=stay90")
    left_out = county.get(f"{people}&show=stay90&out=1")
    assert ("钱**" in left_out, "赵**" in left_out) == (True, False)
    assert "不在了，干到" in words(left_out)
    assert f"/staff/placements/{last}" in left_out
    listed = county.read("/staff/channels")
    assert "约了 10 人，去了 2 人，还在 1 人" in county.get("/staff/channels")
    assert "嘉祥石匠去青岛" in listed
    book = load_workbook(BytesIO(county.open(f"/staff/channels/{channel_id}/export").data))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert rows[1][1:7] == (10, 2, 2, 2, 1, 1)
    assert rows[1][7:] == (10.0, 50.0)
    with transaction(read_only=True) as session:
        assert session.scalars(select(AuditRow).where(AuditRow.verb == "channel.exported")).one().details == {"rows": 2}


def test_a_channel_that_dries_up_is_among_what_is_to_be_done(county: Pages) -> None:
    a_channel(agreed=100)
    for path in ("/staff/channels", "/staff"):
        assert "150 天没送人了" in county.read(path)
    assert "通道快断了" in county.read("/staff")


def test_staff_say_which_postings_are_the_channels(county: Pages) -> None:
    channel_id = a_channel()
    with transaction() as session:
        channel = session.get_one(Channel, channel_id)
        employer = session.get_one(Employer, channel.employers[0].employer_id)
        now = clock.now()
        own = make_posting(session, employer=employer, at=now, shifts=(shift(now=now),)).id
        foreign = make_posting(session, at=now, shifts=(shift(now=now),)).id
    ticked = {"offered": [own, foreign], "posting": [own, foreign]}
    assert county.post(f"/staff/channels/{channel_id}/postings", **ticked).status_code == 303
    with transaction(read_only=True) as session:
        found = [session.get_one(Posting, one).channel for one in (own, foreign)]
    assert found == [channel.code, ""]


def ride(visit: Visit) -> tuple[Pages, int, int, Worker]:
    now = clock.now()
    with transaction() as session:
        worker = make_worker(session)
        posting = make_posting(session, at=now, shifts=(shift(2, now=now),))
        accept(session, posting_id=posting.id, worker_id=worker.id, by=SYSTEM, at=now)
        bus = put_on_a_bus(session, posting_id=posting.id, worker_id=worker.id, at=now)
    return visit(worker.account_id), posting.id, bus.id, worker


def test_a_worker_reads_when_and_where_the_bus_leaves_and_whom_to_call(visit: Visit) -> None:
    own, posting_id, bus_id, _ = ride(visit)
    for path in (f"/work/mine/{posting_id}", "/work/mine"):
        said = own.read(path)
        for word in ("县汽车站东门", "大巴 鲁H12345", "带上身份证、被褥", "找王站长"):
            assert word in said, path
    with transaction() as session:
        bus = session.get_one(Dispatch, bus_id)
        phone = bus.contact_phone
    assert phone not in own.get(f"/work/mine/{posting_id}")
    assert phone in own.post(f"/work/rides/{bus_id}/phone").text
    with transaction() as session:
        other = make_worker(session)
        service.put_on(session, dispatch_id=bus_id, worker_ids=[other.id], by=SYSTEM, at=clock.now())
    assert visit(other.account_id).post(f"/work/rides/{bus_id}/phone").status_code == 404


def test_everybody_reads_who_organises_a_posting_and_where_to_gather_but_no_phone(visit: Visit) -> None:
    _, posting_id, bus_id, _ = ride(visit)
    visitor = visit(None)
    said = visitor.read(f"/postings/{posting_id}")
    assert "由青岛石材商会组织" in said
    assert "集合在县汽车站东门" in said
    with transaction() as session:
        assert session.get_one(Dispatch, bus_id).contact_phone not in visitor.get(f"/postings/{posting_id}")
        service.call_off(session, dispatch_id=bus_id, by=SYSTEM, at=clock.now())
    assert "集合在" not in visitor.read(f"/postings/{posting_id}")


def test_who_is_put_on_the_roster_is_told_and_told_again_when_it_changes_or_is_called_off(visit: Visit) -> None:
    _, _, bus_id, worker = ride(visit)
    with transaction() as session:
        tell_put_on(session, {"dispatch_id": bus_id, "worker_id": worker.id})
        tell_put_on(session, {"dispatch_id": bus_id, "worker_id": make_worker(session).id})
        [told] = messages.newest(session, purpose="put_on_roster")
        assert told.phone == worker.phone
        assert "在县汽车站东门上车" in (told.body or "")
        session.get_one(Dispatch, bus_id).meeting_place = "西门"
        tell_changed(session, {"dispatch_id": bus_id})
        service.call_off(session, dispatch_id=bus_id, by=SYSTEM, at=clock.now())
        tell_changed(session, {"dispatch_id": bus_id})
        bodies = [one.body or "" for one in messages.newest(session, purpose="dispatch_changed")]
    assert ["取消了" in bodies[0], "在西门上车" in bodies[1]] == [True, True]


def test_an_employer_posts_to_its_own_channel_and_to_no_other(visit: Visit) -> None:
    with transaction() as session:
        channel = make_channel(session, at=clock.now())
        other = make_channel(session, name="别家的", at=clock.now())
        employer = session.get_one(Employer, channel.employers[0].employer_id)
        account = session.get_one(Account, employer.account_id).id
    own = visit(account)
    said = own.read("/hire/new")
    assert ("嘉祥石匠去青岛" in said, "别家的" in said) == (True, False)
    slip = {
        "title": "装蒜包装", "trades": "6-31-05-00", "trades_of": "装蒜包装", "headcount": "3", "town": TOWN,
        "day": (today() + timedelta(days=1)).isoformat(), "start": "08:00", "end": "12:00", "address": "永昌 2 号库",
        "pay": "20", "pay_kind": "hour", "pay_days": "7", "min_age": "18", "words": "手脚麻利",
    }  # fmt: skip
    refused = own.post("/hire/new", **slip | {"channel": other.code})
    assert (refused.status_code, "哪条通道：没有这个" in words(refused.text)) == (422, True)
    assert own.post("/hire/new", **slip | {"channel": channel.code}).status_code == 303
    with transaction(read_only=True) as session:
        assert [one.channel for one in session.scalars(select(Posting))] == [channel.code]


def test_how_hires_were_come_by_is_told_by_county_with_who_helped(county: Pages) -> None:
    now = clock.now()
    with transaction() as session:
        agent = make_staff(session, Role.VILLAGE_AGENT, f"{TOWN}201")
        session.get_one(Account, agent.account_id).display_name = "周勇"
        posting = make_posting(session, at=now - timedelta(days=3), shifts=(shift(-1, now=now),))
        for by in (agent, SYSTEM, SYSTEM):
            worker = make_worker(session)
            at = now - timedelta(days=2, hours=12)
            accept(session, posting_id=posting.id, worker_id=worker.id, by=by, at=at)
        channel = make_channel(session, at=now)
        work(session, channel, make_worker(session), today() - timedelta(days=1))
        for held in session.scalars(select(Placement)):
            held.arrived_at = held.arrived_at or posting.closes_at
        by_agent = session.scalars(select(Placement).where(Placement.organised_by == Organised.AGENT)).one()
    said = county.read(f"/staff/organised?place={COUNTY}")
    assert "50%" in said
    assert "周勇" in said
    rows = county.get(f"/staff/organised?place={COUNTY}&how=agent")
    assert re.findall(r"/staff/placements/(\d+)", rows) == [str(by_agent.id)]


def test_the_county_that_sent_somebody_sees_the_proof_of_it_in_another_county_and_no_more(visit: Visit) -> None:
    start = today() - timedelta(days=9)
    with transaction() as session:
        channel = make_channel(session, at=clock.now(), county="370828", brand="")
        sent, local = make_worker(session), make_worker(session)
        make_dispatch(session, channel, leaves=start, riders=[sent])
        held, other = (work(session, channel, one, start, carries=False).id for one in (sent, local))
        staff, strangers = (make_staff(session, region=region).account_id for region in ("370828", "370827"))
    with transaction() as session:
        standings.make(session, [held, other], today=today())
    answers = [
        visit(account).open(f"/staff/placements/{placement}").status_code
        for account in (staff, strangers)
        for placement in (held, other)
    ]
    assert answers == [200, 403, 403, 403]
