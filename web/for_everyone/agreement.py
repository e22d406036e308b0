"""Whether an agreement on paper is the one that was signed: for whoever holds the paper and scans its code."""

import hmac

from flask import render_template

from web.agreements import shown
from web.auth import EVERYONE, may_enter
from web.for_everyone.blueprint import pages
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import NotFound
from zero_work_market.rights.contracts import queries


@pages.get("/agreements/<int:agreement_id>/<digest>")
@may_enter(EVERYONE)
def agreement(agreement_id: int, digest: str) -> str:
    """Number, state, times and proof; no names, no terms. Raises NotFound unless `digest` begins the text's hash."""
    with transaction(read_only=True) as session:
        found = queries.agreement(session, agreement_id)
        if not hmac.compare_digest(found.text_hash[:32].encode(), digest.encode()):
            raise NotFound(what="agreement")
        return render_template("for_everyone/agreement.html", agreement=shown(session, found, names=False))
