"""GET /postings: what is found, in which order, and what is refused."""

from datetime import timedelta

import pytest

from tests.support.makers import TOWN
from tests.support.market import shift
from tests.web.api.scene import a_posting, a_worker, an_employer
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.market.placements.service import cancel_posting
from zero_work_market.people.employers.rules import Verification
from zero_work_market.reference.regions.queries import region

OTHER_TOWN = "370829002"
OTHER_COUNTY_TOWN = "370828001"
COOK = "4-03-02-01"


def ids(answer):
    assert answer.status_code == 200, answer.json
    return [job["id"] for job in answer.json["postings"]]


def test_visitor_finds_open_postings_by_time_with_what_they_pay(api):
    employer, now = an_employer(), clock.now()
    later = a_posting(employer, shifts=(shift(2, now=now),))
    sooner = a_posting(employer)
    answer = api().get("/postings")
    assert ids(answer) == [sooner, later]
    job = answer.json["postings"][0]
    assert (job["hourly_fen"], job["total_fen"], job["headcount"], job["taken"]) == (1800, 7200, 5, 0)
    assert (job["score"], job["application"], job["distance_km"]) == (None, None, None)
    assert job["occupations"] == [{"code": "6-31-05-00", "name": "包装工", "level": 1}]


def test_each_filter_narrows(api):
    employer, now = an_employer(), clock.now()
    here = a_posting(employer)
    town = a_posting(employer, town=OTHER_TOWN)
    county = a_posting(employer, town=OTHER_COUNTY_TOWN)
    trade = a_posting(employer, occupations=((COOK, 1),), title="帮厨炒菜")
    day = a_posting(employer, shifts=(shift(3, now=now),))
    pay = a_posting(employer, pay_fen=2500)
    everywhere = {here, town, county, trade, day, pay}
    on = str(clock.local_date(now) + timedelta(days=3))
    visitor = api()
    assert set(ids(visitor.get("/postings"))) == everywhere
    assert set(ids(visitor.get("/postings", county="370828"))) == {county}
    assert set(ids(visitor.get("/postings", town=OTHER_TOWN))) == {town}
    assert set(ids(visitor.get("/postings", occupation=COOK))) == {trade}
    assert set(ids(visitor.get("/postings", words="炒菜"))) == {trade}
    assert set(ids(visitor.get("/postings", day=on))) == {day}
    assert set(ids(visitor.get("/postings", least_hourly_fen=2500))) == {pay}
    seat = region(OTHER_COUNTY_TOWN)
    assert set(ids(visitor.get("/postings", lon=seat.lon, lat=seat.lat, within_km=1))) == {county}
    assert ids(visitor.get("/postings", county="370828", town=TOWN)) == []


def test_who_says_where_they_are_gets_the_nearest_first(api):
    employer = an_employer()
    far, near = a_posting(employer, town=OTHER_COUNTY_TOWN), a_posting(employer)
    here = region(TOWN)
    answer = api().get("/postings", lon=here.lon, lat=here.lat)
    assert ids(answer) == [near, far]
    assert answer.json["postings"][0]["distance_km"] == pytest.approx(0, abs=0.01)


def test_worker_gets_the_best_first_and_by_distance_when_the_ranking_is_off(api):
    worker = a_worker(skills=[COOK], radius_km=100.0)
    employer, here = an_employer(), region(TOWN)
    near = a_posting(employer)
    fitting = a_posting(employer, occupations=((COOK, 1),), lon=here.lon + 0.05)
    caller = api(worker.account)
    by_fit = caller.get("/postings")
    assert ids(by_fit) == [fitting, near]
    assert by_fit.json["postings"][0]["score"] > 0
    assert by_fit.json["postings"][1]["shut"] == "skill"
    assert ids(caller.get("/postings", sort="distance")) == [near, fitting]


def test_pages_follow_each_other_and_end(api):
    employer, now = an_employer(), clock.now()
    made = [a_posting(employer, shifts=(shift(1, 8 + hour, 1, now=now),)) for hour in range(5)]
    pages = [api().get("/postings", page=page, size=2) for page in (1, 2, 3, 4)]
    assert [ids(page) for page in pages] == [made[:2], made[2:4], made[4:], []]
    assert {page.json["total"] for page in pages} == {5}


def test_posting_that_waits_for_staff_or_was_called_off_is_not_found(api):
    a_posting(an_employer(state=Verification.WAITING))
    employer = an_employer()
    cancelled = a_posting(employer)
    with transaction() as session:
        cancel_posting(session, posting_id=cancelled, by=Actor(employer.account, "employer"), at=clock.now())
    assert ids(api().get("/postings")) == []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"county": "37082"}, "query.county"),
        ({"county": "３７０８２９"}, "query.county"),
        ({"day": "2026-13-01"}, "query.day"),
        ({"day": "9999-12-31"}, "query.day"),
        ({"day": "20261124"}, "query.day"),
        ({"least_hourly_fen": "-1"}, "query.least_hourly_fen"),
        ({"lon": "nan", "lat": 35}, "query.lon"),
        ({"lon": 116.3}, "query._schema"),
        ({"sort": "pay"}, "query.sort"),
        ({"page": 0}, "query.page"),
        ({"twon": TOWN}, "query.twon"),
    ],
)
def test_query_that_does_not_fit_is_refused_by_its_place(api, query, place):
    answer = api().get("/postings", **query)
    assert (answer.status_code, answer.json["code"], [*answer.json["details"]["fields"]]) == (422, "misfit", [place])


def test_words_that_no_database_keeps_are_400_in_the_one_shape(api):
    answer = api().get("/postings", words="a\x00b")
    assert (answer.status_code, answer.json.keys()) == (400, {"code", "message", "details"})


def test_how_far_needs_to_know_from_where(api):
    answer = api().get("/postings", within_km=3)
    assert (answer.status_code, answer.json["details"]) == (422, {"field": "lon"})
    assert api(a_worker().account).get("/postings", within_km=3).status_code == 200
