"""GET /recommendations."""

from tests.support.makers import TOWN
from tests.support.market import shift
from tests.web.api.scene import a_posting, a_staff, a_worker, an_employer
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.service import decline
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.regions.queries import region

COOK, BRAND = "4-03-02-01", "rencheng-yunhe"


def ids(answer):
    assert answer.status_code == 200, answer.json
    return [job["id"] for job in answer.json["postings"]]


def test_what_suits_is_recommended_the_best_first_and_the_rest_left_out(api):
    employer, here = an_employer(), region(TOWN)
    worker = a_worker(min_hourly_fen=1800)
    far = a_posting(employer, lon=here.lon + 0.05)
    near = a_posting(employer)
    a_posting(employer, occupations=((COOK, 1),))
    a_posting(employer, town="370828001")
    caller = api(worker.account)
    assert ids(caller.get("/recommendations")) == [near, far]
    assert ids(caller.get("/recommendations", first=1)) == [near]
    with transaction() as session:
        session.get_one(Worker, worker.id).min_hourly_fen = 1801
    assert ids(caller.get("/recommendations")) == []


def test_ranking_turned_off_goes_by_distance(api):
    employer, here = an_employer(), region(TOWN)
    caller = api(a_worker(brands=[BRAND]).account)
    near = a_posting(employer)
    branded = a_posting(employer, lon=here.lon + 0.01, brands=(BRAND,))
    assert ids(caller.get("/recommendations")) == [branded, near]
    assert ids(caller.get("/recommendations", sort="distance")) == [near, branded]


def test_invitation_comes_first_and_what_was_answered_comes_no_more(api):
    employer, now = an_employer(), clock.now()
    worker, here = a_worker(), region(TOWN)
    near = a_posting(employer)
    invited = a_posting(employer, lon=here.lon + 0.04, shifts=(shift(2, now=now),))
    api(employer.account).post(f"/postings/{invited}/invitations", {"worker_ids": [worker.id]})
    caller = api(worker.account)
    answer = caller.get("/recommendations")
    assert ids(answer) == [invited, near]
    assert answer.json["postings"][0]["respond_by"]
    caller.post(f"/postings/{near}/acceptances")
    with transaction() as session:
        decline(session, posting_id=invited, worker_id=worker.id, by=Actor(worker.account, "worker"), at=clock.now())
    assert ids(caller.get("/recommendations")) == []


def test_full_posting_is_not_recommended(api):
    posting, worker = a_posting(headcount=1), a_worker()
    api(a_worker().account).post(f"/postings/{posting}/acceptances")
    assert ids(api(worker.account).get("/recommendations")) == []


def test_paused_worker_gets_nothing(api):
    worker = a_worker()
    a_posting()
    with transaction() as session:
        session.get_one(Worker, worker.id).active = False
    assert ids(api(worker.account).get("/recommendations")) == []


def test_recommendations_are_for_workers(api):
    callers = (an_employer().account, a_staff(), None)
    assert [api(who).get("/recommendations").status_code for who in callers] == [403, 403, 401]
