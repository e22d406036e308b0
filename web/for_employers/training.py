"""先培训再上岗: an employer asks that people be trained for a posting, and sees who passed and whether they come."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.auth import EMPLOYER, may_enter, viewer
from web.errors import said_by_field
from web.for_employers.blueprint import own_posting, pages
from web.training import WORDS, days_said, number_given
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError, NotFound
from zero_work_market.market.applications.queries import rows_of_posting
from zero_work_market.market.postings.rules import TAKING
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.policy.courses import queries, service


@pages.get("/<int:posting_id>/training")
@may_enter(EMPLOYER)
def training(posting_id: int) -> str:
    return _page(posting_id, {})


@pages.post("/<int:posting_id>/training")
@may_enter(EMPLOYER)
def ask_training(posting_id: int) -> Response | tuple[str, int]:
    """Ask, or change what was asked while it waits."""
    given = request.form
    try:
        with transaction() as session:
            own_posting(session, posting_id)
            service.ask_training(
                session, posting_id=posting_id, places=number_given(given, "places", "places"),
                words=given.get("words", ""), by=viewer().as_employer(), at=clock.now(),
            )  # fmt: skip
    except NotFound:
        raise
    except LeyeError as error:
        status, errors = said_by_field(error)
        return _page(posting_id, errors), status
    flash("交上去了。县里开了课，发短信告诉你。", "ok")
    return redirect(url_for("employers.training", posting_id=posting_id), 303)


def _page(posting_id: int, errors: dict[str, str]) -> str:
    now = clock.now()
    with transaction(read_only=True) as session:
        posting = own_posting(session, posting_id)
        order = queries.order_of_posting(session, posting_id)
        batches = queries.batches_of(session, [order.course_id]) if order and order.course_id else []
        passed = queries.passed_in(session, order.course_id) if order and order.course_id else []
        return render_template(
            "for_employers/training.html", job=job_of(session, posting), order=order, batches=batches,
            taken=queries.taken(session, [one.id for one in batches]), passed=passed,
            people=shown_workers(session, passed), answers=rows_of_posting(session, posting_id=posting_id),
            may_ask=posting.state in TAKING and posting.closes_at > now and bool(posting.occupations),
            given=request.form, errors=errors, days_said=days_said, **WORDS,
        )  # fmt: skip
