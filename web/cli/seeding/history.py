"""Postings of five months and the days to come, with invitations and accepted seats, by the market's own services."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.cli.seeding.brands import brand_of
from web.cli.seeding.employers import LINES
from web.cli.seeding.people import near
from web.cli.seeding.workers import PACKER, TradeMix
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import transaction
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications.service import decline, invite
from zero_work_market.market.columns.rules import free_slots, needed_slots
from zero_work_market.market.gate.rules import Draft, is_construction
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.rules import PostingClosed, ProfilePaused, ShiftsOverlap, TooYoung
from zero_work_market.market.postings import service as postings
from zero_work_market.market.postings.events import PostingPublished
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.market.postings.rules import State
from zero_work_market.people.employers import service as employers_service
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.employers.queries import projects_of
from zero_work_market.people.employers.rules import NewProject, Verification
from zero_work_market.people.workers.models import Skill, Worker
from zero_work_market.reference.law.queries import minimum_wage
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.regions.queries import Region, region
from zero_work_market.reference.regions.rules import km_between

EARLIEST_DAY, FIRST_DAY, LAST_DAY = -150, -9, 5
EARLIER = 0.4
"""Share of the postings that lie before the last ten days."""
SHIFTS = (
    (time(8), 4, 0, 34), (time(13), 4, 0, 26), (time(8), 8, 0, 7), (time(8), 8, 60, 9), (time(7), 5, 0, 8),
    (time(16), 4, 0, 8), (time(18), 4, 0, 5), (time(22), 8, 0, 3),
)  # fmt: skip
"""Start, working hours, minutes of break, and how many of a hundred postings run so."""
HEADCOUNTS = ((1, 12), (2, 20), (3, 18), (4, 12), (5, 14), (6, 9), (8, 8), (10, 5), (15, 2))
ACCEPTANCE, ACCEPTANCE_AHEAD = 0.55, 0.25
INVITED_A_SEAT = 2
REGULAR_EMPLOYERS, REGULARS = 6, 3
WORKER = Actor(None, "worker")
SHOWN = 1
"""Id of the worker to log in as, whose answers are left to whoever does."""
WORDS = ("手脚麻利，干活仔细。", "手套、围裙这边有。", "站着干，能搬 20 公斤。", "带身份证，到了看一眼就还你。", "")


@dataclass(frozen=True)
class Candidate:
    id: int
    lon: float
    lat: float
    radius_km: float
    min_hourly_fen: int
    week: int


def make_history(chance: random.Random, *, count: int, on: date, progress: Callable[[str, int, int], None]) -> None:
    """Publish `count` postings around `on`, let some workers accept, close what is over.

    Those of past days invite the near of the trade. Those to come are left to the tasks, which rank and invite as soon
    as the site is served; some workers come to them by themselves.
    """
    mixes = {line: TradeMix(headings) for line, headings in LINES.items()}
    with transaction(read_only=True) as session:
        employers = session.scalars(select(Employer).order_by(Employer.id)).all()
        employers = [one for one in employers if one.state in (Verification.VERIFIED, Verification.WAITING)]
        candidates = _candidates(session)
    earlier = round(EARLIER * count)
    days = sorted(
        chance.choices(range(EARLIEST_DAY, FIRST_DAY), k=earlier)
        + chance.choices(range(FIRST_DAY, LAST_DAY + 1), k=count - earlier)
    )
    for done, ahead in enumerate(days, 1):
        employer = employers[0] if done % 40 == 1 else chance.choice(employers)
        line = next(line for line in LINES if employer.short.endswith(line))
        code = PACKER if employer is employers[0] else mixes[line].pick(chance)
        with transaction() as session:
            _one(session, chance, employer, code, on + timedelta(days=ahead), on, candidates[code])
        if done % 10 == 0 or done == count:
            progress("用工", done, count)
    moment = clock.at_local(on, time(5))
    with transaction() as session:
        placements.close_due(session, at=moment)
        for row in session.scalars(select(OutboxRow).where(OutboxRow.done_at.is_(None))):
            posting = session.get(Posting, row.payload.get("posting_id", 0))
            if row.kind != PostingPublished.kind or posting is None or not posting.invite_first:
                row.done_at = moment


def make_regulars(chance: random.Random, *, on: date) -> None:
    """Work of four months that the same employer gives the same people again and again: stable once it is paid."""
    with transaction(read_only=True) as session:
        verified = select(Employer).where(Employer.state == Verification.VERIFIED).order_by(Employer.id)
        employers = session.scalars(verified.limit(REGULAR_EMPLOYERS)).all()
        found = _candidates(session)
    for employer in employers:
        line = next(line for line in LINES if employer.short.endswith(line))
        code = PACKER if employer is employers[0] else TradeMix(LINES[line]).pick(chance)
        day = on - timedelta(days=140)
        regulars = _nearest(found[code], region(employer.town))[:REGULARS]
        for times in range(6):
            with transaction() as session:
                draft = replace(
                    draft_of_day(chance, employer, code, day + timedelta(days=22 * times)), headcount=REGULARS
                )
                at = draft.shifts[0][0] - timedelta(hours=30)
                posting = postings.publish(
                    session, draft=draft, employer_id=employer.id, by=Actor(employer.account_id, "employer"), at=at,
                    invite_first=0,
                )  # fmt: skip
                for one in regulars:
                    accept_seat(session, posting, one.id, at + timedelta(hours=1))


def _nearest(found: list[Candidate], town: Region) -> list[Candidate]:
    """By the distance from a town, but first the one to log in as."""
    return sorted(found, key=lambda one: (one.id != SHOWN, km_between(one.lon, one.lat, town.lon, town.lat)))


def _candidates(session: Session) -> dict[str, list[Candidate]]:
    rows = session.execute(
        select(
            Skill.occupation, Worker.id, Worker.lon, Worker.lat, Worker.radius_km, Worker.min_hourly_fen, Worker.week
        ).join(Worker, Worker.id == Skill.worker_id).order_by(Worker.id)
    )  # fmt: skip
    grouped: dict[str, list[Candidate]] = defaultdict(list)
    for code, worker_id, lon, lat, radius_km, floor, week in rows:
        grouped[code].append(Candidate(worker_id, lon, lat, radius_km, floor, week))
    return grouped


def _one(
    session: Session, chance: random.Random, employer: Employer, code: str, day: date, on: date, known: list[Candidate]
) -> None:
    draft = draft_of_day(chance, employer, code, day)
    start = draft.shifts[0][0]
    at = min(start - timedelta(hours=chance.randrange(18, 60)), clock.at_local(on, time(5)) - timedelta(minutes=30))
    operator = Actor(employer.account_id, "employer")
    if is_construction(draft):
        draft = replace(draft, project_id=_project(session, employer, operator, at))
    to_come = day > on
    posting = postings.publish(
        session, draft=draft, employer_id=employer.id, by=operator, at=at,
        invite_first=INVITED_A_SEAT * draft.headcount if to_come else 0,
    )  # fmt: skip
    if posting.state != State.OPEN:
        return
    free = [one for one in known if _suits(one, posting)]
    free.sort(key=lambda one: km_between(one.lon, one.lat, posting.lon, posting.lat))
    asked = [one.id for one in free[: INVITED_A_SEAT * draft.headcount]]
    if not to_come:
        scores = dict.fromkeys(asked)
        invite(session, posting=locked(session, posting.id), scores=scores, by=SYSTEM, at=at + timedelta(minutes=1))
    for worker_id in asked:
        moment = at + timedelta(minutes=chance.randrange(3, 240))
        if chance.random() < (ACCEPTANCE_AHEAD if to_come else ACCEPTANCE) and not (to_come and worker_id == SHOWN):
            accept_seat(session, posting, worker_id, moment)
        elif not to_come and chance.random() < 0.3:
            decline(session, posting_id=posting.id, worker_id=worker_id, by=SYSTEM, at=moment)


def _project(session: Session, employer: Employer, by: Actor, at: datetime) -> int:
    """The employer's one building site, entered with its first work there."""
    known = projects_of(session, employer.id)
    if known:
        return known[0].id
    county = region(employer.county)
    new = NewProject(
        name=f"{county.short}安居小区 {employer.id} 号楼", number=f"{county.code}{at:%Y}{employer.id:06d}",
        contractor=f"{county.short}城建集团有限公司", insurance_number=f"GS{county.code}{employer.id:06d}",
        bank="农村商业银行", wage_account=f"6217{employer.id:012d}",
    )  # fmt: skip
    return employers_service.add_project(session, employer_id=employer.id, new=new, by=by, at=at).id


def accept_seat(
    session: Session, posting: Posting, worker_id: int, at: datetime, by: Actor = Actor(None, "worker")
) -> None:
    try:
        placements.accept(session, posting_id=posting.id, worker_id=worker_id, by=by, at=at)
    except (ShiftsOverlap, TooYoung, ProfilePaused, PostingClosed):
        return


def _suits(one: Candidate, posting: Posting) -> bool:
    near_enough = km_between(one.lon, one.lat, posting.lon, posting.lat) <= one.radius_km
    today = clock.local_date(posting.closes_at)
    needed = needed_slots([(shift.starts_at, shift.ends_at) for shift in posting.shifts], today=today)
    free = free_slots(one.week, today=today, days_off=(), taken=())
    return near_enough and one.min_hourly_fen <= posting.hourly_fen and needed & free == needed


def draft_of_day(chance: random.Random, employer: Employer, code: str, day: date) -> Draft:
    town = region(employer.town)
    lon, lat = near(chance, town, 1.2)
    clock_time, hours, rest, _ = chance.choices(SHIFTS, [weight for *_, weight in SHIFTS])[0]
    length = timedelta(hours=hours, minutes=rest)
    shifts = [_shift(day + timedelta(days=ahead), clock_time, length) for ahead in range(_days(chance))]
    floor = minimum_wage(employer.county, day).hourly_fen
    hourly = max(floor, 100 * chance.choices(range(17, 36), [max(1, 20 - abs(20 - yuan)) for yuan in range(17, 36)])[0])
    by_day = hours == 8 and chance.random() < 0.5
    brand = brand_of(employer.county, code)
    return Draft(
        employer_name=employer.name, title=_title(employer, code), occupations=((code, 1),),
        headcount=chance.choices([n for n, _ in HEADCOUNTS], [w for _, w in HEADCOUNTS])[0],
        county=employer.county, town=employer.town, address=employer.address, lon=lon, lat=lat, shifts=tuple(shifts),
        pay_kind="day" if by_day else "hour", pay_fen=hourly * hours if by_day else hourly, pieces_per_hour=None,
        pay_days=chance.choice((1, 3, 7, 7, 15)), employment="零工", meals=chance.random() < 0.45,
        lodging=chance.random() < 0.08, transport=chance.random() < 0.3, insurance=chance.random() < 0.6,
        min_age=18, words=chance.choice(WORDS), brands=(brand,) if brand and chance.random() < 0.5 else (),
        is_public_post=False, break_minutes=rest,
    )  # fmt: skip


def _title(employer: Employer, code: str) -> str:
    return "装蒜包装" if employer.short.endswith("蒜业") and code == PACKER else label(code)


def _days(chance: random.Random) -> int:
    return chance.choices((1, 2, 3), (84, 9, 7))[0]


def _shift(day: date, start: time, length: timedelta) -> tuple[datetime, datetime]:
    begin = clock.at_local(day, start)
    return begin, begin + length
