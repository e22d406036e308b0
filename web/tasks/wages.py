"""What follows from hours and wages: both sides are asked, warned and told, in plain words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.filters import day, minutes, month_day, when, yuan
from web.wage_words import PROOFS
from zero_work_market.ground import clock, messages
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.hours.models import Hours
from zero_work_market.rights.hours.rules import Word, last_words
from zero_work_market.rights.wages.models import Payment, Wage
from zero_work_market.rights.wages.rules import Lamp


def ask_hours(session: Session, payload: Mapping[str, Any]) -> None:
    """Each worker who is silent is asked, and the employer once for all of whom it is silent."""
    shift = session.get_one(Shift, payload["shift_id"])
    posting = session.get_one(Posting, shift.posting_id)
    job = f"{posting.title}（{when(shift.starts_at, shift.ends_at, clock.now())}）"
    unsaid = 0
    for hours_id in payload["hours_ids"]:
        hours = session.get_one(Hours, hours_id)
        said = last_words(_words(hours))
        if hours.agreed_at is not None:
            continue
        if "worker" not in said:
            _tell_worker(session, hours.placement_id, f"{job}干完了，干了几个小时？点一下就行", "hours", "hours")
        unsaid += "employer" not in said
    if unsaid:
        said_to = f"{job}干完了，{unsaid} 个人的工时你还没说。两边说的一样才算数"
        _tell_employer(session, posting, said_to, "hours", "hours")


def tell_disputed(session: Session, payload: Mapping[str, Any]) -> None:
    hours = session.get_one(Hours, payload["hours_id"])
    posting, worker = _whose(session, hours.placement_id)
    said = last_words(_words(hours))
    theirs, ours = minutes(said["worker"].minutes), minutes(said["employer"].minutes)
    differ = f"{posting.title}的工时两边说的不一样"
    to_worker = f"{differ}：你说 {theirs}，{posting.employer.short}说 {ours}。商量好再说一遍，商量不成工作人员来定"
    _tell_worker(session, hours.placement_id, to_worker, "hours", "hours_disputed")
    to_employer = f"{differ}：{mask_name(worker.surname)}说 {theirs}，你们说 {ours}。商量好再说一遍"
    _tell_employer(session, posting, to_employer, "hours", "hours_disputed")


def tell_decided(session: Session, payload: Mapping[str, Any]) -> None:
    hours = session.get_one(Hours, payload["hours_id"])
    posting, worker = _whose(session, hours.placement_id)
    said = f"工时定了，算 {minutes(hours.agreed_minutes or 0)}：{hours.claims[-1].words}"
    _tell_worker(session, hours.placement_id, f"{posting.title}的{said}", "hours", "hours_decided")
    _tell_employer(session, posting, f"{mask_name(worker.surname)} {posting.title}的{said}", "hours", "hours_decided")


def tell_due(session: Session, payload: Mapping[str, Any]) -> None:
    """The employer before the day and after it; the workers when it is over."""
    posting = session.get_one(Posting, payload["posting_id"])
    known = [session.get_one(Wage, wage_id) for wage_id in payload["wage_ids"]]
    wages = [wage for wage in known if wage.settled_on is None]
    if not wages:
        return
    left, due = sum(wage.net_fen - wage.paid_fen for wage in wages), min(wage.due_on for wage in wages)
    sum_said = f"{posting.title}的工钱，{len(wages)} 个人 {yuan(left)} 元"
    if payload["lamp"] == Lamp.AMBER:
        _tell_employer(session, posting, f"{sum_said}，{day(due, clock.now())}前要发", "wages", "wage_due")
        return
    _tell_employer(session, posting, f"{sum_said}，{month_day(due)}就该发，已经拖了", "wages", "wage_due")
    for wage in wages:
        said = f"{posting.employer.short}该在 {month_day(due)}前给你 {yuan(wage.net_fen - wage.paid_fen)} 元，没给清。"
        _send(session, _worker_phone(session, wage.worker_id), f"{said}点这里要：{_url()}/work/unpaid", "wage_due")


def tell_paid(session: Session, payload: Mapping[str, Any]) -> None:
    payment = session.get_one(Payment, payload["payment_id"])
    wage = session.get_one(Wage, payment.wage_id)
    posting, _ = _whose(session, wage.placement_id)
    if payment.received_at or payment.denied_at or payment.voided_at:
        return
    how = f"{yuan(payment.fen)} 元，{PROOFS[payment.proof]}，{month_day(payment.paid_on)}"
    said = f"{posting.employer.short}说给你发了 {how}。到账了吗？看工资条，回一声：{_url()}/work/wages/{wage.id}"
    _send(session, _worker_phone(session, wage.worker_id), said, "wage_paid")


def tell_denied(session: Session, payload: Mapping[str, Any]) -> None:
    payment = session.get_one(Payment, payload["payment_id"])
    wage = session.get_one(Wage, payment.wage_id)
    posting, worker = _whose(session, wage.placement_id)
    sent = f"{month_day(payment.paid_on)}发的 {yuan(payment.fen)} 元"
    said = f"{mask_name(worker.surname)}说没收到你们 {sent}。查一查，没发出去就重发"
    _tell_employer(session, posting, said, "wages", "payment_denied")


def tell_voided(session: Session, payload: Mapping[str, Any]) -> None:
    payment = session.get_one(Payment, payload["payment_id"])
    wage = session.get_one(Wage, payment.wage_id)
    posting, _ = _whose(session, wage.placement_id)
    said = f"{posting.employer.short}把记过的 {yuan(payment.fen)} 元作废了：{payment.void_reason}"
    _send(session, _worker_phone(session, wage.worker_id), f"{said}。{_url()}/work/wages/{wage.id}", "payment_voided")


def _words(hours: Hours) -> list[Word]:
    return [Word(claim.side, claim.minutes, claim.pieces) for claim in hours.claims]


def _whose(session: Session, placement_id: int) -> tuple[Posting, Worker]:
    placement = session.get_one(Placement, placement_id)
    return session.get_one(Posting, placement.posting_id), session.get_one(Worker, placement.worker_id)


def _tell_worker(session: Session, placement_id: int, said: str, page: str, purpose: str) -> None:
    posting, worker = _whose(session, placement_id)
    _send(session, worker.phone, f"{said}：{_url()}/work/mine/{posting.id}/{page}", purpose)


def _tell_employer(session: Session, posting: Posting, said: str, page: str, purpose: str) -> None:
    account = session.get_one(Account, posting.employer.account_id)
    _send(session, account.phone, f"{said}：{_url()}/hire/{posting.id}/{page}", purpose)


def _worker_phone(session: Session, worker_id: int) -> str | None:
    return session.get_one(Worker, worker_id).phone


def _send(session: Session, phone: str | None, said: str, purpose: str) -> None:
    if phone:
        messages.queue(session, phone=phone, body=f"【乐业】{said}", purpose=purpose, at=clock.now())


def _url() -> str:
    return settings().public_url
