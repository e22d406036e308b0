"""老家: told by the worker or at the desk, proven, counted and taken back, through the site."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.support.makers import TOWN, VILLAGE, make_worker
from tests.support.pages import Pages, Visit, words
from tests.web.api.scene import a_staff
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.origins.models import Origin

pytestmark = pytest.mark.usefixtures("database")


def send(pages: Pages, path: str, **form: Any) -> tuple[int, str]:
    """Status and words, of where it leads if it leads on."""
    answer = pages.post(path, **form)
    return answer.status_code, pages.read(answer.location) if answer.status_code == 303 else words(answer.text)


def someone() -> tuple[int, int]:
    """Ids of a worker of VILLAGE and of their account."""
    with transaction() as session:
        worker = make_worker(session, village=VILLAGE)
        return worker.id, worker.account_id or 0


def test_a_worker_tells_the_home_with_consent_and_takes_it_back(visit: Visit) -> None:
    _, account = someone()
    me = visit(account)
    status, said = send(me, "/work/me/origin", region="500101", status="lifted")
    assert status == 422
    assert "同意这一条：还没勾" in said
    status, said = send(me, "/work/me/origin", region="", consent="1")
    assert (status, "地方：还没填" in said) == (422, True)
    status, said = send(me, "/work/me/origin", region="500101", status="lifted", consent="1")
    assert status == 303
    assert "记下了" in said
    assert "还没核" in said
    assert "稳定就业补助，最多 1,500 元 待核实" in said
    assert "重庆市万州区" in me.read("/work/me")
    assert "重庆市万州区" in me.get("/work/me/export")
    status, said = send(me, "/work/me/origin/forget")
    assert (status, "删掉了，以后不算你" in said) == (303, True)
    with transaction(read_only=True) as session:
        assert session.scalars(select(Origin)).all() == []


def test_erasing_the_profile_takes_the_home_with_it(visit: Visit) -> None:
    _, account = someone()
    me = visit(account)
    send(me, "/work/me/origin", region="500101", status="lifted", consent="1")
    status, _ = send(me, "/work/me/erase")
    assert status == 303
    with transaction(read_only=True) as session:
        assert session.scalars(select(Origin)).all() == []


def test_town_staff_prove_what_an_agent_wrote_down(visit: Visit) -> None:
    worker_id, _ = someone()
    agent, town = visit(a_staff(Role.VILLAGE_AGENT, VILLAGE)), visit(a_staff(Role.TOWN, TOWN))
    path = f"/staff/workers/{worker_id}/origin"
    assert "本人还没说老家在哪" in agent.read(path)
    status, said = send(agent, f"{path}/tell", region="500101", status="lifted", slip="")
    assert status == 422
    assert "同意书" in said
    status, said = send(agent, f"{path}/tell", region="500101", status="lifted", slip="甲 001")
    assert (status, "记下了" in said) == (303, True)
    assert "核证明要乡镇驿站以上的人来办" in said
    assert send(agent, f"{path}/prove", proof="system", number="1")[0] == 403
    status, said = send(town, f"{path}/prove", proof="household", number="1")
    assert status == 422
    assert "户口本只证明家在哪" in said
    status, said = send(town, f"{path}/prove", proof="system", number="5001-77")
    assert (status, "编号 5001-77" in said) == (303, True)
    assert "5001-77" not in agent.read(path)
    status, said = send(town, f"{path}/unprove", reason="编号查不到")
    assert (status, "撤了，这个人先不算" in said) == (303, True)


def test_the_page_of_the_cooperation_says_what_it_counts_before_anyone_came(visit: Visit) -> None:
    page = visit(a_staff(Role.CITY, "370800")).read("/staff/cooperation?year=2023")
    assert "结对的是万州区" in page
    assert "还没有外省来的人说过老家" in page
    assert "4,100 人" in page
