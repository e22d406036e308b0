"""The process that asks for what is done at its times."""

import click

from web.cli.supervisor import die_with_parent
from web.tasks.app import app


@click.command("beat")
def command() -> None:
    """Ask the workers for what is due.

    Events that wait, postings whose time is over, clearing up. Run one of it.
    """
    die_with_parent()
    app.conf.include = ()  # It knows the tasks by name: what they need stays out of this process.
    app.Beat(quiet=True, loglevel="WARNING").run()
