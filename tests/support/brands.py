"""Makers of brands and certificates, and the columns of made-up hires.

brand = make_brand(session, code="jinxiang-suangong")
certify(session, worker, brand)
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from labor_brands.brands import service
from labor_brands.brands.models import Certification
from labor_brands.brands.queries import BrandRow, brand
from labor_brands.brands.rules import BrandFile, Firm, Grade, Kind, MarkKind, Source
from labor_brands.worth.rules import Hire
from tests.support.makers import COUNTY, NOW
from tests.support.market import PACKER, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.placements.service import accept
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.wages.models import Wage
from zero_work_market.statistics.standings.models import Standing

GRADES = (Grade("初级", "会装袋、会封口", 1), Grade("中级", "会分级、会看霉变", 2), Grade("高级", "会带一条线", 3))
RECOGNISED = date(2026, 3, 18)
_numbers = count(1)


def a_file(**said: Any) -> BrandFile:
    file = BrandFile(
        code=f"brand-{next(_numbers)}", name="金乡蒜工", place=COUNTY, kind=Kind.SKILL, builder="金乡县人社局",
        trades=(PACKER,), grades=GRADES, firms=(Firm("鲁西南蒜业集团"),), head_person="赵德顺",
        training_base="鱼山街道实训点", trademark="12345678", join_at="鱼山街道零工驿站", words="会剪蒜、会装袋。",
    )  # fmt: skip
    return replace(file, **said)


def make_brand(
    session: Session, *, recognised_on: date | None = RECOGNISED, at: datetime = NOW, **file: Any
) -> BrandRow:
    """Of 嘉祥县, for packers, recognised on 18 March 2026 unless told otherwise."""
    made = service.enter(session, file=a_file(**file), by=SYSTEM, at=at)
    if recognised_on is not None:
        service.recognise(session, code=made.code, day=recognised_on, by=SYSTEM, at=at)
    return brand(session, made.code)


def certify(
    session: Session, worker: Worker, held: BrandRow, *, grade: int = 1, source_id: str = "", by: Actor = SYSTEM,
    at: datetime = NOW, source: Source = Source.TEST,
) -> Certification:  # fmt: skip
    return service.certify(
        session, brand=held.file.code, worker_id=worker.id, grade=grade, source=source,
        source_id=source_id or f"test-{next(_numbers)}", score=88, by=by, at=at,
    )  # fmt: skip


def put_brand(session: Session, *, code: str, worker: Worker, at: datetime) -> dict[str, int]:
    """A recognised brand with a mark, and a certificate of the worker."""
    day = clock.local_date(at)
    made = make_brand(session, code=code, recognised_on=day, at=at)
    told = {"kind": MarkKind.GOOD, "day": day, "reason": "一年没有欠薪投诉"}
    mark = service.mark(session, code=code, by=SYSTEM, at=at, **told)
    return {"brand_mark_id": mark.id, "certification_id": certify(session, worker, made, at=at).id}


def put_hires(
    session: Session, people: Sequence[Worker], *, fen: int = 8000, day: date = date(2026, 11, 24), at: datetime = NOW
) -> None:
    """Each held a seat of one posting for packers, four hours of it agreed on and paid with `fen`."""
    posting = make_posting(session, at=at, headcount=len(people), shifts=(shift(now=at),))
    for one in people:
        accept(session, posting_id=posting.id, worker_id=one.id, by=SYSTEM, at=at)
        placement = placement_of(session, posting_id=posting.id, worker_id=one.id)
        assert placement is not None
        where = {"worker_id": one.id, "employer_id": posting.employer_id, "county": posting.county}
        session.add(
            Standing(
                placement_id=placement.id, posting_id=posting.id, town=posting.town, village=f"{posting.town}000",
                industry="", day=day, level=4, short_of="days:90", stable_on=None, signed=True, minutes=240,
                settled_fen=fen, wages_due=1, wages_on_time=1, next_due=None, **where,
            )
        )  # fmt: skip
        session.add(
            Wage(
                placement_id=placement.id, first_day=day, last_day=day, minutes=240, gross=[], deductions=[],
                net_fen=fen, due_on=day, made_at=at, paid_fen=fen, paid_at=at, settled_on=day, **where,
            )
        )  # fmt: skip
    session.flush()


def noon(day: date) -> datetime:
    return clock.at_local(day, time(12))


def made_up_hires(seed: int, *, effect: float, persons: int = 200, postings: int = 120) -> list[Hire]:
    """Three hires or so a person over a year: pay with an effect of stratum, posting and person, and the brand's."""
    chance = np.random.default_rng(seed)
    towns, months = chance.integers(0, 6, postings), chance.integers(1, 13, postings)
    town_pay, month_pay = chance.normal(0, 0.1, 6), chance.normal(0, 0.05, 13)
    posting_pay = chance.normal(7.5, 0.06, postings) + town_pay[towns] + month_pay[months]
    person_pay, holds = chance.normal(0, 0.05, persons), chance.random(persons) < 0.4
    hires = []
    for person in range(persons):
        for posting in chance.choice(postings, 1 + chance.poisson(2), replace=False):
            pay = posting_pay[posting] + person_pay[person] + np.log1p(effect) * holds[person] + chance.normal(0, 0.03)
            day = date(2026, int(months[posting]), 1) + timedelta(int(chance.integers(0, 28)))
            hires.append(
                Hire(
                    person, int(posting), PACKER, f"37082900{towns[posting]}", day, 60_000,
                    round(1000 * float(np.exp(pay))), int(holds[person]),
                )
            )  # fmt: skip
    return hires
