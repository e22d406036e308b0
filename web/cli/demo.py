"""Everything for a first look, in one command."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from web import migrations, wiring
from web.cli import require
from web.cli.seed import fill, is_empty
from zero_work_market.ground import db
from zero_work_market.ground.settings import Settings


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=20_000, show_default=True, type=click.IntRange(1), help="How many workers to make.")
@click.option("--employers", default=300, show_default=True, type=click.IntRange(1), help="How many employers.")
@click.option("--postings", default=400, show_default=True, type=click.IntRange(1), help="How many postings.")
@click.option("--make-only", is_flag=True, help="Make it, and don't serve it.")
def command(port: int, workers: int, employers: int, postings: int, make_only: bool) -> None:
    """Make a made-up county and serve it.

    Says where to look and how to log in as each of its three users. The county is made once; nothing leaves the
    machine, and the messages to phones are shown on a page.
    """
    require.free("127.0.0.1", port)
    os.environ["LEYE_DEMO"] = "1"
    chosen = wiring.connect()
    migrations.upgrade(chosen.database_url)
    if is_empty():
        click.echo(f"Making a county of {workers:,} workers in {chosen.home}, once:")
        _make_county(chosen, workers, employers, postings)
    if make_only:
        return
    os.execv(sys.executable, [sys.executable, "-m", "web.cli", "serve", "--port", str(port)])


def _make_county(chosen: Settings, workers: int, employers: int, postings: int) -> None:
    """On SQLite it is made beside and moved into place when whole, so that an interrupted one is begun anew."""
    path = chosen.home / "leye.sqlite3"
    if chosen.database_url != f"sqlite:///{path}":
        _keep_logins(chosen, workers, employers, postings)
        return
    draft = chosen.home / "seeding.sqlite3"
    _remove(draft)
    migrations.upgrade(f"sqlite:///{draft}")
    engine = db.connect(f"sqlite:///{draft}")
    _keep_logins(chosen, workers, employers, postings)
    engine.dispose()
    _remove(path)
    draft.replace(path)


def _keep_logins(chosen: Settings, workers: int, employers: int, postings: int) -> None:
    logins = fill(workers, employers, postings)
    (chosen.home / "demo.json").write_text(json.dumps(asdict(logins), indent=1))


def _remove(database: Path) -> None:
    for end in ("", "-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
