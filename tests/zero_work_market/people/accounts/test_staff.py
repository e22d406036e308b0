"""Staff: logging in by password and TOTP, grants, villages."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from tests.support.makers import COUNTY, NOW, TOWN, VILLAGE, make_account, make_staff, make_village, oneself
from zero_work_market.ground.audit import SYSTEM, AuditRow
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, NotAllowed, NotFound
from zero_work_market.people.accounts.models import Account, Grant
from zero_work_market.people.accounts.queries import account, account_of_token, grants_of, staff_of, villages
from zero_work_market.people.accounts.rules import LoginNameTaken, OutOfScope, Role, WrongLogin
from zero_work_market.people.accounts.service import (
    add_village,
    close,
    create_staff,
    end_sessions,
    grant,
    issue_token,
    renew_login,
    revoke,
    try_password,
)
from zero_work_market.reference.regions.rules import UnknownRegion

PASSWORD = "麦子熟了-2026-06"
STEP = timedelta(seconds=30)


def new_staff(session, *, login_name="jiaxiang.li", role=Role.COUNTY, region=COUNTY, by=SYSTEM):
    return create_staff(
        session,
        login_name=login_name,
        password=PASSWORD,
        display_name="李主任",
        role=role,
        region=region,
        by=by,
        at=NOW,
    )


def totp(login, at=NOW):
    return pyotp.TOTP(login.totp_secret).at(at)


def log_in(session, login, *, login_name="jiaxiang.li", password=PASSWORD, code=None, at=NOW):
    return try_password(session, login_name=login_name, password=password, totp=code or totp(login, at), at=at)


def test_staff_log_in_by_name_password_and_totp(session):
    login = new_staff(session)
    assert log_in(session, login, login_name=" JiaXiang.Li ") is login.account


def test_a_totp_code_logs_in_once_and_the_next_one_again(session):
    login = new_staff(session)
    log_in(session, login)
    assert isinstance(log_in(session, login), WrongLogin)
    assert log_in(session, login, at=NOW + STEP) is login.account


@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off_and_no_more(session, steps, passes):
    login = new_staff(session)
    tried = log_in(session, login, code=totp(login, NOW + steps * STEP))
    assert (tried is login.account) is passes


def test_an_older_step_is_not_taken_after_a_newer_one(session):
    login = new_staff(session)
    log_in(session, login, code=totp(login, NOW + STEP))
    assert isinstance(log_in(session, login), WrongLogin)


def test_a_wrong_name_password_or_code_gets_one_same_answer(session):
    login = new_staff(session)
    wrong_code = f"{(int(totp(login)) + 1) % 1_000_000:06d}"
    refusals = [
        log_in(session, login, login_name="nobody"),
        log_in(session, login, password="不是这个密码-1234"),
        log_in(session, login, code=wrong_code),
    ]
    assert {(type(refusal), str(refusal.details)) for refusal in refusals} == {(WrongLogin, "{}")}


def test_a_phone_account_has_no_password_to_guess(session):
    make_account(session)
    assert isinstance(try_password(session, login_name="", password="", totp="", at=NOW), WrongLogin)


def test_five_failures_lock_for_fifteen_minutes_even_for_the_right_password(database):
    with transaction() as session:
        login = new_staff(session)
    for _ in range(5):
        with transaction() as session:
            assert isinstance(log_in(session, login, password="不是这个密码-1234"), WrongLogin)
    with transaction() as session:
        assert isinstance(log_in(session, login, at=NOW + timedelta(minutes=14, seconds=59)), WrongLogin)
        assert isinstance(log_in(session, login, at=NOW + timedelta(minutes=15)), Account)


def test_four_failures_do_not_lock_and_a_login_forgets_them(session):
    login = new_staff(session)
    for round_ in range(2):
        for _ in range(4):
            log_in(session, login, password="不是这个密码-1234", at=NOW + round_ * STEP)
        assert log_in(session, login, at=NOW + round_ * STEP) is login.account


def test_after_a_lock_the_count_begins_anew(session):
    login = new_staff(session)
    for _ in range(5):
        log_in(session, login, password="不是这个密码-1234")
    later = NOW + timedelta(minutes=16)
    log_in(session, login, password="不是这个密码-1234", at=later)
    assert log_in(session, login, at=later) is login.account


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("短密码123", "short"),
        ("长" * 129, "long"),
        ("x-JiaXiang.Li-2026", "login_name"),
        ("1357924680135", "simple"),
        ("abababababab", "simple"),
    ],
)
def test_a_weak_password_is_refused(session, password, reason):
    with pytest.raises(InvalidValue) as refusal:
        create_staff(
            session, login_name="jiaxiang.li", password=password, display_name="", role=Role.COUNTY, region=COUNTY,
            by=SYSTEM, at=NOW,
        )  # fmt: skip
    assert refusal.value.details["field"] == "password"
    assert refusal.value.details["reason"] == reason


def test_a_login_name_is_one_persons(session):
    new_staff(session)
    with pytest.raises(LoginNameTaken):
        new_staff(session, login_name="JIAXIANG.LI")


@pytest.mark.parametrize("login_name", ["ab", "李主任", "a" * 41, "a b!"])
def test_a_login_name_is_of_plain_letters(session, login_name):
    with pytest.raises(InvalidValue):
        new_staff(session, login_name=login_name)


def test_secrets_are_kept_out_of_what_a_log_may_print(session):
    login = new_staff(session)
    assert login.totp_secret not in repr(login)
    assert login.totp_secret in login.totp_uri
    assert PASSWORD not in login.account.password_hash


def test_a_county_makes_a_town_account_and_not_another_county(session):
    county = make_staff(session, Role.COUNTY, COUNTY)
    made = new_staff(session, role=Role.TOWN, region=TOWN, by=county)
    assert [(held.role, held.region) for held in grants_of(session, made.account.id)] == [(Role.TOWN, TOWN)]
    with pytest.raises(NotAllowed):
        new_staff(session, login_name="second", role=Role.COUNTY, region=COUNTY, by=county)
    with pytest.raises(NotAllowed):
        new_staff(session, login_name="third", role=Role.TOWN, region="370828001", by=county)


def test_a_refused_grant_leaves_no_account_behind(database):
    with transaction() as session:
        town = make_staff(session, Role.TOWN, TOWN)
        before = session.scalar(select(func.count(Account.id)))
    with pytest.raises(NotAllowed), transaction() as session:
        new_staff(session, role=Role.COUNTY, region=COUNTY, by=town)
    with transaction() as session:
        assert session.scalar(select(func.count(Account.id))) == before


@pytest.mark.parametrize(("role", "region"), [(Role.TOWN, COUNTY), (Role.VILLAGE_AGENT, TOWN), (Role.COUNTY, TOWN)])
def test_a_role_takes_a_region_of_its_own_level(session, role, region):
    with pytest.raises(InvalidValue) as refusal:
        new_staff(session, role=role, region=region)
    assert refusal.value.details["reason"] == "level"


def test_a_village_agent_needs_a_village_that_is_entered(session):
    with pytest.raises(UnknownRegion):
        new_staff(session, role=Role.VILLAGE_AGENT, region=VILLAGE)
    make_village(session, VILLAGE)
    assert new_staff(session, role=Role.VILLAGE_AGENT, region=VILLAGE).account.grants


def test_a_role_is_not_given_in_a_town_that_does_not_exist(session):
    with pytest.raises(UnknownRegion):
        new_staff(session, role=Role.TOWN, region="370829999")


def test_nobody_gives_a_role_to_an_account_that_logs_in_by_phone(session):
    with pytest.raises(NotFound):
        grant(session, account_id=make_account(session).id, role=Role.TOWN, region=TOWN, by=SYSTEM, at=NOW)


def test_a_grant_given_twice_is_there_once_and_revoked_is_gone(session):
    county, town = make_staff(session), make_staff(session, Role.TOWN, TOWN)
    deed = {"account_id": town.account_id, "role": Role.TOWN, "region": "370829400", "by": county, "at": NOW}
    assert grant(session, **deed) is grant(session, **deed)
    assert {row.region for row in grants_of(session, town.account_id)} == {TOWN, "370829400"}
    revoke(session, **deed)
    assert {row.region for row in grants_of(session, town.account_id)} == {TOWN}
    with pytest.raises(NotFound):
        revoke(session, **deed)
    verbs = session.scalars(select(AuditRow.verb).where(AuditRow.subject == f"account:{town.account_id}"))
    assert list(verbs) == ["account.granted", "account.revoked"]


def test_a_town_cannot_revoke_its_county(session):
    town, county = make_staff(session, Role.TOWN, TOWN), make_staff(session)
    with pytest.raises(NotAllowed):
        revoke(session, account_id=county.account_id, role=Role.COUNTY, region=COUNTY, by=town, at=NOW)


def test_staff_are_listed_within_the_scopes_asked_for(session):
    make_staff(session, Role.CITY, "370800")
    county, town = make_staff(session), make_staff(session, Role.TOWN, TOWN)
    agent = make_staff(session, Role.VILLAGE_AGENT, VILLAGE)
    make_staff(session, Role.COUNTY, "370828")
    listed = [row.account_id for row in staff_of(session, [COUNTY])]
    assert listed == [county.account_id, town.account_id, agent.account_id]
    assert [row.account_id for row in staff_of(session, [TOWN])] == [town.account_id, agent.account_id]
    assert len(staff_of(session, ["370800"])) == 5
    assert staff_of(session, []) == ()


def test_ending_sessions_ends_logins_and_tokens(session):
    login = new_staff(session)
    token, epoch = issue_token(session, account_id=login.account.id, at=NOW), login.account.session_epoch
    end_sessions(session, account_id=login.account.id, by=oneself(login.account), at=NOW)
    assert login.account.session_epoch == epoch + 1
    assert account_of_token(session, token, NOW) is None


def test_a_county_ends_the_sessions_of_its_towns_and_not_of_a_worker(session):
    county, town = make_staff(session), make_staff(session, Role.TOWN, TOWN)
    end_sessions(session, account_id=town.account_id, by=county, at=NOW)
    with pytest.raises(NotAllowed):
        end_sessions(session, account_id=make_account(session).id, by=county, at=NOW)
    with pytest.raises(NotAllowed):
        end_sessions(session, account_id=county.account_id, by=town, at=NOW)


def test_a_renewed_login_takes_the_new_secrets_only(session):
    login = new_staff(session)
    renewed = renew_login(session, account_id=login.account.id, password="麦子又熟了-2027", by=SYSTEM, at=NOW)
    assert isinstance(log_in(session, login), WrongLogin)
    assert isinstance(log_in(session, renewed), WrongLogin)
    assert log_in(session, renewed, password="麦子又熟了-2027") is login.account


def test_a_closed_staff_account_logs_in_no_more_and_holds_nothing(session):
    login = new_staff(session)
    close(session, account_id=login.account.id, by=oneself(login.account), at=NOW)
    assert isinstance(log_in(session, login), WrongLogin)
    assert account(session, login.account.id) is None
    assert session.scalars(select(Grant)).all() == []


def test_a_town_enters_its_own_villages(session):
    town = make_staff(session, Role.TOWN, TOWN)
    add_village(session, town=TOWN, code=VILLAGE, name=" 张垓 村", by=town, at=NOW)
    assert [(row.code, row.name) for row in villages(session, TOWN)] == [(VILLAGE, "张垓村")]
    assert villages(session, "370829400") == ()
    with pytest.raises(OutOfScope):
        add_village(session, town="370829400", code="370829400201", name="李楼村", by=town, at=NOW)


@pytest.mark.parametrize(
    ("code", "name", "field"),
    [
        ("370829400201", "李楼村", "code"),
        (TOWN, "李楼村", "code"),
        ("37082900120x", "李楼村", "code"),
        (VILLAGE, " ", "name"),
    ],
)
def test_a_village_has_a_code_of_its_town_and_a_name(session, code, name, field):
    with pytest.raises(InvalidValue) as refusal:
        add_village(session, town=TOWN, code=code, name=name, by=SYSTEM, at=NOW)
    assert refusal.value.details["field"] == field


def test_a_village_code_is_entered_once(session):
    make_village(session, VILLAGE)
    with pytest.raises(InvalidValue) as refusal:
        add_village(session, town=TOWN, code=VILLAGE, name="别的村", by=SYSTEM, at=NOW)
    assert refusal.value.details["reason"] == "taken"
