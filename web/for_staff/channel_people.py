"""The persons behind a channel's figures, each with what proves it; and the same as a spreadsheet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from labor_brands.export_channels import queries
from labor_brands.export_channels.models import Channel
from labor_brands.export_channels.queries import Hire
from labor_brands.export_channels.rules import Journey, Stay
from web import channel_words
from web.auth import may_enter, staff, viewer
from web.filters import clock as clock_said
from web.filters import day_long
from web.for_staff.blueprint import page, pages
from web.for_staff.channels import MANAGE, allowed
from web.for_staff.export import as_file, workbook
from web.for_staff.tables import Column, Kind, Row, Table, table
from web.words import town_name
from zero_work_market.ground import clock
from zero_work_market.ground.audit import record
from zero_work_market.ground.db import transaction
from zero_work_market.ground.paging import Page
from zero_work_market.people.workers.queries import ShownWorker, shown_workers

SIZE = 30
SHOWN = {"sent": "去了的", "arrived": "到岗的", "stay30": "满 30 天还在的", "stay90": "满 90 天还在的"}


@pages.get("/channels/<int:channel_id>/people")
@may_enter(staff(MANAGE))
def channel_people(channel_id: int) -> str:
    """`show` names the figure, `period` the agreed period (else all time); with `out` those who don't count.

    Raises NotFound, OutOfScope.
    """
    row, number = allowed(channel_id), max(1, request.args.get("page", 1, type=int))
    show = request.args.get("show", "")
    show = show if show in SHOWN else "sent"
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        row = queries.channel(session, channel_id)
        period = next((one for one in row.periods if one.id == request.args.get("period", type=int)), None)
        when = {"first": period.from_on, "last": period.until_on} if period else {}
        everyone = queries.journeys(session, row, today=today, **when)
        counted = [one for one in everyone if counts(one, show)]
        left_out = [one for one in everyone if not counts(one, show)]
        found = _page_of(left_out if "out" in request.args else counted, number)
        people, proofs = _told(session, row, found.rows)
    return page(
        "channel_people", "channels", row=row, period=period, show=show, shown=SHOWN, found=found, people=people,
        proofs=proofs, totals=(len(counted), len(left_out)), out="out" in request.args, words=channel_words,
    )  # fmt: skip


@pages.get("/channels/<int:channel_id>/export")
@may_enter(staff(MANAGE))
def export_channel(channel_id: int) -> Response:
    """The periods with their figures, and everybody who was sent; each fetch is logged. Raises NotFound, OutOfScope."""
    row, now = allowed(channel_id), clock.now()
    with transaction(read_only=True) as session:
        row = queries.channel(session, channel_id)
        [found] = queries.rows(session, [row], today=clock.local_date(now))
        people, _ = _told(session, row, found.people)
    with transaction() as session:
        by = viewer().as_staff(MANAGE, row.county)
        record(session, verb="channel.exported", subject=f"channel:{row.id}", by=by, at=now, rows=len(found.people))
    cover = [
        ("什么", row.name), ("从哪到哪", f"{channel_words.from_said(row)}去{channel_words.place_said(row)}"),
        ("截至", f"{day_long(now)} {clock_said(now)}"), ("谁导的", viewer().name),
        ("怎么算", HOW_COUNTED),
    ]  # fmt: skip
    if current_app.config["LEYE"].demo:
        cover.append(("演示数据", "都是编的，不是真人真事"))
    tables = [period_table(found), people_table(found.people, people)]
    return as_file(workbook(cover, tables), f"{row.name} {clock.local_date(now):%Y-%m-%d}")


HOW_COUNTED = (
    "上了车走了，或者在这条通道的活上打了到岗卡，算去了；在通道的活上、那头单位的活上有到岗或者两边认了的工时，算到岗；"
    "认了的工时一直接到满 30 天、90 天，中间没断过 31 天以上，算还在。一个人只算一回，人次另写。名字只留姓。"
)


def counts(one: Journey, show: str) -> bool:
    """Whether somebody who was sent is part of a figure."""
    if show == "arrived":
        return one.arrived_on is not None
    return show == "sent" or one.stays[("stay30", "stay90").index(show)] == Stay.STAYS


def period_table(found: queries.ChannelRow) -> Table:
    columns = (
        Column("约的哪段", Kind.TEXT), Column("约了"), Column("去了"), Column("人次"), Column("到岗"),
        Column("满 30 天还在"), Column("满 90 天还在"), Column("占约了的", Kind.PERCENT),
        Column("占去了的", Kind.PERCENT),
    )  # fmt: skip
    held = [(channel_words.period_said(one.first, one.last), one.figures) for one in found.periods]
    made = [
        Row((
            said, one.agreed, one.sent, one.times, one.arrived, *one.stays, one.of_agreed(one.stays[1]),
            one.of_sent(one.stays[1]),
        ))
        for said, one in [*held, ("开通以来", found.whole)]
    ]  # fmt: skip
    return table("约了、去了、还在", columns, made[:-1], foot=made[-1])


def people_table(journeys: Iterable[Journey], people: Mapping[int, ShownWorker]) -> Table:
    columns = (
        Column("姓名", Kind.TEXT), Column("家在哪", Kind.TEXT), Column("哪天去的", Kind.DAY), Column("人次"),
        Column("哪天到岗", Kind.DAY), Column("干到哪天", Kind.DAY), Column("满 30 天", Kind.TEXT),
        Column("满 90 天", Kind.TEXT),
    )  # fmt: skip
    return table("去了的人", columns, (_person(one, people[one.worker_id]) for one in journeys))


def _person(one: Journey, worker: ShownWorker) -> Row:
    stays = (channel_words.stay_said(stay, one)[1] for stay in one.stays)
    last: date | None = one.last_on if one.last_on != one.sent_on else None
    return Row((
        worker.masked_name, town_name(worker.town), one.sent_on, one.times, one.arrived_on, last, *stays,
    ))  # fmt: skip


def _page_of(rows: Sequence[Journey], number: int) -> Page[Journey]:
    number = min(number, -(-len(rows) // SIZE) or 1)
    return Page(tuple(rows[(number - 1) * SIZE : number * SIZE]), number, SIZE, len(rows))


def _told(
    session: Session, row: Channel, journeys: Sequence[Journey]
) -> tuple[dict[int, ShownWorker], dict[int, list[Hire]]]:
    """Who they are, and the hires under the channel that say so, by worker id."""
    ids = [one.worker_id for one in journeys]
    proofs: dict[int, list[Hire]] = defaultdict(list)
    for start in range(0, len(ids), 1000):
        for hire in queries.hires(session, row, ids[start : start + 1000]):
            proofs[hire.worker_id].append(hire)
    people: dict[int, ShownWorker] = {}
    for start in range(0, len(ids), 1000):
        people |= shown_workers(session, ids[start : start + 1000])
    return people, proofs
