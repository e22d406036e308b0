"""A new key for personal data."""

import os

import click

from web import wiring
from zero_work_market.ground import db
from zero_work_market.ground.sealed import reseal_all, sealed_rows
from zero_work_market.ground.settings import add_data_key, settings

OURS = """\
A new key, {name}, was put into {home}/keys.json. Processes that run take it up by themselves.
Older keys stay there, because backups from before need them: keep the file with your backups."""

THEIRS = """\
The keys come from LEYE_DATA_KEYS, so this seals everything with the first of them, {name}. To change it:
  1. add a new key as the last of the list and start every process again, so that all can read it;
  2. move it to the front and start every process again, so that all write with it;
  3. run this again, and keep the older keys for as long as you keep backups from before."""


@click.command("rotate-keys")
def command() -> None:
    """Put a new key in use for personal data.

    Everything under an older one is sealed again. The site may run meanwhile; interrupted, it can be run again. The
    look-up key stays as it is: with another, nobody would be found.
    """
    theirs = "LEYE_DATA_KEYS" in os.environ
    chosen = wiring.connect()
    if not theirs:
        add_data_key(chosen.home)
        settings.cache_clear()
    name = settings().data_keys[0][0]
    with db.transaction(read_only=True) as session:
        total = sealed_rows(session)
    with click.progressbar(length=total, label="Sealing", show_pos=True) as bar:
        for rows in reseal_all():
            bar.update(rows)
    click.echo((THEIRS if theirs else OURS).format(name=name, home=chosen.home))
