"""零散 → 有组织 (plan 4): how hires were come by, by county, down to each one and to who helped."""

from datetime import timedelta
from typing import Any

from flask import request

from web import channel_words
from web.auth import may_enter, staff, viewer
from web.for_staff.blueprint import page, pages, place_name
from web.for_staff.channels import MANAGE
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.queries import account
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.statistics.seats.queries import CameBy, came_by, came_rows

SPANS = ((90, "近 90 天"), (365, "近一年"))


@pages.get("/organised")
@may_enter(staff(MANAGE))
def organised() -> str:
    """`days` back, `place` and `how` narrow the rows. Raises OutOfScope."""
    place, how = request.args.get("place") or None, request.args.get("how", "")
    how = how if how in channel_words.HOW else ""
    days = request.args.get("days", SPANS[0][0], type=int)
    days = days if days in dict(SPANS) else SPANS[0][0]
    if place:
        viewer().require(MANAGE, place)
    last = clock.local_date(clock.now())
    within: dict[str, Any] = {"first": last - timedelta(days=days - 1), "last": last}
    with transaction(read_only=True) as session:
        counted = came_by(session, scopes=viewer().scopes(MANAGE), **within)
        number = request.args.get("page", 1, type=int)
        scopes = (place,) if place else viewer().scopes(MANAGE)
        found = came_rows(session, scopes=scopes, how=how, number=number, **within)
        people = shown_workers(session, [row.worker_id for row in found.rows])
        helpers = {row.helped_by: account(session, row.helped_by) for row in found.rows if row.helped_by}
        names = {code: place_name(session, code) for code in counted}
    lines = [
        (code, names[code], [held.get(way, CameBy()) for way in channel_words.HOW]) for code, held in counted.items()
    ]
    lines.sort(key=lambda line: -sum(one.times for one in line[2]))
    kept = {name: request.args[name] for name in ("place", "days", "how") if request.args.get(name)}
    return page(
        "organised", "channels", lines=lines, found=found, people=people, helpers=helpers, ways=channel_words.HOW,
        how=how, place=place, days=days, spans=SPANS, kept=kept, names=names, share=share,
    )  # fmt: skip


def share(ways: list[CameBy]) -> str:
    """ "62%" of the person-times were organised; a dash without any."""
    whole = sum(one.times for one in ways)
    return f"{round(100 * (whole - ways[-1].times) / whole)}%" if whole else "—"
