"""Training on the pages: from the course to the subsidy, as staff, agents, workers and employers see it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.courses import FORKLIFT, certify, end, enrol, make_batch, make_course, make_trained, teach
from tests.support.makers import COUNTY, TOWN, VILLAGE, id_number, make_employer, make_staff, make_worker
from tests.support.market import make_posting, shift
from tests.support.pages import Pages, unspaced
from web.tasks.handlers import HANDLERS
from zero_work_market.ground import clock, messages
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications.models import Application
from zero_work_market.people.accounts.rules import Role
from zero_work_market.policy.courses import queries
from zero_work_market.policy.courses.models import Batch, Course, Enrolment, SubsidyClaim
from zero_work_market.policy.courses.rules import ClaimState, State

pytestmark = pytest.mark.usefixtures("sqlite")


@pytest.fixture
def county(visit) -> Pages:
    with transaction() as session:
        account_id = make_staff(session, at=clock.now()).account_id
    return visit(account_id)


def deliver(*kinds: str) -> list[str]:
    """Do what follows from events of these kinds, and say what the messages tell."""
    with transaction() as session:
        for row in session.scalars(
            select(OutboxRow).where(OutboxRow.kind.in_(kinds), OutboxRow.done_at.is_(None))
        ).all():
            HANDLERS[row.kind](session, row.payload)
            row.done_at = clock.now()
        return [message.body or "" for message in messages.newest(session)]


def only(model: Any) -> Any:
    with transaction(read_only=True) as session:
        [row] = session.scalars(select(model)).all()
    return row


def test_a_course_goes_from_the_first_offer_to_the_subsidy(county: Pages, visit) -> None:
    number, today = id_number(), clock.local_date(clock.now())
    with transaction() as session:
        worker = make_worker(session, number=number)
    told = {
        "course": "叉车工高级班", "occupation": FORKLIFT, "level": "3", "county": COUNTY, "provider": "嘉祥县技工学校",
        "hours": "40", "subsidised": "1",
    }  # fmt: skip
    assert "还没填" in unspaced(county.post("/staff/courses/new", **told | {"provider": ""}).text)
    assert county.post("/staff/courses/new", **told).status_code == 303
    course = only(Course)
    assert county.post(f"/staff/courses/{course.id}/flagship").status_code == 303
    run = {"starts_on": today.isoformat(), "ends_on": today.isoformat(), "town": TOWN, "place": "一楼", "places": "1"}
    later = run | {"starts_on": (today + timedelta(days=1)).isoformat()}
    assert "要在开课那天以后" in unspaced(county.post(f"/staff/courses/{course.id}/batches", **later).text)
    assert county.post(f"/staff/courses/{course.id}/batches", **run).status_code == 303
    batch = only(Batch)
    here = f"/staff/batches/{batch.id}"
    assert "没有这个人，先去登记" in unspaced(county.post(f"{here}/enrol", number=id_number()).text)
    for _ in range(2):
        assert county.post(f"{here}/enrol", number=number).status_code == 303
    row = only(Enrolment)
    assert "一天课还没点过名" in unspaced(county.post(f"{here}/end").text)
    assert "张**" in county.read(f"{here}/day")
    assert county.post(f"{here}/day", day=today.isoformat(), there=str(row.id)).status_code == 303
    assert county.post(f"{here}/end").status_code == 303
    assert county.post(f"{here}/results", **{f"score.{row.id}": "101"}).status_code == 422
    assert county.post(f"{here}/results", **{f"score.{row.id}": "88"}).status_code == 303
    given = {f"number.{row.id}": "S000037082900001", "issued_on": today.isoformat()}
    assert county.post(f"{here}/results", **given).status_code == 303
    said = deliver("course_passed", "certificate_issued")
    assert any("叉车工高级班考过了，88 分" in one for one in said)
    assert any("叉车吊车高级工证书发了，编号 S000037082900001" in one for one in said)
    mine = visit(worker.account_id)
    assert "考过了" in mine.read("/work/courses")
    assert mine.post(f"/work/enrolments/{row.id}/claim").status_code == 303
    claim = only(SubsidyClaim)
    there = f"/staff/subsidies/{claim.id}"
    assert "培训补贴刚到" in unspaced(county.get("/staff/plan"))
    assert "2,000元（待核实）" in unspaced(county.get(there))
    assert "至少" in unspaced(county.post(f"{there}/approve", fen="2000", reason="").text)
    assert county.post(f"{there}/approve", fen="2000", reason="补贴目录 2026").status_code == 303
    assert only(SubsidyClaim).state == ClaimState.APPROVED
    assert any("高级工技能补贴批了，2,000 元" in one for one in deliver("subsidy_decided"))
    assert "高级工技能补贴：批了，2,000元" in unspaced(mine.get("/work/courses"))
    asked = f"place={COUNTY}&year={today.year}"
    assert "张**" in county.read(f"/staff/plan/trainings/rows?{asked}")
    assert "叉车工高级班" in county.read(f"/staff/plan/flagship_courses/rows?{asked}")
    assert f"{today.year}年一县一项目" in unspaced(visit(None).get(f"/courses/{course.id}"))


def test_a_row_left_out_of_the_figure_says_why_and_opens(county: Pages) -> None:
    with transaction() as session:
        batch = make_batch(session)
        short = enrol(session, batch)
        teach(session, batch, absent={short.id: 2})
        year = end(session, batch).ended_on.year
    page = county.get(f"/staff/plan/trainings/rows?place={COUNTY}&year={year}&out=1")
    assert "没上够课：5 天上了" in page
    assert f"/staff/enrolments/{short.id}" in page
    assert "课没上够" in county.read(f"/staff/enrolments/{short.id}")


def test_an_agent_sees_and_enters_the_own_villagers_alone(visit) -> None:
    ours, theirs = id_number(), id_number()
    with transaction() as session:
        batch = make_batch(session, starts_on=clock.local_date(clock.now()))
        make_worker(session, name="王桂兰", number=ours, village=VILLAGE)
        stranger = enrol(session, batch, make_worker(session, name="李建国", number=theirs, village=f"{TOWN}202"))
        account_id = make_staff(session, Role.VILLAGE_AGENT, VILLAGE).account_id
    agent, here = visit(account_id), f"/staff/batches/{batch.id}"
    assert "你管的0人，全班1人" in unspaced(agent.get(here))
    assert "没有这个人" in unspaced(agent.post(f"{here}/enrol", number=theirs).text)
    assert agent.post(f"{here}/enrol", number=ours).status_code == 303
    page = agent.read(here)
    assert "王**" in page
    assert "李**" not in page
    assert agent.post(f"{here}/leave", worker=str(stranger.worker_id)).status_code == 403
    assert agent.open(f"/staff/enrolments/{stranger.id}").status_code == 403
    assert agent.open(f"{here}/day").status_code == 403


def test_a_worker_finds_a_course_books_it_and_leaves(visit) -> None:
    with transaction() as session:
        batch = make_batch(session, starts_on=clock.local_date(clock.now()) + timedelta(days=3), places=1)
        workers = [make_worker(session) for _ in range(2)]
    first, second = (visit(worker.account_id) for worker in workers)
    assert "叉车工高级班" in first.read("/courses")
    assert "还剩1个名额" in unspaced(first.get(f"/courses/{batch.course_id}"))
    assert first.post(f"/work/courses/{batch.id}/enrol").location == "/work/courses"
    assert "满了" in second.read(f"/courses/{batch.course_id}")
    assert second.post(f"/work/courses/{batch.id}/enrol").location == f"/courses/{batch.course_id}"
    assert "名额满了" in second.read(f"/courses/{batch.course_id}")
    assert first.post(f"/work/courses/{batch.id}/leave").status_code == 303
    assert second.post(f"/work/courses/{batch.id}/enrol").location == "/work/courses"
    with transaction(read_only=True) as session:
        assert [row.state for row in queries.roster(session, batch.id)] == [State.LEFT, State.ENROLLED]


def test_zhongji_is_told_that_its_certificate_has_no_subsidy(visit) -> None:
    with transaction() as session:
        worker = make_worker(session)
        row = make_trained(session, make_batch(session, make_course(session, level=2)), worker)
        certify(session, row)
    mine = visit(worker.account_id)
    assert "技能补贴：这个等级不在补贴里" in mine.read("/work/courses")
    mine.post(f"/work/enrolments/{row.id}/claim")
    assert "方案第9条给的是高级工" in unspaced(mine.get("/work/courses"))


def test_an_employer_orders_training_and_sees_who_passed_and_was_invited(county: Pages, visit) -> None:
    now = clock.now()
    with transaction() as session:
        employer = make_employer(session, at=now)
        posting = make_posting(
            session, employer=employer, at=now, title="开叉车", occupations=((FORKLIFT, 3),),
            shifts=(shift(14, now=now),),
        )  # fmt: skip
    boss, there = visit(employer.account_id), f"/hire/{posting.id}/training"
    assert "先培训再上岗" in boss.read(f"/hire/{posting.id}")
    assert "还没填" in unspaced(boss.post(there, places="").text)
    assert boss.post(there, places="20", words="会倒车").status_code == 303
    assert "开叉车，培训20人" in unspaced(county.get("/staff/training-orders"))
    assert "单位要人培训刚到" in unspaced(county.get("/staff/plan"))
    order_id = order_of(posting.id)
    page = county.get(f"/staff/courses/new?order={order_id}")
    assert f'<option value="{FORKLIFT}" selected>' in page
    told = {
        "course": "叉车定向班",
        "occupation": FORKLIFT,
        "level": "3",
        "county": COUNTY,
        "provider": "技校",
        "hours": "8",
    }
    assert county.post("/staff/courses/new", order=str(order_id), **told).status_code == 303
    assert any("县里开课了" in one for one in deliver("training_order_decided"))
    with transaction() as session:
        make_trained(session, make_batch(session, session.scalars(select(Course)).one()))
    deliver("course_passed")
    assert only(Application).posting_id == posting.id
    assert "请了，等回话" in boss.read(there)


def test_an_order_that_cant_be_met_is_answered_with_the_reason(county: Pages, visit) -> None:
    now = clock.now()
    with transaction() as session:
        employer = make_employer(session, at=now)
        posting = make_posting(session, employer=employer, at=now, shifts=(shift(now=now),))
    boss, there = visit(employer.account_id), f"/hire/{posting.id}/training"
    boss.post(there, places="5")
    where = f"/staff/training-orders/{order_of(posting.id)}/refuse"
    assert "至少" in unspaced(county.post(where, reason="").text)
    assert county.post(where, reason="眼下没有老师").status_code == 303
    assert any("没开成：眼下没有老师" in one for one in deliver("training_order_decided"))
    assert "眼下没有老师" in boss.read(there)


def order_of(posting_id: int) -> int:
    with transaction(read_only=True) as session:
        order = queries.order_of_posting(session, posting_id)
        assert order is not None
        return order.id
