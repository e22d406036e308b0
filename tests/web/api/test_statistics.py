"""GET /statistics/placements."""

from datetime import timedelta

import pytest

from tests.support.makers import TOWN
from tests.support.market import shift
from tests.web.api.scene import a_posting, a_staff, a_worker, an_employer
from zero_work_market.ground import clock
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.rules import Verification

OTHER_TOWN, OTHER_COUNTY_TOWN = "370829002", "370828001"


@pytest.fixture
def week(api):
    """One worker holds two seats in TOWN; a posting in the next town, one in the next county, none there held."""
    employer, worker, now = an_employer(), a_worker(), clock.now()
    for days in (1, 2):
        held = a_posting(employer, shifts=(shift(days, now=now),))
        assert api(worker.account).post(f"/postings/{held}/acceptances").status_code == 201
    a_posting(employer, town=OTHER_TOWN, headcount=3)
    a_posting(employer, town=OTHER_COUNTY_TOWN)
    a_posting(an_employer(state=Verification.WAITING))


def counts(answer):
    assert answer.status_code == 200, answer.json
    return {row["key"]: (row["postings"], row["seats"], row["accepted"], row["workers"]) for row in answer.json["rows"]}


def test_county_sees_its_own_towns_and_each_person_once_in_the_sum(api, week):
    answer = api(a_staff()).get("/statistics/placements", by="town")
    assert counts(answer) == {TOWN: (2, 10, 2, 1), OTHER_TOWN: (1, 3, 0, 0)}
    assert answer.json["total"] == {"postings": 3, "seats": 13, "invitations": 0, "accepted": 2, "workers": 1}


def test_city_sees_every_county_and_town_staff_their_town(api, week):
    city, town = a_staff(Role.CITY, "370800"), a_staff(Role.TOWN, OTHER_TOWN)
    assert counts(api(city).get("/statistics/placements")) == {"370828": (1, 5, 0, 0), "370829": (3, 13, 2, 1)}
    assert counts(api(town).get("/statistics/placements")) == {"370829": (1, 3, 0, 0)}


def test_days_are_those_on_which_the_work_starts(api, week):
    today = clock.local_date(clock.now())
    first, second = (str(today + timedelta(days=days)) for days in (1, 2))
    caller = api(a_staff())
    assert counts(caller.get("/statistics/placements", by="day")) == {first: (2, 8, 1, 1), second: (1, 5, 1, 1)}
    narrow = caller.get("/statistics/placements", by="day", first=second, last=second)
    assert counts(narrow) == {second: (1, 5, 1, 1)}
    assert (narrow.json["first"], narrow.json["last"]) == (second, second)


def test_region_narrows_and_one_that_is_anothers_is_refused(api, week):
    caller = api(a_staff())
    assert counts(caller.get("/statistics/placements", by="town", region=OTHER_TOWN)) == {OTHER_TOWN: (1, 3, 0, 0)}
    for region in ("370828", "370800", OTHER_COUNTY_TOWN):
        answer = caller.get("/statistics/placements", region=region)
        assert (answer.status_code, answer.json["code"]) == (403, "out_of_scope")


@pytest.mark.parametrize(
    "query",
    [
        {"by": "village"},
        {"first": "2026-11-23"},
        {"first": "2026-11-24", "last": "2026-11-23"},
        {"first": "2025-01-01", "last": "2026-11-23"},
        {"first": "yesterday", "last": "today"},
        {"region": "37"},
    ],
)
def test_query_that_does_not_fit_is_refused(api, query):
    answer = api(a_staff()).get("/statistics/placements", **query)
    assert (answer.status_code, answer.json["code"]) == (422, "misfit")


def test_figures_are_for_staff(api):
    callers = (a_worker().account, an_employer().account, None)
    assert [api(who).get("/statistics/placements").status_code for who in callers] == [403, 403, 401]
