"""Bring the database to this version's tables."""

import click

from web import migrations
from zero_work_market.ground.settings import settings


@click.command("migrate")
def command() -> None:
    """Bring the database to this version's tables.

    Does nothing when it has them. Make a backup first.
    """
    url = settings().database_url
    before = migrations.current(url)
    migrations.upgrade(url)
    after = migrations.current(url)
    click.echo(f"The database is at {after}." if before == after else f"The database went from {before} to {after}.")
