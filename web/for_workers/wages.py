"""工资条: one line of the wage sheet to the worker whose it is, and whether the money came."""

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from web.auth import WORKER, may_enter, viewer
from web.errors import wording
from web.for_workers.blueprint import pages
from web.papers.download import pdf
from web.papers.wage_slip import slip_paper
from web.wage_words import PROOFS, formula, lamp_said, period_said, word_said
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.employers.queries import project as project_by_id
from zero_work_market.rights.hours.queries import works_of
from zero_work_market.rights.hours.rules import Word
from zero_work_market.rights.wages.queries import WageRow
from zero_work_market.rights.wages.queries import wage as wage_by_id
from zero_work_market.rights.wages.service import answer_payment


@pages.get("/wages/<int:wage_id>")
@may_enter(WORKER)
def slip(wage_id: int) -> str:
    """Raises NotFound for another's wage."""
    now = clock.now()
    with transaction(read_only=True) as session:
        wage = _own(session, wage_id)
        posting = posting_by_id(session, wage.posting_id)
        works = works_of(session, [wage.id]).get(wage.id, ())
        return render_template(
            "for_workers/slip.html",
            wage=wage, posting=posting, lamp=lamp_said(wage, clock.local_date(now)), proofs=PROOFS,
            period=period_said(min(day for day, _, _ in works) if works else wage.first_day, wage.last_day),
            formula=formula(wage, works, pay_kind=posting.pay_kind, pay_fen=posting.pay_fen),
            works=[(day, word_said(Word("", minutes, pieces))) for day, minutes, pieces in works],
            project=project_by_id(session, wage.project_id) if wage.project_id else None,
        )  # fmt: skip


@pages.get("/wages/<int:wage_id>/slip.pdf")
@may_enter(WORKER)
def slip_pdf(wage_id: int) -> Response:
    """The slip on paper, for the worker to keep. Raises NotFound for another's wage."""
    now = clock.now()
    with transaction(read_only=True) as session:
        wage = _own(session, wage_id)
        body = slip_paper(session, wage, at=now)
    return pdf(body, f"工资条 {wage.last_day}")


@pages.post("/wages/<int:wage_id>/payments/<int:payment_id>/<any(received, denied):answer>")
@may_enter(WORKER)
def answer_paid(wage_id: int, payment_id: int, answer: str) -> Response:
    """到账了吗: it came, or it didn't. Raises NotFound for another's."""
    try:
        with transaction() as session:
            if payment_id not in {payment.id for payment in _own(session, wage_id).payments}:
                raise NotFound(what="payment")
            answer_payment(
                session, payment_id=payment_id, received=answer == "received", by=viewer().as_worker(), at=clock.now()
            )
        flash(
            "收到就好。" if answer == "received" else "记下了，单位会收到短信，县里的工作人员也看得到。",
            "ok" if answer == "received" else "bad",
        )
    except NotFound:
        raise
    except LeyeError as error:
        flash(wording(error)[1], "bad")
    return redirect(url_for("workers.slip", wage_id=wage_id), 303)


def _own(session: Session, wage_id: int) -> WageRow:
    found = wage_by_id(session, wage_id)
    if found.worker_id != viewer().worker_id:
        raise NotFound(what="wage")
    return found
