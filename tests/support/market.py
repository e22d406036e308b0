"""Makers of postings: a lawful draft, published by a verified employer, unless the test says otherwise."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.support.makers import NOW, TOWN, make_employer
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.market.gate.rules import Draft
from zero_work_market.market.postings import service as postings
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.employers.models import Employer
from zero_work_market.reference.regions.queries import region

PACKER = "6-31-05-00"


def shift(days_ahead: int = 1, start: int = 8, hours: float = 4, *, now: datetime = NOW) -> tuple[datetime, datetime]:
    """A shift so many days after `now`'s day, from `start` o'clock in Jining."""
    begin = clock.at_local(clock.local_date(now) + timedelta(days=days_ahead), time(start))
    return begin, begin + timedelta(hours=hours)


def a_draft(**changes: Any) -> Draft:
    """Five packers for tomorrow 08–12 at 18 yuan in 嘉祥县, changed as told."""
    town = region(changes.get("town", TOWN))
    said: dict[str, Any] = {
        "employer_name": "永昌蒜业有限公司", "title": "装蒜包装", "occupations": ((PACKER, 1),), "headcount": 5,
        "county": town.code[:6], "town": town.code, "address": "永昌 2 号库", "lon": town.lon, "lat": town.lat,
        "shifts": (shift(),), "pay_kind": "hour", "pay_fen": 1800, "pieces_per_hour": None, "pay_days": 7,
        "employment": "零工", "meals": False, "lodging": False, "transport": True, "insurance": True, "min_age": 18,
        "words": "手脚麻利。", "brands": (), "is_public_post": False,
    }  # fmt: skip
    return Draft(**said | changes)


def make_posting(
    session: Session,
    *,
    employer: Employer | None = None,
    invite_first: int = 0,
    at: datetime = NOW,
    key: str | None = None,
    **draft: Any,
) -> Posting:
    employer = employer or make_employer(session, at=at)
    by = Actor(employer.account_id, "employer")
    return postings.publish(
        session, draft=a_draft(**draft), employer_id=employer.id, invite_first=invite_first, by=by, at=at, key=key
    )
