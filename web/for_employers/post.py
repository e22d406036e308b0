"""Posting work in one screen, judged while it is typed and again when it is sent."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from labor_brands.export_channels.queries import open_channels_of
from labor_brands.export_channels.service import require_channel
from web.auth import EMPLOYER, may_enter, viewer
from web.brands import recognised_brands
from web.errors import said_by_field, wording
from web.findings import mended, said
from web.for_employers.blueprint import own_id, own_posting, pages
from web.for_employers.fit import Fit, can_be_ranked, fit_of
from web.for_employers.slip import (
    ANY,
    Slip,
    fresh_slip,
    read_slip,
    slip_again,
    slip_given,
    trades_alike,
    with_invitations,
)
from web.forms import trades_by_heading
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.crews import service as crews
from zero_work_market.market.gate.rules import EMPLOYMENTS, Draft, Finding, is_construction, judge, total_fen
from zero_work_market.market.postings import service as postings
from zero_work_market.market.postings.queries import last_of_employer
from zero_work_market.market.postings.rules import State
from zero_work_market.market.shortlists.queries import inviting_strangers, inviting_to_draft
from zero_work_market.people.employers import service as employers
from zero_work_market.people.employers.queries import EmployerRow, ProjectRow, projects_of
from zero_work_market.people.employers.queries import employer as employer_by_id
from zero_work_market.people.employers.rules import NewProject, may_publish_at_once
from zero_work_market.reference.law.queries import gate_law, minimum_wage
from zero_work_market.reference.law.rules import MinimumWage
from zero_work_market.reference.occupations.queries import trades
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import counties, towns

DAYS_AHEAD = 14
PAID_WITHIN = ((1, "干完当天给"), (3, "3 天内给"), (7, "7 天内给"), (15, "15 天内给"), (30, "一个月内给"))
AGES = ((16, "满 16 岁"), (18, "满 18 岁"))
WORKS = dict(zip(EMPLOYMENTS, ("零工，干完就完", "非全日制，一天 4 小时内", "全日制"), strict=True))


@dataclass(frozen=True)
class Judged:
    """A slip with all that is to be said of it, inviting as many as suggested unless its own number was typed.

    `quiet`: nobody has tried to send it, so what is missing isn't told.
    """

    slip: Slip
    draft: Draft
    projects: tuple[ProjectRow, ...] | None
    """What the work may be for, if it is on a building site."""
    findings: list[Finding]
    floor: MinimumWage
    fit: Fit | None
    total_fen: int
    at_once: bool
    quiet: bool

    @property
    def refused(self) -> list[Finding]:
        return [found for found in self.findings if found.severity == "refused"]

    @property
    def boxed(self) -> list[tuple[int, Finding]]:
        """Findings about certain words, with their index among all."""
        return [(index, found) for index, found in enumerate(self.findings) if found.words]

    @property
    def only_missing(self) -> bool:
        return all(found.code == "required" for found in self.refused)

    def at(self, *names: str) -> list[Finding]:
        """What is to be said beside a field."""
        here = [found for found in self.findings if found.field in names and not found.words]
        return [found for found in here if not (self.quiet and found.code == "required")]

    @property
    def sends(self) -> str:
        """What the main button says."""
        if self.refused:
            return f"{'填' if self.only_missing else '改'}好 {len(self.refused)} 处就能发"
        if not self.at_once:
            return "交上去，等审核"
        if self.slip.crew:
            return "发布，接着说要哪几样人"
        return f"发布并邀请 {self.slip.inviting} 人" if self.slip.inviting else "发布，先不邀请"


@pages.get("/new")
@may_enter(EMPLOYER)
def post() -> str:
    """The screen with sensible defaults; `?again=` fills in an earlier posting of one's own."""
    now, again = clock.now(), request.args.get("again", type=int)
    with transaction(read_only=True) as session:
        employer = _employer(session)
        last = last_of_employer(session, employer_id=employer.id)
        earlier = own_posting(session, again) if again is not None else None
        slip = slip_again(earlier, now=now) if earlier else fresh_slip(employer, last, now=now)
        judged = _judged(session, slip, employer, now, quiet=True)
    return _page(judged, employer, last.id if last else None)


@pages.post("/new")
@may_enter(EMPLOYER)
def try_post() -> Response | tuple[str, int]:
    """Publish; refused, the same page with everything kept. `fix` puts the wording in that would pass."""
    now = clock.now()
    slip = slip_given(request.form)
    if "add_project" in request.form:
        return _add_project(slip)
    with transaction(read_only=True) as session:
        employer = _employer(session)
        judged = _judged(session, slip, employer, now, quiet=False)
        fix = request.form.get("fix", type=int)
        if fix is not None:
            judged = _judged(session, _fixed(judged, fix), employer, now, quiet=True)
            return _page(judged, employer), 200
    if judged.refused:
        return _page(judged, employer), 422
    try:
        with transaction() as session:
            require_channel(session, code=judged.draft.channel, employer_id=employer.id)
            made = postings.publish(
                session, draft=judged.draft, employer_id=employer.id, invite_first=judged.slip.inviting,
                by=viewer().as_employer(), at=now, key=request.form.get("key") or None,
            )  # fmt: skip
            posting_id, state = made.id, made.state
            if judged.slip.crew:
                crews.reserve(session, posting_id=posting_id, by=viewer().as_employer(), at=now)
    except LeyeError as error:
        status, words = wording(error)
        flash(words, "bad")
        return _page(judged, employer), status
    _tell(state, judged.slip)
    return redirect(
        url_for("employers.crew" if judged.slip.crew else "employers.shortlist", posting_id=posting_id), 303
    )


@pages.post("/preview")
@may_enter(EMPLOYER)
def preview() -> str:
    """What can be said of the slip as typed: the parts that change, or, without script, the whole page."""
    now, sent = clock.now(), request.form
    with transaction(read_only=True) as session:
        employer = _employer(session)
        judged = _judged(session, slip_given(sent), employer, now, quiet=True)
    slip = judged.slip
    if not request.headers.get("HX-Request"):
        return _page(judged, employer)
    return render_template(
        "for_employers/preview.html",
        **_context(judged, employer),
        project_changed=(judged.projects is None) == ("site" in sent),
        trades_changed=slip.trades_of != sent.get("trades_of", "").strip(),
        place_changed=(slip.town, slip.spot) != (sent.get("town", "").strip(), sent.get("spot", "").strip()),
        invite_changed=slip.invite != sent.get("invite", "").strip(),
    )


def _judged(session: Session, slip: Slip, employer: EmployerRow, now: datetime, *, quiet: bool) -> Judged:
    today = clock.local_date(now)
    reading, projects = read_slip(slip, employer), None
    if is_construction(reading.draft):
        projects = projects_of(session, employer.id, closed=False)
        slip = _with_project(slip, projects)
        reading = read_slip(slip, employer)
    told = {found.field for found in reading.unread}
    gate = judge(reading.draft, law=gate_law(), on=today, now=now)
    findings = reading.unread + [found for found in gate if found.code != "required" or found.field not in told]
    ranked = can_be_ranked(findings)
    headcount = reading.draft.headcount
    asking = inviting_to_draft(session, reading.draft, at=now) if ranked else inviting_strangers(headcount)
    slip = with_invitations(slip, asking.suggested)
    return Judged(
        slip=slip, draft=reading.draft, projects=projects, findings=findings,
        floor=minimum_wage(reading.draft.county, today),
        fit=fit_of(session, reading.draft, asking, slip.inviting, at=now) if ranked else None,
        total_fen=total_fen(reading.draft) * reading.draft.headcount if ranked else 0,
        at_once=may_publish_at_once(employer.state, employer.valid_until, at=now), quiet=quiet,
    )  # fmt: skip


def _with_project(slip: Slip, projects: tuple[ProjectRow, ...]) -> Slip:
    """The slip with the one project that there is, unless one of several was chosen."""
    ids = [str(project.id) for project in projects]
    return slip if slip.project in ids else replace(slip, project=ids[0] if len(ids) == 1 else "")


def _add_project(slip: Slip) -> tuple[str, int]:
    """Enter the project typed beside the slip, and choose it; whatever is wrong with it stands by its field."""
    now, errors = clock.now(), {}
    new = NewProject(*(request.form.get(name, "") for name in ("project_name", "number", "contractor")))
    try:
        with transaction() as session:
            by = viewer().as_employer()
            project_id = employers.add_project(session, employer_id=own_id(), new=new, by=by, at=now).id
        slip = replace(slip, project=str(project_id))
    except LeyeError as error:
        errors = said_by_field(error)[1]
    with transaction(read_only=True) as session:
        employer = _employer(session)
        judged = _judged(session, slip, employer, now, quiet=True)
    return _page(judged, employer, project_errors=errors), 422 if errors else 200


def _fixed(judged: Judged, index: int) -> Slip:
    """The slip with the wording put in that would pass for the finding of that index."""
    if not 0 <= index < len(judged.findings):
        return judged.slip
    found = judged.findings[index]
    if not found.words:
        return judged.slip
    changed: dict[str, Any] = {found.field: mended(getattr(judged.draft, found.field), found)}
    return replace(judged.slip, **changed)


def _employer(session: Session) -> EmployerRow:
    employer = employer_by_id(session, own_id())
    assert employer is not None
    return employer


def _tell(state: State, slip: Slip) -> None:
    if state == State.WAITING:
        flash("交上去了。单位还没核验，工作人员看过就发出去。", "ok")
    elif slip.crew:
        flash("发出去了，位子先留给班组。", "ok")
    elif slip.inviting:
        flash(f"发出去了，正在邀请前 {slip.inviting} 个。", "ok")
    else:
        flash("发出去了。要谁来，点“邀请”。", "ok")


def _page(
    judged: Judged, employer: EmployerRow, last_id: int | None = None, project_errors: dict[str, str] | None = None
) -> str:
    context = _context(judged, employer) | {"last_id": last_id, "project_errors": project_errors or {}}
    with transaction(read_only=True) as session:
        context["channels"] = open_channels_of(session, employer.id)
    return render_template("for_employers/post.html", **context)


def _context(judged: Judged, employer: EmployerRow) -> dict[str, Any]:
    here = employer.county
    own_first = sorted(counties(), key=lambda county: county.code != here)
    return {
        "judged": judged, "slip": judged.slip, "draft": judged.draft, "fit": judged.fit, "employer": employer,
        "finding_said": said, "given": request.form, "project_errors": {}, "alike": trades_alike(judged.slip),
        "days": _days(), "places": [(county, towns(county.code)) for county in own_first],
        "titles": [known.title for known in trades()], "groups": trades_by_heading(), "levels": LEVELS, "any": ANY,
        "brands": sorted(recognised_brands(), key=lambda brand: brand.place != here),
        "paid_within": _with(PAID_WITHIN, judged.slip.pay_days, "{} 天内给"),
        "ages": _with(AGES, judged.slip.min_age, "满 {} 岁"), "works": WORKS.items(),
        "key": request.form.get("key") or secrets.token_urlsafe(12),
    }  # fmt: skip


def _days() -> list[date]:
    today = clock.local_date(clock.now())
    return [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)]


def _with(options: tuple[tuple[int, str], ...], held: str, words: str) -> list[tuple[str, str]]:
    """Options of a choice, with the one that is held if it isn't among them."""
    known = [(str(value), text) for value, text in options]
    return known if not held or held in dict(known) else [*known, (held, words.format(held))]
