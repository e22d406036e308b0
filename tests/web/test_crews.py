"""A crew on the pages: its employer asks for it, each member says yes or no, staff see how it stands."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.crews import FORKLIFT, offered_crew, say_no, say_yes, wanted_crew
from tests.support.makers import COUNTY, make_employer, make_staff
from tests.support.market import PACKER, make_posting, shift
from tests.support.pages import Visit
from tests.web.test_for_employers import slip
from web.tasks.handlers import HANDLERS
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.messages import Message
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.crews.models import Crew
from zero_work_market.market.crews.queries import roles_of
from zero_work_market.market.placements.queries import held_by
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.workers.models import Worker

pytestmark = pytest.mark.usefixtures("sqlite")


def account_of(worker_id: int) -> int | None:
    with transaction(read_only=True) as session:
        return session.get_one(Worker, worker_id).account_id


def seated(posting_id: int) -> int:
    with transaction(read_only=True) as session:
        return len(held_by(session, posting_id=posting_id))


def offer_form(page: str) -> dict[str, Any]:
    return {"brand": "", "member": re.findall(r'name="member" value="([\d.]+)"', page)}


def messages() -> list[str]:
    """What the crew's events tell, delivered now."""
    with transaction() as session:
        events = session.scalars(select(OutboxRow).where(OutboxRow.kind.like("crew%")).order_by(OutboxRow.id)).all()
        for event in events:
            HANDLERS[event.kind](session, event.payload)
        session.flush()
        return [one.body or "" for one in session.scalars(select(Message).order_by(Message.id))]


def test_an_employer_asks_for_a_crew_sees_it_and_offers_it(visit: Visit) -> None:
    wanted = wanted_crew()
    hire = visit(wanted.employer.account_id)
    page = hire.get(f"/hire/{wanted.posting_id}/crew")
    assert "给你拼的一班" in page
    assert "张垓村" in page
    answer = hire.post(f"/hire/{wanted.posting_id}/crew/offer", offer_form(page))
    assert answer.status_code == 303
    page = hire.get(f"/hire/{wanted.posting_id}/crew")
    assert "0/4 个答应了" in page
    assert "邀了，4 个人都会收到短信" in page
    assert "邀了一班，0/4 个答应了" in hire.get(f"/hire/{wanted.posting_id}")


def test_roles_are_kept_as_typed_when_refused(visit: Visit) -> None:
    wanted = wanted_crew()
    hire = visit(wanted.employer.account_id)
    rows = {"trade": [FORKLIFT, PACKER], "level": ["1", "2"], "seats": ["3", "两"], "title": ["", "带班"]}
    answer = hire.post(f"/hire/{wanted.posting_id}/crew", rows)
    said = answer.text
    assert answer.status_code == 422
    assert "要哪几样人：样子不对" in said
    assert 'value="带班"' in said
    answer = hire.post(f"/hire/{wanted.posting_id}/crew", rows | {"seats": ["1", "2"]})
    assert answer.status_code == 303
    with transaction(read_only=True) as session:
        roles = [(role.occupation, role.level, role.seats, role.title) for role in roles_of(session, wanted.posting_id)]
    assert roles == [(FORKLIFT, 1, 1, ""), (PACKER, 2, 2, "带班")]


def test_a_crew_that_changed_meanwhile_is_shown_again_and_not_asked(visit: Visit) -> None:
    wanted = wanted_crew()
    hire = visit(wanted.employer.account_id)
    form = offer_form(hire.get(f"/hire/{wanted.posting_id}/crew"))
    form["member"] = form["member"][1:]
    hire.post(f"/hire/{wanted.posting_id}/crew/offer", form)
    assert "名单刚变了" in hire.get(f"/hire/{wanted.posting_id}/crew")
    with transaction(read_only=True) as session:
        assert session.scalars(select(Crew)).all() == []


def test_what_nobody_can_do_is_said_by_name_and_no_crew_is_offered(visit: Visit) -> None:
    wanted = wanted_crew(drivers=0)
    page = visit(wanted.employer.account_id).get(f"/hire/{wanted.posting_id}/crew")
    assert "还缺 1 个" in page
    assert "邀这个班组" not in page


def test_another_employers_crew_is_not_there(visit: Visit) -> None:
    wanted = wanted_crew()
    with transaction() as session:
        other = make_employer(session, at=clock.now()).account_id
    hire = visit(other)
    assert hire.open(f"/hire/{wanted.posting_id}/crew").status_code == 404
    for act in ("", "/offer", "/cancel", "/open"):
        assert hire.post(f"/hire/{wanted.posting_id}/crew{act}").status_code == 404


def test_a_member_sees_who_goes_along_and_says_yes(visit: Visit) -> None:
    wanted = wanted_crew(drivers=1, packers=3)
    crew_id, members = offered_crew(wanted)
    work = visit(account_of(members[1]))
    page = work.get(f"/postings/{wanted.posting_id}")
    assert "请你们一班 4 个人去" in page
    assert "张垓村" in page
    assert "张建国" not in page
    assert "请你们一班 4 个人去" in work.get("/work/mine")
    market = work.get(f"/m/{COUNTY}?day=tomorrow")
    assert "请你们一班 4 个人去" in market
    assert f'id="job-{wanted.posting_id}"' not in market
    answer = work.post(f"/work/postings/{wanted.posting_id}/crew/{crew_id}/yes")
    assert answer.status_code == 303
    assert "你答应了，等其他人" in work.get(f"/postings/{wanted.posting_id}")
    for worker_id in (members[0], members[2]):
        say_yes(crew_id, worker_id)
    assert seated(wanted.posting_id) == 0
    last = visit(account_of(members[3]))
    last.post(f"/work/postings/{wanted.posting_id}/crew/{crew_id}/yes")
    assert "一班人都答应了，位子都定下来了" in last.get(f"/postings/{wanted.posting_id}")
    assert seated(wanted.posting_id) == 4
    assert "4 个人都答应了" in visit(wanted.employer.account_id).get(f"/hire/{wanted.posting_id}/crew")


def test_a_member_says_no_and_another_is_asked(visit: Visit) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    work = visit(account_of(members[1]))
    work.post(f"/work/postings/{wanted.posting_id}/crew/{crew_id}/no")
    page = work.get(f"/postings/{wanted.posting_id}")
    assert "请你们一班" not in page
    assert "先等一班人一起来" in page
    page = visit(wanted.employer.account_id).get(f"/hire/{wanted.posting_id}/crew")
    assert "去不了，换了人" in page
    assert "0/4 个答应了" in page


def test_somebody_else_cannot_answer_for_a_member(visit: Visit) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    stranger = next(id for id in wanted.packers if id not in members)
    work = visit(account_of(stranger))
    work.post(f"/work/postings/{wanted.posting_id}/crew/{crew_id}/yes")
    with transaction(read_only=True) as session:
        assert {one.state for one in session.get_one(Crew, crew_id).members} == {"asked"}


def test_a_single_worker_waits_until_the_seats_are_opened(visit: Visit) -> None:
    wanted = wanted_crew()
    work, hire = visit(account_of(wanted.packers[0])), visit(wanted.employer.account_id)
    page = work.get(f"/postings/{wanted.posting_id}")
    assert "有空位叫我" in page
    work.post(f"/work/postings/{wanted.posting_id}/accept", {"key": "a"})
    assert "排着第 1 个" in work.get(f"/postings/{wanted.posting_id}")
    assert "现在排着 1 个" in hire.get(f"/hire/{wanted.posting_id}/crew")
    assert "再邀" not in hire.get(f"/hire/{wanted.posting_id}")
    hire.post(f"/hire/{wanted.posting_id}/crew/open")
    assert "位子先留给班组" not in hire.get(f"/hire/{wanted.posting_id}/crew")


def test_all_are_told_what_becomes_of_the_crew(visit: Visit) -> None:
    wanted = wanted_crew(drivers=1, packers=3)
    crew_id, members = offered_crew(wanted)
    asked = [one for one in messages() if "请你们一班" in one]
    assert len(asked) == 4
    assert all("请你们一班 4 个人去装蒜包装" in one and "都答应了才算数" in one for one in asked)
    say_yes(crew_id, members[1])
    say_no(crew_id, members[0])
    told = [one for one in messages() if "没凑成" in one]
    assert len(told) == 4
    assert all("有人去不了，找不到人顶上" in one for one in told)


def test_staff_see_how_the_crew_stands(visit: Visit) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    say_yes(crew_id, members[0])
    with transaction() as session:
        clerk = make_staff(session, region=COUNTY).account_id
    page = visit(clerk).get(f"/staff/postings/{wanted.posting_id}")
    assert "邀了一班，1/4 个答应了" in page
    assert "张建国" not in page


def test_a_ticked_crew_keeps_the_seats_from_the_moment_of_publication(visit: Visit) -> None:
    with transaction() as session:
        employer = make_employer(session, at=clock.now()).account_id
    hire = visit(employer)
    answer = hire.post("/hire/new", slip(headcount="9", crew="1"))
    assert answer.status_code == 303
    assert answer.location.endswith("/crew")
    with transaction(read_only=True) as session:
        posting = session.scalars(select(Posting)).one()
        assert posting.crew_until is not None
        assert posting.invite_first == 0
    page = hire.get(answer.location)
    assert "这一班要哪几样人" in page
    assert "一共 2 到 9 个" in page


def test_a_posting_without_a_crew_says_that_one_can_be_asked_for(visit: Visit) -> None:
    with transaction() as session:
        employer = make_employer(session, at=clock.now())
        now = clock.now()
        posting_id = make_posting(session, employer=employer, at=now, shifts=(shift(now=now),)).id
    assert "要一个班组" in visit(employer.account_id).get(f"/hire/{posting_id}")


def test_an_employer_takes_the_offer_back(visit: Visit) -> None:
    wanted = wanted_crew()
    offered_crew(wanted)
    hire = visit(wanted.employer.account_id)
    hire.post(f"/hire/{wanted.posting_id}/crew/cancel")
    page = hire.get(f"/hire/{wanted.posting_id}/crew")
    assert "上一班没凑成：单位不等了" in page
    assert "给你拼的一班" in page
