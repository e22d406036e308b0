"""A crew in plain words, as its employer, its members and staff see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.filters import moment
from web.words import shifts_said, skill_said
from zero_work_market.market.crews.models import Crew, CrewMember, CrewRole
from zero_work_market.market.crews.queries import invitations, latest, roles_of
from zero_work_market.market.crews.rules import IN_IT, Answer, Candidate, State, Why
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.queries import villages_of
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.queries import shown_workers
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.occupations.rules import LEVELS
from zero_work_market.reference.regions.queries import region
from zero_work_market.reference.regions.rules import km_between

WHYS = {
    Why.NOBODY_LEFT: "有人去不了，找不到人顶上", Why.TOO_LATE: "没在时候前凑齐",
    Why.SEATS_GONE: "位子让单个来的接走了，不够一班坐", Why.CALLED_OFF: "单位不等了", Why.POSTING_CLOSED: "这单不招了",
}  # fmt: skip
ANSWERS = {Answer.AGREED: "答应了", Answer.DECLINED: "去不了", Answer.LATE: "没回话", Answer.UNABLE: "接了别的活"}


@dataclass(frozen=True)
class Person:
    """Somebody of a crew in one line: who, from where and how far, why for this job, and what they said."""

    worker_id: int
    name: str
    home: str
    distance_km: float
    skill: str
    said: str = ""
    agreed: bool = False


@dataclass(frozen=True)
class Group:
    """A job of the crew, how many it takes, and who of them there are."""

    title: str
    seats: int
    people: list[Person]


@dataclass(frozen=True)
class Offered:
    """A crew that was offered: who is in it by job, and who of it isn't any more."""

    crew: Crew
    groups: list[Group]
    gone: list[Person]
    need: int

    @property
    def agreed(self) -> int:
        return sum(one.agreed for group in self.groups for one in group.people)


@dataclass(frozen=True)
class Call:
    """A worker's part in a crew that asks for them."""

    crew_id: int
    posting: Posting
    role: str
    need: int
    agreed: int
    said_yes: bool
    respond_by: datetime
    when: str
    mates: list[tuple[str, int, list[str]]]
    """Where the others set out from, how many of there, and their masked names."""


def role_said(occupation: str, level: int, title: str = "") -> str:
    """ "叉车司机", "带班", "包装工（高级工起）" """
    return title or (f"{label(occupation)}（{LEVELS[level]}起）" if level > 1 else label(occupation))


def roles_said(roles: Iterable[CrewRole]) -> str:
    """ "叉车司机 2 个、装卸工 6 个" """
    return "、".join(f"{role_said(role.occupation, role.level, role.title)} {role.seats} 个" for role in roles)


def homes_said(homes: Sequence[str]) -> str:
    """Where a crew sets out from: "张垓村 5 个、李楼村 3 个", the most first."""
    counted = {home: homes.count(home) for home in dict.fromkeys(homes)}
    return "、".join(f"{home} {count} 个" for home, count in sorted(counted.items(), key=lambda pair: -pair[1]))


def proposed_groups(
    session: Session, posting: Posting, roles: Sequence[CrewRole], members: Sequence[Candidate]
) -> list[Group]:
    wanted = {role.id: (role.occupation, role.level) for role in roles}
    people = _people(session, posting, [(one.worker_id, wanted[one.role_id]) for one in members])
    return [
        Group(
            role_said(role.occupation, role.level, role.title), role.seats,
            [people[one.worker_id] for one in members if one.role_id == role.id and one.worker_id in people],
        )
        for role in roles
    ]  # fmt: skip


def offered_crew(session: Session, posting: Posting, *, at: datetime) -> Offered | None:
    """The crew last offered, as far as it has come."""
    crew = latest(session, posting.id)
    return None if crew is None else _offered(session, posting, crew, at)


def calls(session: Session, *, worker_id: int, at: datetime) -> list[Call]:
    """The crews that ask for a worker, or wait for others after the worker's yes."""
    return [_call(session, *found, at=at) for found in invitations(session, worker_id=worker_id, at=at)]


def crew_said(session: Session, posting: Posting, *, at: datetime) -> str:
    """How a posting's crew stands, in one line; empty for a posting without."""
    roles, offer = roles_of(session, posting.id), offered_crew(session, posting, at=at)
    if not roles:
        return ""
    said = f"要一班：{roles_said(roles)}。"
    if offer is None:
        return said + "还没邀。"
    if offer.crew.state == State.BROKEN and offer.crew.why is not None:
        return said + f"邀过一班，没成：{WHYS[offer.crew.why]}。"
    return said + (
        "一班人都接好了。" if offer.crew.state == State.FILLED else f"邀了一班，{offer.agreed}/{offer.need} 个答应了。"
    )


def _offered(session: Session, posting: Posting, crew: Crew, at: datetime) -> Offered:
    people = _people(session, posting, [(one.worker_id, (one.occupation, one.level)) for one in crew.members])
    here = [one for one in crew.members if one.place is not None and one.worker_id in people]
    here.sort(key=lambda one: one.place or 0)
    groups: dict[str, list[Person]] = {}
    for one in here:
        said = _said(people[one.worker_id], one, at)
        groups.setdefault(role_said(one.occupation, one.level, one.title), []).append(said)
    gone = [
        _said(people[one.worker_id], one, at) for one in crew.members if one.place is None and one.worker_id in people
    ]
    return Offered(crew, [Group(title, len(held), held) for title, held in groups.items()], gone, len(here))


def _said(person: Person, member: CrewMember, at: datetime) -> Person:
    waits = f"等到 {moment(member.respond_by, at).removeprefix('今天 ')}"
    said = ANSWERS.get(member.state, waits)
    return Person(
        person.worker_id, person.name, person.home, person.distance_km, person.skill, said,
        member.state == Answer.AGREED,
    )  # fmt: skip


def _people(session: Session, posting: Posting, wanted: Sequence[tuple[int, tuple[str, int]]]) -> dict[int, Person]:
    ids = [worker_id for worker_id, _ in wanted]
    shown = shown_workers(session, ids)
    homes, places = _homes(session, ids), select(Worker.id, Worker.lon, Worker.lat).where(Worker.id.in_(ids))
    far = {id: km_between(lon, lat, posting.lon, posting.lat) for id, lon, lat in session.execute(places)}
    return {
        worker_id: Person(
            worker_id, shown[worker_id].masked_name, homes[worker_id], far[worker_id],
            skill_said([role], shown[worker_id].skills),
        )
        for worker_id, role in wanted
        if worker_id in shown
    }  # fmt: skip


def _homes(session: Session, worker_ids: Sequence[int]) -> dict[int, str]:
    """The village, or else the town, that each lives in."""
    rows = session.execute(select(Worker.id, Worker.village, Worker.town).where(Worker.id.in_(worker_ids))).all()
    names = {one.code: one.name for one in villages_of(session, [village for _, village, _ in rows])}
    return {id: names.get(village or "", region(town).name) for id, village, town in rows}


def _call(session: Session, posting: Posting, crew: Crew, member: CrewMember, *, at: datetime) -> Call:
    here = [one for one in crew.members if one.state in IN_IT and one.place is not None]
    others = [one.worker_id for one in here if one.worker_id != member.worker_id]
    homes, shown = _homes(session, others), shown_workers(session, others)
    by_home: dict[str, list[str]] = {}
    for worker_id in others:
        by_home.setdefault(homes[worker_id], []).append(shown[worker_id].masked_name)
    mates = sorted(((home, len(names), names) for home, names in by_home.items()), key=lambda one: -one[1])
    return Call(
        crew_id=crew.id, posting=posting, role=role_said(member.occupation, member.level, member.title), need=len(here),
        agreed=sum(one.state == Answer.AGREED for one in here), said_yes=member.state == Answer.AGREED,
        respond_by=member.respond_by, mates=mates,
        when=shifts_said([(shift.starts_at, shift.ends_at) for shift in posting.shifts], at, posting.break_minutes),
    )  # fmt: skip
