"""A made-up county in an empty database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import select

from web import wiring
from web.cli import require
from web.cli.seeding import Logins, Progress, seed
from zero_work_market.ground import clock, db
from zero_work_market.people.accounts.models import Account


@click.command("seed")
@click.option("--workers", default=20_000, show_default=True, type=click.IntRange(1), help="How many workers.")
@click.option("--employers", default=300, show_default=True, type=click.IntRange(1), help="How many employers.")
@click.option("--postings", default=400, show_default=True, type=click.IntRange(1), help="How many postings.")
@click.option("--seed", "number", default=1, show_default=True, help="The same number makes the same county.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="What counts as today. [default: today]")
def command(workers: int, employers: int, postings: int, number: int, on: datetime | None) -> None:
    """Fill an empty database with a made-up county. For trying things out: everybody in it is synthetic."""
    require.newest_tables(wiring.connect().database_url)
    if not is_empty():
        raise click.ClickException("The database already holds somebody: a made-up county goes into an empty one.")
    logins = fill(workers, employers, postings, number, on.date() if on else None)
    click.echo(f"Made. Worker {logins.worker_phone}, employer {logins.employer_phone}, staff {logins.staff_name}.")


def is_empty() -> bool:
    """True when nobody has an account in this process's database."""
    with db.transaction(read_only=True) as session:
        return session.scalar(select(Account.id).limit(1)) is None


def fill(
    workers: int = 20_000, employers: int = 300, postings: int = 400, number: int = 1, on: date | None = None
) -> Logins:
    """Make the county in this process's database, showing how far it is."""
    on = on or clock.local_date(clock.now())
    with progress_bars() as progress:
        return seed(workers=workers, employers=employers, postings=postings, seed=number, on=on, progress=progress)


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A bar for each thing that is made, one after the other."""
    bar: Any = None

    def progress(what: str, done: int, total: int) -> None:
        nonlocal bar
        label = f"{what:<12}"
        if bar is None or bar.label != label:
            shown.close()
            bar = shown.enter_context(click.progressbar(length=total, label=label, show_pos=True))
        bar.update(done - bar.pos)

    with ExitStack() as shown:
        yield progress
