"""培训: courses of the viewer's counties, each with its batches; made, changed and named flagship by county staff."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.brands import recognised_brands
from web.errors import said_by_field, wording
from web.for_staff.blueprint import counties_around, page, pages, scoped_counties
from web.forms import trades_by_heading
from web.training import WORDS, day_given, days_said, number_given, offers, year_now
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.paging import page_of
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.policy.courses import queries, service
from zero_work_market.policy.courses.models import Course
from zero_work_market.policy.courses.service import NewBatch, NewCourse
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import region, towns

RUN, SEE = Permission.RUN_COURSES, Permission.REGISTER_WORKER


@pages.get("/courses")
@may_enter(staff(SEE))
def courses() -> str:
    """Those on offer, or those taken off; and how much waits of claims and orders."""
    closed, number, now = request.args.get("show") == "closed", request.args.get("page", 1, type=int), clock.now()
    here, run = counties_around(SEE), scoped_counties(RUN)
    with transaction(read_only=True) as session:
        found = {
            "open": queries.courses_in(session, here, number=1 if closed else number),
            "closed": queries.courses_in(session, here, closed=True, number=number if closed else 1),
        }
        show = "closed" if closed else "open"
        rows = offers(session, found[show].rows, at=now)
        claims = page_of(session, queries.claims_of(counties=run), number=1, size=1).total
        orders = page_of(session, queries.orders_of(counties=run), number=1, size=1).total
    return page("courses", "courses", found=found, show=show, rows=rows, claims=claims, orders=orders, run=run, **WORDS)


@pages.get("/courses/<int:course_id>")
@may_enter(staff(SEE))
def course(course_id: int) -> str:
    return _page(_seen(course_id), {})


@pages.get("/courses/new")
@may_enter(staff(RUN))
def new_course() -> str:
    """`order`: the employer's order that the course answers."""
    return _form(None, _from_order(), {})


@pages.post("/courses/new")
@may_enter(staff(RUN))
def try_new_course() -> Response | tuple[str, int]:
    given, order_id = request.form, request.form.get("order", type=int)
    if given.get("county"):
        viewer().require(RUN, given["county"])
    try:
        with transaction() as session:
            by = viewer().as_staff(RUN, given.get("county") or None)
            made = service.make_course(session, new=_told(), order_id=order_id, by=by, at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _form(None, given, errors), status
    flash("课有了。再开一期，定哪天上课、几个名额。", "ok")
    return redirect(url_for("staff.course", course_id=made.id), 303)


@pages.get("/courses/<int:course_id>/edit")
@may_enter(staff(RUN))
def edit_course(course_id: int) -> str:
    row = _of_mine(course_id)
    held = {
        name: getattr(row, name) for name in ("occupation", "level", "county", "provider", "hours", "brand", "words")
    }
    return _form(row, held | {"course": row.name, "subsidised": "1" if row.subsidised else ""}, {})


@pages.post("/courses/<int:course_id>/edit")
@may_enter(staff(RUN))
def change_course(course_id: int) -> Response | tuple[str, int]:
    row = _of_mine(course_id)
    try:
        with transaction() as session:
            service.change_course(session, course_id=course_id, new=_told(), **_as(row))
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _form(row, request.form, errors), status
    flash("改好了。", "ok")
    return redirect(url_for("staff.course", course_id=course_id), 303)


@pages.post("/courses/<int:course_id>/<any(flagship, unflagship, close):verb>")
@may_enter(staff(RUN))
def settle_course(course_id: int, verb: str) -> Response | tuple[str, int]:
    """Name it this year's flagship of its county, or no more; take it off the list."""
    row, year = _of_mine(course_id), year_now(clock.now())
    try:
        with transaction() as session:
            if verb == "close":
                service.close_course(session, course_id=course_id, **_as(row))
            elif verb == "flagship":
                service.name_flagship(session, course_id=course_id, year=year, **_as(row))
            else:
                service.drop_flagship(session, course_id=course_id, year=year, **_as(row))
    except LeyeError as error:
        status, said = wording(error)
        return _page(row, {"form": said}), status
    flash("停了，不再报名。" if verb == "close" else "定好了。", "ok")
    return redirect(url_for("staff.course", course_id=course_id), 303)


@pages.post("/courses/<int:course_id>/batches")
@may_enter(staff(RUN))
def add_batch(course_id: int) -> Response | tuple[str, int]:
    row, given = _of_mine(course_id), request.form
    try:
        new = NewBatch(
            starts_on=day_given(given, "starts_on"), ends_on=day_given(given, "ends_on"), town=given.get("town", ""),
            place=given.get("place", ""), places=number_given(given, "places", "places"),
        )  # fmt: skip
        with transaction() as session:
            made = service.add_batch(session, course_id=course_id, new=new, **_as(row))
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(row, errors), status
    flash(f"第 {made.number} 期开了，能报名了。", "ok")
    return redirect(url_for("staff.batch", batch_id=made.id), 303)


def _told() -> NewCourse:
    given = request.form
    return NewCourse(
        name=given.get("course", ""), occupation=given.get("occupation", ""),
        level=number_given(given, "level", "course_level"), county=given.get("county", ""),
        provider=given.get("provider", ""), hours=number_given(given, "hours", "course_hours"),
        subsidised=bool(given.get("subsidised")), brand=given.get("brand", ""), words=given.get("words", ""),
    )  # fmt: skip


def _seen(course_id: int) -> Course:
    """A course of a county in which the viewer has a scope. Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        row = queries.course(session, course_id)
    if row.county not in counties_around(SEE):
        viewer().require(SEE, row.county)
    return row


def _of_mine(course_id: int) -> Course:
    with transaction(read_only=True) as session:
        row = queries.course(session, course_id)
    viewer().require(RUN, row.county)
    return row


def _as(row: Course) -> dict[str, Any]:
    return {"by": viewer().as_staff(RUN, row.county), "at": clock.now()}


def _from_order() -> Mapping[str, Any]:
    """What an employer's order says of the course, to begin with. Raises NotFound, OutOfScope."""
    order_id = request.args.get("order", type=int)
    if order_id is None:
        return {"subsidised": "1"}
    with transaction(read_only=True) as session:
        order = queries.order(session, order_id)
        viewer().require(RUN, order.county)
        wanted = queries.wanted_of(session, order)
    return {"order": order.id, "county": order.county, "occupation": wanted[0], "level": wanted[1], "subsidised": "1"}


def _form(row: Course | None, given: Mapping[str, Any], errors: dict[str, str]) -> str:
    here, known = [(code, region(code).name) for code in scoped_counties(RUN)], recognised_brands()
    return page(
        "course_edit", "courses", row=row, given=given, errors=errors, counties=here, levels=LEVELS,
        trades=trades_by_heading(),
        brands=[("", "不是品牌的课"), *((one.code, one.name) for one in known if one.place in dict(here))],
    )  # fmt: skip


def _page(row: Course, errors: dict[str, str]) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        [offer] = offers(session, [row], at=now, county=row.county)
        order = queries.order_of_course(session, row.id)
    return page(
        "course", "courses", row=row, offer=offer, order=order, errors=errors, given=request.form, year=year_now(now),
        may_run=viewer().may(RUN, row.county), towns=towns(row.county), days_said=days_said, **WORDS,
    )  # fmt: skip
