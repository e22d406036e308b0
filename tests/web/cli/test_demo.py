import json
import os
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from web import migrations, wiring
from web.cli import demo, seed
from web.cli.seeding import history
from web.cli.welcome import welcome
from zero_work_market.ground import db
from zero_work_market.ground.settings import Settings, settings
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.hours.models import Hours, HoursClaim

WORKERS = 12
SIZES = (WORKERS, 2, 2)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name in [name for name in os.environ if name.startswith("LEYE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LEYE_HOME", str(tmp_path))
    monkeypatch.setenv("LEYE_DEMO", "1")
    settings.cache_clear()
    chosen = wiring.connect()
    migrations.upgrade(chosen.database_url)
    yield chosen
    monkeypatch.undo()
    settings.cache_clear()


def _workers(chosen: Settings) -> int:
    db.connect(chosen.database_url)
    with db.transaction(read_only=True) as session:
        return session.scalar(select(func.count()).select_from(Worker)) or 0


def _interrupted(*sizes: int) -> seed.Logins:
    seed.fill(*sizes)
    raise KeyboardInterrupt


def test_a_county_whose_making_was_interrupted_is_made_anew_and_whole(home, monkeypatch):
    monkeypatch.setattr(demo, "fill", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo._make_county(home, *SIZES)
    assert _workers(home) == 0
    assert seed.is_empty()
    monkeypatch.setattr(demo, "fill", seed.fill)
    demo._make_county(home, *SIZES)
    assert _workers(home) == WORKERS
    assert not seed.is_empty()
    assert not (home.home / "seeding.sqlite3").exists()


def test_hours_of_days_with_a_break_are_without_it(home, monkeypatch):
    monkeypatch.setattr(history, "SHIFTS", ((time(8), 8, 60, 1),))
    seed.fill(60, 2, 6)
    with db.transaction(read_only=True) as session:
        said = select(HoursClaim.minutes).join(Hours).join(Placement).join(Posting).where(Posting.channel == "")
        breaks = session.scalars(select(Posting.break_minutes).where(Posting.channel == "").distinct()).all()
        assert breaks == [60]
        assert set(session.scalars(said.where(HoursClaim.side == "employer"))) == {480}


def test_it_is_said_where_to_look_and_how_to_log_in_as_each_of_its_users(home):
    demo._make_county(home, *SIZES)
    logins = json.loads((home.home / "demo.json").read_text())
    said = welcome(home, "http://127.0.0.1:8123")
    assert "http://127.0.0.1:8123" in said.splitlines()[0]
    assert all(value in said for value in logins.values())
    assert "http://127.0.0.1:8123/demo/messages" in said
