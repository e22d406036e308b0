"""班组: which jobs a crew is to cover, the crews that could come, and how many have said yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.brands import brand_name
from web.crew_words import WHYS, Group, homes_said, offered_crew, proposed_groups, role_said
from web.errors import said_by_field, wording
from web.for_employers.blueprint import own_posting, pages
from web.forms import trades_by_heading
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.crews import service
from zero_work_market.market.crews.models import CrewRole
from zero_work_market.market.crews.queries import candidates, proposals, roles_of
from zero_work_market.market.crews.rules import MOST_ROLES, MOST_SEATS, NewRole, Proposal, State, alone_until
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import TAKING, is_for_crew
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.reference.occupations.rules import LEVELS


@dataclass(frozen=True)
class Option:
    """A crew that could come: whose, from where, who by job, what it lacks, and the members as the form sends them."""

    brand: str
    name: str
    homes: str
    stops: int
    groups: list[Group]
    missing: list[tuple[str, int]]
    members: list[str]


@pages.get("/<int:posting_id>/crew")
@may_enter(EMPLOYER)
def crew(posting_id: int) -> str:
    return _page(posting_id, editing="edit" in request.args)


@pages.post("/<int:posting_id>/crew")
@may_enter(EMPLOYER)
def ask_crew(posting_id: int) -> Response | tuple[str, int]:
    """Say which jobs. Refused, the same form with everything kept."""
    try:
        with transaction() as session:
            own_posting(session, posting_id)
            service.ask(
                session, posting_id=posting_id, roles=_roles_given(request.form), by=viewer().as_employer(),
                at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(posting_id, editing=True, errors=errors), status
    return redirect(url_for("employers.crew", posting_id=posting_id), 303)


@pages.post("/<int:posting_id>/crew/offer")
@may_enter(EMPLOYER)
def offer_crew(posting_id: int) -> Response:
    """Ask the crew as it was shown: `member` "worker.role" of each, `brand` if it is a brand's."""

    def act(session: Session) -> str:
        made = service.offer(
            session, posting_id=posting_id, members=_members_given(request.form), brand=request.form.get("brand", ""),
            by=viewer().as_employer(), at=clock.now(),
        )  # fmt: skip
        return f"邀了，{len(made.members)} 个人都会收到短信。都答应了，位子一起定下来。"

    return _done(posting_id, act)


@pages.post("/<int:posting_id>/crew/cancel")
@may_enter(EMPLOYER)
def call_off_crew(posting_id: int) -> Response:
    def act(session: Session) -> str:
        service.call_off(session, posting_id=posting_id, by=viewer().as_employer(), at=clock.now())
        return "撤回来了，这一班的人会收到短信。"

    return _done(posting_id, act)


@pages.post("/<int:posting_id>/crew/open")
@may_enter(EMPLOYER)
def open_to_all(posting_id: int) -> Response:
    """The seats are for single workers too, from now on."""

    def act(session: Session) -> str:
        service.open_to_all(session, posting_id=posting_id, by=viewer().as_employer(), at=clock.now())
        return "放开了，单个来的也能接，排着的先接。"

    return _done(posting_id, act)


def _done(posting_id: int, act: Any) -> Response:
    try:
        with transaction() as session:
            own_posting(session, posting_id)
            said = act(session)
        flash(said, "ok")
    except LeyeError as error:
        if isinstance(error, NotFound) and error.details.get("what") == "posting":
            raise
        flash(wording(error)[1], "bad")
    return redirect(url_for("employers.crew", posting_id=posting_id), 303)


def _page(posting_id: int, *, editing: bool = False, errors: dict[str, str] | None = None) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        row = own_posting(session, posting_id)
        job, roles, offer = job_of(session, row), roles_of(session, posting_id), offered_crew(session, row, at=now)
        is_open = row.state in TAKING and row.closes_at > now
        asking = offer is not None and offer.crew.state == State.OFFERED
        may_say = (is_open or row.state == PostingState.WAITING) and row.closes_at > now and not asking and job.free > 1
        editing = may_say and (editing or not roles)
        shown = is_open and bool(roles) and not asking and not editing and job.free > 1
        return render_template(
            "for_employers/crew.html",
            job=job, offer=offer, asking=asking, is_open=is_open, may_say=may_say, editing=editing, shown=shown,
            waiting=row.state == PostingState.WAITING, kept_until=alone_until(asked_at=now, closes_at=row.closes_at),
            alone_until=row.crew_until if is_for_crew(row.crew_until, at=now)
            else None, options=_options(session, row, roles) if shown else [],
            given=_rows(request.form if errors else None, roles, row), errors=errors or {}, roles=roles,
            groups=trades_by_heading(), levels=LEVELS, most=min(MOST_SEATS, job.free), whys=WHYS, role_said=role_said,
            brand_said=brand_name,
        )  # fmt: skip


def _options(session: Session, row: Posting, roles: Sequence[CrewRole]) -> list[Option]:
    among = candidates(session, row, roles)
    found = proposals(among, first=[preferred.brand for preferred in row.brands])
    return [_option(session, row, roles, one) for one in found]


def _option(session: Session, row: Posting, roles: Sequence[CrewRole], found: Proposal) -> Option:
    groups = proposed_groups(session, row, roles, found.members)
    titles = {role.id: role_said(role.occupation, role.level, role.title) for role in roles}
    return Option(
        brand=found.brand, name=f"{brand_name(found.brand)}的一班" if found.brand else "给你拼的一班",
        homes=homes_said([one.home for group in groups for one in group.people]), stops=found.stops, groups=groups,
        missing=[(titles[role_id], count) for role_id, count in found.missing.items()],
        members=[f"{one.worker_id}.{one.role_id}" for one in found.members],
    )  # fmt: skip


def _rows(given: MultiDict[str, str] | None, roles: Sequence[CrewRole], row: Posting) -> list[dict[str, str]]:
    """The form's four rows: as typed, as said before, or what the posting itself asks for."""
    if given is not None:
        typed = zip(*(given.getlist(name) for name in ("trade", "level", "seats", "title")), strict=False)
        rows = [dict(zip(("trade", "level", "seats", "title"), one, strict=True)) for one in typed]
    elif roles:
        rows = [
            {"trade": role.occupation, "level": str(role.level), "seats": str(role.seats), "title": role.title}
            for role in roles
        ]
    else:
        rows = [
            {"trade": need.occupation, "level": str(need.level), "seats": "", "title": ""} for need in row.occupations
        ]
    blank = {"trade": "", "level": "1", "seats": "", "title": ""}
    return (rows + [blank] * MOST_ROLES)[:MOST_ROLES]


def _roles_given(given: MultiDict[str, str]) -> list[NewRole]:
    """The rows that name a trade. A count that can't be read is none, and refused as such."""
    known = {trade.code for group in trades_by_heading().values() for trade in group}
    names = ("trade", "level", "seats", "title")
    rows = zip(*(given.getlist(name) for name in names), strict=False)
    return [
        NewRole(
            occupation=trade, level=_count(level), seats=_count(seats), title=title.strip(),
        )
        for trade, level, seats, title in rows
        if trade in known
    ]  # fmt: skip


def _count(typed: str) -> int:
    return int(typed) if typed.isdecimal() else 0


def _members_given(given: MultiDict[str, str]) -> dict[int, int]:
    members = {}
    for one in given.getlist("member"):
        worker, _, role = one.partition(".")
        if worker.isdecimal() and role.isdecimal():
            members[int(worker)] = int(role)
    return members
