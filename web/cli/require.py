"""What a command can't begin without: each raises ClickException with what to do."""

import socket

import click

from web import migrations


def free(host: str, port: int) -> None:
    """Nobody listens there yet."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(f"{host}:{port} can't be listened on ({reason}): choose another --port.") from None


def newest_tables(database_url: str) -> None:
    """The database has this version's tables."""
    if migrations.current(database_url) not in migrations.heads():
        raise click.ClickException("The database hasn't got this version's tables yet: run leye migrate.")
