"""The staff's pages as staff of each level use them, through the site with its CSRF tokens."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.support.hires import agree, make_hire
from tests.support.makers import COUNTY, PNG, TOWN, VILLAGE, id_number, make_employer, make_village, make_worker, phone
from tests.support.market import PACKER, shift
from tests.support.pages import Pages, Visit, words
from tests.web.api.scene import Person, a_posting, a_staff, a_worker, an_employer
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications import service as applications
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.queries import held_by
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import NewSkill
from zero_work_market.rights.wages.models import Wage

OTHER_COUNTY, OTHER_TOWN = "370828", "370828002"
TODO = re.compile(r'<li( class="hot")?><span class="c">(\d+)</span><div><b>([^<]+)</b>')


@pytest.fixture
def desk(visit: Visit, database: Engine) -> Visit:
    """Makes the desk of new staff with a role for a region; of the county's staff unless told otherwise."""
    return lambda role=Role.COUNTY, region=COUNTY: visit(a_staff(role, region), "/staff")


def an_accepted_seat(worker: Person | None = None, **posting: Any) -> int:
    """Id of a posting for tomorrow of which a worker holds a seat."""
    posting_id, worker = a_posting(**posting), worker or a_worker()
    with transaction() as session:
        placements.accept(session, posting_id=posting_id, worker_id=worker.id, by=SYSTEM, at=clock.now())
    return posting_id


def a_villager(**said: Any) -> Person:
    with transaction() as session:
        make_village(session, VILLAGE)
    return a_worker(village=VILLAGE, **said)


def looks() -> list[tuple[str, str]]:
    with transaction(read_only=True) as session:
        seen = select(AuditRow.verb, AuditRow.reason).where(AuditRow.reason != "").order_by(AuditRow.id)
        return [(verb, reason) for verb, reason in session.execute(seen)]


# ── the board ──


def test_board_counts_accepted_seats_of_its_county_and_opens_into_their_rows(desk):
    an_accepted_seat()
    an_accepted_seat(town=OTHER_TOWN)
    county = desk()
    assert "接了单 1 人次 · 1 人" in county.read("")
    rows = county.read("/rows/seats")
    assert "张** 装蒜包装" in rows
    assert "显示 1 / 1 行" in rows


def test_city_sees_every_county_and_drills_down_to_the_rows_of_a_town(desk):
    posting_id = an_accepted_seat()
    city = desk(Role.CITY, "370800")
    page = city.get("")
    assert page.count("/staff?place=3708") >= 12
    assert f"/staff?place={TOWN}" in city.get("", place=COUNTY)
    town = city.get("", place=TOWN)
    assert "张**" in town
    assert f"/postings/{posting_id}" in town


def test_an_accepted_seat_is_said_not_to_be_employment(desk):
    an_accepted_seat()
    assert "接单是 L1，约好了还没到岗，不算就业" in desk().read("")
    assert "L1 接了单" in desk().read("/rows/seats")


def test_persons_are_counted_once_and_seats_each_time(desk):
    worker = a_worker()
    an_accepted_seat(worker)
    an_accepted_seat(worker, shifts=(shift(2, now=clock.now()),))
    assert "接了单 2 人次 · 1 人" in desk().read("")


def test_board_of_one_day_counts_the_work_that_starts_on_it(desk):
    an_accepted_seat()
    today = clock.local_date(clock.now())
    assert "接了单 0 人次" in desk().read("", days=today.isoformat())
    assert "接了单 1 人次" in desk().read("", days=(today + timedelta(days=1)).isoformat())


@pytest.mark.parametrize("days", ["0001-01-01", "9999-12-31", "soon"])
def test_days_out_of_reach_mean_the_seven_from_today(desk, days):
    an_accepted_seat()
    assert "接了单 1 人次" in desk().read("", days=days)


def test_invitations_open_into_who_was_asked_and_what_they_said(desk):
    worker, posting_id = a_worker(), a_posting()
    with transaction() as session:
        posting = locked(session, posting_id)
        applications.invite(session, posting=posting, scores={worker.id: None}, by=SYSTEM, at=clock.now())
    assert "张** 装蒜包装 永昌蒜业有限公司 · 嘉祥街道" in desk().read("/rows/invitations")
    assert "还没回话" in desk().read("/rows/invitations")


def test_board_tells_what_waits_and_how_long(desk):
    an_employer(state=Verification.WAITING, at=clock.now() - timedelta(days=2))
    page = desk().read("")
    assert "1 单位核验 最早的等了 2 天：嘉祥 永昌蒜业有限公司" in page
    assert "岗位审核 最早" not in page


def test_town_staff_have_no_queue_of_employers_and_see_their_town(desk):
    an_accepted_seat()
    town = desk(Role.TOWN, TOWN)
    assert "接了单 1 人次" in town.read("")
    assert "单位核验" not in town.read("")
    assert town.open("/employers").status_code == 403


def test_village_agent_sees_that_village_only(desk):
    an_accepted_seat(a_villager())
    an_accepted_seat(a_worker())
    agent = desk(Role.VILLAGE_AGENT, VILLAGE)
    page = agent.read("")
    assert "登记了的 1 人" in page
    assert "接了单 1 人次 · 1 人" in page
    assert "显示 1 / 1 行" in agent.read("/rows/seats")
    for place in (TOWN, COUNTY, f"{TOWN}202"):
        assert agent.open("", place=place).status_code == 403
        assert agent.open("/rows/seats", place=place).status_code == 403


def test_board_of_another_county_is_refused(desk):
    assert desk().open("", place=OTHER_COUNTY).status_code == 403
    assert desk().open("/rows/postings", place="370800").status_code == 403
    assert desk().open("", place="nowhere").status_code == 422


# ── employers ──


def test_verifying_takes_an_employer_out_of_the_queue(desk):
    row, county = an_employer(state=Verification.WAITING), desk()
    assert "等着的 1" in county.read("/employers")
    assert county.post(f"/employers/{row.id}/verify").status_code == 303
    assert "都核完了" in county.read("/employers")
    with transaction(read_only=True) as session:
        assert session.get_one(Employer, row.id).state == Verification.VERIFIED


def test_an_employer_without_all_papers_has_no_button_that_verifies(desk):
    row = an_employer(state=Verification.WAITING, papers=[])
    page = desk().read(f"/employers/{row.id}")
    assert "还没交：营业执照、经办人身份证、委托书" in page
    assert "都对，通过" not in page
    refused = desk().post(f"/employers/{row.id}/verify")
    assert refused.status_code == 409
    assert "三样都要" in words(refused.text)


def test_refusing_without_a_reason_keeps_what_was_typed(desk):
    row = an_employer(state=Verification.WAITING)
    answer = desk().post(f"/employers/{row.id}/refuse", reason="糊")
    assert answer.status_code == 422
    assert ">糊</textarea>" in answer.text
    assert "写清事由" in words(answer.text)


def test_suspending_takes_the_open_postings_along(desk):
    employer = an_employer()
    posting_id = an_accepted_seat(employer=employer)
    assert desk().post(f"/employers/{employer.id}/suspend", reason="有人反映不给工钱").status_code == 303
    with transaction(read_only=True) as session:
        assert session.get_one(Posting, posting_id).state == "suspended"
        assert held_by(session, posting_id=posting_id) == []


def test_a_paper_is_shown_and_the_look_logged(desk):
    row, county = an_employer(state=Verification.WAITING), desk()
    paper = county.open(f"/employers/{row.id}/papers/licence")
    assert (paper.data, paper.mimetype) == (PNG, "image/png")
    assert "办事员 县级 今天" in county.read("/looks")
    assert "营业执照 核验" in county.read("/looks")


def test_the_operator_is_masked_until_a_reason_is_given(desk):
    row, county = an_employer(state=Verification.WAITING), desk()
    assert "王海燕" not in county.read(f"/employers/{row.id}")
    assert county.post(f"/employers/{row.id}/operator", reason="看").status_code == 422
    assert "王海燕" in words(county.post(f"/employers/{row.id}/operator", reason="打电话核对").text)
    assert ("employer.reveal_operator", "打电话核对") in looks()


def test_employers_of_another_county_are_refused(desk):
    row, other = an_employer(state=Verification.WAITING), desk(Role.COUNTY, OTHER_COUNTY)
    for path in (f"/employers/{row.id}", f"/employers/{row.id}/papers/licence"):
        assert other.open(path).status_code == 403
    assert other.post(f"/employers/{row.id}/verify").status_code == 403
    assert other.open("/employers/999999").status_code == 404


# ── postings ──


def waiting_posting(**said: Any) -> int:
    return a_posting(an_employer(state=Verification.WAITING), **said)


def test_a_waiting_posting_shows_what_the_gate_warns_of_with_the_clause(desk):
    posting_id = waiting_posting(words="35 岁以下优先，手脚麻利。")
    page = desk().get(f"/postings/{posting_id}")
    assert "<mark>35 岁以下</mark>优先，手脚麻利。" in page
    assert "就业促进法" in page


def test_approval_lets_a_posting_out(desk):
    posting_id, county = waiting_posting(), desk()
    assert "等着的 1" in county.read("/postings")
    assert county.post(f"/postings/{posting_id}/approve").status_code == 303
    assert "都看完了" in county.read("/postings")
    assert "正在招的 1" in county.read("/postings", show="open")


def test_refusing_a_posting_needs_a_reason_and_keeps_what_was_typed(desk):
    posting_id, county = waiting_posting(), desk()
    answer = county.post(f"/postings/{posting_id}/refuse", reason="不")
    assert (answer.status_code, ">不</textarea>" in answer.text) == (422, True)
    assert county.post(f"/postings/{posting_id}/refuse", reason="地址写错了县").status_code == 303


def test_taking_down_an_open_posting_takes_its_seats_away_and_says_why(desk):
    posting_id = an_accepted_seat()
    assert desk().post(f"/postings/{posting_id}/take_down", reason="跟电话里说的不一样").status_code == 303
    with transaction(read_only=True) as session:
        posting = session.get_one(Posting, posting_id)
        assert (posting.state, posting.state_reason) == ("refused", "跟电话里说的不一样")
        assert held_by(session, posting_id=posting_id) == []


def test_postings_of_another_county_are_refused(desk):
    posting_id, other = waiting_posting(), desk(Role.COUNTY, OTHER_COUNTY)
    assert other.open(f"/postings/{posting_id}").status_code == 403
    assert other.post(f"/postings/{posting_id}/approve").status_code == 403


# ── accounts and villages ──

NEW_STAFF = {"display_name": "嘉祥街道驿站 王敏", "login_name": "wangmin", "password": "jiaxiang-jiedao-26"}


def test_an_account_is_made_for_a_region_below_and_its_secret_shown_once(desk):
    county = desk()
    answer = county.post("/accounts/new", region=TOWN, **NEW_STAFF)
    assert answer.status_code == 200
    with transaction(read_only=True) as session:
        made = session.scalars(select(Account).where(Account.login_name == "wangmin")).one()
        assert made.totp is not None
        assert made.totp in answer.text
        assert [(held.role, held.region) for held in made.grants] == [(Role.TOWN, TOWN)]
    assert made.totp not in county.get(f"/accounts/{made.id}")
    assert "<svg" in answer.text
    assert "style=" not in answer.text


def test_nobody_gives_their_own_level(desk):
    county = desk()
    assert f'value="{COUNTY}"' not in county.get("/accounts/new")
    assert county.post("/accounts/new", region=COUNTY, **NEW_STAFF).status_code == 403


def test_a_login_name_that_is_taken_leaves_the_form_filled(desk):
    county = desk()
    county.post("/accounts/new", region=TOWN, **NEW_STAFF)
    answer = county.post("/accounts/new", region=TOWN, **NEW_STAFF)
    assert answer.status_code == 409
    assert 'value="wangmin"' in answer.text
    assert NEW_STAFF["password"] not in answer.text


def test_roles_are_given_and_taken_back(desk):
    town, county = a_staff(Role.TOWN, TOWN), desk()
    county.post(f"/accounts/{town}/grant", region="370829101")
    assert "纸坊镇" in county.read(f"/accounts/{town}")
    county.post(f"/accounts/{town}/revoke", region="370829101")
    assert county.post(f"/accounts/{town}/revoke", region=TOWN).location.endswith("/staff/accounts")


def test_ending_the_sessions_logs_out(visit, desk):
    town = a_staff(Role.TOWN, TOWN)
    theirs = visit(town, "/staff")
    assert theirs.open("").status_code == 200
    desk().post(f"/accounts/{town}/sessions")
    assert theirs.open("").status_code == 302


def test_a_decision_that_comes_too_late_is_told(desk):
    row, county = an_employer(state=Verification.WAITING), desk()
    county.post(f"/employers/{row.id}/verify")
    answer = county.post(f"/employers/{row.id}/refuse", reason="执照看不清")
    assert answer.status_code == 409
    assert "已经变了" in words(answer.text)


def test_closing_an_account_is_asked_twice(desk):
    town, county = a_staff(Role.TOWN, TOWN), desk()
    assert county.post(f"/accounts/{town}/close").status_code == 422
    assert county.post(f"/accounts/{town}/close", sure="1").status_code == 303
    assert county.open(f"/accounts/{town}").status_code == 404


def test_accounts_beside_and_above_are_out_of_reach(desk):
    town = desk(Role.TOWN, TOWN)
    for other in (a_staff(Role.COUNTY, COUNTY), a_staff(Role.TOWN, OTHER_TOWN)):
        assert town.open(f"/accounts/{other}").status_code == 403
        assert town.post(f"/accounts/{other}/sessions").status_code == 403


def test_a_village_is_added_to_ones_own_town_by_its_code(desk):
    town = desk(Role.TOWN, TOWN)
    wrong = town.post("/villages", town=TOWN, village_code=f"{OTHER_TOWN}201", village_name="东李村")
    assert (wrong.status_code, 'value="东李村"' in wrong.text) == (422, True)
    assert town.post("/villages", town=TOWN, village_code=VILLAGE, village_name="东李村").status_code == 303
    assert "东李村" in town.read("/villages")
    assert town.post("/villages", town=OTHER_TOWN, village_code=VILLAGE, village_name="西李村").status_code == 403


# ── workers ──


def registration(**said: Any) -> dict[str, Any]:
    return {"slip": "JX-0001", "name": "李秀英", "id_number": id_number(), "home": VILLAGE, "skill": [PACKER]} | said


def test_an_agent_registers_a_villager_who_has_no_phone(desk):
    agent = desk(Role.VILLAGE_AGENT, VILLAGE)
    assert f'name="home" value="{VILLAGE}"' in agent.get("/workers/new")
    answer = agent.post("/workers/new", **registration())
    assert answer.status_code == 303
    page = agent.read(answer.location.removeprefix("/staff"))
    assert "李**" in page
    assert "办事员替他登记" in page
    assert "手机号 没有" in page


def test_without_the_number_of_the_consent_slip_nobody_is_registered(desk):
    answer = desk(Role.VILLAGE_AGENT, VILLAGE).post("/workers/new", **registration(slip=""))
    assert answer.status_code == 422
    assert "同意书" in words(answer.text)
    assert 'value="李秀英"' in answer.text
    with transaction(read_only=True) as session:
        assert session.scalars(select(Worker.id)).all() == []


def test_an_agent_registers_nobody_of_another_village(desk):
    agent = desk(Role.VILLAGE_AGENT, VILLAGE)
    assert agent.post("/workers/new", **registration(home=TOWN)).status_code == 403
    assert agent.post("/workers/new", **registration(home=f"{TOWN}202")).status_code == 403


def test_a_worker_is_found_by_id_number_and_by_phone_without_either_in_an_address(desk):
    number, reached = id_number(), phone()
    with transaction() as session:
        account = Account(created_at=clock.now())
        session.add(account)
        session.flush()
        account.phone = reached
        worker = make_worker(session, number=number, account=account, at=clock.now())
        worker_id = worker.id
    for asked in (number, number.lower(), reached, f"+86 {reached[:3]} {reached[3:]}"):
        answer = desk().post("/workers/find", number=asked)
        assert answer.location == f"/staff/workers/{worker_id}"
    assert desk(Role.COUNTY, OTHER_COUNTY).post("/workers/find", number=number).status_code == 404


def test_a_number_with_a_slip_of_the_pen_stays_in_the_form(desk):
    answer = desk().post("/workers/find", number="37082919700101123")
    assert (answer.status_code, 'value="37082919700101123"' in answer.text) == (422, True)


def test_a_full_number_needs_a_reason_and_is_logged_with_it(desk):
    number = id_number()
    worker, county = a_worker(number=number), desk()
    assert number not in county.read(f"/workers/{worker.id}")
    assert county.post(f"/workers/{worker.id}/reveal/id_number", reason="看看").status_code == 422
    assert looks() == []
    assert number in words(county.post(f"/workers/{worker.id}/reveal/id_number", reason="核对工资表").text)
    assert looks() == [("worker.id_number_seen", "核对工资表")]
    assert "身份证号 核对工资表" in county.read("/looks")


def test_looks_at_another_countys_people_are_not_in_the_log(desk):
    worker = a_worker()
    desk().post(f"/workers/{worker.id}/reveal/phone", reason="约他来驿站")
    assert "还没有人看过" in desk(Role.COUNTY, OTHER_COUNTY).read("/looks")
    assert "手机号 约他来驿站" in desk(Role.TOWN, TOWN).read("/looks")


def test_workers_of_another_village_are_out_of_the_agents_reach(desk):
    worker, agent = a_worker(), desk(Role.VILLAGE_AGENT, VILLAGE)
    assert agent.open(f"/workers/{worker.id}").status_code == 403
    assert agent.open(f"/workers/{worker.id}/edit").status_code == 403
    assert agent.post(f"/workers/{worker.id}/reveal/name", reason="核对工资表").status_code == 403
    assert agent.post(f"/workers/{worker.id}/edit/pay", min_hourly="20").status_code == 403


@pytest.mark.parametrize(
    ("what", "form", "said"),
    [
        ("pay", {"min_hourly": "20.5"}, "最低工钱 20.5 元/小时"),
        ("reach", {"radius_km": "15"}, "走多远 15 公里内"),
        ("week", {"free": ["0.1", "6.3"]}, "一周 2 段"),
        ("home", {"home": "370829101"}, "住在哪里 纸坊镇"),
        ("skills", {"skill": [PACKER], f"level.{PACKER}": "3"}, "高级工"),
    ],
)
def test_a_profile_is_kept_on_the_workers_behalf(desk, what, form, said):
    worker, county = a_worker(), desk()
    assert county.post(f"/workers/{worker.id}/edit/{what}", **form).status_code == 303
    assert said in county.read(f"/workers/{worker.id}")


def test_a_profile_refused_keeps_what_was_typed(desk):
    worker = a_worker()
    answer = desk().post(f"/workers/{worker.id}/edit/reach", radius_km="400")
    assert (answer.status_code, 'value="400"' in answer.text) == (422, True)


def test_a_certificate_shown_at_the_desk_is_marked_as_seen(desk):
    worker, county = a_worker(skills=[NewSkill(PACKER, 2, "包装证")]), desk()
    assert "看过原件了" in county.read(f"/workers/{worker.id}")
    assert county.post(f"/workers/{worker.id}/certificates/{PACKER}").status_code == 303
    assert "原件看过 " in county.read(f"/workers/{worker.id}")


def test_a_phone_is_bound_with_the_code_that_the_worker_reads_out(desk):
    agent = desk(Role.VILLAGE_AGENT, VILLAGE)
    path = agent.post("/workers/new", **registration()).location.removeprefix("/staff")
    number = phone()
    assert agent.post(f"{path}/phone", phone=number).status_code == 200
    with transaction(read_only=True) as session:
        found = re.search(r"\d{6}", messages.newest(session)[0].body or "")
        assert found is not None
    wrong = "000000" if found[0] != "000000" else "111111"
    assert agent.post(f"{path}/phone/bind", phone=number, code=wrong).status_code == 422
    assert agent.post(f"{path}/phone/bind", phone=number, code=found[0]).status_code == 303
    assert f"{number[:3]}****{number[-4:]}" in agent.read(path)


# ── what is to be done today ──


def queue(desk: Pages) -> list[tuple[str, str]]:
    """Of 今天要办 each count and title, in order; what is hot with a mark before it."""
    rows = TODO.findall(desk.get("/plan"))
    return [(("!" if hot else "") + title, int(count)) for hot, count, title in rows]


def unpaid(*, due_in: int) -> None:
    """A wage of work that is over, due so many days from today."""
    at = clock.now() - timedelta(days=3)
    with transaction() as session:
        hire = make_hire(session, at=at, shifts=(shift(2, now=at),))
        agree(session, hire)
        made = session.scalars(select(Wage).where(Wage.placement_id == hire.placement.id)).one()
        made.due_on = clock.local_date(clock.now()) + timedelta(days=due_in)


def term_ends(*, in_days: int) -> None:
    with transaction() as session:
        made = make_employer(session, at=clock.now())
        made.valid_until = clock.now() + timedelta(days=in_days)


def test_what_is_due_first_stands_first_and_what_is_over_before_all(desk):
    assert "没有等着你办的" in desk().read("/plan")
    term_ends(in_days=5)
    unpaid(due_in=1)
    waiting = ("!没签约就开工", 1)
    assert queue(desk()) == [waiting, ("工资预警", 1), ("到期复核", 1)]
    unpaid(due_in=-1)
    assert queue(desk()) == [("!工资预警", 2), ("!没签约就开工", 2), ("到期复核", 1)]
    term_ends(in_days=-2)
    assert queue(desk()) == [("!到期复核", 2), ("!工资预警", 2), ("!没签约就开工", 2)]
    assert "今天要办 6 件，6 件急" in desk().read("/plan")
    assert queue(desk(Role.COUNTY, "370828")) == []
