"""Workers at the desk: the list, finding one by number, registering one without a phone."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff import reads
from web.for_staff.blueprint import page, pages, regions_in
from web.forms import chosen_skills, trades_by_heading
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers import queries, service
from zero_work_market.people.workers.rules import NewWorker, Place, age_on
from zero_work_market.reference.regions.rules import level_of

REGISTER = Permission.REGISTER_WORKER


@pages.get("/workers")
@may_enter(staff(REGISTER))
def workers() -> str:
    return _list({})


@pages.post("/workers/find")
@may_enter(staff(REGISTER))
def find() -> str | Response | tuple[str, int]:
    """By ID number or phone. Sent as a form, so that no number stands in an address."""
    scopes, number = viewer().scopes(REGISTER), request.form.get("number", "")
    try:
        with transaction(read_only=True) as session:
            ids = reads.worker_ids_of(session, number, scopes, at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _list({"number": next(iter(errors.values()))}), status
    if len(ids) == 1:
        return redirect(url_for("staff.worker", worker_id=ids[0]), 303)
    if not ids:
        return _list({"number": "你管的地方没有这个人。没登记过的话，现在就能登记。"}), 404
    with transaction(read_only=True) as session:
        cards = [card for one in ids if (card := queries.worker_card(session, one)) is not None]
    return page("workers_found", "workers", cards=cards, today=clock.local_date(clock.now()), age_on=age_on)


@pages.get("/workers/shared")
@may_enter(staff(REGISTER))
def shared() -> str:
    """Phones with so many workers on them that someone should ask why."""
    with transaction(read_only=True) as session:
        phones = queries.shared_phones(session, viewer().scopes(REGISTER))
    return page("shared", "workers", phones=phones)


@pages.get("/workers/new")
@may_enter(staff(REGISTER))
def register() -> str:
    return _form({})


@pages.post("/workers/new")
@may_enter(staff(REGISTER))
def try_register() -> Response | tuple[str, int]:
    """With the number of the consent slip that the worker signed. Raises OutOfScope for another's town."""
    given = request.form
    if given.get("home"):
        viewer().require(REGISTER, given["home"])
    try:
        place = home_given()
        new = NewWorker(
            name=given.get("name", ""), id_number=given.get("id_number", ""), place=place,
            phone=given.get("phone", "").strip() or None, skills=chosen_skills(given),
        )  # fmt: skip
        with transaction() as session:
            by = viewer().as_staff(REGISTER, place.village or place.town)
            made = service.register(session, new=new, by=by, at=clock.now(), slip=given.get("slip", ""))
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _form(errors), status
    flash("登记好了，现在就能给他找活。", "ok")
    return redirect(url_for("staff.worker", worker_id=made.id), 303)


def home_given() -> Place:
    """The home that a form says: a town, or a village in it. Raises InvalidValue."""
    home = request.form.get("home", "")
    if not home:
        raise InvalidValue(field="home", reason="required")
    if level_of(home) not in ("town", "village"):
        raise InvalidValue(field="home", reason="level")
    return Place(town=home[:9], village=home if level_of(home) == "village" else None)


def homes() -> list[tuple[str, list[tuple[str, str]]]]:
    """Towns and villages in which the viewer may register."""
    with transaction(read_only=True) as session:
        places = regions_in(session, viewer().scopes(REGISTER))
    return [(county, [one for one in held if level_of(one[0]) != "county"]) for county, held in places]


def _list(errors: dict[str, str]) -> str:
    scopes = viewer().scopes(REGISTER)
    with transaction(read_only=True) as session:
        found = queries.workers_in(session, scopes, number=request.args.get("page", 1, type=int))
        names = {one.code: one.name for one in reads.villages(session, scopes)}
        phones = queries.shared_phones(session, scopes)
    return page(
        "workers", "workers", found=found, villages=names, phones=phones, errors=errors, age_on=age_on,
        today=clock.local_date(clock.now()), number=request.form.get("number", ""),
    )  # fmt: skip


def _form(errors: dict[str, str]) -> str:
    return page(
        "worker_new", "workers", homes=homes(), trades=trades_by_heading(), given=request.form,
        chosen=request.form.getlist("skill"), errors=errors,
    )  # fmt: skip
