"""Villages of a town, as staff enter them: there is no open table of them."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff import reads
from web.for_staff.blueprint import page, pages, regions_in
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.people.accounts import service
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.reference.regions.rules import level_of

ADD = Permission.ADD_VILLAGE


@pages.get("/villages")
@may_enter(staff(ADD))
def villages() -> str:
    return _page({})


@pages.post("/villages")
@may_enter(staff(ADD))
def add_village() -> Response | tuple[str, int]:
    """Raises OutOfScope for another's town."""
    given = request.form
    town = given.get("town", "")
    if town:
        viewer().require(ADD, town)
    try:
        if not town:
            raise InvalidValue(field="town", reason="required")
        with transaction() as session:
            made = service.add_village(
                session, town=town, code=given.get("village_code", ""), name=given.get("village_name", ""),
                by=viewer().as_staff(ADD, town), at=clock.now(),
            )  # fmt: skip
    except LeyeError as error:
        status, errors = said_by_field(_as_in_form(error))
        return _page(errors), status
    flash(f"加上了{made.name}。", "ok")
    return redirect(url_for("staff.villages"), 303)


def _as_in_form(error: LeyeError) -> LeyeError:
    """The form calls a village's code and name by their own names: `code` and `name` are a login's and a person's."""
    if isinstance(error, InvalidValue) and error.details["field"] in ("code", "name"):
        return InvalidValue(**error.details | {"field": f"village_{error.details['field']}"})
    return error


def _page(errors: dict[str, str]) -> str:
    scopes = viewer().scopes(ADD)
    with transaction(read_only=True) as session:
        rows = reads.villages(session, scopes)
        places = regions_in(session, scopes)
    choices = [(county, [one for one in held if level_of(one[0]) == "town"]) for county, held in places]
    return page("villages", "accounts", rows=rows, choices=choices, given=request.form, errors=errors)
