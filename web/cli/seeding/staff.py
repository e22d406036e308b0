"""One login for each level of the network."""

import random
from dataclasses import dataclass
from datetime import date, time

from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Role

PASSWORD = "leye-demo-2026"
LEVELS = (
    ("shi", "市就业促进中心 孙明", Role.CITY, "370800"),
    ("jiaxiang", "嘉祥县人社局 刘芳", Role.COUNTY, "370829"),
    ("wolongshan", "卧龙山街道驿站 陈静", Role.TOWN, "370829002"),
    ("cun", "演示一村 劳务中介 周勇", Role.VILLAGE_AGENT, "370829002201"),
)


@dataclass(frozen=True)
class StaffLogin:
    name: str
    password: str
    totp: str


def make_staff(chance: random.Random, on: date) -> StaffLogin:
    """Make them all; returns the county's, to be shown."""
    at = clock.at_local(on, time(6))
    secrets = {}
    with transaction() as session:
        accounts.add_village(session, town="370829002", code="370829002201", name="演示一村", by=SYSTEM, at=at)
        for name, display, role, region in LEVELS:
            made = accounts.create_staff(
                session, login_name=name, display_name=display, password=PASSWORD, role=role, region=region,
                by=SYSTEM, at=at,
            )  # fmt: skip
            secrets[name] = made.totp_secret
    return StaffLogin("jiaxiang", PASSWORD, secrets["jiaxiang"])
