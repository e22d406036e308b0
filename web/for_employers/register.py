"""An employer registers, shows its papers, and sees how its verification stands."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import ACCOUNT, EMPLOYER, may_enter, viewer
from web.errors import said_by_field, wording
from web.for_employers.blueprint import own_id, pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.people.accounts.rules import parse_id_number, parse_person_name
from zero_work_market.people.employers import service as employers
from zero_work_market.people.employers.queries import employer as employer_by_id
from zero_work_market.people.employers.rules import NewEmployer, Paper, Verification, parse_uscc
from zero_work_market.reference.regions.queries import counties, region, towns

PAPERS = {
    Paper.LICENCE: ("营业执照", "没有执照的，用别的登记证"),
    Paper.OPERATOR_ID: ("经办人身份证", "有照片的那面"),
    Paper.LETTER: ("委托书", "单位盖章，写明让谁来招人"),
}


@pages.get("/register")
@may_enter(ACCOUNT)
def register() -> str | Response:
    if viewer().employer_id is not None:
        return redirect(url_for("employers.me"))
    return _form({}, {})


@pages.post("/register")
@may_enter(ACCOUNT)
def try_register() -> Response | tuple[str, int]:
    """Register with what papers there are; the others may follow."""
    given, account_id = request.form, viewer().account_id
    assert account_id is not None
    if errors := _misspelt(given):
        return _form(given.to_dict(), errors), 422
    try:
        new = NewEmployer(
            name=given.get("employer", ""), short=given.get("short", ""), uscc=given.get("uscc", ""),
            town=given["town"], address=given.get("address", ""), operator=given.get("operator", ""),
            operator_id_number=given.get("operator_id_number", ""),
        )  # fmt: skip
        with transaction() as session:
            made = employers.register(
                session, new=new, account_id=account_id, by=viewer().as_employer(), at=clock.now()
            )
            shown = _add_papers(session, made.id)
    except LeyeError as error:
        status, errors = said_by_field(_as_in_form(error))
        return _form(given.to_dict(), errors), status
    flash("登记好了，等工作人员核验。" if shown == len(Paper) else "登记好了。证照补齐了才能核验。", "ok")
    return redirect(url_for("employers.me"), 303)


@pages.get("/me")
@may_enter(EMPLOYER)
def me() -> str:
    return _me({})


@pages.post("/papers")
@may_enter(EMPLOYER)
def add_papers() -> Response | tuple[str, int]:
    """Add papers, or put newer ones in place; after a refusal they go back to the staff's queue."""
    try:
        with transaction() as session:
            added = _add_papers(session, own_id())
            row = employer_by_id(session, own_id())
            if added and row is not None and row.state == Verification.REFUSED:
                employers.resubmit(session, employer_id=own_id(), by=viewer().as_employer(), at=clock.now())
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _me(errors), status
    flash("收到了，工作人员会看。" if added else "还没选照片。", "ok" if added else "bad")
    return redirect(url_for("employers.me"), 303)


@pages.get("/papers/<paper>")
@may_enter(EMPLOYER)
def own_paper(paper: str) -> Response:
    """A paper as it was sent. Raises NotFound."""
    if paper not in set(Paper):
        raise NotFound(what="paper")
    with transaction() as session:
        found = employers.read_paper(
            session, employer_id=own_id(), paper=Paper(paper), by=viewer().as_employer(), at=clock.now()
        )
    return Response(found.body, mimetype=found.media_type)


@pages.post("/resubmit")
@may_enter(EMPLOYER)
def resubmit() -> Response:
    """Back to the staff's queue after a refusal."""
    try:
        with transaction() as session:
            employers.resubmit(session, employer_id=own_id(), by=viewer().as_employer(), at=clock.now())
        flash("又交上去了，等工作人员核验。", "ok")
    except LeyeError as error:
        flash(wording(error)[1], "bad")
    return redirect(url_for("employers.me"), 303)


def _misspelt(given: Mapping[str, str]) -> dict[str, str]:
    """All that is wrong with what was typed, by field, so that it is mended in one go."""
    today, wrong = clock.local_date(clock.now()), {}
    checks: tuple[Callable[[], object], ...] = (
        lambda: _filled(given, "employer"),
        lambda: _filled(given, "town"),
        lambda: parse_uscc(given.get("uscc", "")),
        lambda: parse_person_name(given.get("operator", ""), field="operator"),
        lambda: parse_id_number(given.get("operator_id_number", ""), today=today, field="operator_id_number"),
    )
    for check in checks:
        try:
            check()
        except InvalidValue as error:
            wrong.update(said_by_field(error)[1])
    return wrong


def _filled(given: Mapping[str, str], name: str) -> None:
    if not given.get(name, "").strip():
        raise InvalidValue(field=name, reason="required")


def _add_papers(session: Session, employer_id: int) -> int:
    """Keep the files that came with the request; returns how many. Raises InvalidValue naming the paper."""
    added = 0
    for paper in Paper:
        file = request.files.get(paper.value)
        if file is None or not file.filename:
            continue
        try:
            employers.add_paper(
                session, employer_id=employer_id, paper=paper, body=file.read(), by=viewer().as_employer(),
                at=clock.now(),
            )  # fmt: skip
        except InvalidValue as error:
            reason = {"too_large": "file_size"}.get(error.details["reason"], "file_type")
            raise InvalidValue(field=paper.value, reason=reason) from None
        added += 1
    return added


def _as_in_form(error: LeyeError) -> LeyeError:
    """The form calls the employer's name `employer`: `name` is a person's."""
    if isinstance(error, InvalidValue) and error.details["field"] == "name":
        return InvalidValue(**error.details | {"field": "employer"})
    return error


def _form(given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "for_employers/register.html",
        given=given, errors=errors, papers=PAPERS, places=[(one, towns(one.code)) for one in counties()],
        files_gone=any(file.filename for file in request.files.values()),
    )  # fmt: skip


def _me(errors: dict[str, str]) -> str:
    with transaction(read_only=True) as session:
        row = employer_by_id(session, own_id())
    assert row is not None
    return render_template(
        "for_employers/me.html",
        employer=row, errors=errors, papers=PAPERS, county=region(row.county),
        lapsed=row.valid_until is not None and row.valid_until <= clock.now(),
    )  # fmt: skip
