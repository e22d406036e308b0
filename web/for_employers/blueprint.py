"""The blueprint of the employers' pages, and what is the viewer's own on them."""

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from web.auth import viewer
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id

pages = APIBlueprint("employers", __name__, url_prefix="/hire", enable_openapi=False)


def own_id() -> int:
    """Id of the employer that the viewer acts for, on a page that only employers enter."""
    employer_id = viewer().employer_id
    assert employer_id is not None
    return employer_id


def own_posting(session: Session, posting_id: int) -> Posting:
    """Raises NotFound for another employer's posting as for one that isn't there."""
    row = posting_by_id(session, posting_id)
    if row.employer_id != own_id():
        raise NotFound(what="posting")
    return row
