"""What became of the work of past days: signed, come to, agreed on and paid; and some of it not, as it goes.

Done by the services of the rights at past moments, like the history before it.
"""

import json
import random
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from web.cli.seeding.history import SHOWN
from zero_work_market.ground import clock, messages
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.messages import Message
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.gate.rules import working_minutes
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import held_by
from zero_work_market.market.postings.events import PostingPublished
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance import service as attendance
from zero_work_market.rights.attendance.rules import Said
from zero_work_market.rights.contracts import queries as agreements
from zero_work_market.rights.contracts import service as contracts
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.hours import service as hours
from zero_work_market.rights.ratings import service as ratings
from zero_work_market.rights.wages import service as wages
from zero_work_market.rights.wages.models import Wage

SIGNS, COMES, AGREES, RATES = 0.95, 0.95, 0.96, 0.5
LATE_PAYERS = 12
"""One employer of so many pays late, or not at all."""
STROKES = json.dumps([[[120, 160, 0], [300, 120, 60], [520, 150, 130]], [[320, 60, 260], [300, 200, 330]]])
HABITS = {True: (0, 0, 1, 2), False: (4, 9, None)}
"""Days from when a wage is made until it is paid, by whether the employer pays on time; None: not yet."""


def make_aftermath(chance: random.Random, *, on: date, progress: Callable[[str, int, int], None]) -> None:
    """Do what follows from the seats held for work that began before the early morning of `on`."""
    until = clock.at_local(on, time(5))
    with transaction(read_only=True) as session:
        begun = select(Posting.id).where(Posting.published_at.is_not(None), Posting.closes_at < until)
        posting_ids = session.scalars(begun.order_by(Posting.closes_at, Posting.id)).all()
    for done, posting_id in enumerate(posting_ids, 1):
        with transaction() as session:
            _follow(session, chance, session.get_one(Posting, posting_id), until)
        if done % 10 == 0 or done == len(posting_ids):
            progress("干完的活", done, len(posting_ids))
    with transaction() as session:
        session.execute(delete(Message))
        told = update(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.kind != PostingPublished.kind)
        session.execute(told.values(done_at=until))


def _follow(session: Session, chance: random.Random, posting: Posting, until: datetime) -> None:
    held = held_by(session, posting_id=posting.id)
    if not held:
        return
    _sign(session, chance, posting, held)
    operator = Actor(posting.employer.account_id, "employer")
    came = {placement.id for placement in held if chance.random() < COMES}
    for number, shift in enumerate(posting.shifts):
        if shift.ends_at > until:
            break
        said = {
            placement.id: Said.HERE if placement.id in came else Said.MISSING
            for placement in held
            if number == 0 or placement.id in came
        }
        moment = shift.starts_at + timedelta(minutes=16)
        here = {id: word for id, word in said.items() if word == Said.HERE}
        for words, at in ((here, shift.starts_at), ({id: said[id] for id in said.keys() - here.keys()}, moment)):
            if words:
                attendance.roll_call(session, posting_id=posting.id, shift_id=shift.id, said=words, by=operator, at=at)
        for placement in held:
            if placement.id in came:
                _agree(session, chance, posting, placement, number, operator)
    _pay(session, chance, posting, operator, until)


def _sign(session: Session, chance: random.Random, posting: Posting, held: list[Placement]) -> None:
    for placement in held:
        at = placement.accepted_at + timedelta(minutes=2)
        agreement = contracts.follow_seat(session, placement_id=placement.id, at=at)
        worker = session.get_one(Worker, placement.worker_id)
        if agreement is None or worker.account_id is None or chance.random() > SIGNS:
            continue
        contracts.sign_as_worker(
            session, placement_id=placement.id, seen=agreement.text_hash, drawn=STROKES, typed_name="",
            code=_code(session, worker.account_id, at), by=Actor(worker.account_id, "worker"), at=at,
        )  # fmt: skip
    account_id = posting.employer.account_id
    at = max(placement.accepted_at for placement in held) + timedelta(minutes=30)
    hashes = [agreement.text_hash for agreement, _ in agreements.of_posting(session, posting.id)]
    contracts.sign_as_employer(
        session, posting_id=posting.id, seen=hashes, drawn=STROKES, typed_name="", code=_code(session, account_id, at),
        by=Actor(account_id, "employer"), at=at,
    )  # fmt: skip


def _code(session: Session, account_id: int, at: datetime) -> str:
    """The code that was sent for signing; nothing when the phone was sent one a moment ago."""
    account = session.get_one(Account, account_id)
    try:
        contracts.request_code(session, by=Actor(account_id, "self"), at=at)
    except LeyeError:
        return ""
    [sent] = messages.newest(session, phone=account.phone, purpose="sign_code", limit=1)
    found = re.search(r"\d{6}", sent.body or "")
    return found[0] if found else ""


def _agree(
    session: Session, chance: random.Random, posting: Posting, placement: Placement, number: int, operator: Actor
) -> None:
    shift = posting.shifts[number]
    minutes = working_minutes(shift.starts_at, shift.ends_at, posting.break_minutes)
    worker = session.get_one(Worker, placement.worker_id)
    pieces = None
    if posting.pieces_per_hour:
        pieces = round(posting.pieces_per_hour * minutes / 60)
    at = shift.ends_at + timedelta(minutes=chance.randrange(5, 120))
    hours.claim_hours(
        session, placement_id=placement.id, shift_id=shift.id, side="employer", minutes=minutes, pieces=pieces,
        by=operator, at=at,
    )  # fmt: skip
    said = minutes if chance.random() < AGREES else minutes + 30
    hours.claim_hours(
        session, placement_id=placement.id, shift_id=shift.id, side="worker", minutes=said, pieces=pieces,
        by=Actor(worker.account_id, "worker"), at=at + timedelta(minutes=9),
    )  # fmt: skip


def _pay(session: Session, chance: random.Random, posting: Posting, operator: Actor, until: datetime) -> None:
    owed = select(Wage).join(Placement, Placement.id == Wage.placement_id).where(Placement.posting_id == posting.id)
    pays_on_time = posting.employer_id % LATE_PAYERS != 0
    today, rated = clock.local_date(until), set[int]()
    for wage in session.scalars(owed.order_by(Wage.id)).all():
        wait = chance.choice(HABITS[pays_on_time])
        kept_waiting = wage.worker_id == SHOWN and wage.due_on < today and not _is_owed(session, SHOWN, today)
        if wait is None or kept_waiting:
            continue
        last = clock.at_local(wage.due_on if pays_on_time else wage.due_on + timedelta(days=wait), time(9))
        at = min(wage.made_at + timedelta(days=wait), last) if pays_on_time else last
        if at >= until:
            continue
        payment = wages.pay(
            session, wage_id=wage.id, fen=wage.net_fen, paid_on=clock.local_date(at), how="bank",
            number=f"DEMO{chance.randrange(10**11, 10**12)}", by=operator, at=at,
        )  # fmt: skip
        worker = session.get_one(Worker, wage.worker_id)
        by = Actor(worker.account_id, "worker")
        if chance.random() < 0.8 and at + timedelta(hours=5) < until:
            wages.answer_payment(session, payment_id=payment.id, received=True, by=by, at=at + timedelta(hours=5))
        if worker.id not in rated and at + timedelta(hours=6) < until and chance.random() < RATES:
            rated.add(worker.id)
            _rate(session, chance, posting, worker, pays_on_time, operator, at + timedelta(hours=6))


def _is_owed(session: Session, worker_id: int, today: date) -> bool:
    """Whether one of the worker's earlier wages is overdue: one is enough to show how to ask for it."""
    late = select(Wage.id).where(Wage.worker_id == worker_id, Wage.paid_at.is_(None), Wage.due_on < today)
    return len(session.scalars(late.limit(2)).all()) > 1


def _rate(
    session: Session,
    chance: random.Random,
    posting: Posting,
    worker: Worker,
    pays_on_time: bool,
    operator: Actor,
    at: datetime,
) -> None:
    given = (
        (Side.WORKER, chance.choice((4, 5, 5, 5) if pays_on_time else (1, 2, 3)), Actor(worker.account_id, "worker")),
        (Side.EMPLOYER, chance.choice((3, 4, 5, 5, 5)), operator),
    )
    for side, stars, by in given:
        ratings.rate(
            session, posting_id=posting.id, worker_id=worker.id, side=side, stars=stars, chips=(), words="", by=by,
            at=at,
        )  # fmt: skip
