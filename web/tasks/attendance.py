"""What follows at the start of work: the next is called, both sides hear who was missing, and of what is contested."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.filters import clock as clocked
from web.filters import deadline, minutes, moment
from web.words import place_said
from zero_work_market.ground import clock, messages
from zero_work_market.ground.settings import settings
from zero_work_market.market.applications.models import Application
from zero_work_market.market.applications.queries import calls_of
from zero_work_market.market.applications.rules import State as Answer
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.attendance import queries
from zero_work_market.rights.attendance.queries import MarkRow
from zero_work_market.rights.attendance.rules import State, Verdict
from zero_work_market.rights.contracts.rules import Side


def tell_called(session: Session, payload: Mapping[str, Any]) -> None:
    application = session.get_one(Application, payload["application_id"])
    if application.state != Answer.INVITED or application.respond_by is None:
        return
    posting = session.get_one(Posting, application.posting_id)
    said = f"有人没来，你现在能去吗？{posting.title}，{place_said(posting.town, posting.address)}，"
    said += f"干到 {clocked(posting.shifts[0].ends_at)}。{deadline(application.respond_by, clock.now())}，过时叫下一个"
    _tell_worker(session, application.worker_id, said, f"/postings/{posting.id}", "called")


def tell_absent(session: Session, payload: Mapping[str, Any]) -> None:
    """Tell the worker how to contest it, and the employer who is called instead."""
    row = queries.row(session, payload["mark_id"])
    if row.mark.state != State.ABSENT:
        return
    named, now = f"{row.posting.title}（{moment(row.shift.starts_at, clock.now())}）", clock.now()
    seat = "，位子让给后面的人了" if row.is_first_shift else ""
    until = moment(row.contested_until, now)
    said = f"{named}到点没见你，记了没来{seat}。其实到了，或者有难处，{until} 前能申诉"
    _tell_worker(session, row.worker_id, said, f"/work/mine/{row.posting.id}/arrive", "absent")
    called = calls_of(session, posting_id=row.posting.id) if row.is_first_shift else 0
    instead = "排着的人正在叫" if called else "后面没有人排着了"
    said = f"{_name(session, row)}没来{named}" + (f"，{instead}" if row.is_first_shift else "")
    _tell_employer(session, row, said, "absent")


def tell_offline(session: Session, payload: Mapping[str, Any]) -> None:
    row = queries.row(session, payload["mark_id"])
    if row.mark.state != State.ARRIVED or row.mark.arrived_at is None:
        return
    now = clock.now()
    late = f"，晚 {minutes(row.mark.minutes_late)}" if row.mark.minutes_late else ""
    said = f"{_name(session, row)}补报 {moment(row.mark.arrived_at, now)} 到了{row.posting.title}{late}。"
    said += f"没信号时拿的码，到这会儿才报上。人要是没来，{moment(row.contested_until, now)} 前能说"
    _tell_employer(session, row, said, "arrived_offline")


def tell_contested(session: Session, payload: Mapping[str, Any]) -> None:
    """The side that didn't speak last hears of it."""
    row = queries.row(session, payload["mark_id"])
    named = f"{row.posting.title}（{moment(row.shift.starts_at, clock.now())}）"
    if (row.mark.contested_by == Side.EMPLOYER) != bool(row.mark.counter):
        said = f"单位说你没去{named}，县里的工作人员会来问清楚再定"
        _tell_worker(session, row.worker_id, said, f"/work/mine/{row.posting.id}/arrive", "contested")
    else:
        _tell_employer(session, row, f"{_name(session, row)}申诉{named}的到岗记录，县里的工作人员来定", "contested")


def tell_decided(session: Session, payload: Mapping[str, Any]) -> None:
    row = queries.row(session, payload["mark_id"])
    named = f"{row.posting.title}（{moment(row.shift.starts_at, clock.now())}）"
    said = f"{named}的申诉定了：{_came_to(row)}。理由：{row.mark.decision}"
    _tell_worker(session, row.worker_id, said, f"/work/mine/{row.posting.id}/arrive", "mark_decided")
    _tell_employer(session, row, f"{_name(session, row)}，{said}", "mark_decided")


def _came_to(row: MarkRow) -> str:
    if row.mark.verdict == Verdict.EXCUSED:
        return "没来有缘故，不记在账上"
    came = "算到了" if row.mark.state == State.ARRIVED else "算没来"
    return f"维持原样，{came}" if row.mark.verdict == Verdict.UPHELD else came


def _name(session: Session, row: MarkRow) -> str:
    return mask_name(session.get_one(Worker, row.worker_id).surname)


def _tell_worker(session: Session, worker_id: int, said: str, page: str, purpose: str) -> None:
    _tell(session, session.get_one(Worker, worker_id).phone, said, page, purpose)


def _tell_employer(session: Session, row: MarkRow, said: str, purpose: str) -> None:
    account = session.get_one(Account, row.posting.employer.account_id)
    _tell(session, account.phone, said, f"/hire/{row.posting.id}/today", purpose)


def _tell(session: Session, phone: str | None, said: str, page: str, purpose: str) -> None:
    if phone:
        body = f"【乐业】{said}：{settings().public_url}{page}"
        messages.queue(session, phone=phone, body=body, purpose=purpose, at=clock.now())
