"""欠薪案子: what workers claim of the employer, its answer, and the way to pay."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web import case_words
from web.auth import EMPLOYER, may_enter, viewer
from web.errors import said_by_field
from web.for_employers.blueprint import own_id, pages
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.rights.disputes import queries, service


@pages.get("/cases")
@may_enter(EMPLOYER)
def cases() -> str:
    return _page()


@pages.post("/cases/<int:case_id>/answer")
@may_enter(EMPLOYER)
def answer_case(case_id: int) -> Response | tuple[str, int]:
    """The employer's word, which the workers and the county read. Raises NotFound for another's case."""
    try:
        with transaction() as session:
            service.answer(
                session, case_id=case_id, employer_id=own_id(), words=request.form.get("words", ""),
                by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(case_id, errors), status
    flash("回上去了，工人和县里都看得到。", "ok")
    return redirect(url_for("employers.cases", _anchor=f"case-{case_id}"), 303)


def _page(failed: int | None = None, errors: dict[str, str] | None = None) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        found = queries.cases_of_employer(session, employer_id=own_id())
        claims = [claim for case in found for claim in case.claims]
        standings = {claim.id: queries.standing(session, claim) for claim in claims}
        people = shown_workers(session, {claim.worker_id for claim in claims})
    names = {claim.id: people[claim.worker_id].masked_name for claim in claims}
    return render_template(
        "for_employers/cases.html",
        cases=found, standings=standings, names=names, failed=failed, errors=errors or {}, words=case_words,
        typed=request.form.get("words", ""), today=clock.local_date(now),
        steps={
            case.id: [case_words.told(case, step, now, names=names, employer="我们") for step in case.steps]
            for case in found
        },
    )  # fmt: skip
