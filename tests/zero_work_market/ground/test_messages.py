from datetime import timedelta

from tests.zero_work_market.ground.failing import failing_transaction
from zero_work_market.ground import messages, outbox
from zero_work_market.ground.clock import now
from zero_work_market.ground.db import transaction
from zero_work_market.ground.messages import KEPT


def _queue(phone: str) -> None:
    with transaction() as session:
        messages.queue(session, phone=phone, body="你好", purpose="test", at=now())


def test_a_queued_message_is_announced_with_the_deed_that_causes_it(database):
    _queue("13800000000")
    with transaction(read_only=True) as session:
        [event_id] = outbox.due(session, at=now())
        assert session.get_one(outbox.OutboxRow, event_id).payload == {"message_id": messages.newest(session)[0].id}


def test_a_message_of_a_deed_that_failed_never_leaves(database):
    with failing_transaction() as session:
        messages.queue(session, phone="13800000000", body="你好", purpose="test", at=now())
    with transaction(read_only=True) as session:
        assert messages.newest(session) == []
        assert outbox.due(session, at=now()) == []


def test_the_newest_come_first(database):
    for last in range(3):
        _queue(f"1380000000{last}")
    with transaction(read_only=True) as session:
        assert [message.phone[-1] for message in messages.newest(session, limit=2)] == ["2", "1"]


def test_messages_are_forgotten_after_a_month(database):
    _queue("13800000000")
    with transaction() as session:
        assert messages.prune(session, at=now() + KEPT - timedelta(minutes=1)) == 0
        assert messages.prune(session, at=now() + KEPT + timedelta(minutes=1)) == 1


def test_those_to_a_phone_or_of_a_purpose_are_found_among_any_number(database):
    _queue("13800000000")
    for last in range(31):
        _queue(f"1380000{last + 1:04d}")
    with transaction(read_only=True) as session:
        assert [message.phone for message in messages.newest(session, phone="13800000000")] == ["13800000000"]
        assert messages.newest(session, purpose="login_code") == []
