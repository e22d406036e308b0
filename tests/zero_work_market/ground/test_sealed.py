import pytest
from sqlalchemy import select, text

from tests.zero_work_market.ground.keys import NEW, OLD, use_keys
from zero_work_market.ground import clock, messages
from zero_work_market.ground.db import transaction
from zero_work_market.ground.messages import Message
from zero_work_market.ground.privacy import Unreadable, key_name
from zero_work_market.ground.sealed import reseal_all, sealed_rows
from zero_work_market.ground.settings import settings


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch):
    use_keys(monkeypatch, f"old:{OLD}")
    yield
    monkeypatch.undo()
    settings.cache_clear()


def _queue(count: int = 1) -> None:
    with transaction() as session:
        for number in range(count):
            messages.queue(session, phone=f"138{number:08d}", body=f"第 {number} 条", purpose="test", at=clock.now())


def test_neither_phone_nor_words_are_readable_in_the_table(database):
    _queue()
    with transaction(read_only=True) as session:
        row = session.execute(text("SELECT * FROM messages")).one()
        assert session.scalars(select(Message)).one().body == "第 0 条"
    assert "13800000000" not in repr(tuple(row))
    assert "第 0 条".encode() not in b"".join(value for value in row if isinstance(value, bytes))


def test_a_sealed_value_moved_to_another_row_is_unreadable(database):
    _queue(2)
    with transaction() as session:
        first, second = session.scalars(select(Message).order_by(Message.id))
        second.body_sealed = first.body_sealed
    with transaction(read_only=True) as session, pytest.raises(Unreadable):
        assert session.get_one(Message, second.id).body


def test_an_empty_value_stays_empty():
    message = Message(purpose="test", phone=None)
    assert message.phone is None
    assert message.phone_sealed is None


def test_rotation_seals_everything_again_and_loses_nothing(database, monkeypatch):
    _queue(1203)
    use_keys(monkeypatch, f"new:{NEW},old:{OLD}")
    with transaction(read_only=True) as session:
        total = sealed_rows(session)
    assert total == sum(reseal_all()) == 1203
    use_keys(monkeypatch, f"new:{NEW}")
    with transaction(read_only=True) as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
    assert {key_name(row.body_sealed) for row in rows} | {key_name(row.phone_sealed) for row in rows} == {"new"}
    assert [row.body for row in rows] == [f"第 {number} 条" for number in range(1203)]
    assert rows[7].phone == "13800000007"


def test_rotation_that_was_interrupted_is_finished_by_the_next(database, monkeypatch):
    _queue(600)
    use_keys(monkeypatch, f"new:{NEW},old:{OLD}")
    chunks = reseal_all()
    while next(chunks) == 0:
        pass
    chunks.close()
    with transaction(read_only=True) as session:
        assert {key_name(row.body_sealed) for row in session.scalars(select(Message))} == {"new", "old"}
    sum(reseal_all())
    with transaction(read_only=True) as session:
        assert {key_name(row.body_sealed) for row in session.scalars(select(Message))} == {"new"}
