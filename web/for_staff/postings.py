"""Moderating postings: the queue of those whose employers aren't verified, and taking down what is open."""

from collections.abc import Callable, Iterable

from flask import flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from web.auth import may_enter, staff, viewer
from web.crew_words import crew_said, offered_crew
from web.errors import wording
from web.findings import said as said_of
from web.for_employers.slip import draft_of
from web.for_staff.blueprint import page, pages, scoped_counties
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.paging import page_of
from zero_work_market.market.gate.rules import Finding, judge
from zero_work_market.market.placements.service import take_down
from zero_work_market.market.postings import service
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.postings.queries import taking, waiting_for_staff
from zero_work_market.market.postings.rules import State
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.market.search.queries import jobs_of
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.employers.rules import Verification
from zero_work_market.reference.law.queries import gate_law

MODERATE = Permission.MODERATE
DEEDS: dict[str, Callable[..., Posting]] = {
    "approve": service.approve, "refuse": service.refuse, "take_down": take_down,
}  # fmt: skip


@pages.get("/postings")
@may_enter(staff(MODERATE))
def postings() -> str:
    """Those that wait, the longest first; or those that take workers now."""
    now, show = clock.now(), "open" if request.args.get("show") == "open" else "waiting"
    here, number = scoped_counties(MODERATE), request.args.get("page", 1, type=int)
    waiting = waiting_for_staff(counties=here)
    taken = taking(at=now).where(Posting.county.in_(here)).order_by(Posting.closes_at, Posting.id)
    with transaction(read_only=True) as session:
        found = {
            "waiting": page_of(session, waiting, number=number if show == "waiting" else 1),
            "open": page_of(session, taken, number=number if show == "open" else 1),
        }
        jobs = jobs_of(session, found[show].rows)
    return page("postings", "postings", found=found, show=show, jobs=list(zip(found[show].rows, jobs, strict=True)))


@pages.get("/postings/<int:posting_id>")
@may_enter(staff(MODERATE))
def posting(posting_id: int) -> str:
    """Raises NotFound, OutOfScope."""
    return _case(_posting(posting_id))


@pages.post("/postings/<int:posting_id>/<any(approve, refuse, take_down):verb>")
@may_enter(staff(MODERATE))
def judged(posting_id: int, verb: str) -> Response | tuple[str, int]:
    row = _posting(posting_id)
    told = {} if verb == "approve" else {"reason": request.form.get("reason", "")}
    by = viewer().as_staff(MODERATE, row.county)
    try:
        with transaction() as session:
            state = DEEDS[verb](session, posting_id=row.id, by=by, at=clock.now(), **told).state
    except LeyeError as error:
        status, said = wording(error)
        of_reason = error.code in ("reason_missing", "invalid_value")
        return _case(_posting(posting_id), errors={verb if of_reason else "form": said}), status
    flash(f"{row.title}：{_done(verb, state)}", "ok" if state != State.EXPIRED else "bad")
    return redirect(url_for("staff.postings", show="open" if verb == "take_down" else None), 303)


def _done(verb: str, state: State) -> str:
    if state == State.EXPIRED:
        return "开工的时候已经过了，没发出去。"
    done = {
        "approve": "发出去了，合适的人马上收到邀请。", "refuse": "没让发，原因对方看得到。",
        "take_down": "撤下来了，接了单的人会收到短信。",
    }  # fmt: skip
    return done[verb]


def _posting(posting_id: int) -> Posting:
    with transaction(read_only=True) as session:
        row = posting_by_id(session, posting_id)
    viewer().require(MODERATE, row.county)
    return row


def _case(row: Posting, errors: dict[str, str] | None = None) -> str:
    """The posting with what the gate says of it, by the law of the day on which it was sent."""
    posted = clock.local_date(row.posted_at)
    findings = judge(draft_of(row), law=gate_law(), on=posted, now=row.posted_at)
    with transaction(read_only=True) as session:
        job, now = job_of(session, row), clock.now()
        crew, offer = crew_said(session, row, at=now), offered_crew(session, row, at=now)
    return page(
        "posting", "postings", row=row, job=job, crew=crew, offer=offer,
        findings=[(found, said_of(found)) for found in findings],
        title=marked(row.title, (found for found in findings if found.field == "title")),
        words=marked(row.words, (found for found in findings if found.field == "words")),
        errors=errors or {}, typed=request.form.get("reason", ""), verified=row.employer.state == Verification.VERIFIED,
        live=row.state in (State.OPEN, State.FILLED) and row.closes_at > clock.now(),
    )  # fmt: skip


def marked(text: str, findings: Iterable[Finding]) -> Markup:
    """`text` with the words of the findings marked."""
    made, done = Markup(), 0
    for found in sorted(findings, key=lambda found: found.start):
        if found.words and found.start >= done:
            made += text[done : found.start]
            made += Markup("<mark>{}</mark>").format(text[found.start : found.end])
            done = found.end
    return made + text[done:]
