"""A believable county market, made up from a seed: the same seed and date give the same people, postings and history.

Everybody in it is synthetic. People and employers are written in bulk; postings, invitations and accepted seats go
through the market's own services at past moments, so that what is seeded is what the market itself would have made.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from web.cli.seeding.aftermath import make_aftermath
from web.cli.seeding.certificates import make_brands
from web.cli.seeding.channels import make_channels
from web.cli.seeding.courses import make_courses
from web.cli.seeding.employers import make_employers
from web.cli.seeding.history import make_history, make_regulars
from web.cli.seeding.origins import make_origins
from web.cli.seeding.staff import make_staff, make_targets
from web.cli.seeding.workers import make_workers
from web.tasks.counting import catch_up
from zero_work_market.ground.settings import settings
from zero_work_market.reference.regions.rules import CITY

Progress = Callable[[str, int, int], None]
"""Told (what is being made, how many are done, of how many)."""


@dataclass(frozen=True)
class Logins:
    """How to log in as each of the three users."""

    worker_phone: str
    employer_phone: str
    staff_name: str
    staff_password: str
    staff_totp: str
    over_all_name: str
    over_all_totp: str
    """Of the staff over the whole market, who keep the exchange; the password is the same."""


def seed(*, workers: int, employers: int, postings: int, seed: int, on: date, progress: Progress) -> Logins:
    """Fill an empty database. Returns the logins to try. Brands, channels, homes and courses are of Jining alone.

    workers, employers, postings: how many; `on`: the day that counts as today, postings lie from five
    months before it to five days after.
    """
    chance = random.Random(seed)
    staff, over_all = make_staff(chance, on)
    worker_phone = make_workers(chance, count=workers, on=on, progress=progress)
    employer_phone = make_employers(chance, count=employers, on=on, progress=progress)
    is_jining = settings().region == CITY
    if is_jining:
        make_brands(chance, on)
    make_history(chance, count=postings, on=on, progress=progress)
    make_regulars(chance, on=on)
    if is_jining:
        make_channels(chance, on=on)
    make_aftermath(chance, on=on, progress=progress)
    if is_jining:
        make_origins(chance, on=on)
        make_courses(chance, on=on, progress=progress)
    make_targets(on)
    catch_up()
    return Logins(worker_phone, employer_phone, staff.name, staff.password, staff.totp, over_all.name, over_all.totp)
