from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from labor_brands.bundles.rules import Reader, person_hash
from labor_brands.exchange import service as exchange
from labor_brands.exchange.models import Arrival, ImportedVacancy
from labor_brands.exchange.queries import remote_applications
from labor_brands.partners import service as partners
from labor_brands.partners.queries import partner
from labor_brands.partners.rules import NoAgreement, NoOwnKey
from labor_brands.sending import service
from labor_brands.sending.models import Outgoing
from tests.support.exchange import SECRET, WANZHOU, agreed_worker, application, lines_of, make_far, take, vacancy
from tests.support.hires import make_hire
from tests.support.makers import NOW, id_number, make_account, make_employer, make_worker, oneself
from tests.support.market import PACKER, make_posting
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.market.placements.service import cancel_posting
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.rules import NewSkill, Purpose
from zero_work_market.statistics.standings.models import Standing

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def far(session):
    partners.make_key(session, by=SYSTEM, at=NOW)
    return make_far(session)


def sent(session, *, at=NOW, after=0, most=None):
    """The bytes of the next bundle, and its records by kind."""
    while exchange.compare_workers(session, code=WANZHOU):
        pass
    service.stage(session, code=WANZHOU, at=at)
    session.flush()
    body = BytesIO()
    service.write(session, code=WANZHOU, into=body, at=at, after=after, most=most)
    kinds = {}
    for line in lines_of(body.getvalue()):
        kinds.setdefault(line["kind"], []).append(line)
    return body.getvalue(), kinds


def test_an_open_posting_leaves_as_a_vacancy_with_its_source(session, far):
    posting = make_posting(session)
    _, kinds = sent(session)
    [line] = kinds["vacancy"]
    body = line["body"]
    assert (line["id"], body["title"], body["employer"]) == (f"v-{posting.id}", "装蒜包装", "永昌蒜业有限公司")
    assert body["trades"] == [{"occupation": PACKER, "level": 1, "seen": False}]
    assert (body["pay"]["hourly_fen"], body["region"], body["source"]["name"]) == (1800, "370829", "济宁市人社局")


def test_a_break_is_told_with_the_shifts_that_it_is_no_working_time_of(session, far):
    make_posting(session, break_minutes=60)
    _, kinds = sent(session)
    [line] = kinds["vacancy"]
    assert (line["body"]["break_minutes"], line["body"]["pay"]["total_fen"]) == (60, 5400)


def test_a_bundle_is_signed_with_our_newest_key_and_read_as_written(session, far):
    for _ in range(3):
        make_posting(session)
    key = partners.make_key(session, by=SYSTEM, at=NOW)
    body, _ = sent(session)
    reader = Reader(BytesIO(body))
    reader.verify(key.public)
    assert reader.manifest.key == key.key_id
    assert [len(part.records) for part in reader.parts()] == [3]


def test_no_id_number_phone_or_full_name_is_in_any_byte_that_leaves(session, far):
    account = make_account(session, phone_number="13911112222")
    worker = agreed_worker(
        session, name="冉光明", account=account, relocates=True, skills=[NewSkill(PACKER, 3)], brands=["JX-1"]
    )
    employer = make_employer(session, name="永昌蒜业 0537-2345678")
    words = f"找王姐 139 1111 2222，或者 {worker.id_number}。"
    make_posting(session, employer=employer, words=words, address="永昌 2 号库 13911112222")
    take(session, far.bundle([vacancy(1)]))
    row = session.scalars(select(ImportedVacancy)).one()
    exchange.apply(session, vacancy_id=row.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    hire = make_hire(session, worker=make_worker(session, at=LATER))
    body, kinds = sent(session)
    assert set(kinds) == {"vacancy", "seeker", "application"}
    people = [worker, hire.worker]
    secrets = [one for person in people for one in (person.id_number, person.phone, person.name, person.id_number_hash)]
    secrets += [employer.operator_id_number, employer.operator, "2345678", "139 1111 2222"]
    assert [secret for secret in secrets if secret.encode() in body] == []


def test_seekers_are_those_alone_who_would_move_and_agreed(session, far):
    told = agreed_worker(session, relocates=True)
    agreed_worker(session, relocates=False)
    make_worker(session, relocates=True)
    _, kinds = sent(session)
    assert [line["id"] for line in kinds["seeker"]] == [person_hash(told.id_number, SECRET)]
    assert kinds["seeker"][0]["body"]["name"] == "张**"


@pytest.mark.parametrize("end", ["take_back", "pause", "erase"])
def test_who_takes_consent_back_pauses_or_erases_is_gone_there(session, far, end):
    worker = agreed_worker(session, relocates=True)
    sent(session)
    deed = {"worker_id": worker.id, "by": oneself(worker), "at": LATER}
    if end == "take_back":
        workers.take_back_consent(session, purpose=Purpose.EXCHANGE, **deed)
    elif end == "pause":
        workers.pause(session, **deed)
    else:
        workers.erase(session, kept_until=None, **deed)
    _, kinds = sent(session, at=LATER)
    [line] = kinds["tombstone"]
    assert (line["body"]["of"], "seeker" in kinds) == ("seeker", False)


def test_a_withdrawn_posting_leaves_a_tombstone_of_a_higher_version(session, far):
    posting = make_posting(session)
    [before] = sent(session)[1]["vacancy"]
    cancel_posting(session, posting_id=posting.id, reason="不干了，停一停", by=oneself(posting.employer), at=LATER)
    [line] = sent(session, at=LATER)[1]["tombstone"]
    assert line["body"] == {"of": "vacancy", "reason": "withdrawn"}
    assert (line["id"], line["version"] > before["version"]) == (before["id"], True)


def test_nothing_new_is_numbered_when_nothing_changed(session, far):
    make_posting(session)
    sent(session)
    assert service.stage(session, code=WANZHOU, at=LATER) == 0


def test_a_pull_goes_on_where_the_last_one_ended(session, far):
    for _ in range(5):
        make_posting(session)
    body, first = sent(session, most=3)
    manifest = Reader(BytesIO(body)).manifest
    assert (len(first["vacancy"]), manifest.more) == (3, True)
    body, rest = sent(session, after=manifest.upto, most=3)
    assert not Reader(BytesIO(body)).manifest.more
    ids = [line["id"] for line in first["vacancy"] + rest["vacancy"]]
    assert len(set(ids)) == 5


def test_versions_rise_even_after_the_database_was_lost(session, far):
    make_posting(session)
    before = sent(session)[1]["vacancy"][0]["version"]
    for row in session.scalars(select(Outgoing)):
        session.delete(row)
    session.flush()
    assert sent(session, at=LATER)[1]["vacancy"][0]["version"] > before


def test_a_hire_of_one_who_came_is_reported_back_with_its_rung(session, far):
    number = id_number(region=WANZHOU)
    posting = make_posting(session)
    take(session, far.bundle([application(person_hash(number, SECRET), f"v-{posting.id}")]))
    [(row, _, _)] = remote_applications(session, posting_id=posting.id)
    exchange.ask_to_come(session, application_id=row.id, by=oneself(posting.employer), at=NOW)
    [line] = sent(session)[1]["hire"]
    assert (line["body"]["level"], line["body"]["since"]) == (0, None)
    worker = make_worker(session, number=number, at=LATER)
    exchange.compare_workers(session, code=WANZHOU)
    exchange.recognise(session, code=WANZHOU, at=LATER)
    hire = make_hire(session, worker=worker, posting=posting, at=LATER)
    other = make_hire(session, posting=posting, at=LATER)
    session.add(a_standing(hire, level=3))
    [again] = sent(session, at=LATER)[1]["hire"]
    assert (again["id"], again["body"]["level"], again["body"]["since"]) == (line["id"], 3, "2026-11-24")
    assert again["body"]["person"] == person_hash(number, SECRET)
    assert other.worker.id not in session.scalars(select(Arrival.worker_id)).all()


def a_standing(hire, *, level):
    posting = hire.posting
    return Standing(
        placement_id=hire.placement.id, posting_id=posting.id, worker_id=hire.worker.id, county=posting.county,
        employer_id=hire.employer.id, town=posting.town, village=f"{posting.town}000", industry="", day=NOW.date(),
        level=level, short_of="paid", stable_on=None, signed=True, minutes=240, settled_fen=0, wages_due=0,
        wages_on_time=0, next_due=None,
    )  # fmt: skip


def test_nothing_leaves_without_a_key_or_an_agreement(session):
    make_far(session)
    with pytest.raises(NoOwnKey):
        sent(session)
    partners.make_key(session, by=SYSTEM, at=NOW)
    with pytest.raises(NoAgreement):
        sent(session, at=NOW + timedelta(days=400))
    assert partner(session, WANZHOU).last_seq == 0
