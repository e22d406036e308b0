"""到岗 on the screen: the foreman's codes and roll, the worker's arrival, a contest and staff's word on it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.attendance import make_work, put_mark
from tests.support.makers import COUNTY, make_staff, make_worker
from tests.support.pages import Visit, words
from web.tasks import beat
from web.tasks.handlers import HANDLERS
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications.queries import application_of
from zero_work_market.market.applications.rules import State as Answer
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.placements.rules import State as Seat
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance import queries, service
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import How, Said, State

pytestmark = pytest.mark.usefixtures("sqlite")

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scene:
    """Work of two that began five minutes ago."""

    posting_id: int
    shift_id: int
    foreman: int
    workers: tuple[tuple[int, int], ...]
    """(worker id, account id)"""

    @property
    def today(self) -> str:
        return f"/hire/{self.posting_id}/today"

    @property
    def arrive(self) -> str:
        return f"/work/mine/{self.posting_id}/arrive"


def a_scene(**work: Any) -> Scene:
    now = clock.now()
    with transaction() as session:
        before = now - timedelta(days=1)
        workers = [make_worker(session, name=name, at=before) for name in ("张建国", "李秀英")]
        posting = make_work(session, now=now, workers=workers, **work)
        people = tuple((one.id, one.account_id or 0) for one in workers)
        return Scene(posting.id, posting.shifts[0].id, posting.employer.account_id, people)


def codes(scene: Scene, at: datetime | None = None) -> queries.Codes:
    now = clock.now()
    with transaction() as session:
        return queries.codes(service.open_gate(session, posting_id=scene.posting_id, at=now), at=at or now)


def placement(scene: Scene, worker: int = 0) -> Placement:
    with transaction(read_only=True) as session:
        found = placement_of(session, posting_id=scene.posting_id, worker_id=scene.workers[worker][0])
    assert found is not None
    return found


def marks() -> list[Mark]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(Mark).order_by(Mark.id)))


def deliver() -> list[str]:
    """Handle what was announced; the messages that it sends."""
    with transaction() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.done_at.is_(None)).order_by(OutboxRow.id)).all():
            if row.kind in HANDLERS:
                HANDLERS[row.kind](session, row.payload)
            row.done_at = clock.now()
    with transaction(read_only=True) as session:
        return [message.body or "" for message in messages.newest(session)]


def test_the_foremans_page_shows_the_digits_and_a_picture_of_the_address_that_workers_open(visit: Visit) -> None:
    scene = a_scene()
    page = visit(scene.foreman).get(scene.today)
    shown = re.search(r'class="digits"[^>]*>(\d{3}) (\d{3})<', page)
    assert shown
    assert "".join(shown.groups()) in {codes(scene, clock.now() - 30 * timedelta(seconds=n)).spoken for n in (0, 1)}
    assert '<svg class="qr"' in page or 'class="qr"' in page
    assert "style=" not in page
    assert 'hx-trigger="every 5s"' in visit(scene.foreman).get(f"{scene.today}/codes")


def test_codes_are_shown_only_around_the_shift(visit: Visit) -> None:
    early, over = a_scene(begun=-90 * MINUTE), a_scene(begun=timedelta(hours=7))
    assert "起能报到" in visit(early.foreman).read(early.today)
    assert "忘了点名的" in visit(over.foreman).read(over.today)
    for scene in (early, over):
        assert "digits" not in visit(scene.foreman).get(scene.today)


def test_a_worker_types_the_digits_and_is_there(visit: Visit) -> None:
    scene = a_scene()
    me = visit(scene.workers[0][1])
    assert "填工头的 6 位数" in me.read(scene.arrive)
    code = codes(scene).spoken
    assert me.post(scene.arrive, code=f"{code[:3]} {code[3:]}").status_code == 303
    assert "到的" in me.read(scene.arrive)
    [mark] = marks()
    assert (mark.how, mark.state) == (How.SPOKEN, State.ARRIVED)
    assert "1/2 到了" in visit(scene.foreman).read(scene.today)


def test_opening_the_scanned_address_changes_nothing_and_one_tap_does(visit: Visit) -> None:
    scene = a_scene()
    me, token = visit(scene.workers[0][1]), codes(scene).token
    opened = me.open(f"/in/{token}")
    assert opened.status_code == 200
    assert marks() == []
    assert f'name="token" value="{token}"' in opened.text
    assert me.post(scene.arrive, token=token).status_code == 303
    assert me.post(scene.arrive, token=token).status_code == 303
    [mark] = marks()
    assert mark.how == How.QR


def test_who_isnt_logged_in_is_led_there_and_back(visit: Visit) -> None:
    scene = a_scene()
    token = codes(scene).token
    led = visit(None).open(f"/in/{token}")
    assert led.status_code == 302
    assert led.location == f"/login?next=/in/{token}"


def test_a_worker_without_a_seat_is_told_so(visit: Visit) -> None:
    scene = a_scene()
    with transaction() as session:
        stranger = make_worker(session, at=clock.now()).account_id
    for token, status, said in ((codes(scene).token, 409, "这一单里没有你"), ("anything", 422, "这个码不对")):
        answer = visit(stranger).open(f"/in/{token}")
        assert (answer.status_code, said in words(answer.text)) == (status, True)
    assert visit(stranger).open(scene.arrive).status_code == 404


def test_a_wrong_code_is_said_with_the_tries_left_and_the_fifth_sends_to_the_foreman(visit: Visit) -> None:
    scene = a_scene()
    me = visit(scene.workers[0][1])
    told = [words(me.post(scene.arrive, code="000 00").text) for _ in range(5)]
    assert "还能试 4 次" in told[0]
    assert "找工头点你的名字" in told[4]
    assert marks() == []


def test_a_code_kept_on_the_phone_counts_with_its_moment(visit: Visit) -> None:
    scene = a_scene(begun=timedelta(hours=2))
    seen = clock.now() - timedelta(hours=1, minutes=57, seconds=30)
    answer = visit(scene.workers[0][1]).post(
        scene.arrive, code=codes(scene, seen).spoken, noted_at=str(int(seen.timestamp()))
    )
    assert answer.status_code == 303
    [mark] = marks()
    assert (mark.how, mark.minutes_late) == (How.OFFLINE, 2)
    assert any("补报" in said for said in deliver())


def test_a_picture_taken_without_a_signal_still_opens_after_the_shift(visit: Visit) -> None:
    scene = a_scene(begun=timedelta(hours=6))
    token = codes(scene, clock.now() - timedelta(hours=6)).token
    me = visit(scene.workers[0][1])
    assert "就按那时候算到" in me.read(f"/in/{token}")
    assert me.post(scene.arrive, token=token).status_code == 303
    assert marks()[0].how == How.OFFLINE


def test_nonsense_for_a_moment_is_as_none(visit: Visit) -> None:
    scene = a_scene()
    me = visit(scene.workers[0][1])
    for odd in ("-5", "99999999999999999999", "abc", ""):
        assert me.post(scene.arrive, code="12", noted_at=odd).status_code in (422, 429)


def test_the_foreman_ticks_names_and_takes_one_back(visit: Visit) -> None:
    scene = a_scene()
    foreman = visit(scene.foreman)
    ids = [placement(scene, number).id for number in (0, 1)]
    assert foreman.post(scene.today, shift=scene.shift_id, who=ids, said="on_time").status_code == 303
    assert "2/2 到了" in foreman.read(scene.today)
    first = marks()[0]
    assert first.minutes_late == 0
    foreman.post(f"/hire/{scene.posting_id}/marks/{first.id}/undo", shift=scene.shift_id)
    assert "1/2 到了" in foreman.read(scene.today)


def test_a_roll_call_refused_keeps_the_ticks(visit: Visit) -> None:
    scene = a_scene()
    ids = [placement(scene).id]
    answer = visit(scene.foreman).post(scene.today, shift=scene.shift_id, who=ids, said="missing")
    assert answer.status_code == 409
    assert "起才能说谁没来" in words(answer.text)
    assert re.search(rf'value="{ids[0]}" checked', answer.text)


def test_a_foreman_sees_and_ticks_no_names_of_another_employer(visit: Visit) -> None:
    mine, theirs = a_scene(), a_scene()
    foreman = visit(mine.foreman)
    assert foreman.open(theirs.today).status_code == 404
    stolen = {"shift": mine.shift_id, "who": [placement(theirs).id], "said": "here"}
    assert foreman.post(mine.today, **stolen).status_code == 404
    with transaction() as session:
        mark_id = put_mark(session, posting_id=theirs.posting_id, worker_id=theirs.workers[0][0], at=clock.now())
    assert foreman.post(f"/hire/{mine.posting_id}/marks/{mark_id}/undo").status_code == 404
    assert foreman.open(f"/hire/{mine.posting_id}/marks/{mark_id}/contest").status_code == 404


def test_names_are_shown_masked_with_the_end_of_the_phone(visit: Visit) -> None:
    scene = a_scene()
    shown = visit(scene.foreman).read(scene.today)
    with transaction(read_only=True) as session:
        phone = session.get_one(Worker, scene.workers[0][0]).phone or ""
    assert "建国" not in shown
    assert phone not in shown
    assert f"尾号 {phone[-4:]}" in shown


def test_beat_misses_calls_and_tells(visit: Visit) -> None:
    scene = a_scene(begun=20 * MINUTE)
    with transaction() as session:
        waiting = make_worker(session, name="王大山", at=clock.now() - timedelta(days=1))
        waiting_id, account = waiting.id, waiting.account_id
        placements.accept(
            session, posting_id=scene.posting_id, worker_id=waiting_id, by=SYSTEM, at=clock.now() - timedelta(hours=9)
        )
    visit(scene.foreman).open(scene.today)
    beat.expire()
    assert visit(scene.foreman).post(
        scene.today, shift=scene.shift_id, who=[placement(scene).id], said="on_time"
    ).status_code == 303  # fmt: skip
    beat.no_shows()
    assert [placement(scene, number).state for number in (0, 1)] == [Seat.ACCEPTED, Seat.NO_SHOW]
    told = "\n".join(deliver())
    assert "有人没来，你现在能去吗？" in told
    assert "到点没见你，记了没来，位子让给后面的人了" in told
    assert "李**没来" in told
    lost = visit(scene.workers[1][1]).get("/work/mine")
    assert f'href="/work/mine/{scene.posting_id}/arrive">我到了' in lost
    assert "记了没来" not in visit(scene.workers[0][1]).read("/work/mine")
    called = visit(account)
    assert "有人没来，你现在能去吗" in called.read(f"/postings/{scene.posting_id}")
    assert "有人没来，现在能去吗" in called.read("/work/mine")
    called.post(f"/work/postings/{scene.posting_id}/accept", key="k1")
    with transaction(read_only=True) as session:
        found = application_of(session, posting_id=scene.posting_id, worker_id=waiting_id)
        job = job_of(session, session.get_one(Posting, scene.posting_id))
    assert found is not None
    assert found.state == Answer.ACCEPTED
    assert (job.taken, job.headcount) == (2, 2)


def test_a_worker_contests_staff_decide_and_both_are_told(visit: Visit) -> None:
    scene = a_scene(begun=20 * MINUTE)
    beat.expire()
    beat.no_shows()
    me = visit(scene.workers[0][1])
    shown = me.read(scene.arrive)
    assert "记了没来" in shown
    mark = marks()[0]
    path = f"/work/mine/{scene.posting_id}/marks/{mark.id}/contest"
    refused = me.post(path, contest="在")
    assert refused.status_code == 422
    assert "写得太短" in words(refused.text)
    assert visit(scene.workers[1][1]).post(path, contest="七点五十就到了，老李看见的").status_code == 404
    assert me.post(path, contest="七点五十就到了，老李看见的").status_code == 303
    assert "县里" in me.read(scene.arrive)
    with transaction() as session:
        clerk = make_staff(session, Role.COUNTY, COUNTY, at=clock.now()).account_id
        elsewhere = make_staff(session, Role.COUNTY, "370828", at=clock.now()).account_id
    desk = visit(clerk)
    assert "1 到岗申诉" in desk.read("/staff")
    assert "等着的 1" in desk.read("/staff/marks")
    assert visit(elsewhere).open(f"/staff/marks/{mark.id}").status_code == 403
    assert "老李看见的" in desk.read(f"/staff/marks/{mark.id}")
    blank = desk.post(f"/staff/marks/{mark.id}/overturned", reason="")
    assert blank.status_code == 422
    assert desk.post(f"/staff/marks/{mark.id}/overturned", reason="三个工友都说他在").status_code == 303
    assert placement(scene).state == Seat.ACCEPTED
    told = [said for said in deliver() if "申诉定了" in said]
    assert len(told) == 2
    assert all("算到了" in said and "三个工友都说他在" in said for said in told)
    assert "1/1" in me.read("/work/me/arrivals")
    assert "定过的 1" in desk.read("/staff/marks?show=decided")


def test_an_employer_contests_an_arrival_reported_later(visit: Visit) -> None:
    scene = a_scene(begun=timedelta(hours=2))
    visit(scene.workers[0][1]).post(scene.arrive, token=codes(scene, clock.now() - timedelta(hours=2)).token)
    [mark] = marks()
    foreman, path = visit(scene.foreman), f"/hire/{scene.posting_id}/marks/{mark.id}/contest"
    assert "其实没来" in foreman.read(scene.today)
    assert foreman.post(path, contest="没").status_code == 422
    assert foreman.post(path, contest="人没来，码是别人发的").status_code == 303
    assert "你说他没来，等县里定" in foreman.read(scene.today)
    assert any("单位说你没去" in said for said in deliver())


def test_leaving_is_said_by_the_same_digits(visit: Visit) -> None:
    scene = a_scene(begun=timedelta(hours=3))
    me = visit(scene.workers[0][1])
    me.post(scene.arrive, code=codes(scene).spoken)
    assert "我走了" in me.read(scene.arrive)
    assert me.post(scene.arrive, code=codes(scene).spoken, do="leave").status_code == 303
    assert marks()[0].left_how == How.SPOKEN


def test_the_way_out_is_offered_until_twelve_hours_after_and_then_no_more(visit: Visit) -> None:
    for ended, offered in ((timedelta(hours=11), True), (timedelta(hours=13), False)):
        scene = a_scene(begun=timedelta(hours=4) + ended)
        with transaction() as session:
            service.roll_call(
                session, posting_id=scene.posting_id, shift_id=scene.shift_id, at=clock.now(), by=SYSTEM,
                said={placement(scene).id: Said.ON_TIME},
            )  # fmt: skip
        me = visit(scene.workers[0][1])
        assert ("我走了" in me.read(scene.arrive)) is offered
        assert ("走的时候点这里" in me.read(scene.arrive.removesuffix("/arrive"))) is offered


def test_who_works_on_a_little_may_still_leave_though_there_is_another_day(visit: Visit) -> None:
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    days = ((start, start + timedelta(hours=4)), (start + timedelta(hours=24), start + timedelta(hours=28)))
    scene = a_scene(begun=timedelta(hours=4, minutes=20), shifts=days)
    with transaction() as session:
        service.roll_call(
            session, posting_id=scene.posting_id, shift_id=scene.shift_id, at=clock.now(), by=SYSTEM,
            said={placement(scene).id: Said.ON_TIME},
        )  # fmt: skip
    me = visit(scene.workers[0][1])
    assert "我走了" in me.read(scene.arrive)
    me.post(scene.arrive, code=codes(scene).spoken, do="leave")
    assert marks()[0].left_how == How.SPOKEN
    assert "能报到" in me.read(scene.arrive)


def test_a_record_page_of_one_who_never_worked_says_so(visit: Visit) -> None:
    with transaction() as session:
        account = make_worker(session, at=clock.now()).account_id
    assert "还没有记录" in visit(account).read("/work/me/arrivals")
