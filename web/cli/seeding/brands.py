"""Eighteen made-up brands, and certificates for the workers who hold them."""

import random
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from labor_brands.brands import service
from labor_brands.brands.models import Certification
from labor_brands.brands.queries import brand_row
from labor_brands.brands.rules import BrandFile, Firm, Grade, Kind, MarkKind, Source
from web.cli.seeding.people import REGISTERED_BEFORE
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.queries import inside
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import Verification
from zero_work_market.people.workers.models import HeldBrand, Skill, Worker
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import covers

HEADS = ("赵德顺", "钱桂兰", "孙立新", "李春梅", "周建军", "吴秀英")
FIRMS, FEWEST_HOLDERS = 2, 24
TRAINED_WITHIN = 25
"""Days within which the made-up people were tested, from the brand's recognition and their registration on."""


@dataclass(frozen=True)
class Told:
    """A made-up brand as its file tells it; `gone`, `last_year` and `withdrawn` as there."""

    file: BrandFile
    gone: float | None
    last_year: bool
    withdrawn: str

    def recognised_on(self, on: date) -> date | None:
        first = date(on.year - self.last_year, 1, 1)
        last = date(on.year, 1, 1) if self.last_year else on
        return None if self.gone is None else first + timedelta(days=int(self.gone * (last - first).days))


@cache
def told() -> tuple[Told, ...]:
    rows = yaml.safe_load(files("web.cli.seeding").joinpath("data", "brands.yaml").read_text(encoding="utf-8"))
    return tuple(_told(number, row) for number, row in enumerate(rows))


def brand_of(place: str, occupation: str) -> str | None:
    """Code of the made-up brand for a trade in a county, among those that people were ever certified for."""
    return next(
        (
            one.file.code
            for one in told()
            if one.gone is not None and occupation in one.file.trades and covers(one.file.place, place)
        ),
        None,
    )


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
    here = select(Employer.name, Employer.uscc).where(
        Employer.county == file.place, Employer.state == Verification.VERIFIED
    )
    firms = tuple(Firm(name, uscc) for name, uscc in session.execute(here.order_by(Employer.id).limit(FIRMS)))
    return replace(file, firms=firms)


def _find_more_holders(session: Session, chance: random.Random, one: Told) -> None:
    """For a trade that few have: people of the place learn it, until there are some to show."""
    held = session.scalar(select(func.count()).where(HeldBrand.brand == one.file.code)) or 0
    branded = select(HeldBrand.worker_id)
    here = select(Worker.id).where(inside(Worker.town, [one.file.place]), Worker.id.not_in(branded), Worker.id > 1)
    free = session.scalars(here.order_by(Worker.id)).all()
    learning = chance.sample(free, min(max(FEWEST_HOLDERS - held, 0), len(free)))
    trade = one.file.trades[0]
    skilled = set(session.scalars(select(Skill.worker_id).where(Skill.occupation == trade)))
    for model, rows in (
        (Skill, [{"worker_id": id, "occupation": trade, "level": 1} for id in learning if id not in skilled]),
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


def _told(number: int, row: dict[str, Any]) -> Told:
    gone, last_year, withdrawn = row.pop("gone", None), bool(row.pop("last_year", False)), row.pop("withdrawn", "")
    place = region(row["place"])
    row |= {
        "kind": Kind(row["kind"]), "trades": tuple(row["trades"]),
        "grades": tuple(Grade(name, standard, level) for name, level, standard in row["grades"]),
        "builder": f"{place.short}人社局（编的）", "head_person": HEADS[number % len(HEADS)],
        "training_base": f"{place.short}演示实训基地", "trademark": f"演示 {10_000_000 + 731 * number}",
    }  # fmt: skip
    return Told(BrandFile(**row), gone, last_year, withdrawn)
