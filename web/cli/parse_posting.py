"""What a message says, for a program."""

import sys
from importlib import import_module

import click

from zero_work_market.ground import clock
from zero_work_market.market.reader.rules import MOST_CHARACTERS


@click.command("parse-posting")
def command() -> None:
    """Read one recruiting message from standard input.

    Prints its jobs and the kinds of unlawful wording in it as JSON. Exit 1 for a message that is too long.
    """
    pasted = sys.stdin.buffer.read(4 * MOST_CHARACTERS + 4).decode("utf-8", "replace")
    if len(pasted) > MOST_CHARACTERS:
        raise click.ClickException(f"The message has more than {MOST_CHARACTERS:,} characters.")
    queries, parsed = import_module("zero_work_market.market.reader.queries"), import_module("web.parsed")
    reading = queries.read(pasted, on=clock.local_date(clock.now()))
    click.echo(parsed.parsed(reading).model_dump_json().encode())
