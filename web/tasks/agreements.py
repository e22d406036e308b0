"""What follows for agreements: offered or voided with the seat, stamped by an authority outside, told of."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from web.words import shifts_said
from zero_work_market.ground import clock, db, messages, trusted_time
from zero_work_market.ground.settings import settings
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.rights.contracts import queries, service
from zero_work_market.rights.contracts.models import Agreement
from zero_work_market.rights.contracts.rules import Side, State


def follow_seat(session: Session, payload: Mapping[str, Any]) -> None:
    service.follow_seat(session, placement_id=payload["placement_id"], at=clock.now())


def follow_given_up(session: Session, payload: Mapping[str, Any]) -> None:
    placement = placement_of(session, posting_id=payload["posting_id"], worker_id=payload["worker_id"])
    if placement is not None:
        service.follow_seat(session, placement_id=placement.id, at=clock.now())


def stamp_outside(payload: Mapping[str, Any]) -> None:
    """Have the authority, if one is set, stamp the signatures too; while it is dead, the outbox asks again."""
    source = trusted_time.outside()
    if source is None:
        return
    with db.transaction(read_only=True) as session:
        agreements = [session.get_one(Agreement, one) for one in payload["agreement_ids"]]
        signed = [(one, queries.signature_of(one, Side(payload["side"]))) for one in agreements]
        waiting = [
            (signature.id, queries.message_of(agreement, signature))
            for agreement, signature in signed
            if signature is not None and signature.witness_stamp is None
        ]
    for signature_id, message in waiting:
        stamp = source.stamp(message)
        with db.transaction() as session:
            service.add_witness(session, signature_id=signature_id, name=source.name, stamp=stamp)


def tell_signed(session: Session, payload: Mapping[str, Any]) -> None:
    """Both are told of what is complete (人社厅发〔2021〕54号), and a worker of what waits for them."""
    agreements = [session.get_one(Agreement, one) for one in payload["agreement_ids"]]
    placements = [session.get_one(Placement, agreement.placement_id) for agreement in agreements]
    posting = session.get_one(Posting, placements[0].posting_id)
    named = f"{posting.title}（{_when(posting)}）"
    workers = [session.get_one(Worker, placement.worker_id) for placement in placements]
    completed = []
    for agreement, worker in zip(agreements, workers, strict=True):
        if agreement.id in payload["completed"]:
            completed.append(mask_name(worker.surname))
            _tell_worker(session, worker, f"{named}的约定两边都签好了，随时能看、能下载", posting)
        elif payload["side"] == Side.EMPLOYER and agreement.state == State.OFFERED:
            _tell_worker(session, worker, f"{posting.employer.short}签了{named}的约定，等你签，不收钱", posting)
    if completed:
        who = f"和{completed[0]}" if len(completed) == 1 else f"{len(completed)} 份"
        _tell_employer(session, posting, f"{named}{who}的约定两边都签好了，随时能看、能下载")


def warn_unsigned(session: Session) -> None:
    """Tell the workers whose work began without both signatures; staff see the same among what is to do."""
    for placement in service.to_warn(session, at=clock.now()):
        posting, worker = session.get_one(Posting, placement.posting_id), session.get_one(Worker, placement.worker_id)
        said = f"你开始干{posting.title}了，约定两边还没签齐。签了有凭据，不收钱"
        _tell_worker(session, worker, said, posting)


def _tell_worker(session: Session, worker: Worker, said: str, posting: Posting) -> None:
    if worker.phone:
        link = f"{settings().public_url}/work/mine/{posting.id}/agreement"
        _queue(session, worker.phone, f"{said}：{link}")


def _tell_employer(session: Session, posting: Posting, said: str) -> None:
    account = session.get_one(Account, posting.employer.account_id)
    if account.phone:
        _queue(session, account.phone, f"{said}：{settings().public_url}/hire/{posting.id}/agreements")


def _queue(session: Session, phone: str, said: str) -> None:
    messages.queue(session, phone=phone, body=f"【乐业】{said}", purpose="agreement", at=clock.now())


def _when(posting: Posting) -> str:
    return shifts_said([(shift.starts_at, shift.ends_at) for shift in posting.shifts], clock.now())
