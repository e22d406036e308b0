import logging
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

import zero_work_market
from tests.support.waiting import until
from web import wiring
from zero_work_market.ground import clock, messages
from zero_work_market.ground.db import Base, connect, transaction
from zero_work_market.ground.settings import settings


@pytest.fixture
def woken(database) -> Iterator[Path]:
    """The folder of wake-ups of this process, started as the site's processes are."""
    wiring.start()
    connect(database.url.render_as_string(hide_password=False))
    folder = settings().home / "queue"
    folder.mkdir(exist_ok=True)
    for message in folder.iterdir():
        message.unlink()
    return folder


def _queue_message(session) -> None:
    messages.queue(session, phone="13800000000", body="你好", purpose="test", at=clock.now())


def test_every_module_of_tables_is_known():
    wiring.import_models()
    modules = {table.rpartition(".")[0] for table in (mapper.class_.__module__ for mapper in Base.registry.mappers)}
    found = [module.name for module in pkgutil.walk_packages(zero_work_market.__path__, "zero_work_market.")]
    rooms = {name.rpartition(".")[0] for name in found if name.endswith(".models")}
    assert rooms
    assert rooms <= modules
    assert {"audit_rows", "changes", "outbox", "messages", "done_requests", "heartbeats"} <= set(Base.metadata.tables)


def test_a_commit_wakes_the_workers(woken):
    with transaction() as session:
        _queue_message(session)
        assert list(woken.iterdir()) == []
    until(lambda: len(list(woken.glob("*.events.msg"))) == 1)


def test_a_savepoint_wakes_nobody_before_the_commit(woken):
    with transaction() as session:
        with session.begin_nested():
            _queue_message(session)
        assert session.info["announced"]
    assert "announced" not in session.info
    until(lambda: len(list(woken.glob("*.events.msg"))) == 1)


def test_logs_are_json_with_the_traceback_and_without_the_values_of_variables(capsys):
    wiring.set_up_logging()
    code = "6" * 6

    def fail() -> None:
        secret = code
        raise LookupError(len(secret))

    try:
        fail()
    except LookupError:
        structlog.get_logger("test").exception("failed", event_id=7)
        logging.getLogger("library").info("hello")
    told = capsys.readouterr().err
    assert '"event_id": 7' in told
    assert "LookupError: 6" in told
    assert '"event": "hello"' in told
    assert code not in told
