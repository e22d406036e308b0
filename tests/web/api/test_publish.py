"""POST /postings and GET /postings/{id}."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.support.makers import TOWN
from tests.web.api.scene import a_body, a_posting, a_staff, a_worker, an_employer
from zero_work_market.ground.db import transaction
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers.rules import Verification
from zero_work_market.reference.regions.queries import region

HUGE = 2**63


def postings() -> int:
    with transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(Posting)) or 0


def codes(answer):
    assert (answer.status_code, answer.json["code"]) == (422, "posting_refused"), answer.json
    return {(found["field"], found["code"]) for found in answer.json["details"]["findings"]}


def misfits(answer):
    assert (answer.status_code, answer.json["code"]) == (422, "misfit"), answer.json
    return {*answer.json["details"]["fields"]}


def test_verified_employer_publishes_at_once_and_everyone_finds_it(api):
    employer = an_employer()
    answer = api(employer.account).post("/postings", a_body(invite_first=8))
    assert answer.status_code == 201, answer.json
    assert (answer.json["state"], answer.json["hourly_fen"], answer.json["invite_first"]) == ("open", 1800, 8)
    town = region(TOWN)
    assert (answer.json["county"], answer.json["lon"], answer.json["lat"]) == ("370829", town.lon, town.lat)
    assert [job["id"] for job in api().get("/postings").json["postings"]] == [answer.json["id"]]


def test_unverified_employers_posting_waits_and_is_shown_to_it_and_its_staff_alone(api):
    employer = an_employer(state=Verification.WAITING)
    answer = api(employer.account).post("/postings", a_body())
    assert (answer.status_code, answer.json["state"]) == (201, "waiting")
    path = f"/postings/{answer.json['id']}"
    staff, elsewhere = a_staff(Role.TOWN, TOWN), a_staff(Role.COUNTY, "370828")
    seen = [api(who).get(path).status_code for who in (employer.account, staff, elsewhere, an_employer().account, None)]
    assert seen == [200, 200, 404, 404, 404]
    assert api(a_worker().account).post(f"{path}/acceptances").status_code == 404


def test_break_is_no_working_time_and_nought_unless_it_is_said(api):
    employer = api(an_employer().account)
    assert employer.post("/postings", a_body()).json["break_minutes"] == 0
    answer = employer.post("/postings", a_body(break_minutes=60))
    assert (answer.json["break_minutes"], answer.json["total_fen"]) == (60, 1800 * 3)
    (shift,) = a_body()["shifts"]
    short = [shift | {"ends_at": shift["ends_at"].replace("T12", "T09")}]
    answer = employer.post("/postings", a_body(break_minutes=60, shifts=short))
    assert codes(answer) == {("break_minutes", "fills_a_shift")}
    for refused in (40, 195, -15, "60", True):
        assert misfits(employer.post("/postings", a_body(break_minutes=refused))) == {"json.break_minutes"}


def test_same_key_twice_is_one_posting(api):
    caller = api(an_employer().account)
    first, second = (caller.post("/postings", a_body(), key="tap-1") for _ in range(2))
    assert (first.status_code, second.status_code, first.json["id"]) == (201, 201, second.json["id"])
    assert postings() == 1
    caller.post("/postings", a_body(), key="tap-2")
    caller.post("/postings", a_body())
    assert postings() == 3


def test_key_that_accepted_a_seat_publishes_nothing(api):
    posting, worker = a_posting(), a_worker()
    with transaction(read_only=True) as session:
        account = session.get_one(Account, worker.account)
    an_employer(account=account)
    caller = api(worker.account)
    caller.post(f"/postings/{posting}/acceptances", key="one")
    answer = caller.post("/postings", a_body(), key="one")
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", " ", "键", "k" * 81])
def test_key_that_cannot_be_kept_is_refused(api, key):
    caller = api(an_employer().account)
    headers = caller.headers() | {"Idempotency-Key": key.encode().decode("latin-1")}
    assert misfits(caller.client.post("/api/v1/postings", json=a_body(), headers=headers)) == {
        "headers.idempotency_key"
    }


def test_unlawful_draft_is_refused_with_every_finding_the_words_and_the_clause(api):
    words = "限男，押金 100 元"
    answer = api(an_employer().account).post("/postings", a_body(words=words, pay_fen=1699, min_age=15))
    assert {("pay", "below_minimum_wage"), ("min_age", "under_16")} <= codes(answer)
    found = {words[one["start"] : one["end"]]: one for one in answer.json["details"]["findings"] if one["words"]}
    assert any("男" in said for said in found)
    assert any("押金" in said for said in found)
    assert all(one["words"] == said and one["clause"] and one["message"] for said, one in found.items())
    assert postings() == 0


def test_innocent_words_pass(api):
    body = a_body(words="两个男人能抬动的重量，不收押金，男女不限")
    assert api(an_employer().account).post("/postings", body).status_code == 201


def test_suspended_employer_publishes_nothing(api):
    answer = api(an_employer(state=Verification.SUSPENDED).account).post("/postings", a_body())
    assert (answer.status_code, answer.json["code"]) == (403, "employer_suspended")


def test_publishing_needs_an_employers_token(api):
    assert api().post("/postings", a_body()).status_code == 401
    for account in (a_worker().account, a_staff()):
        assert api(account).post("/postings", a_body()).status_code == 403


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"headcount": True}, {"json.headcount"}),
        ({"headcount": "5"}, {"json.headcount"}),
        ({"headcount": 5.5}, {"json.headcount"}),
        ({"headcount": HUGE}, {"json.headcount"}),
        ({"pay_fen": 0}, {"json.pay_fen"}),
        ({"meals": 1}, {"json.meals"}),
        ({"lon": "116.3", "lat": 35.4}, {"json.lon"}),
        ({"lon": 116.3}, {"json._schema"}),
        ({"town": "370829999"}, {"json.town"}),
        ({"town": "370829"}, {"json.town"}),
        ({"occupations": [{"code": "9-99-99-99"}]}, {"json.occupations.0.code"}),
        ({"occupations": [{"code": "6-31-05-00"}, {"code": "6-31-05-00"}]}, {"json.occupations"}),
        ({"brands": ["none-such"]}, {"json.brands.0"}),
        ({"words": "a\x00"}, {"json.words"}),
        ({"words": "\ud800"}, {"json.words"}),
        ({"pay_kind": "piece", "pay_fen": 10_000_000, "pieces_per_hour": 10_000}, {"json._schema"}),
        ({"shifts": []}, {"json.shifts"}),
        ({"shifts": [{"starts_at": 1700000000, "ends_at": "2026-11-24T12:00:00"}]},
         {"json.shifts.0.starts_at", "json.shifts.0.ends_at"}),
        ({"shifts": [{"starts_at": "9999-12-31T23:59:59Z", "ends_at": "0001-01-01T00:00:00Z"}]},
         {"json.shifts.0.starts_at", "json.shifts.0.ends_at"}),
        ({"headcuont": 5}, {"json.headcuont"}),
    ],
)  # fmt: skip
def test_body_that_does_not_fit_is_refused_by_its_place(api, said, places):
    assert misfits(api(an_employer().account).post("/postings", a_body(**said))) == places


def test_integers_may_be_written_with_a_point(api):
    answer = api(an_employer().account).post("/postings", a_body(headcount=5.0, pay_fen=1800.0))
    assert (answer.status_code, answer.json["headcount"], answer.json["pay_fen"]) == (201, 5, 1800)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": 1}}'])
def test_body_that_is_no_json_is_400_in_the_one_shape(api, body):
    caller = api(an_employer().account)
    answer = caller.client.post("/api/v1/postings", data=body, headers=caller.headers())
    assert (answer.status_code, answer.json.keys()) == (400, {"code", "message", "details"})


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"NaN"])
def test_body_that_is_no_object_is_refused(api, body):
    caller = api(an_employer().account)
    misfits(caller.client.post("/api/v1/postings", data=body, headers=caller.headers()))


def test_posting_shows_what_it_says_and_its_inner_side_to_its_employer_alone(api):
    employer = an_employer()
    path = f"/postings/{a_posting(employer, words='手脚麻利。', invite_first=3)}"
    own, visitor = api(employer.account).get(path).json, api().get(path).json
    assert (own["words"], own["invite_first"], own["state_reason"]) == ("手脚麻利。", 3, "")
    assert (visitor["words"], visitor["invite_first"], visitor["state_reason"]) == ("手脚麻利。", None, None)


@pytest.mark.parametrize("number", [0, 999, HUGE - 1, HUGE, 10**40, -1, "x", "１"])
def test_posting_that_is_not_there_is_404_in_the_one_shape(api, number):
    answer = api().get(f"/postings/{number}")
    assert (answer.status_code, answer.json.keys()) == (404, {"code", "message", "details"})


def test_times_are_given_in_utc(api):
    posting = api(an_employer().account).post("/postings", a_body()).json
    assert posting["shifts"][0]["starts_at"].endswith("T00:00:00Z")
    assert posting["closes_at"] == posting["shifts"][0]["starts_at"]


def test_same_key_at_the_same_moment_is_one_posting(api):
    caller = api(an_employer().account)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: caller.post("/postings", a_body(), key="tap"), range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json["id"] for answer in answers}) == postings() == 1
