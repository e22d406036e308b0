"""Registering workers: one person once, whatever the phone."""

from dataclasses import replace
from datetime import date, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select, text

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
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, NotAllowed, NotFound
from zero_work_market.people.accounts.rules import OutOfScope, Role
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import shared_phones, worker_card, worker_of_account
from zero_work_market.people.workers.rules import (
    ALL_WEEK,
    DAYTIME,
    AlreadyRegistered,
    Given,
    NewSkill,
    NewWorker,
    Place,
    Profile,
    SlipMissing,
    UnderAge,
    age_on,
    mask_name,
    surname_of,
)
from zero_work_market.people.workers.service import register
from zero_work_market.reference.occupations.rules import UnknownOccupation
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import UnknownRegion


def new_worker(**given):
    values = {"name": "张建国", "id_number": id_number(), "place": Place(town=TOWN)} | given
    return NewWorker(**values)


def by_agent(session, new, *, village=VILLAGE, slip="JX-0001", at=NOW):
    agent = make_staff(session, Role.VILLAGE_AGENT, village)
    return register(session, new=new, by=agent, at=at, slip=slip)


def test_a_worker_registers_with_the_own_account_and_phone(session):
    account = make_account(session, phone_number="13953712345")
    new = new_worker(name=" 张 建国 ", id_number="110105491231002", skills=(NewSkill("4-02-04-06"),))
    worker = register(session, new=new, by=oneself(account), at=NOW, account_id=account.id)
    assert (worker.name, worker.surname, worker.born_on) == ("张建国", "张", date(1949, 12, 31))
    assert (worker.id_number, worker.phone) == ("11010519491231002X", "13953712345")
    assert worker.registered_by is None
    assert worker_of_account(session, account.id).id == worker.id


def test_name_id_number_and_phone_are_sealed_in_the_row(session):
    worker = make_worker(session)
    row = session.execute(text("SELECT * FROM workers")).mappings().one()
    stored = b"".join(bytes(value) for name, value in row.items() if name.endswith("_sealed"))
    shown = str({name: value for name, value in row.items() if not name.endswith("_sealed")})
    for secret in (worker.name, worker.id_number, worker.phone):
        assert secret.encode() not in stored
        assert secret not in shown


def test_one_person_is_registered_once_whatever_the_phone_and_however_the_number_is_written(session):
    make_worker(session, number="11010519491231002X")
    for written in ("11010519491231002x", "110105491231002", "１１０１０５１９４９１２３１００２Ｘ"):
        account = make_account(session)
        with pytest.raises(AlreadyRegistered) as refusal:
            register(
                session, new=new_worker(id_number=written), by=oneself(account), at=NOW, account_id=account.id
            )  # fmt: skip
        assert refusal.value.details == {"same": "person"}


def test_an_account_is_one_worker(session):
    worker = make_worker(session)
    with pytest.raises(AlreadyRegistered) as refusal:
        register(session, new=new_worker(), by=oneself(worker), at=NOW, account_id=worker.account_id)
    assert refusal.value.details == {"same": "account"}


def test_of_two_registrations_of_one_person_at_once_one_is_refused(database):
    number, begun, outcome = id_number(), Event(), []

    def second():
        begun.set()
        try:
            with transaction() as session:
                make_worker(session, number=number)
        except AlreadyRegistered as refusal:
            outcome.append(refusal)

    with transaction() as session:
        make_worker(session, number=number)
        thread = Thread(target=second)
        thread.start()
        begun.wait()
    thread.join()
    assert len(outcome) == 1
    with transaction() as session:
        assert len(session.scalars(select(Worker)).all()) == 1


def test_fifteen_today_is_refused_and_sixteen_today_registers(session):
    with pytest.raises(UnderAge) as refusal:
        make_worker(session, born=date(2010, 11, 24))
    assert refusal.value.details == {"least": 16}
    assert make_worker(session, born=date(2010, 11, 23)).id


def test_age_is_counted_by_the_day_in_jining_not_in_greenwich(session):
    evening = NOW.replace(hour=16)
    assert make_worker(session, born=date(2010, 11, 24), at=evening).id


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1981, 6, 1), date(2026, 5, 31), 44),
        (date(1981, 6, 1), date(2026, 6, 1), 45),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_age_is_in_completed_years(born, day, age):
    assert age_on(born, day) == age


def test_nobody_registers_a_worker_for_anothers_account(session):
    account, other = make_account(session), make_account(session)
    with pytest.raises(NotAllowed):
        register(session, new=new_worker(), by=oneself(other), at=NOW, account_id=account.id)


def test_an_agent_registers_a_worker_without_a_phone_and_the_consent_is_kept(session):
    worker = by_agent(session, new_worker(place=Place(TOWN, VILLAGE)), slip=" JX 0001 ")
    assert (worker.account_id, worker.phone, worker.village) == (None, None, VILLAGE)
    consent = worker.consents[0]
    assert (consent.given_how, consent.slip, consent.given_at) == (Given.ON_PAPER, "JX0001", NOW)
    assert consent.witness_account_id == worker.registered_by is not None


def test_a_workers_own_consent_is_kept_as_given_by_tapping(session):
    consent = make_worker(session).consents[0]
    assert (consent.given_how, consent.slip, consent.witness_account_id) == (Given.BY_TAPPING, "", None)


@pytest.mark.parametrize("slip", ["", "  ", "12"])
def test_an_agent_without_a_consent_slip_is_refused(session, slip):
    with pytest.raises(SlipMissing):
        by_agent(session, new_worker(place=Place(TOWN, VILLAGE)), slip=slip)


def test_a_village_agent_registers_in_the_own_village_only(session):
    other = make_village(session, "370829001202")
    for place in (Place(TOWN, other), Place(TOWN)):
        with pytest.raises(OutOfScope):
            by_agent(session, new_worker(place=place))


def test_who_is_no_staff_registers_nobody_else(session):
    with pytest.raises(NotAllowed) as refusal:
        register(session, new=new_worker(), by=oneself(make_account(session)), at=NOW, slip="JX-0001")
    assert refusal.value.code == "not_allowed"


def test_a_home_without_a_point_stands_on_its_towns(session):
    worker = make_worker(session, town=TOWN)
    assert (worker.lon, worker.lat) == (region(TOWN).lon, region(TOWN).lat)
    there = make_worker(session, town=TOWN, lon=116.35, lat=35.41)
    assert (there.lon, there.lat) == (116.35, 35.41)


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        (Place("370829999"), UnknownRegion),
        (Place(COUNTY), InvalidValue),
        (Place(TOWN, "370829001299"), InvalidValue),
        (Place(TOWN, lon=116.3), InvalidValue),
        (Place(TOWN, lon=float("nan"), lat=35.4), InvalidValue),
        (Place(TOWN, lon=116.3, lat=90.1), InvalidValue),
    ],
)
def test_a_home_is_a_town_that_exists_and_a_point_on_the_globe(session, place, refusal):
    with pytest.raises(refusal):
        register(session, new=new_worker(place=place), by=SYSTEM, at=NOW, slip="JX-0001")


def test_a_village_of_another_town_is_no_home(session):
    elsewhere = make_village(session, "370829400201")
    with pytest.raises(InvalidValue):
        register(session, new=new_worker(place=Place(TOWN, elsewhere)), by=SYSTEM, at=NOW, slip="JX-0001")


@pytest.mark.parametrize(
    "profile",
    [
        Profile(radius_km=-0.1),
        Profile(radius_km=300.1),
        Profile(radius_km=float("nan")),
        Profile(min_hourly_fen=-1),
        Profile(week=ALL_WEEK + 1),
        Profile(week=-1),
    ],
)
def test_what_the_engine_cannot_take_is_refused(session, profile):
    with pytest.raises(InvalidValue):
        register(session, new=new_worker(profile=profile), by=SYSTEM, at=NOW, slip="JX-0001")


def test_daytime_is_six_to_eighteen_of_every_day():
    assert [bit for bit in range(28) if DAYTIME >> bit & 1] == sorted([*range(1, 28, 4), *range(2, 28, 4)])


def test_an_unknown_occupation_is_no_skill(session):
    with pytest.raises(UnknownOccupation):
        make_worker(session, skills=["9-99-99-99"])


@pytest.mark.parametrize(("workers", "flagged"), [(39, False), (40, True)])
def test_forty_workers_on_one_phone_are_flagged(session, workers, flagged):
    for _ in range(workers):
        register(session, new=new_worker(phone="13953712345"), by=SYSTEM, at=NOW, slip="JX-0001")
    verbs = session.scalars(select(AuditRow.verb).where(AuditRow.verb == "worker.phone_flagged")).all()
    assert bool(verbs) is flagged
    shown = [(row.masked_phone, row.workers) for row in shared_phones(session, [COUNTY])]
    assert shown == ([("139****2345", 40)] if flagged else [])
    assert shared_phones(session, ["370828"]) == ()


def test_a_registration_is_audited_without_personal_data(session):
    worker = make_worker(session)
    row = session.scalars(select(AuditRow).where(AuditRow.verb == "worker.registered")).one()
    assert row.subject == f"worker:{worker.id}"
    assert worker.id_number not in str(row.details)


def test_personal_data_stay_out_of_what_a_log_may_print():
    new = new_worker(phone="13953712345")
    assert not any(secret in repr(new) for secret in (new.name, new.id_number, new.phone))


@pytest.mark.parametrize(
    ("name", "surname", "masked"),
    [("张建国", "张", "张**"), ("欧阳建国", "欧阳", "欧阳**"), ("欧阳", "欧", "欧**"), ("买买提·艾力", "买", "买**")],
)
def test_others_see_the_surname_only(name, surname, masked):
    assert surname_of(name) == surname
    assert mask_name(surname_of(name)) == masked


def test_a_card_is_masked(session):
    worker = make_worker(
        session, number="11010519491231002X", account=make_account(session, phone_number="13953712345")
    )
    card = worker_card(session, worker.id)
    assert (card.masked_name, card.masked_id_number, card.masked_phone) == ("张**", "1101************2X", "139****2345")


def test_there_is_no_card_of_nobody(session):
    assert worker_card(session, 1) is None
    assert worker_of_account(session, 1) is None


def test_an_account_that_is_closed_or_missing_registers_nobody(session):
    with pytest.raises(NotFound):
        register(session, new=new_worker(), by=SYSTEM, at=NOW, account_id=12345)


def test_a_contact_phone_is_read_as_any_phone(session):
    worker = register(session, new=new_worker(phone="+86 139-5371-2345"), by=SYSTEM, at=NOW, slip="JX-0001")
    assert worker.phone == "13953712345"
    with pytest.raises(InvalidValue):
        register(session, new=replace(new_worker(), phone="110"), by=SYSTEM, at=NOW, slip="JX-0001")


def test_registered_at_is_told(session):
    at = NOW - timedelta(days=3)
    assert worker_card(session, make_worker(session, at=at).id).registered_at == at
