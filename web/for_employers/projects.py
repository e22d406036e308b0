"""工地: construction projects with their numbers, wage accounts and insurance, and their monthly signed sheets."""

from datetime import date

from flask import Response as File
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.errors import said_by_field
from web.for_employers.blueprint import own_id, pages
from web.papers import download
from web.papers.month_sheet import month_sheet
from web.wage_words import lamp_said, month_of, period_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.people.employers import queries as employers
from zero_work_market.people.employers import service
from zero_work_market.people.employers.models import Project
from zero_work_market.people.employers.queries import ProjectRow
from zero_work_market.people.employers.rules import NewProject
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.wages import queries as wages
from zero_work_market.rights.wages.service import sign_month

FIELDS = ("project_name", "number", "contractor", "insurance_number", "bank", "wage_account")


@pages.get("/projects")
@may_enter(EMPLOYER)
def projects() -> str:
    return _page({})


@pages.post("/projects")
@may_enter(EMPLOYER)
def add_project() -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            service.add_project(
                session, employer_id=own_id(), new=NewProject(*(request.form.get(name, "") for name in FIELDS)),
                by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(errors), status
    flash("加上了，发工地的活就能选它。", "ok")
    return redirect(url_for("employers.projects"), 303)


@pages.post("/projects/<int:project_id>/close")
@may_enter(EMPLOYER)
def close_project(project_id: int) -> Response:
    """Raises NotFound for another employer's."""
    with transaction() as session:
        _own(session, project_id)
        service.close_project(session, project_id=project_id, by=viewer().as_employer(), at=clock.now())
    flash("完工了，这个项目不再招人。", "ok")
    return redirect(url_for("employers.projects"), 303)


@pages.get("/projects/<int:project_id>/<month>")
@may_enter(EMPLOYER)
def project_month(project_id: int, month: str) -> str:
    """One month's sheet (`2026-11`), to be read and signed. Raises NotFound for another employer's."""
    return _sheet(project_id, month_of(month), {})


@pages.post("/projects/<int:project_id>/<month>")
@may_enter(EMPLOYER)
def sign_project_month(project_id: int, month: str) -> Response | tuple[str, int]:
    given, first = request.form, month_of(month)
    try:
        with transaction() as session:
            _own(session, project_id)
            sign_month(
                session, project_id=project_id, month=first, sheet_hash=given.get("sheet", ""),
                drawn=given.get("strokes", ""), typed_name=given.get("typed_name", ""), by=viewer().as_employer(),
                at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _sheet(project_id, first, errors), status
    flash("签好了。再有改动，要重新签。", "ok")
    return redirect(url_for("employers.projects"), 303)


@pages.post("/projects/<int:project_id>/<month>/sheet.pdf")
@may_enter(EMPLOYER)
def project_month_pdf(project_id: int, month: str) -> File:
    """One month's sheet on paper, in the clear, each look logged, with the signature that still holds.

    Raises NotFound for another employer's, and for a month without wages.
    """
    first, now = month_of(month), clock.now()
    with transaction() as session:
        _own(session, project_id)
        body = month_sheet(session, project_id=project_id, month=first, by=viewer().as_employer(), at=now)
        name = session.get_one(Project, project_id).name
    return download.pdf(body, f"工资表 {name} {month}")


def _own(session: Session, project_id: int) -> ProjectRow:
    found = employers.project(session, project_id)
    if found is None or found.employer_id != own_id():
        raise NotFound(what="project")
    return found


def _page(errors: dict[str, str]) -> str:
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        rows = employers.projects_of(session, own_id())
        months = wages.month_sheets(session, today=today, employer_id=own_id())
    return render_template(
        "for_employers/projects.html", rows=rows, months=months, errors=errors, given=request.form, today=today
    )


def _sheet(project_id: int, month: date, errors: dict[str, str]) -> str:
    today = clock.local_date(clock.now())
    with transaction(read_only=True) as session:
        project = _own(session, project_id)
        rows = wages.wages_of(session, project_id=project_id, month=month)
        people = shown_workers(session, [row.worker_id for row in rows])
        held = [one for one in wages.month_sheets(session, today=today, employer_id=own_id()) if one.month == month]
        sheet = next((one for one in held if one.project_id == project_id), None)
    if sheet is None:
        raise NotFound(what="sheet")
    return render_template(
        "for_employers/project_month.html",
        project=project, rows=rows, people=people, sheet=sheet, hash=wages.hash_of(rows), errors=errors,
        given=request.form, lamps={row.id: lamp_said(row, today) for row in rows}, period_said=period_said,
    )  # fmt: skip
