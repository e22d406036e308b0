"""What follows from the market's events: invitations, a queue that moves up, and messages in plain words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.filters import deadline, moment, yuan
from web.words import rate, shifts_said
from zero_work_market.ground import clock, messages
from zero_work_market.ground.settings import settings
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.rules import State
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.market.search.queries import similar
from zero_work_market.market.shortlists import service as shortlists
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name


def invite_first(session: Session, payload: Mapping[str, Any]) -> None:
    shortlists.invite_first(session, posting_id=payload["posting_id"], at=clock.now())


def fill_from_queue(session: Session, payload: Mapping[str, Any]) -> None:
    placements.fill_from_queue(session, posting_id=payload["posting_id"], at=clock.now())


def tell_invited(session: Session, payload: Mapping[str, Any]) -> None:
    application = session.get_one(Application, payload["application_id"])
    if application.state != State.INVITED or application.respond_by is None:
        return
    posting, now = session.get_one(Posting, application.posting_id), clock.now()
    said = f"{posting.employer.short}请你去{posting.title}：{_when(posting)}，{rate(posting)}，"
    said += f"一共 {yuan(posting.total_fen)} 元。{deadline(application.respond_by, now)}：{_link(posting)}"
    _tell(session, application.worker_id, said, "invited")


def tell_seated(session: Session, payload: Mapping[str, Any]) -> None:
    placement = session.get_one(Placement, payload["placement_id"])
    if placement.seat is None:
        return
    posting = session.get_one(Posting, placement.posting_id)
    said = f"接好了：{posting.title}，{_when(posting)}，{posting.address}。先把约定签了，去不了早点退：{_hire(posting)}"
    _tell(session, placement.worker_id, said, "seated")


def tell_cancelled(session: Session, payload: Mapping[str, Any]) -> None:
    """Tell the worker, and name the best of what else is open to them."""
    placement, now = session.get_one(Placement, payload["placement_id"]), clock.now()
    posting, worker = session.get_one(Posting, placement.posting_id), session.get_one(Worker, placement.worker_id)
    said = f"{posting.employer.short}把{posting.title}（{_when(posting)}）停了，不用去了。"
    others = similar(session, posting=posting, worker=worker, at=now)
    if others:
        named = "；".join(f"{job.title} {moment(job.closes_at, now)} {yuan(job.total_fen)} 元" for job in others)
        said += f"别的活：{named}。{settings().public_url}/"
    _tell(session, worker.id, said, "cancelled")


def _tell(session: Session, worker_id: int, said: str, purpose: str) -> None:
    phone = session.get_one(Worker, worker_id).phone
    if phone:
        messages.queue(session, phone=phone, body=f"【乐业】{said}", purpose=purpose, at=clock.now())


def _when(posting: Posting) -> str:
    return shifts_said([(shift.starts_at, shift.ends_at) for shift in posting.shifts], clock.now())


def _hire(posting: Posting) -> str:
    return f"{settings().public_url}/work/mine/{posting.id}"


def _link(posting: Posting) -> str:
    return f"{settings().public_url}/postings/{posting.id}"


def tell_called_off(session: Session, payload: Mapping[str, Any]) -> None:
    posting = session.get_one(Posting, payload["posting_id"])
    said = f"{posting.employer.short}的{posting.title}（{_when(posting)}）不招了。"
    _tell(session, payload["worker_id"], said, "called_off")


def tell_given_up(session: Session, payload: Mapping[str, Any]) -> None:
    posting = session.get_one(Posting, payload["posting_id"])
    worker = session.get_one(Worker, payload["worker_id"])
    said = f"{mask_name(worker.surname)}退了{posting.title}（{_when(posting)}）。排着的会自动补上，也可以再邀人"
    _tell_employer(session, posting, f"{said}：{_order(posting)}", "given_up")


def tell_filled(session: Session, payload: Mapping[str, Any]) -> None:
    posting = session.get_one(Posting, payload["posting_id"])
    said = f"{posting.title}（{_when(posting)}）招满了，{posting.headcount} 个人：{_order(posting)}"
    _tell_employer(session, posting, said, "filled")


def tell_decided(session: Session, payload: Mapping[str, Any]) -> None:
    posting = session.get_one(Posting, payload["posting_id"])
    if posting.state == PostingState.REFUSED:
        said = f"{posting.title}没通过：{posting.state_reason}。改好再发：{_order(posting)}"
    else:
        said = f"{posting.title}（{_when(posting)}）审核通过，发出去了：{_order(posting)}"
    _tell_employer(session, posting, said, "decided")


def _tell_employer(session: Session, posting: Posting, said: str, purpose: str) -> None:
    account = session.get_one(Account, posting.employer.account_id)
    if account.phone:
        messages.queue(session, phone=account.phone, body=f"【乐业】{said}", purpose=purpose, at=clock.now())


def _order(posting: Posting) -> str:
    return f"{settings().public_url}/hire/{posting.id}"
