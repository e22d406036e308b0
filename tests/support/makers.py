"""Makers: what a test's sentence leaves unsaid, filled in with valid synthetic values, no two alike.

    worker = make_worker(session, town="370829001", skills=["4-02-04-06"])
    staff = make_staff(session, Role.COUNTY, "370829")

Everything is made by the services, as the system, at `NOW` unless told otherwise.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.privacy import lookup
from zero_work_market.people.accounts import queries as accounts
from zero_work_market.people.accounts import service as accounts_service
from zero_work_market.people.accounts.models import Account, Grant
from zero_work_market.people.accounts.rules import Role, check_digit
from zero_work_market.people.employers import service as employers_service
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.rules import NewEmployer, Paper, Verification, uscc_check_character
from zero_work_market.people.workers import service as workers_service
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import ALL_WEEK, NewSkill, NewWorker, Place, Profile

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in Jining."""
COUNTY, TOWN = "370829", "370829001"
VILLAGE = f"{TOWN}201"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)

_numbers = count(1)


def id_number(born: date | None = None, *, region: str = COUNTY) -> str:
    """A valid ID number that nobody else has."""
    number = next(_numbers)
    born = born or date(1970, 1, 1) + timedelta(days=number % 9000)
    body = f"{region}{born:%Y%m%d}{number % 1000:03d}"
    return body + check_digit(body)


def uscc() -> str:
    body = f"91{COUNTY}MA{next(_numbers):07d}"
    return body + uscc_check_character(body)


def phone() -> str:
    return f"139{next(_numbers):08d}"


def make_account(session: Session, *, phone_number: str | None = None, at: datetime = NOW) -> Account:
    number = phone_number or phone()
    account = Account(phone_hash=lookup(number, kind="phone"), created_at=at)
    account.phone = number
    session.add(account)
    session.flush()
    return account


def make_village(session: Session, code: str = VILLAGE, *, name: str = "张垓村", at: datetime = NOW) -> str:
    """The code of a village that is there, made if it wasn't."""
    if accounts.village(session, code) is None:
        accounts_service.add_village(session, town=code[:9], code=code, name=name, by=SYSTEM, at=at)
    return code


def make_staff(session: Session, role: Role = Role.COUNTY, region: str = COUNTY, *, at: datetime = NOW) -> Actor:
    """Staff with one grant, without a password: `accounts.service.create_staff` makes one who can log in."""
    if role == Role.VILLAGE_AGENT:
        make_village(session, region)
    account = Account(login_name=f"staff{next(_numbers)}", display_name="办事员", created_at=at)
    account.grants.append(Grant(role=role, region=region, granted_at=at))
    session.add(account)
    session.flush()
    return Actor(account_id=account.id, role=role.value, region=region)


def make_worker(
    session: Session,
    *,
    name: str = "张建国",
    number: str | None = None,
    born: date | None = None,
    town: str = TOWN,
    village: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
    skills: Iterable[str | NewSkill] = (),
    brands: Iterable[str] = (),
    account: Account | None = None,
    at: datetime = NOW,
    **profile: Any,
) -> Worker:
    """A worker with an account of their own, free all week; `profile` goes to `Profile` (radius_km, week …)."""
    account = account or make_account(session, at=at)
    new = NewWorker(
        name=name,
        id_number=number or id_number(born),
        place=Place(town=town, village=village and make_village(session, village), lon=lon, lat=lat),
        skills=tuple(NewSkill(skill) if isinstance(skill, str) else skill for skill in skills),
        profile=Profile(**{"week": ALL_WEEK} | profile),
    )
    worker = workers_service.register(session, new=new, account_id=account.id, by=SYSTEM, at=at)
    if brands:
        workers_service.set_brands(session, worker_id=worker.id, brands=brands, by=SYSTEM, at=at)
    return worker


def make_employer(
    session: Session,
    *,
    name: str = "永昌蒜业有限公司",
    code: str | None = None,
    town: str = TOWN,
    account: Account | None = None,
    state: Verification = Verification.VERIFIED,
    papers: Iterable[Paper] = Paper,
    at: datetime = NOW,
) -> Employer:
    """An employer with all its papers, verified for six months from `at` unless another state is asked for."""
    account = account or make_account(session, at=at)
    new = NewEmployer(
        name=name,
        uscc=code or uscc(),
        town=town,
        operator="王海燕",
        operator_id_number=id_number(),
        address="永昌 2 号库",
    )
    made = employers_service.register(session, new=new, account_id=account.id, by=SYSTEM, at=at)
    deed = {"session": session, "employer_id": made.id, "by": SYSTEM, "at": at}
    for paper in papers:
        employers_service.add_paper(paper=paper, body=PNG, **deed)
    if state in (Verification.VERIFIED, Verification.SUSPENDED):
        employers_service.verify(**deed)
    if state == Verification.SUSPENDED:
        employers_service.suspend(reason="多次不付工钱", **deed)
    if state == Verification.REFUSED:
        employers_service.refuse(reason="营业执照看不清", **deed)
    return made


def oneself(row: Account | Worker | Employer) -> Actor:
    """Whoever the row's account is, acting for themselves."""
    return Actor(account_id=row.id if isinstance(row, Account) else row.account_id, role="self")
