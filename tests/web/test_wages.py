"""Hours, wages, payments and building sites on the pages, as a browser without script meets them."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.support.hires import Hire, agree, make_hire, say
from tests.support.makers import COUNTY, PNG, id_number, make_employer, make_staff, make_worker, oneself
from tests.support.market import make_posting, shift
from tests.support.pages import Pages, unspaced, words
from web.tasks import wages as tasks
from web.wage_words import period_said, record_said, share_said
from zero_work_market.ground import clock
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.ground.messages import newest
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.models import Project
from zero_work_market.people.employers.rules import NewProject
from zero_work_market.people.employers.service import add_project
from zero_work_market.rights.hours.models import Hours
from zero_work_market.rights.hours.service import ask_for_hours
from zero_work_market.rights.wages.models import Payment, Wage
from zero_work_market.rights.wages.queries import PaidRecord, hash_of, month_sheets, wages_of
from zero_work_market.rights.wages.rules import Lamp, next_month
from zero_work_market.rights.wages.service import set_items, warn_of_wages

pytestmark = pytest.mark.usefixtures("sqlite")

MASON = "6-29-01-01"
BEFORE = timedelta(days=3)


def refused(pages: Pages, path: str, form: dict[str, Any]) -> str:
    answer = pages.post(path, form)
    assert answer.status_code == 422, answer.status_code
    return answer.text


def past(**draft: Any) -> Hire:
    """A hire whose shift was yesterday, of an employer verified since."""
    at = clock.now() - BEFORE
    with transaction() as session:
        return make_hire(session, at=at, **{"shifts": (shift(2, now=at),)} | draft)


def agreed(**draft: Any) -> tuple[Hire, int]:
    """A past hire with its hours agreed, and the wage's id."""
    hire = past(**draft)
    with transaction() as session:
        agree(session, hire)
        return hire, wages_of(session, posting_id=hire.posting.id)[0].id


def row(wage_id: int) -> Wage:
    with transaction(read_only=True) as session:
        return session.get_one(Wage, wage_id)


def test_a_worker_agrees_with_one_tap_and_the_employer_with_one_for_all(visit):
    hire = past()
    with transaction() as session:
        other = make_hire(session, posting=session.merge(hire.posting), at=hire.posting.posted_at)
    worker, employer = visit(hire.worker.account_id), visit(hire.employer.account_id)
    path = f"/work/mine/{hire.posting.id}"
    assert "对，干了 4 小时" in worker.get(path)
    shift_id = hire.posting.shifts[0].id
    assert worker.post(f"{path}/hours", {"shift": shift_id, "minutes": "240"}).status_code == 303
    assert "等单位说" in worker.get(path)
    here = f"/hire/{hire.posting.id}/hours"
    assert "2 个人都对" in employer.get(here)
    assert employer.post(f"{here}/all").status_code == 303
    with transaction(read_only=True) as session:
        hours = {one.placement_id: one.agreed_minutes for one in session.scalars(select(Hours))}
    assert hours == {hire.placement.id: 240, other.placement.id: None}
    shown = worker.get(path)
    assert "定了，4 小时" in words(shown)
    assert "72 元" in words(shown)
    assert "等他说" in employer.read(here)


def test_what_a_worker_says_otherwise_stands_beside_the_employers_word(visit):
    hire = past()
    with transaction() as session:
        say(session, hire, "employer", 180, words="中间歇了一个钟头")
    worker = visit(hire.worker.account_id)
    here = f"/work/mine/{hire.posting.id}/hours"
    assert "对，3 小时" in worker.get(here)
    worker.post(here, {"shift": hire.posting.shifts[0].id, "hours": "4", "rest": "0", "words": "没歇"})
    shown = worker.read(here)
    assert "说的不一样" in shown
    assert "单位说 3 小时：中间歇了一个钟头" in shown
    assert "你说 4 小时" in shown
    assert "没歇" in visit(hire.employer.account_id).read(f"/hire/{hire.posting.id}/hours")


def test_a_break_stands_beside_the_hours_that_are_offered_and_decided_on(visit):
    at = clock.now() - timedelta(days=3)
    hire = past(shifts=(shift(1, hours=9, now=at),), break_minutes=60)
    path = f"{hire.posting.id}/hours"
    assert "中间休息 1 小时，算 8 小时" in visit(hire.worker.account_id).read(f"/work/mine/{path}")
    assert "中间休息 1 小时，不算工时" in visit(hire.employer.account_id).read(f"/hire/{path}")
    with transaction() as session:
        say(session, hire, "worker")
        hours_id = say(session, hire, "employer", 420).id
        staff = make_staff(session, Role.COUNTY, COUNTY, at=clock.now()).account_id
    assert "中间休息1小时，算8小时" in unspaced(visit(staff).read(f"/staff/hours/{hours_id}"))


def test_an_unreadable_number_keeps_what_was_typed(visit):
    hire = past(pay_kind="piece", pay_fen=75, pieces_per_hour=30.0)
    worker = visit(hire.worker.account_id)
    here = f"/work/mine/{hire.posting.id}/hours"
    form = {"shift": hire.posting.shifts[0].id, "hours": "4", "rest": "15", "pieces": "", "words": "剥了一下午"}
    shown = refused(worker, here, form)
    assert "还没填" in shown
    assert 'value="剥了一下午"' in shown
    assert re.search(r'value="15" selected', shown)


def test_a_transfer_for_several_settles_each_and_the_worker_says_it_came(visit):
    hire, wage_id = agreed()
    worker, employer = visit(hire.worker.account_id), visit(hire.employer.account_id)
    here = f"/hire/{hire.posting.id}/wages"
    today = clock.local_date(clock.now()).isoformat()
    shown = refused(employer, here, {"wage": wage_id, "number": "12", "paid_on": today})
    assert "转账单号：样子不对" in shown
    form = {"wage": wage_id, "number": "20261124000017", "paid_on": today, "photo": (io.BytesIO(PNG), "slip.png")}
    assert employer.post(here, form).status_code == 303
    assert row(wage_id).settled_on is not None
    slip = worker.get(f"/work/wages/{wage_id}")
    assert "到账了吗" in slip
    with transaction(read_only=True) as session:
        payment = session.scalars(select(Payment)).one()
    answer = f"/work/wages/{wage_id}/payments/{payment.id}"
    assert employer.open(f"{here}/{wage_id}/payments/{payment.id}/photo").get_data() == PNG
    worker.post(f"{answer}/denied")
    assert row(wage_id).settled_on is None
    assert "说发了，没收到" in worker.get(f"/work/wages/{wage_id}")
    worker.post(f"{answer}/received")
    assert row(wage_id).settled_on is not None
    assert "你说收到了" in worker.get(f"/work/wages/{wage_id}")


def test_a_payment_in_part_is_kept_once_however_often_it_is_sent(visit):
    hire, wage_id = agreed()
    employer = visit(hire.employer.account_id)
    here = f"/hire/{hire.posting.id}/wages/{wage_id}"
    form = {
        "fen": "30", "how": "bank", "number": "20261124000017", "key": "once",
        "paid_on": clock.local_date(clock.now()).isoformat(),
    }  # fmt: skip
    for _ in range(2):
        assert employer.post(f"{here}/pay", form).status_code == 303
    assert row(wage_id).paid_fen == 3000
    assert "42" in employer.read(here)
    assert "这笔转账记过了" in words(employer.post(f"{here}/pay", form | {"key": "other"}).text)
    more = form | {"fen": "43", "number": "20261124000018", "key": "x"}
    assert "只差 42 元" in refused(employer, f"{here}/pay", more)


def test_pay_in_kind_and_fines_are_refused_with_their_clauses(visit):
    hire, wage_id = agreed()
    employer = visit(hire.employer.account_id)
    here = f"/hire/{hire.posting.id}/wages/{wage_id}"
    today = clock.local_date(clock.now()).isoformat()
    goods = {"fen": "72", "how": "bank", "number": "20261124000017", "paid_on": today, "note": "两袋大蒜抵工资"}
    shown = refused(employer, f"{here}/pay", goods)
    assert "不能拿东西、购物卡抵" in shown
    assert "#migrant-wages-11" in shown
    assert "两袋大蒜抵工资" in shown
    shown = refused(employer, f"{here}/items", {"off.fine": "10", "off.fine.why": "迟到"})
    assert "这一样不能扣" in shown
    assert "#wages-15" in shown
    assert "不能少于 72 元" in refused(employer, f"{here}/items", {"off.tax": "10", "off.tax.why": "预扣"})
    assert row(wage_id).net_fen == 7200


def test_a_bonus_shows_on_the_slip(visit):
    hire, wage_id = agreed()
    employer = visit(hire.employer.account_id)
    path = f"/hire/{hire.posting.id}/wages/{wage_id}/items"
    assert employer.post(path, {"extra.bonus": "20", "extra.bonus.why": "装得快"}).status_code == 303
    slip = visit(hire.worker.account_id).read(f"/work/wages/{wage_id}")
    assert "4 小时 × 18 元/小时" in slip
    assert "装得快" in slip
    assert "实发 92 元" in slip


def test_cash_without_a_hand_waits_for_the_workers_word(visit):
    hire, wage_id = agreed()
    employer, worker = visit(hire.employer.account_id), visit(hire.worker.account_id)
    here = f"/hire/{hire.posting.id}/wages/{wage_id}"
    today = clock.local_date(clock.now()).isoformat()
    told = {"fen": "72", "paid_on": today, "typed_name": "张建国"}
    assert "还没填" in refused(employer, f"{here}/pay", told | {"how": "signature"})
    employer.post(f"{here}/pay", told | {"how": "cash"})
    assert (row(wage_id).paid_fen, row(wage_id).settled_on) == (0, None)
    shown = employer.read(here)
    assert "等他说收到" in shown
    assert "记上这一笔" not in shown
    assert "元没发" in shown
    assert "0/1 发清了" in employer.read(f"/hire/{hire.posting.id}/wages")
    assert "到账了吗" in worker.read(f"/work/wages/{wage_id}")
    payment = row(wage_id).payments[0]
    worker.post(f"/work/wages/{wage_id}/payments/{payment.id}/received")
    assert row(wage_id).settled_on is not None
    assert "他说收到了" in employer.read(here)


def test_a_payment_is_voided_with_a_reason_and_stays(visit):
    hire, wage_id = agreed()
    employer = visit(hire.employer.account_id)
    here = f"/hire/{hire.posting.id}/wages/{wage_id}"
    today = clock.local_date(clock.now()).isoformat()
    employer.post(f"{here}/pay", {"fen": "72", "how": "bank", "number": "TX000001", "paid_on": today})
    with transaction(read_only=True) as session:
        payment = session.scalars(select(Payment)).one()
    assert "写清事由" in refused(employer, f"{here}/payments/{payment.id}/void", {"payment": payment.id, "reason": ""})
    employer.post(f"{here}/payments/{payment.id}/void", {"reason": "给错人了"})
    assert row(wage_id).paid_fen == 0
    assert "作废了：给错人了" in visit(hire.worker.account_id).read(f"/work/wages/{wage_id}")


def test_the_wage_sheet_holds_every_field_of_article_15_and_each_look_is_logged(visit):
    number = id_number()
    with transaction() as session:
        at = clock.now() - BEFORE
        worker = make_worker(session, name="欧阳志远", number=number, at=at)
    hire, wage_id = agreed(worker=worker)
    employer = visit(hire.employer.account_id)
    pay_all(employer, hire, wage_id)
    body = employer.post(f"/hire/{hire.posting.id}/wages/sheet.xlsx").get_data()
    cells = [value for line in load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True) for value in line]
    said = " ".join(str(value) for value in cells if value is not None)
    fields = ["永昌蒜业有限公司", "欧阳志远", number, hire.worker.phone, "4 小时", "20261124000017"]
    assert [field for field in fields if field not in said] == []
    assert cells.count(72) == 6
    pdf = employer.post(f"/hire/{hire.posting.id}/wages/sheet.pdf").get_data()
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().replace("\r\n", "").replace(" ", "")
    assert [field for field in fields if field.replace(" ", "") not in page] == []
    with transaction(read_only=True) as session:
        looks = session.scalars(select(AuditRow.verb).where(AuditRow.verb.like("worker.%_seen"))).all()
    assert sorted(looks) == sorted(2 * ["worker.name_seen", "worker.id_number_seen", "worker.phone_seen"])


def test_a_cell_that_looks_like_a_formula_stays_text(visit):
    hire, wage_id = agreed()
    employer = visit(hire.employer.account_id)
    employer.post(f"/hire/{hire.posting.id}/wages/{wage_id}/items", {"extra.bonus": "1", "extra.bonus.why": "=1+1"})
    book = load_workbook(io.BytesIO(employer.post(f"/hire/{hire.posting.id}/wages/sheet.xlsx").get_data()))
    assert all(cell.data_type != "f" for line in book.active.iter_rows() for cell in line)


def pay_all(employer: Pages, hire: Hire, *wage_ids: int) -> None:
    today = clock.local_date(clock.now()).isoformat()
    form = {"wage": list(wage_ids), "number": "20261124000017", "paid_on": today}
    assert employer.post(f"/hire/{hire.posting.id}/wages", form).status_code == 303


def test_the_hire_page_names_the_one_next_thing(visit):
    hire = past()
    worker, employer = visit(hire.worker.account_id), visit(hire.employer.account_id)
    path = f"/work/mine/{hire.posting.id}"
    step = re.compile(r'class="now" aria-current="step">(\w+)<')
    assert step.search(worker.get(path))[1] == "完工"
    with transaction() as session:
        agree(session, hire)
        (wage,) = wages_of(session, posting_id=hire.posting.id)
    assert step.search(worker.get(path))[1] == "到账"
    pay_all(employer, hire, wage.id)
    assert "到账了吗" in worker.get(path)
    with transaction(read_only=True) as session:
        payment = session.scalars(select(Payment)).one()
    worker.post(f"/work/wages/{wage.id}/payments/{payment.id}/received")
    shown = worker.get(path)
    assert step.search(shown) is None
    assert "评一评" in shown
    assert "按时发清了" in worker.read("/work/mine")


def test_every_posting_shows_how_its_employer_pays(visit):
    hire, wage_id = agreed(pay_days=15)
    pay_all(visit(hire.employer.account_id), hire, wage_id)
    with transaction() as session:
        posting = make_posting(
            session, employer=session.merge(hire.employer), at=clock.now(), shifts=(shift(1, now=clock.now()),)
        )
        fresh = make_posting(session, at=clock.now(), shifts=(shift(1, now=clock.now()),))
    worker = visit(hire.worker.account_id)
    shown = worker.get(f"/postings/{posting.id}")
    assert "这家按时给钱" in shown
    assert "准时发 1/1" in shown
    assert "还没发过工钱" in worker.get(f"/postings/{fresh.id}")
    market = visit(hire.employer.account_id).get(f"/m/{COUNTY}?day=tomorrow")
    assert "准时发 1/1" in market
    assert "还没发过工钱" in market


def test_what_is_owed_beyond_its_day_stands_over_the_employers_postings(visit):
    hire, wage_id = agreed()
    pages = visit(hire.employer.account_id)
    assert "还没发" not in pages.read("/hire")
    with transaction() as session:
        session.get_one(Wage, wage_id).due_on = clock.local_date(clock.now()) - timedelta(days=1)
    owing = pages.get("/hire")
    assert f"1 笔工钱过了日子还没发，一共 {row(wage_id).net_fen / 100:g} 元，最早的该昨天前发" in words(owing)
    assert f'href="/hire/{hire.posting.id}/wages/{wage_id}"' in owing


def test_staff_decide_hours_and_denied_payments_with_reasons(visit):
    hire = past()
    with transaction() as session:
        say(session, hire, "worker", 240)
        hours_id = say(session, hire, "employer", 180).id
        account = make_staff(session, Role.COUNTY, COUNTY).account_id
    staff = visit(account)
    assert "工时争议" in staff.get("/staff/hours")
    here = f"/staff/hours/{hours_id}"
    assert "写清事由" in refused(staff, here, {"hours": "3", "rest": "30", "reason": "嗯"})
    assert staff.post(here, {"hours": "3", "rest": "30", "reason": "看了监控，歇了半个钟头"}).status_code == 303
    with transaction(read_only=True) as session:
        (wage,) = wages_of(session, posting_id=hire.posting.id)
    assert wage.net_fen == 6300
    employer = visit(hire.employer.account_id)
    pay_all(employer, hire, wage.id)
    with transaction(read_only=True) as session:
        payment = session.scalars(select(Payment)).one()
    visit(hire.worker.account_id).post(f"/work/wages/{wage.id}/payments/{payment.id}/denied")
    shown = staff.get("/staff/wages")
    assert "说没收到" in shown
    assert "63 元" in words(shown)
    verdict = f"/staff/wages/{wage.id}/payments/{payment.id}/uphold"
    assert "写清事由" in refused(staff, verdict, {"reason": ""})
    assert staff.post(verdict, {"reason": "银行流水上有这一笔"}).status_code == 303
    assert row(wage.id).settled_on is not None
    assert "没有拖着的，也没有快到期的" in staff.get("/staff/wages")


def site_form(**changes: Any) -> dict[str, Any]:
    day = clock.local_date(clock.now()) + timedelta(days=1)
    form = {
        "title": "砌墙", "trades": [MASON], "trades_of": "砌墙", "headcount": "3", "day": day.isoformat(),
        "start": "08:00", "end": "16:00", "days": "1", "town": "370829001", "address": "安居小区", "pay": "260",
        "pay_kind": "day", "pay_days": "7", "min_age": "18", "employment": "零工", "words": "会砌墙就行",
    }  # fmt: skip
    return form | changes


def test_building_work_is_posted_once_its_project_is_entered_on_the_same_screen(visit):
    with transaction() as session:
        employer = make_employer(session, at=clock.now())
    pages = visit(employer.account_id)
    without = refused(pages, "/hire/new", site_form())
    assert "工地的活要先选是哪个项目" in without
    assert "#injury-project-2014" in without
    typed = {"project_name": "安居小区 3 号楼", "number": "37", "contractor": "嘉祥城建集团", "add_project": "1"}
    wrong = refused(pages, "/hire/new", site_form(**typed))
    assert "编号：样子不对" in wrong
    assert 'value="安居小区 3 号楼"' in wrong
    assert 'value="砌墙"' in wrong
    right = pages.post("/hire/new", site_form(**typed | {"number": "370829202600017"}))
    assert right.status_code == 200
    assert "安居小区 3 号楼（370829202600017）" in right.text
    with transaction(read_only=True) as session:
        project = session.scalars(select(Project)).one()
    assert pages.post("/hire/new", site_form(project=str(project.id))).status_code == 303
    with transaction(read_only=True) as session:
        assert session.scalars(select(Posting)).one().project_id == project.id


def test_staff_open_an_unsigned_month_of_a_project_down_to_each_wage(visit):
    at = clock.now() - BEFORE
    with transaction() as session:
        employer = make_employer(session, at=at)
        new = NewProject("安居小区", "370829202600017", "嘉祥城建集团")
        project = add_project(session, employer_id=employer.id, new=new, by=oneself(employer), at=at)
        staff = make_staff(session).account_id
    _, wage_id = agreed(employer=employer, occupations=((MASON, 1),), project_id=project.id)
    desk = visit(staff)
    page = desk.get(f"/staff/wages/projects/{project.id}/{row(wage_id).first_day:%Y-%m}")
    assert f'href="/staff/wages/{wage_id}"' in page
    assert "还没签" in page
    assert f"{row(wage_id).net_fen / 100:g} 元" in page
    assert desk.open(f"/staff/wages/projects/{project.id}/2020-01").status_code == 404


def test_another_employers_project_is_no_project(visit):
    with transaction() as session:
        employer, other = (make_employer(session, at=clock.now()) for _ in range(2))
        new = NewProject("安居小区", "370829202600017", "嘉祥城建集团")
        project = add_project(session, employer_id=other.id, new=new, by=oneself(other), at=clock.now())
    pages = visit(employer.account_id)
    assert "工地的活要先选是哪个项目" in refused(pages, "/hire/new", site_form(project=str(project.id)))
    assert pages.open(f"/hire/projects/{project.id}/2026-11").status_code == 404


def test_a_projects_month_is_signed_by_its_hash_and_signed_again_after_a_change(visit):
    at = clock.now() - BEFORE
    with transaction() as session:
        employer = make_employer(session, at=at)
        new = NewProject("安居小区", "370829202600017", "嘉祥城建集团", wage_account="6217000012345678", bank="农商行")
        project = add_project(session, employer_id=employer.id, new=new, by=oneself(employer), at=at)
    hire, wage_id = agreed(employer=employer, occupations=((MASON, 1),), project_id=project.id)
    pages = visit(employer.account_id)
    month = f"{row(wage_id).first_day:%Y-%m}"
    here = f"/hire/projects/{project.id}/{month}"
    with transaction(read_only=True) as session:
        seen = hash_of(wages_of(session, project_id=project.id))
    assert seen in pages.get(here)
    assert "刚刚变了" in refused(pages, here, {"sheet": "0" * 64, "typed_name": "王海燕"})
    assert "跟登记的全名不一样" in refused(pages, here, {"sheet": seen, "typed_name": "王海"})
    assert pages.post(here, {"sheet": seen, "typed_name": "王海燕"}).status_code == 303
    assert "签的" in pages.get("/hire/projects")
    pages.post(f"/hire/{hire.posting.id}/wages/{wage_id}/items", {"extra.bonus": "20", "extra.bonus.why": "砌得好"})
    assert "签过又改了" in pages.get("/hire/projects")
    with transaction(read_only=True) as session:
        (sheet,) = month_sheets(session, today=clock.local_date(clock.now()), employer_id=employer.id)
    assert sheet.changed
    assert sheet.sign_until == next_month(sheet.month).replace(day=10)
    assert not sheet.overdue(sheet.sign_until)
    assert sheet.overdue(sheet.sign_until + timedelta(days=1))
    sheet_pdf = pages.post(f"/hire/{hire.posting.id}/wages/sheet.pdf").get_data()
    assert "嘉祥城建集团" in paper(sheet_pdf)


def test_a_signature_under_a_month_does_not_hold_for_other_deductions_of_the_same_sum(visit):
    at = clock.now() - BEFORE
    with transaction() as session:
        employer = make_employer(session, at=at)
        new = NewProject("安居小区", "370829202600017", "嘉祥城建集团")
        project = add_project(session, employer_id=employer.id, new=new, by=oneself(employer), at=at)
    _, wage_id = agreed(employer=employer, occupations=((MASON, 1),), project_id=project.id, pay_fen=3000)
    hashes = set()
    for kind in ("tax", "insurance"):
        with transaction() as session:
            set_items(
                session, wage_id=wage_id, extras=[], deductions=[(kind, 100, "代扣")], by=oneself(employer),
                at=clock.now(),
            )  # fmt: skip
            hashes.add(hash_of(wages_of(session, project_id=project.id)))
    assert len(hashes) == 2


def test_a_projects_month_on_paper_has_every_job_of_it_and_only_a_signature_that_holds(visit):
    at = clock.now() - BEFORE
    with transaction() as session:
        employer = make_employer(session, at=at)
        new = NewProject("安居小区", "370829202600017", "嘉祥城建集团", wage_account="6217000012345678", bank="农商行")
        project = add_project(session, employer_id=employer.id, new=new, by=oneself(employer), at=at)
    site = {"employer": employer, "occupations": ((MASON, 1),), "project_id": project.id}
    hire, wage_id = agreed(title="砌墙", pay_fen=2000, **site)
    agreed(title="抹灰", pay_fen=2500, **site)
    pages = visit(employer.account_id)
    here = f"/hire/projects/{project.id}/{row(wage_id).first_day:%Y-%m}"
    assert "这张表还没签" in paper(pages.post(f"{here}/sheet.pdf").get_data())
    with transaction(read_only=True) as session:
        seen = hash_of(wages_of(session, project_id=project.id))
    pages.post(here, {"sheet": seen, "typed_name": "王海燕"})
    said = paper(pages.post(f"{here}/sheet.pdf").get_data())
    for told in (
        "安居小区（370829202600017）",
        "嘉祥城建集团",
        "×20元/小时",
        "×25元/小时",
        "合计",
        "180",
        seen,
        "王海燕”签的",
    ):
        assert told in said, told
    assert "180 元" in pages.read(here)
    pages.post(f"/hire/{hire.posting.id}/wages/{wage_id}/items", {"extra.bonus": "20", "extra.bonus.why": "砌得好"})
    assert "这张表还没签" in paper(pages.post(f"{here}/sheet.pdf").get_data())
    with transaction(read_only=True) as session:
        looks = session.scalars(select(AuditRow.reason).where(AuditRow.verb == "worker.id_number_seen")).all()
    assert len(looks) == 6
    assert all("370829202600017" in (reason or "") for reason in looks)
    assert visit(make_other()).post(f"{here}/sheet.pdf").status_code == 404


def test_the_slip_on_paper_says_what_the_screen_says(visit):
    at = clock.now() - BEFORE
    hire, wage_id = agreed(shifts=(shift(1, now=at), shift(2, hours=3.5, now=at)))
    employer, worker = visit(hire.employer.account_id), visit(hire.worker.account_id)
    with transaction() as session:
        agree(session, hire, shift=1)
    employer.post(
        f"/hire/{hire.posting.id}/wages/{wage_id}/items",
        {"extra.bonus": "20", "extra.bonus.why": "干得好", "off.tax": "1.5", "off.tax.why": "代扣"},
    )
    pay_all(employer, hire, wage_id)
    screen = worker.read(f"/work/wages/{wage_id}")
    answer = worker.open(f"/work/wages/{wage_id}/slip.pdf")
    said = paper(answer.get_data())
    assert row(wage_id).net_fen == 15350
    for told in ("153.5", "7 小时 30 分 × 18 元/小时", "135", "20", "1.5"):
        assert told in screen, told
        assert told.replace(" ", "") in said, told
    for told in ("张建国", "永昌蒜业有限公司", "奖金", "个人所得税", "20261124000017", "实发", "按时发清了"):
        assert told in said, told
    assert visit(make_other()).open(f"/work/wages/{wage_id}/slip.pdf").status_code in (403, 404)


def paper(body: bytes) -> str:
    pages = pypdfium2.PdfDocument(body)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "").replace(" ", "")


def make_other() -> int:
    """Account of somebody who is both a worker and an employer, of nothing here."""
    with transaction() as session:
        worker = make_worker(session, at=clock.now() - BEFORE)
        account = session.get_one(Account, worker.account_id)
        make_employer(session, account=account, at=clock.now() - BEFORE)
        return account.id


def handled(session, kind: str, deed: Callable[..., None]) -> None:
    for event in session.scalars(select(OutboxRow).where(OutboxRow.kind == kind)):
        deed(session, event.payload)


def test_both_sides_are_asked_warned_and_told_in_plain_words():
    hire = past()
    with transaction() as session:
        make_hire(session, posting=session.merge(hire.posting), at=hire.posting.posted_at)
        ask_for_hours(session, at=clock.now())
        handled(session, "hours_asked", tasks.ask_hours)
        asked = [message.body for message in newest(session, purpose="hours")]
    assert len(asked) == 3
    assert sum("2 个人的工时你还没说" in body for body in asked) == 1
    assert sum(f"/work/mine/{hire.posting.id}/hours" in body for body in asked) == 2
    with transaction() as session:
        say(session, hire, "worker", 240)
        say(session, hire, "employer", 180)
        handled(session, "hours_disputed", tasks.tell_disputed)
        told = [message.body for message in newest(session, purpose="hours_disputed")]
    assert len(told) == 2
    assert all("4 小时" in body and "3 小时" in body for body in told)


def test_the_employer_hears_of_a_due_day_and_the_worker_of_an_overdue_one():
    hire, _ = agreed(pay_days=3)
    with transaction() as session:
        for ahead in (0, 30):
            warn_of_wages(session, at=clock.now() + timedelta(days=ahead))
        handled(session, "wage_due", tasks.tell_due)
        bodies = [message.body for message in newest(session, purpose="wage_due")]
    assert len(bodies) == 3
    assert sum("已经拖了" in body for body in bodies) == 1
    assert sum("/work/unpaid" in body for body in bodies) == 1
    assert all("张建国" not in body for body in bodies)
    assert hire.worker.id


@pytest.mark.parametrize(
    ("record", "said", "share"),
    [
        (PaidRecord(12, 12, 0, (Lamp.GREEN,) * 12, 0), "12 回按时。没有欠着谁的。", ("ok", "准时发 12/12")),
        (
            PaidRecord(47, 48, 0, (*(Lamp.GREEN,) * 11, Lamp.AMBER), 2),
            "11 回按时，1 回晚了 2 天。没有欠着谁的。", ("soon", "准时发 47/48"),
        ),
        (PaidRecord(0, 1, 1, (Lamp.RED,), 0), "没有一回按时。还欠着 1 笔。", ("late", "准时发 0/1")),
    ],
)  # fmt: skip
def test_how_an_employer_pays_is_said_plainly(record, said, share):
    assert record_said(record) == said
    assert share_said(record) == share


def test_a_period_is_said_as_a_neighbour_would():
    first = date(2026, 6, 28)
    assert period_said(first, first) == "6 月 28 日"
    assert period_said(first, first + timedelta(days=2)) == "6 月 28 日 – 30 日"
    assert period_said(first, first + timedelta(days=4)) == "6 月 28 日 – 7 月 2 日"
