import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.waiting import until
from tests.zero_work_market.ground.failing import failing_transaction
from zero_work_market.ground import changes, clock
from zero_work_market.ground.changes import KEPT, Change
from zero_work_market.ground.db import build_engine, transaction
from zero_work_market.people.workers.models import DayOff, Skill, Worker


def _added_worker() -> int:
    with transaction() as session:
        worker = Worker(
            surname="张",
            id_number_hash="h",
            born_on=date(1990, 1, 1),
            town="370829001",
            lon=116.3,
            lat=35.4,
            registered_at=clock.now(),
        )
        worker.name, worker.id_number = "张三", "370829199001011234"
        session.add(worker)
        session.flush()
        return worker.id


def _start() -> changes.Cursor:
    with transaction(read_only=True) as session:
        return changes.start(session)


def _take(cursor: changes.Cursor) -> dict[str, set[int]]:
    with transaction(read_only=True) as session:
        return changes.take(session, cursor)


def _note(*row_ids: int, what: str = "worker") -> None:
    with transaction() as session:
        changes.note(session, what, set(row_ids))


def test_a_reader_takes_each_change_once(database):
    cursor = _start()
    _note(1, 2)
    _note(7, what="posting")
    assert _take(cursor) == {"worker": {1, 2}, "posting": {7}}
    assert _take(cursor) == {}
    _note(2)
    assert _take(cursor) == {"worker": {2}}


def test_a_reader_that_starts_now_need_not_read_the_past(database):
    _note(1)
    assert _take(_start()) == {}


def test_each_reader_goes_its_own_way(database):
    early, late = _start(), _start()
    _note(1)
    assert _take(early) == {"worker": {1}}
    _note(2)
    assert _take(late) == {"worker": {1, 2}}
    assert _take(early) == {"worker": {2}}


def test_a_new_a_changed_and_a_removed_row_feed_the_worker_that_they_belong_to(database):
    cursor = _start()
    worker_id = _added_worker()
    assert _take(cursor) == {"worker": {worker_id}}
    with transaction() as session:
        session.get_one(Worker, worker_id).radius_km = 20
    assert _take(cursor) == {"worker": {worker_id}}
    with transaction() as session:
        session.add(DayOff(worker_id=worker_id, day=clock.local_date(clock.now())))
        worker = session.get_one(Worker, worker_id)
        worker.skills.append(Skill(occupation="4-02-04-06"))
    assert _take(cursor) == {"worker": {worker_id}}
    with transaction() as session:
        session.delete(session.scalars(select(DayOff)).one())
    assert _take(cursor) == {"worker": {worker_id}}
    with transaction() as session:
        worker = session.get_one(Worker, worker_id)
        worker.skills.clear()
    assert _take(cursor) == {"worker": {worker_id}}


def test_what_is_rolled_back_feeds_nobody(database):
    cursor = _start()
    with failing_transaction() as session:
        changes.note(session, "worker", {1})
    assert _take(cursor) == {}


def test_an_import_of_many_rows_is_noted_in_one_go(database):
    cursor = _start()
    _note(*range(1, 40_001))
    assert _take(cursor) == {"worker": set(range(1, 40_001))}


def test_pruning_forgets_what_is_old_and_keeps_what_a_living_reader_has_not_seen(database):
    cursor = _start()
    _note(1)
    with transaction() as session:
        session.get_one(Change, 1).at = clock.now() - KEPT - timedelta(minutes=1)
    _note(2)
    with transaction() as session:
        assert changes.prune(session, at=clock.now()) == 1
    assert _take(cursor) == {"worker": {2}}


def test_pruning_a_quiet_feed_misses_no_later_change(database):
    """SQLite gives out an id again when its row was the last one and is deleted: a reader would wait above it."""
    _note(1, 2, 3)
    cursor = _start()
    with transaction() as session:
        changes.prune(session, at=clock.now() + KEPT + timedelta(days=1))
    _note(9)
    # The newest row stays, and is taken again where a transaction older than the reader is open anywhere on the server.
    assert _take(cursor)["worker"] - {3} == {9}


def test_a_reader_that_has_not_looked_for_long_is_told_to_load_everything(database):
    cursor = _start()
    assert not cursor.too_old
    cursor.looked_at -= KEPT / 2 + timedelta(minutes=1)
    assert cursor.too_old
    _take(cursor)
    assert not cursor.too_old


@pytest.mark.parametrize("first", [0, 1])
def test_two_open_transactions_are_seen_at_their_commits_in_either_order(postgresql_url, first):
    engine = build_engine(postgresql_url)
    writers, reader = [Session(engine), Session(engine)], Session(engine)
    cursor = changes.start(reader)
    reader.commit()
    for number, writer in enumerate(writers):
        changes.note(writer, "worker", {number})
        writer.flush()

    def taken() -> dict[str, set[int]]:
        found = changes.take(reader, cursor)
        reader.commit()
        return found

    assert taken() == {}
    writers[first].commit()
    assert taken() == {"worker": {first}}, "not delayed by the one that is still open"
    assert taken() == {}, "not taken twice"
    writers[1 - first].commit()
    assert taken() == {"worker": {1 - first}}, "not missed, though it began before"
    assert taken() == {}
    engine.dispose()


def test_a_reader_that_starts_beside_an_open_transaction_sees_it_when_it_commits(postgresql_url):
    engine = build_engine(postgresql_url)
    with Session(engine) as writer, Session(engine) as reader:
        changes.note(writer, "worker", {1})
        cursor = changes.start(reader)
        reader.commit()
        writer.commit()
        assert changes.take(reader, cursor) == {"worker": {1}}
    engine.dispose()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_order_every_committed_change_is_in_the_next_look_and_only_there(postgresql_url, seed):
    engine, chance = build_engine(postgresql_url), random.Random(seed)
    reader = Session(engine)
    cursor = changes.start(reader)
    reader.commit()
    open_now: dict[int, Session] = {}
    committed: set[int] = set()
    seen: Counter[int] = Counter()
    for step in range(300):
        move = chance.choice(("open", "commit", "roll back", "look", "look"))
        if move == "open" and len(open_now) < 8:
            writer = open_now[step] = Session(engine)
            changes.note(writer, "worker", {step})
        elif move in ("commit", "roll back") and open_now:
            number = chance.choice(list(open_now))
            writer = open_now.pop(number)
            if move == "commit":
                writer.commit()
                committed.add(number)
            writer.close()
        elif move == "look":
            seen.update(changes.take(reader, cursor).get("worker", ()))
            reader.commit()
            assert set(seen) == committed
    assert set(seen.values()) == {1}
    for session in (*open_now.values(), reader):
        session.close()
    engine.dispose()


def test_the_reader_keeps_in_mind_only_what_it_could_meet_again(postgresql_url):
    engine = build_engine(postgresql_url)
    with Session(engine) as reader:
        cursor = changes.start(reader)
        reader.commit()
        for number in range(50):
            with Session(engine) as writer:
                changes.note(writer, "worker", {number})
                writer.commit()
            changes.take(reader, cursor)
            reader.commit()

        def looked() -> int:
            changes.take(reader, cursor)
            reader.commit()
            return len(cursor.taken)

        # A transaction of any database on the server holds the oldest that may still be met.
        until(lambda: looked() <= 1)
        assert reader.scalar(select(func.count()).select_from(Change)) == 50
    engine.dispose()


def test_a_marked_database_is_known_by_its_mark_and_no_other(database):
    with transaction() as session:
        mark = changes.mark(session)
    with transaction(read_only=True) as session:
        assert changes.has(session, mark)
        assert not changes.has(session, changes.Mark(mark.change_id, mark.number + 1))
        assert not changes.has(session, changes.Mark(mark.change_id + 1, mark.number))


def test_a_mark_rolled_back_is_none(database):
    with transaction() as session:
        mark = changes.mark(session)
        session.rollback()
    with transaction() as session:
        changes.mark(session)
    with transaction(read_only=True) as session:
        assert not changes.has(session, mark)


def test_a_mark_is_no_change_of_a_worker_or_posting(database):
    cursor = _start()
    with transaction() as session:
        mark = changes.mark(session)
    assert _take(cursor) == {changes.MARK: {mark.number}}
