"""An engine begun from a saved folder ranks as one read whole from the database, or the folder isn't used."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from tests.support.busy_market import BRANDS, BusyMarket, today
from tests.support.makers import make_worker
from tests.support.market import PACKER, make_posting, shift
from tests.support.repository import ROOT
from zero_work_market.ground import changes, clock, db, snapshots
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.market.engine import service
from zero_work_market.market.engine.queries import LiveEngine, catch_up, loaded
from zero_work_market.market.shortlists.queries import ranked_postings
from zero_work_market.people.workers import service as workers

START = """
import sys
from zero_work_market.ground import clock, db, snapshots
from zero_work_market.market.engine import service
from zero_work_market.market.postings.queries import posting
from zero_work_market.market.shortlists.queries import shortlist
from web.wiring import import_models, set_up_logging
import_models()
set_up_logging()
db.connect(sys.argv[1])
service._this_code = lambda: sys.argv[2]  # the files may be edited between the start of the tests and now
"""
SAVES_AND_HANGS = """
def hang(path):
    print("half written", flush=True)
    threading.Event().wait()
import threading
snapshots._flush = hang
service.save(clock.local_date(clock.now()))
"""
ANSWERS_FROM_THE_FOLDER = """
def refuse(session, day):
    raise AssertionError("read from the database")
service.loaded = refuse
while line := sys.stdin.readline():
    with db.transaction(read_only=True) as session:
        print(*[place.worker_id for place in shortlist(posting(session, int(line))).places], flush=True)
"""


@pytest.fixture(autouse=True)
def _no_folder_of_another_test(database: Engine) -> Iterator[None]:
    yield
    shutil.rmtree(service._home(), ignore_errors=True)


def tomorrow() -> tuple[datetime, datetime]:
    return shift(now=clock.now())


def folders() -> list[str]:
    return snapshots.names(service._home())


def from_folder(day: date | None = None) -> LiveEngine | None:
    """What a process begins with that starts now; None when it has to read the database."""
    with transaction(read_only=True) as session:
        live = service._opened(session, day or today())
        if live is not None:
            catch_up(session, live)
        return live


def why_not_used() -> str:
    with capture_logs() as logs:
        assert from_folder() is None
    (told,) = [line for line in logs if line["event"] == "engine_folder_not_used"]
    return str(told["reason"])


def a_packer() -> int:
    with transaction() as session:
        return make_worker(session, skills=[PACKER]).id


def a_posting() -> int:
    with transaction() as session:
        return make_posting(session, at=clock.now(), shifts=(tomorrow(),)).id


@pytest.mark.parametrize("seed", range(4))
def test_folder_and_feed_give_the_lists_of_an_engine_read_whole(database: Engine, seed: int) -> None:
    market = BusyMarket(seed)
    for _ in range(4):
        service.save(today())
        for _ in range(25):
            market.change()
        begun = from_folder()
        with transaction(read_only=True) as session:
            whole = loaded(session, today())
        assert begun is not None
        assert market.lists(begun) == market.lists(whole)
        assert any(ranking for (ranking,) in market.lists(whole).values())  # type: ignore[misc]


def test_a_brand_first_seen_after_the_save_is_not_taken_for_another(database: Engine) -> None:
    with transaction() as session:
        one = make_worker(session, skills=[PACKER], brands=[BRANDS[0]]).id
    service.save(today())
    with transaction() as session:
        other = make_worker(session, skills=[PACKER], brands=[BRANDS[1]]).id
        posting_id = make_posting(session, at=clock.now(), shifts=(tomorrow(),), brands=(BRANDS[0],)).id
    begun = from_folder()
    assert begun is not None
    parts = {id: begun.engine.explain(id, posting_id).parts["brand"] for id in (one, other)}
    assert parts == {one: 1, other: 0}


@pytest.mark.parametrize("committed", ["before", "after"])
def test_what_is_open_while_the_engine_is_saved_is_seen_once_it_commits(postgresql_url: str, committed: str) -> None:
    """On PostgreSQL, where a change of a lower number may commit after one that the folder has."""
    engine = db.connect(postgresql_url)
    posting_id = a_posting()
    with transaction() as late:
        slow = make_worker(late, skills=[PACKER]).id
        quick = a_packer()
        service.save(today())
        begun = from_folder()
        assert begun is not None
        assert begun.engine.workers_for(posting_id).ids.tolist() == [quick]
        if committed == "before":
            late.commit()
            begun = from_folder()
    with transaction(read_only=True) as session:
        assert begun is not None
        catch_up(session, begun)
    assert begun.engine.workers_for(posting_id).ids.tolist() == [slow, quick]
    engine.dispose()


def test_another_process_starts_from_the_folder_and_sees_what_was_committed_after(
    database: Engine, database_url: str
) -> None:
    posting_id, first = a_posting(), a_packer()
    service.save(today())
    second = a_packer()
    with _python(ANSWERS_FROM_THE_FOLDER, database_url) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask() -> list[int]:
            process.stdin.write(f"{posting_id}\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            return [int(id) for id in process.stdout.readline().split()]  # type: ignore[union-attr]

        assert ask() == [first, second]
        third = a_packer()
        assert ask() == [first, second, third]
        process.stdin.close()


def test_a_writer_killed_half_way_leaves_the_folder_before_and_no_rest(database: Engine, database_url: str) -> None:
    posting_id, first = a_posting(), a_packer()
    service.save(today())
    (before,) = folders()
    second = a_packer()
    with _python(SAVES_AND_HANGS, database_url) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half written\n"
        service.save(today())
        assert folders() == [before], "two wrote at once"
        process.send_signal(signal.SIGKILL)
    begun = from_folder()
    assert begun is not None
    assert begun.engine.workers_for(posting_id).ids.tolist() == [first, second]
    assert folders() == [before]
    service.save(today())
    (after,) = folders()
    assert sorted(path.name for path in service._home().iterdir()) == sorted([after, "lock"])
    assert after != before


def test_half_a_folder_is_not_looked_at(database: Engine) -> None:
    a_packer()

    def die(folder: Path) -> None:
        (folder / "columns").write_text("half")
        raise KeyboardInterrupt

    service._home().mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        snapshots.put(service._home(), f"{today()}.1", die)
    assert folders() == []
    assert from_folder() is None


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)


@pytest.mark.parametrize("spoil", [_cut, _flip, Path.unlink], ids=["cut short", "a bit flipped", "missing"])
def test_a_damaged_folder_is_not_used(database: Engine, spoil: Callable[[Path], None]) -> None:
    a_packer()
    service.save(today())
    folder = service._home() / folders()[0]
    for name in json.loads((folder / snapshots.SUMS).read_text()):
        held = (folder / name).read_bytes()
        if held:
            spoil(folder / name)
            assert Path(name).name in why_not_used()
            (folder / name).write_bytes(held)
    assert from_folder() is not None


def test_a_folder_of_another_day_is_not_used(database: Engine) -> None:
    a_packer()
    service.save(today() + timedelta(days=1))
    assert why_not_used() == f"made for {today() + timedelta(days=1)}"
    assert from_folder(today() + timedelta(days=1)) is not None


def test_a_folder_of_other_code_is_not_used(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    a_packer()
    service.save(today())
    monkeypatch.setattr(service, "_this_code", lambda: "newer")
    assert why_not_used() == "made by another version"


def test_a_folder_too_old_for_the_feed_is_not_used(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    a_packer()
    service.save(today())
    monkeypatch.setattr(changes, "KEPT", timedelta(0))
    assert "too long ago" in why_not_used()


def test_a_folder_of_the_database_that_was_here_before_is_not_used(sqlite_url: str, migrated_sqlite: Path) -> None:
    """Seeded again, or put back from a backup: the same address, and changes numbered as before."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    for round in range(2):
        db.connect(sqlite_url)
        posting_id, packer = a_posting(), a_packer()
        if round == 1:
            assert why_not_used() == "made of another database"
            with service.live_engine() as live:
                assert live.engine.workers_for(posting_id).ids.tolist() == [packer]
            return
        with transaction() as session:
            workers.pause(session, worker_id=packer, by=SYSTEM, at=clock.now())
        service.save(today())
        db.engine().dispose()
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        shutil.copy(migrated_sqlite, path)


def test_a_folder_is_not_used_with_a_database_restored_from_a_dump(postgresql_url: str) -> None:
    """It has the mark but counts its transactions anew: changes after the cursor would pass unseen."""
    db.connect(postgresql_url)
    a_packer()
    service.save(today())
    assert from_folder() is not None
    with transaction() as session:
        session.execute(text("UPDATE changes SET row_id = row_id"))  # each row is now another transaction's
    assert why_not_used() == "made of another database"


def test_a_folder_that_is_replaced_while_it_is_read_gives_way_to_the_new_one(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    posting_id, first = a_posting(), a_packer()
    service.save(today())
    check, second = snapshots.check, []

    def replaced_meanwhile(folder: Path) -> None:
        if not second:
            second.append(a_packer())
            service.save(today())
        check(folder)

    monkeypatch.setattr(snapshots, "check", replaced_meanwhile)
    with capture_logs() as logs:
        begun = from_folder()
    assert begun is not None
    assert begun.engine.workers_for(posting_id).ids.tolist() == [first, *second]
    assert logs == []


def test_an_engine_from_a_folder_goes_on_after_the_folder_is_gone(database: Engine) -> None:
    posting_id, first = a_posting(), a_packer()
    service.save(today())
    begun = from_folder()
    assert begun is not None
    service.save(today())
    second = a_packer()
    with transaction() as session:
        workers.pause(session, worker_id=first, by=SYSTEM, at=clock.now())
    with transaction(read_only=True) as session:
        catch_up(session, begun)
    assert begun.engine.workers_for(posting_id).ids.tolist() == [second]


def test_only_the_last_folder_of_a_day_is_kept(database: Engine) -> None:
    a_packer()
    for _ in range(3):
        service.save(today())
    assert [name[:10] for name in folders()] == [str(today())]


@pytest.mark.parametrize(("hour", "ahead"), [(12, 0), (22, 0), (23, 1)])
def test_in_the_last_hour_the_next_days_engine_is_saved_and_this_days_kept(
    database: Engine, monkeypatch: pytest.MonkeyPatch, hour: int, ahead: int
) -> None:
    a_packer()
    day = today()
    moment = clock.day_bounds(day)[0] + timedelta(hours=hour, minutes=30)
    monkeypatch.setattr(clock, "now", lambda: moment)
    service.save(day)
    with service.live_engine() as live:
        assert live.today == day
        service.save_ahead()
    assert {name[:10] for name in folders()} == {str(day), str(day + timedelta(days=ahead))}
    with service.live_engine() as again:
        assert again is live, "the next day's engine took the place of today's"


def test_at_midnight_the_ring_turns(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        worker_id = make_worker(session, skills=[PACKER]).id
        on_last_day = make_posting(session, at=clock.now(), shifts=(shift(15, now=clock.now()),)).id
        off = today() + timedelta(days=16)
        workers.add_day_off(session, worker_id=worker_id, day=off, by=SYSTEM, at=clock.now())
    assert [id for id, _ in ranked_postings(worker_id)] == [on_last_day]
    service.save(today() + timedelta(days=1))
    moment = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    with transaction() as session:
        make_posting(session, at=moment, shifts=(shift(15, now=moment),))
    assert [id for id, _ in ranked_postings(worker_id)] == [on_last_day]


def test_an_engine_that_took_long_to_read_is_saved_beside(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    a_packer()
    monkeypatch.setattr(service, "WORTH_SAVING_S", -1.0)
    with service.live_engine():
        pass
    for thread in threading.enumerate():
        if thread.name == "engine-saver":
            thread.join(60)
    assert from_folder() is not None


def _python(program: str, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START + program, url, service._this_code()]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
