from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from tests.zero_work_market.ground.failing import failing_transaction
from zero_work_market.ground.audit import SYSTEM, AuditRow, record
from zero_work_market.ground.clock import now
from zero_work_market.ground.db import build_engine, transaction
from zero_work_market.ground.heartbeat import Heartbeat, beat
from zero_work_market.ground.once import Done


def test_an_exception_takes_everything_back(database):
    with failing_transaction() as session:
        beat(session, at=now())
    with transaction(read_only=True) as session:
        assert session.scalars(select(Heartbeat)).all() == []


def test_rows_can_be_read_after_their_transaction_whether_it_wrote_or_only_read(database):
    at = now()
    with transaction() as session:
        record(session, verb="v", subject="s", by=SYSTEM, at=at)
    with transaction() as session:
        written = session.scalars(select(AuditRow)).one()
    with transaction(read_only=True) as session:
        read = session.scalars(select(AuditRow)).one()
    assert (written.verb, read.verb) == ("v", "v")


def test_a_change_in_a_read_only_transaction_is_an_error_and_not_lost_in_silence(database):
    with pytest.raises(RuntimeError, match="read-only"), transaction(read_only=True) as session:
        record(session, verb="v", subject="s", by=SYSTEM, at=now())


def test_readers_see_the_past_while_a_writer_is_at_work(database):
    with transaction() as writer:
        beat(writer, at=now())
        writer.flush()
        with transaction(read_only=True) as reader:
            assert reader.scalars(select(Heartbeat)).all() == []


def test_forty_updates_at_once_are_all_kept(database):
    with transaction() as session:
        session.add(Done(account_id=1, key="k", request="r", result_id=0, at=now()))

    def add_one(_: int) -> None:
        with transaction() as session:
            row = session.scalars(select(Done).with_for_update()).one()
            row.result_id += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(40)))
    with transaction(read_only=True) as session:
        assert session.scalars(select(Done.result_id)).one() == 40


def test_times_are_kept_in_utc_and_come_back_aware(database):
    given = datetime(2026, 11, 23, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    with transaction() as session:
        session.add(Heartbeat(id=1, at=given))
    with transaction(read_only=True) as session:
        kept = session.scalars(select(Heartbeat.at)).one()
    assert kept == given
    assert kept.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_refused(database):
    with pytest.raises(StatementError, match="zone"), transaction() as session:
        session.add(Heartbeat(id=1, at=datetime(2026, 11, 23)))  # noqa: DTZ001


def test_sqlite_enforces_foreign_keys(sqlite_url):
    with build_engine(sqlite_url).begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO grants (account_id, role, region, granted_at) VALUES (9, 'city', '3', 0)"))


def test_a_failing_statement_does_not_tell_what_it_was_given(database):
    twice = [Done(account_id=1, key="k", request="13800000000", result_id=0, at=now()) for _ in range(2)]
    with pytest.raises(IntegrityError) as error, transaction() as session:
        session.add_all(twice)
    assert "13800000000" not in str(error.value)
