"""The recount: what it finds, and where."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.support.agreements import LATER, employer_signs, offered, worker_signs
from tests.support.counted import OVER, come, count, hire, pay
from tests.support.makers import NOW, TOWN
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import connect, transaction
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.statistics.recount.queries import hold, is_counted, recount
from zero_work_market.statistics.recount.rules import Checked, Fault
from zero_work_market.statistics.standings.models import Standing

COUNTY, CITY = TOWN[:6], "370800"
CHANGE = "UPDATE tallies SET persons = :persons WHERE region = :region AND month = :month AND figure = 'L3'"


@pytest.fixture
def counted(database: Engine) -> int:
    """Three hires, of which the one given is signed and paid."""
    first, _, paid = (hire() for _ in range(3))
    with transaction() as session:
        placement = session.get_one(Placement, paid)
        offered(session, placement)
        worker_signs(session, placement)
        employer_signs(session, session.get_one(Posting, placement.posting_id), at=NOW + LATER)
    for placement_id in (first, paid):
        come(placement_id)
    pay(paid)
    count()
    return paid


def faults() -> list[Fault]:
    return [fault for one in _recounted() for fault in one.faults]


def _recounted() -> list[Checked]:
    with transaction(read_only=True) as session:
        hold(session)
        return list(recount(session, today=local_date(OVER)))


def _tamper(statement: str, **values: object) -> None:
    with transaction() as session:
        session.execute(text(statement), values)


def test_all_agree_and_what_was_checked_is_told(counted: int) -> None:
    county, city = _recounted()
    assert (county.name, county.placements, county.uncounted, county.faults) == (COUNTY, 3, 0, ())
    assert county.links > 15
    assert (city.name, city.faults) == (CITY, ())
    assert city.figures == 2 * len({"L1", "L2", "L3", "L4", "signed", *("minutes", "settled_fen"), "wages_due", "on"})


def test_a_changed_link_is_named_by_its_chain_and_number(counted: int) -> None:
    _tamper("UPDATE evidence SET body = replace(body, '240', '241') WHERE number = 9")
    _tamper("UPDATE evidence SET by_role = 'nobody' WHERE number = 5")
    assert faults() == [Fault(f"chain {COUNTY}, link 5", "changed")], "what follows from it is no fault of its own"
    assert [one.broken for one in _recounted()] == [True, True]


def test_a_deleted_link_a_cut_tail_and_a_chain_that_is_gone_are_found(counted: int) -> None:
    _tamper("DELETE FROM evidence WHERE number > 12")
    assert faults()[0] == Fault(f"chain {COUNTY}, link 13", "cut")
    _tamper("DELETE FROM evidence WHERE number = 4")
    assert faults()[0] == Fault(f"chain {COUNTY}, link 4", "missing")
    _tamper("DELETE FROM evidence")
    _tamper("DELETE FROM chain_ends")
    assert faults()[0] == Fault(f"chain {COUNTY}, link 1", "cut")


@pytest.mark.parametrize(
    ("change", "name", "told"),
    [
        ("UPDATE hours SET agreed_minutes = 300", "minutes", "events say 240, rows say 300, standing says 240"),
        ("DELETE FROM marks", "level", "events say 4, rows say 1, standing says 4"),
        ("UPDATE wages SET settled_on = NULL", "level", "events say 4, rows say 3, standing says 4"),
        ("UPDATE standings SET level = 5", "level", "events say 4, rows say 4, standing says 5"),
        ("UPDATE agreements SET state = 'offered'", "signed", "events say True, rows say False, standing says True"),
    ],
)
def test_a_changed_row_is_named_by_placement_and_column(counted: int, change: str, name: str, told: str) -> None:
    _tamper(f"{change} WHERE placement_id = :id", id=counted)
    assert faults()[0] == Fault(f"placement {counted}, {name}", told)


def test_a_standing_that_is_gone_is_missed(counted: int) -> None:
    _tamper("DELETE FROM standings WHERE placement_id = :id", id=counted)
    [fault] = faults()
    assert fault.where == f"placement {counted}, placement_id"
    assert fault.told == f"events say {counted}, rows say {counted}, standing says nothing"


def test_a_changed_tally_is_named_at_every_level(counted: int) -> None:
    for region in (CITY, COUNTY, TOWN, f"{TOWN}201"):
        for month, when in ((0, "2026"), (11, "2026-11")):
            _tamper(CHANGE, persons=3, region=region, month=month)
            assert faults() == [Fault(f"{region} {when} L3", "events say 2 of 2 persons, page says 2 of 3")]
            _tamper(CHANGE, persons=2, region=region, month=month)


def test_a_tally_that_nothing_stands_behind_is_found(counted: int) -> None:
    _tamper("INSERT INTO tallies VALUES (:region, 2025, 3, 'L5', 7, 7)", region=f"{TOWN}202")
    assert faults() == [Fault(f"{TOWN}202 2025-03 L5", "events say 0 of 0 persons, page says 7 of 7")]


def test_a_posting_that_was_never_announced_is_found(counted: int) -> None:
    _tamper("UPDATE postings SET closes_at = '2026-12-24 00:00:00+00:00' WHERE id = 1")
    assert any(fault.where == f"{TOWN} 2026-11 postings" for fault in faults())


def test_a_chain_that_was_made_anew_has_the_signatures_against_it(counted: int) -> None:
    _tamper("UPDATE signatures SET chain_hash = '00'")
    [fault] = faults()
    assert fault.told.startswith("not what signature")


def test_what_no_task_has_counted_yet_is_no_fault(counted: int) -> None:
    hire()
    with transaction(read_only=True) as session:
        assert not is_counted(session)
    county, city = _recounted()
    assert (county.uncounted, county.faults, city.uncounted, city.faults) == (1, (), 1, ())


def test_the_recount_sees_one_moment_while_others_write(postgresql_url: str) -> None:
    connect(postgresql_url)
    placement = hire()
    count()
    with transaction(read_only=True) as session:
        hold(session)
        assert is_counted(session)
        come(placement)
        count()
        assert [one.faults for one in recount(session, today=local_date(OVER))] == [(), ()]
        assert _level(session, placement) == 1
    with transaction(read_only=True) as session:
        assert _level(session, placement) == 3


def _level(session: Session, placement: int) -> int:
    return session.get_one(Standing, placement).level
