"""What a message says, for a program."""

import sys

import click

from web.parsed import parsed
from zero_work_market.ground import clock
from zero_work_market.market.reader.queries import read
from zero_work_market.market.reader.rules import MOST_CHARACTERS, MessageTooLong


@click.command("parse-posting")
def command() -> None:
    """Read one recruiting message from standard input.

    Prints its jobs and the kinds of unlawful wording in it as JSON. Exit 1 for a message that is too long.
    """
    pasted = sys.stdin.buffer.read(4 * MOST_CHARACTERS + 4).decode("utf-8", "replace")
    try:
        reading = read(pasted, on=clock.local_date(clock.now()))
    except MessageTooLong:
        raise click.ClickException(f"The message has more than {MOST_CHARACTERS:,} characters.") from None
    click.echo(parsed(reading).model_dump_json().encode())
