"""The agreement's pages and papers, as a browser without script meets them; and what follows in messages and stamps."""

import re
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.agreements import STROKES, employer_signs, offered, seated, worker_signs
from tests.support.makers import make_staff, make_worker, oneself
from tests.support.market import make_posting, shift
from tests.support.time_authority import time_authority
from web.for_workers.agreement import part
from web.tasks.beat import warn_unsigned
from web.tasks.handlers import ERRANDS, HANDLERS
from zero_work_market.ground import clock, messages, outbox
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.contracts import queries
from zero_work_market.rights.contracts.models import Agreement
from zero_work_market.rights.contracts.rules import State, parts_of

pytestmark = pytest.mark.usefixtures("sqlite")


@dataclass(frozen=True)
class Hire:
    """A posting of two seats that are both taken, and their agreements."""

    posting_id: int
    employer: Employer
    workers: list[Worker]
    placement_ids: list[int]

    @property
    def mine(self) -> str:
        return f"/work/mine/{self.posting_id}"

    @property
    def theirs(self) -> str:
        return f"/hire/{self.posting_id}"


@pytest.fixture
def hire() -> Hire:
    at = clock.now()
    with transaction() as session:
        posting = make_posting(session, at=at, headcount=2, shifts=(shift(now=at),))
        workers = [make_worker(session, name=name, at=at) for name in ("张建国", "欧阳秀兰")]
        held = [seated(session, posting, worker, at=at) for worker in workers]
        for placement in held:
            offered(session, placement, at=at)
        return Hire(posting.id, posting.employer, workers, [placement.id for placement in held])


def signed_by_both(hire: Hire) -> None:
    at = clock.now()
    with transaction() as session:
        for placement_id in hire.placement_ids:
            worker_signs(session, session.get_one(Placement, placement_id), at=at)
        employer_signs(session, session.get_one(Posting, hire.posting_id), at=at)


def agreements(hire: Hire) -> list[Agreement]:
    with transaction(read_only=True) as session:
        found = [queries.of_placement(session, placement_id) for placement_id in hire.placement_ids]
    assert all(found)
    return found  # type: ignore[return-value]


def code_of(account_id: int | None) -> str:
    with transaction(read_only=True) as session:
        phone = session.get_one(Account, account_id).phone
        [sent] = messages.newest(session, phone=phone, purpose="sign_code", limit=1)
        return re.findall(r"\d{6}", sent.body or "")[0]


def hidden(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def delivered(kind: str) -> None:
    """Have what waits in the outbox done, of one kind."""
    with transaction(read_only=True) as session:
        waiting = session.scalars(select(OutboxRow.id).where(OutboxRow.kind == kind, OutboxRow.done_at.is_(None))).all()
    for event_id in waiting:
        outbox.deliver(event_id, HANDLERS, ERRANDS)


def told(account_id: int | None) -> list[str]:
    """What was said to an account's phone about agreements, the first first."""
    with transaction(read_only=True) as session:
        phone = session.get_one(Account, account_id).phone
        return [one.body or "" for one in reversed(messages.newest(session, phone=phone, purpose="agreement"))]


def paper(answer: TestResponse) -> str:
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert len(answer.data) < 200 * 1024
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.data))


def test_a_worker_reads_and_signs_without_script_or_finger(hire: Hire, visit) -> None:
    worker = hire.workers[1]
    own = visit(worker.account_id)
    page = own.get(f"{hire.mine}/agreement")
    assert "18 元/小时，照上面的时间干完，一共 72 元" in page
    assert worker.id_number not in page
    asked = own.post(f"{hire.mine}/sign/code", {"seen": hidden(page, "seen")[0]}).text
    form = {
        "seen": hidden(asked, "seen")[0], "strokes": "", "typed_name": "欧阳秀兰", "consent": "1",
        "code": code_of(worker.account_id),
    }  # fmt: skip
    assert own.post(f"{hire.mine}/sign", form).status_code == 303
    page = own.get(f"{hire.mine}/agreement")
    assert "你签好了，等单位签" in page
    assert "打上全名签的" in page
    assert "没被改过" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "x"}, "验证码不对，还能试 4 次。"),
        ({"consent": ""}, "同意这一条：还没勾"),
        ({"strokes": "[[[1,1,0]]]"}, "签名：写得太短"),
        ({"strokes": "", "typed_name": "欧阳"}, "全名：跟登记的全名不一样"),
        ({"strokes": ""}, "全名：还没签"),
    ],
)
def test_a_refused_signature_says_why_and_keeps_what_was_drawn(hire: Hire, visit, change, said) -> None:
    worker = hire.workers[1]
    own = visit(worker.account_id)
    [seen] = hidden(own.get(f"{hire.mine}/agreement"), "seen")
    own.post(f"{hire.mine}/sign/code", {"seen": seen})
    form = {"seen": seen, "strokes": STROKES, "typed_name": "", "consent": "1", "code": code_of(worker.account_id)}
    answer = own.post(f"{hire.mine}/sign", form | change)
    page = answer.text
    assert answer.status_code == 422
    assert said in page
    kept = form | change
    assert [value.replace("&#34;", '"') for value in hidden(page, "strokes")] == [kept["strokes"]]
    assert f'name="typed_name" type="text" value="{kept["typed_name"]}"' in page


def test_asking_for_a_code_again_at_once_keeps_what_was_drawn(hire: Hire, visit) -> None:
    own = visit(hire.workers[0].account_id)
    own.post(f"{hire.mine}/sign/code", {})
    answer = own.post(f"{hire.mine}/sign/code", {"strokes": STROKES})
    assert answer.status_code == 429
    assert "秒后再要" in answer.text
    assert STROKES.replace('"', "&#34;") in answer.text


def test_a_text_that_changed_meanwhile_is_shown_again_instead_of_signed(hire: Hire, visit) -> None:
    own = visit(hire.workers[0].account_id)
    own.post(f"{hire.mine}/sign/code", {})
    form = {"seen": "0" * 64, "strokes": STROKES, "consent": "1", "code": code_of(hire.workers[0].account_id)}
    assert own.post(f"{hire.mine}/sign", form).location == f"{hire.mine}/agreement"
    assert "内容刚刚变了" in own.get(f"{hire.mine}/agreement")


def test_the_employer_signs_all_with_one_code(hire: Hire, visit) -> None:
    own = visit(hire.employer.account_id)
    page = own.get(f"{hire.theirs}/agreements")
    assert "一起签 2 份" in page
    assert "2 份一样" in page
    assert "张建国" not in page
    asked = own.post(f"{hire.theirs}/sign/code", {"seen": hidden(page, "seen")}).text
    form = {
        "seen": hidden(asked, "seen"), "strokes": STROKES, "typed_name": "", "consent": "1",
        "code": code_of(hire.employer.account_id),
    }  # fmt: skip
    assert own.post(f"{hire.theirs}/sign", form).status_code == 303
    assert "你签好了，等干活的人签" in own.get(f"{hire.theirs}/agreements")
    assert [len(agreement.signatures) for agreement in agreements(hire)] == [1, 1]


def test_one_side_signing_nudges_the_other_and_both_are_told_when_it_is_complete(hire: Hire) -> None:
    first, second = hire.workers
    at = clock.now()
    with transaction() as session:
        worker_signs(session, session.get_one(Placement, hire.placement_ids[0]), at=at)
    delivered("agreements_signed")
    assert told(first.account_id) == told(hire.employer.account_id) == []
    with transaction() as session:
        employer_signs(session, session.get_one(Posting, hire.posting_id), at=at)
    delivered("agreements_signed")
    assert "两边都签好了" in told(first.account_id)[0]
    assert "等你签，不收钱" in told(second.account_id)[0]
    assert "和张**的约定两边都签好了" in told(hire.employer.account_id)[0]
    with transaction() as session:
        worker_signs(session, session.get_one(Placement, hire.placement_ids[1]), at=at)
    delivered("agreements_signed")
    assert "两边都签好了" in told(second.account_id)[1]
    assert len(told(hire.employer.account_id)) == 2


def test_the_agreement_follows_the_seat(hire: Hire) -> None:
    at, worker = clock.now(), hire.workers[0]
    with transaction() as session:
        posting = make_posting(session, at=at, shifts=(shift(5, now=at),))
        placement = seated(session, posting, worker, at=at)
    delivered("seat_accepted")
    with transaction() as session:
        made = queries.of_placement(session, placement.id)
        assert made is not None
        assert made.state == State.OFFERED
        placements.withdraw(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=at)
    delivered("seat_given_up")
    with transaction() as session:
        assert queries.of_placement(session, placement.id).state == State.VOID  # type: ignore[union-attr]
        placements.cancel_posting(session, posting_id=hire.posting_id, by=oneself(hire.employer), at=at)
    delivered("placement_cancelled")
    assert {agreement.state for agreement in agreements(hire)} == {State.VOID}


def test_the_paper_says_what_the_screen_says_with_full_names_for_both_sides(hire: Hire, visit) -> None:
    signed_by_both(hire)
    agreement, worker = agreements(hire)[0], hire.workers[0]
    own, theirs = visit(worker.account_id), visit(hire.employer.account_id)
    drawn = paper(own.open(f"{hire.mine}/agreement.pdf"))
    assert drawn == paper(theirs.open(f"{hire.theirs}/agreements/{agreement.id}.pdf"))
    flat = drawn.replace("\r\n", "").replace(" ", "")
    for _, paragraphs in parts_of(agreement.text.decode()):
        for paragraph in paragraphs:
            assert paragraph.replace(" ", "") in flat
    assert worker.id_number in drawn
    assert agreement.text_hash in flat
    assert "没被改过" in drawn
    for _, paragraphs in parts_of(agreement.text.decode())[1:]:
        for paragraph in paragraphs:
            assert paragraph in own.get(f"{hire.mine}/agreement")
    with transaction(read_only=True) as session:
        seen = session.scalars(select(AuditRow).where(AuditRow.verb == "worker.agreement_seen")).all()
        assert [(row.subject, row.role) for row in seen] == [(f"worker:{worker.id}", "employer")]


def test_whoever_scans_the_paper_sees_that_it_holds_and_nothing_else(hire: Hire, visit) -> None:
    signed_by_both(hire)
    agreement, anyone = agreements(hire)[0], visit(None)
    page = anyone.get(f"/agreements/{agreement.id}/{agreement.text_hash[:32]}")
    assert "没被改过" in page
    assert agreement.number in page
    for secret in ("张建国", "永昌 2 号库", "18 元"):
        assert secret not in page
    other = agreements(hire)[1].text_hash[:32]
    assert anyone.open(f"/agreements/{agreement.id}/{other}").status_code == 404


def test_a_changed_text_is_said_on_every_page(hire: Hire, visit) -> None:
    signed_by_both(hire)
    agreement = agreements(hire)[0]
    with transaction() as session:
        session.get_one(Agreement, agreement.id).text = agreement.text.replace("72 元".encode(), "27 元".encode())
    assert "内容跟签的时候不一样了" in visit(hire.workers[0].account_id).get(f"{hire.mine}/agreement")
    assert "核对不上" in visit(None).get(f"/agreements/{agreement.id}/{agreement.text_hash[:32]}")
    assert "核对不上" in paper(visit(hire.workers[0].account_id).open(f"{hire.mine}/agreement.pdf"))


def test_staff_count_the_started_open_them_and_take_the_full_text_for_a_reason(hire: Hire, visit) -> None:
    at = clock.now()
    with transaction() as session:
        worker_signs(session, session.get_one(Placement, hire.placement_ids[0]), at=at)
        employer_signs(session, session.get_one(Posting, hire.posting_id), at=at)
        for placement_id in hire.placement_ids:
            session.get_one(Placement, placement_id).arrived_at = at
        session.get_one(Posting, hire.posting_id).closes_at = at
        desk = make_staff(session, at=at)
    staff, agreement = visit(desk.account_id), agreements(hire)[0]
    page = staff.get("/staff/coverage")
    assert "50.0%" in page
    assert page.index("只签了一边") < page.rindex("两边签好")
    assert f"/staff/agreements/{agreement.id}" in page
    assert "没有开工的" in staff.get("/staff/coverage?industry=建筑")
    shown = staff.get(f"/staff/agreements/{agreement.id}")
    assert "没被改过" in shown
    assert "张建国" not in shown
    refused = staff.post(f"/staff/agreements/{agreement.id}/fetch", {"reason": ""})
    assert refused.status_code == 422
    assert "写清事由" in refused.text
    assert "张建国" in paper(staff.post(f"/staff/agreements/{agreement.id}/fetch", {"reason": "核对欠薪投诉"}))
    assert "用工约定全文" in staff.get("/staff/looks")
    assert "核对欠薪投诉" in staff.get("/staff/looks")


@pytest.fixture
def authority(tmp_path, monkeypatch):
    with time_authority(tmp_path) as found, monkeypatch.context() as changed:
        changed.setenv("LEYE_TSA_URL", found.url)
        changed.setenv("LEYE_TSA_ROOTS", str(found.roots))
        settings.cache_clear()
        yield found
    settings.cache_clear()


def test_an_outside_authority_stamps_each_signature_and_a_dead_one_delays_only_its_stamp(
    hire: Hire, visit, authority
) -> None:
    authority.answers = b""
    signed_by_both(hire)
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        delivered("agreements_signed")
    assert [agreement.state for agreement in agreements(hire)] == [State.SIGNED, State.SIGNED]
    own = visit(hire.workers[0].account_id)
    assert "127.0.0.1" not in own.get(f"{hire.mine}/agreement")
    authority.answers = None
    with transaction() as session:
        for row in session.scalars(select(OutboxRow)):
            row.due_at = clock.now()
    delivered("agreements_signed")
    page = own.get(f"{hire.mine}/agreement")
    assert page.count("127.0.0.1盖的时间") == 2
    assert "外面的授时机构也盖了时间" in page
    assert {signature.witness for one in agreements(hire) for signature in one.signatures} == {"127.0.0.1"}
    asked = authority.asked
    with transaction() as session:
        session.get_one(Agreement, agreements(hire)[0].id).signatures[0].witness_stamp = b"0"
    assert "授时机构盖的时间核不出来" in own.get(f"{hire.mine}/agreement")
    assert authority.asked == asked


def test_the_hires_page_is_told_how_far_the_agreement_is(hire: Hire, app) -> None:
    def said() -> Any:
        with app.test_request_context(), transaction(read_only=True) as session:
            return part(session, session.get_one(Placement, hire.placement_ids[0]), clock.now())["agreement_part"]

    assert (said().act, said().done, said().href) == ("签约", False, f"{hire.mine}/agreement")
    with transaction() as session:
        employer_signs(session, session.get_one(Posting, hire.posting_id), at=clock.now())
    assert said().text == "单位签好了，等你签。"
    with transaction() as session:
        worker_signs(session, session.get_one(Placement, hire.placement_ids[0]), at=clock.now())
    assert (said().act, said().done) == ("看约定", True)


def test_a_worker_who_starts_without_a_signed_agreement_is_told(hire: Hire) -> None:
    with transaction() as session:
        session.get_one(Placement, hire.placement_ids[0]).arrived_at = clock.now()
    warn_unsigned()
    warn_unsigned()
    [said] = told(hire.workers[0].account_id)
    assert said.startswith("【乐业】你开始干装蒜包装了，约定两边还没签齐。签了有凭据，不收钱")
    assert told(hire.workers[1].account_id) == []
