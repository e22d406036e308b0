"""One login for each level of the network."""

import random
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select

from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.settings import settings
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import Role
from zero_work_market.reference.regions.queries import counties, towns
from zero_work_market.reference.regions.rules import CITY
from zero_work_market.statistics.targets.service import set_target

PASSWORD = "leye-demo-2026"
LEVELS = {
    "370800": (
        ("shi", "市就业促进中心 孙明", Role.CITY, "370800"),
        ("jiaxiang", "嘉祥县人社局 刘芳", Role.COUNTY, "370829"),
        ("wolongshan", "卧龙山街道驿站 陈静", Role.TOWN, "370829002"),
        ("cun", "演示一村 劳务中介 周勇", Role.VILLAGE_AGENT, "370829002201"),
    ),
    "500101": (("wanzhou", "万州区人社局 冉敏", Role.COUNTY, "500101"),),
}
"""By the market's region, from the highest down; the last of the county's level is the one that is shown."""
VILLAGES = ("演示一村", "演示二村", "演示三村")
"""Of every town in the county that is shown."""
TARGETS = {
    "proven_work": (1200, 100), "stable_work": (60, 5), "brands": (15, 1), "coverage": (95, 95),
    "paid_on_time": (98, 98), "trainings": (600, 50),
}  # fmt: skip
"""Made-up targets of the year: the city's, and each county's."""


@dataclass(frozen=True)
class StaffLogin:
    name: str
    password: str
    totp: str


def make_staff(chance: random.Random, on: date) -> tuple[StaffLogin, StaffLogin]:
    """Make them all; returns the county's, to be shown, and that of who is over the whole market."""
    at, levels = clock.at_local(on, time(6)), LEVELS[settings().region]
    shown = next(name for name, _, role, _ in levels if role == Role.COUNTY)
    county = next(region for name, _, _, region in levels if name == shown)
    secrets = {}
    with transaction() as session:
        for town in towns(county):
            for number, name in enumerate(VILLAGES, 201):
                accounts.add_village(session, town=town.code, code=f"{town.code}{number}", name=name, by=SYSTEM, at=at)
        for name, display, role, region in levels:
            made = accounts.create_staff(
                session, login_name=name, display_name=display, password=PASSWORD, role=role, region=region,
                by=SYSTEM, at=at,
            )  # fmt: skip
            secrets[name] = made.totp_secret
    first = levels[0][0]
    return StaffLogin(shown, PASSWORD, secrets[shown]), StaffLogin(first, PASSWORD, secrets[first])


def make_targets(on: date) -> None:
    """Targets of the year of `on`, as city staff would set them; a market of one county has none allotted."""
    if settings().region != CITY:
        return
    with transaction() as session:
        city = session.scalars(select(Account).where(Account.login_name == LEVELS[CITY][0][0])).one()
        by = Actor(city.id, Role.CITY, CITY)
        for indicator, (whole, share) in TARGETS.items():
            wanted = {CITY: whole} | {county.code: share for county in counties()}
            for region, value in wanted.items():
                set_target(
                    session, region=region, year=on.year, indicator=indicator, value=value, by=by,
                    at=clock.at_local(on, time(6)),
                )  # fmt: skip
