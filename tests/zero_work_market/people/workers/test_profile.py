"""Keeping a worker's profile: by the worker, by staff and agents of the region, always on the change feed."""

import re
from datetime import date, timedelta

import pytest

from tests.support.makers import (
    COUNTY,
    NOW,
    TOWN,
    VILLAGE,
    id_number,
    make_account,
    make_staff,
    make_village,
    make_worker,
    oneself,
)
from zero_work_market.ground import changes, messages
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, NotAllowed, NotFound
from zero_work_market.people.accounts.rules import CodePurpose, OutOfScope, Role, WrongCode
from zero_work_market.people.accounts.service import request_code
from zero_work_market.people.workers import service
from zero_work_market.people.workers.queries import SkillRow, worker_card, workers_in
from zero_work_market.people.workers.rules import ALL_WEEK, AlreadyRegistered, NewSkill, NewWorker, Place
from zero_work_market.people.workers.service import (
    add_day_off,
    bind_phone,
    pause,
    register,
    remove_day_off,
    resume,
    see_certificate,
    set_brands,
    set_floor,
    set_place,
    set_radius,
    set_skills,
    set_week,
)

PILOT, FARMER = "4-02-04-06", "5-05-01-02"
PHONE = "13953712345"
TODAY = date(2026, 11, 23)

CHANGES = {
    "set_place": {"place": Place("370829400")},
    "set_radius": {"radius_km": 20.0, "relocates": True},
    "set_floor": {"min_hourly_fen": 1800},
    "set_week": {"week": 0b0110},
    "set_skills": {"skills": [NewSkill(FARMER)]},
    "set_brands": {"brands": ["JINING-001"]},
    "add_day_off": {"day": TODAY},
    "pause": {},
    "erase": {"kept_until": None},
}


@pytest.mark.parametrize("verb", CHANGES)
def test_every_change_of_a_worker_is_on_the_change_feed(session, verb):
    worker = make_worker(session, skills=[PILOT])
    cursor = _fresh_cursor(session)
    getattr(service, verb)(session, worker_id=worker.id, by=SYSTEM, at=NOW, **CHANGES[verb])
    assert changes.take(session, cursor) == {"worker": {worker.id}}


def test_taking_away_the_last_skill_brand_or_day_off_is_on_the_change_feed(session):
    worker = make_worker(session, skills=[PILOT], brands=["JINING-001"])
    deed = {"session": session, "worker_id": worker.id, "by": SYSTEM, "at": NOW}
    add_day_off(day=TODAY, **deed)
    cursor = _fresh_cursor(session)
    for take_away in (
        lambda: set_skills(skills=[], **deed),
        lambda: set_brands(brands=[], **deed),
        lambda: remove_day_off(day=TODAY, **deed),
    ):
        take_away()
        assert changes.take(session, cursor) == {"worker": {worker.id}}
    card = worker_card(session, worker.id)
    assert (card.skills, card.brands, card.days_off) == ((), (), ())


def test_a_certificate_seen_is_on_the_change_feed(session):
    worker = make_worker(session, skills=[NewSkill(PILOT, 3, "无人机驾驶员")])
    cursor = _fresh_cursor(session)
    see_certificate(session, worker_id=worker.id, occupation=PILOT, by=SYSTEM, at=NOW)
    assert changes.take(session, cursor) == {"worker": {worker.id}}


def _fresh_cursor(session):
    cursor = changes.start(session)
    changes.take(session, cursor)
    return cursor


def test_a_worker_keeps_the_own_profile(session):
    worker = make_worker(session, skills=[PILOT])
    deed = {"session": session, "worker_id": worker.id, "by": oneself(worker), "at": NOW}
    set_place(place=Place("370829400", lon=116.44, lat=35.42), **deed)
    set_radius(radius_km=12.5, relocates=True, **deed)
    set_floor(min_hourly_fen=1800, **deed)
    set_week(week=0b0010, **deed)
    set_skills(skills=[NewSkill(FARMER, 2)], **deed)
    add_day_off(day=TODAY + timedelta(days=1), **deed)
    card = worker_card(session, worker.id)
    assert (card.town, card.lon, card.lat) == ("370829400", 116.44, 35.42)
    assert (card.radius_km, card.relocates, card.min_hourly_fen, card.week) == (12.5, True, 1800, 0b0010)
    assert card.skills == (SkillRow(FARMER, 2, "", False),)
    assert card.days_off == (date(2026, 11, 24),)


@pytest.mark.parametrize("verb", sorted(CHANGES.keys() - {"set_brands"}))
def test_another_worker_changes_nothing(session, verb):
    worker, other = make_worker(session), make_worker(session)
    with pytest.raises(NotAllowed):
        getattr(service, verb)(session, worker_id=worker.id, by=oneself(other), at=NOW, **CHANGES[verb])


@pytest.mark.parametrize("verb", sorted(CHANGES.keys() - {"set_brands", "set_place"}))
def test_an_agent_keeps_the_profiles_of_the_own_village_only(session, verb):
    agent = make_staff(session, Role.VILLAGE_AGENT, VILLAGE)
    near, far = make_worker(session, village=VILLAGE), make_worker(session, village="370829001202")
    getattr(service, verb)(session, worker_id=near.id, by=agent, at=NOW, **CHANGES[verb])
    with pytest.raises(OutOfScope):
        getattr(service, verb)(session, worker_id=far.id, by=agent, at=NOW, **CHANGES[verb])


def test_staff_move_a_worker_only_within_their_region(session):
    town = make_staff(session, Role.TOWN, TOWN)
    worker = make_worker(session)
    with pytest.raises(OutOfScope):
        set_place(session, worker_id=worker.id, place=Place("370829400"), by=town, at=NOW)
    set_place(session, worker_id=worker.id, place=Place(TOWN, make_village(session)), by=town, at=NOW)
    assert worker.village == VILLAGE


def test_nobody_changes_a_worker_who_is_not_there(session):
    with pytest.raises(NotFound):
        pause(session, worker_id=12345, by=SYSTEM, at=NOW)


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("set_radius", {"radius_km": -1.0, "relocates": False}),
        ("set_radius", {"radius_km": float("inf"), "relocates": False}),
        ("set_floor", {"min_hourly_fen": -1}),
        ("set_week", {"week": 1 << 28}),
    ],
)
def test_a_value_out_of_range_is_refused_and_nothing_is_changed(session, verb, values):
    worker = make_worker(session)
    before = worker_card(session, worker.id)
    with pytest.raises(InvalidValue):
        getattr(service, verb)(session, worker_id=worker.id, by=oneself(worker), at=NOW, **values)
    session.flush()
    assert worker_card(session, worker.id) == before


@pytest.mark.parametrize(
    ("skills", "reason"),
    [
        ([NewSkill(PILOT), NewSkill(PILOT, 2)], "twice"),
        ([NewSkill(PILOT, 0)], "level"),
        ([NewSkill(PILOT, 6)], "level"),
        ([NewSkill(PILOT, 1, "证" * 61)], "certificate"),
        ([NewSkill(f"4-02-04-{number:02d}") for number in range(1, 10)], "too_many"),
    ],
)
def test_skills_fit_the_engines_eight_places_and_five_levels(session, skills, reason):
    worker = make_worker(session)
    with pytest.raises(InvalidValue) as refusal:
        set_skills(session, worker_id=worker.id, skills=skills, by=oneself(worker), at=NOW)
    assert refusal.value.details["reason"] == reason


def test_a_seen_certificate_stays_seen_until_level_or_name_changes(session):
    drone = NewSkill(PILOT, 3, "无人机驾驶员")
    worker = make_worker(session, skills=[drone])
    deed = {"session": session, "worker_id": worker.id, "by": oneself(worker), "at": NOW}
    see_certificate(session, worker_id=worker.id, occupation=PILOT, by=make_staff(session), at=NOW)
    set_skills(skills=[NewSkill(FARMER), drone], **deed)
    assert SkillRow(PILOT, 3, "无人机驾驶员", True) in worker_card(session, worker.id).skills
    set_skills(skills=[NewSkill(FARMER), NewSkill(PILOT, 4, "无人机驾驶员")], **deed)
    assert SkillRow(PILOT, 4, "无人机驾驶员", False) in worker_card(session, worker.id).skills


def test_a_worker_does_not_confirm_the_own_certificate(session):
    agent = make_staff(session, Role.VILLAGE_AGENT, VILLAGE)
    new = NewWorker(
        name="李秀英", id_number=id_number(), place=Place(TOWN, VILLAGE), skills=(NewSkill(PILOT, 3, "无人机驾驶员"),)
    )
    worker = register(session, new=new, by=agent, at=NOW, account_id=agent.account_id)
    with pytest.raises(NotAllowed):
        see_certificate(session, worker_id=worker.id, occupation=PILOT, by=agent, at=NOW)


def test_a_skill_without_a_certificate_has_none_to_see(session):
    worker = make_worker(session, skills=[PILOT])
    for occupation in (PILOT, FARMER):
        with pytest.raises(NotFound):
            see_certificate(session, worker_id=worker.id, occupation=occupation, by=SYSTEM, at=NOW)


def test_a_day_off_said_twice_is_there_once_and_can_be_taken_back(session):
    worker = make_worker(session)
    deed = {"session": session, "worker_id": worker.id, "by": oneself(worker), "at": NOW}
    for _ in range(2):
        add_day_off(day=TODAY, **deed)
    assert worker_card(session, worker.id).days_off == (TODAY,)
    for _ in range(2):
        remove_day_off(day=TODAY, **deed)
    assert worker_card(session, worker.id).days_off == ()


def test_yesterday_is_no_day_off(session):
    worker = make_worker(session)
    with pytest.raises(InvalidValue):
        add_day_off(session, worker_id=worker.id, day=TODAY - timedelta(days=1), by=oneself(worker), at=NOW)


def test_the_brands_of_a_worker_are_those_set_last(session):
    worker = make_worker(session)
    set_brands(session, worker_id=worker.id, brands=["B", "A", "A"], by=SYSTEM, at=NOW)
    set_brands(session, worker_id=worker.id, brands=["C", "A"], by=SYSTEM, at=NOW)
    assert sorted(worker_card(session, worker.id).brands) == ["A", "C"]


@pytest.mark.parametrize("brands", [["A", "B", "C", "D", "E"], [""], ["x" * 21]])
def test_brands_fit_the_engines_four_places(session, brands):
    worker = make_worker(session)
    with pytest.raises(InvalidValue):
        set_brands(session, worker_id=worker.id, brands=brands, by=SYSTEM, at=NOW)


def test_a_paused_worker_resumes(session):
    worker = make_worker(session)
    pause(session, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert not worker_card(session, worker.id).active
    resume(session, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert worker_card(session, worker.id).active


def assisted(session, agent):
    new = NewWorker(name="李秀英", id_number=id_number(), place=Place(TOWN, VILLAGE))
    return register(session, new=new, by=agent, at=NOW, slip="JX-0001")


def sent_code(session):
    request_code(session, phone=PHONE, at=NOW, purpose=CodePurpose.BIND)
    return re.search(r"\d{6}", messages.newest(session, limit=1)[0].body)[0]


def test_an_agent_binds_a_phone_with_the_workers_own_code(session):
    agent = make_staff(session, Role.VILLAGE_AGENT, VILLAGE)
    worker = assisted(session, agent)
    bound = bind_phone(session, worker_id=worker.id, phone=PHONE, code=sent_code(session), by=agent, at=NOW)
    assert bound is worker
    assert worker.phone == PHONE
    pause(session, worker_id=worker.id, by=oneself(worker), at=NOW)


def test_a_wrong_binding_code_is_counted_and_binds_nothing(database):
    with transaction() as session:
        agent = make_staff(session, Role.VILLAGE_AGENT, VILLAGE)
        worker_id, code = assisted(session, agent).id, sent_code(session)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3):
        with transaction() as session:
            refusal = bind_phone(session, worker_id=worker_id, phone=PHONE, code=wrong, by=agent, at=NOW)
            assert isinstance(refusal, WrongCode)
            assert refusal.details == {"left": left}
    with transaction() as session:
        assert worker_card(session, worker_id).account_id is None


def test_a_phone_of_another_worker_is_not_bound(session):
    agent = make_staff(session, Role.VILLAGE_AGENT, VILLAGE)
    make_worker(session, account=make_account(session, phone_number=PHONE))
    worker = assisted(session, agent)
    with pytest.raises(AlreadyRegistered):
        bind_phone(session, worker_id=worker.id, phone=PHONE, code=sent_code(session), by=agent, at=NOW)


def test_an_agent_elsewhere_binds_nothing(session):
    worker = assisted(session, make_staff(session, Role.VILLAGE_AGENT, VILLAGE))
    elsewhere = make_staff(session, Role.VILLAGE_AGENT, "370829001202")
    with pytest.raises(OutOfScope):
        bind_phone(session, worker_id=worker.id, phone=PHONE, code=sent_code(session), by=elsewhere, at=NOW)


def test_staff_list_the_workers_of_their_scopes_page_by_page(session):
    village = [make_worker(session, village=VILLAGE, week=ALL_WEEK).id for _ in range(3)]
    town = [make_worker(session, skills=[PILOT]).id]
    make_worker(session, town="370828001")
    assert [row.id for row in workers_in(session, [VILLAGE]).rows] == village[::-1]
    assert [row.id for row in workers_in(session, [TOWN]).rows] == town + village[::-1]
    page = workers_in(session, [COUNTY], number=2, size=3)
    assert ([row.id for row in page.rows], page.total, page.last) == (village[:1], 4, 2)
    assert workers_in(session, ["370800"]).total == 5
    assert workers_in(session, []).total == 0
    row = workers_in(session, [TOWN]).rows[0]
    assert (row.masked_name, row.occupations, row.reachable) == ("张**", (PILOT,), True)
