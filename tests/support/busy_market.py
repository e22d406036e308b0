"""A market that changes at random, by its own services, and the lists that an engine gives of it."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from tests.support.makers import make_employer, make_worker
from tests.support.market import PACKER, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.engine.queries import LiveEngine
from zero_work_market.market.placements import service as placements
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.rules import ALL_WEEK, NewSkill, Place

TRADES = (PACKER, "6-31-01-05", "4-10-01-06", "6-30-05-01")
BRANDS = ("jinxiang-suangong", "jiaxiang-shidiao", "liangshan-truck")


def today() -> date:
    return clock.local_date(clock.now())


class BusyMarket:
    """Twelve workers, six postings, and everything that may become of them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        with transaction() as session:
            self.employer = make_employer(session, at=clock.now())
        self.workers: list[int] = []
        self.postings: list[int] = []
        for _ in range(12):
            self.register()
        for _ in range(6):
            self.publish()

    def change(self) -> None:
        """One change; what the market refuses is no change."""
        verbs = (
            self.register, self.publish, self.accept, self.accept, self.withdraw, self.cancel, self.set_floor,
            self.set_radius, self.set_week, self.move_house, self.set_skills, self.set_brands, self.add_day_off,
            self.remove_day_off, self.pause, self.resume, self.erase,
        )  # fmt: skip
        try:
            self.chance.choice(verbs)()
        except LeyeError:
            return

    def register(self) -> None:
        with transaction() as session:
            told = {"week": self.week(), "min_hourly_fen": self.chance.choice((0, 1700, 1900)), "radius_km": 30}
            made = make_worker(session, skills=self.trades(3), brands=self.brands(2), at=clock.now(), **told)
            self.workers.append(made.id)

    def publish(self) -> None:
        first = self.chance.randrange(1, 10)
        shifts = tuple(shift(first + day, 8, now=clock.now()) for day in range(self.chance.randrange(1, 3)))
        needs = tuple((code, self.chance.randrange(1, 4)) for code in self.trades(2))
        with transaction() as session:
            made = make_posting(
                session, employer=self.employer, at=clock.now(), shifts=shifts, occupations=needs,
                brands=tuple(self.brands(2)), headcount=self.chance.randrange(1, 3), pay_fen=2000,
            )  # fmt: skip
            self.postings.append(made.id)

    def accept(self) -> None:
        with transaction() as session:
            pair = {"posting_id": self.posting(), "worker_id": self.worker()}
            placements.accept(session, **pair, by=Actor(None, "worker"), at=clock.now())

    def withdraw(self) -> None:
        with transaction() as session:
            pair = {"posting_id": self.posting(), "worker_id": self.worker()}
            placements.withdraw(session, **pair, by=Actor(None, "worker"), at=clock.now())

    def cancel(self) -> None:
        with transaction() as session:
            placements.cancel_posting(session, posting_id=self.posting(), by=SYSTEM, at=clock.now())

    def set_floor(self) -> None:
        self.edit(workers.set_floor, min_hourly_fen=self.chance.choice((0, 1700, 1900, 2100)))

    def set_radius(self) -> None:
        self.edit(workers.set_radius, radius_km=self.chance.choice((0, 5, 40)), relocates=self.chance.random() < 0.3)

    def set_week(self) -> None:
        self.edit(workers.set_week, week=self.week())

    def move_house(self) -> None:
        where = Place("370829001", None, 116.3 + self.chance.random() / 5, 35.4 + self.chance.random() / 5)
        self.edit(workers.set_place, place=where)

    def set_skills(self) -> None:
        skills = [NewSkill(code, self.chance.randrange(1, 6)) for code in self.trades(3)]
        self.edit(workers.set_skills, skills=skills)

    def set_brands(self) -> None:
        self.edit(workers.set_brands, brands=self.brands(3))

    def add_day_off(self) -> None:
        self.edit(workers.add_day_off, day=today() + timedelta(days=self.chance.randrange(1, 11)))

    def remove_day_off(self) -> None:
        self.edit(workers.remove_day_off, day=today() + timedelta(days=self.chance.randrange(1, 11)))

    def pause(self) -> None:
        self.edit(workers.pause)

    def resume(self) -> None:
        self.edit(workers.resume)

    def erase(self) -> None:
        self.edit(workers.erase, kept_until=None)

    def edit(self, verb: Callable[..., None], **values: object) -> None:
        with transaction() as session:
            verb(session, worker_id=self.worker(), by=SYSTEM, at=clock.now(), **values)

    def week(self) -> int:
        return ALL_WEEK if self.chance.random() < 0.6 else self.chance.getrandbits(28)

    def trades(self, most: int) -> list[str]:
        return self.chance.sample(TRADES, self.chance.randrange(1, most + 1))

    def brands(self, most: int) -> list[str]:
        return self.chance.sample(BRANDS, self.chance.randrange(most + 1))

    def worker(self) -> int:
        return self.chance.choice(self.workers)

    def posting(self) -> int:
        return self.chance.choice(self.postings)

    def lists(self, live: LiveEngine) -> dict[str, list[object]]:
        """Every list that the engine gives, both ways, for those whom it has."""
        found: dict[str, list[object]] = {}
        for posting_id, is_here in zip(self.postings, live.engine.has_postings(self.postings), strict=True):
            ranking = live.engine.workers_for(posting_id) if is_here else None
            found[f"posting {posting_id}"] = [ranking and (ranking.ids.tolist(), ranking.scores.tolist())]
        for worker_id, is_here in zip(self.workers, live.engine.has_workers(self.workers), strict=True):
            ranking = live.engine.postings_for(worker_id) if is_here else None
            found[f"worker {worker_id}"] = [ranking and (ranking.ids.tolist(), ranking.scores.tolist())]
        return found
