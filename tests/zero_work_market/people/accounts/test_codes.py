"""Logging in by phone and one-time code, and the API's tokens."""

import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.support.makers import NOW, make_account, oneself
from zero_work_market.ground import messages
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.db import Base, transaction
from zero_work_market.ground.errors import InvalidValue
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.queries import account_of_phone, account_of_token
from zero_work_market.people.accounts.rules import CodeExpired, CodePurpose, CodeTooSoon, TooManyCodes, WrongCode
from zero_work_market.people.accounts.service import close, issue_token, request_code, revoke_token, try_code

PHONE = "13953712345"
SECOND = timedelta(seconds=1)


def last_code(session):
    return re.search(r"\d{6}", messages.newest(session, limit=1)[0].body)[0]


def another(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_opens_an_account_and_the_next_one_finds_it(session):
    request_code(session, phone=PHONE, at=NOW)
    first = try_code(session, phone="+86 " + PHONE, code=last_code(session), at=NOW)
    assert isinstance(first, Account)
    assert first.phone == PHONE
    later = NOW + timedelta(minutes=2)
    request_code(session, phone=PHONE, at=later)
    assert try_code(session, phone=PHONE, code=last_code(session), at=later) is first
    assert account_of_phone(session, PHONE) is first


def test_a_code_typed_in_full_width_with_spaces_is_taken(session):
    request_code(session, phone=PHONE, at=NOW)
    typed = " ".join(last_code(session)).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    assert isinstance(try_code(session, phone=PHONE, code=typed, at=NOW), Account)


def test_a_code_is_asked_for_in_a_message_to_that_phone_with_six_digits(session):
    request_code(session, phone=PHONE, at=NOW)
    message = messages.newest(session, limit=1)[0]
    assert message.phone == PHONE
    assert message.purpose == "login_code"
    assert re.search(r"验证码 \d{6}，5 分钟内有效", message.body)


def test_a_code_is_good_for_five_minutes_and_no_longer(session):
    request_code(session, phone=PHONE, at=NOW)
    code = last_code(session)
    assert isinstance(try_code(session, phone=PHONE, code=code, at=NOW + timedelta(minutes=5)), CodeExpired)
    assert isinstance(try_code(session, phone=PHONE, code=code, at=NOW + timedelta(minutes=5) - SECOND), Account)


def test_a_code_logs_in_once(session):
    request_code(session, phone=PHONE, at=NOW)
    code = last_code(session)
    try_code(session, phone=PHONE, code=code, at=NOW)
    assert isinstance(try_code(session, phone=PHONE, code=code, at=NOW), CodeExpired)


def test_a_newer_code_ends_the_one_before(session):
    request_code(session, phone=PHONE, at=NOW)
    old = last_code(session)
    request_code(session, phone=PHONE, at=NOW + timedelta(seconds=60))
    if old != last_code(session):
        assert isinstance(try_code(session, phone=PHONE, code=old, at=NOW + timedelta(seconds=61)), WrongCode)


def test_the_fifth_wrong_attempt_ends_the_code_and_each_is_counted_once_committed(database):
    with transaction() as session:
        request_code(session, phone=PHONE, at=NOW)
        code = last_code(session)
    left = []
    for _ in range(5):
        with transaction() as session:
            left.append(try_code(session, phone=PHONE, code=another(code), at=NOW).details["left"])
    assert left == [4, 3, 2, 1, 0]
    with transaction() as session:
        assert isinstance(try_code(session, phone=PHONE, code=code, at=NOW), CodeExpired)


def test_a_phone_that_never_asked_has_no_code(session):
    assert isinstance(try_code(session, phone=PHONE, code="000000", at=NOW), CodeExpired)


def test_a_code_of_one_phone_is_wrong_for_another(session):
    request_code(session, phone=PHONE, at=NOW)
    code = last_code(session)
    request_code(session, phone="13953712346", at=NOW)
    if code != last_code(session):
        assert isinstance(try_code(session, phone="13953712346", code=code, at=NOW), WrongCode)


def test_a_code_told_to_an_agent_does_not_log_in(session):
    request_code(session, phone=PHONE, at=NOW, purpose=CodePurpose.BIND)
    code = last_code(session)
    assert isinstance(try_code(session, phone=PHONE, code=code, at=NOW), WrongCode)
    assert isinstance(try_code(session, phone=PHONE, code=code, at=NOW, purpose=CodePurpose.BIND), Account)


def test_the_next_code_waits_for_sixty_seconds_and_says_how_long(session):
    request_code(session, phone=PHONE, at=NOW)
    with pytest.raises(CodeTooSoon) as refusal:
        request_code(session, phone=PHONE, at=NOW + timedelta(seconds=18.5))
    assert refusal.value.details == {"wait_seconds": 42}
    request_code(session, phone=PHONE, at=NOW + timedelta(seconds=60))


def test_whoever_used_a_code_gets_the_next_one_at_once(session):
    request_code(session, phone=PHONE, at=NOW)
    try_code(session, phone=PHONE, code=last_code(session), at=NOW + timedelta(seconds=5))
    request_code(session, phone=PHONE, at=NOW + timedelta(seconds=9), purpose=CodePurpose.SIGN)
    signing = last_code(session)
    assert isinstance(
        try_code(session, phone=PHONE, code=signing, at=NOW + timedelta(seconds=20), purpose=CodePurpose.SIGN), Account
    )


def test_the_eleventh_code_of_a_day_is_refused_and_the_next_day_is_fresh(session):
    for minute in range(10):
        request_code(session, phone=PHONE, at=NOW + timedelta(minutes=minute))
    with pytest.raises(TooManyCodes):
        request_code(session, phone=PHONE, at=NOW + timedelta(hours=13, minutes=59))
    request_code(session, phone=PHONE, at=NOW + timedelta(hours=14))
    request_code(session, phone="13953712346", at=NOW + timedelta(minutes=10))


def test_a_code_is_not_sent_to_what_is_no_phone(session):
    with pytest.raises(InvalidValue):
        request_code(session, phone="0537-2312345", at=NOW)


def test_a_code_stays_out_of_logs_refusals_audit_and_every_stored_column(session, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    try:
        request_code(session, phone=PHONE, at=NOW)
        code = last_code(session)
        refusal = try_code(session, phone=PHONE, code=another(code), at=NOW)
        try_code(session, phone=PHONE, code=code, at=NOW)
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert "login_codes" in caplog.text
    assert re.search(rf"\b{code}\b", caplog.text) is None
    assert code not in f"{refusal!r} {refusal.details}"
    payloads = list(session.scalars(select(OutboxRow.payload))) + list(session.scalars(select(AuditRow.details)))
    assert code not in str(payloads)
    for table in Base.metadata.tables.values():
        for row in session.execute(table.select()).mappings():
            assert code not in {str(value) for value in row.values()}


def test_the_phone_is_sealed_in_the_row(session):
    account = make_account(session, phone_number=PHONE)
    row = session.execute(text("SELECT phone_sealed, phone_hash FROM accounts")).one()
    assert PHONE.encode() not in bytes(row.phone_sealed)
    assert PHONE not in row.phone_hash
    assert account.phone == PHONE


def test_a_token_is_its_accounts_for_ninety_days(session):
    account = make_account(session)
    token = issue_token(session, account_id=account.id, at=NOW)
    assert len(token) == 43
    assert account_of_token(session, token, NOW + timedelta(days=90) - SECOND) is account
    assert account_of_token(session, token, NOW + timedelta(days=90)) is None
    assert account_of_token(session, token + "x", NOW) is None


def test_a_revoked_token_and_a_closed_accounts_token_are_nobodys(session):
    account = make_account(session)
    tokens = [issue_token(session, account_id=account.id, at=NOW) for _ in range(2)]
    revoke_token(session, token=tokens[0], at=NOW)
    assert [account_of_token(session, token, NOW) for token in tokens] == [None, account]
    close(session, account_id=account.id, by=oneself(account), at=NOW)
    assert account_of_token(session, tokens[1], NOW) is None


def test_a_token_itself_is_not_kept(session):
    token = issue_token(session, account_id=make_account(session).id, at=NOW)
    assert token not in str(session.execute(text("SELECT * FROM tokens")).all())


def test_the_phone_of_a_closed_account_opens_a_new_one(session):
    account = make_account(session, phone_number=PHONE)
    close(session, account_id=account.id, by=oneself(account), at=NOW)
    assert account.phone is None
    request_code(session, phone=PHONE, at=NOW)
    assert try_code(session, phone=PHONE, code=last_code(session), at=NOW).id != account.id
