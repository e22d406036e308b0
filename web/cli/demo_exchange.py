"""Two made-up sites that exchange with each other: Jining's, and that of its partner 万州."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click
import pyotp

from web.cli import require
from web.cli.supervisor import supervise
from zero_work_market.ground import clock
from zero_work_market.ground.settings import settings

LEYE = [sys.executable, "-m", "web.cli"]
SIZE = ("--employers", "60", "--postings", "90")
YEARS = timedelta(days=730)


@dataclass(frozen=True)
class Side:
    """One of the two sites."""

    name: str
    region: str
    source: str
    home: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        told = {"LEYE_HOME": str(self.home), "LEYE_REGION": self.region, "LEYE_PUBLIC_URL": self.url, "LEYE_DEMO": "1"}
        return {name: value for name, value in os.environ.items() if not name.startswith("LEYE_")} | told

    def run(self, *arguments: str) -> None:
        subprocess.run([*LEYE, *arguments], env=self.variables, check=True)

    def said(self, *arguments: str) -> str:
        return subprocess.run(
            [*LEYE, *arguments], env=self.variables, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def logins(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.home / "demo.json").read_text())
        return found


@click.command("demo-exchange")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65534), help="Jining's; next: 万州's.")
@click.option("--workers", default=2_000, show_default=True, type=click.IntRange(1), help="How many in each.")
def command(port: int, workers: int) -> None:
    """Serve two made-up sites that exchange with each other.

    Jining's and 万州's, each with a home, a database and keys of its own in LEYE_HOME. They are made once. Nothing
    leaves the machine.
    """
    home = settings().home
    sides = (
        Side("济宁", "370800", "济宁市人社局", home / "jining", port),
        Side("万州", "500101", "万州区人社局", home / "wanzhou", port + 1),
    )
    for side in sides:
        require.free("127.0.0.1", side.port)
        side.home.mkdir(parents=True, exist_ok=True)
        side.run("demo", "--make-only", "--port", str(side.port), "--workers", str(workers), *SIZE)
    _introduce(sides, home / "introduced")
    threading.Thread(target=_tell_when_up, args=(sides,), daemon=True).start()
    supervise(
        {
            side.name: ["env", *(f"{name}={value}" for name, value in side.variables.items()), *LEYE, "serve", "--port",
                        str(side.port)]
            for side in sides
        }
    )  # fmt: skip


def _introduce(sides: tuple[Side, Side], mark: Path) -> None:
    """Each is told the other's public key, the secret that both share, and an agreement; once."""
    if mark.exists():
        return
    secret = sides[0].said("exchange", "secret")
    until = str(clock.local_date(clock.now()) + YEARS)
    for own, other in (sides, sides[::-1]):
        key, public, *_ = other.said("exchange", "keys").splitlines()[0].split()
        own.run(
            "exchange", "partner", other.region, "--secret", secret, "--url", other.url, "--key", key, public,
            "--until", until, "--people", "500", "--source", own.source,
        )  # fmt: skip
    mark.touch()


def _tell_when_up(sides: tuple[Side, Side]) -> None:
    for side in sides:
        while not _is_up(side.url):
            time.sleep(0.2)
    click.echo("\n".join(_welcome(*sides)))


def _is_up(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/health", timeout=2).close()
    except OSError:
        return False
    return True


def _welcome(jining: Side, wanzhou: Side) -> Iterator[str]:
    yield ""
    yield "Two sites exchange with each other every ten seconds (Ctrl-C ends both). Within a minute:"
    yield f"  {wanzhou.url}/far  jobs of Jining on 万州's site; {jining.url}/far  jobs of 万州 on Jining's"
    for side in (jining, wanzhou):
        login, code = side.logins(), pyotp.TOTP(side.logins()["over_all_totp"]).now()
        yield (
            f"  {side.url}/staff/exchange  {side.name}'s desk: {login['over_all_name']}, "
            f"password {login['staff_password']}, code {code} (secret {login['over_all_totp']})"
        )
    yield f"To try it: log in on {wanzhou.url} as the worker {wanzhou.logins()['worker_phone']}"
    yield f"(the code is at {wanzhou.url}/demo/messages), open /far, apply for a job of Jining; its employer then"
    yield "sees the applicant on the posting's page. Everybody is made up."
