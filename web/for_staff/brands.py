"""Labor brands: their list and files, recognition, review and withdrawal, marks of integrity, and certificates."""

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from labor_brands.brands import queries, service
from labor_brands.brands.queries import BrandRow
from labor_brands.brands.rules import MOST_FIRMS, MOST_GRADES, BrandFile, Firm, Grade, Kind, MarkKind, Source, State
from labor_brands.steps.queries import steps_of
from labor_brands.worth.queries import worth
from web.auth import may_enter, staff, viewer
from web.brands import KINDS, STATES
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages
from web.forms import trades_by_heading
from web.worth_words import sentence
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError
from zero_work_market.people.accounts.rules import Permission, parse_id_number
from zero_work_market.people.workers.queries import worker_id_of_number
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import counties, region
from zero_work_market.reference.regions.rules import CITY, covers

SET = Permission.SET_BRANDS
TEXTS = ("name", "builder", "head_person", "training_base", "trademark", "join_at", "words")
MARKS = {MarkKind.GOOD: "记好", MarkKind.BAD: "记过"}
SOURCES = {Source.COURSE: "培训考过", Source.TEST: "考核通过"}


@pages.get("/brands")
@may_enter(staff(SET))
def brands() -> str:
    """Those of one's regions: all, those due for review, those that aren't recognised."""
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        found = queries.brands_in(session, viewer().scopes(SET))
    groups = {
        "all": found, "due": [row for row in found if row.is_due(today)],
        "open": [row for row in found if row.state == State.PREPARING],
    }  # fmt: skip
    show = request.args.get("show", "all")
    return page("brands", "brands", groups=groups, show=show if show in groups else "all", today=today, **_words())


@pages.route("/brands/new", methods=["GET", "POST"])
@may_enter(staff(SET))
def new_brand() -> str | Response | tuple[str, int]:
    if request.method == "GET":
        return _form(None, {})
    place = request.form.get("place", "")
    try:
        file = file_given(request.form, request.form.get("code", ""))
        by = viewer().as_staff(SET, place)
        with transaction() as session:
            made = service.enter(session, file=file, by=by, at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _form(None, errors), status
    flash("登记好了。认定下来，在这里填上日子。", "ok")
    return redirect(url_for("staff.brand", brand=made.code), 303)


@pages.get("/brands/<brand>")
@may_enter(staff(SET))
def brand(brand: str) -> str:
    """Raises NotFound, OutOfScope."""
    return _show(_brand(brand), {})


@pages.route("/brands/<brand>/edit", methods=["GET", "POST"])
@may_enter(staff(SET))
def edit_brand(brand: str) -> str | Response | tuple[str, int]:
    row = _brand(brand)
    if request.method == "GET":
        return _form(row, {})
    try:
        file = file_given(request.form, row.file.code)
        viewer().require(SET, file.place)
        with transaction() as session:
            service.change(session, code=row.file.code, file=file, **_of(row))
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _form(row, errors), status
    flash("改好了。", "ok")
    return redirect(url_for("staff.brand", brand=row.file.code), 303)


@pages.post("/brands/<brand>/<any(recognise, review, withdraw, mark):verb>")
@may_enter(staff(SET))
def decide_brand(brand: str, verb: str) -> Response | tuple[str, int]:
    row = _brand(brand)
    deed, said = DEEDS[verb]
    return _done(row, verb, lambda session: deed(session, request.form, {"code": row.file.code, **_of(row)}), said)


@pages.post("/brands/marks/<int:brand_mark_id>/lift")
@may_enter(staff(SET))
def lift_mark(brand_mark_id: int) -> Response | tuple[str, int]:
    with transaction(read_only=True) as session:
        code, _ = queries.place_of_mark(session, brand_mark_id)
    row, reason = _brand(code), request.form.get("reason", "")

    def lift(session: Session) -> None:
        service.lift(session, mark_id=brand_mark_id, reason=reason, **_of(row))

    return _done(row, f"lift{brand_mark_id}", lift, "撤掉了，记录还在。")


@pages.route("/brands/<brand>/certify", methods=["GET", "POST"])
@may_enter(staff(SET))
def certify(brand: str) -> str | Response | tuple[str, int]:
    """A person at the desk passed the test: found by the ID number that they show, wherever they live."""
    row, given = _brand(brand), request.form
    if request.method == "GET":
        return _certify(row, {})
    try:
        with transaction() as session:
            made = service.certify(
                session, brand=row.file.code, worker_id=_person(session, given.get("id_number", "")),
                grade=given.get("grade", 0, type=int), source=Source.TEST,
                source_id=given.get("key", "") or secrets.token_urlsafe(12), score=_score(given.get("score", "")),
                **_of(row),
            )  # fmt: skip
            number = made.number
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _certify(row, errors), status
    flash(f"发了证，编号 {number}。马上按新的给他排活。", "ok")
    return redirect(url_for("staff.brand", brand=row.file.code), 303)


@pages.route("/certifications/<int:certification_id>/revoke", methods=["GET", "POST"])
@may_enter(staff(SET))
def revoke_certificate(certification_id: int) -> str | Response | tuple[str, int]:
    """Asked once more, with the reason. Raises NotFound, OutOfScope."""
    with transaction(read_only=True) as session:
        row = queries.certificate(session, certification_id)
    viewer().require(SET, row.place)
    if request.method == "GET":
        return page("certificate", "brands", row=row, errors={}, typed="")
    reason, by = request.form.get("reason", ""), viewer().as_staff(SET, row.place)
    try:
        with transaction() as session:
            service.revoke(session, certification_id=row.id, reason=reason, by=by, at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return page("certificate", "brands", row=row, errors=errors, typed=reason), status
    flash("撤了，排活时不再算这个品牌。", "ok")
    return redirect(url_for("staff.brand", brand=row.brand), 303)


def file_given(given: MultiDict[str, str], code: str) -> BrandFile:
    """The file that a form says. Raises InvalidValue."""
    if given.get("kind") not in set(Kind):
        raise InvalidValue(field="brand_kind", reason="required")
    texts: dict[str, Any] = {name: given.get(name, "") for name in TEXTS}
    return BrandFile(
        code=code, place=given.get("place", ""), kind=Kind(given["kind"]), trades=tuple(given.getlist("skill")),
        grades=tuple(
            Grade(name, standard, given.get(f"level{number}", 1, type=int))
            for number, name, standard in _grade_rows(given)
        ),
        firms=tuple(_firm(line) for line in given.get("firms", "").splitlines()[: MOST_FIRMS + 1] if line.strip()),
        **texts,
    )  # fmt: skip


def _grade_rows(given: MultiDict[str, str]) -> list[tuple[int, str, str]]:
    rows = [(n, given.get(f"grade{n}", "").strip(), given.get(f"standard{n}", "")) for n in range(1, MOST_GRADES + 1)]
    return [row for row in rows if row[1] or row[2].strip()]


def _firm(line: str) -> Firm:
    """ "永昌蒜业有限公司 91370829MA0000001X": the name, and the code where it is registered here."""
    name, _, code = line.strip().rpartition(" ")
    return Firm(name, code) if name and len(code) == 18 else Firm(line.strip())


def _day(given: MultiDict[str, str], field: str) -> date:
    try:
        return date.fromisoformat(given.get(field, ""))
    except ValueError:
        raise InvalidValue(field=field, reason="format" if given.get(field) else "required") from None


def _mark(session: Session, given: MultiDict[str, str], of: dict[str, Any]) -> None:
    if given.get("kind") not in set(MarkKind):
        raise InvalidValue(field="kind", reason="required")
    day, reason = _day(given, "marked_on"), given.get("reason", "")
    service.mark(session, kind=MarkKind(given["kind"]), day=day, reason=reason, **of)


Deed = Callable[[Session, MultiDict[str, str], dict[str, Any]], None]
DEEDS: dict[str, tuple[Deed, str]] = {
    "recognise": (
        lambda session, given, of: service.recognise(session, day=_day(given, "recognised_on"), **of),
        "认定了，算进那一年。",
    ),
    "review": (
        lambda session, given, of: service.review(session, day=_day(given, "reviewed_on"), **of),
        "复评记上了，又管一年。",
    ),
    "withdraw": (
        lambda session, given, of: service.withdraw(session, reason=given.get("reason", ""), **of),
        "撤了认定。不再发证，发活时也选不到了。",
    ),
    "mark": (_mark, "记上了。"),
}
"""Verb → what it calls, what is said when it is done."""


def _done(row: BrandRow, verb: str, deed: Callable[[Session], Any], said: str) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            deed(session)
    except LeyeError as error:
        status, errors = said_by_field(error)
        if error.code == "reason_missing":
            errors = {"reason": errors["form"]}
        return _show(_brand(row.file.code), {verb: errors}), status
    flash(said, "ok")
    return redirect(url_for("staff.brand", brand=row.file.code), 303)


def _person(session: Session, number: str) -> int:
    """Raises InvalidValue on "id_number"."""
    number = parse_id_number(number, today=clock.local_date(clock.now()))
    found = worker_id_of_number(session, number)
    if found is None:
        raise InvalidValue(field="id_number", reason="not_registered")
    return found


def _score(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise InvalidValue(field="score", reason="not_a_number")
    return min(int(text), 1000)


def _brand(code: str) -> BrandRow:
    with transaction(read_only=True) as session:
        row = queries.brand(session, code)
    viewer().require(SET, row.file.place)
    return row


def _of(row: BrandRow) -> dict[str, Any]:
    return {"by": viewer().as_staff(SET, row.file.place), "at": clock.now()}


def _words() -> dict[str, Any]:
    return {"kinds": KINDS, "states": STATES, "levels": LEVELS, "mark_kinds": MARKS, "sources": SOURCES}


def _show(row: BrandRow, errors: dict[str, dict[str, str]]) -> str:
    """The page of a brand; `errors` by verb, then by field."""
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        held = queries.holders(session, row.file.code, number=request.args.get("page", 1, type=int))
        found: dict[str, Any] = {
            "marks": queries.marks_of(session, row.id), "worth": worth(session, row.id, today=today),
            "steps": steps_of(session, [one.worker_id for one in held.rows]),
        }  # fmt: skip
    return page(
        "brand", "brands", row=row, held=held, sentence=sentence, errors=errors, given=request.form, today=today,
        due=row.is_due(today), **found, **_words(),
        may_see={one.worker_id for one in held.rows if viewer().may(Permission.REGISTER_WORKER, one.town)},
    )  # fmt: skip


def _form(row: BrandRow | None, errors: dict[str, str]) -> str:
    scopes = viewer().scopes(SET)
    places = [(CITY, region(CITY).name), *((county.code, county.name) for county in counties())]
    given = request.form if request.method == "POST" else None
    return page(
        "brand_edit", "brands", row=row, errors=errors, trades=trades_by_heading(), most_grades=MOST_GRADES,
        places=[(code, name) for code, name in places if any(covers(scope, code) for scope in scopes)],
        held=_held(row) if given is None else given,
        chosen=given.getlist("skill") if given is not None else row.file.trades if row else (), **_words(),
    )  # fmt: skip


def _held(row: BrandRow | None) -> dict[str, Any]:
    """The file as the form's fields hold it."""
    if row is None:
        return {}
    file = row.file
    held: dict[str, Any] = {name: getattr(file, name) for name in (*TEXTS, "place", "kind", "code")}
    held["firms"] = "\n".join(f"{firm.name} {firm.uscc}".strip() for firm in file.firms)
    for number, grade in enumerate(file.grades, 1):
        held |= {f"grade{number}": grade.name, f"level{number}": grade.level, f"standard{number}": grade.standard}
    return held


def _certify(row: BrandRow, errors: dict[str, str]) -> str:
    given = request.form
    return page(
        "certify", "brands", row=row, errors=errors, given=given, key=given.get("key") or secrets.token_urlsafe(12)
    )
