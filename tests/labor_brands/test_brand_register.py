"""The plan's figure of brands (plan 3): counted for the year of recognition, met with 15."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from labor_brands.brands import service
from labor_brands.brands.queries import REGISTERS
from tests.support.brands import make_brand, noon
from tests.support.makers import COUNTY, NOW, TOWN
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.indicators import queries
from zero_work_market.statistics.indicators.rules import Tile

TODAY = date(2023, 12, 31)


def tile(session: Session, *, region: str = CITY, year: int = 2023) -> Tile:
    asked = {"year": year, "region": region, "tab": "就业", "today": TODAY, "registers": REGISTERS}
    return next(one for one in queries.board(session, **asked) if one.indicator.key == "brands")  # type: ignore[arg-type]


def rows(session: Session, *, counted: bool, region: str = CITY, year: int = 2023) -> dict[str, tuple[str | int, ...]]:
    found = queries.register_rows(
        session, year=year, region=region, indicator="brands", counted=counted, number=1, registers=REGISTERS
    )
    assert found.total == len(found.rows)
    return {str(row.id): row.why_out for row in found.rows}


def test_a_brand_dated_2024_01_01_is_not_counted_for_2023(session: Session) -> None:
    late = make_brand(session, recognised_on=date(2024, 1, 1))
    last = make_brand(session, recognised_on=date(2023, 12, 31))
    assert tile(session).done == 1
    assert rows(session, counted=True) == {last.file.code: ()}
    assert rows(session, counted=False) == {late.file.code: ("recognised", 2024)}
    assert tile(session, year=2024).done == 1


@pytest.mark.parametrize(("brands", "gap"), [(14, 1), (15, 0)])
def test_14_brands_are_short_and_15_are_met(session: Session, brands: int, gap: int) -> None:
    for number in range(brands):
        make_brand(session, recognised_on=date(2023, 1 + number % 12, 7))
    found = tile(session)
    assert (found.target, found.done, found.gap, found.is_met) == (15, brands, gap, not gap)
    assert sum(found.months) == brands


def test_one_withdrawn_within_the_year_does_not_count_and_says_why(session: Session) -> None:
    gone, later = (make_brand(session, recognised_on=date(2023, 3, 18)) for _ in range(2))
    for row, day in ((gone, date(2023, 12, 31)), (later, date(2024, 1, 1))):
        service.withdraw(session, code=row.file.code, reason="培训没有办", by=SYSTEM, at=noon(day))
    assert tile(session).done == 1
    assert rows(session, counted=True) == {later.file.code: ()}
    assert rows(session, counted=False) == {gone.file.code: ("recognition_withdrawn",)}


def test_one_that_is_not_recognised_yet_is_among_those_left_out(session: Session) -> None:
    building = make_brand(session, recognised_on=None)
    assert tile(session).done == 0
    assert rows(session, counted=False) == {building.file.code: ("not_recognised",)}


def test_a_county_has_its_own_and_the_citys_brand_is_the_citys_alone(session: Session) -> None:
    make_brand(session, recognised_on=date(2023, 5, 1))
    make_brand(session, recognised_on=date(2023, 5, 1), place=CITY)
    make_brand(session, recognised_on=date(2023, 5, 1), place="370828")
    asked = {"year": 2023, "region": CITY, "indicator": "brands", "today": TODAY, "registers": REGISTERS}
    by_county = {line.region: line.done for line in queries.lines(session, **asked)}  # type: ignore[arg-type]
    assert (tile(session).done, by_county[COUNTY], by_county["370828"], sum(filter(None, by_county.values()))) == (
        3,
        1,
        1,
        2,
    )
    assert tile(session, region=COUNTY).done == 1
    assert tile(session, region=TOWN).done == 0
    assert len(rows(session, counted=True, region=COUNTY)) == 1


def test_rows_are_paged(session: Session) -> None:
    for _ in range(3):
        make_brand(session, recognised_on=date(2023, 5, 1), at=NOW)
    page = REGISTERS["brands"].rows(session, 2023, CITY, True, 2, 2)
    assert (page.total, len(page.rows), page.rows[0].kind) == (3, 1, "brand")
