"""Plan 4: who is counted as lifted out of poverty, from a central or western province, in stable work here."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.support.hires import make_hire
from tests.support.makers import COUNTY, NOW, TOWN, VILLAGE, make_staff, make_worker, oneself
from tests.support.market import shift
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.origins import service as origins
from zero_work_market.people.origins.rules import Proof, Status
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.cooperation.queries import REGISTER, lines, person
from zero_work_market.statistics.cooperation.rules import Share
from zero_work_market.statistics.indicators.queries import board
from zero_work_market.statistics.standings.models import Standing
from zero_work_market.statistics.standings.rules import Stability, Wage, Work, ranks

YEAR = 2023
FEBRUARY, MAY = date(2023, 2, 7), date(2023, 5, 7)
numbers = count(1)


def comer(session: Session, home: str = "500101", status: Status = Status.LIFTED, *, proven: bool = True) -> Worker:
    worker = make_worker(session)
    origins.tell(session, worker_id=worker.id, region=home, status=status, by=oneself(worker), at=NOW)
    if proven:
        by = make_staff(session, Role.TOWN, TOWN)
        origins.prove(session, worker_id=worker.id, proof=Proof.PARTNER, number=f"{next(numbers)}", by=by, at=NOW)
    return worker


def stand(session: Session, worker: Worker, *, place: str = VILLAGE, **more: Any) -> Standing:
    """A standing of the worker's, at a new employer: stable on 7 May 2023 unless told otherwise."""
    at = NOW + timedelta(days=next(numbers))
    hire = make_hire(session, worker=worker, arrives=False, at=at, shifts=(shift(now=at),))
    told: dict[str, Any] = {
        "placement_id": hire.placement.id, "posting_id": hire.posting.id, "worker_id": worker.id,
        "employer_id": hire.employer.id, "county": place[:6], "town": place[:9], "village": place, "industry": "",
        "day": FEBRUARY, "level": 5, "short_of": "", "stable_on": MAY, "signed": True, "minutes": 240,
        "settled_fen": 7200, "wages_due": 1, "wages_on_time": 1,
    }  # fmt: skip
    row = Standing(**told | more)
    session.add(row)
    session.flush()
    return row


def done(session: Session, region: str = CITY, year: int = YEAR) -> int:
    return REGISTER.counts(session, year, [region])[region].done


def out(session: Session, region: str = CITY) -> list[tuple[str | int, ...]]:
    return [row.why_out for row in REGISTER.rows(session, YEAR, region, False, 1, 30).rows]


@pytest.mark.parametrize(("last", "stable_on"), [(date(2023, 5, 7), MAY), (date(2023, 5, 6), None)])
def test_from_7_february_work_is_stable_on_7_may_and_who_left_on_6_may_is_not(last: date, stable_on: date | None):
    days = [FEBRUARY, date(2023, 3, 5), date(2023, 4, 2), date(2023, 4, 30), last]
    wage = Wage(first=FEBRUARY, last=last, due_on=last, net_fen=100, settled_on=last)
    work = Work(arrived=True, signed=True, shifts=tuple((day, 480) for day in days), wages=(wage,))
    [rank] = ranks([work], today=date(2023, 6, 1), stability=Stability(months=3, gap_days=31))
    assert rank.stable_on == stable_on
    assert (rank.level, rank.short_of) == ((5, "") if stable_on else (4, "days:1"))


@pytest.mark.parametrize("home", ["500101", "520000", "410000", "140000"])
def test_every_central_and_western_province_counts_not_chongqing_alone(session: Session, home: str) -> None:
    worker = comer(session, home)
    stand(session, worker)
    assert [done(session, place) for place in (CITY, COUNTY, TOWN, VILLAGE)] == [1, 1, 1, 1]
    assert done(session, "370828") == 0
    assert REGISTER.counts(session, YEAR, [CITY])[CITY].months == (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"home": "370829"}, ("native",)), ({"home": "320000"}, ("belt",)), ({"home": "210000"}, ("belt",)),
        ({"status": Status.NONE}, ("not_lifted",)), ({"proven": False}, ("unproven",)),
    ],
)  # fmt: skip
def test_who_does_not_count_is_listed_with_the_reason(session: Session, told: dict[str, Any], why: tuple[str]) -> None:
    stand(session, comer(session, **told))
    assert done(session) == 0
    assert out(session) == [why]


def test_four_days_short_of_three_months_is_said_so(session: Session) -> None:
    stand(session, comer(session), level=4, short_of="days:4", stable_on=None)
    assert (done(session), out(session)) == (0, [("days", 4)])


def test_one_person_with_two_employers_is_one_and_opens_to_the_work_that_was_stable_first(session: Session) -> None:
    worker = comer(session)
    stand(session, worker, stable_on=date(2023, 9, 1), day=date(2023, 6, 1))
    first = stand(session, worker)
    assert done(session) == 1
    [row] = REGISTER.rows(session, YEAR, CITY, True, 1, 30).rows
    assert (row.id, row.day, row.told) == (first.placement_id, MAY, "重庆市万州区，永昌蒜业有限公司")


def test_stable_work_counts_in_the_year_in_which_it_was_full(session: Session) -> None:
    stand(session, comer(session), day=date(2022, 11, 20), stable_on=date(2023, 2, 20))
    assert (done(session), done(session, year=2022)) == (1, 0)
    rows = REGISTER.rows(session, 2022, CITY, False, 1, 30).rows
    assert [row.why_out for row in rows] == [("another_year",)]


def test_the_tile_lacks_what_is_missing_to_4100(session: Session) -> None:
    stand(session, comer(session))
    tiles = board(
        session, year=YEAR, region=CITY, tab="就业", today=date(2023, 12, 31), registers={"poverty_work": REGISTER}
    )
    [tile] = [one for one in tiles if one.indicator.key == "poverty_work"]
    assert (tile.done, tile.target, tile.gap, tile.is_met) == (1, 4_100, 4_099, False)


def test_helped_moved_and_stable_are_told_apart_by_province_and_of_them_the_lifted(session: Session) -> None:
    stand(session, comer(session))
    stand(session, comer(session, status=Status.NONE), level=3, short_of="paid", stable_on=None)
    stand(session, comer(session, proven=False), level=1, short_of="arrival", stable_on=None)
    stand(session, comer(session, "370829"))
    stand(session, comer(session, "520000"))
    chongqing, guizhou = lines(session, year=YEAR, region=CITY)
    assert (chongqing.name, guizhou.name) == ("重庆市", "贵州省")
    assert (chongqing.helped, chongqing.moved, chongqing.stable) == (Share(3, 1), Share(2, 1), Share(1, 1))
    assert (guizhou.helped, guizhou.moved, guizhou.stable) == (Share(1, 1), Share(1, 1), Share(1, 1))


def test_a_person_of_all_years_and_one_who_told_nothing(session: Session) -> None:
    worker, silent = comer(session), make_worker(session)
    stand(session, worker)
    stand(session, silent)
    found = person(session, worker.id)
    assert found is not None
    assert (found.stable_on, found.moved) == (MAY, True)
    assert person(session, silent.id) is None
    assert done(session) == 1
