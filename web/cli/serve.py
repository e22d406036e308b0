"""Web, worker and beat under one supervisor."""

import os
import shutil
import sys
import threading
import time
import urllib.request

import click

from web.cli import require
from web.cli.supervisor import supervise
from web.cli.welcome import welcome
from zero_work_market.ground.settings import Settings, settings


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--processes", type=click.IntRange(1), help="Web processes. [default: 1 on SQLite, else one a core]")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Task worker processes.")
def command(host: str, port: int, processes: int | None, workers: int) -> None:
    """Serve the site: web, task workers and beat.

    Each is started again when it dies, and all end together.
    """
    require.free(host, port)
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
    os.environ.setdefault("LEYE_PUBLIC_URL", url)
    chosen = settings()
    require.newest_tables(chosen.database_url)
    shutil.rmtree(chosen.home / "queue", ignore_errors=True)
    if processes is None:
        processes = 1 if chosen.database_url.startswith("sqlite") else os.cpu_count() or 1
    leye = [sys.executable, "-m", "web.cli"]
    commands = {"web": [*leye, "web", "--host", host, "--port", str(port), "--processes", str(processes)]}
    commands |= {f"worker {number}": [*leye, "worker"] for number in range(1, workers + 1)}
    commands["beat"] = [*leye, "beat"]
    threading.Thread(target=_tell_when_up, args=(chosen, url), daemon=True).start()
    supervise(commands)


def _tell_when_up(chosen: Settings, url: str) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            click.echo(welcome(chosen, url))
            return
