"""Certifying by grade, taking it away, and what the market and the engine have of it."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from labor_brands.brands import queries, rules, service
from labor_brands.brands.models import Certification
from labor_brands.brands.rules import Source
from tests.support.brands import certify, make_brand
from tests.support.makers import COUNTY, NOW, make_staff, make_worker, oneself
from zero_work_market.ground import changes
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotAllowed, NotFound
from zero_work_market.people.accounts.rules import OutOfScope, ReasonMissing, Role
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.queries import worker_card

TODAY = date(2026, 11, 23)


def held(session: Session, worker_id: int) -> tuple[str, ...]:
    card = worker_card(session, worker_id)
    assert card is not None
    return card.brands


def test_a_certificate_gives_the_credential_and_revoking_takes_it(session: Session) -> None:
    brand, worker, by = make_brand(session), make_worker(session), make_staff(session)
    made = certify(session, worker, brand, grade=2, by=by)
    assert held(session, worker.id) == (brand.file.code,)
    [row] = queries.certificates_of(session, worker.id)
    assert (row.grade_name, row.score, row.issued_on, row.revoked_on) == ("中级", 88, TODAY, None)
    assert row.number == f"乐品 {COUNTY}-2026-{made.id:06d}"
    with pytest.raises(ReasonMissing):
        service.revoke(session, certification_id=made.id, reason="坏", by=by, at=NOW)
    service.revoke(session, certification_id=made.id, reason="替考，查实了", by=by, at=NOW)
    assert held(session, worker.id) == ()
    [row] = queries.certificates_of(session, worker.id)
    assert (row.revoked_on, row.reason) == (TODAY, "替考，查实了")
    with pytest.raises(NotFound):
        service.revoke(session, certification_id=made.id, reason="再撤一遍", by=by, at=NOW)


def test_engines_hear_of_it_by_the_change_feed(session: Session) -> None:
    brand, worker = make_brand(session), make_worker(session)
    cursor = changes.Cursor()
    changes.take(session, cursor)
    made = certify(session, worker, brand)
    assert changes.take(session, cursor) == {"worker": {worker.id}}
    service.revoke(session, certification_id=made.id, reason="替考，查实了", by=SYSTEM, at=NOW)
    assert changes.take(session, cursor) == {"worker": {worker.id}}


def test_the_same_course_result_certifies_once(session: Session) -> None:
    brand, worker = make_brand(session), make_worker(session)
    first = certify(session, worker, brand, source=Source.COURSE, source_id="41")
    assert certify(session, worker, brand, source=Source.COURSE, source_id="41").id == first.id
    service.revoke(session, certification_id=first.id, reason="替考，查实了", by=SYSTEM, at=NOW)
    assert certify(session, worker, brand, source=Source.COURSE, source_id="41").id == first.id
    assert held(session, worker.id) == ()
    assert session.scalar(select(func.count()).select_from(Certification)) == 1


def test_a_higher_grade_takes_the_lower_ones_place_and_no_other_does(session: Session) -> None:
    brand, worker = make_brand(session), make_worker(session)
    certify(session, worker, brand, grade=1)
    certify(session, worker, brand, grade=3, at=NOW + timedelta(days=1))
    for grade in (1, 2, 3):
        with pytest.raises(rules.AlreadyCertified):
            certify(session, worker, brand, grade=grade)
    newest, oldest = queries.certificates_of(session, worker.id)
    assert (newest.grade, newest.revoked_on) == (3, None)
    assert (oldest.grade, oldest.revoked_on, oldest.reason) == (1, TODAY + timedelta(1), "换成高一等的了")
    assert held(session, worker.id) == (brand.file.code,)
    assert queries.brand(session, brand.file.code).holders == {3: 1}


def test_a_fifth_brand_is_refused_and_nothing_is_kept_of_it(session: Session) -> None:
    worker = make_worker(session)
    for _ in range(4):
        certify(session, worker, make_brand(session))
    with pytest.raises(InvalidValue) as refused, session.begin_nested():
        certify(session, worker, make_brand(session))
    assert refused.value.details["field"] == "brands"
    assert len(held(session, worker.id)) == len(queries.standing_of(session, worker.id)) == 4


@pytest.mark.parametrize("grade", [0, 4])
def test_a_grade_is_one_of_the_brands(session: Session, grade: int) -> None:
    with pytest.raises(InvalidValue):
        certify(session, make_worker(session), make_brand(session), grade=grade)


def test_only_a_recognised_brand_certifies(session: Session) -> None:
    worker, brand = make_worker(session), make_brand(session)
    with pytest.raises(rules.BrandNotRecognised):
        certify(session, worker, make_brand(session, recognised_on=None))
    certify(session, worker, brand)
    service.withdraw(session, code=brand.file.code, reason="培训没有办", by=SYSTEM, at=NOW)
    with pytest.raises(rules.BrandNotRecognised):
        certify(session, make_worker(session), brand)
    assert held(session, worker.id) == (brand.file.code,)


def test_staff_of_the_brands_county_certify_whoever_lives_anywhere(session: Session) -> None:
    brand = make_brand(session)
    worker = make_worker(session, town="370828002")
    for nobody in (oneself(worker), make_staff(session, Role.TOWN, f"{COUNTY}001")):
        with pytest.raises(NotAllowed):
            certify(session, worker, brand, by=nobody)
    with pytest.raises(OutOfScope):
        certify(session, worker, brand, by=make_staff(session, Role.COUNTY, "370828"))
    made = certify(session, worker, brand, by=make_staff(session))
    elsewhere = make_staff(session, Role.COUNTY, "370828")
    with pytest.raises(OutOfScope):
        service.revoke(session, certification_id=made.id, reason="替考，查实了", by=elsewhere, at=NOW)


def test_an_erased_profile_ends_its_certificates(session: Session) -> None:
    brand, worker = make_brand(session), make_worker(session)
    certify(session, worker, brand)
    workers.erase(session, worker_id=worker.id, kept_until=None, by=oneself(worker), at=NOW)
    service.forget_erased(session, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert queries.brand(session, brand.file.code).held == 0
    with pytest.raises(NotFound):
        certify(session, worker, brand)


def test_holders_are_paged_the_newest_first(session: Session) -> None:
    brand, people = make_brand(session), [make_worker(session) for _ in range(3)]
    for one in people:
        certify(session, one, brand)
    page = queries.holders(session, brand.file.code, number=1, size=2)
    assert (page.total, [row.worker_id for row in page.rows]) == (3, [people[2].id, people[1].id])
    assert page.rows[0].masked_name == "张**"


def test_two_desks_at_once_give_one_certificate(database: Engine) -> None:
    with transaction() as session:
        brand, worker = make_brand(session), make_worker(session)
    refused: list[LeyeError] = []

    def at_a_desk() -> None:
        try:
            with transaction() as session:
                certify(session, worker, brand)
        except LeyeError as refusal:
            refused.append(refusal)

    desks = [threading.Thread(target=at_a_desk) for _ in range(4)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    with transaction(read_only=True) as session:
        assert len(queries.certificates_of(session, worker.id)) == 1
        assert held(session, worker.id) == (brand.file.code,)
    assert [refusal.code for refusal in refused] == ["already_certified"] * 3
