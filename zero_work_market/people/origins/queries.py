"""Reads of where workers are at home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from zero_work_market.people.origins.models import Origin
from zero_work_market.people.origins.rules import Status
from zero_work_market.reference.regions.queries import province_of, region
from zero_work_market.reference.regions.rules import UnknownRegion

CHUNK = 1000


@dataclass(frozen=True)
class Home:
    """Where a worker is at home. `proof` and its number are for staff alone; None while nothing was seen."""

    worker_id: int
    region: str
    name: str
    """ "重庆市万州区", "贵州省"."""
    status: Status
    told_at: datetime
    proven_at: datetime | None
    proof: str | None


def home_of(session: Session, worker_id: int) -> Home | None:
    """None while nobody has told."""
    return homes_of(session, [worker_id]).get(worker_id)


def homes_of(session: Session, worker_ids: Iterable[int]) -> dict[int, Home]:
    wanted = list(worker_ids)
    chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
    rows = [row for chunk in chunks for row in session.scalars(select(Origin).where(Origin.worker_id.in_(chunk)))]
    return {row.worker_id: _home(row) for row in rows}


def name_of(code: str) -> str:
    """A province by its name, a county that is known with its province's before it."""
    province = province_of(code)
    try:
        return province.name if code == province.code else province.name + region(code).name
    except UnknownRegion:
        return province.name


def _home(row: Origin) -> Home:
    return Home(
        worker_id=row.worker_id, region=row.region, name=name_of(row.region), status=Status(row.status or "none"),
        told_at=row.told_at, proven_at=row.proven_at, proof=row.proof,
    )  # fmt: skip
