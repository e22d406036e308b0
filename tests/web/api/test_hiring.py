"""The shortlist, invitations and acceptances."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.support.makers import TOWN
from tests.web.api.scene import Person, a_posting, a_staff, a_worker, an_employer
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.models import Application
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.service import cancel_posting, withdraw
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.regions.queries import region

BRAND = "rencheng-yunhe"


def rows(model):
    with transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_employer_sees_the_ranking_with_parts_that_add_up_to_the_score_and_reasons_in_words(api):
    employer, near, far = an_employer(), a_worker(), a_worker(town="370829002", radius_km=50.0)
    answer = api(employer.account).get(f"/postings/{a_posting(employer)}/shortlist")
    assert answer.status_code == 200
    assert [place["worker_id"] for place in answer.json["places"]] == [near.id, far.id]
    for place in answer.json["places"]:
        told = sum(place["parts"][name] * place["weights"][name] for name in place["parts"])
        assert place["score"] == pytest.approx(told, abs=1e-6)
        assert any("包装" in reason for reason in place["reasons"])


def test_shortlist_never_tells_name_phone_or_id_number(api):
    employer, worker = an_employer(), a_worker(name="欧阳建国")
    answer = api(employer.account).get(f"/postings/{a_posting(employer)}/shortlist")
    assert answer.json["places"][0]["masked_name"] == "欧阳**"
    with transaction(read_only=True) as session:
        row = session.get_one(Worker, worker.id)
        secrets = (row.name, row.phone, row.id_number, "建国")
    assert not any(secret in answer.text for secret in secrets)


def test_ranking_can_be_turned_off_to_distance_alone(api):
    employer, here = an_employer(), region(TOWN)
    near, branded = a_worker(), a_worker(lon=here.lon + 0.01, lat=here.lat, brands=[BRAND])
    path, caller = f"/postings/{a_posting(employer, brands=(BRAND,))}/shortlist", api(employer.account)
    by_fit, by_distance = caller.get(path).json["places"], caller.get(path, sort="distance").json["places"]
    assert [place["worker_id"] for place in by_fit] == [branded.id, near.id]
    assert [place["worker_id"] for place in by_distance] == [near.id, branded.id]


def test_shortlist_says_that_it_goes_on(api):
    employer = an_employer()
    a_worker(), a_worker()
    path, caller = f"/postings/{a_posting(employer)}/shortlist", api(employer.account)
    answers = [caller.get(path, first=first).json for first in (1, 2)]
    assert [(len(answer["places"]), answer["more"]) for answer in answers] == [(1, True), (2, False)]


def test_shortlist_is_for_its_employer_and_staff_over_its_town(api):
    employer = an_employer()
    path = f"/postings/{a_posting(employer)}/shortlist"
    inside = [employer.account, a_staff(Role.CITY, "370800"), a_staff(), a_staff(Role.TOWN, TOWN)]
    assert [api(who).get(path).status_code for who in inside] == [200] * 4
    elsewhere = [an_employer().account, a_staff(Role.COUNTY, "370828"), a_staff(Role.TOWN, "370829002")]
    assert [api(who).get(path).status_code for who in elsewhere] == [404] * 3
    assert api(a_worker().account).get(path).status_code == 403
    assert api().get(path).status_code == 401


def test_next_ones_and_chosen_ones_are_invited_each_once(api):
    employer, workers = an_employer(), [a_worker() for _ in range(3)]
    caller, path = api(employer.account), f"/postings/{a_posting(employer)}"
    first = caller.post(f"{path}/invitations", {"count": 1})
    assert (first.status_code, len(first.json["worker_ids"])) == (201, 1)
    chosen = caller.post(f"{path}/invitations", {"worker_ids": [worker.id for worker in workers] + [999]})
    assert {*chosen.json["worker_ids"]} | {*first.json["worker_ids"]} == {worker.id for worker in workers}
    assert caller.post(f"{path}/invitations", {"count": 5}).json == {"worker_ids": []}
    assert rows(Application) == 3
    assert {place["application"] for place in caller.get(f"{path}/shortlist").json["places"]} == {"invited"}


def test_worker_out_of_the_ranking_cannot_be_invited(api):
    employer, stranger = an_employer(), a_worker(skills=["4-03-02-01"])
    answer = api(employer.account).post(f"/postings/{a_posting(employer)}/invitations", {"worker_ids": [stranger.id]})
    assert (answer.status_code, answer.json) == (201, {"worker_ids": []})


def test_inviting_is_for_the_postings_employer(api):
    path = f"/postings/{a_posting()}/invitations"
    callers = (an_employer().account, a_worker().account, a_staff(), None)
    assert [api(who).post(path, {"count": 1}).status_code for who in callers] == [404, 403, 403, 401]
    assert rows(Application) == 0


def test_closed_posting_invites_nobody(api):
    employer = an_employer()
    posting = a_posting(employer)
    with transaction() as session:
        cancel_posting(session, posting_id=posting, by=Actor(employer.account, "employer"), at=clock.now())
    answer = api(employer.account).post(f"/postings/{posting}/invitations", {"count": 1})
    assert (answer.status_code, answer.json["code"]) == (409, "posting_closed")


@pytest.mark.parametrize(
    "body", [{}, {"count": 0}, {"count": True}, {"count": 51}, {"worker_ids": []}, {"count": 1, "worker_ids": [1]}]
)
def test_invitation_body_that_does_not_fit_is_refused(api, body):
    employer = an_employer()
    answer = api(employer.account).post(f"/postings/{a_posting(employer)}/invitations", body)
    assert (answer.status_code, answer.json["code"]) == (422, "misfit")


def accepts(api, worker: Person, posting: int, **sent):
    return api(worker.account).post(f"/postings/{posting}/acceptances", **sent)


def test_seats_are_taken_in_order_and_who_comes_late_waits_in_the_queue(api):
    posting = a_posting(headcount=2)
    answers = [accepts(api, a_worker(), posting) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {201}
    got = [(answer.json["seat"], answer.json["queue_place"]) for answer in answers]
    assert got == [(1, None), (2, None), (None, 1), (None, 2)]
    shown = api().get(f"/postings/{posting}").json
    assert (shown["state"], shown["taken"], shown["queue"]) == ("filled", 2, 2)


@pytest.mark.parametrize("key", [None, "tap"])
def test_acceptance_sent_again_answers_the_same_and_is_one_row(api, key):
    worker, posting = a_worker(), a_posting()
    first, second = (accepts(api, worker, posting, key=key) for _ in range(2))
    assert first.json == second.json
    assert (first.status_code, rows(Placement), rows(Application)) == (201, 1, 1)


def test_same_key_after_giving_the_seat_up_takes_none_again(api):
    worker, posting = a_worker(), a_posting()
    accepts(api, worker, posting, key="tap")
    with transaction() as session:
        by = Actor(worker.account, "worker")
        withdraw(session, posting_id=posting, worker_id=worker.id, by=by, at=clock.now())
    again = accepts(api, worker, posting, key="tap")
    assert (again.status_code, again.json["seat"], again.json["queue_place"]) == (201, None, None)


def test_overlapping_seat_is_refused_and_named(api):
    worker, first = a_worker(), a_posting()
    second = a_posting()
    accepts(api, worker, first)
    answer = accepts(api, worker, second)
    assert (answer.status_code, answer.json["code"]) == (409, "shifts_overlap")
    assert answer.json["details"] == {"other_id": first}


def test_who_cannot_take_it_is_told_why(api):
    today, posting = clock.local_date(clock.now()), a_posting(min_age=18)
    young, paused = a_worker(born=date(today.year - 17, 1, 1)), a_worker()
    with transaction() as session:
        session.get_one(Worker, paused.id).active = False
    answers = [accepts(api, worker, posting) for worker in (young, paused)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert [answer.json["code"] for answer in answers] == ["too_young", "profile_paused"]


def test_cancelled_posting_is_closed_to_workers(api):
    employer = an_employer()
    posting = a_posting(employer)
    with transaction() as session:
        cancel_posting(session, posting_id=posting, by=Actor(employer.account, "employer"), at=clock.now())
    answer = accepts(api, a_worker(), posting)
    assert (answer.status_code, answer.json["code"]) == (409, "posting_closed")


def test_accepting_is_for_workers(api):
    posting = a_posting()
    callers = (an_employer().account, a_staff(), None)
    assert [api(who).post(f"/postings/{posting}/acceptances").status_code for who in callers] == [403, 403, 401]
    assert accepts(api, a_worker(), 999).status_code == 404
