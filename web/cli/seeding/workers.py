"""Workers with trades by a realistic mix."""

import random
from collections import Counter
from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta

from web.cli.seeding.brands import brand_of
from web.cli.seeding.people import (
    REGISTERED_BEFORE,
    id_number,
    near,
    phone,
    pick_birthday,
    pick_county,
    pick_name,
    pick_town,
)
from web.cli.seeding.staff import VILLAGES
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.privacy import lookup
from zero_work_market.ground.settings import settings
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.workers.models import Consent, HeldBrand, Skill, Worker
from zero_work_market.people.workers.rules import Given, Purpose
from zero_work_market.reference.occupations.queries import trades
from zero_work_market.reference.regions.queries import Region, region
from zero_work_market.reference.regions.rules import CITY

CHUNK = 1000
FIRST_PHONE = 10_000_001
NIGHT, MORNING, AFTERNOON, EVENING = range(4)
EVERY_DAY, WEEKDAYS, WEEKEND = range(7), range(5), range(5, 7)
WEEKS = (
    (EVERY_DAY, (MORNING, AFTERNOON), 46),
    (EVERY_DAY, (MORNING, AFTERNOON, EVENING), 18),
    (EVERY_DAY, (MORNING,), 8),
    (EVERY_DAY, (AFTERNOON,), 6),
    (WEEKDAYS, (MORNING, AFTERNOON), 8),
    (WEEKEND, (MORNING, AFTERNOON, EVENING), 7),
    (EVERY_DAY, (EVENING, NIGHT), 4),
    (EVERY_DAY, (NIGHT, MORNING, AFTERNOON, EVENING), 3),
)
"""Days, quarters, and how many of a hundred workers are free then."""
HEADINGS = {
    "包装分拣": 18, "装卸搬运": 16, "农活": 14, "餐饮": 12, "保洁环卫": 10, "家政照护": 9, "建筑工地": 12, "进厂": 12,
    "缝纫纺织": 8, "焊接机加": 7, "装修水电": 7, "食品厂": 7, "快递跑腿": 6, "开车": 5, "保安物业": 5, "卖货电商": 4,
    "林木苗圃": 2, "养殖": 3, "煤矿": 2,
}  # fmt: skip
"""How common the trades of a heading are; others count 1."""
RADII = ((3.0, 18), (5.0, 30), (8.0, 27), (15.0, 17), (30.0, 8))
LEVELS = (52, 27, 14, 5, 2)
WITH_PHONE, WITH_VILLAGE = 0.97, 0.8
RELOCATING = {"370800": 0.03, "500101": 0.3}
"""Share of those who would go anywhere, by the market's region: people of 万州 have long gone away to work."""
SHOWN_TOWNS, PACKER = {"370800": "370829400", "500101": "500101001"}, "6-31-05-00"
SHOWN_BRAND = "jiaxiang-qiaoshou"
SKILL_COUNTS = (22, 33, 28, 17)
FLOORS_FEN = ((1600, 22), (1700, 18), (1800, 20), (2000, 18), (2200, 8), (2500, 8), (3000, 6))


def make_workers(chance: random.Random, *, count: int, on: date, progress: Callable[[str, int, int], None]) -> str:
    """Make `count` workers, a few of them without a phone. Returns the phone of the first, a packer in 嘉祥县."""
    at = clock.at_local(on - timedelta(days=REGISTERED_BEFORE), time(9))
    mix, taken = TradeMix(), set[str]()
    for first in range(0, count, CHUNK):
        serials = range(first, min(first + CHUNK, count))
        with transaction() as session:
            reached = [serial for serial in serials if serial == 0 or chance.random() < WITH_PHONE]
            accounts = {serial: account_of(phone(FIRST_PHONE + serial), at) for serial in reached}
            session.add_all(accounts.values())
            session.flush()
            session.add_all(_worker(chance, mix, serial, accounts.get(serial), on, at, taken) for serial in serials)
        progress("工人", min(first + CHUNK, count), count)
    return phone(FIRST_PHONE)


class TradeMix:
    """The gig trades by what a county hires: headings by weight, within each those named first the commonest."""

    def __init__(self, headings: Collection[str] = ()) -> None:
        self.codes: list[str] = []
        self.weights: list[float] = []
        ranks: Counter[str] = Counter()
        for trade in trades():
            if headings and trade.heading not in headings:
                continue
            self.codes.append(trade.code)
            self.weights.append(HEADINGS.get(trade.heading, 1) / (1 + ranks[trade.heading]) ** 1.5)
            ranks[trade.heading] += 1

    def pick(self, chance: random.Random) -> str:
        return chance.choices(self.codes, self.weights)[0]


def _worker(
    chance: random.Random, mix: TradeMix, serial: int, account: Account | None, on: date, at: datetime, taken: set[str]
) -> Worker:
    county = pick_county(chance)
    town = pick_town(chance, county.code)
    born = pick_birthday(chance, on)
    surname, given = pick_name(chance, born)
    number = id_number(county.code, born, taken)
    lon, lat = near(chance, town, 1.8)
    days, quarters, _ = chance.choices(WEEKS, [week[2] for week in WEEKS])[0]
    worker = Worker(
        surname=surname, id_number_hash=lookup(number, kind="id_number"), born_on=born, town=town.code,
        lon=lon, lat=lat, radius_km=chance.choices([r for r, _ in RADII], [w for _, w in RADII])[0],
        relocates=chance.random() < RELOCATING[settings().region],
        min_hourly_fen=chance.choices([fen for fen, _ in FLOORS_FEN], [w for _, w in FLOORS_FEN])[0],
        week=sum(1 << (4 * day + quarter) for day in days for quarter in quarters),
        active=True, registered_at=at,
    )  # fmt: skip
    worker.name, worker.id_number = surname + given, number
    if account is not None:
        worker.account_id, worker.phone, worker.phone_hash = account.id, account.phone, account.phone_hash
    _give_skills(chance, mix, worker, county)
    if worker.town.startswith(shown_town()[:6]) and chance.random() < WITH_VILLAGE:
        worker.village = f"{worker.town}{chance.randrange(201, 201 + len(VILLAGES))}"
    if serial == 0:
        _make_shown(worker)
    worker.consents.append(Consent(purpose=Purpose.MATCHING, given_how=Given.BY_TAPPING, given_at=at))
    if worker.relocates:
        worker.consents.append(Consent(purpose=Purpose.EXCHANGE, given_how=Given.BY_TAPPING, given_at=at))
    return worker


def shown_town() -> str:
    """Where the first worker and the first employer are."""
    return SHOWN_TOWNS[settings().region]


def _make_shown(worker: Worker) -> None:
    """The one to log in as: a packer beside the first employer, free every day."""
    town = region(shown_town())
    worker.town, worker.lon, worker.lat, worker.radius_km = town.code, town.lon + 0.004, town.lat, 8.0
    worker.village = f"{town.code}201"
    worker.min_hourly_fen, worker.relocates = 1600, False
    worker.week = sum(1 << (4 * day + quarter) for day in EVERY_DAY for quarter in (MORNING, AFTERNOON, EVENING))
    worker.skills[:] = [Skill(occupation=PACKER, level=3), Skill(occupation="4-02-05-01", level=1)]
    worker.brands[:] = [HeldBrand(brand=SHOWN_BRAND)] if settings().region == CITY else []


def account_of(number: str, at: datetime) -> Account:
    account = Account(phone_hash=lookup(number, kind="phone"), created_at=at)
    account.phone = number
    return account


def _give_skills(chance: random.Random, mix: TradeMix, worker: Worker, county: Region) -> None:
    wanted = chance.choices(range(1, 5), SKILL_COUNTS)[0]
    for code in dict.fromkeys(mix.pick(chance) for _ in range(wanted)):
        worker.skills.append(Skill(occupation=code, level=chance.choices(range(1, 6), LEVELS)[0]))
        brand = brand_of(county.code, code)
        if brand and brand not in {held.brand for held in worker.brands} and chance.random() < 0.6:
            worker.brands.append(HeldBrand(brand=brand))
