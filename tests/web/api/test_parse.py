"""POST /postings/parse."""

import pytest

from tests.web.api.scene import a_worker, an_employer

MESSAGE = """永昌蒜业招工，嘉祥县经开区
包装工5名，18元/小时，限女
叉车工2名，月薪5000-6000元，早8点到晚6点
返费：打卡7天500"""


def test_a_message_is_jobs_and_the_kinds_of_wording_that_the_law_is_against(api):
    answer = api(an_employer().account).post("/postings/parse", {"message": MESSAGE})
    assert answer.status_code == 200, answer.json
    assert answer.json["violations"] == ["gender"]
    first, second = answer.json["jobs"]
    assert first == {
        "title": "包装工", "occupation_code": "6-31-05-00", "employer": "永昌蒜业", "gender": "female",
        "place": {"city": "济宁市", "district_or_town": "嘉祥县"}, "headcount": 5,
        "pay": [{"amount_min": 18, "amount_max": 18, "unit": "hour"}],
        "age_min": None, "age_max": None, "shift_times": [], "meals": None, "lodging": None, "start_date": None,
    }  # fmt: skip
    assert second["pay"] == [{"amount_min": 5000, "amount_max": 6000, "unit": "month"}]
    assert second["shift_times"] == ["08:00-18:00"]


@pytest.mark.parametrize("message", ["", "\x00", "🔥" * 100])
def test_noise_is_no_job(api, message):
    answer = api(an_employer().account).post("/postings/parse", {"message": message})
    assert (answer.status_code, answer.json) == (200, {"jobs": [], "violations": []})


def test_a_message_that_is_too_long_is_refused(api):
    answer = api(an_employer().account).post("/postings/parse", {"message": "a" * 10_001})
    assert (answer.status_code, answer.json["code"]) == (422, "misfit")


def test_only_employers_may_ask(api):
    body = {"message": MESSAGE}
    assert [api(who).post("/postings/parse", body).status_code for who in (None, a_worker().account)] == [401, 403]
