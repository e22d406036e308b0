"""Pasting a message: what it says, as postings that may be published with one tap."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.errors import wording
from web.findings import said
from web.for_employers.blueprint import own_id, pages
from web.for_employers.fit import can_be_ranked
from web.for_employers.pasted import marks, mended_slip, own_findings, slip_of_job
from web.for_employers.slip import ANY, Slip, read_slip, settled, slip_given, trades_alike
from web.forms import trades_by_heading
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.gate.rules import Draft, Finding, judge
from zero_work_market.market.postings import service as postings
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import nearly_the_same, published_under
from zero_work_market.market.reader.queries import read
from zero_work_market.market.reader.rules import MOST_CHARACTERS, Job, MessageTooLong, Reading
from zero_work_market.market.shortlists.queries import inviting_to_draft
from zero_work_market.people.employers.queries import EmployerRow
from zero_work_market.people.employers.queries import employer as employer_by_id
from zero_work_market.people.employers.rules import may_publish_at_once
from zero_work_market.reference.law.queries import gate_law
from zero_work_market.reference.law.rules import Found
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import counties, towns


@dataclass(frozen=True)
class Drafted:
    """A job of the message with its slip, and all that keeps it from being published."""

    number: int
    job: Job
    slip: Slip
    draft: Draft
    findings: list[Finding]
    unlawful: list[Found]
    """Words of its own lines that the law refuses."""
    mended: bool
    """The employer takes the lawful wording for them."""
    like: Posting | None
    """The employer's open posting that it is nearly the same as."""
    anew: bool
    """The employer wants it beside that one."""
    posting_id: int | None
    """Published already."""

    @property
    def refused(self) -> list[Finding]:
        return [found for found in self.findings if found.severity == "refused"]

    @property
    def is_ready(self) -> bool:
        held = (self.unlawful and not self.mended) or (self.like and not self.anew)
        return self.posting_id is None and not self.refused and not held

    def at(self, *names: str) -> list[Finding]:
        return [found for found in self.findings if found.field in names]


@pages.get("/paste")
@may_enter(EMPLOYER)
def paste() -> str:
    """An empty field for a message."""
    return render_template("for_employers/paste.html", message="", drafts=None, most=MOST_CHARACTERS)


@pages.post("/paste")
@may_enter(EMPLOYER)
def try_paste() -> Response | tuple[str, int]:
    """Read the message; with `publish`, publish each job of it that nothing keeps back."""
    now, form = clock.now(), request.form
    message = form.get("message", "").replace("\r\n", "\n")
    try:
        reading = read(message, on=clock.local_date(now))
    except MessageTooLong as error:
        return _empty(message, wording(error)[1]), 422
    if not message.strip():
        return _empty("", "先把招工的话贴进来。"), 422
    with transaction(read_only=True) as session:
        employer = employer_by_id(session, own_id())
        assert employer is not None
        drafts = _drafts(session, reading, employer, form, now)
    if "publish" not in form:
        return _page(reading, drafts, employer, now), 200
    ready = [one for one in drafts if one.is_ready]
    try:
        _publish(ready, employer, form.get("key", ""), now)
    except LeyeError as error:
        status, words = wording(error)
        flash(words, "bad")
        return _page(reading, drafts, employer, now), status
    waits = not may_publish_at_once(employer.state, employer.valid_until, at=now)
    if ready:
        flash(f"{'交上去' if waits else '发出去'} {len(ready)} 单{'，工作人员看过就发' if waits else ''}。", "ok")
    with transaction(read_only=True) as session:
        drafts = _drafts(session, reading, employer, form, now)
    if all(one.posting_id is not None for one in drafts):
        return redirect(url_for("employers.postings"), 303)
    return _page(reading, drafts, employer, now), 200 if ready else 422


def _publish(ready: Sequence[Drafted], employer: EmployerRow, key: str, now: datetime) -> None:
    with transaction() as session:
        for one in ready:
            ranked = can_be_ranked(one.findings)
            postings.publish(
                session, draft=one.draft, employer_id=employer.id,
                invite_first=inviting_to_draft(session, one.draft, at=now).suggested if ranked else 0,
                by=viewer().as_employer(), at=now, key=_key(key, one.number) if key else None,
            )  # fmt: skip


def _key(key: str, number: int) -> str:
    """The idempotency key of one job of a page."""
    return f"{key[:60]}-{number}"


def _drafts(
    session: Session, reading: Reading, employer: EmployerRow, form: MultiDict[str, str], now: datetime
) -> list[Drafted]:
    return [_drafted(session, number, job, reading, employer, form, now) for number, job in enumerate(reading.jobs)]


def _drafted(
    session: Session,
    number: int,
    job: Job,
    reading: Reading,
    employer: EmployerRow,
    form: MultiDict[str, str],
    now: datetime,
) -> Drafted:
    prefix = f"j{number}."
    unlawful = own_findings(job, reading.findings)
    mended = prefix + "mend" in form
    if prefix + "title" in form:
        given = [
            (name.removeprefix(prefix), value) for name, value in form.items(multi=True) if name.startswith(prefix)
        ]
        slip = slip_given(MultiDict(given))
    else:
        slip = settled(slip_of_job(job, reading, employer, now=now))
    if mended:
        slip = mended_slip(slip, unlawful)
    made = read_slip(slip, employer)
    told = {found.field for found in made.unread}
    gate = judge(made.draft, law=gate_law(), on=clock.local_date(now), now=now)
    done = _done(session, form.get("key", ""), number)
    like = None if done else nearly_the_same(session, made.draft, employer_id=employer.id, at=now)
    return Drafted(
        number=number, job=job, slip=slip, draft=made.draft,
        findings=made.unread + [found for found in gate if found.code != "required" or found.field not in told],
        unlawful=unlawful, mended=mended, like=like, anew=prefix + "anew" in form, posting_id=done,
    )  # fmt: skip


def _done(session: Session, key: str, number: int) -> int | None:
    account_id = viewer().account_id
    assert account_id is not None
    return published_under(session, account_id=account_id, key=_key(key, number)) if key else None


def _empty(message: str, error: str) -> str:
    context: dict[str, Any] = {"message": message[:MOST_CHARACTERS], "drafts": None, "most": MOST_CHARACTERS}
    return render_template("for_employers/paste.html", **context, error=error)


def _page(reading: Reading, drafts: list[Drafted], employer: EmployerRow, now: datetime) -> str:
    own_first = sorted(counties(), key=lambda county: county.code != employer.county)
    held = {id(found) for one in drafts for found in one.unlawful}
    return render_template(
        "for_employers/paste.html", message=reading.text, most=MOST_CHARACTERS, drafts=drafts,
        pieces=marks(reading), employer=employer,
        shared=[found for found in reading.findings if id(found) not in held and found.severity == "refused"],
        mild=[found for found in reading.findings if found.severity == "warned"],
        law_said=law_said, finding_said=said, places=[(county, towns(county.code)) for county in own_first],
        ready=[one for one in drafts if one.is_ready], key=request.form.get("key") or secrets.token_urlsafe(12),
        at_once=may_publish_at_once(employer.state, employer.valid_until, at=now),
        alike=trades_alike, groups=trades_by_heading(), levels=LEVELS, any=ANY,
    )  # fmt: skip


def law_said(found: Found) -> Any:
    """Why words of the message are against the law, as a finding of the gate would be told."""
    where = (found.words, found.start, found.end)
    params = {"most": 8}
    return said(Finding("words", found.category, found.severity, *where, found.clause_id, found.suggestion, params))
