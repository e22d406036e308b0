"""Tiles, lines and persons: what the staff's pages open."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.support.counted import OVER, come, count, hire, pay
from tests.support.makers import COUNTY, NOW, TOWN, VILLAGE, make_staff
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, NotAllowed
from zero_work_market.people.accounts.rules import OutOfScope, Role
from zero_work_market.reference.regions.rules import CITY, UnknownRegion
from zero_work_market.statistics.indicators import queries
from zero_work_market.statistics.indicators.rules import Rung, Tile
from zero_work_market.statistics.tallies.models import Tally
from zero_work_market.statistics.targets.rules import TABS, NoTargetHere, UnknownIndicator
from zero_work_market.statistics.targets.service import set_target

TODAY = date(2026, 11, 25)


def tile(session: Session, key: str, *, region: str = CITY, year: int = 2026, today: date = TODAY) -> Tile:
    asked = {"year": year, "region": region, "today": today}
    [found] = [one for tab in TABS for one in queries.board(session, tab=tab, **asked) if one.indicator.key == key]
    return found


def allot(session: Session, key: str, value: int | None, *, region: str = CITY, year: int = 2026) -> None:
    by = make_staff(session, Role.CITY, CITY)
    set_target(session, region=region, year=year, indicator=key, value=value, by=by, at=NOW)


def add_tally(session: Session, figure: str, times: int, persons: int, *, region: str = CITY, month: int = 0) -> None:
    session.add(Tally(region=region, year=2026, month=month, figure=figure, times=times, persons=persons))
    session.flush()


def test_the_city_has_the_plans_number_until_staff_set_their_own(session: Session) -> None:
    assert tile(session, "welfare_posts", year=2023).target == 52_300
    assert tile(session, "welfare_posts", year=2026).target is None
    allot(session, "welfare_posts", 50_000, year=2023)
    assert tile(session, "welfare_posts", year=2023).target == 50_000
    allot(session, "welfare_posts", None, year=2023)
    assert tile(session, "welfare_posts", year=2023).target == 52_300


def test_what_is_allotted_to_counties_is_added_up_beside_the_citys_target(session: Session) -> None:
    for county, value in (("370829", 5_000), ("370828", 4_300)):
        allot(session, "welfare_posts", value, region=county, year=2023)
    whole = tile(session, "welfare_posts", year=2023)
    assert (whole.target, whole.target_sum) == (52_300, 9_300)
    assert tile(session, "welfare_posts", region="370829", year=2023).target == 5_000
    assert tile(session, "brands", year=2023).target_sum is None


def test_who_sets_a_target_and_what_can_be_set(session: Session) -> None:
    county = make_staff(session, Role.COUNTY, COUNTY)
    asked = {"session": session, "region": COUNTY, "year": 2026, "indicator": "proven_work", "value": 1, "at": NOW}
    with pytest.raises(NotAllowed):
        set_target(**asked, by=county)
    city = make_staff(session, Role.CITY, CITY)
    with pytest.raises(NoTargetHere):
        set_target(**asked | {"region": TOWN}, by=city)
    with pytest.raises(OutOfScope):
        set_target(**asked | {"region": "500101"}, by=city)
    with pytest.raises(UnknownIndicator):
        set_target(**asked | {"indicator": "happiness"}, by=city)
    for wrong in ({"value": -1}, {"indicator": "coverage", "value": 101}):
        with pytest.raises(InvalidValue):
            set_target(**asked | wrong, by=city)
    set_target(**asked, by=city)
    set_target(**asked, by=city)
    [row] = [row for row in session.query(AuditRow) if row.verb == "target.set"]
    assert row.details == {"year": 2026, "indicator": "proven_work", "before": None, "value": 1}


@pytest.mark.parametrize(("done", "gap"), [(4_099, 1), (4_100, 0)])
def test_a_tile_says_what_is_missing_to_the_figure(session: Session, done: int, gap: int) -> None:
    allot(session, "stable_work", 4_100)
    add_tally(session, "L5", done + 50, done)
    found = tile(session, "stable_work")
    assert (found.done, found.times, found.gap, found.is_met) == (done, done + 50, gap, gap == 0)


def test_97_of_100_agreements_are_97_percent_and_lack_three(session: Session) -> None:
    allot(session, "coverage", 100)
    add_tally(session, "L2", 100, 80)
    add_tally(session, "signed", 97, 79)
    found = tile(session, "coverage")
    assert (found.done, found.of, found.percent, found.gap) == (97, 100, 97.0, 3)
    assert (found.expected_today, found.forecast_on, found.target_sum) == (None, None, None)


def test_pace_and_forecast_go_by_the_days_of_the_year(session: Session) -> None:
    allot(session, "proven_work", 730)
    add_tally(session, "L3", 300, 200)
    found = tile(session, "proven_work", today=date(2026, 7, 19))
    assert found.expected_today == 400
    assert found.is_behind
    assert found.forecast_on == date(2027, 12, 31)
    assert not tile(session, "proven_work", today=date(2026, 4, 10)).is_behind, "exactly at the pace"


def test_what_nothing_counts_is_told_as_not_counted_and_not_as_none(session: Session) -> None:
    found = tile(session, "brands", year=2023)
    assert (found.done, found.gap, found.months, found.is_met) == (None, None, (), None)
    counted = tile(session, "proven_work")
    assert (counted.done, counted.months) == (0, (0,) * 12)


def test_every_region_has_a_board_and_an_unknown_one_has_none(session: Session) -> None:
    for region in (CITY, COUNTY, TOWN, VILLAGE, f"{TOWN}000"):
        assert sum(len(queries.board(session, year=2026, region=region, tab=tab, today=TODAY)) for tab in TABS) == 16
    with pytest.raises(UnknownRegion):
        queries.board(session, year=2026, region="370899", tab="就业", today=TODAY)


def test_a_figure_opens_from_the_city_down_to_the_evidence(database: Engine) -> None:
    placement = hire()
    come(placement)
    pay(placement)
    count()
    with transaction(read_only=True) as session:
        asked = {"year": 2026, "indicator": "proven_work", "today": TODAY}
        region, seen = CITY, []
        while below := queries.lines(session, region=region, **asked):
            [line] = [line for line in below if line.done]
            region = line.region
            seen.append(line.name)
        assert region == VILLAGE
        assert seen == ["嘉祥县", "嘉祥街道", "张垓村"]
        assert queries.ladder(session, year=2026, region=region) == (*[Rung(1, 1)] * 4, Rung(0, 0))
        [person] = queries.persons(
            session, year=2026, region=region, indicator="proven_work", counted=True, number=1
        ).rows
        assert (person.masked_name, person.level, person.placements, person.sum) == ("张**", 4, 1, 1)
        [row] = queries.person_placements(session, worker_id=person.worker_id, year=2026, region=region)
        assert (row.placement_id, row.title, row.level, row.short_of) == (placement, "装蒜包装", 4, ("days", 92))
        found = queries.placement_evidence(session, row.placement_id)
        assert found is not None
        assert [link.kind for link in found.links] == [
            "seat_accepted", "arrived", "hours_claimed", "hours_claimed", "hours_agreed", "wage_made", "paid",
            "wage_settled",
        ]  # fmt: skip
        assert found.standing.level == 4
        assert queries.placement_evidence(session, placement + 100) is None


def test_who_is_left_out_is_told_why_the_nearest_first(database: Engine) -> None:
    hire()
    come(hire())
    pay(paid := hire_and_come())
    count()
    with transaction(read_only=True) as session:
        asked = {"year": 2026, "region": CITY, "counted": False, "number": 1}
        found = queries.persons(session, indicator="stable_work", **asked)
        assert [(row.level, row.why_out) for row in found.rows] == [
            (4, ("days", 92)),
            (3, ("paid",)),
            (1, ("arrival",)),
        ]
        assert found.rows[0].placement_id == paid
        assert found.total == 3
        unsigned = queries.persons(session, indicator="coverage", **asked)
        assert [row.why_out for row in unsigned.rows] == [("signed",)] * 2
        assert queries.persons(session, indicator="brands", **asked).rows == ()


def test_pages_of_persons_hold_thirty_and_one_behind_the_last_is_the_first(database: Engine) -> None:
    for _ in range(31):
        hire()
    count()
    with transaction(read_only=True) as session:
        asked = {"year": 2026, "region": TOWN, "indicator": "proven_work", "counted": False}
        first, second, beyond = (queries.persons(session, number=number, **asked) for number in (1, 2, 9))
        assert (len(first.rows), first.total, first.last, len(second.rows)) == (30, 31, 2, 1)
        assert beyond.number == 1
        assert not {row.worker_id for row in first.rows} & {row.worker_id for row in second.rows}


def test_a_late_wage_leaves_its_person_out_of_those_paid_on_time(database: Engine) -> None:
    late = hire_and_come()
    pay(hire_and_come())
    count(at=OVER + timedelta(days=30))
    with transaction(read_only=True) as session:
        assert (tile(session, "paid_on_time").done, tile(session, "paid_on_time").of) == (1, 2)
        asked = {"year": 2026, "region": CITY, "indicator": "paid_on_time", "number": 1}
        [left_out] = queries.persons(session, counted=False, **asked).rows
        assert (left_out.placement_id, left_out.why_out) == (late, ("late", 1))
        assert len(queries.persons(session, counted=True, **asked).rows) == 1


def hire_and_come() -> int:
    placement = hire()
    come(placement)
    return placement
