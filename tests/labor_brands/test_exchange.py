from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from labor_brands.bundles import rules as bundles
from labor_brands.bundles.rules import BundleRefused, Kind, Reader, parse_record, person_hash
from labor_brands.exchange import queries, service
from labor_brands.exchange.models import Arrival, Asked, ImportedVacancy, OwnApplication
from labor_brands.exchange.queries import TABLES, came_through
from labor_brands.exchange.rules import NotAsked, Sent, VacancyGone, columns_of
from labor_brands.partners import service as partners
from labor_brands.partners.models import Partner
from labor_brands.partners.queries import believed, partner
from tests.support.exchange import (
    SECRET,
    WANZHOU,
    agreed_worker,
    application,
    hire,
    make_far,
    seeker,
    take,
    tombstone,
    vacancy,
)
from tests.support.makers import NOW, id_number, make_employer, make_worker, oneself
from tests.support.market import make_posting
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications.queries import application_of
from zero_work_market.market.applications.rules import State
from zero_work_market.people.workers import service as workers

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def far(session):
    return make_far(session)


def announced(session, kind):
    session.flush()
    return session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == kind)).all()


def test_120_vacancies_come_once_and_again_they_are_no_new_ones(session, far):
    body = far.bundle([vacancy(number) for number in range(120)])
    assert take(session, body) == (120, 0, 0, [])
    assert take(session, body) == (0, 0, 120, [])
    assert queries.count_open(session, at=NOW) == 120


def test_line_57_is_refused_with_its_number_and_the_rest_kept(session, far):
    lines = far.bundle([vacancy(number) for number in range(120)]).splitlines(keepends=True)
    lines[56] = b"x" + lines[56]
    assert take(session, b"".join(lines)) == (119, 0, 0, [(57, "damaged")])


def test_a_newer_version_holds_and_an_older_one_changes_nothing(session, far):
    take(session, far.bundle([vacancy(1, 5, title="包装工 甲")]))
    assert take(session, far.bundle([vacancy(1, 4, title="包装工 乙")])) == (0, 0, 1, [])
    assert take(session, far.bundle([vacancy(1, 6, title="包装工 丙")])) == (0, 1, 0, [])
    assert [row.title for row in session.scalars(queries.open_vacancies(at=NOW))] == ["包装工 丙"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_is_withdrawn_is_gone_whichever_comes_first(session, far, order):
    lines = [vacancy(1, 1), tombstone("v-1", 2)]
    for number in order:
        take(session, far.bundle([lines[number]]))
    assert queries.count_open(session, at=NOW) == 0
    [row] = session.scalars(select(ImportedVacancy))
    assert (row.gone, row.title, row.body) == ("withdrawn", "", {})


def test_a_vacancy_is_over_when_its_time_is_although_nobody_says_so(session, far):
    take(session, far.bundle([vacancy(1)]))
    assert queries.count_open(session, at=NOW + timedelta(days=8)) == 0


def refused_why(session, body, *, at=NOW):
    with pytest.raises(BundleRefused) as refused:
        take(session, body, at=at)
    assert session.scalar(select(func.count()).select_from(ImportedVacancy)) == 0
    return refused.value.details["why"]


def test_a_bundle_of_an_old_key_is_refused_whole_whatever_day_it_names(session, far):
    body = far.bundle([vacancy(1)])
    assert refused_why(session, body, at=NOW + timedelta(days=731)) == "key_expired"


def test_a_bundle_of_a_revoked_key_is_refused_whole(session, far):
    partners.revoke_partner_key(session, code=WANZHOU, key_id=far.key_id, by=SYSTEM, at=NOW)
    assert refused_why(session, far.bundle([vacancy(1)])) == "key_expired"


def test_a_bundle_that_isnt_to_be_believed_is_refused_whole(session, far):
    lines = [vacancy(1)]
    assert refused_why(session, far.bundle(lines, key="wz-2")) == "unknown_key"
    assert refused_why(session, far.bundle(lines, to="370900")) == "not_for_us"
    assert refused_why(session, far.bundle(lines, **{"from": "500102"})) == "unknown_partner"
    assert refused_why(session, far.bundle(lines).replace(b'"more":false', b'"more":true ')) == "signature"


def test_nothing_is_taken_outside_an_agreement_or_from_a_paused_partner(session, far):
    assert refused_why(session, far.bundle([vacancy(1)]), at=NOW + timedelta(days=400)) == "no_agreement"
    partners.set_partner(session, code=WANZHOU, url="", active=False, by=SYSTEM, at=NOW)
    assert refused_why(session, far.bundle([vacancy(1)])) == "no_agreement"


def state(session):
    return {
        (kind, row.remote_id): (row.version, row.gone, row.digest, row.body)
        for kind, table in TABLES.items()
        for row in session.scalars(select(table).execution_options(populate_existing=True))
    }


PERSONS = [digit * 64 for digit in "abc"]
LINES = st.one_of(
    st.builds(vacancy, st.integers(1, 3), st.integers(1, 4), title=st.sampled_from(["甲", "乙"])),
    st.builds(seeker, st.sampled_from(PERSONS), st.integers(1, 4), min_hourly_fen=st.integers(0, 1)),
    st.builds(application, st.sampled_from(PERSONS), st.just("v-1"), st.integers(1, 3)),
    st.builds(hire, st.sampled_from(PERSONS), st.just("v-1"), st.integers(0, 5), st.integers(1, 3)),
    st.builds(tombstone, st.sampled_from(["v-1", "v-2", "v-3"]), st.integers(1, 4)),
    st.builds(tombstone, st.sampled_from(PERSONS), st.integers(1, 4), of=st.just("seeker")),
)
DELIVERIES = st.lists(
    st.tuples(st.lists(st.integers(0, 19), max_size=12), st.none() | st.integers(0, 3), st.none() | st.integers(3, 12)),
    max_size=5,
)
"""Which lines a bundle holds and in which order, after how many chunks it is interrupted and lines it ends."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=1, max_size=20), deliveries=DELIVERIES)
def test_shuffled_repeated_interrupted_and_half_delivered_bundles_end_in_one_state(
    session, far, monkeypatch, lines, deliveries
):
    monkeypatch.setattr(bundles, "CHUNK", 3)
    savepoint = session.begin_nested()
    for picked, parts, cut in deliveries:
        chosen = list(dict.fromkeys(lines[number % len(lines)] for number in picked))
        body = b"".join(far.bundle(chosen).splitlines(keepends=True)[:cut])
        take(session, body, parts=parts)
    take(session, far.bundle(dict.fromkeys(reversed(lines))))
    messy = state(session)
    savepoint.rollback()
    best = {}
    for record in map(parse_record, lines):
        held = best.get((record.kind, record.id))
        best[record.kind, record.id] = max(record, held, key=lambda one: one.rank) if held else record
    rows = {key: columns_of(one) for key, one in best.items()}
    assert messy == {key: (row["version"], row["gone"], row["digest"], row["body"]) for key, row in rows.items()}


def test_a_preview_says_what_the_import_then_comes_to(session, far):
    take(session, far.bundle([vacancy(1, 2), vacancy(2, 2)]))
    lines = [vacancy(1, 1), vacancy(2, 3), vacancy(3, 1), tombstone("v-9", 1)]
    reader = Reader(BytesIO(far.bundle(lines)))
    source = believed(session, reader, at=NOW)
    told = queries.Counts()
    for part in reader.parts():
        told.add(queries.preview(session, partner_id=source.id, records=part.records, seen={}))
    assert (told.new, told.updated, told.unchanged) == (2, 1, 1)
    assert take(session, far.bundle(lines))[:3] == (2, 1, 1)


def test_who_applied_for_what_is_withdrawn_is_told_once(session, far):
    take(session, far.bundle([vacancy(1)]))
    row = session.scalars(select(ImportedVacancy)).one()
    worker = agreed_worker(session, relocates=True)
    made = service.apply(session, vacancy_id=row.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert service.apply(session, vacancy_id=row.id, worker_id=worker.id, by=oneself(worker), at=NOW).id == made.id
    for _ in range(2):
        take(session, far.bundle([tombstone("v-1", 2)]), at=LATER)
    assert announced(session, "exchange_application_closed") == [{"application_id": made.id}]
    assert (made.state, made.title) == (Sent.CLOSED, "包装工 1")
    with pytest.raises(VacancyGone):
        service.apply(session, vacancy_id=row.id, worker_id=worker.id, by=oneself(worker), at=LATER)


def test_nobody_applies_elsewhere_without_consent(session, far):
    take(session, far.bundle([vacancy(1)]))
    row, worker = session.scalars(select(ImportedVacancy)).one(), make_worker(session)
    with pytest.raises(NotAsked):
        service.apply(session, vacancy_id=row.id, worker_id=worker.id, by=oneself(worker), at=NOW)


def test_a_withdrawn_application_is_taken_up_again_by_applying_anew(session, far):
    take(session, far.bundle([vacancy(1)]))
    row, worker = session.scalars(select(ImportedVacancy)).one(), agreed_worker(session)
    deed = {"vacancy_id": row.id, "worker_id": worker.id, "by": oneself(worker)}
    made = service.apply(session, at=NOW, **deed)
    service.withdraw(session, at=NOW, **deed)
    assert made.state == Sent.WITHDRAWN
    assert service.apply(session, at=LATER, **deed) is made
    assert made.state == Sent.APPLIED


def test_an_employer_hears_of_a_remote_applicant_once(session, far):
    posting = make_posting(session)
    for at in (NOW, LATER):
        take(session, far.bundle([application("a" * 64, f"v-{posting.id}", at=NOW)]), at=at)
    take(session, far.bundle([application("a" * 64, f"v-{posting.id}", 2)]), at=LATER)
    [(row, worker_id, asked)] = queries.remote_applications(session, posting_id=posting.id)
    assert announced(session, "exchange_remote_applied") == [{"application_id": row.id}]
    assert (row.masked_name, worker_id, asked) == ("冉**", None, False)


def recognise(session):
    service.compare_workers(session, code=WANZHOU)
    return service.recognise(session, code=WANZHOU, at=LATER)


def test_who_is_on_both_sides_is_one_and_came_through_the_exchange(session, far):
    number = id_number(region=WANZHOU)
    take(session, far.bundle([seeker(person_hash(number, SECRET))]))
    assert recognise(session) == []
    worker, other = make_worker(session, number=number, at=LATER), make_worker(session, at=LATER)
    assert [arrival.worker_id for arrival in recognise(session)] == [worker.id]
    assert recognise(session) == []
    found = came_through(session, [worker.id, other.id])
    assert {id: (one.partner, one.partner_name) for id, one in found.items()} == {worker.id: (WANZHOU, "重庆万州")}


def test_who_was_here_before_is_one_person_but_didnt_come_through_the_exchange(session, far):
    number = id_number(region=WANZHOU)
    worker = make_worker(session, number=number, at=NOW)
    take(session, far.bundle([seeker(person_hash(number, SECRET))]), at=LATER)
    assert [arrival.worker_id for arrival in recognise(session)] == [worker.id]
    assert came_through(session, [worker.id]) == {}


def asked_applicant(session, far, number):
    posting = make_posting(session, employer=make_employer(session))
    take(session, far.bundle([application(person_hash(number, SECRET), f"v-{posting.id}")]))
    [(row, _, _)] = queries.remote_applications(session, posting_id=posting.id)
    by = oneself(posting.employer)
    return posting, row, service.ask_to_come(session, application_id=row.id, by=by, at=NOW), by


def test_an_asked_applicant_is_invited_like_anybody_as_soon_as_they_are_here(session, far):
    number = id_number(region=WANZHOU)
    posting, row, asked, by = asked_applicant(session, far, number)
    assert asked.invited_at is None
    worker = make_worker(session, number=number, at=LATER)
    recognise(session)
    made = application_of(session, posting_id=posting.id, worker_id=worker.id)
    assert made.state == State.INVITED
    service.ask_to_come(session, application_id=row.id, by=by, at=LATER)
    assert session.scalar(select(func.count()).select_from(Asked)) == 1
    assert list(came_through(session, [worker.id])) == [worker.id]


def test_an_applicant_who_is_here_is_invited_at_once(session, far):
    number = id_number(region=WANZHOU)
    worker, posting = make_worker(session, number=number), make_posting(session)
    take(session, far.bundle([application(person_hash(number, SECRET), f"v-{posting.id}")]))
    recognise(session)
    [(row, worker_id, _)] = queries.remote_applications(session, posting_id=posting.id)
    assert worker_id == worker.id
    service.ask_to_come(session, application_id=row.id, by=oneself(posting.employer), at=LATER)
    assert application_of(session, posting_id=posting.id, worker_id=worker.id).state == State.INVITED


def test_our_applicant_is_told_once_that_they_are_wanted_there(session, far):
    take(session, far.bundle([vacancy(1)]))
    row, worker = session.scalars(select(ImportedVacancy)).one(), agreed_worker(session)
    service.apply(session, vacancy_id=row.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    service.compare_workers(session, code=WANZHOU)
    person = person_hash(worker.id_number, SECRET)
    take(session, far.bundle([hire(person, "v-1", 0, 1)]))
    take(session, far.bundle([hire(person, "v-1", 3, 2)]))
    assert len(announced(session, "exchange_asked_to_come")) == 1
    assert session.scalars(select(OwnApplication.state)).one() == Sent.INVITED
    assert queries.counts_of(session, partner(session, WANZHOU).id)[Kind.HIRE] == 1


def test_an_erased_worker_is_hashed_no_more_and_again_when_they_come_back(session, far):
    number = id_number()
    worker = make_worker(session, number=number)
    assert service.compare_workers(session, code=WANZHOU) == 1
    workers.erase(session, worker_id=worker.id, kept_until=NOW.date(), by=oneself(worker), at=NOW)
    take(session, far.bundle([seeker(person_hash(number, SECRET))]))
    assert recognise(session) == []
    again = make_worker(session, number=number, at=LATER)
    assert again.id == worker.id
    assert len(recognise(session)) == 1
    assert session.scalar(select(func.count()).select_from(Arrival)) == 1


def test_a_partner_is_there_once(session, far):
    with pytest.raises(partners.InvalidValue):
        partners.add_partner(session, code=WANZHOU, url="", shared="AAAA", by=SYSTEM, at=NOW)
    with pytest.raises(partners.InvalidValue):
        make_far(session)
    assert session.scalar(select(func.count()).select_from(Partner)) == 1
