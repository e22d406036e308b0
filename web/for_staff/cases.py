"""欠薪案子: the queue by deadline, one case with its claims down to marks and hours, and what staff do in it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web import case_words
from web.auth import may_enter, staff, viewer
from web.errors import said_by_field
from web.for_staff.blueprint import page, pages, scoped_counties
from web.papers import case_pack
from web.papers.download import pdf
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.ground.money import fen_from_yuan
from zero_work_market.ground.paging import page_of
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.arrears.rules import sum_lines
from zero_work_market.rights.disputes import queries, service
from zero_work_market.rights.disputes.models import Case, Claim
from zero_work_market.rights.disputes.rules import OUTCOMES, Mediation, Outcome, Procedure, Result

DECIDE = Permission.DECIDE
FEN_IN_YUAN = 100
Deed = Callable[[Session, dict[str, Any], Mapping[str, str]], object]
DEEDS: dict[str, tuple[Deed, str]] = {
    "accept": (lambda s, of, given: service.accept(s, words=given.get("words", ""), **of), "立案了，两边都收到短信。"),
    "call": (lambda s, of, given: _call(s, of, given), "约好了，两边都收到短信。"),
    "mediation": (lambda s, of, given: _mediation(s, of, given), "调解记上了，两边都收到短信。"),
    "refer": (lambda s, of, given: _refer(s, of, given), "转过去了，两边都收到短信。"),
    "extend": (lambda s, of, given: _extend(s, of, given), "延了，两边都收到短信。"),
    "supervise": (lambda s, of, given: service.supervise(s, reason=given.get("reason", ""), **of), "挂牌督办了。"),
    "lift": (lambda s, of, given: service.lift(s, reason=given.get("reason", ""), **of), "牌摘了。"),
    "close": (lambda s, of, given: _close(s, of, given), "结案了，两边都收到短信。"),
}
"""Verb → what it does with the form, and what is said when it is done."""


@pages.get("/cases")
@may_enter(staff(DECIDE))
def cases() -> str:
    """Open cases that wait for a step or whose day comes, the most urgent first; the supervision list; or all."""
    now, asked, here = clock.now(), request.args.get("show", ""), scoped_counties(DECIDE)
    today = clock.local_date(now)
    lists = {
        "due": queries.pressing(counties=here, by=today + timedelta(days=limit("case_warning_days", today).value)),
        "supervised": queries.supervised(counties=here), "all": queries.every(counties=here),
    }  # fmt: skip
    with transaction(read_only=True) as session:
        counts = {name: queries.count(session, query) for name, query in lists.items()}
        show = asked if asked in lists else "due" if counts["due"] else "all"
        found = page_of(session, lists[show], number=request.args.get("page", 1, type=int))
        employers = queries.employers_of(session, found.rows)
    return page(
        "cases", "cases", found=found, show=show, counts=counts, employers=employers, today=today, words=case_words
    )


@pages.get("/cases/<int:case_id>")
@may_enter(staff(DECIDE))
def case(case_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _page(_allowed(case_id))


@pages.post("/cases/<int:case_id>/<any(accept, call, mediation, refer, extend, supervise, lift, close):verb>")
@may_enter(staff(DECIDE))
def handle_case(case_id: int, verb: str) -> Response | tuple[str, int]:
    row, (deed, done) = _allowed(case_id), DEEDS[verb]
    of = {"case_id": case_id, "by": viewer().as_staff(DECIDE, row.county), "at": clock.now()}
    try:
        with transaction() as session:
            deed(session, of, request.form)
    except LeyeError as error:
        status, errors = said_by_field(error)
        if error.code == "reason_missing":
            errors = dict.fromkeys(("reason", "words"), errors["form"])
        return _page(_allowed(case_id), verb, errors), status
    flash(done, "ok")
    return redirect(url_for("staff.case", case_id=case_id), 303)


@pages.get("/cases/<int:case_id>/pack")
@may_enter(staff(DECIDE))
def case_pack_of(case_id: int) -> Response:
    """The papers of every open claim, or of one, with names and numbers in full; the fetch is logged.

    Raises NotFound, OutOfScope.
    """
    row, only = _allowed(case_id), request.args.get("claim", type=int)
    claims = [claim for claim in row.open_claims if only in (None, claim.id)]
    if not claims:
        raise NotFound(what="claim")
    by, reason = viewer().as_staff(DECIDE, row.county), f"出仲裁材料（{row.number}）"
    with transaction() as session:
        body = case_pack.pack(session, row, claims, reason=reason, by=by, at=clock.now())
    return pdf(body, f"仲裁材料 {row.number}")


def _allowed(case_id: int) -> Case:
    with transaction(read_only=True) as session:
        row = queries.case(session, case_id)
    viewer().require(DECIDE, row.county)
    return row


def _call(session: Session, of: dict[str, Any], given: Mapping[str, str]) -> None:
    meet_at = _moment(given.get("meet_on", ""), given.get("meet_at", ""))
    service.call_mediation(session, meet_at=meet_at, place=given.get("place", ""), words=given.get("words", ""), **of)


def _mediation(session: Session, of: dict[str, Any], given: Mapping[str, str]) -> None:
    result = Result.AGREED if given.get("result") == Result.AGREED else Result.FAILED
    claims = queries.case(session, of["case_id"]).open_claims
    record = Mediation(
        held_on=_day(given.get("held_on", ""), "held_on"), place=given.get("place", ""),
        present=given.get("present", ""), worker_said=given.get("worker_said", ""),
        employer_said=given.get("employer_said", ""), result=result,
        pay_by=_day(given["pay_by"], "pay_by") if given.get("pay_by") else None,
        sums=_sums(claims, given) if result == Result.AGREED else {},
    )  # fmt: skip
    service.record_mediation(session, record=record, **of)


def _refer(session: Session, of: dict[str, Any], given: Mapping[str, str]) -> None:
    procedure = Procedure.ORDINARY if given.get("procedure") == Procedure.ORDINARY else Procedure.SIMPLE
    service.refer(session, procedure=procedure, words=given.get("words", ""), **of)


def _extend(session: Session, of: dict[str, Any], given: Mapping[str, str]) -> None:
    days = given.get("days", "")
    service.extend(session, days=int(days) if days.isdecimal() else 0, reason=given.get("reason", ""), **of)


def _close(session: Session, of: dict[str, Any], given: Mapping[str, str]) -> None:
    asked = given.get("outcome", "")
    if asked not in set(Outcome):
        raise InvalidValue(field="outcome", reason="required")
    outcome = Outcome(asked)
    claims = queries.case(session, of["case_id"]).open_claims
    sums = _sums(claims, given) if outcome == Outcome.AWARDED else None
    service.close(session, outcome=outcome, words=given.get("words", ""), sums=sums, **of)


def _sums(claims: list[Claim], given: Mapping[str, str]) -> dict[int, int]:
    """Fen by claim, as typed in yuan; nothing typed is left out, "0" is nothing."""
    typed = {claim.id: given.get(f"sum.{claim.id}", "").strip() for claim in claims}
    return {
        claim_id: 0 if text in ("0", "0.00") else fen_from_yuan(text, field="sums")
        for claim_id, text in typed.items() if text
    }  # fmt: skip


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(field=field, reason="required" if not text else "format") from None


def _moment(day: str, time: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise InvalidValue(field="meet_at", reason="required" if not (day and time) else "format") from None


def _page(row: Case, verb: str = "", errors: dict[str, str] | None = None) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        employer = session.get_one(Employer, row.employer_id)
        standings = {claim.id: queries.standing(session, claim) for claim in row.claims}
        people = shown_workers(session, {claim.worker_id for claim in row.claims})
    names = {claim.id: people[claim.worker_id].masked_name for claim in row.claims}
    claimed_fen = sum(claim.claim_fen for claim in row.open_claims)
    return page(
        "case", "cases", at=row.county, row=row, employer=employer, standings=standings, names=names,
        errors=errors or {}, verb=verb, given=request.form, words=case_words, today=clock.local_date(now),
        claimed_fen=claimed_fen, lines={claim.id: sum_lines(claim.built_from) for claim in row.claims},
        steps=[case_words.told(row, step, now, names=names, employer=employer.short) for step in row.steps],
        outcomes=[one for one in Outcome if one in OUTCOMES[row.stage]], agreed=queries.agreed(row),
        settled=all(standings[claim.id].settled for claim in row.open_claims), clause_days=_clock_said(row),
        is_major=claimed_fen >= FEN_IN_YUAN * limit("major_case_yuan", clock.local_date(row.filed_at)).value,
    )  # fmt: skip


def _clock_said(row: Case) -> str:
    """Which article sets the stage's days, and whether it was read."""
    names = {
        "filed": "case_accept_days", "accepted": "case_mediate_days", "mediating": "case_mediate_days",
        "hearing": "case_simple_days" if row.procedure == Procedure.SIMPLE else "case_hearing_days",
    }  # fmt: skip
    if row.stage not in names:
        return ""
    found = limit(names[row.stage], clock.local_date(row.filed_at))
    return f"{found.value} 天，{found.source}" + ("" if found.confirmed else "，待核实")
