"""Reads of what is owed, and of the facts behind it."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground.clock import local_date
from zero_work_market.ground.evidence import Evidence, of_placement
from zero_work_market.market.gate.rules import PayKind
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting, Shift
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.calendar.queries import working_day_until
from zero_work_market.rights.arrears.rules import Ground, Missing, Owed
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import State as Came
from zero_work_market.rights.contracts.queries import of_placement as agreement_of
from zero_work_market.rights.hours.models import Hours
from zero_work_market.rights.hours.rules import Word, last_words, offered_minutes
from zero_work_market.rights.wages.models import Wage
from zero_work_market.rights.wages.queries import terms_of, work_of
from zero_work_market.rights.wages.rules import due_on, half_up, owed

MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Arrears:
    """What is owed for one placement, what is due first before; never empty."""

    placement_id: int
    posting: Posting
    items: tuple[Owed, ...]


def arrears(session: Session, *, placement_ids: Collection[int], at: datetime) -> list[Arrears]:
    """What is owed for placements; one for which nothing is owed is left out."""
    items_of: dict[int, list[Owed]] = defaultdict(list)
    postings = _postings(session, placement_ids)
    for wage, shift_ids in _owing_wages(session, placement_ids):
        items_of[wage.placement_id].append(_of_wage(wage, shift_ids))
    for placement_id, shift, hours, mark in _unwaged(session, placement_ids, at):
        item = _of_shift(postings[placement_id], shift, hours, mark)
        if item.fen:
            items_of[placement_id].append(item)
    for items in items_of.values():
        items.sort(key=lambda item: (item.due_on, item.first_day))
    return [Arrears(placement_id, postings[placement_id], tuple(items)) for placement_id, items in items_of.items()]


def _postings(session: Session, placement_ids: Collection[int]) -> dict[int, Posting]:
    query = select(Placement.id, Posting).join(Posting, Posting.id == Placement.posting_id)
    return dict(session.execute(query.where(Placement.id.in_(placement_ids))).all())


def _owing_wages(session: Session, placement_ids: Collection[int]) -> list[tuple[Wage, tuple[int, ...]]]:
    """Wages that aren't paid in full, with the shifts that they pay for."""
    owing = (Wage.placement_id.in_(placement_ids), Wage.settled_on.is_(None), Wage.paid_fen < Wage.net_fen)
    found = session.scalars(select(Wage).where(*owing).order_by(Wage.id)).all()
    shifts: dict[int, list[int]] = defaultdict(list)
    paid_for = select(Hours).where(Hours.wage_id.in_({wage.id for wage in found})).order_by(Hours.shift_id)
    for hours in session.scalars(paid_for):
        shifts[hours.wage_id or 0].append(hours.shift_id)
    return [(wage, tuple(shifts[wage.id])) for wage in found]


def _unwaged(
    session: Session, placement_ids: Collection[int], at: datetime
) -> list[tuple[int, Shift, Hours | None, Mark | None]]:
    """Shifts that were worked, by either side's word or by an arrival that stands, and are in no wage."""
    of = (Placement.id == Hours.placement_id) & (Shift.id == Hours.shift_id)
    marked = (Placement.id == Mark.placement_id) & (Shift.id == Mark.shift_id)
    query = (
        select(Placement.id, Shift, Hours, Mark)
        .join(Shift, Shift.posting_id == Placement.posting_id)
        .outerjoin(Hours, of)
        .outerjoin(Mark, marked)
        .where(Placement.id.in_(placement_ids), Shift.ends_at <= at)
        .where(or_(Hours.id.is_not(None) & Hours.wage_id.is_(None), Hours.id.is_(None) & (Mark.state == Came.ARRIVED)))
    )
    return [tuple(row) for row in session.execute(query.order_by(Shift.starts_at, Placement.id))]  # type: ignore[misc]


def _of_wage(wage: Wage, shift_ids: tuple[int, ...]) -> Owed:
    return Owed(
        Ground.DENIED if wage.denied_at else Ground.WAGE, wage.net_fen - wage.paid_fen, wage.minutes, wage.due_on,
        wage.first_day, wage.last_day, shift_ids, wage.id,
    )  # fmt: skip


def _of_shift(posting: Posting, shift: Shift, hours: Hours | None, mark: Mark | None) -> Owed:
    minutes, day = minutes_of(posting, shift, hours, mark), local_date(shift.starts_at)
    fen = worth_fen(posting, shift, hours, minutes)
    return Owed(_ground(hours), fen, minutes, pay_day(posting, shift), day, day, (shift.id,))


def _ground(hours: Hours | None) -> Ground:
    if hours is None:
        return Ground.UNRECORDED
    if hours.agreed_minutes is not None:
        return Ground.WAGE
    return Ground.DISPUTED if hours.disputed_at else Ground.UNAGREED


def minutes_of(posting: Posting, shift: Shift, hours: Hours | None, mark: Mark | None) -> int:
    """Minutes of a shift, as far as they are known: see `Owed`."""
    if hours is not None and hours.agreed_minutes is not None:
        return hours.agreed_minutes
    said = _last_words(hours)
    if said:
        return said.get("worker", next(iter(said.values()))).minutes
    came, left = (mark.arrived_at, mark.left_at) if mark else (None, None)
    return offered_minutes(shift.starts_at, shift.ends_at, came, left, posting.break_minutes)


def _last_words(hours: Hours | None) -> dict[str, Word]:
    return last_words(Word(claim.side, claim.minutes, claim.pieces) for claim in hours.claims) if hours else {}


def built(session: Session, one: Arrears, items: Sequence[Owed]) -> dict[str, Any]:
    """The facts of a complaint as plain values, to be frozen with it.

    {"posting": {id, title, town, address, pay_kind, pay_fen, pay_days}, "agreement": {id, number, version, text_hash,
    made_at, signed: {side: moment}} or None, "wages": [{id, first, last, minutes, gross, deductions, net_fen,
    paid_fen, due_on, payments}], "shifts": [{id, start, end, minutes, fen, due_on, ground, wage, said, mark}],
    "evidence": [{chain, number, kind, at, hash, about}], "owed_fen"}. Moments and dates are ISO text; no personal data.
    """
    shift_ids = [shift_id for item in items for shift_id in item.shift_ids]
    wage_ids = [item.wage_id for item in items if item.wage_id is not None]
    return {
        "posting": _built_posting(one.posting),
        "agreement": _built_agreement(session, one.placement_id),
        "wages": [_built_wage(session.get_one(Wage, wage_id)) for wage_id in wage_ids],
        "shifts": [_built_shift(session, one, items, shift_id) for shift_id in shift_ids],
        "evidence": [_built_link(link) for link in _links(session, one)],
        "owed_fen": sum(item.fen for item in items),
    }


def missing(session: Session, facts: Mapping[str, Any], *, worker_id: int, employer_id: int) -> list[str]:
    """What the arbitration office will ask for and isn't there, in the order of `Missing`."""
    worker, employer = session.get_one(Worker, worker_id), session.get_one(Employer, employer_id)
    signed = facts["agreement"]["signed"] if facts["agreement"] else None
    lacks = {
        Missing.ADDRESS: not worker.village,
        Missing.PHONE: not worker.phone,
        Missing.EMPLOYER_ADDRESS: not employer.address,
        Missing.AGREEMENT: signed is None,
        Missing.EMPLOYER_SIGNATURE: signed is not None and "employer" not in signed,
        Missing.WORKER_SIGNATURE: signed is not None and "worker" not in signed,
        Missing.ARRIVAL: any(not (shift["mark"] or {}).get("arrived_at") for shift in facts["shifts"]),
        Missing.HOURS: any(shift["ground"] not in (Ground.WAGE, Ground.DENIED) for shift in facts["shifts"]),
    }
    return [name.value for name in Missing if lacks[name]]


def _links(session: Session, one: Arrears) -> list[Evidence]:
    """That the work was offered, and all that happened to the placement."""
    offered = select(Evidence).where(Evidence.posting_id == one.posting.id, Evidence.kind == "posting_published")
    return [*session.scalars(offered), *of_placement(session, one.placement_id)]


def _built_link(link: Evidence) -> dict[str, Any]:
    about = {name: held for name, held in json.loads(link.body).items() if name in ("shift", "side", "wage", "payment")}
    told = {name: getattr(link, name) for name in ("chain", "number", "kind", "hash")}
    return {**told, "at": link.at.isoformat(), "about": about}


def _built_posting(posting: Posting) -> dict[str, Any]:
    told = ("id", "title", "town", "address", "pay_kind", "pay_fen", "pay_days")
    return {name: getattr(posting, name) for name in told}


def _built_agreement(session: Session, placement_id: int) -> dict[str, Any] | None:
    found = agreement_of(session, placement_id)
    if found is None:
        return None
    signed = {signature.side.value: signature.signed_at.isoformat() for signature in found.signatures}
    return {
        "id": found.id, "number": found.number, "version": found.version, "text_hash": found.text_hash,
        "made_at": found.made_at.isoformat(), "signed": signed,
    }  # fmt: skip


def _built_wage(wage: Wage) -> dict[str, Any]:
    return {
        "id": wage.id, "first": wage.first_day.isoformat(), "last": wage.last_day.isoformat(), "minutes": wage.minutes,
        "gross": wage.gross, "deductions": wage.deductions, "net_fen": wage.net_fen, "paid_fen": wage.paid_fen,
        "due_on": wage.due_on.isoformat(),
        "payments": [
            {
                "id": payment.id, "fen": payment.fen, "on": payment.paid_on.isoformat(), "proof": payment.proof.value,
                "denied_at": payment.denied_at and payment.denied_at.isoformat(),
            }
            for payment in wage.payments if not payment.voided_at
        ],
    }  # fmt: skip


def _built_shift(session: Session, one: Arrears, items: Sequence[Owed], shift_id: int) -> dict[str, Any]:
    shift = session.get_one(Shift, shift_id)
    of = {"placement_id": one.placement_id, "shift_id": shift_id}
    hours = session.scalars(select(Hours).filter_by(**of)).one_or_none()
    mark = session.scalars(select(Mark).filter_by(**of)).one_or_none()
    item = next(item for item in items if shift_id in item.shift_ids)
    minutes = minutes_of(one.posting, shift, hours, mark)
    return {
        "id": shift.id, "start": shift.starts_at.isoformat(), "end": shift.ends_at.isoformat(), "minutes": minutes,
        "fen": worth_fen(one.posting, shift, hours, minutes), "due_on": item.due_on.isoformat(),
        "ground": item.ground.value, "wage": item.wage_id,
        "said": {side: word.minutes for side, word in _last_words(hours).items()},
        "mark": mark and {
            "id": mark.id, "state": mark.state.value, "how": mark.how and mark.how.value,
            "arrived_at": mark.arrived_at and mark.arrived_at.isoformat(),
            "left_at": mark.left_at and mark.left_at.isoformat(), "minutes_late": mark.minutes_late,
        },
    }  # fmt: skip


def pay_day(posting: Posting, shift: Shift) -> date:
    """By when a shift's pay was due, as if it were a wage of its own."""
    day = local_date(shift.starts_at)
    return due_on(day, day, terms_of(posting, day), working_day_until)


def worth_fen(posting: Posting, shift: Shift, hours: Hours | None, minutes: int) -> int:
    """What so many minutes of a shift come to, by the posting's pay."""
    by_piece = posting.pay_kind == PayKind.PIECE
    pieces = _pieces(posting, hours, minutes) if by_piece else None
    work = work_of(posting, local_date(shift.starts_at), minutes, pieces)
    return half_up(owed([work], posting.pay_fen, by_piece=by_piece))


def _pieces(posting: Posting, hours: Hours | None, minutes: int) -> int:
    """Those agreed on, else the last word, else what the posting expects in the time."""
    if hours is not None and hours.agreed_pieces is not None:
        return hours.agreed_pieces
    said = [claim.pieces for claim in hours.claims if claim.pieces is not None] if hours else []
    return said[-1] if said else round((posting.pieces_per_hour or 0) * minutes / MINUTES_AN_HOUR)
