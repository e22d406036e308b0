"""Changing a posting for the better, and calling it off."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.errors import said_by_field, wording
from web.filters import yuan
from web.findings import mended, said
from web.for_employers.blueprint import own_posting, pages
from web.for_employers.slip import draft_of
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.market.gate.rules import Draft, Finding, PostingRefused, judge
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.queries import mates_of
from zero_work_market.market.placements.rules import is_late_notice
from zero_work_market.market.postings import service as postings
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.reference.law.queries import gate_law


@pages.get("/<int:posting_id>/edit")
@may_enter(EMPLOYER)
def revise(posting_id: int) -> str:
    with transaction(read_only=True) as session:
        row = own_posting(session, posting_id)
        given = {"headcount": str(row.headcount), "pay": yuan(row.pay_fen, grouped=False), "words": row.words}
    return _screen(posting_id, given, {}, [])


@pages.post("/<int:posting_id>/edit")
@may_enter(EMPLOYER)
def try_revise(posting_id: int) -> Response | tuple[str, int]:
    """More seats, more pay, other words. Refused, the same page with everything kept; `fix` puts the right words in."""
    given = {name: request.form.get(name, "").strip().replace("\r\n", "\n") for name in ("headcount", "pay", "words")}
    try:
        draft = _draft(posting_id, given)
        if "fix" in request.form:
            return _screen(posting_id, _fixed(draft, given), {}, []), 200
        with transaction() as session:
            own_posting(session, posting_id)
            postings.revise(
                session, posting_id=posting_id, headcount=draft.headcount, pay_fen=draft.pay_fen, words=draft.words,
                draft=draft, by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except PostingRefused as error:
        findings: list[Finding] = error.details["findings"]
        errors = {found.field: said(found).why for found in findings if not found.words}
        return _screen(posting_id, given, errors, findings), 422
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _screen(posting_id, given, errors, []), status
    flash("改好了。", "ok")
    return redirect(url_for("employers.shortlist", posting_id=posting_id), 303)


@pages.get("/<int:posting_id>/cancel")
@may_enter(EMPLOYER)
def cancel(posting_id: int) -> str:
    """Ask once more, saying whom it hits."""
    now = clock.now()
    with transaction(read_only=True) as session:
        row = own_posting(session, posting_id)
        return render_template(
            "for_employers/cancel.html",
            job=job_of(session, row), mates=mates_of(session, posting_id=posting_id),
            late=is_late_notice(starts_at=row.closes_at, at=now),
        )  # fmt: skip


@pages.post("/<int:posting_id>/cancel")
@may_enter(EMPLOYER)
def try_cancel(posting_id: int) -> Response:
    reason = request.form.get("reason", "").strip()[:300]
    try:
        with transaction() as session:
            own_posting(session, posting_id)
            placements.cancel_posting(
                session, posting_id=posting_id, by=viewer().as_employer(), at=clock.now(), reason=reason
            )
        flash("这单取消了，接了单的、请过的都会收到短信。", "ok")
    except NotFound:
        raise
    except LeyeError as error:
        flash(wording(error)[1], "bad")
        return redirect(url_for("employers.shortlist", posting_id=posting_id), 303)
    return redirect(url_for("employers.postings"), 303)


def _draft(posting_id: int, given: dict[str, str]) -> Draft:
    """The posting as it would be. Raises InvalidValue for what isn't a number."""
    if not given["headcount"].isdecimal():
        raise InvalidValue(field="headcount", reason="not_a_number")
    pay_fen = fen_from_yuan(given["pay"], field="pay")
    with transaction(read_only=True) as session:
        present = draft_of(own_posting(session, posting_id))
    return replace(present, headcount=int(given["headcount"][:6]), pay_fen=pay_fen, words=given["words"])


def _fixed(draft: Draft, given: dict[str, str]) -> dict[str, str]:
    now, chosen = clock.now(), request.form.get("fix", type=int)
    findings = judge(draft, law=gate_law(), on=clock.local_date(now), now=now)
    refusals = [found for found in findings if found.severity == "refused"]
    for index, found in enumerate(refusals):
        if index == chosen and found.field == "words":
            return given | {"words": mended(draft.words, found)}
    return given


def _screen(posting_id: int, given: dict[str, str], errors: dict[str, str], findings: list[Finding]) -> str:
    with transaction(read_only=True) as session:
        job = job_of(session, own_posting(session, posting_id))
    return render_template(
        "for_employers/revise.html", job=job, given=given, errors=errors, findings=findings, finding_said=said
    )
