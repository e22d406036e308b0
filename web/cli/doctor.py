"""Is everything there that the site needs?"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable

import click
from redis import Redis

from web import migrations, wiring
from web.tasks.senders import NoSender, choose
from zero_work_market.ground import clock, db, heartbeat, outbox
from zero_work_market.ground.settings import Settings
from zero_work_market.market.reader import queries as reader
from zero_work_market.reference.calendar import queries as calendar
from zero_work_market.reference.job_titles import queries as job_titles
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.occupations import queries as occupations
from zero_work_market.reference.places import queries as places
from zero_work_market.reference.regions import queries as regions

LEAST_FREE_BYTES = 1 << 30
LONGEST_SILENCE_S = 60

Check = Callable[[Settings], Iterable[str]]
"""What is wrong, a line each; nothing when all is well."""


@click.command("doctor")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check everything that the site needs.

    Settings, keys, database, queue, tasks, reference data, messages and disk; says what to do. Exit 1 on a problem.
    """
    chosen = wiring.connect()
    click.echo(f"✓ settings: home {chosen.home}")
    problems = [problem for name, check in CHECKS.items() for problem in _told(name, check, chosen)]
    ctx.exit(1 if problems else 0)


def _told(name: str, check: Check, chosen: Settings) -> list[str]:
    try:
        problems = list(check(chosen))
    except Exception as error:
        reason = str(getattr(error, "orig", None) or error)
        problems = [f"{type(error).__name__}: {' '.join(reason.split())}"]
    for problem in problems:
        click.echo(f"✗ {name}: {problem}")
    if not problems:
        click.echo(f"✓ {name}")
    return problems


def _keys(chosen: Settings) -> Iterable[str]:
    path = chosen.home / "keys.json"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield f"{path} can be read by others (mode {mode:o}): chmod 600 it"


def _database(chosen: Settings) -> Iterable[str]:
    at, heads = migrations.current(chosen.database_url), migrations.heads()
    if len(heads) != 1:
        yield f"this code has {len(heads)} newest migrations ({', '.join(heads)}), not one"
    if at not in heads:
        yield f"it is at {at or 'no tables yet'}, this code at {', '.join(heads)}: run leye migrate"


def _queue(chosen: Settings) -> Iterable[str]:
    if chosen.redis_url is None:
        if not os.access(chosen.home, os.W_OK):
            yield f"{chosen.home} can't be written to"
        return
    with Redis.from_url(chosen.redis_url, socket_timeout=2, socket_connect_timeout=2) as redis:
        redis.ping()


def _tasks(chosen: Settings) -> Iterable[str]:
    with db.transaction(read_only=True) as session:
        last, failing = heartbeat.last(session), outbox.failing(session)
    if last is not None and (clock.now() - last).total_seconds() > LONGEST_SILENCE_S:
        yield f"none has run since {clock.local(last):%Y-%m-%d %H:%M:%S}: are worker and beat running?"
    for kind, error in failing.items():
        yield f"{kind} waits to be tried again: {error}"


def _reference(chosen: Settings) -> Iterable[str]:
    for table in (regions, places, occupations, job_titles, calendar, law, reader):
        yield from table.check()


def _messages(chosen: Settings) -> Iterable[str]:
    if isinstance(choose(chosen), NoSender):
        yield "there is no way to send one: set LEYE_SMS_GATEWAY_URL"


def _disk(chosen: Settings) -> Iterable[str]:
    free = shutil.disk_usage(chosen.home).free
    if free < LEAST_FREE_BYTES:
        yield f"only {free >> 20} MB are free at {chosen.home}"


CHECKS: dict[str, Check] = {
    "keys": _keys,
    "database": _database,
    "queue": _queue,
    "tasks": _tasks,
    "reference data": _reference,
    "messages": _messages,
    "disk": _disk,
}
