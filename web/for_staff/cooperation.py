"""鲁渝和东西部协作: who came from which province, how far, and of them the lifted out of poverty."""

from web.auth import may_enter, staff
from web.for_staff.blueprint import page, pages, place_name
from web.for_staff.dashboard import asked
from web.for_staff.registers import board
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.policy.welcome_work.queries import aids
from zero_work_market.reference.regions.queries import paired_with
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.cooperation.queries import lines

FIGURE = "poverty_work"


@pages.get("/cooperation")
@may_enter(staff(Permission.BOARD))
def cooperation() -> str:
    """Raises OutOfScope."""
    here = asked("就业")
    with transaction(read_only=True) as session:
        found = lines(session, year=here.year, region=here.region)
        tiles = board(session, region=here.region, tab=here.tab, **here.when)
        name = place_name(session, here.region)
    return page(
        "cooperation", "dashboard", at=here.region, here=here, name=name, found=found, aids=aids(),
        tile=next(tile for tile in tiles if tile.indicator.key == FIGURE), partner=paired_with(CITY),
    )  # fmt: skip
