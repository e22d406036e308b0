"""What the hires of a worker left behind, as plain values: part of the worker's own copy (个人信息保护法 45)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from labor_brands.brands.queries import certificates_of
from zero_work_market.people.origins.queries import home_of
from zero_work_market.rights.attendance import queries as attendance
from zero_work_market.rights.contracts import queries as contracts
from zero_work_market.rights.disputes import queries as disputes
from zero_work_market.rights.disputes.models import Case, Claim
from zero_work_market.rights.hours.queries import HoursRow, hours_of
from zero_work_market.rights.ratings import queries as ratings
from zero_work_market.rights.wages.queries import WageRow, wages_of

AGREEMENT = ("placement_id", "number", "version", "state", "made_at", "signed_at", "text_hash")
SIGNATURE = ("side", "signed_at", "strokes_hash", "witness")
MARK = (
    "placement_id", "shift_id", "state", "how", "due_at", "arrived_at", "minutes_late", "left_at", "marked_at",
    "contested_at", "contested_by", "contest", "counter", "decided_at", "verdict", "decision",
)  # fmt: skip
CLAIM = ("id", "placement_id", "claim_fen", "promised_fen", "missing", "filed_at", "withdrawn_at", "built_from")
STEP = ("kind", "at", "role", "words", "details")
RATING = (
    "placement_id", "side", "stars", "chips", "words", "at", "contest", "contested_at", "decision", "decided_at",
    "hidden_at",
)  # fmt: skip


CERTIFICATE = (
    "number", "brand", "brand_name", "grade", "grade_name", "source", "score", "issued_on", "revoked_on", "reason",
)  # fmt: skip


def of_hires(session: Session, *, worker_id: int, at: datetime) -> dict[str, Any]:
    """Home, certificates of brands, agreements, marks, hours, wages with their payments, claims and ratings of a
    worker; moments as they are.

    A rating by an employer is in it once the worker may see it.
    """
    return {
        "certificates": [_held(one, CERTIFICATE) for one in certificates_of(session, worker_id)],
        "agreements": [
            _held(one, AGREEMENT) | {
                "text": one.text.decode() if one.text else None,
                "signatures": [_held(signature, SIGNATURE) for signature in one.signatures],
            }
            for one in contracts.of_worker(session, worker_id)
        ],
        "marks": [_held(row.mark, MARK) for row in attendance.of_worker(session, worker_id=worker_id, limit=None)],
        "hours": [_hours(row) for row in hours_of(session, worker_id=worker_id)],
        "wages": [_wage(row) for row in wages_of(session, worker_id=worker_id)],
        "claims": [_claim(session, *both) for both in disputes.claims_of_worker(session, worker_id=worker_id)],
        "origin": _origin(session, worker_id),
        "ratings": [_held(one, RATING) for one in ratings.seen_by_worker(session, worker_id=worker_id, at=at)],
    }  # fmt: skip


def _origin(session: Session, worker_id: int) -> dict[str, Any] | None:
    home = home_of(session, worker_id)
    return None if home is None else asdict(home)


def _held(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _hours(row: HoursRow) -> dict[str, Any]:
    said = [asdict(word) | {"words": words, "at": at} for word, (_, words, at) in zip(row.words, row.said, strict=True)]
    names = ("placement_id", "shift_id", "starts_at", "ends_at", "agreed_minutes", "agreed_pieces", "disputed_at")
    return _held(row, names) | {"said": said}


def _wage(row: WageRow) -> dict[str, Any]:
    """The bank's number in its last four alone, as on the slip: it is the employer's."""
    told = asdict(row)
    for payment in told["payments"]:
        payment["number"] = payment["number"][-4:]
    return told


def _claim(session: Session, claim: Claim, case: Case) -> dict[str, Any]:
    steps = [_held(step, STEP) for step in case.steps if step.claim_id in (None, claim.id)]
    standing = asdict(disputes.standing(session, claim))
    told = {"case": case.number, "stage": case.stage, "outcome": case.outcome, "closed_at": case.closed_at}
    return _held(claim, CLAIM) | told | {"standing": standing, "steps": steps}
