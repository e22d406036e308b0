from datetime import timedelta

import pytest

from zero_work_market.ground import once
from zero_work_market.ground.clock import now
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue


def _remember(key: str | None = "k", request: str = "accept:1", result_id: int = 7, account_id: int = 1) -> None:
    with transaction() as session:
        once.remember(session, account_id=account_id, key=key, request=request, result_id=result_id, at=now())


def _result(key: str | None = "k", request: str = "accept:1", account_id: int = 1) -> int | None:
    with transaction(read_only=True) as session:
        return once.result_of(session, account_id=account_id, key=key, request=request)


def test_a_request_sent_again_answers_with_what_the_first_did(database):
    assert _result() is None
    _remember()
    assert _result() == 7


def test_a_key_used_for_another_request_is_refused(database):
    _remember()
    with pytest.raises(once.KeyReused):
        _result(request="accept:2")


def test_a_key_of_somebody_else_says_nothing(database):
    _remember()
    assert _result(account_id=2) is None


def test_without_a_key_nothing_is_kept(database):
    _remember(key=None)
    _remember(key="")
    assert _result(key=None) is None


def test_a_key_that_another_request_took_meanwhile_is_refused(database):
    _remember()
    with pytest.raises(once.KeyReused):
        _remember(result_id=8)
    assert _result() == 7


def test_a_key_too_long_to_keep_is_refused_in_words(database):
    assert _result(key="k" * once.LONGEST_KEY) is None
    with pytest.raises(InvalidValue):
        _result(key="k" * (once.LONGEST_KEY + 1))


def test_keys_are_forgotten_after_a_week(database):
    _remember()
    with transaction() as session:
        assert once.prune(session, at=now() + once.KEPT - timedelta(minutes=1)) == 0
        assert once.prune(session, at=now() + once.KEPT + timedelta(minutes=1)) == 1
    assert _result() is None
