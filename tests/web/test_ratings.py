"""评一评 on both sides' phones, what others see of it, and the staff's desk."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.cases import complain
from tests.support.hires import Hire, make_hire
from tests.support.makers import make_employer, make_staff, make_worker
from tests.support.market import PACKER, make_posting, shift
from tests.support.pages import unspaced
from tests.support.ratings import make_paid_hire, rate
from web.tasks.handlers import HANDLERS
from zero_work_market.ground import clock, messages
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.rights.contracts import service as contracts
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings.models import Rating
from zero_work_market.rights.wages.queries import wages_of
from zero_work_market.rights.wages.service import answer_payment

pytestmark = pytest.mark.usefixtures("sqlite")

DAY = timedelta(days=1)


def a_hire(*, days_ago: int = 2, paid: bool = True, **given: Any) -> Hire:
    """Worked and paid some days ago."""
    at = clock.now() - (days_ago + 1) * DAY
    with transaction() as session:
        make = make_paid_hire if paid else make_hire
        given = {one: session.merge(row) if one in ("worker", "employer") else row for one, row in given.items()}
        return make(session, at=at, shifts=(shift(1, 2, 2, now=at),), **given)


def says(hire: Hire, side: Side, stars: int, **said: Any) -> None:
    with transaction() as session:
        rate(session, hire, side, stars, **said)


def ratings() -> list[Rating]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(Rating).order_by(Rating.id)))


def deliver() -> list[str]:
    """What the messages say that follow from ratings."""
    with transaction() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.kind.like("rating_%"))).all():
            HANDLERS[row.kind](session, row.payload)
        return [message.body or "" for message in messages.newest(session, purpose="rated")]


def test_worker_rates_and_sees_what_was_given(visit):
    hire = a_hire()
    pages, here = visit(hire.worker.account_id), f"/work/mine/{hire.posting.id}/rate"
    page = pages.get(here)
    assert [*re.findall(r'name="stars" value="(\d)"', page)] == ["1", "2", "3", "4", "5"]
    assert "现在评，永昌蒜业有限公司先看不到" in pages.read(here)
    sent = pages.post(here, stars="4", chips=["paid_on_time", "fed_well"], words="中午两菜一汤。")
    assert sent.status_code == 303
    (row,) = ratings()
    assert (row.side, row.stars, row.chips, row.words) == (
        Side.WORKER,
        4,
        ["paid_on_time", "fed_well"],
        "中午两菜一汤。",
    )
    assert "评过了，明天" in pages.read(here)
    pages.post(here, stars="3", words="")
    assert [(one.stars, one.chips, one.words) for one in ratings()] == [(3, [], "")]


def test_what_is_refused_is_kept_and_said_beside_its_field(visit):
    hire = a_hire()
    pages, here = visit(hire.worker.account_id), f"/work/mine/{hire.posting.id}/rate"
    without = pages.post(here, words="挺好的")
    assert without.status_code == 422
    assert "几颗星：还没填" in unspaced(without.text)
    assert ">挺好的</textarea>" in without.text
    abusive = pages.post(here, stars="1", chips="paid_late", words="老板是个王八蛋")
    assert abusive.status_code == 422
    assert "“王八蛋”不能写进评价。骂人的话不能写。" in unspaced(abusive.text)
    assert re.search(r'name="stars" value="1" checked', abusive.text)
    assert re.search(r'value="paid_late" checked', abusive.text)
    assert ratings() == []


def test_before_pay_there_is_nothing_to_rate(visit):
    hire = a_hire(paid=False)
    pages, here = visit(hire.worker.account_id), f"/work/mine/{hire.posting.id}/rate"
    assert "工钱结清了，两边才能评" in pages.read(here)
    assert pages.post(here, stars="5").status_code == 409


def test_employer_rates_those_who_worked_and_neither_sees_the_other_before_both_gave(visit):
    hire = a_hire()
    other = a_hire(employer=hire.employer)
    says(hire, Side.WORKER, 2, words="说好管饭，没有。")
    pages, here = visit(hire.employer.account_id), f"/hire/{hire.posting.id}/rate"
    assert "对方评了，等你评" in pages.read(here)
    one = f"{here}/{hire.worker.id}"
    before = pages.read(one)
    assert "评过你了" in before
    assert "说好管饭，没有" not in before
    pages.post(one, stars="5", chips="nimble")
    assert "说好管饭，没有" in pages.read(one)
    assert "评了5分" in unspaced(pages.get(here))
    worker = visit(hire.worker.account_id).read(f"/work/mine/{hire.posting.id}/rate")
    assert "手脚麻利" in worker
    assert visit(other.worker.account_id).open(f"/work/mine/{hire.posting.id}/rate").status_code == 404
    assert pages.open(f"{here}/{other.worker.id}").status_code == 404


def test_the_rated_contest_staff_of_the_county_decide_and_both_are_told_why(visit):
    hire = a_hire()
    says(hire, Side.WORKER, 5)
    says(hire, Side.EMPLOYER, 1, at=clock.now(), words="没干完就走。")
    pages, here = visit(hire.worker.account_id), f"/work/mine/{hire.posting.id}/rate"
    short = pages.post(f"{here}/contest", contest="不对")
    assert short.status_code == 422
    assert "至少4个字" in unspaced(short.text)
    pages.post(f"{here}/contest", contest="下大雨，是工头让回去的。")
    assert "申诉交上去了" in pages.read(here)
    with transaction() as session:
        county, elsewhere = (make_staff(session, region=code).account_id for code in ("370829", "370828"))
    desk, row = visit(county), ratings()[1]
    assert "申诉的评价" in desk.read("/staff")
    assert "永昌蒜业" in desk.read("/staff/ratings")
    assert "下大雨，是工头让回去的" in desk.read(f"/staff/ratings/{row.id}")
    assert visit(elsewhere).open(f"/staff/ratings/{row.id}").status_code == 403
    assert visit(elsewhere).post(f"/staff/ratings/{row.id}/hide", reason="签退记录对得上").status_code == 403
    assert desk.post(f"/staff/ratings/{row.id}/hide", reason="").status_code == 422
    assert desk.post(f"/staff/ratings/{row.id}/hide", reason="签退记录对得上").status_code == 303
    assert desk.post(f"/staff/ratings/{row.id}/keep", reason="再看一遍还是留").status_code == 409
    assert "撤下来了，不算数：签退记录对得上" in pages.read(here)
    assert "撤下了" in desk.read("/staff/ratings?show=decided")
    said = deliver()
    assert sum("撤下来了：签退记录对得上" in one for one in said) == 2


def test_the_other_side_hears_of_a_rating_without_what_it_says():
    hire = a_hire()
    says(hire, Side.WORKER, 1, words="钱给晚了两天。")
    (first,) = deliver()
    assert "张**评了你。你也评一评" in first
    assert f"/hire/{hire.posting.id}/rate/{hire.worker.id}" in first
    assert "钱给晚了" not in first


def test_posting_shows_the_employers_figure_from_three_raters_on(visit):
    with transaction() as session:
        employer = make_employer(session, at=clock.now() - 20 * DAY)
    hires = [a_hire(days_ago=12, employer=employer) for _ in range(3)]
    page = f"/postings/{hires[0].posting.id}"
    assert "干过的人评的还没人评" in unspaced(visit(None).get(page))
    for hire, stars in zip(hires[:2], (5, 5), strict=True):
        says(hire, Side.WORKER, stars, chips=["paid_on_time"])
    assert "评的人还少" in visit(None).read(page)
    assert "5.0分" not in unspaced(visit(None).get(page))
    says(hires[2], Side.WORKER, 4)
    shown = unspaced(visit(None).get(page))
    assert "4.7分，3人评" in shown
    assert "准时给钱2人" in shown


def test_shortlist_shows_the_workers_figure_and_ranks_without_it(visit):
    """The nearer comes first with one star, the farther second with five."""
    at = clock.now() - 20 * DAY
    with transaction() as session:
        near = make_worker(session, skills=[PACKER], lon=116.36, lat=35.42, at=at)
        far = make_worker(session, skills=[PACKER], lon=116.36, lat=35.47, at=at)
        employer = make_employer(session, at=at)
    for worker, stars in ((near, 1), (far, 5)):
        for days in (10, 11, 12):
            says(a_hire(days_ago=days, worker=worker), Side.EMPLOYER, stars)
    with transaction() as session:
        told = {"shifts": (shift(now=clock.now()),), "lon": 116.36, "lat": 35.42, "at": clock.now()}
        posting = make_posting(session, employer=session.merge(employer), **told).id
    pages = visit(employer.account_id)
    assert re.findall(r'id="w-(\d+)"', pages.get(f"/hire/{posting}")) == [str(near.id), str(far.id)]
    page = unspaced(pages.get(f"/hire/{posting}"))
    assert "3/3到岗，1.0分，3家评" in page
    assert "3/3到岗，5.0分，3家评" in page
    assert "评分也不看" in visit(None).read("/ranking")


def test_nobody_contests_what_is_said_of_another(visit):
    hire, stranger = a_hire(), a_hire()
    says(hire, Side.WORKER, 5)
    says(hire, Side.EMPLOYER, 1)
    answer = visit(stranger.worker.account_id).post(f"/work/mine/{hire.posting.id}/rate/contest", contest="我也说不对")
    assert answer.status_code == 404
    assert [row.contested_at for row in ratings()] == [None, None]


def test_the_way_to_rate_opens_on_the_postings_page_once_somebody_is_paid(visit):
    with transaction() as session:
        now = clock.now() - DAY
        paid, unpaid = (
            make_paid_hire(session, at=now, shifts=(shift(now=now),)),
            make_hire(session, at=now, shifts=(shift(2, now=now),)),
        )
    for hire, is_open in ((paid, True), (unpaid, False)):
        path = f"/hire/{hire.posting.id}"
        page = visit(hire.employer.account_id).get(path)
        assert "工资" in page
        assert (f'href="{path}/rate"' in page) is is_open


def test_a_workers_own_copy_holds_all_that_the_hires_left_behind(visit):
    with transaction() as session:
        now = clock.now() - DAY
        hire = make_paid_hire(session, at=now, shifts=(shift(now=now),))
        stranger = make_paid_hire(session, at=now, shifts=(shift(now=now),))
        contracts.follow_seat(session, placement_id=hire.placement.id, at=now)
        for one in (hire, stranger):
            rate(session, one, Side.WORKER, 4, words="管饭")
    with transaction() as session:
        claimed = claim_what_never_came(session, hire)
    own = json.loads(visit(hire.worker.account_id).open("/work/me/export").data)
    kept = {name: len(own[name]) for name in ("agreements", "marks", "hours", "wages", "claims", "ratings")}
    assert kept == {"agreements": 1, "marks": 1, "hours": 1, "wages": 1, "claims": 1, "ratings": 1}
    assert "用工" in own["agreements"][0]["text"]
    assert [word["side"] for word in own["hours"][0]["said"]] == ["employer", "worker"]
    (payment,) = own["wages"][0]["payments"]
    assert (payment["fen"], len(payment["number"]), payment["denied_at"] is not None) == (7200, 4, True)
    assert own["claims"][0]["claim_fen"] == claimed
    assert own["ratings"][0]["words"] == "管饭"


def claim_what_never_came(session: Session, hire: Hire) -> int:
    """Fen of a claim of money that the worker says never came."""
    (wage,) = wages_of(session, worker_id=hire.worker.id)
    answer_payment(session, payment_id=wage.payments[0].id, received=False, by=hire.by_worker, at=clock.now())
    return complain(session, hire, at=clock.now()).claim_fen
