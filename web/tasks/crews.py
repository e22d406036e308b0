"""What follows from a crew: its members are asked, the employer hears that it is whole, and all hear when it isn't."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.crew_words import WHYS, role_said
from web.filters import deadline, yuan
from web.words import shifts_said
from zero_work_market.ground import clock, messages
from zero_work_market.ground.settings import settings
from zero_work_market.market.crews.models import Crew, CrewMember
from zero_work_market.market.crews.rules import IN_IT, Answer, State
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker


def tell_asked(session: Session, payload: Mapping[str, Any]) -> None:
    member = session.get_one(CrewMember, payload["member_id"])
    crew = session.get_one(Crew, member.crew_id)
    if member.state != Answer.ASKED or crew.state != State.OFFERED:
        return
    posting, now = session.get_one(Posting, crew.posting_id), clock.now()
    people = sum(one.place is not None for one in crew.members)
    said = f"{posting.employer.short}请你们一班 {people} 个人去{posting.title}：{_when(posting)}，"
    said += f"你做{role_said(member.occupation, member.level, member.title)}，一共 {yuan(posting.total_fen)} 元。"
    said += f"人都答应了才算数。{deadline(member.respond_by, now)}：{_page(posting)}"
    _tell_worker(session, member.worker_id, said, "crew_asked")


def tell_filled(session: Session, payload: Mapping[str, Any]) -> None:
    """Where that fills the posting, the employer is told of it already."""
    crew = session.get_one(Crew, payload["crew_id"])
    posting = session.get_one(Posting, crew.posting_id)
    if posting.state == PostingState.FILLED:
        return
    people = sum(one.place is not None for one in crew.members)
    said = f"{posting.title}（{_when(posting)}）的班组齐了，{people} 个人都答应了"
    said += f"：{settings().public_url}/hire/{posting.id}"
    _tell_employer(session, posting, said, "crew_filled")


def tell_broken(session: Session, payload: Mapping[str, Any]) -> None:
    """Why, and what may be done now: those who were in it can come alone, the employer can ask another crew."""
    crew = session.get_one(Crew, payload["crew_id"])
    posting = session.get_one(Posting, crew.posting_id)
    why = WHYS[crew.why] if crew.why else "没凑齐"
    is_open = posting.state in (PostingState.OPEN, PostingState.FILLED) and posting.closes_at > clock.now()
    said = f"{posting.employer.short}的{posting.title}（{_when(posting)}），这一班没凑成：{why}，不用去了。"
    said += f"想一个人去，看看还有没有位子：{_page(posting)}" if is_open else ""
    for member in crew.members:
        if member.place is not None and member.state in IN_IT:
            _tell_worker(session, member.worker_id, said, "crew_broken")
    told = f"{posting.title}（{_when(posting)}）这一班没凑成：{why}。"
    told += f"再邀一班，或者放开单招：{settings().public_url}/hire/{posting.id}/crew" if is_open else ""
    _tell_employer(session, posting, told, "crew_broken")


def _when(posting: Posting) -> str:
    return shifts_said([(shift.starts_at, shift.ends_at) for shift in posting.shifts], clock.now())


def _page(posting: Posting) -> str:
    return f"{settings().public_url}/postings/{posting.id}"


def _tell_worker(session: Session, worker_id: int, said: str, purpose: str) -> None:
    phone = session.get_one(Worker, worker_id).phone
    if phone:
        messages.queue(session, phone=phone, body=f"【乐业】{said}", purpose=purpose, at=clock.now())


def _tell_employer(session: Session, posting: Posting, said: str, purpose: str) -> None:
    account = session.get_one(Account, posting.employer.account_id)
    if account.phone:
        messages.queue(session, phone=account.phone, body=f"【乐业】{said}", purpose=purpose, at=clock.now())
