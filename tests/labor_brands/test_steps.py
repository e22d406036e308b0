"""Three steps of a worker, and what a brand's people have come to, from the market's own rows."""

from datetime import date, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from labor_brands.steps.queries import claims_of_holders, steps_of
from labor_brands.worth.queries import hires, worth
from tests.support.brands import certify, make_brand, put_hires
from tests.support.cases import file_claim
from tests.support.counted import OVER, come, count, hire, pay
from tests.support.makers import COUNTY, NOW, make_worker
from tests.support.market import PACKER
from zero_work_market.ground.db import transaction
from zero_work_market.market.placements.models import Placement
from zero_work_market.people.workers.models import Worker
from zero_work_market.statistics.standings.models import Standing

DAY, TODAY = date(2026, 11, 24), date(2026, 11, 28)


def test_a_newcomer_has_taken_no_step(session: Session) -> None:
    worker = make_worker(session)
    [steps] = steps_of(session, [worker.id]).values()
    assert (steps.trained, steps.worked, steps.level, steps.last) == ((), 0, 0, None)
    assert (steps.signed, steps.agreed, steps.paid_fen, steps.owed, steps.cases) == (0, 0, 0, 0, 0)


def test_steps_follow_from_certificate_work_and_pay(database: Engine) -> None:
    placement_id = hire()
    with transaction() as session:
        worker_id = session.get_one(Placement, placement_id).worker_id
        made = certify(session, session.get_one(Worker, worker_id), make_brand(session))
    come(placement_id)
    count()
    with transaction(read_only=True) as session:
        [steps] = steps_of(session, [worker_id]).values()
    assert [(one.grade, one.day) for one in steps.trained] == [("初级", made.issued_on)]
    assert (steps.worked, steps.level, steps.last, steps.paid_fen, steps.owed) == (1, 3, DAY, 0, 1)
    pay(placement_id)
    count()
    with transaction(read_only=True) as session:
        [steps] = steps_of(session, [worker_id]).values()
        assert (steps.level, steps.paid_fen, steps.owed) == (4, session.get_one(Standing, placement_id).settled_fen, 0)


def test_wage_cases_are_counted_once_and_by_how_they_ended(session: Session) -> None:
    brand, worker = make_brand(session), make_worker(session)
    certify(session, worker, brand)
    put_hires(session, [worker])
    [standing] = session.query(Standing)
    file_claim(session, worker_id=worker.id, employer_id=standing.employer_id, at=OVER)
    [steps] = steps_of(session, [worker.id]).values()
    assert (steps.cases, steps.open_cases, steps.outcomes) == (1, 1, ())
    assert claims_of_holders(session, brand.id, year=OVER.year) == (1, 0)
    assert claims_of_holders(session, brand.id, year=OVER.year + 1) == (0, 0)


def test_only_work_done_while_the_certificate_held_is_the_brands(session: Session) -> None:
    brand = make_brand(session)
    before, after, never = (make_worker(session) for _ in range(3))
    certify(session, after, brand, grade=2, at=NOW)
    certify(session, before, brand, at=NOW + timedelta(days=3))
    put_hires(session, [before, after, never])
    found = {one.worker: one.grade for one in hires(session, brand.id, today=TODAY)}
    assert found == {before.id: 0, after.id: 2, never.id: 0}


def test_work_of_another_trade_or_long_ago_is_nobodys(session: Session) -> None:
    brand, worker = make_brand(session, trades=("4-02-05-01",)), make_worker(session)
    certify(session, worker, brand)
    put_hires(session, [worker])
    assert hires(session, brand.id, today=TODAY) == []
    packers = make_brand(session, trades=(PACKER,))
    assert len(hires(session, packers.id, today=TODAY)) == 1
    assert hires(session, packers.id, today=date(2027, 12, 1)) == []
    assert hires(session, packers.id, today=date(2026, 11, 23)) == []


def test_ten_holders_are_told_of_and_nine_are_not(session: Session) -> None:
    brand, people = make_brand(session), [make_worker(session) for _ in range(10)]
    for one in people[:9]:
        certify(session, one, brand)
    put_hires(session, people)
    few = worth(session, brand.id, today=TODAY)
    assert (few.persons, few.paid, few.earn, few.by_grade) == (9, 9, None, {1: None})
    certify(session, people[9], brand)
    enough = worth(session, brand.id, today=TODAY)
    assert enough.earn is not None
    assert (enough.earn.persons, enough.earn.median_fen) == (10, 2000)
    assert [(place.region, place.persons) for place in enough.places] == [(COUNTY, 10)]
    assert (enough.first, enough.last) == (DAY, DAY)
