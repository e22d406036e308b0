"""Complaints and cases as their three sides see them, through the site with its CSRF tokens; and the papers."""

import re
from datetime import timedelta
from typing import Any

import pypdfium2 as pdfium
import pytest
from sqlalchemy import select

from tests.support.cases import complain, make_unpaid, wage_of
from tests.support.hires import Hire, make_hire, say
from tests.support.makers import COUNTY, VILLAGE, make_employer, make_staff, make_worker
from tests.support.market import shift
from tests.support.pages import Pages, words
from web.filters import yuan
from web.tasks.cases import tell_stepped
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.disputes.models import Case, Claim
from zero_work_market.rights.disputes.rules import Outcome, Stage
from zero_work_market.rights.wages import service as wages

pytestmark = pytest.mark.usefixtures("sqlite")

AGO = timedelta(days=20)


def pdf(pages: Pages, path: str) -> str:
    """What a PDF says, in one line."""
    answer = pages.open(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    said = [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(answer.data)]
    return re.sub(r"\s+", "", "".join(said))


def unpaid(**hire: Any) -> Hire:
    """Work of twenty days ago, its pay day thirteen days past."""
    at = clock.now() - AGO
    with transaction() as session:
        return make_unpaid(session, **{"at": at, "shifts": (shift(now=at),)} | hire)


def claimed(**hire: Any) -> tuple[Hire, int, int]:
    """A hire, its claim's id and its case's."""
    made = unpaid(**hire)
    with transaction() as session:
        claim = complain(session, made, at=clock.now())
        return made, claim.id, claim.case_id


def a_county_seat(role: Role = Role.COUNTY, region: str = COUNTY) -> int | None:
    with transaction() as session:
        return make_staff(session, role, region, at=clock.now() - AGO).account_id


def stage_of(case_id: int) -> Stage:
    with transaction(read_only=True) as session:
        return session.get_one(Case, case_id).stage


# ── the worker ──


def test_one_tap_builds_the_complaint_and_shows_its_case(visit):
    hire = unpaid()
    worker = visit(hire.worker.account_id)
    assert "告他，要这 72 元" in worker.read("/work/unpaid")
    answer = worker.post(f"/work/unpaid/{hire.posting.id}", key="k1")
    assert answer.status_code == 303
    page = worker.read(answer.location)
    for told in ("72 元", "干了 4 小时，两边都认", "工头点的名", "还缺", "用工约定", "县里在看"):
        assert told in page
    assert worker.post(f"/work/unpaid/{hire.posting.id}", key="k1").location == answer.location
    assert "正在要的 1 个" in worker.read("/work/unpaid")


def test_before_the_pay_day_the_worker_reads_when_it_is_and_can_only_remind(visit):
    hire = unpaid(pay_days=30)
    worker, path = visit(hire.worker.account_id), f"/work/unpaid/{hire.posting.id}"
    page = worker.read("/work/unpaid")
    assert "提醒单位别忘了" in page
    assert "告他" not in page
    worker.post(path)
    assert "还没到日子" in worker.read("/work/unpaid")
    worker.post(f"{path}/remind")
    assert "短信提醒单位了" in worker.read("/work/unpaid")


def test_disputed_hours_are_shown_with_both_words_and_can_be_complained_of(visit):
    at = clock.now() - timedelta(days=2)
    with transaction() as session:
        hire = make_hire(session, at=at, shifts=(shift(now=at),))
        say(session, hire, "worker", 240)
        say(session, hire, "employer", 120)
    worker = visit(hire.worker.account_id)
    assert "工时没谈拢，单位不认" in worker.read("/work/unpaid")
    page = worker.read(worker.post(f"/work/unpaid/{hire.posting.id}").location)
    assert "你说干了 4 小时，单位说 2 小时，没谈拢" in page


def test_words_that_cannot_be_taken_stay_in_the_form(visit):
    hire, claim_id, _ = claimed()
    worker = visit(hire.worker.account_id)
    answer = worker.post(f"/work/claims/{claim_id}/words", words="长" * 1001)
    assert answer.status_code == 422
    assert "长" * 1001 in answer.text
    worker.post(f"/work/claims/{claim_id}/words", words="老板电话不接")
    assert "老板电话不接" in worker.read(f"/work/claims/{claim_id}")


def test_a_claim_is_taken_back_and_can_be_made_again(visit):
    hire, claim_id, _ = claimed()
    worker = visit(hire.worker.account_id)
    worker.post(f"/work/claims/{claim_id}/take-back")
    assert "撤回了" in worker.read(f"/work/claims/{claim_id}")
    assert "告他，要这 72 元" in worker.read("/work/unpaid")


def test_money_that_came_shows_on_the_claim(visit):
    hire, claim_id, _ = claimed()
    worker, now = visit(hire.worker.account_id), clock.now()
    with transaction() as session:
        wage = wage_of(session, hire)
        wages.pay(
            session, wage_id=wage.id, fen=7200, paid_on=clock.local_date(now), how="bank", number="6222000101",
            by=hire.by_employer, at=now,
        )  # fmt: skip
    assert "到齐了，72 元" in worker.read(f"/work/claims/{claim_id}")


# ── the employer ──


def test_the_employer_sees_who_claims_what_masked_and_answers(visit):
    hire, claim_id, case_id = claimed()
    employer = visit(hire.employer.account_id)
    page = employer.read("/hire/cases")
    assert "张** · 装蒜包装" in page
    assert "张建国" not in page
    assert employer.post(f"/hire/cases/{case_id}/answer", words="").status_code == 422
    employer.post(f"/hire/cases/{case_id}/answer", words="下周三先给一半")
    assert "下周三先给一半" in visit(hire.worker.account_id).read(f"/work/claims/{claim_id}")


# ── staff ──


def test_the_queue_holds_what_ends_soon_and_the_supervision_list_what_ten_workers_claim(visit):
    with transaction() as session:
        employer = make_employer(session, at=clock.now() - AGO)
    for _ in range(10):
        claimed(employer=employer)
    desk = visit(a_county_seat())
    page = desk.read("/staff/cases")
    assert "要办 1 挂牌督办 1 全部 1" in page
    listed = desk.read("/staff/cases?show=supervised")
    assert "720 元" in listed
    assert "10 人" in listed
    assert "要办 0 挂牌督办 0 全部 0" in visit(a_county_seat(region="370828")).read("/staff/cases")
    assert "1 挂牌督办 集体或者数额大的" in desk.read("/staff")


def test_a_case_runs_from_its_acceptance_to_its_settlement(visit):
    hire, claim_id, case_id = claimed()
    desk, path = visit(a_county_seat()), f"/staff/cases/{case_id}"
    desk.post(f"{path}/accept")
    day = (clock.local_date(clock.now()) + timedelta(days=2)).isoformat()
    assert desk.post(f"{path}/call", meet_on="", meet_at="09:00", place="驿站").status_code == 422
    desk.post(f"{path}/call", meet_on=day, meet_at="09:00", place="卧龙山驿站")
    assert "卧龙山驿站坐下来谈" in visit(hire.worker.account_id).read(f"/work/claims/{claim_id}")
    record = {
        "held_on": clock.local_date(clock.now()).isoformat(), "place": "卧龙山驿站", "present": "两边、调解员",
        "worker_said": "干了四小时", "employer_said": "月底给", "result": "agreed", "pay_by": day,
    }  # fmt: skip
    refused = desk.post(f"{path}/mediation", **record, **{f"sum.{claim_id}": "72.01"})
    assert refused.status_code == 422
    assert "干了四小时" in refused.text
    desk.post(f"{path}/mediation", **record, **{f"sum.{claim_id}": "70"})
    assert "调解，谈成了" in desk.read(path)
    desk.post(f"{path}/close", outcome="settled")
    with transaction(read_only=True) as session:
        case, claim = session.get_one(Case, case_id), session.get_one(Claim, claim_id)
    assert (case.stage, case.outcome, claim.promised_fen) == (Stage.CLOSED, Outcome.SETTLED, 7000)
    shown = visit(hire.worker.account_id).read(f"/work/claims/{claim_id}")
    assert "调成了" in shown
    assert "说好给 70 元，还没到账" in shown
    assert "说好给 70 元，已到账 0 元" in desk.read(path)


def test_a_case_is_heard_extended_and_awarded(visit):
    _, claim_id, case_id = claimed()
    desk, path = visit(a_county_seat()), f"/staff/cases/{case_id}"
    desk.post(f"{path}/accept")
    desk.post(f"{path}/refer", procedure="ordinary")
    assert desk.post(f"{path}/extend", days="15", reason="").status_code == 422
    desk.post(f"{path}/extend", days="15", reason="要等鉴定结果")
    assert "延了 15 天" in desk.read(path)
    desk.post(f"{path}/close", outcome="awarded", words="嘉劳人仲案字 12 号", **{f"sum.{claim_id}": "72"})
    assert "结案：裁了，说好给 72 元，已到账 0 元" in desk.read(path)


def test_a_case_whose_money_has_come_is_offered_to_be_closed(visit):
    hire, _, case_id = claimed()
    desk, now = visit(a_county_seat()), clock.now()
    assert "可以结案" not in desk.read(f"/staff/cases/{case_id}")
    with transaction() as session:
        wages.pay(
            session, wage_id=wage_of(session, hire).id, fen=7200, paid_on=clock.local_date(now), how="bank",
            number="6222000102", by=hire.by_employer, at=now,
        )  # fmt: skip
    assert "钱都到齐了，可以结案" in desk.read(f"/staff/cases/{case_id}")
    desk.post(f"/staff/cases/{case_id}/close", outcome="paid")
    assert stage_of(case_id) == Stage.CLOSED


def test_a_reason_that_is_missing_is_asked_for_beside_its_field(visit):
    _, _, case_id = claimed()
    answer = visit(a_county_seat()).post(f"/staff/cases/{case_id}/supervise", reason="急")
    assert answer.status_code == 422
    assert "写清事由" in words(answer.text)


# ── the papers ──


def test_the_workers_own_copy_names_them_in_full_and_its_figures_are_the_screens(visit):
    at = clock.now() - AGO
    with transaction() as session:
        worker = make_worker(session, village=VILLAGE, at=at)
    hire, claim_id, case_id = claimed(worker=worker, shifts=(shift(1, now=at), shift(2, hours=3.5, now=at)))
    with transaction(read_only=True) as session:
        claim, number = session.get_one(Claim, claim_id), session.get_one(Worker, worker.id).id_number
        case_number = session.get_one(Case, case_id).number
        uscc = session.get_one(Employer, hire.employer.id).uscc
    said = pdf(visit(worker.account_id), f"/work/claims/{claim_id}/pack")
    sum_said = f"{yuan(claim.claim_fen)}元"
    assert sum_said == "135元"
    for told in ("劳动人事争议仲裁申请书", "证据清单", "金额计算表", "张建国", number, uscc, sum_said, "张垓村"):
        assert told in said, told
    assert sum_said.removesuffix("元") + " 元" in visit(worker.account_id).read(f"/work/claims/{claim_id}")
    for link in claim.built_from["evidence"]:
        assert link["hash"] in said
    with transaction(read_only=True) as session:
        seen = select(AuditRow.verb, AuditRow.reason).where(AuditRow.subject == f"worker:{worker.id}")
        looks = [row for row in session.execute(seen) if row.reason]
    assert [row.verb for row in looks] == ["worker.name_seen", "worker.id_number_seen", "worker.phone_seen"]
    assert {row.reason for row in looks} == {f"本人取仲裁材料（{case_number}）"}


def test_an_applications_signature_stands_on_the_page_that_says_whom_it_goes_to(visit):
    at = clock.now() - AGO
    with transaction() as session:
        worker = make_worker(session, village=VILLAGE, at=at)
    _, claim_id, _ = claimed(worker=worker, shifts=(shift(1, now=at),))
    body = visit(worker.account_id).open(f"/work/claims/{claim_id}/pack").data
    pages = [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(body)]
    [closing] = [page for page in pages if "申请人（签名）" in page]
    assert "此致" in closing
    assert "仲裁委员会" in closing


def test_staffs_pack_lists_every_claimant_first(visit):
    with transaction() as session:
        employer = make_employer(session, at=clock.now() - AGO)
    claims = [claimed(employer=employer)[1] for _ in range(3)]
    with transaction(read_only=True) as session:
        case_id = session.get_one(Claim, claims[0]).case_id
    said = pdf(visit(a_county_seat()), f"/staff/cases/{case_id}/pack")
    assert "集体劳动争议申请人名单" in said[:60]
    assert said.count("劳动人事争议仲裁申请书") >= 3
    assert "合计3件216" in said
    one = pdf(visit(a_county_seat()), f"/staff/cases/{case_id}/pack?claim={claims[0]}")
    assert "集体劳动争议" not in one


# ── messages ──


def told_to(account_id: int | None) -> list[str]:
    """What was sent to a phone, the oldest first."""
    with transaction() as session:
        waiting = session.scalars(select(OutboxRow).where(OutboxRow.kind == "case_stepped").order_by(OutboxRow.id))
        for row in waiting.all():
            tell_stepped(session, row.payload)
            session.delete(row)
        phone = session.get_one(Account, account_id).phone
        return [message.body or "" for message in messages.newest(session, phone=phone, purpose="case")][::-1]


def test_both_sides_hear_of_the_complaint_and_of_every_stage(visit):
    hire, claim_id, case_id = claimed()
    worker, employer = hire.worker.account_id, hire.employer.account_id
    assert f"/work/claims/{claim_id}" in told_to(worker)[0]
    assert "张**告你们欠装蒜包装的工钱 72 元" in told_to(employer)[0]
    staff = visit(a_county_seat())
    staff.post(f"/staff/cases/{case_id}/accept")
    staff.post(f"/staff/cases/{case_id}/refer", procedure="simple")
    assert len(told_to(worker)) == len(told_to(employer)) == 3
    assert "仲裁院" in told_to(worker)[-1]
    visit(employer).post(f"/hire/cases/{case_id}/answer", words="明天就给")
    assert "回了话：明天就给" in told_to(worker)[-1]
    assert len(told_to(employer)) == 3
