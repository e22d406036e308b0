"""What follows from complaints: messages to both sides, in plain words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from web.case_words import RESULTS, next_said, outcome_said
from web.filters import day, yuan
from zero_work_market.ground import clock, messages
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.disputes.models import Case, Claim, Step
from zero_work_market.rights.disputes.rules import Kind, Result

STAGED = (Kind.ACCEPTED, Kind.CALLED, Kind.MEDIATED, Kind.REFERRED, Kind.EXTENDED, Kind.CLOSED)
"""Steps of the staff's of which both sides hear."""


def tell_stepped(session: Session, payload: Mapping[str, Any]) -> None:
    """Both sides hear of a stage; of a word or a claim, the other side."""
    step = session.get_one(Step, payload["step_id"])
    case = session.get_one(Case, step.case_id)
    employer = session.get_one(Employer, case.employer_id)
    if step.kind in STAGED:
        said = _stage_said(case, step)
        for claim in case.open_claims:
            _tell_worker(session, claim, f"你告{employer.short}的案子（{case.number}）：{said}")
        _tell_employer(session, employer, f"欠薪案 {case.number}：{said}")
    elif step.claim_id is not None:
        _tell_of_claim(session, case, step, employer)
    elif step.kind == Kind.SAID:
        for claim in case.open_claims:
            _tell_worker(session, claim, f"{employer.short}回了话：{step.words[:60]}")


def tell_reminded(session: Session, payload: Mapping[str, Any]) -> None:
    placement = session.get_one(Placement, payload["placement_id"])
    posting, worker = session.get_one(Posting, placement.posting_id), session.get_one(Worker, placement.worker_id)
    due = day(date.fromisoformat(payload["due_on"]), clock.now())
    said = f"{mask_name(worker.surname)}提醒你：{posting.title}的工钱 {yuan(payload['fen'])} 元，{due}前要给。"
    _tell_employer(session, posting.employer, said, page="")


def _tell_of_claim(session: Session, case: Case, step: Step, employer: Employer) -> None:
    claim = session.get_one(Claim, step.claim_id)
    worker = session.get_one(Worker, claim.worker_id)
    who, sum_said = mask_name(worker.surname), f"{yuan(claim.claim_fen)} 元"
    title = claim.built_from["posting"]["title"]
    if step.kind == Kind.CLAIMED:
        _tell_worker(session, claim, f"告上去了：{employer.short}欠你 {sum_said}。{next_said(case, clock.now())}")
        _tell_employer(session, employer, f"{who}告你们欠{title}的工钱 {sum_said}。给了，或者回个话")
    elif step.kind == Kind.TAKEN_BACK:
        _tell_employer(session, employer, f"{who}把要 {sum_said} 的告撤回了")
    else:
        _tell_employer(session, employer, f"{who}在案子里说：{step.words[:60]}")


def _stage_said(case: Case, step: Step) -> str:
    if step.kind == Kind.CLOSED:
        return f"结了，{outcome_said(case)}。"
    if step.kind == Kind.MEDIATED:
        return f"调解{RESULTS[Result(step.details['result'])]}。"
    return next_said(case, clock.now())


def _tell_worker(session: Session, claim: Claim, said: str) -> None:
    phone = session.get_one(Worker, claim.worker_id).phone
    if phone:
        link = f"{settings().public_url}/work/claims/{claim.id}"
        messages.queue(session, phone=phone, body=f"【乐业】{said} {link}", purpose="case", at=clock.now())


def _tell_employer(session: Session, employer: Employer, said: str, page: str = "/cases") -> None:
    account = session.get_one(Account, employer.account_id)
    if account.phone:
        link = f"{settings().public_url}/hire{page}"
        messages.queue(session, phone=account.phone, body=f"【乐业】{said} {link}", purpose="case", at=clock.now())
