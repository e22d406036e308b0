"""Who sees which posting."""

from sqlalchemy.orm import Session

from web.auth import viewer
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.models import Worker


def watches(posting: Posting) -> bool:
    """True for the posting's employer, and for staff with a board over its town."""
    return viewer().employer_id == posting.employer_id or viewer().may(Permission.BOARD, posting.town)


def visible(session: Session, posting_id: int) -> Posting:
    """The posting, once it is published; before that for those who watch it alone. Raises NotFound."""
    posting = posting_by_id(session, posting_id)
    if posting.published_at is None and not watches(posting):
        raise NotFound(what="posting")
    return posting


def own(session: Session, posting_id: int) -> Posting:
    """The asking employer's posting. Raises NotFound for any other."""
    posting = posting_by_id(session, posting_id)
    if viewer().employer_id != posting.employer_id:
        raise NotFound(what="posting")
    return posting


def asking_worker(session: Session) -> Worker | None:
    worker_id = viewer().worker_id
    return None if worker_id is None else session.get(Worker, worker_id)
