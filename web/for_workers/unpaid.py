"""要工资: what is owed, the complaint that one tap builds, and how it goes on."""

import secrets
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web import case_words
from web.auth import WORKER, may_enter, viewer
from web.errors import said_by_field, wording
from web.for_workers.blueprint import pages
from web.papers import case_pack
from web.papers.download import pdf
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.people.employers.models import Employer
from zero_work_market.rights.arrears.rules import sum_lines
from zero_work_market.rights.disputes import queries, service
from zero_work_market.rights.disputes.models import Claim
from zero_work_market.rights.disputes.rules import Stage


@pages.get("/unpaid")
@may_enter(WORKER)
def unpaid() -> str:
    now, worker_id = clock.now(), _worker_id()
    with transaction(read_only=True) as session:
        found = queries.unpaid(session, worker_id=worker_id, at=now)
        claims = queries.claims_of_worker(session, worker_id=worker_id)
        standings = {claim.id: queries.standing(session, claim) for claim, _ in claims}
        employers = queries.employers_of(session, [case for _, case in claims])
    going = [claim for claim, case in claims if claim.withdrawn_at is None and case.stage != Stage.CLOSED]
    return render_template(
        "for_workers/unpaid.html",
        late=[one for one in found if one.fileable], ahead=[one for one in found if not one.fileable],
        claims=claims, going=going, standings=standings, employers=employers, key=secrets.token_urlsafe(12),
        today=clock.local_date(now), words=case_words,
    )  # fmt: skip


@pages.post("/unpaid/<int:posting_id>")
@may_enter(WORKER)
def complain(posting_id: int) -> Response:
    """One tap: the complaint builds itself. Raises NotFound for work that the worker never had a seat of."""
    try:
        with transaction() as session:
            claim_id = service.complain(
                session, posting_id=posting_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now(),
                key=request.form.get("key"),
            ).id  # fmt: skip
    except LeyeError as error:
        return _refused(error)
    flash("告上去了，也短信告诉了单位。下一步有消息就告诉你。", "ok")
    return redirect(url_for("workers.claim", claim_id=claim_id), 303)


@pages.post("/unpaid/<int:posting_id>/remind")
@may_enter(WORKER)
def remind(posting_id: int) -> Response:
    """Have the employer told of the pay day. Raises NotFound as `complain`."""
    try:
        with transaction() as session:
            sent = service.remind(
                session, posting_id=posting_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now()
            )
    except LeyeError as error:
        return _refused(error)
    flash("短信提醒单位了。" if sent else "今天提醒过了，明天还能再提醒。", "ok")
    return redirect(url_for("workers.unpaid"), 303)


@pages.get("/claims/<int:claim_id>")
@may_enter(WORKER)
def claim(claim_id: int) -> str:
    """Raises NotFound, also for another's."""
    return _claim(claim_id, {})


@pages.post("/claims/<int:claim_id>/words")
@may_enter(WORKER)
def say(claim_id: int) -> Response | tuple[str, int]:
    """What else the worker has to say."""

    def said(session: Session) -> None:
        service.add_words(
            session, claim_id=claim_id, worker_id=_worker_id(), words=request.form.get("words", ""),
            by=viewer().as_worker(), at=clock.now(),
        )  # fmt: skip

    return _done(claim_id, said, "记上了，县里和单位都看得到。")


@pages.post("/claims/<int:claim_id>/take-back")
@may_enter(WORKER)
def take_back(claim_id: int) -> Response | tuple[str, int]:
    def taken(session: Session) -> None:
        service.take_back(session, claim_id=claim_id, worker_id=_worker_id(), by=viewer().as_worker(), at=clock.now())

    return _done(claim_id, taken, "撤回了。钱还没到的话，随时能再告。")


@pages.get("/claims/<int:claim_id>/pack")
@may_enter(WORKER)
def claim_pack(claim_id: int) -> Response:
    """The worker's own copy for the arbitration office, with name and number in full; the fetch is logged."""
    with transaction() as session:
        own = queries.claim_of_worker(session, claim_id=claim_id, worker_id=_worker_id())
        case = queries.case(session, own.case_id)
        reason = f"本人取仲裁材料（{case.number}）"
        body = case_pack.pack(session, case, [own], reason=reason, by=viewer().as_worker(), at=clock.now())
    return pdf(body, f"仲裁材料 {case.number}")


def _done(claim_id: int, deed: Callable[[Session], None], words: str) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            deed(session)
    except NotFound:
        raise
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _claim(claim_id, errors), status
    flash(words, "ok")
    return redirect(url_for("workers.claim", claim_id=claim_id), 303)


def _claim(claim_id: int, errors: dict[str, str]) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        own = queries.claim_of_worker(session, claim_id=claim_id, worker_id=_worker_id())
        case = queries.case(session, own.case_id)
        employer, standing = session.get_one(Employer, case.employer_id), queries.standing(session, own)
    mine = [step for step in case.steps if step.claim_id in (None, own.id)]
    return render_template(
        "for_workers/claim.html",
        claim=own, case=case, employer=employer, standing=standing, errors=errors, words=case_words,
        typed=request.form.get("words", ""), lines=sum_lines(own.built_from), posting_id=_posting_id(own),
        steps=[case_words.told(case, step, now, names={own.id: "你"}, employer=employer.short) for step in mine],
    )  # fmt: skip


def _posting_id(own: Claim) -> int:
    return int(own.built_from["posting"]["id"])


def _refused(error: LeyeError) -> Response:
    if isinstance(error, NotFound):
        raise error
    flash(wording(error)[1], "bad")
    return redirect(url_for("workers.unpaid"), 303)


def _worker_id() -> int:
    worker_id = viewer().worker_id
    assert worker_id is not None
    return worker_id
