"""Exchanging vacancies and seekers with partner regions, by file and by hand."""

import base64
import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from labor_brands.bundles import rules
from labor_brands.exchange.rules import Way
from labor_brands.partners import queries as partners
from labor_brands.partners import service
from web import exchange, wiring
from web.cli import require
from web.errors import wording
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("exchange")
def command() -> None:
    """Exchange vacancies and seekers with partner regions.

    docs/exchange tells the format. What is refused as a whole ends with exit 1 and says why.
    """
    require.newest_tables(wiring.start().database_url)


@command.command("keys")
@click.option("--new", is_flag=True, help="Make a key that signs from now on.")
def keys(new: bool) -> None:
    """Our public keys, the newest first, to be told to partners."""
    with _refusals(), transaction() as session:
        if new or not partners.own_keys(session):
            service.make_key(session, by=SYSTEM, at=clock.now())
        for key in partners.own_keys(session):
            click.echo(f"{key.key_id}  {base64.b64encode(key.public).decode()}  until {clock.local_date(key.until)}")


@command.command("secret")
def secret() -> None:
    """A fresh secret for hashing ID numbers; both partners keep the same."""
    click.echo(base64.b64encode(secrets.token_bytes(32)).decode())


@command.command("partner")
@click.argument("code")
@click.option("--url", default="", help="Its site; without one bundles go by file alone.")
@click.option("--secret", "shared", envvar="LEYE_EXCHANGE_SECRET", help="Shared by both; may be in the variable.")
@click.option("--key", "key", nargs=2, metavar="ID PUBLIC", help="A public key of the partner.")
@click.option("--from", "first", type=DAY, help="First day of the agreement. [default: today]")
@click.option("--until", "last", type=DAY, help="Last day of the agreement.")
@click.option("--people", default=0, help="How many people are to come to work from there.")
@click.option("--source", default="人社局", show_default=True, help="Who of ours stands behind what is sent.")
def partner(
    code: str, url: str, shared: str | None, key: tuple[str, str] | None, first: datetime | None, last: datetime | None,
    people: int, source: str,
) -> None:  # fmt: skip
    """Add a partner region, or a key or an agreement to one that is known."""
    at = clock.now()
    by: dict[str, Any] = {"code": code, "by": SYSTEM, "at": at}
    with _refusals(), transaction() as session:
        if shared is not None:
            service.add_partner(session, url=url, shared=shared, **by)
        if key is not None:
            service.add_partner_key(session, key_id=key[0], public=key[1], **by)
        if last is not None:
            begins: date = first.date() if first else clock.local_date(at)
            service.agree(session, first=begins, last=last.date(), source=source, people=people, **by)
        found = partners.partner(session, code)
        click.echo(f"{code} {partners.place_said(code)}: {len(found.keys)} keys, {len(found.agreements)} agreements")


@command.command("export")
@click.option("--partner", "code", required=True, help="Code of the partner region, such as 500101.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--after", default=0, help="Only what came after this place in the stream. [default: everything]")
def export(code: str, out: Path, after: int) -> None:
    """Write a signed bundle of all that a partner may know, for a USB stick."""
    with _refusals():
        exchange.keep_up(code, at=clock.now())
        draft = out.with_name(f"{out.name}.part")
        with draft.open("wb") as file:
            manifest = exchange.give_out(code, file, way=Way.FILE, after=after)
        draft.replace(out)
    click.echo(json.dumps({"records": manifest.records, "upto": manifest.upto, "out": str(out)}))


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what it would come to, and change nothing.")
def take(file: Path, dry_run: bool) -> None:
    """Take in a bundle; prints {"new", "updated", "unchanged", "refused": [{"line", "reason"}]}.

    Refused lines don't keep the others from being taken. A bundle that isn't to be believed is refused whole.
    """
    with _refusals(), file.open("rb") as opened:
        if dry_run:
            counts = exchange.look_through(opened, progress=_progress)
        else:
            _, counts = exchange.take_in(opened, way=Way.FILE, name=file.name, progress=_progress)
    click.echo(json.dumps(counts.as_json(), ensure_ascii=False))


@command.command("schema")
def schema() -> None:
    """The JSON Schema of every line of a bundle, as docs/exchange/schema.json has it."""
    click.echo(json.dumps(rules.schema(), ensure_ascii=False, indent=1))


def _progress(done: int, total: int) -> None:
    """On a terminal alone: stdout is for the answer."""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} lines", nl=done >= total, err=True)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except LeyeError as refusal:
        told = ", ".join(f"{name} {value}" for name, value in refusal.details.items())
        raise click.ClickException(f"{wording(refusal)[1]} ({refusal.code}{': ' if told else ''}{told})") from None
