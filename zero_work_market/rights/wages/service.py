"""Making wages of agreed hours, and recording that they were paid.

Every verb locks the posting first. The caller has decided that `by` may act for the employer, or the worker.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, once, outbox
from zero_work_market.ground.audit import Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.ground.privacy import lookup
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission, check_reason, plain
from zero_work_market.people.employers.models import Employer, Project
from zero_work_market.people.employers.rules import media_type_of
from zero_work_market.reference.calendar import queries as calendar
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.law.rules import read_words
from zero_work_market.rights.contracts.rules import hand
from zero_work_market.rights.wages import queries, rules
from zero_work_market.rights.wages.events import (
    PaymentDenied,
    PaymentVoided,
    WageDue,
    WagePaid,
)
from zero_work_market.rights.wages.models import Payment, ProjectMonth, Wage
from zero_work_market.rights.wages.rules import Deduction, Extra, Item, Lamp, Proof

Asked = tuple[str, int, str]
"""An item as it is asked for: kind, fen, why."""


def make_wage(
    session: Session,
    *,
    posting: Posting,
    placement: Placement,
    done: Sequence[tuple[date, int, int | None]],
    by: Actor,
    at: datetime,
) -> Wage:
    """Make the wage of one pay cycle anew from all that is agreed in it: (day, minutes, pieces) of each shift.

    For whoever holds the posting's lock. What was paid already stays; what was settled may be so no longer.
    """
    works = [queries.work_of(posting, *one) for one in done]
    days = [work.day for work in works]
    first, terms = queries.cycle_of(posting, days[0])[0], queries.terms_of(posting, max(days))
    known = select(Wage).where(Wage.placement_id == placement.id, Wage.first_day == first)
    wage = session.scalars(known.with_for_update().execution_options(populate_existing=True)).one_or_none()
    wage = wage or Wage(
        placement_id=placement.id, worker_id=placement.worker_id, employer_id=posting.employer_id,
        county=posting.county, project_id=posting.project_id, first_day=first, gross=[], deductions=[], paid_fen=0,
        payments=[],
    )  # fmt: skip
    extras = [Item(**item) for item in wage.gross if item["kind"] not in ("work", "floor")]
    gross = [*rules.work_items(works, terms), *extras]
    wage.minutes, wage.last_day, wage.gross = sum(work.minutes for work in works), max(days), _plain(gross)
    wage.net_fen = rules.net_of(gross, [Item(**item) for item in wage.deductions])
    wage.due_on = rules.due_on(min(days), max(days), terms, calendar.working_day_until)
    session.add(wage)
    _say_made(session, posting, wage, by, at)
    _settle(session, posting, wage, by, at)
    session.flush()
    return wage


def ask_again(session: Session, *, at: datetime) -> int:
    """Ask workers who have no word on cash that they were said to get, each day again, three times. Returns how many.

    Nothing is ever settled because somebody kept silent.
    """
    waiting = queries.to_ask_again(session, at=at)
    for payment in waiting:
        payment.reminders += 1
        outbox.announce(session, WagePaid(payment_id=payment.id))
    session.flush()
    return len(waiting)


def warn_of_wages(session: Session, *, at: datetime) -> int:
    """Tell of every wage whose lamp turned amber or red since. Returns how many."""
    today = local_date(at)
    turned: dict[tuple[int, Lamp], list[int]] = {}
    for wage_id, posting_id in queries.to_warn(session, today=today):
        wage = session.get_one(Wage, wage_id)
        wage.told = Lamp.RED if wage.due_on < today else Lamp.AMBER
        turned.setdefault((posting_id, wage.told), []).append(wage_id)
    for (posting_id, lamp), wage_ids in turned.items():
        outbox.announce(session, WageDue(posting_id=posting_id, wage_ids=wage_ids, lamp=lamp.value))
    session.flush()
    return sum(map(len, turned.values()))


def set_items(
    session: Session, *, wage_id: int, extras: Iterable[Asked], deductions: Iterable[Asked], by: Actor, at: datetime
) -> Wage:
    """Put what comes on top of the pay for the hours, and what is lawfully taken off, in place of what stood there.

    Raises NotFound, UnlawfulDeduction, PayInKind, InvalidValue on "kind", "fen" or "why".
    """
    posting, wage = _owed(session, wage_id)
    worked = [Item(**item) for item in wage.gross if item["kind"] in ("work", "floor")]
    gross = [*worked, *_items(extras, Extra, local_date(at))]
    taken = _items(deductions, Deduction, local_date(at))
    terms = queries.terms_of(posting, wage.last_day)
    net = rules.require_lawful_net(gross, taken, least_fen=rules.floor_for(wage.minutes, terms))
    if net < _recorded_fen(wage):
        raise InvalidValue(field="fen", reason="below_paid", paid_fen=_recorded_fen(wage))
    if (_plain(gross), _plain(taken)) != (wage.gross, wage.deductions):
        wage.gross, wage.deductions, wage.net_fen = _plain(gross), _plain(taken), net
        _say_made(session, posting, wage, by, at)
        _settle(session, posting, wage, by, at)
        record(session, verb="wage.items_set", subject=f"wage:{wage_id}", by=by, at=at, net_fen=net)
    session.flush()
    return wage


def pay(
    session: Session,
    *,
    wage_id: int,
    fen: int,
    paid_on: date,
    how: str,
    number: str = "",
    drawn: str = "",
    photo: bytes = b"",
    note: str = "",
    on_behalf: bool = False,
    by: Actor,
    at: datetime,
    key: str | None = None,
) -> Payment:
    """Record money paid for a wage: by transfer with the bank's `number`, in cash that the worker signed for by hand
    (`drawn`, as in `contracts.rules.hand`), or in cash without: that settles nothing until the worker says it came.

    Part of a wage may be paid, never more than is left. Sent twice with one `key` it is one payment. Raises NotFound,
    PayInKind, PaymentKnown, InvalidValue on "fen", "paid_on", "transfer", "strokes" or "body" (the photo).
    """
    posting, wage = _owed(session, wage_id)
    request = f"pay:{wage_id}"
    if by.account_id is not None:
        earlier = once.result_of(session, account_id=by.account_id, key=key, request=request)
        if earlier is not None:
            return session.get_one(Payment, earlier)
    _require_money(note, local_date(at))
    payment = Payment(
        fen=_payable(fen, wage), paid_on=_paid_day(paid_on, wage, at), proof=rules.proof_of(how),
        on_behalf=on_behalf and wage.project_id is not None, recorded_by=by.account_id, recorded_at=at,
    )  # fmt: skip
    if payment.proof == Proof.BANK:
        _put_number(payment, wage, number)
    elif payment.proof == Proof.SIGNATURE:
        payment.strokes = _hand_of_worker(drawn)
    if photo:
        payment.media_type, payment.photo = media_type_of(photo), photo
    wage.payments.append(payment)
    session.flush()
    evidence.add(
        session, "paid", **_place(posting, wage, by, at), wage=wage.id, payment=payment.id, fen=payment.fen,
        on=payment.paid_on.isoformat(), proof=payment.proof.value,
    )  # fmt: skip
    _settle(session, posting, wage, by, at)
    outbox.announce(session, WagePaid(payment_id=payment.id))
    if by.account_id is not None:
        once.remember(session, account_id=by.account_id, key=key, request=request, result_id=payment.id, at=at)
    record(session, verb="wage.paid", subject=f"wage:{wage_id}", by=by, at=at, payment=payment.id, fen=payment.fen)
    session.flush()
    return payment


def answer_payment(session: Session, *, payment_id: int, received: bool, by: Actor, at: datetime) -> Payment:
    """The worker says whether the money came. What never came doesn't count until staff, or the worker, say it did.

    The same answer again changes nothing. Raises NotFound, also for a payment that was voided; PaymentUpheld for
    denying what staff found did come.
    """
    posting, wage, payment = _recorded(session, payment_id)
    if payment.voided_at is not None:
        raise NotFound(what="payment", id=payment_id)
    if (payment.received_at if received else payment.denied_at) is not None:
        return payment
    if not received and payment.upheld_at is not None:
        raise rules.PaymentUpheld()
    payment.received_at, payment.denied_at = (at, None) if received else (None, at)
    if not received:
        outbox.announce(session, PaymentDenied(payment_id=payment_id))
    verb = "payment.received" if received else "payment.denied"
    record(session, verb=verb, subject=f"wage:{wage.id}", by=by, at=at, payment=payment_id)
    _settle(session, posting, wage, by, at)
    session.flush()
    return payment


def void_payment(session: Session, *, payment_id: int, reason: str, by: Actor, at: datetime) -> Payment:
    """Strike a payment that was recorded by mistake; it stays to be seen. Raises NotFound, ReasonMissing."""
    posting, wage, payment = _recorded(session, payment_id)
    reason = check_reason(reason)
    if payment.voided_at is not None:
        return payment
    payment.voided_at, payment.void_reason = at, reason
    evidence.add(
        session, "payment_voided", **_place(posting, wage, by, at), wage=wage.id, payment=payment.id, fen=payment.fen
    )
    _settle(session, posting, wage, by, at)
    outbox.announce(session, PaymentVoided(payment_id=payment.id))
    record(session, verb="payment.voided", subject=f"wage:{wage.id}", by=by, at=at, reason=reason, payment=payment_id)
    session.flush()
    return payment


def uphold_payment(session: Session, *, payment_id: int, reason: str, by: Actor, at: datetime) -> Payment:
    """Staff of the county find that money which the worker denies, or has no word on, did come: it counts.

    Raises NotFound, NotAllowed, OutOfScope, ReasonMissing.
    """
    posting, wage, payment = _recorded(session, payment_id)
    accounts.require(session, by=by, permission=Permission.DECIDE, region=posting.county)
    reason = check_reason(reason)
    if payment.stands or payment.voided_at is not None:
        raise NotFound(what="denied payment", id=payment_id)
    payment.denied_at, payment.upheld_at = None, at
    record(session, verb="payment.upheld", subject=f"wage:{wage.id}", by=by, at=at, reason=reason, payment=payment_id)
    _settle(session, posting, wage, by, at)
    session.flush()
    return payment


def sign_month(
    session: Session,
    *,
    project_id: int,
    month: date,
    sheet_hash: str,
    drawn: str = "",
    typed_name: str = "",
    by: Actor,
    at: datetime,
) -> ProjectMonth:
    """The employer's operator signs a project's sheet of a month as it was shown; one that changed may be signed again.

    Raises NotFound, InvalidValue on "sheet" when it isn't what was shown, on "strokes" or "typed_name" without a hand.
    """
    project = session.get(Project, project_id, with_for_update=True, populate_existing=True)
    rows = queries.wages_of(session, project_id=project_id, month=month)
    if project is None or not rows:
        raise NotFound(what="sheet")
    if sheet_hash != queries.hash_of(rows):
        raise InvalidValue(field="sheet", reason="changed")
    operator = session.get_one(Employer, project.employer_id).operator or ""
    strokes = hand(drawn, typed_name=typed_name, name=operator)
    kept = session.scalars(
        select(ProjectMonth).where(ProjectMonth.project_id == project_id, ProjectMonth.month == month)
    ).one_or_none()
    kept = kept or ProjectMonth(project_id=project_id, month=month)
    kept.sheet_hash, kept.signed_by, kept.signed_at, kept.strokes = sheet_hash, by.account_id, at, strokes
    session.add(kept)
    record(session, verb="project.month_signed", subject=f"project:{project_id}", by=by, at=at, month=month.isoformat())
    session.flush()
    return kept


def _held(session: Session, placement_id: int) -> tuple[Posting, Placement]:
    """The placement under its posting's lock. Raises NotFound."""
    placement = session.get(Placement, placement_id)
    if placement is None:
        raise NotFound(what="placement", id=placement_id)
    return locked(session, placement.posting_id), placement


def _owed(session: Session, wage_id: int) -> tuple[Posting, Wage]:
    wage = session.get(Wage, wage_id)
    if wage is None:
        raise NotFound(what="wage", id=wage_id)
    posting, _ = _held(session, wage.placement_id)
    return posting, session.get_one(Wage, wage_id, with_for_update=True, populate_existing=True)


def _recorded(session: Session, payment_id: int) -> tuple[Posting, Wage, Payment]:
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise NotFound(what="payment", id=payment_id)
    posting, wage = _owed(session, payment.wage_id)
    return posting, wage, next(one for one in wage.payments if one.id == payment_id)


def _settle(session: Session, posting: Posting, wage: Wage, by: Actor, at: datetime) -> None:
    """Add up what stands, and say so when it has come to the net, or no longer does.

    Without any money nothing is settled, not even a net of nothing.
    """
    live = [one for one in wage.payments if one.voided_at is None]
    standing = [one for one in live if one.stands]
    wage.paid_fen = sum(one.fen for one in standing)
    settled = bool(standing) and wage.paid_fen >= wage.net_fen
    denied = [] if settled else [one.denied_at for one in live if one.denied_at is not None]
    wage.denied_at = min(denied, default=None)
    if settled:
        wage.settled_on = max(one.paid_on for one in standing)
        if wage.paid_at is None:
            wage.paid_at = at
            evidence.add(
                session, "wage_settled", **_place(posting, wage, by, at), wage=wage.id,
                at_day=wage.settled_on.isoformat(),
            )  # fmt: skip
    elif wage.paid_at is not None:
        wage.paid_at = wage.settled_on = None
        evidence.add(session, "wage_unsettled", **_place(posting, wage, by, at), wage=wage.id)


def _say_made(session: Session, posting: Posting, wage: Wage, by: Actor, at: datetime) -> None:
    wage.made_at = at
    session.flush()
    evidence.add(
        session, "wage_made", **_place(posting, wage, by, at), wage=wage.id, first=wage.first_day.isoformat(),
        last=wage.last_day.isoformat(), minutes=wage.minutes, net_fen=wage.net_fen, due_on=wage.due_on.isoformat(),
    )  # fmt: skip


def _place(posting: Posting, wage: Wage, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        "chain": posting.county, "posting_id": posting.id, "placement_id": wage.placement_id, "by": by, "at": at,
    }  # fmt: skip


def _items(asked: Iterable[Asked], of: type[Extra] | type[Deduction], on: date) -> list[Item]:
    items = []
    for kind, fen, why in asked:
        known = rules.item_kind(kind, of)
        _require_money(why, on)
        if fen <= 0:
            raise InvalidValue(field="fen", reason="not_positive")
        if of is Deduction and len(why.strip()) < 2:
            raise InvalidValue(field="why", reason="required")
        items.append(Item(known.value, rules.ITEM_NAMES[known], fen, why.strip()[:100]))
    return items


def _plain(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [asdict(item) for item in items]


def _require_money(words: str, on: date) -> None:
    """Raises PayInKind when the words say that something else stands in for money."""
    found = [one for one in read_words(words, law.gate_law().lexicon_on(on)) if one.category == "pay_in_kind"]
    if found:
        raise rules.PayInKind(clause_id=found[0].clause_id, words=found[0].words)


def _recorded_fen(wage: Wage) -> int:
    """Sum of what stands and what waits for the worker's word."""
    return wage.paid_fen + sum(one.fen for one in wage.payments if one.waits)


def _hand_of_worker(drawn: str) -> bytes:
    """The worker's own hand; on the employer's phone a typed name is nobody's."""
    if not drawn.strip():
        raise InvalidValue(field="strokes", reason="required")
    strokes = hand(drawn, typed_name="", name="")
    assert strokes is not None
    return strokes


def _payable(fen: int, wage: Wage) -> int:
    left = wage.net_fen - _recorded_fen(wage)
    if fen <= 0:
        raise InvalidValue(field="fen", reason="not_positive")
    if fen > left:
        raise InvalidValue(field="fen", reason="more_than_left", left_fen=left)
    return fen


def _paid_day(paid_on: date, wage: Wage, at: datetime) -> date:
    if not wage.first_day <= paid_on <= local_date(at):
        raise InvalidValue(field="paid_on", reason="day", first=wage.first_day, last=local_date(at))
    return paid_on


def _put_number(payment: Payment, wage: Wage, number: str) -> None:
    number = plain(number).upper()
    if not (6 <= len(number) <= 40 and number.isalnum() and number.isascii()):
        raise InvalidValue(field="transfer", reason="format")
    payment.number, payment.number_hash = number, lookup(number, kind="transfer")
    if any(one.number_hash == payment.number_hash and one.voided_at is None for one in wage.payments):
        raise rules.PaymentKnown()
