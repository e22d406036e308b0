"""This process's engine: begun from the folder last saved and brought up to date from the change feed before every use.

A saved folder is an engine's columns and, beside them, what must go on from there: the day, the cursor into the feed,
the numbers of the brand codes, and a mark in the feed made after all that the columns hold was committed. It is used
only if it is whole, for the same day, made by this very code, and the database has the mark; else everything is read
from the database.
"""

import copy
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

import matching
import zero_work_market
from matching import Engine
from zero_work_market.ground import changes, clock, db, snapshots
from zero_work_market.ground.settings import settings
from zero_work_market.market.columns.queries import Brands
from zero_work_market.market.engine.queries import LiveEngine, catch_up, loaded

AHEAD = timedelta(hours=1)
"""So long before midnight the next day's engine is what is saved."""
WORTH_SAVING_S = 1.0
"""An engine that took longer to read from the database is saved at once, for the processes that start next."""
COLUMNS, ABOUT = "columns", "about.json"

log = structlog.get_logger(__name__)
_lives: WeakKeyDictionary[Database, LiveEngine] = WeakKeyDictionary()
_lock = threading.RLock()


@contextmanager
def live_engine() -> Iterator[LiveEngine]:
    """This process's engine with every change committed by now, by whichever process; nobody changes it in the block.

    It reads in a transaction of its own, so that what the caller has not committed is not taken in.
    """
    with _lock:
        yield _own(clock.local_date(clock.now()))


def save_ahead() -> None:
    """Save the engine for the processes that start next; in the hour before midnight, the next day's."""
    save(clock.local_date(clock.now() + AHEAD))


def save(day: date) -> None:
    """Save an engine of `day`; nothing happens if another process is at it. In transactions of its own.

    Queries go on meanwhile, so the columns may be newer than the cursor: what they already hold is taken once more.
    """
    home, today = _home(), clock.local_date(clock.now())
    with snapshots.alone(home) as alone:
        if not alone:
            return
        with _lock:
            live = _own(day) if day == today else _begun(day)
            cursor = copy.deepcopy(live.cursor)
        name = f"{day}.{time.time_ns()}"
        snapshots.put(home, name, lambda folder: _write(folder, live, cursor))
        snapshots.clear(home, unless=lambda other: other == name or str(today) <= other[:10] != str(day))


def _own(today: date) -> LiveEngine:
    live = _lives.pop(db.engine(), None)
    if live is None or live.cursor.too_old or live.today != today:
        live = _begun(today)
    else:
        with db.transaction(read_only=True) as session:
            catch_up(session, live)
    _lives[db.engine()] = live  # only when whole: one that failed half way is begun anew
    return live


def _begun(day: date) -> LiveEngine:
    with db.transaction(read_only=True) as session:
        live = _opened(session, day)
        if live is not None:
            catch_up(session, live)
            return live
        begin = time.perf_counter()
        live = loaded(session, day)
    seconds = time.perf_counter() - begin
    if seconds > WORTH_SAVING_S:
        log.info("engine_read_from_database", seconds=round(seconds, 1))
        threading.Thread(target=_save_beside, args=(day,), name="engine-saver", daemon=True).start()
    return live


def _save_beside(day: date) -> None:
    try:
        save(day)
    except Exception:
        log.exception("engine_not_saved")


def _write(folder: Path, live: LiveEngine, cursor: changes.Cursor) -> None:
    live.engine.save(folder / COLUMNS)
    with _lock:
        brands = list(live.brands)  # after the columns, so that every number in them has its code
    with db.transaction() as session:
        mark = changes.mark(session)
    about = {
        "made_by": _this_code(),
        "day": live.today.isoformat(),
        "mark": [mark.change_id, mark.number],
        "cursor": vars(cursor) | {"taken": sorted(cursor.taken), "looked_at": cursor.looked_at.isoformat()},
        "brands": brands,
    }
    (folder / ABOUT).write_text(json.dumps(about))


def _opened(session: Session, day: date) -> LiveEngine | None:
    """The engine of a saved folder as it was saved; None if there is none to be used."""
    home, refused = _home(), set[str]()
    while names := [name for name in snapshots.names(home) if name not in refused]:
        name = max(names, key=lambda name: (name.startswith(str(day)), name))
        try:
            return _read(session, home / name, day)
        except (OSError, LookupError, TypeError, ValueError) as error:
            refused.add(name)
            if (home / name).exists():  # else another process has just put a newer one in its place
                log.warning("engine_folder_not_used", folder=str(home / name), reason=str(error))
    return None


def _read(session: Session, folder: Path, day: date) -> LiveEngine:
    """Raises ValueError, or whatever a damaged folder leads to, if it isn't one to be used."""
    snapshots.check(folder)
    about: dict[str, Any] = json.loads((folder / ABOUT).read_text())
    if about["made_by"] != _this_code():
        raise ValueError("made by another version")
    if about["day"] != day.isoformat():
        raise ValueError(f"made for {about['day']}")
    if not changes.has(session, changes.Mark(*about["mark"])):
        raise ValueError("made of another database")
    kept = about["cursor"]
    moment, taken = datetime.fromisoformat(kept["looked_at"]), set(kept["taken"])
    cursor = changes.Cursor(last_id=kept["last_id"], xmin=kept["xmin"], taken=taken, looked_at=moment)
    if cursor.too_old:
        raise ValueError(f"made at {moment}, too long ago")
    brands = Brands({code: number for number, code in enumerate(about["brands"])})
    return LiveEngine(Engine.load(folder / COLUMNS), cursor, day, brands)


def _home() -> Path:
    """Where this database's engines are kept; not to be relied on for which database it is."""
    url = db.engine().url.render_as_string(hide_password=True)
    return settings().home / "engine" / hashlib.sha256(url.encode()).hexdigest()[:16]


@cache
def _this_code() -> str:
    """A digest of all the code and reference data that the columns follow from."""
    digest = hashlib.sha256()
    for house in (matching, zero_work_market):
        root = Path(house.__path__[0])
        for path in sorted(path for path in root.rglob("*.*") if path.suffix != ".pyc" and path.is_file()):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
