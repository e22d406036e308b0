"""What the plan asks for, and how the city allots it to its counties."""

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.for_staff.blueprint import page, pages, place_name
from web.for_staff.dashboard import Asked, asked
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue
from zero_work_market.people.accounts.rules import Permission, plain
from zero_work_market.reference.regions.queries import counties
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.targets.queries import indicator as indicator_of
from zero_work_market.statistics.targets.queries import indicators
from zero_work_market.statistics.targets.queries import targets as targets_of
from zero_work_market.statistics.targets.service import set_target

SET = Permission.SET_TARGETS
LONGEST = 12


@pages.get("/targets")
@may_enter(staff(Permission.BOARD))
def targets() -> str:
    """What each indicator asks of a region in a year; of the city also what of it is allotted. Raises OutOfScope."""
    here, below = asked(), [county.code for county in counties()]
    with transaction(read_only=True) as session:
        found, name = (
            targets_of(session, year=here.year, regions=[here.region, *below]),
            place_name(session, here.region),
        )
    rows = [
        (one, found.get((here.region, one.key)), [found[code, one.key] for code in below if (code, one.key) in found])
        for one in indicators()
    ]
    return page("targets", "dashboard", at=here.region, here=here, rows=rows, name=name, may_set=_may_set(here))


@pages.get("/targets/<indicator>")
@may_enter(staff(SET))
def target(indicator: str) -> str:
    """The form that allots an indicator. Raises UnknownIndicator."""
    here, known = asked(), indicator_of(indicator)
    with transaction(read_only=True) as session:
        found = targets_of(session, year=here.year, regions=_fields())
    return _form(here, indicator, {code: str(found.get((code, known.key), "")) for code in _fields()}, {})


@pages.post("/targets/<indicator>")
@may_enter(staff(SET))
def set_targets(indicator: str) -> Response | tuple[str, int]:
    """One number a county, and the city's own; an empty field takes a target away. Raises UnknownIndicator."""
    here, known, errors = asked(), indicator_of(indicator), dict[str, str]()
    with transaction() as session:
        for code in _fields():
            try:
                value = _whole(request.form.get(code, ""))
                if code == CITY and value == known.target_in(here.year):
                    value = None
                set_target(
                    session, region=code, year=here.year, indicator=known.key, value=value,
                    by=viewer().as_staff(SET, code), at=clock.now(),
                )  # fmt: skip
            except InvalidValue as error:
                errors[code] = _wrong(error)
        if errors:
            session.rollback()
    if errors:
        return _form(here, indicator, request.form, errors), 422
    flash(f"{known.name}：{here.year} 年的指标存好了。", "ok")
    return redirect(url_for("staff.targets", year=here.year), 303)


@pages.post("/targets/<indicator>/sum")
@may_enter(staff(SET))
def sum_targets(indicator: str) -> str:
    """What is typed so far, added up, against the city's own. Raises UnknownIndicator."""
    return render_template("for_staff/_target_sum.html", **_sum(indicator, request.form))


def _form(here: Asked, indicator: str, typed: Mapping[str, str], errors: dict[str, str]) -> str:
    known = indicator_of(indicator)
    return page(
        "target", "dashboard", at=CITY, here=here, typed=typed, errors=errors, counties=counties(), city=CITY,
        planned=known.target_in(here.year), **_sum(indicator, typed),
    )  # fmt: skip


def _sum(indicator: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """Numbers that can't be read yet are left out of the sum."""
    numbers = {}
    for code in _fields():
        try:
            numbers[code] = _whole(typed.get(code, ""))
        except InvalidValue:
            numbers[code] = None
    told = [number for code, number in numbers.items() if code != CITY and number is not None]
    return {"known": indicator_of(indicator), "summed": sum(told), "counties_told": len(told), "aim": numbers[CITY]}


def _whole(text: str) -> int | None:
    """A whole number as typed ("1,200", "１２００"); empty is None. Raises InvalidValue on "value"."""
    digits = plain(text).replace(",", "")
    if not digits:
        return None
    if not re.fullmatch(r"-?[0-9]+", digits) or len(digits) > LONGEST:
        raise InvalidValue(field="value", reason="not_a_number", given=text)
    return int(digits)


def _wrong(error: InvalidValue) -> str:
    if error.details["reason"] == "range":
        return f"要在 {error.details['least']} 到 {error.details['most']:,} 之间"
    return "写个整数，比如 340；没有就空着"


def _fields() -> list[str]:
    return [CITY, *(county.code for county in counties())]


def _may_set(here: Asked) -> bool:
    return viewer().may(SET, here.region)
