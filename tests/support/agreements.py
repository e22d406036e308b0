"""Agreements on their way: a seat taken, its agreement offered, signed by either side with the code that was sent."""

import json
import re
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tests.support.makers import NOW, make_worker, oneself
from zero_work_market.ground import messages
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.contracts import queries, service
from zero_work_market.rights.contracts.models import Agreement

STROKES = json.dumps([[[100, 100, 0], [300, 120, 40], [500, 90, 90]], [[300, 40, 200], [290, 350, 280]]])
LATER = timedelta(minutes=2)
"""Beyond the pause between two codes."""


def seated(session: Session, posting: Posting, worker: Worker | None = None, *, at: datetime = NOW) -> Placement:
    worker = worker or make_worker(session, at=at)
    taken = placements.accept(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=at)
    return session.get_one(Placement, taken.placement_id)


def offered(session: Session, placement: Placement, *, at: datetime = NOW) -> Agreement:
    agreement = service.follow_seat(session, placement_id=placement.id, at=at)
    assert agreement is not None
    return agreement


def code_for(session: Session, account_id: int | None, *, at: datetime) -> str:
    """The code sent for signing, asked for anew."""
    account = session.get_one(Account, account_id)
    service.request_code(session, by=oneself(account), at=at)
    [sent] = messages.newest(session, phone=account.phone, purpose="sign_code", limit=1)
    return re.findall(r"\d{6}", sent.body or "")[0]


def worker_signs(session: Session, placement: Placement, *, at: datetime = NOW, **more: str) -> Agreement | LeyeError:
    worker = session.get_one(Worker, placement.worker_id)
    agreement = queries.of_placement(session, placement.id)
    assert agreement is not None
    told = {"seen": agreement.text_hash, "drawn": STROKES, "typed_name": "", "code": ""} | more
    told["code"] = told["code"] or code_for(session, worker.account_id, at=at)
    return service.sign_as_worker(session, placement_id=placement.id, by=oneself(worker), at=at, **told)


def employer_signs(
    session: Session, posting: Posting, *, at: datetime = NOW, seen: list[str] | None = None, **more: str
) -> list[Agreement] | LeyeError:
    hashes = [agreement.text_hash for agreement, _ in queries.of_posting(session, posting.id)] if seen is None else seen
    told = {"drawn": STROKES, "typed_name": "", "code": ""} | more
    told["code"] = told["code"] or code_for(session, posting.employer.account_id, at=at)
    by = oneself(posting.employer)
    return service.sign_as_employer(session, posting_id=posting.id, seen=hashes, by=by, at=at, **told)
