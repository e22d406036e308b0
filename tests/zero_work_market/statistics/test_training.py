"""Plan 8 to the figure: 人次 by person, course and batch, and one flagship a county."""

from datetime import date

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.support.courses import DAYS, TODAY, end, enrol, make_batch, make_course, make_trained, teach
from tests.support.makers import COUNTY, NOW, TOWN, make_staff, make_worker
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.people.accounts.rules import Role
from zero_work_market.policy.courses.models import Batch, Enrolment
from zero_work_market.policy.courses.rules import State
from zero_work_market.policy.courses.service import leave, name_flagship
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.indicators import queries
from zero_work_market.statistics.indicators.rules import Tile
from zero_work_market.statistics.targets.service import set_target
from zero_work_market.statistics.training.queries import REGISTERS


def tile(session: Session, key: str = "trainings", *, region: str = CITY, year: int = 2026) -> Tile:
    asked = {"year": year, "region": region, "today": TODAY, "tab": "培训", "registers": REGISTERS}
    [found] = [one for one in queries.board(session, **asked) if one.indicator.key == key]
    return found


def rows(session: Session, key: str = "trainings", *, counted: bool = True, region: str = CITY, year: int = 2026):
    asked = {"year": year, "region": region, "indicator": key, "counted": counted, "number": 1}
    return queries.register_rows(session, **asked, registers=REGISTERS)


def test_one_person_in_two_courses_is_two(session: Session) -> None:
    worker = make_worker(session)
    make_trained(session, worker=worker)
    make_trained(session, make_batch(session, make_course(session, name="焊工班")), worker)
    assert (tile(session).done, rows(session).total) == (2, 2)


def test_the_same_row_twice_is_one(session: Session) -> None:
    batch, worker = make_batch(session), make_worker(session)
    enrol(session, batch, worker)
    make_trained(session, batch, worker)
    assert (tile(session).done, rows(session).total) == (1, 1)


def test_one_person_in_two_batches_of_a_course_is_two(session: Session) -> None:
    course, worker = make_course(session), make_worker(session)
    for _ in range(2):
        make_trained(session, make_batch(session, course), worker)
    assert tile(session).done == 2


def test_19999_are_short_and_20000_are_enough(session: Session) -> None:
    asked = {"session": session, "region": CITY, "year": 2026, "indicator": "trainings", "value": 20_000}
    set_target(**asked, by=make_staff(session, Role.CITY, CITY), at=NOW)
    first = one_day(session)
    more(session, first, 19_998)
    found = tile(session)
    assert (found.done, found.gap, found.is_met) == (19_999, 1, False)
    one_day(session)
    found = tile(session)
    assert (found.done, found.gap, found.is_met) == (20_000, 0, True)


def one_day(session: Session) -> Enrolment:
    """Somebody who was there on the one day of a batch."""
    batch = make_batch(session, days=1)
    row = enrol(session, batch)
    teach(session, batch, days=DAYS[:1])
    end(session, batch)
    return row


def more(session: Session, like: Enrolment, number: int) -> None:
    """As many rows of batches of their own, all of one person: 20,000 people would take minutes to register."""
    after = like.batch_id + 1_000
    of_batch = {
        "course_id": like.batch.course_id, "starts_on": DAYS[0], "ends_on": DAYS[0], "town": TOWN, "place": "一楼",
        "places": 1, "state": like.batch.state, "ended_on": DAYS[0],
    }  # fmt: skip
    batches = [of_batch | {"id": after + place, "number": place + 2} for place in range(number)]
    of_row = {"worker_id": like.worker_id, "state": State.ATTENDING, "enrolled_at": NOW, "why_out": None}
    session.execute(insert(Batch), batches)
    session.execute(insert(Enrolment), [of_row | {"batch_id": one["id"]} for one in batches])


def test_the_plan_asks_the_city_for_20000_in_2023(session: Session) -> None:
    assert (tile(session, year=2023).target, tile(session, year=2023).done) == (20_000, 0)


def test_a_row_counts_where_the_batch_was_and_in_the_month_of_its_last_day(session: Session) -> None:
    make_trained(session, worker=make_worker(session, town="370828001"))
    make_trained(session, make_batch(session, make_course(session, county="370828")))
    assert [tile(session, region=one).done for one in (CITY, COUNTY, TOWN, "370828", "370883")] == [2, 1, 1, 1, 0]
    assert tile(session, region=COUNTY).months == (*[0] * 10, 1, 0)


def test_a_batch_over_new_year_counts_for_the_year_of_its_last_day(session: Session) -> None:
    first = date(2025, 12, 30)
    batch = make_batch(session, starts_on=first)
    enrol(session, batch)
    teach(session, batch, days=[first, date(2026, 1, 2)])
    end(session, batch)
    assert (tile(session, year=2025).done, tile(session, year=2026).done) == (0, 1)
    other = make_batch(session, starts_on=first)
    enrol(session, other)
    teach(session, other, days=[first, date(2025, 12, 31)])
    end(session, other)
    assert (tile(session, year=2025).done, tile(session, year=2026).done) == (1, 1)


def test_who_is_left_out_is_told_why(session: Session) -> None:
    batch = make_batch(session)
    there, short, gone = (enrol(session, batch) for _ in range(3))
    leave(session, batch_id=batch.id, worker_id=gone.worker_id, by=SYSTEM, at=NOW)
    teach(session, batch, absent={short.id: 2})
    end(session, batch)
    make_trained(session, make_batch(session, make_course(session, subsidised=False)))
    going_on = enrol(session, make_batch(session))
    assert [row.id for row in rows(session).rows] == [there.id]
    left_out = {row.id: row.why_out for row in rows(session, counted=False).rows}
    assert left_out.pop(short.id) == ("absent", 3, 5)
    assert left_out.pop(gone.id) == ("left",)
    assert left_out.pop(going_on.id) == ("going_on",)
    assert list(left_out.values()) == [("unsubsidised",)]
    assert tile(session).done == 1


def test_a_county_has_its_flagship_or_is_named_as_lacking_one(session: Session) -> None:
    course = make_course(session)
    for _ in range(2):
        name_flagship(session, course_id=course.id, year=2026, by=SYSTEM, at=NOW)
    found = tile(session, "flagship_courses")
    assert (found.done, found.target, found.gap, found.months) == (1, 12, 11, (*[0] * 10, 1, 0))
    [row] = rows(session, "flagship_courses").rows
    assert (row.kind, row.id, row.name, row.told) == ("course", course.id, "叉车工高级班", "嘉祥县")
    without = rows(session, "flagship_courses", counted=False)
    assert (without.total, {row.why_out for row in without.rows}) == (11, {("no_flagship",)})
    assert tile(session, "flagship_courses", year=2027).done == 0


def test_a_flagship_named_ahead_stands_from_january(session: Session) -> None:
    name_flagship(session, course_id=make_course(session).id, year=2027, by=SYSTEM, at=NOW)
    assert tile(session, "flagship_courses", year=2027).months == (1, *[0] * 11)
