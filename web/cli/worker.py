"""A process that handles events."""

import warnings

import click

from web import wiring
from web.cli.supervisor import die_with_parent
from web.tasks.app import QUEUES, app


@click.command("worker")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1), help="How many tasks at once.")
@click.option("--queue", "queues", multiple=True, type=click.Choice(QUEUES), help="Only this one; may be repeated.")
def command(threads: int, queues: tuple[str, ...]) -> None:
    """Handle events and beat's requests. Start as many as the machine has cores to spare.

    Each keeps a matching engine of its own, which its threads share.
    """
    die_with_parent()
    wiring.start()
    # Celery means pickled messages; ours are JSON.
    warnings.filterwarnings("ignore", "You're running the worker with superuser privileges")
    app.Worker(
        pool="threads",
        concurrency=threads,
        queues=queues or QUEUES,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    ).start()
