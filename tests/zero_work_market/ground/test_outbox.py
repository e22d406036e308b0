import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.zero_work_market.ground.failing import failing_transaction
from zero_work_market.ground import clock, outbox
from zero_work_market.ground.audit import SYSTEM, AuditRow, record
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import KEPT, LEASE, LONGEST_WAIT, Event, OutboxRow


@dataclass(frozen=True)
class Happened(Event):
    kind: ClassVar[str] = "happened"
    thing_id: int


def happen(session: Session, payload: Mapping[str, Any]) -> None:
    record(session, verb="happened", subject=f"thing:{payload['thing_id']}", by=SYSTEM, at=clock.now())
    session.flush()


def fail(session: Session, payload: Mapping[str, Any]) -> None:
    happen(session, payload)
    raise LookupError("no such thing")


HANDLERS = {"happened": happen}


def _announced(thing_id: int = 5) -> int:
    with transaction() as session:
        outbox.announce(session, Happened(thing_id=thing_id))
        [event_id] = session.info["announced"]
        return event_id


def _row(event_id: int) -> OutboxRow:
    with transaction(read_only=True) as session:
        return session.get_one(OutboxRow, event_id)


def _effects() -> int:
    with transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(AuditRow)) or 0


def _due(after: timedelta = timedelta()) -> list[int]:
    with transaction(read_only=True) as session:
        return outbox.due(session, at=clock.now() + after)


def _end_lease(event_id: int) -> None:
    """As if its time were over."""
    with transaction() as session:
        session.execute(update(OutboxRow).where(OutboxRow.id == event_id).values(due_at=clock.now()))


def test_an_announced_event_is_delivered_once(database):
    event_id = _announced()
    assert _due() == [event_id]
    assert outbox.deliver(event_id, HANDLERS)
    assert not outbox.deliver(event_id, HANDLERS)
    assert _effects() == 1
    assert _due(timedelta(days=1)) == []


def test_nothing_is_announced_by_a_transaction_that_fails(database):
    with failing_transaction() as session:
        outbox.announce(session, Happened(thing_id=1))
    assert _due() == []


def test_an_unknown_event_is_not_delivered(database):
    assert not outbox.deliver(404, HANDLERS)


def test_eight_workers_that_are_woken_at_once_handle_an_event_once(database):
    event_id = _announced()
    with ThreadPoolExecutor(8) as pool:
        delivered = list(pool.map(lambda _: outbox.deliver(event_id, HANDLERS), range(8)))
    assert sum(delivered) == 1
    assert _effects() == 1


def test_what_a_failing_handler_did_is_undone_and_the_event_kept_with_its_error(database):
    event_id = _announced()
    with pytest.raises(LookupError):
        outbox.deliver(event_id, {"happened": fail})
    row = _row(event_id)
    assert _effects() == 0
    assert (row.done_at, row.attempts, row.error) == (None, 1, "LookupError: no such thing")
    assert not outbox.deliver(event_id, HANDLERS), "not before its pause is over"
    assert _due(timedelta(seconds=3)) == [event_id]
    with transaction(read_only=True) as session:
        assert outbox.failing(session) == {"happened": "LookupError: no such thing"}
    _end_lease(event_id)
    assert outbox.deliver(event_id, HANDLERS)
    assert _row(event_id).error is None
    with transaction(read_only=True) as session:
        assert outbox.failing(session) == {}


def test_an_event_that_keeps_failing_waits_longer_but_is_never_given_up(database):
    event_id = _announced()
    with transaction() as session:
        session.get_one(OutboxRow, event_id).attempts = 5000
    with pytest.raises(LookupError):
        outbox.deliver(event_id, {"happened": fail})
    assert timedelta() < _row(event_id).due_at - clock.now() <= LONGEST_WAIT
    assert _due(LONGEST_WAIT) == [event_id]


def test_an_event_that_nobody_knows_waits_for_a_version_that_does(database):
    event_id = _announced()
    with pytest.raises(KeyError):
        outbox.deliver(event_id, {})
    assert _due(timedelta(seconds=3)) == [event_id]


def test_an_errand_is_done_first_and_holds_no_transaction(database):
    event_id, steps = _announced(), []

    def errand(payload: Mapping[str, Any]) -> None:
        with transaction() as session:
            record(session, verb="errand", subject="", by=SYSTEM, at=clock.now())
        steps.append(payload["thing_id"])

    assert outbox.deliver(event_id, HANDLERS, {"happened": errand})
    assert steps == [5]
    assert _effects() == 2


def test_a_failing_errand_keeps_the_event_from_being_handled(database):
    event_id = _announced()

    def errand(payload: Mapping[str, Any]) -> None:
        raise ConnectionError("gateway")

    with pytest.raises(ConnectionError):
        outbox.deliver(event_id, HANDLERS, {"happened": errand})
    assert _effects() == 0
    assert _row(event_id).error == "ConnectionError: gateway"


def test_a_slow_worker_that_lost_its_lease_does_nothing_when_another_was_faster(database):
    event_id, begun, go_on = _announced(), threading.Event(), threading.Event()

    def slow_errand(payload: Mapping[str, Any]) -> None:
        begun.set()
        assert go_on.wait(20)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(outbox.deliver, event_id, HANDLERS, {"happened": slow_errand})
        assert begun.wait(20)
        assert not outbox.deliver(event_id, HANDLERS), "leased elsewhere"
        _end_lease(event_id)
        assert outbox.deliver(event_id, HANDLERS)
        go_on.set()
        assert not slow.result(20)
    assert _effects() == 1


DYING = """
import sys, time
from zero_work_market.ground import db, outbox
from tests.zero_work_market.ground.test_outbox import happen

def hang(session, payload):
    happen(session, payload)
    print("in", flush=True)
    time.sleep(600)

db.connect(sys.argv[1])
outbox.deliver(int(sys.argv[2]), {"happened": hang})
"""


def test_a_worker_killed_while_it_handles_leaves_the_event_to_the_next(database, database_url):
    event_id = _announced()
    with subprocess.Popen([sys.executable, "-c", DYING, database_url, str(event_id)], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"in\n"
        worker.kill()
    assert _effects() == 0
    assert not outbox.deliver(event_id, HANDLERS), "the dead one's lease still runs"
    assert _due(LEASE) == [event_id]
    _end_lease(event_id)
    assert outbox.deliver(event_id, HANDLERS)
    assert _effects() == 1
    assert _row(event_id).attempts == 2


def test_events_are_due_in_the_order_of_their_announcement(database):
    ids = [_announced(thing) for thing in range(5)]
    assert _due() == ids
    with transaction(read_only=True) as session:
        assert outbox.due(session, at=clock.now(), limit=2) == ids[:2]


def test_pruning_forgets_what_was_done_long_ago_and_nothing_that_waits(database):
    done, waiting = _announced(1), _announced(2)
    outbox.deliver(done, HANDLERS)
    with transaction() as session:
        assert outbox.prune(session, at=clock.now() + KEPT - timedelta(minutes=1)) == 0
        assert outbox.prune(session, at=clock.now() + KEPT + timedelta(minutes=1)) == 1
    assert _due() == [waiting]
