"""The employers' pages, as a browser without script meets them; and what htmx asks for while one types."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support.brands import make_brand
from tests.support.makers import PNG, TOWN, id_number, make_account, make_employer, make_worker, uscc
from tests.support.market import PACKER, make_posting, shift
from tests.support.pages import Pages, unspaced
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.service import decline
from zero_work_market.market.placements.service import accept
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Paper, Verification

pytestmark = pytest.mark.usefixtures("sqlite")

HTMX = {"HX-Request": "true"}
SORTER = "4-02-06-02"


@pytest.fixture
def hire(visit) -> Pages:
    """The pages of a verified employer in 嘉祥县."""
    return visit(an_employer().account_id)


def an_employer(**given: Any) -> Employer:
    with transaction() as session:
        return make_employer(session, at=clock.now(), **given)


def a_packer(**given: Any) -> int:
    with transaction() as session:
        return make_worker(session, at=clock.now(), **{"skills": [PACKER]} | given).id


def a_posting(of: Employer | None = None, **given: Any) -> int:
    with transaction() as session:
        employer = session.get_one(Employer, of.id) if of else make_employer(session, at=clock.now())
        now = clock.now()
        return make_posting(session, employer=employer, at=now, **{"shifts": (shift(now=now),)} | given).id


def takes(posting_id: int, worker_id: int) -> None:
    with transaction() as session:
        accept(session, posting_id=posting_id, worker_id=worker_id, by=SYSTEM, at=clock.now())


def slip(**changes: Any) -> dict[str, Any]:
    """Five packers for tomorrow 08–12 at 20 yuan in 嘉祥县, as the form sends it."""
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    return {
        "title": "装蒜包装", "headcount": "5", "day": tomorrow.isoformat(), "start": "08:00", "end": "12:00",
        "days": "1", "town": TOWN, "address": "永昌 2 号库", "pay": "20", "pay_kind": "hour", "level": "1",
        "pay_days": "7", "min_age": "18", "employment": "零工", "words": "", "key": "tap-1",
    } | changes  # fmt: skip


def preview(pages: Pages, **changes: Any) -> str:
    sent = {"csrf_token": pages.token()} | slip(**changes)
    answer = pages.client.post("/hire/preview", data=sent, headers=HTMX)
    assert answer.status_code == 200
    return answer.text


def postings() -> list[Posting]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(Posting).order_by(Posting.id)))


def invited(posting_id: int) -> set[int]:
    with transaction(read_only=True) as session:
        return set(session.scalars(select(Application.worker_id).where(Application.posting_id == posting_id)))


def registration(**changes: Any) -> dict[str, Any]:
    return {
        "employer": "济宁永昌蒜业有限公司", "short": "永昌蒜业", "uscc": uscc(), "town": TOWN, "address": "永昌 2 号库",
        "operator": "王海燕", "operator_id_number": id_number(),
    } | changes  # fmt: skip


def a_newcomer() -> int:
    with transaction() as session:
        return make_account(session, at=clock.now()).id


def test_account_without_an_employer_is_led_to_register(visit):
    answer = visit(a_newcomer()).open("/hire/new")
    assert (answer.status_code, answer.location) == (302, "/hire/register")


def test_registering_names_every_misspelt_field_and_keeps_what_was_typed(visit):
    wrong = registration(uscc="91370829MA00000010", operator_id_number="370829197001010011", town="")
    answer = visit(a_newcomer()).post("/hire/register", wrong)
    page = answer.text
    assert answer.status_code == 422
    assert set(re.findall(r'id="(\w+)-err"', page)) == {"uscc", "operator_id_number", "town"}
    for typed in ("济宁永昌蒜业有限公司", "91370829MA00000010", "王海燕", "永昌 2 号库"):
        assert typed in page


def test_registered_employer_waits_and_its_papers_may_follow(visit):
    pages = visit(a_newcomer())
    licence = {"licence": (io.BytesIO(PNG), "执照.png")}
    assert pages.post("/hire/register", registration() | licence).location == "/hire/me"
    assert "还差2样证照" in unspaced(pages.get("/hire/me"))
    both = {name: (io.BytesIO(PNG), "照片.png") for name in ("operator_id", "letter")}
    assert pages.post("/hire/papers", both).status_code == 303
    assert "工作人员在看" in unspaced(pages.get("/hire/me"))
    assert pages.open("/hire/papers/licence").data == PNG


def test_paper_that_is_no_picture_is_refused_under_its_name(visit):
    page = visit(an_employer(papers=(), state=Verification.WAITING).account_id)
    answer = page.post("/hire/papers", {"letter": (io.BytesIO(b"hello"), "委托书.png")})
    assert answer.status_code == 422
    assert re.search(r'id="letter-err".*?委托书：只收照片', answer.text, re.S)


def test_refused_employer_sees_why_and_new_papers_take_it_back_to_the_queue(visit):
    employer = an_employer(state=Verification.REFUSED)
    pages = visit(employer.account_id)
    assert "营业执照看不清" in pages.get("/hire/me")
    pages.post("/hire/papers", {"licence": (io.BytesIO(PNG), "执照.png")})
    assert "等核验" in unspaced(pages.get("/hire/me"))


def test_fresh_slip_is_tomorrow_morning_where_and_for_what_the_last_one_was(visit):
    employer = an_employer()
    a_posting(employer, town="370829101", address="大张楼集", pay_fen=2300)
    page = visit(employer.account_id).get("/hire/new")
    assert "明天08:00–12:00" in unspaced(page)
    assert "大张楼集" in page
    assert re.search(r'name="pay"[^>]*value="23"', page)
    assert re.search(r'value="370829101" selected', page)


def test_preview_reads_the_trade_and_tells_who_would_come(hire):
    workers = [a_packer() for _ in range(3)]
    a_packer(skills=["4-03-02-05"])
    page = preview(hire, headcount="2")
    assert len(workers) == 3
    assert "算包装工" in unspaced(page)
    assert "3人合适" in unspaced(page)
    assert "先邀3人" in unspaced(page)
    assert "包装工·上午有空" in unspaced(page)
    assert "共160元" in unspaced(page)
    assert "3个全邀了，来够2个的把握也只有42%" in unspaced(page)
    assert "发布并邀请3人" in unspaced(page)


def test_more_pay_is_worth_a_line_only_when_it_brings_somebody(hire):
    a_packer()
    assert "能再多" not in unspaced(preview(hire, pay="20"))
    a_packer(min_hourly_fen=2100)
    assert "给到21元，能再多1人" in unspaced(preview(hire, pay="20"))


def test_what_is_not_filled_in_is_counted_but_not_complained_of_while_typing(hire):
    page = preview(hire, title="", address="")
    assert "填好2处就能发" in unspaced(page)
    assert "还没填" not in page


def test_words_that_may_not_be_said_come_with_their_clause_and_what_would_pass(hire):
    page = preview(hire, words="只招男的，手脚麻利")
    assert "这句不能发：只招男的" in page
    assert "第二十四条" in page
    assert 'data-to="能搬 20 公斤"' in page
    assert "改好1处就能发" in unspaced(page)
    assert "改好" not in unspaced(preview(hire, words="两个男人能抬动的重量，不收押金，男女不限"))


def test_without_script_the_button_puts_the_right_words_in_and_publishes_nothing(hire):
    page = hire.post("/hire/new", slip(words="只招男的，手脚麻利", fix="0")).text
    assert ">能搬 20 公斤，手脚麻利</textarea>" in page
    assert postings() == []


@pytest.mark.parametrize(
    ("pay", "words"),
    [
        ({"pay": "130", "pay_kind": "day", "end": "16:00"}, "合16.25元/小时，最低18元/小时，至少给144元"),
        ({"pay": "17.99"}, "不够，最低18元/小时"),
        ({"pay": "3", "pay_kind": "piece", "pieces": "5"}, "合15元/小时，最低18元/小时"),
        ({"pay": "十八"}, "不是个数"),
    ],
)
def test_low_or_unreadable_pay_is_refused_with_its_figures(hire, pay, words):
    answer = hire.post("/hire/new", slip(**pay))
    assert answer.status_code == 422
    assert words in unspaced(answer.text)
    assert postings() == []


def test_refused_slip_comes_back_with_everything_as_typed(hire):
    with transaction() as session:
        make_brand(session, code="jinxiang-suangong", at=clock.now())
    given = slip(
        title="", words="带饭盒", address="老街 3 号", headcount="7", extras=["meals"], brands=["jinxiang-suangong"]
    )
    page = hire.post("/hire/new", given).text
    assert "干什么还没填" in unspaced(page)
    for kept in ("带饭盒", "老街 3 号", 'value="7"', 'value="meals" checked', 'value="jinxiang-suangong" checked'):
        assert kept in page


def test_published_twice_with_one_key_it_is_one_posting_that_invites_as_many_as_said(hire):
    first = hire.post("/hire/new", slip(invite="3", invite_was="8"))
    again = hire.post("/hire/new", slip(invite="3", invite_was="8"))
    (made,) = postings()
    assert first.location == again.location == f"/hire/{made.id}"
    assert (made.state, made.invite_first, made.headcount, made.hourly_fen) == (State.OPEN, 3, 5, 2000)
    assert [need.occupation for need in made.occupations] == [PACKER]


def test_slip_of_an_employer_that_is_not_verified_waits_for_staff(visit):
    pages = visit(an_employer(state=Verification.WAITING).account_id)
    assert "交上去，等审核" in preview(pages)
    pages.post("/hire/new", slip())
    (made,) = postings()
    assert made.state == State.WAITING
    assert "在等工作人员审核" in pages.get(f"/hire/{made.id}")


def test_several_days_and_a_night_shift_become_one_shift_a_day(hire):
    hire.post("/hire/new", slip(start="22:00", end="06:00", days="3"))
    (made,) = postings()
    assert [(one.ends_at - one.starts_at) for one in made.shifts] == [timedelta(hours=8)] * 3


def test_a_break_is_chosen_said_beside_the_hours_and_kept_when_posted_again(hire):
    day = {"end": "17:00", "pay": "150", "pay_kind": "day"}
    assert "至少给 162 元" in preview(hire, **day)
    page = preview(hire, **day, break_minutes="60")
    assert "中间休息 1 小时</span></b><small>算 8 小时</small>" in page
    assert "至少给" not in page
    hire.post("/hire/new", slip(**day, break_minutes="60"))
    (posting,) = postings()
    assert (posting.break_minutes, posting.hourly_fen) == (60, 1875)
    assert '<option value="60" selected>1 小时</option>' in hire.get("/hire/new", again=posting.id)
    for page in (hire.get("/hire"), hire.get(f"/postings/{posting.id}")):
        assert '08:00–17:00，<span class="nw">中间休息 1 小时' in page


def test_a_raise_is_judged_and_counted_without_the_break(visit):
    own, at = an_employer(), clock.now()
    posting_id = a_posting(own, shifts=(shift(hours=9, now=at),), break_minutes=60, pay_kind="day", pay_fen=15_000)
    page = f"/hire/{posting_id}/edit"
    assert visit(own.account_id).post(page, {"headcount": "5", "pay": "152", "words": ""}, on=page).status_code == 303
    (posting,) = postings()
    assert (posting.pay_fen, posting.hourly_fen) == (15_200, 1900)


def test_a_break_as_long_as_the_shift_is_refused_beside_the_hours(hire):
    page = preview(hire, end="10:00", break_minutes="120", pay_kind="day")
    assert "休息不能占满一班" in page


def test_invitations_follow_what_is_suggested_until_changed_by_hand(hire):
    for _ in range(8):
        a_packer()
    follows = preview(hire, headcount="1", invite="3", invite_was="3")
    assert re.search(r'name="invite"[^>]*value="6"', follows)
    assert "按各人过去接不接、到不到，邀6个，来够1个的把握有97%。谁先接算谁的" in unspaced(follows)
    changed = preview(hire, headcount="1", invite="2", invite_was="6")
    assert "发布并邀请2人" in unspaced(changed)
    assert "邀2个，来够1个的把握只有69%，邀6个有97%" in unspaced(changed)
    assert "发布，先不邀请" in unspaced(preview(hire, invite="0", invite_was="8"))


def test_before_it_is_known_who_fits_as_many_are_suggested_as_of_strangers(hire):
    page = preview(hire, title="", trades=[], headcount="2", invite="", invite_was="")
    assert re.search(r'name="invite"[^>]*value="9"', page)
    assert "把握" not in page


def test_title_that_means_no_trade_asks_for_one_and_the_answer_stands(hire):
    unread = preview(hire, title="嗯嗯啊啊")
    assert "没认出来，点一个最像的" in unread
    assert "改好1处就能发" in unspaced(unread)
    hire.post("/hire/new", slip(title="嗯嗯啊啊", trades_of="嗯嗯啊啊", trades=["any"]))
    hire.post("/hire/new", slip(title="嗯嗯啊啊", trades_of="嗯嗯啊啊", trades=["", SORTER], level="3", key="tap-2"))
    assert [[(need.occupation, need.level) for need in one.occupations] for one in postings()] == [[], [(SORTER, 3)]]


def test_trade_that_was_ticked_for_another_title_is_read_anew(hire):
    assert "算包装工" in unspaced(preview(hire, trades_of="打扫卫生", trades=["4-10-01-06"]))


def test_position_of_the_phone_sets_the_town_and_a_town_chosen_later_drops_it(hire):
    located = preview(hire, lon="116.34000", lat="35.41000")
    spot = re.search(r'name="spot" value="([^"]*)"', located)[1]
    assert spot.split()[:2] == ["116.34000", "35.41000"]
    town = spot.split()[2]
    hire.post("/hire/new", slip(lon="116.34000", lat="35.41000", spot=spot, town=town))
    moved = next(code for code in ("370829101", "370829102") if code != town)
    hire.post("/hire/new", slip(lon="116.34000", lat="35.41000", spot=spot, town=moved, key="tap-2"))
    there, elsewhere = postings()
    assert (there.town, there.lon, there.lat) == (town, 116.34, 35.41)
    assert elsewhere.town == moved
    assert (elsewhere.lon, elsewhere.lat) != (116.34, 35.41)


def test_position_outside_the_city_is_not_taken(hire):
    hire.post("/hire/new", slip(lon="121.47", lat="31.23"))
    assert postings()[0].town == TOWN


def test_posting_again_fills_in_ones_own_alone(visit):
    employer = an_employer()
    pages = visit(employer.account_id)
    own, others = a_posting(employer, title="装蒜包装", words="带手套。"), a_posting()
    page = pages.get(f"/hire/new?again={own}")
    assert 'value="装蒜包装"' in page
    assert "带手套。" in page
    assert pages.open(f"/hire/new?again={others}").status_code == 404


@pytest.mark.parametrize("page", ["", "/seats", "/edit", "/cancel", "/workers/1"])
def test_another_employers_posting_is_not_there(hire, page):
    others = a_posting()
    assert hire.open(f"/hire/{others}{page}").status_code == 404


@pytest.mark.parametrize("act", ["invite", "edit", "cancel", "workers/1"])
def test_nothing_can_be_done_to_another_employers_posting(hire, act):
    worker, others = a_packer(), a_posting()
    form = {"worker": str(worker), "headcount": "9", "pay": "30", "words": "", "reason": "货没到"}
    assert hire.post(f"/hire/{others}/{act}", form).status_code == 404
    assert (postings()[0].state, postings()[0].headcount, invited(others)) == (State.OPEN, 5, set())


def test_list_is_ranked_with_its_reasons_and_by_distance_without_scores(visit):
    employer = an_employer()
    pages = visit(employer.account_id)
    near, far = a_packer(name="张建国", lon=116.36, lat=35.42), a_packer(name="李红", lon=116.36, lat=35.47)
    posting = a_posting(employer, lon=116.36, lat=35.42)
    page = pages.get(f"/hire/{posting}")
    assert re.findall(r'id="w-(\d+)"', page) == [str(near), str(far)]
    assert "张**" in page
    assert "张建国" not in page
    assert "为什么排第 1" in page
    assert "55.0/55" in unspaced(page)
    assert "不看男女、年纪、哪里人" in page
    assert "为什么排第" not in pages.get(f"/hire/{posting}?sort=distance")


def test_inviting_one_and_then_the_next_asks_nobody_twice(visit):
    employer = an_employer()
    pages = visit(employer.account_id)
    first, *others = [a_packer() for _ in range(4)]
    posting = a_posting(employer)
    pages.post(f"/hire/{posting}/invite", {"worker": str(first)})
    assert invited(posting) == {first}
    pages.post(f"/hire/{posting}/invite", {"worker": str(first)})
    pages.post(f"/hire/{posting}/invite", {"count": "2"})
    assert len(invited(posting)) == 3
    page = pages.get(f"/hire/{posting}")
    assert unspaced(page).count("已邀请") == 3
    assert "再邀1人" in unspaced(page)
    assert "剩下1个也邀上，来够5个的把握不到1%" in unspaced(page)
    assert set(others) >= invited(posting) - {first}


def test_seats_tell_who_comes_who_does_not_and_who_has_not_answered(visit):
    employer = an_employer()
    pages = visit(employer.account_id)
    coming, declining, silent = (a_packer(name=name) for name in ("张建国", "李红", "王强"))
    posting = a_posting(employer, headcount=2)
    pages.post(f"/hire/{posting}/invite", {"count": "3"})
    takes(posting, coming)
    with transaction() as session:
        decline(session, posting_id=posting, worker_id=declining, by=SYSTEM, at=clock.now())
    answer = pages.client.get(f"/hire/{posting}/seats", headers=HTMX)
    assert answer.status_code == 200
    page = answer.text
    assert "1/2人" in unspaced(page)
    assert "1个人要来，1个还没回话，1个不来" in unspaced(page)
    assert re.search(rf'id="side-{declining}".*?去不了', page, re.S)
    assert re.search(rf'id="side-{silent}".*?已邀请', page, re.S)
    assert 'hx-trigger="every 5s"' in page
    assert "张建国" not in page


def test_phone_opens_after_the_hire_alone_and_every_look_is_logged(visit):
    employer = an_employer()
    pages = visit(employer.account_id)
    worker = a_packer()
    posting = a_posting(employer)
    assert pages.open(f"/hire/{posting}/workers/{worker}").status_code == 404
    takes(posting, worker)
    path = f"/hire/{posting}/workers/{worker}"
    assert "tel:" not in pages.get(path)
    assert looks(worker) == 0
    assert 'href="tel:139' in pages.post(path, {}).text
    assert looks(worker) == 1


def looks(worker_id: int) -> int:
    seen = select(func.count()).where(AuditRow.verb == "worker.phone_seen", AuditRow.subject == f"worker:{worker_id}")
    with transaction(read_only=True) as session:
        return session.scalar(seen) or 0


def test_posting_is_changed_for_the_better_only(visit):
    employer = an_employer()
    pages = visit(employer.account_id)
    posting = a_posting(employer, pay_fen=2000)
    path = f"/hire/{posting}/edit"
    less = pages.post(path, {"headcount": "5", "pay": "19", "words": "慢慢来"})
    assert less.status_code == 422
    assert "不能比现在少" in less.text
    assert "慢慢来" in less.text
    refused = pages.post(path, {"headcount": "5", "pay": "21", "words": "先交押金"})
    assert "这句不能发" in refused.text
    mended = pages.post(path, {"headcount": "5", "pay": "21", "words": "先交押金", "fix": "0"})
    assert "不收任何费用" in mended.text
    assert postings()[0].pay_fen == 2000
    assert pages.post(path, {"headcount": "6", "pay": "21", "words": "带手套"}).status_code == 303
    (changed,) = postings()
    assert (changed.headcount, changed.pay_fen, changed.words) == (6, 2100, "带手套")


@pytest.mark.parametrize(("hours", "late"), [(23, True), (25, False)])
def test_cancelling_says_whom_it_hits_and_whether_it_is_recorded(visit, hours, late):
    employer = an_employer()
    pages = visit(employer.account_id)
    worker, posting = a_packer(), a_posting(employer, shifts=(_in(hours),))
    takes(posting, worker)
    page = pages.get(f"/hire/{posting}/cancel")
    assert "1个人接了单" in unspaced(page)
    assert ("不到 24 小时" in page) is late
    assert pages.post(f"/hire/{posting}/cancel", {"reason": "货没到"}).location == "/hire"
    assert (postings()[0].state, postings()[0].state_reason) == (State.WITHDRAWN, "货没到")
    assert "停招了：货没到" in pages.get(f"/hire/{posting}")


def _in(hours: int) -> tuple[datetime, datetime]:
    start = (clock.now() + timedelta(hours=hours, minutes=5)).replace(second=0, microsecond=0)
    start += timedelta(minutes=-start.minute % 15)
    return start, start + timedelta(hours=2)


def test_my_postings_are_grouped_by_how_they_stand_and_an_empty_list_says_what_to_do(visit):
    employer = an_employer()
    pages = visit(employer.account_id)
    assert "还没有发过活" in pages.get("/hire")
    posting = a_posting(employer, headcount=1)
    takes(posting, a_packer())
    page = unspaced(pages.get("/hire"))
    assert "正在招的1个" in page
    assert "1/1人满了" in page
    assert "再来一单" in page


def test_every_paper_that_the_law_asks_for_has_its_place_on_the_form(visit):
    page = visit(a_newcomer()).get("/hire/register")
    assert all(f'name="{paper.value}"' in page for paper in Paper)


def test_work_that_is_over_was_done_and_work_under_way_takes_nobody(visit):
    employer, now = an_employer(), clock.now()
    with transaction() as session:
        for hours_ago in (2, 30):
            start = (now - timedelta(hours=hours_ago)).replace(minute=0, second=0, microsecond=0)
            row = make_posting(
                session, employer=session.get_one(Employer, employer.id), at=start - timedelta(hours=5),
                shifts=((start, start + timedelta(hours=8)),), title=f"{hours_ago} 小时前开工",
            )  # fmt: skip
            row.state = State.EXPIRED
    page = visit(employer.account_id).read("/hire")
    assert re.findall("已开工，不招了|干完了", page) == ["已开工，不招了", "干完了"]
