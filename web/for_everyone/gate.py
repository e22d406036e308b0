"""What the QR code at the gate opens: nothing changes by opening it."""

from flask import render_template

from web.auth import WORKER, may_enter
from web.for_everyone.blueprint import pages
from web.for_workers.arrive import gate_page
from zero_work_market.ground.errors import NotFound
from zero_work_market.rights.attendance.rules import read_token


@pages.get("/in/<token>")
@may_enter(WORKER)
def gate(token: str) -> str | tuple[str, int]:
    """One tap to say "here", for a worker with a seat; others are led to log in and back."""
    told = read_token(token)
    if told is None:
        return render_template("for_workers/no_gate.html", posting_id=None), 422
    try:
        return gate_page(told.posting_id, token)
    except NotFound:
        return render_template("for_workers/no_gate.html", posting_id=told.posting_id), 409
