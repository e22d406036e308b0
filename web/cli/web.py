"""The site's web processes."""

from threading import Thread

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from web.app import create_app
from web.cli.supervisor import become_parent, die_with_parent
from zero_work_market.reference.job_titles.queries import reader

THREADS = 16
PATIENCE_S = 5


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1), help="How many; each has threads.")
def command(host: str, port: int, processes: int) -> None:
    """Serve the pages and the API alone. `leye serve` runs this beside worker and beat."""
    die_with_parent()
    become_parent()
    Granian(
        "web.cli.web:site",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        workers_kill_timeout=PATIENCE_S,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.error,
        factory=True,
    ).serve()


def site() -> Flask:
    """The application of one web process."""
    die_with_parent()
    Thread(target=reader, name="job-titles", daemon=True).start()  # a second's work that no visitor need wait for
    return create_app()
