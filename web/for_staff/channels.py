"""输出通道: whom a county or a brand sends where, what was agreed and what became of it, down to each person."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.export_channels import queries, service
from labor_brands.export_channels.models import Channel
from labor_brands.export_channels.queries import ChannelRow, PeriodRow
from labor_brands.export_channels.rules import ChannelState, Figures, Journey
from labor_brands.export_channels.service import NewChannel
from web import channel_words
from web.auth import may_enter, staff, viewer
from web.brands import known_brands, recognised_brands
from web.errors import said_by_field
from web.flow_picture import Link, flow_picture
from web.for_staff.blueprint import page, pages, scoped_counties
from web.words import town_name
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.queries import ids_of_name
from zero_work_market.reference.regions.queries import region

MANAGE = Permission.MANAGE_CHANNELS
MOST_ENDS = 8


@pages.get("/channels")
@may_enter(staff(MANAGE))
def channels() -> str:
    """Those that run, or with `show=closed` those that don't, of the counties that the viewer keeps."""
    closed, today = request.args.get("show") == "closed", clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        held = queries.channels_in(session, viewer().scopes(MANAGE), closed=closed)
        found = queries.rows(session, held, today=today)
        homes = queries.homes(session, held)
    rows = [(row, row.current(today)) for row in found]
    links = flows(found, lambda one, row: (region(homes[one.worker_id][:6]).name, row.channel.place))
    most = max((shown_of(row, period).agreed or shown_of(row, period).sent for row, period in rows), default=0)
    return page(
        "channels", "channels", rows=rows, closed=closed, words=channel_words, links=links, most=most,
        flow=flow_picture(links), shown_of=shown_of,
    )  # fmt: skip


@pages.get("/channels/new")
@may_enter(staff(MANAGE))
def new_channel() -> str:
    return _new({})


@pages.post("/channels/new")
@may_enter(staff(MANAGE))
def open_channel() -> Response | tuple[str, int]:
    """`origin` is a brand's code or a county's. Raises OutOfScope."""
    given = request.form
    brand = known_brands().get(given.get("origin", ""))
    county = brand.place if brand else given.get("origin", "")
    try:
        if not county:
            raise InvalidValue(field="origin", reason="required")
        viewer().require(MANAGE, county)
        new = NewChannel(
            name=given.get("name", ""), county=county, brand=brand.code if brand else "", kind=given.get("kind", ""),
            place=given.get("place", ""), region=given.get("region", ""),
            partner_kind=given.get("partner_kind", ""), partner=given.get("partner", ""),
        )  # fmt: skip
        with transaction() as session:
            made = service.open_channel(session, new=new, by=viewer().as_staff(MANAGE, county), at=clock.now())
    except InvalidValue as error:
        status, errors = said_by_field(error)
        return _new(errors), status
    flash("通道建好了。接着填约了多少人、那头是哪几家。", "ok")
    return redirect(url_for("staff.channel", channel_id=made.id), 303)


@pages.get("/channels/<int:channel_id>")
@may_enter(staff(MANAGE))
def channel(channel_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _page(allowed(channel_id))


@pages.post("/channels/<int:channel_id>/<any(agree, employer, leave, postings, close):verb>")
@may_enter(staff(MANAGE))
def keep_channel(channel_id: int, verb: str) -> Response | tuple[str, int]:
    row = allowed(channel_id)
    of = {"channel_id": row.id, "by": viewer().as_staff(MANAGE, row.county), "at": clock.now()}
    deed, done = DEEDS[verb]
    try:
        with transaction() as session:
            deed(session, row, of)
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(row, verb, errors), status
    flash(done, "ok")
    return redirect(url_for("staff.channel", channel_id=row.id), 303)


def allowed(channel_id: int) -> Channel:
    """Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        row = queries.channel(session, channel_id)
    viewer().require(MANAGE, row.county)
    return row


def shown_of(row: ChannelRow, period: PeriodRow | None) -> Figures:
    """A channel's figures of a period; of all its time where nothing was agreed."""
    return period.figures if period else row.whole


def flows(found: Iterable[ChannelRow], ends: Callable[[Journey, ChannelRow], tuple[str, str]]) -> Sequence[Link]:
    """Persons by where they come from and where they go, the most first."""
    counted = Counter(ends(one, row) for row in found for one in row.people)
    return [Link(start, end, people) for (start, end), people in counted.most_common()]


def _page(row: Channel, verb: str = "", errors: dict[str, str] | None = None) -> str:
    now = clock.now()
    today = clock.local_date(now)
    with transaction(read_only=True) as session:
        row = queries.channel(session, row.id)
        [found] = queries.rows(session, [row], today=today)
        homes = queries.homes(session, [row])
        dispatches = queries.dispatches_of(session, row.id)
        offered = queries.postings_of_ends(session, row, at=now)
        ends = [session.get_one(Employer, one.employer_id) for one in row.employers]
    links = flows([found], lambda one, held: (town_name(homes[one.worker_id]), held.channel.place))
    return page(
        "channel", "channels", row=row, found=found, dispatches=dispatches, offered=offered, ends=ends, verb=verb,
        errors=errors or {}, given=request.form, words=channel_words, links=links, flow=flow_picture(links),
        limits=queries.limits(today), today=today,
        open=row.state == ChannelState.OPEN, current=found.current(today), most=_most(found),
    )  # fmt: skip


def _most(found: ChannelRow) -> int:
    return max((max(one.figures.agreed, one.figures.sent) for one in found.periods), default=found.whole.sent)


def _new(errors: dict[str, str]) -> str:
    here = scoped_counties(MANAGE)
    origins = [
        (
            region(code).name,
            [(code, region(code).name)] + [(b.code, b.name) for b in recognised_brands() if b.place == code],
        )
        for code in here
    ]
    return page(
        "channel_new", "channels", origins=origins, words=channel_words, places=list(queries.places().items()),
        errors=errors, given=request.form,
    )  # fmt: skip


def _agree(session: Session, row: Channel, of: dict[str, Any]) -> None:
    number = request.form.get("number", "").strip()
    if not number.isdecimal() or len(number) > 6:
        raise InvalidValue(field="number", reason="not_a_number" if number else "required")
    service.agree(session, from_on=_day("from_on"), until_on=_day("until_on"), number=int(number), **of)


def _add_employer(session: Session, row: Channel, of: dict[str, Any]) -> None:
    """The employer whose name or credit code is typed; one that many names fit isn't guessed at."""
    typed = request.form.get("employer", "").strip()
    fitting = ids_of_name(session, typed) if typed else []
    if len(fitting) != 1:
        reason = "several_firms" if fitting else "unknown" if typed else "required"
        raise InvalidValue(field="employer", reason=reason)
    ends = {one.employer_id for one in row.employers} | {fitting[0]}
    if len(ends) > MOST_ENDS:
        raise InvalidValue(field="employer", reason="too_many", most=MOST_ENDS)
    service.set_employers(session, employer_ids=ends, **of)


def _remove_employer(session: Session, row: Channel, of: dict[str, Any]) -> None:
    gone = request.form.get("employer_id", type=int)
    service.set_employers(session, employer_ids={one.employer_id for one in row.employers} - {gone}, **of)


def _take_postings(session: Session, row: Channel, of: dict[str, Any]) -> None:
    """Of the postings that the form offered and the channel's employers have, those ticked."""
    offered = {one.id for one in queries.postings_of_ends(session, row, at=of["at"])}
    offered &= set(request.form.getlist("offered", type=int))
    service.take_postings(session, posting_ids=request.form.getlist("posting", type=int), offered=offered, **of)


def _day(field: str) -> date:
    given = request.form.get(field, "")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InvalidValue(field=field, reason="format" if given else "required") from None


DEEDS: dict[str, tuple[Callable[[Session, Channel, dict[str, Any]], None], str]] = {
    "agree": (_agree, "约好的人数记上了。"),
    "employer": (_add_employer, "加上了。它发活的时候能选这条通道。"),
    "leave": (_remove_employer, "去掉了。已经送去的照样算。"),
    "postings": (_take_postings, "记上了。从这几个活去的人都算这条通道的。"),
    "close": (lambda s, row, of: service.close_channel(s, **of), "通道停了。没走的车都取消了，人都通知了。"),
}  # fmt: skip
"""Verb → what it does with the form, and what is said when it is done."""
