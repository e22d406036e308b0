"""A partner's vacancy as a list and its own page show it."""

from dataclasses import dataclass
from datetime import datetime

from labor_brands.bundles.rules import Vacancy
from zero_work_market.market.gate.rules import PayKind


@dataclass(frozen=True)
class FarJob:
    """`origin` 重庆万州; `source` who stands behind it there; `score` the engine's, for a worker who would move."""

    id: int
    partner: str
    origin: str
    source: str
    title: str
    employer: str
    region: str
    place: str
    headcount: int
    shifts: tuple[tuple[datetime, datetime], ...]
    break_minutes: int
    closes_at: datetime
    pay_kind: PayKind
    pay_fen: int
    hourly_fen: int
    total_fen: int
    pay_days: int
    occupations: tuple[tuple[str, int], ...]
    brands: tuple[str, ...]
    meals: bool
    lodging: bool
    transport: bool
    insurance: bool
    min_age: int
    words: str
    url: str
    score: float | None = None

    @property
    def provenance(self) -> str:
        """ "重庆万州转来 · 万州区人社局登记" """
        return f"{self.origin}转来 · {self.source}登记"


def far_job(id: int, partner: str, origin: str, told: Vacancy, score: float | None = None) -> FarJob:
    return FarJob(
        id=id, partner=partner, origin=origin, source=told.source.name, title=told.title, employer=told.employer,
        region=told.region, place=told.place, headcount=told.headcount,
        shifts=tuple((shift.start, shift.end) for shift in told.shifts), break_minutes=told.break_minutes,
        closes_at=told.closes_at,
        pay_kind=PayKind(told.pay.kind), pay_fen=told.pay.fen, hourly_fen=told.pay.hourly_fen,
        total_fen=told.pay.total_fen, pay_days=told.pay.days,
        occupations=tuple((trade.occupation, trade.level) for trade in told.trades),
        brands=tuple(brand.name for brand in told.brands), meals=told.meals, lodging=told.lodging,
        transport=told.transport, insurance=told.insurance, min_age=told.min_age, words=told.words, url=told.url,
        score=score,
    )  # fmt: skip
