"""Makers of crews: people of two villages who can do three jobs, and a posting that wants them together.

wanted = wanted_crew(neighbours=5)
with transaction() as session:
    crew = offer_best(session, wanted)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.support.makers import TOWN, make_employer, make_worker, oneself
from tests.support.market import PACKER, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.db import transaction
from zero_work_market.market.crews import queries, service
from zero_work_market.market.crews.models import Crew, CrewMember
from zero_work_market.market.crews.rules import Answer, NewRole, State
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import NewSkill

FORKLIFT = "6-30-05-01"
HOME, FAR = f"{TOWN}201", f"{TOWN}202"
ROLES = (NewRole(FORKLIFT, 1, 1), NewRole(PACKER, 1, 3))


@dataclass(frozen=True)
class Wanted:
    """A posting of four: a forklift driver and three packers; its employer's account, and who could come."""

    posting_id: int
    employer: Actor
    drivers: tuple[int, ...]
    packers: tuple[int, ...]


def make_packer(session: Session, village: str | None = HOME, **told: Any) -> Worker:
    return make_worker(session, village=village, skills=[NewSkill(PACKER, 2)], **told)


def make_driver(session: Session, village: str | None = HOME, **told: Any) -> Worker:
    return make_worker(session, village=village, skills=[FORKLIFT], **told)


def wanted_crew(
    *, drivers: int = 2, packers: int = 4, brands: tuple[str, ...] = (), at: datetime | None = None, **draft: Any
) -> Wanted:
    """So many drivers and packers of one village, and the posting for tomorrow with its roles."""
    now = at or clock.now()
    with transaction() as session:
        employer = make_employer(session, at=now)
        by = Actor(employer.account_id, "employer")
        told = {"headcount": 4, "shifts": (shift(now=now),), "occupations": ((FORKLIFT, 1), (PACKER, 1))} | draft
        posting = make_posting(session, employer=employer, at=now, **told)
        held = tuple(make_driver(session, brands=brands, at=now).id for _ in range(drivers))
        others = tuple(make_packer(session, brands=brands, at=now).id for _ in range(packers))
        service.ask(session, posting_id=posting.id, roles=ROLES, by=by, at=now)
        return Wanted(posting.id, by, held, others)


def offer_best(session: Session, wanted: Wanted, *, brand: str = "", at: datetime | None = None) -> Crew:
    roles = queries.roles_of(session, wanted.posting_id)
    among = queries.candidates(session, posting_by_id(session, wanted.posting_id), roles)
    members = {one.worker_id: one.role_id for one in queries.proposed(among, brand=brand).members}
    return service.offer(
        session, posting_id=wanted.posting_id, members=members, brand=brand, by=wanted.employer, at=at or clock.now()
    )


def offered_crew(wanted: Wanted, *, brand: str = "", at: datetime | None = None) -> tuple[int, list[int]]:
    """Id of the best crew, offered, and ids of its members by place."""
    with transaction() as session:
        crew = offer_best(session, wanted, brand=brand, at=at)
        return crew.id, [one.worker_id for one in crew.members]


def put_crew(session: Session, *, posting_id: int, worker_id: int, at: datetime) -> int:
    """Id of a crew of one, put beside a posting, who is being asked."""
    crew = Crew(posting_id=posting_id, state=State.OFFERED, offered_at=at)
    crew.members.append(
        CrewMember(
            worker_id=worker_id, occupation=PACKER, level=1, title="", place=1, state=Answer.ASKED, score=0.5,
            asked_at=at, respond_by=at + timedelta(hours=1),
        )
    )  # fmt: skip
    session.add(crew)
    session.flush()
    return crew.id


def say_yes(crew_id: int, worker_id: int, *, at: datetime | None = None) -> None:
    with transaction() as session:
        by = oneself(session.get_one(Worker, worker_id))
        service.agree(session, crew_id=crew_id, worker_id=worker_id, by=by, at=at or clock.now())


def say_no(crew_id: int, worker_id: int, *, at: datetime | None = None) -> None:
    with transaction() as session:
        by = oneself(session.get_one(Worker, worker_id))
        service.decline(session, crew_id=crew_id, worker_id=worker_id, by=by, at=at or clock.now())
