"""What follows from training: who passed is told and invited to the work it was ordered for, and the rest is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from labor_brands.brands import service as brands
from web.filters import yuan
from web.training import KINDS
from web.words import course_said
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.settings import settings
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.policy.courses import queries, service
from zero_work_market.policy.courses.models import Certificate
from zero_work_market.policy.courses.rules import ClaimState, OrderState


def follow_pass(session: Session, payload: Mapping[str, Any]) -> None:
    row = queries.enrolment(session, payload["enrolment_id"])
    course = row.batch.course
    _tell(session, row.worker_id, f"{course.name}考过了，{row.score} 分。证书办好了再告诉你", "course_passed")
    brands.certify_for_course(session, enrolment_id=row.id, by=SYSTEM, at=clock.now())
    service.invite_passed(session, enrolment_id=row.id, by=SYSTEM, at=clock.now())


def tell_certified(session: Session, payload: Mapping[str, Any]) -> None:
    row = session.get_one(Certificate, payload["certificate_id"])
    said = f"{course_said(row.occupation, row.level)}证书发了，编号 {row.number}。已经记在你的手艺里，找活按新的排"
    _tell(session, row.worker_id, said, "certified")


def tell_subsidy(session: Session, payload: Mapping[str, Any]) -> None:
    row = queries.claim(session, payload["claim_id"])
    if row.state == ClaimState.APPROVED and row.fen is not None:
        said = f"{row.enrolment.batch.course.name}的{KINDS[row.kind]}批了，{yuan(row.fen)} 元"
    else:
        said = f"{row.enrolment.batch.course.name}的{KINDS[row.kind]}没批：{row.reason}"
    _tell(session, row.enrolment.worker_id, said, "subsidy")


def tell_order(session: Session, payload: Mapping[str, Any]) -> None:
    row = queries.order(session, payload["order_id"])
    posting = session.get_one(Posting, row.posting_id)
    phone = session.get_one(Account, posting.employer.account_id).phone
    if row.state == OrderState.TAKEN:
        said = f"{posting.title}要的培训，县里开课了。考过的会请来干这个活"
    else:
        said = f"{posting.title}要的培训没开成：{row.reason}"
    if phone:
        body = f"【乐业】{said}：{settings().public_url}/hire/{posting.id}/training"
        messages.queue(session, phone=phone, body=body, purpose="training_order", at=clock.now())


def _tell(session: Session, worker_id: int, said: str, purpose: str) -> None:
    phone = session.get_one(Worker, worker_id).phone
    if phone:
        body = f"【乐业】{said}：{settings().public_url}/work/courses"
        messages.queue(session, phone=phone, body=body, purpose=purpose, at=clock.now())
