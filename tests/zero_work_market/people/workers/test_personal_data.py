"""个人信息保护法: every look is logged with its reason; a worker may export and erase."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.support.makers import (
    COUNTY,
    NOW,
    TOWN,
    VILLAGE,
    id_number,
    make_account,
    make_staff,
    make_worker,
    oneself,
)
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.errors import NotAllowed, NotFound
from zero_work_market.people.accounts.rules import OutOfScope, ReasonMissing, Role
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import worker_card, worker_of_account, workers_in
from zero_work_market.people.workers.rules import AlreadyRegistered, NewSkill, NewWorker, Place, Secret
from zero_work_market.people.workers.service import (
    add_day_off,
    erase,
    export_of,
    forget_kept,
    register,
    resume,
    reveal,
    show,
)

PILOT = "4-02-04-06"
NUMBER, PHONE = "11010519491231002X", "13953712345"
REASON = "核对工资单"


def known_worker(session, **given):
    account = make_account(session, phone_number=PHONE)
    return make_worker(session, number=NUMBER, account=account, village=VILLAGE, skills=[PILOT], **given)


def looks(session):
    return session.scalars(select(AuditRow).where(AuditRow.verb.like("worker.%_seen")).order_by(AuditRow.id)).all()


@pytest.mark.parametrize(
    ("what", "secret"), [(Secret.ID_NUMBER, NUMBER), (Secret.PHONE, PHONE), (Secret.NAME, "张建国")]
)
def test_every_look_at_personal_data_is_logged_with_who_when_and_why(session, what, secret):
    worker, staff = known_worker(session), make_staff(session)
    for minutes in range(2):
        at = NOW + timedelta(minutes=minutes)
        assert reveal(session, worker_id=worker.id, what=what, reason=f" {REASON} ", by=staff, at=at) == secret
    logged = looks(session)
    assert [row.at for row in logged] == [NOW, NOW + timedelta(minutes=1)]
    assert {(row.verb, row.subject, row.reason) for row in logged} == {
        (f"worker.{what}_seen", f"worker:{worker.id}", REASON)
    }
    assert {(row.account_id, row.role, row.region) for row in logged} == {(staff.account_id, "county", COUNTY)}
    assert secret not in str([row.details for row in logged])


@pytest.mark.parametrize("reason", ["", "   ", "看看", "看看 "])
def test_without_a_reason_nothing_is_shown_or_logged(session, reason):
    worker, staff = known_worker(session), make_staff(session)
    with pytest.raises(ReasonMissing):
        reveal(session, worker_id=worker.id, what=Secret.ID_NUMBER, reason=reason, by=staff, at=NOW)
    assert looks(session) == []


def test_a_village_agent_sees_that_village_only(session):
    worker = known_worker(session)
    deed = {"worker_id": worker.id, "what": Secret.PHONE, "reason": REASON, "at": NOW}
    assert reveal(session, by=make_staff(session, Role.VILLAGE_AGENT, VILLAGE), **deed) == PHONE
    with pytest.raises(OutOfScope):
        reveal(session, by=make_staff(session, Role.VILLAGE_AGENT, "370829001202"), **deed)


def test_who_is_no_staff_sees_nothing(session):
    worker, other = known_worker(session), make_worker(session)
    for nobody in (oneself(other), oneself(worker)):
        with pytest.raises(NotAllowed):
            reveal(session, worker_id=worker.id, what=Secret.PHONE, reason=REASON, by=nobody, at=NOW)


def test_whoever_the_market_lets_look_is_logged_too(session):
    worker, other = known_worker(session), make_account(session)
    deed = {"worker_id": worker.id, "what": Secret.PHONE, "by": oneself(other), "at": NOW}
    assert show(session, reason="录用已确认", **deed) == PHONE
    assert [row.account_id for row in looks(session)] == [other.id]


def test_a_phone_that_is_not_there_cannot_be_shown(session):
    new = NewWorker(name="李秀英", id_number=id_number(), place=Place(TOWN))
    worker = register(session, new=new, by=SYSTEM, at=NOW, slip="JX-0001")
    with pytest.raises(NotFound):
        reveal(session, worker_id=worker.id, what=Secret.PHONE, reason=REASON, by=SYSTEM, at=NOW)


def test_a_worker_exports_all_that_is_kept_and_who_looked(session):
    worker = known_worker(session, brands=["JINING-001"])
    add_day_off(session, worker_id=worker.id, day=date(2026, 12, 1), by=oneself(worker), at=NOW)
    reveal(session, worker_id=worker.id, what=Secret.PHONE, reason=REASON, by=make_staff(session), at=NOW)
    data = json.loads(json.dumps(export_of(session, worker_id=worker.id, by=oneself(worker), at=NOW)))
    assert (data["name"], data["id_number"], data["phone"]) == ("张建国", NUMBER, PHONE)
    assert data["home"]["village"] == VILLAGE
    assert data["skills"][0]["occupation"] == PILOT
    assert (data["brands"], data["days_off"]) == (["JINING-001"], ["2026-12-01"])
    assert data["consents"][0]["purpose"] == "matching"
    assert {"at": NOW.isoformat(), "what": "worker.phone_seen", "by": "county", "reason": REASON} in data["log"]


def test_an_export_holds_every_column_that_says_something_of_the_worker(session):
    worker = known_worker(session)
    data = export_of(session, worker_id=worker.id, by=oneself(worker), at=NOW)
    told = data.keys() | data["home"].keys()
    internal = {"id", "seal", "account_id", "registered_by", "surname", "erased_at", "kept_until"}
    columns = {column.key.removesuffix("_sealed") for column in Worker.__table__.columns if "_hash" not in column.key}
    assert columns - internal <= told


def test_nobody_exports_another_worker_not_even_staff(session):
    worker = known_worker(session)
    for nobody in (make_staff(session, Role.CITY, "370800"), oneself(make_worker(session)), SYSTEM):
        with pytest.raises(NotAllowed):
            export_of(session, worker_id=worker.id, by=nobody, at=NOW)


def test_an_erased_worker_is_unranked_and_nothing_personal_is_left(session):
    worker = known_worker(session, brands=["JINING-001"], lon=116.3524, lat=35.4083)
    account_id = worker.account_id
    add_day_off(session, worker_id=worker.id, day=date(2026, 12, 1), by=oneself(worker), at=NOW)
    erase(session, worker_id=worker.id, kept_until=None, by=oneself(worker), at=NOW)
    assert (worker.active, worker.erased_at) == (False, NOW)
    assert (worker.name, worker.surname, worker.id_number, worker.phone, worker.phone_hash) == ("", "", "", None, None)
    assert (worker.account_id, worker.village, worker.week) == (None, None, 0)
    assert (worker.lon, worker.lat, worker.born_on) == (116.4, 35.4, date(1949, 1, 1))
    assert (worker.skills, worker.brands) == ([], [])
    assert [consent.withdrawn_at for consent in worker.consents] == [NOW]
    assert worker_card(session, worker.id) is None
    assert worker_of_account(session, account_id) is None
    assert workers_in(session, [COUNTY]).total == 0


def test_an_erased_worker_does_not_come_back_by_resuming(session):
    worker = known_worker(session)
    erase(session, worker_id=worker.id, kept_until=None, by=oneself(worker), at=NOW)
    with pytest.raises(NotFound):
        resume(session, worker_id=worker.id, by=SYSTEM, at=NOW)


def test_what_the_law_keeps_of_an_erased_worker_stays_marked_until_its_day(session):
    worker = known_worker(session)
    erase(session, worker_id=worker.id, kept_until=date(2029, 11, 22), by=oneself(worker), at=NOW)
    assert (worker.name, worker.id_number, worker.kept_until) == ("张建国", NUMBER, date(2029, 11, 22))
    assert reveal(session, worker_id=worker.id, what=Secret.ID_NUMBER, reason=REASON, by=SYSTEM, at=NOW) == NUMBER
    last_evening = NOW.replace(year=2029, day=22, hour=15, minute=59)
    assert forget_kept(session, at=last_evening) == 0
    assert forget_kept(session, at=last_evening + timedelta(minutes=1)) == 1
    assert (worker.name, worker.id_number, worker.kept_until) == ("", "", None)


@pytest.mark.parametrize("kept_until", [None, date(2029, 11, 22)])
def test_who_erased_the_profile_may_register_again(session, kept_until):
    worker = known_worker(session)
    worker_id = worker.id
    erase(session, worker_id=worker.id, kept_until=kept_until, by=oneself(worker), at=NOW)
    again = make_worker(session, number=NUMBER, skills=[NewSkill(PILOT, 2)], at=NOW + timedelta(days=1))
    assert (again.id == worker_id) is (kept_until is not None)
    assert (again.active, again.erased_at, again.kept_until) == (True, None, None)
    assert worker_card(session, again.id).skills[0].level == 2
    with pytest.raises(AlreadyRegistered):
        make_worker(session, number=NUMBER)


def test_two_erased_workers_do_not_collide(session):
    for _ in range(2):
        worker = make_worker(session)
        erase(session, worker_id=worker.id, kept_until=None, by=oneself(worker), at=NOW)
