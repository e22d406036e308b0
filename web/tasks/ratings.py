"""What follows from ratings: the other side hears of one, both hear of what staff decided."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.filters import day
from zero_work_market.ground import clock, messages
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.settings import settings
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings.models import Rating
from zero_work_market.rights.ratings.queries import pair, posting_of
from zero_work_market.rights.ratings.rules import other


def tell_given(session: Session, payload: Mapping[str, Any]) -> None:
    """The other side is told: to rate too, or, having done so, that both can be seen now."""
    row = session.get_one(Rating, payload["rating_id"])
    posting = session.get_one(Posting, posting_of(session, row))
    who = _name(session, row, posting)
    if len(pair(session, placement_id=row.placement_id)) == 2:
        hours = limit("rating_contest_hours", local_date(row.at)).value
        said = f"{posting.title}，{who}也评了你，两边评的都能看了。觉得不对，{hours} 小时内能申诉"
    else:
        until = day(row.shown_at, clock.now())
        said = f"{posting.title}，{who}评了你。你也评一评，评完两边才都看得到；{until}前不评，就不能评了"
    _tell(session, row, posting, other(row.side), said)


def tell_decided(session: Session, payload: Mapping[str, Any]) -> None:
    row = session.get_one(Rating, payload["rating_id"])
    posting = session.get_one(Posting, posting_of(session, row))
    done = f"{'撤下来了' if row.hidden_at else '留着'}：{row.decision}"
    _tell(session, row, posting, other(row.side), f"{posting.title}，你申诉的那条评价，工作人员看过了，{done}")
    _tell(session, row, posting, row.side, f"{posting.title}，你评的那条，对方申诉了，工作人员看过了，{done}")


def _name(session: Session, row: Rating, posting: Posting) -> str:
    if row.side == Side.EMPLOYER:
        return posting.employer.short
    return mask_name(session.get_one(Worker, row.worker_id).surname)


def _tell(session: Session, row: Rating, posting: Posting, side: Side, said: str) -> None:
    if side == Side.WORKER:
        phone, page = session.get_one(Worker, row.worker_id).phone, f"/work/mine/{posting.id}/rate"
    else:
        phone = session.get_one(Account, posting.employer.account_id).phone
        page = f"/hire/{posting.id}/rate/{row.worker_id}"
    if phone:
        body = f"【乐业】{said}：{settings().public_url}{page}"
        messages.queue(session, phone=phone, body=body, purpose="rated", at=clock.now())
