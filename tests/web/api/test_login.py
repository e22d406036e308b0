"""Codes and tokens."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update

from tests.support.makers import make_account, phone
from tests.web.api.scene import a_worker, an_employer
from web.limits import limiter
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.models import Account, LoginCode, Token
from zero_work_market.people.accounts.rules import Role

PASSWORD = "correct-horse-7"


def sent_code() -> str:
    with transaction(read_only=True) as session:
        found = re.search(r"\d{6}", messages.newest(session, limit=1)[0].body or "")
    assert found
    return found[0]


def test_phone_and_code_give_a_token_that_the_next_request_is_known_by(api):
    number = phone()
    assert api().post("/login-codes", {"phone": number}).status_code == 204
    answer = api().post("/tokens", {"phone": number, "code": sent_code()})
    assert answer.status_code == 201
    assert (answer.json["worker_id"], answer.json["employer_id"]) == (None, None)
    known = api().client.get("/api/v1/recommendations", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert (known.status_code, known.json["code"]) == (403, "not_allowed")


def test_token_says_what_the_account_is_registered_as(api):
    for person, kind in ((a_worker(), "worker_id"), (an_employer(), "employer_id")):
        with transaction(read_only=True) as session:
            number = session.get_one(Account, person.account).phone
        api().post("/login-codes", {"phone": number})
        assert api().post("/tokens", {"phone": number, "code": sent_code()}).json[kind] == person.id


def test_staff_get_a_token_for_password_and_totp(api):
    with transaction() as session:
        login = accounts.create_staff(
            session, login_name="jiaxiang", password=PASSWORD, display_name="王", role=Role.COUNTY, region="370829",
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip
    now = pyotp.TOTP(login.totp_secret).now()
    body = {"login_name": "jiaxiang", "password": PASSWORD, "totp": now}
    wrong = api().post("/tokens", body | {"password": "something else"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "wrong_login")
    assert api().post("/tokens", body).status_code == 201


def test_wrong_code_counts_and_after_five_even_the_right_one_is_refused(api):
    number = phone()
    api().post("/login-codes", {"phone": number})
    right = sent_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    left = [api().post("/tokens", {"phone": number, "code": wrong}).json["details"]["left"] for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    last = api().post("/tokens", {"phone": number, "code": right})
    assert (last.status_code, last.json["code"]) == (422, "code_expired")


def test_code_is_good_for_one_token(api):
    number = phone()
    api().post("/login-codes", {"phone": number})
    body = {"phone": number, "code": sent_code()}
    assert [api().post("/tokens", body).status_code for _ in range(2)] == [201, 422]
    with transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Token)) == 1


def test_second_code_within_a_minute_is_refused_and_says_how_long_to_wait(api):
    number = phone()
    api().post("/login-codes", {"phone": number})
    answer = api().post("/login-codes", {"phone": number})
    assert (answer.status_code, answer.json["code"]) == (429, "code_too_soon")
    assert 0 < answer.json["details"]["wait_seconds"] <= 60


def test_eleventh_code_of_a_day_is_refused(api):
    number, today = phone(), clock.local_date(clock.now())
    api().post("/login-codes", {"phone": number})
    with transaction() as session:
        earlier = clock.now() - timedelta(minutes=2)
        session.execute(update(LoginCode).values(sent_that_day=10, day=today, sent_at=earlier))
    answer = api().post("/login-codes", {"phone": number})
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_codes")


@pytest.mark.parametrize("number", ["12345", "13800", "手机", ""])
def test_what_is_no_phone_is_refused_by_its_field(api, number):
    answer = api().post("/login-codes", {"phone": number})
    assert (answer.status_code, answer.json["code"], answer.json["details"]) == (
        422,
        "invalid_value",
        {"field": "phone"},
    )


def test_neither_a_code_nor_a_phone_stands_in_an_answer(api):
    number = phone()
    api().post("/login-codes", {"phone": number})
    code = sent_code()
    answers = [api().post("/login-codes", {"phone": number}), api().post("/tokens", {"phone": number, "code": code})]
    assert not any(secret in answer.text for answer in answers for secret in (number, code))


@pytest.mark.parametrize("end", ["revoked", "expired", "closed"])
def test_token_that_has_ended_is_a_visitors(api, end):
    worker, at = a_worker(), clock.now()
    caller = api(worker.account)
    assert caller.get("/recommendations").status_code == 200
    with transaction() as session:
        if end == "revoked":
            accounts.revoke_token(session, token=caller.token, at=at)
        elif end == "expired":
            session.execute(update(Token).values(expires_at=at))
        else:
            session.get_one(Account, worker.account).closed_at = at
    answer = caller.get("/recommendations")
    assert (answer.status_code, answer.json["code"]) == (401, "login_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_token_in_a_cookie_or_of_another_scheme_is_none(api):
    caller = api(a_worker().account)
    for headers in ({"Authorization": f"Basic {caller.token}"}, {"Authorization": "Bearer"}, {"Cookie": caller.token}):
        assert caller.client.get("/api/v1/recommendations", headers=headers).status_code == 401


def test_login_is_limited_by_address_and_says_so_in_the_one_shape(api):
    limiter.enabled = True
    limiter.reset()
    with transaction() as session:
        make_account(session)
    answers = [api().post("/tokens", {"phone": "13800138000", "code": "000000"}) for _ in range(31)]
    limiter.reset()
    assert [answer.status_code for answer in answers] == [422] * 30 + [429]
    assert answers[-1].json.keys() == {"code", "message", "details"}
