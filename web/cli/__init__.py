"""The console script `leye`: one file a command, loaded when it is asked for."""

import gc
import importlib
import sys

import click

from zero_work_market.ground.settings import WrongSetting

COMMANDS = (
    "demo", "demo-exchange", "serve", "migrate", "seed", "web", "worker", "beat", "doctor", "audit", "rotate-keys",
    "exchange", "parse-posting",
)  # fmt: skip


class OneFileACommand(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        gc.disable()  # what is loaded stays: looking through it again and again is a fifth of a process's start
        found: click.Command = importlib.import_module(f"web.cli.{name.replace('-', '_')}").command
        gc.freeze()
        gc.enable()
        return found

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
        except WrongSetting as error:
            raise click.ClickException(str(error)) from None
        except Exception as error:
            database = sys.modules.get("sqlalchemy.exc")
            if database is None or not isinstance(error, database.OperationalError):
                raise
            raise click.ClickException(f"The database can't be used: {str(error.orig).strip()}") from None


@click.group(cls=OneFileACommand)
@click.version_option(package_name="leye", message="%(version)s")
def main() -> None:
    """Leye (乐业), a county's gig market.

    Everything that it keeps is in the folder LEYE_HOME (.leye unless set). README lists every LEYE_* variable.
    """
