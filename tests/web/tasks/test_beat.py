from datetime import timedelta

from sqlalchemy import func, select

from tests.web.tasks.announcer import announce, done
from web.tasks import beat
from web.tasks.handlers import HANDLERS
from zero_work_market.ground import clock, db, heartbeat, messages
from zero_work_market.ground.changes import Change
from zero_work_market.ground.messages import Message
from zero_work_market.ground.once import Done
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.engine import service
from zero_work_market.people.accounts.models import LoginCode


def test_a_sweep_delivers_everything_that_waits_though_some_of_it_fails(database, monkeypatch):
    handled = []

    def handle(session, payload):
        if payload["thing_id"] == 2:
            raise LookupError
        handled.append(payload["thing_id"])

    monkeypatch.setitem(HANDLERS, "paused", handle)
    ids = [announce(thing) for thing in (1, 2, 3)]
    beat.sweep()
    assert handled == [1, 3]
    assert [done(event_id) for event_id in ids] == [True, False, True]


def test_the_heartbeat_is_one_row_with_the_latest_time(database):
    before = clock.now()
    beat.heartbeat()
    beat.heartbeat()
    with db.transaction(read_only=True) as session:
        assert heartbeat.last(session) >= before
        assert session.scalar(select(func.count()).select_from(heartbeat.Heartbeat)) == 1


def test_pruning_forgets_the_old_of_every_kind_and_keeps_the_new(database):
    long_ago = clock.now() - timedelta(days=40)
    with db.transaction() as session:
        for at, name in ((long_ago, "old"), (clock.now(), "new")):
            session.add(Change(xid=0, what="worker", row_id=1, at=at))
            session.add(OutboxRow(kind=name, payload={}, announced_at=at, due_at=at, done_at=at))
            session.add(Done(account_id=1, key=name, request="r", result_id=1, at=at))
            code = LoginCode(phone_hash=name, code_hash="", sent_at=at, expires_at=at, day=clock.local_date(at))
            code.attempts = code.sent_that_day = 0
            session.add(code)
            message = messages.queue(session, phone="13800000000", body="你好", purpose=name, at=at)
            session.flush()
            message.sent_at = at
    beat.prune()
    with db.transaction(read_only=True) as session:
        left = {table: session.scalar(select(func.count()).select_from(table)) for table in (Change, Done, LoginCode)}
        assert left == {Change: 1, Done: 1, LoginCode: 1}
        assert session.scalars(select(Message.purpose)).all() == ["new"]
        assert "old" not in session.scalars(select(OutboxRow.kind)).all()


def test_the_engine_is_saved_for_the_processes_that_start_next(database):
    beat.save_engine()
    day = clock.local_date(clock.now() + service.AHEAD)
    with db.transaction(read_only=True) as session:
        assert service._opened(session, day).today == day
