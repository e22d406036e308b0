"""The brands' pages: for everyone, and as staff keep them."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from labor_brands.brands import service
from labor_brands.brands.models import Certification
from labor_brands.brands.queries import BrandRow, brand
from labor_brands.brands.rules import MarkKind
from tests.support.brands import certify, make_brand, put_hires
from tests.support.courses import make_course
from tests.support.makers import COUNTY, TOWN, id_number, make_worker
from tests.support.market import PACKER
from tests.support.pages import Visit, words
from tests.web.api.scene import Person, a_staff, a_worker, an_employer
from web.brands import brand_name
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import worker_card
from zero_work_market.policy.courses.service import close_course

pytestmark = pytest.mark.usefixtures("sqlite")


@pytest.fixture
def desk(visit: Visit) -> Visit:
    return lambda role=Role.COUNTY, region=COUNTY: visit(a_staff(role, region))


def a_brand(**said: Any) -> BrandRow:
    with transaction() as session:
        told = {"at": clock.now(), "recognised_on": local_date(clock.now())} | said
        return make_brand(session, **told)


def some_hires(row: BrandRow, *, holders: int, others: int) -> None:
    with transaction() as session:
        at = clock.now()
        people = [make_worker(session, at=at) for _ in range(holders + others)]
        for one in people[:holders]:
            certify(session, one, row, at=at)
        put_hires(session, people, day=local_date(at), at=at)


# ── for everyone ──


def test_the_public_list_has_what_stands_by_county_with_its_count(visit: Visit) -> None:
    a_brand(name="嘉祥石匠"), a_brand(name="金乡蒜工", place="370828"), a_brand(name="没认定的", recognised_on=None)
    page = visit().read("/brands")
    assert "2 个牌子，在册 0 人" in page
    assert "嘉祥石匠" in page
    assert "金乡县 1 个" in page
    assert "没认定的" not in page


def test_an_empty_list_leads_to_work(visit: Visit) -> None:
    assert "还没有认定的品牌" in visit().read("/brands")


def test_a_page_says_how_to_join_and_nothing_of_what_nine_people_earn(visit: Visit) -> None:
    row = a_brand()
    some_hires(row, holders=9, others=0)
    page = visit().read(f"/brands/{row.file.code}")
    assert "还说不出来：有工资记录的只有 9 人，满 10 人才说" in page
    assert "20 元" not in page
    assert "带身份证去鱼山街道零工驿站报名，考过就发证" in page
    assert "会分级、会看霉变" in page
    assert "嘉祥县 9" in page


def test_the_courses_on_offer_that_teach_a_brand_are_on_its_page(visit: Visit) -> None:
    row = a_brand()
    with transaction() as session:
        on_offer = make_course(session, brand=row.file.code, name="石雕初级班", at=clock.now())
        make_course(session, name="别的班", at=clock.now())
        closed = make_course(session, brand=row.file.code, name="停了的班", at=clock.now())
        close_course(session, course_id=closed.id, by=SYSTEM, at=clock.now())
    answer = visit().get(f"/brands/{row.file.code}")
    assert f'href="/courses/{on_offer.id}">石雕初级班' in answer
    assert "别的班" not in answer
    assert "停了的班" not in answer


def test_ten_people_are_told_of_with_the_middle_half_and_the_months(visit: Visit) -> None:
    row = a_brand()
    some_hires(row, holders=10, others=0)
    page = visit().read(f"/brands/{row.file.code}")
    assert f"在册的人，{clock.local_date(clock.now()).month} 月，一小时到手 20 元" in page
    assert "按 10 人的工资记录算" in page
    assert "初级 20 元/时" in page


def test_with_12_hires_the_page_says_that_it_cannot_tell(visit: Visit, desk: Visit) -> None:
    row = a_brand()
    some_hires(row, holders=6, others=6)
    said = "持证的一小时还看不出来：能比的只有 12 回（持证的 6 人，没证的 6 人），太少了。"
    assert said in visit().read(f"/brands/{row.file.code}")
    assert said in desk().read(f"/staff/brands/{row.file.code}")


def test_one_being_built_has_no_public_page_and_a_withdrawn_one_says_why(visit: Visit) -> None:
    building, gone = a_brand(recognised_on=None), a_brand()
    with transaction() as session:
        service.withdraw(session, code=gone.file.code, reason="培训没有办", by=SYSTEM, at=clock.now())
    assert visit().open(f"/brands/{building.file.code}").status_code == 404
    assert visit().open("/brands/nobodys").status_code == 404
    page = visit().read(f"/brands/{gone.file.code}")
    assert "今天撤了认定：培训没有办" in page
    assert "怎么进来" not in page


def test_marks_that_stand_are_public_and_lifted_ones_are_not(visit: Visit) -> None:
    row, today = a_brand(), local_date(clock.now())
    with transaction() as session:
        told = {"code": row.file.code, "day": today, "by": SYSTEM, "at": clock.now()}
        service.mark(session, kind=MarkKind.GOOD, reason="一年没有欠薪投诉", **told)
        wrong = service.mark(session, kind=MarkKind.BAD, reason="两回派人没到", **told)
        service.lift(session, mark_id=wrong.id, reason="查清是车坏了", by=SYSTEM, at=clock.now())
    page = visit().read(f"/brands/{row.file.code}")
    assert ("一年没有欠薪投诉" in page, "两回派人没到" in page) == (True, False)


def test_a_posting_asks_only_for_brands_that_stand(visit: Visit) -> None:
    a_brand(code="stands", name="站得住的"), a_brand(code="building", name="没认定的", recognised_on=None)
    page = visit(an_employer().account).get("/hire/new")
    assert ('value="stands"' in page, 'value="building"' in page) == (True, False)


def test_names_are_read_once_a_request_however_many_rows_name_them(app: Flask, sqlite: Engine) -> None:
    row, reads = a_brand(), list[str]()
    with app.test_request_context():
        event.listen(sqlite, "before_cursor_execute", lambda *told: reads.append(told[2]))
        assert {brand_name(row.file.code) for _ in range(30)} == {"金乡蒜工"}
        assert brand_name("nobodys") == "nobodys"
    assert sum("FROM brands" in sql for sql in reads) == 1


# ── the worker's own ──


def test_a_worker_sees_the_certificate_and_the_three_steps(visit: Visit) -> None:
    worker, row = a_worker(), a_brand()
    assert "你还没有品牌证" in visit(worker.account).read("/work/me")
    with transaction() as session:
        made = certify(session, worker_of(session, worker), row, grade=2, at=clock.now())
        number = made.number
    page = visit(worker.account).read("/work/me")
    assert "金乡蒜工 中级" in page
    assert number in page
    [own] = visit(worker.account).open("/work/me/export").json["certificates"]
    assert (own["number"], own["grade_name"], own["revoked_on"]) == (number, "中级", None)
    with transaction() as session:
        service.revoke(session, certification_id=made.id, reason="替考，查实了", by=SYSTEM, at=clock.now())
    assert "今天撤了：替考，查实了" in visit(worker.account).read("/work/me")


def test_erasing_the_profile_ends_the_certificates(visit: Visit) -> None:
    worker, row = a_worker(), a_brand()
    with transaction() as session:
        certify(session, worker_of(session, worker), row, at=clock.now())
    assert visit(worker.account).post("/work/me/erase").status_code == 303
    with transaction(read_only=True) as session:
        assert brand(session, row.file.code).held == 0


# ── staff ──


def form(**said: Any) -> dict[str, Any]:
    told = {
        "name": "嘉祥巧手", "code": "jiaxiang-qiaoshou", "place": COUNTY, "kind": "service", "builder": "嘉祥县人社局",
        "skill": [PACKER], "grade1": "初级", "standard1": "会装袋", "level1": "1", "grade2": "高级",
        "standard2": "会带一条线", "level2": "3", "firms": "永昌蒜业有限公司\n", "join_at": "卧龙山街道驿站",
    }  # fmt: skip
    return told | said


def test_staff_enter_recognise_and_review_a_brand(desk: Visit) -> None:
    staff, today = desk(), local_date(clock.now())
    made = staff.post("/staff/brands/new", **form())
    assert (made.status_code, made.location) == (303, "/staff/brands/jiaxiang-qiaoshou")
    page = staff.read("/staff/brands/jiaxiang-qiaoshou")
    assert "还没认定" in page
    assert "永昌蒜业有限公司" in page
    path = "/staff/brands/jiaxiang-qiaoshou"
    assert staff.post(f"{path}/recognise", recognised_on=today.isoformat()).status_code == 303
    assert staff.post(f"{path}/review", reviewed_on=today.isoformat()).status_code == 303
    assert "今天认定，今天复评" in staff.read(path)
    assert "嘉祥巧手" in staff.read("/staff/brands")
    assert "该复评的 0" in staff.read("/staff/brands")


def test_a_form_refused_says_where_and_keeps_all_that_was_typed(desk: Visit) -> None:
    answer = desk().post("/staff/brands/new", **form(name="", grade3="技师", standard3=""))
    assert answer.status_code == 422
    assert "品牌名：还没填" in words(answer.text)
    for kept in (
        'value="jiaxiang-qiaoshou"',
        'value="技师"',
        'value="会带一条线"',
        "永昌蒜业有限公司",
        f'value="{PACKER}" checked',
    ):
        assert kept in answer.text
    assert "代码：" in words(desk().post("/staff/brands/new", **form(code="嘉祥")).text)
    assert "等级：" in words(desk().post("/staff/brands/new", **form(grade3="技师")).text)
    assert "哪一类：" in words(desk().post("/staff/brands/new", **form(kind="")).text)


def test_a_file_is_changed_and_what_it_held_stands_in_the_form(desk: Visit) -> None:
    row, staff = a_brand(), desk()
    path = f"/staff/brands/{row.file.code}/edit"
    page = staff.get(path)
    for held in ('value="金乡蒜工"', 'value="会分级、会看霉变"', "鲁西南蒜业集团", f'value="{PACKER}" checked'):
        assert held in page
    assert staff.post(path, **form(name="新名字")).status_code == 303
    with transaction(read_only=True) as session:
        found = brand(session, row.file.code).file
    assert (found.name, len(found.grades), found.code) == ("新名字", 2, row.file.code)


def test_a_person_is_certified_by_the_number_they_show_and_pressing_twice_is_once(desk: Visit) -> None:
    row, number, staff = a_brand(), id_number(), desk()
    path = f"/staff/brands/{row.file.code}/certify"
    unknown = staff.post(path, id_number=number, grade="2", score="91", key="k1")
    assert (unknown.status_code, "这个人还没登记过" in words(unknown.text)) == (422, True)
    assert f'value="{number}"' in unknown.text
    worker = a_worker(number=number, town="370828002")
    for _ in range(2):
        assert staff.post(path, id_number=number, grade="2", score="91", key="k1").status_code == 303
    with transaction(read_only=True) as session:
        [made] = session.scalars(select(Certification))
        card = worker_card(session, worker.id)
    assert (made.grade, made.score, made.worker_id) == (2, 91, worker.id)
    assert card is not None
    assert card.brands == (row.file.code,)
    again = staff.post(path, id_number=number, grade="1", key="k2")
    assert (again.status_code, "他手里已经是中级" in words(again.text)) == (409, True)
    assert "分数：" in words(staff.post(path, id_number=number, grade="3", score="九十", key="k3").text)


def test_a_certificate_is_revoked_with_a_reason(desk: Visit) -> None:
    row, worker, staff = a_brand(), a_worker(), desk()
    with transaction() as session:
        made = certify(session, worker_of(session, worker), row, at=clock.now())
    path = f"/staff/certifications/{made.id}/revoke"
    assert "撤张**的证" in staff.read(path)
    short = staff.post(path, reason="坏")
    assert (short.status_code, "写清事由" in words(short.text), "坏</textarea>" in short.text) == (422, True, True)
    assert staff.post(path, reason="替考，查实了").status_code == 303
    assert "替考，查实了" in staff.read(f"/staff/workers/{worker.id}")
    assert "没有人持证" not in staff.read(f"/staff/workers/{worker.id}")
    with transaction(read_only=True) as session:
        card = worker_card(session, worker.id)
    assert card is not None
    assert card.brands == ()


def test_the_list_of_persons_shows_their_three_steps_and_leads_to_each(desk: Visit) -> None:
    row = a_brand()
    some_hires(row, holders=2, others=0)
    listed = desk().get(f"/staff/brands/{row.file.code}")
    assert "在册的人 2 人" in words(listed)
    assert words(listed).count("1 个证 → 干成 1 回 → 到手 80 元") == 2
    [first, *_] = re.findall(r'href="/staff/workers/(\d+)#steps"', listed)
    page = desk().get(f"/staff/workers/{first}")
    assert "工时两边认了 1 回，最近一回 今天" in words(page)
    assert re.search(r'href="/staff/placements/\d+"', page)


def test_marks_are_made_and_lifted_and_the_reason_asked_for(desk: Visit) -> None:
    row, staff, today = a_brand(), desk(), local_date(clock.now())
    path = f"/staff/brands/{row.file.code}"
    short = staff.post(f"{path}/mark", kind="bad", marked_on=today.isoformat(), reason="差")
    assert (short.status_code, "写清事由" in words(short.text), "差</textarea>" in short.text) == (422, True, True)
    assert staff.post(f"{path}/mark", kind="bad", marked_on=today.isoformat(), reason="两回派人没到").status_code == 303
    lift = re.search(r'action="(/staff/brands/marks/\d+/lift)"', staff.get(path))
    assert lift is not None
    assert staff.post(lift[1], reason="查清是车坏了").status_code == 303
    assert "今天撤掉：查清是车坏了" in staff.read(path)
    assert staff.post(f"{path}/withdraw", reason="培训没有办").status_code == 303
    assert "认定撤了，不再发证" in staff.read(path)


def test_another_countys_brand_is_out_of_reach(desk: Visit) -> None:
    row, other = a_brand(), desk(Role.COUNTY, "370828")
    assert other.open(f"/staff/brands/{row.file.code}").status_code == 403
    assert row.file.name not in other.read("/staff/brands")
    assert other.post("/staff/brands/new", **form()).status_code == 403
    assert desk(Role.TOWN, TOWN).open("/staff/brands").status_code == 403


def test_the_plans_figure_opens_into_brands_and_each_into_its_page(desk: Visit) -> None:
    this_year = a_brand(name="今年的")
    a_brand(name="去年的", recognised_on=date(local_date(clock.now()).year - 1, 5, 1))
    staff = desk(Role.CITY, "370800")
    assert "特色劳务品牌 1 个" in staff.read("/staff/plan")
    counted = staff.get("/staff/plan/brands/rows")
    assert f'href="/staff/brands/{this_year.file.code}"' in counted
    assert "去年的" not in words(counted)
    assert f"不算，{local_date(clock.now()).year - 1} 年认定" in staff.read("/staff/plan/brands/rows", out=1)


def worker_of(session: Session, person: Person) -> Worker:
    return session.get_one(Worker, person.id)
