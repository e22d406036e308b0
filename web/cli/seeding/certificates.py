"""The made-up brands entered and recognised, and certificates for the workers who hold them."""

import random
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from labor_brands.brands import service
from labor_brands.brands.models import Certification
from labor_brands.brands.queries import brand_row
from labor_brands.brands.rules import BrandFile, Firm, MarkKind, Source
from web.cli.seeding.brands import Told, told
from web.cli.seeding.employers import LINES
from web.cli.seeding.people import REGISTERED_BEFORE
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.models import HeldBrand, Skill, Worker
from zero_work_market.reference.occupations.queries import trade

FIRMS, FEWEST_HOLDERS = 2, 24
TRAINED_WITHIN = 25
"""Days within which the made-up people were tested, from the brand's recognition and their registration on."""


def make_brands(chance: random.Random, on: date) -> None:
    """Enter them all, recognise most, and certify whoever holds one."""
    for number, one in enumerate(told()):
        with transaction() as session:
            _make(session, chance, number, one, on)
        if one.gone is not None:
            with transaction() as session:
                _find_more_holders(session, chance, one)
                _certify_holders(session, chance, one, on)


def _make(session: Session, chance: random.Random, number: int, one: Told, on: date) -> None:
    day = one.recognised_on(on)
    entered = clock.at_local((day or on) - timedelta(days=60), time(9))
    service.enter(session, file=_with_firms(session, one.file), by=SYSTEM, at=entered)
    if day is None:
        return
    of: dict[str, Any] = {"session": session, "code": one.file.code, "by": SYSTEM}
    at = clock.at_local(day, time(10))
    service.recognise(day=day, at=at, **of)
    if one.last_year:
        service.review(day=day, at=at, **of)
    if number % 6 == 1:
        service.mark(kind=MarkKind.GOOD, day=day, reason="一年没有欠薪投诉，用工单位都说好", at=at, **of)
    if one.withdrawn:
        after = max(day, on - timedelta(days=20 + chance.randrange(20)))
        at = clock.at_local(after, time(10))
        service.mark(kind=MarkKind.BAD, day=after, reason=one.withdrawn, at=at, **of)
        service.withdraw(reason=one.withdrawn, at=at, **of)


def _with_firms(session: Session, file: BrandFile) -> BrandFile:
    """With verified employers of the place whose line of business hires the brand's trades."""
    headings = {known.heading for code in file.trades if (known := trade(code)) is not None}
    lines = tuple(line for line, hired in LINES.items() if headings.intersection(hired))
    here = select(Employer).where(inside(Employer.county, [file.place]), Employer.state == Verification.VERIFIED)
    hiring = [one for one in session.scalars(here.order_by(Employer.id)) if one.short.endswith(lines)]
    return replace(file, firms=tuple(Firm(one.name, one.uscc) for one in hiring[:FIRMS]))


def _find_more_holders(session: Session, chance: random.Random, one: Told) -> None:
    """For a trade that few have: people of the place learn it, until there are some to show."""
    held = session.scalar(select(func.count()).where(HeldBrand.brand == one.file.code)) or 0
    branded = select(HeldBrand.worker_id)
    here = select(Worker.id).where(inside(Worker.town, [one.file.place]), Worker.id.not_in(branded), Worker.id > 1)
    free = session.scalars(here.order_by(Worker.id)).all()
    learning = chance.sample(free, min(max(FEWEST_HOLDERS - held, 0), len(free)))
    code = one.file.trades[0]
    skilled = set(session.scalars(select(Skill.worker_id).where(Skill.occupation == code)))
    for model, rows in (
        (Skill, [{"worker_id": id, "occupation": code, "level": 1} for id in learning if id not in skilled]),
        (HeldBrand, [{"worker_id": id, "brand": one.file.code} for id in learning]),
    ):
        if rows:
            session.execute(insert(model), rows)


def _certify_holders(session: Session, chance: random.Random, one: Told, on: date) -> None:
    """In bulk, as the workers themselves are written: each by a test soon after the brand was recognised."""
    brand = brand_row(session, one.file.code)
    day = one.recognised_on(on)
    assert day is not None
    begun = max(day, on - timedelta(days=REGISTERED_BEFORE))
    levels = (
        select(HeldBrand.worker_id, Skill.level)
        .join(Skill, Skill.worker_id == HeldBrand.worker_id)
        .join(Worker, Worker.id == HeldBrand.worker_id)
        .where(HeldBrand.brand == one.file.code, Skill.occupation.in_(one.file.trades))
        .order_by(HeldBrand.worker_id, Skill.level)
    )
    rows = [
        {
            "brand_id": brand.id, "worker_id": worker_id, "source": Source.TEST,
            "source_id": f"demo-{brand.id}-{worker_id}", "score": chance.randrange(62, 99),
            "grade": max(number for number, grade in enumerate(one.file.grades, 1) if grade.level <= max(level, 1)),
            "issued_on": min(on, begun + timedelta(days=chance.randrange(TRAINED_WITHIN))), "reason": "",
        }
        for worker_id, level in dict(session.execute(levels).all()).items()
    ]  # fmt: skip
    if rows:
        session.execute(insert(Certification), rows)
