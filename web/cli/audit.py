"""Is every figure what the evidence says?"""

from collections.abc import Iterator

import click

from web import wiring
from web.cli import require
from web.tasks import counting
from zero_work_market.ground import clock, db
from zero_work_market.statistics.recount.queries import hold, is_counted, recount
from zero_work_market.statistics.recount.rules import Checked

TRIES = 5


@click.command("audit")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Count everything again from the evidence, and compare.

    Checks each county's chain of evidence link by link, then counts from it alone what rows, standings and the staff's
    pages show. The site may run meanwhile. Exit 1 unless all agree, naming the first of each county that doesn't.
    """
    require.newest_tables(wiring.connect().database_url)
    all_checked, faults = 0, 0
    for checked in _checked():
        all_checked, faults = all_checked + 1, faults + len(checked.faults)
        for line in _lines(checked):
            click.echo(line)
    if not all_checked:
        click.echo("There is no evidence yet.")
    ctx.exit(1 if faults else 0)


def _checked() -> Iterator[Checked]:
    """In one view of the database, if it can be as of a moment at which everything was counted."""
    today = clock.local_date(clock.now())
    for tries_left in reversed(range(TRIES)):
        counting.catch_up()
        with db.transaction(read_only=True) as session:
            hold(session)
            if is_counted(session) or not tries_left:
                yield from recount(session, today=today)
                return


def _lines(checked: Checked) -> Iterator[str]:
    for fault in checked.faults:
        yield f"✗ {fault.where}: {fault.told}"
    if checked.broken and not checked.faults:
        yield f"… {checked.name}: not compared, a chain that it is counted from is broken"
    elif not checked.faults:
        counts = {"links": checked.links, "placements": checked.placements, "figures": checked.figures}
        yield f"✓ {checked.name}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    if checked.uncounted:
        yield f"… {checked.name}: {checked.uncounted:,} still counting"
