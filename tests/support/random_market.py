"""A market in which everything happens at random, by the services that people's hands reach; a clerk writes it down.

    market = RandomMarket(seed, clerk)
    for _ in range(1000):
        market.step()

Time is the market's own. Whoever takes a seat has plans (to sign, to come, to say the hours, to pay), each of which
may be forgotten, be wrong or come late; between them come whims: withdrawing, cancelling, contesting, denying. One
crew is steady: it comes every week, and nearly all goes well. What the services refuse is no event.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.agreements import employer_signs, worker_signs
from tests.support.makers import NOW, make_employer, make_staff, make_worker, oneself
from tests.support.market import PACKER, make_posting, shift
from tests.support.slow_counter import Entry, Paid, Sheet, SlowCounter
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.people.accounts.rules import Role
from zero_work_market.people.employers import service as employers_service
from zero_work_market.people.employers.models import Employer
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance import service as attendance
from zero_work_market.rights.attendance.rules import Said, Side, State, Verdict
from zero_work_market.rights.contracts import service as contracts
from zero_work_market.rights.contracts.rules import State as AgreementState
from zero_work_market.rights.disputes import service as disputes
from zero_work_market.rights.disputes.rules import Outcome
from zero_work_market.rights.hours import service as hours
from zero_work_market.rights.hours.models import Hours
from zero_work_market.rights.wages import service as wages
from zero_work_market.rights.wages.models import Wage

TRADES = {PACKER: "", "6-02-01-01": "制造", "4-10-01-06": "家政", "6-30-05-01": ""}
TOWNS = ("370829001", "370829101", "370828001")
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


@dataclass
class Job:
    """A posting as the market's people know it."""

    id: int
    employer: int
    town: str
    industry: str
    shifts: list[tuple[int, datetime, datetime]]
    steady: bool
    held: dict[int, int] = field(default_factory=dict)
    """Worker → placement, whoever ever held a seat."""
    queue: list[int] = field(default_factory=list)


class RandomMarket:
    def __init__(self, seed: int, clerk: SlowCounter) -> None:
        self.chance, self.clerk, self.now = random.Random(seed), clerk, NOW
        self.plans: list[tuple[datetime, int, Callable[[], None]]] = []
        self.order = count()
        self.jobs: dict[int, Job] = {}
        self.done: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        with transaction() as session:
            self.staff = make_staff(session, Role.CITY, "370800", at=self.now)
            self.employers = [make_employer(session, town=town, at=self.now).id for town in TOWNS]
            self.workers = [self._worker(session) for _ in range(12)]
        self.marks: list[tuple[int, Job, int, int]] = []
        """Mark, job, placement, shift."""
        self.plan(self.now, self.publish_steady)
        self.plan(self.now + 150 * DAYS, self.renew)

    def step(self) -> None:
        """One plan, or one whim; the clock goes on to it."""
        if self.plans and self.chance.random() < 0.75:
            at, _, deed = heapq.heappop(self.plans)
            self.now = max(self.now + timedelta(seconds=61), at)
        else:
            deed = self.chance.choices(*zip(*self._whims().items(), strict=True))[0]
            self.now += timedelta(minutes=self.chance.randrange(2, 90))
        try:
            deed()
        except LeyeError as refusal:
            self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1

    def plan(self, at: datetime, deed: Callable[[], None], likely: float = 1.0) -> None:
        if self.chance.random() < likely:
            heapq.heappush(self.plans, (at, next(self.order), deed))

    @contextmanager
    def deed(self, name: str) -> Iterator[Session]:
        """What a refusal or an error rolls back is not written down."""
        with transaction() as session:
            yield session
        self.done[name] = self.done.get(name, 0) + 1

    def _whims(self) -> dict[Callable[[], None], int]:
        return {
            self.register: 1, self.publish: 4, self.accept: 20, self.withdraw: 3, self.cancel: 1,
            self.contest: 4, self.decide_hours: 3, self.deny: 3, self.receive: 2, self.uphold: 2, self.void: 3,
            self.add_bonus: 3, self.complain: 3, self.call_roll: 4,
        }  # fmt: skip

    # People and postings

    def renew(self) -> None:
        """Employers are verified for half a year."""
        self.plan(self.now + 150 * DAYS, self.renew)
        with self.deed("renew") as session:
            for employer in self.employers:
                employers_service.reverify(session, employer_id=employer, by=SYSTEM, at=self.now)

    def _worker(self, session: Session) -> int:
        town = self.chance.choice(TOWNS)
        village = self.chance.choice((None, f"{town}201", f"{town}202"))
        return make_worker(session, town=town, village=village, at=self.now).id

    def register(self) -> None:
        with self.deed("register") as session:
            made = self._worker(session)
        self.workers.append(made)

    def publish(self) -> None:
        first = self.chance.randrange(1, 6)
        days = [first + n for n in range(self.chance.randrange(1, 4))]
        self._publish(self.chance.choice(self.employers), days, steady=False)

    def publish_steady(self) -> None:
        """Every nine days the steady crew works for a day."""
        self.plan(self.now + 9 * DAYS, self.publish_steady)
        job = self._publish(self.employers[0], [2], steady=True)
        for worker in self.workers[:3]:
            self.plan(self.now, lambda worker=worker: self._accept(job, worker))

    def _publish(self, employer: int, days: list[int], *, steady: bool) -> Job:
        trade = PACKER if steady else self.chance.choice(list(TRADES))
        start = 8 if steady else self.chance.choice((6, 13, 18))
        told: dict[str, Any] = {
            "shifts": tuple(shift(day, start, now=self.now) for day in days), "occupations": ((trade, 1),),
            "headcount": 3 if steady else self.chance.randrange(1, 4), "pay_fen": 2000,
            "town": TOWNS[0] if steady else self.chance.choice(TOWNS), "pay_days": 7 if steady else 3,
        }  # fmt: skip
        with self.deed("publish") as session:
            made = make_posting(session, employer=session.get_one(Employer, employer), at=self.now, **told)
            shifts = [(one.id, one.starts_at, one.ends_at) for one in made.shifts]
            job = Job(made.id, employer, told["town"], TRADES[trade], shifts, steady)
        self.jobs[job.id] = job
        self.clerk.postings.append((job.town, local_date(shifts[0][1])))
        for _, starts_at, _ in shifts:
            self.plan(starts_at + timedelta(minutes=16), lambda: self._miss(job))
        return job

    # Seats

    def accept(self) -> None:
        coming = [job for job in self.jobs.values() if job.shifts[0][1] > self.now]
        if coming:
            self._accept(self.chance.choice(coming), self.chance.choice(self.workers))

    def _accept(self, job: Job, worker: int) -> None:
        with self.deed("accept") as session:
            by = oneself(session.get_one(Worker, worker))
            answer = placements.accept(session, posting_id=job.id, worker_id=worker, by=by, at=self.now)
            village = session.get_one(Worker, worker).village or ""
        if answer.placement_id is None:
            job.queue.append(worker)
        else:
            self._seated(job, worker, answer.placement_id, village)

    def _seated(self, job: Job, worker: int, placement: int, village: str) -> None:
        entry = self.clerk.entries.setdefault(
            placement,
            Entry(worker, job.employer, job.id, job.town, "", job.industry, local_date(job.shifts[0][1])),
        )
        entry.village, entry.lost = (village if village.startswith(job.town) else ""), ""
        job.held[worker] = placement
        self._follow(placement)
        sure = 0.98 if job.steady else 0.75
        self.plan(self.now + HOURS, lambda: self.sign_as_worker(placement), sure)
        self.plan(self.now + 2 * HOURS, lambda: self.sign_as_employer(job), sure)
        for number, (_, starts_at, ends_at) in enumerate(job.shifts):
            self.plan(starts_at - timedelta(minutes=20), lambda n=number: self._call(job, n, placement), sure)
            for side in ("worker", "employer"):
                when = ends_at + timedelta(minutes=self.chance.randrange(5, 300))
                self.plan(when, lambda n=number, side=side: self.say_hours(job, n, placement, side), sure)
            late = self.chance.randrange(6) if job.steady else self.chance.randrange(16)
            self.plan(ends_at + DAYS + late * DAYS, lambda: self.pay(placement), sure)

    def withdraw(self) -> None:
        coming = [job for job in self.jobs.values() if job.shifts[0][1] > self.now and job.held and not job.steady]
        if not coming:
            return
        job = self.chance.choice(coming)
        worker = self.chance.choice(list(job.held))
        with self.deed("withdraw") as session:
            placements.withdraw(session, posting_id=job.id, worker_id=worker, by=SYSTEM, at=self.now)
        self.clerk.entries[job.held[worker]].lost = "withdrawn"
        self._follow(job.held[worker])
        self._fill(job)

    def _fill(self, job: Job) -> None:
        with self.deed("fill") as session:
            placement = placements.fill_from_queue(session, posting_id=job.id, at=self.now)
            village = session.get_one(Worker, placement.worker_id).village or "" if placement else ""
        if placement is not None:
            self._seated(job, placement.worker_id, placement.id, village)

    def cancel(self) -> None:
        coming = [job for job in self.jobs.values() if job.shifts[0][1] > self.now and not job.steady]
        if not coming:
            return
        job = self.chance.choice(coming)
        name, deed, told = self.chance.choice(
            (("cancel", placements.cancel_posting, {}), ("take down", placements.take_down, {"reason": "有人举报"}))
        )
        with self.deed(name) as session:
            deed(session, posting_id=job.id, by=SYSTEM, at=self.now, **told)
        for placement in job.held.values():
            if not self.clerk.entries[placement].lost:
                self.clerk.entries[placement].lost = "cancelled"
                self._follow(placement)

    # Agreements

    def _follow(self, placement: int) -> None:
        with self.deed("follow") as session:
            agreement = contracts.follow_seat(session, placement_id=placement, at=self.now)
        self.clerk.entries[placement].signed = agreement is not None and agreement.state == AgreementState.SIGNED

    def sign_as_worker(self, placement: int) -> None:
        with self.deed("sign") as session:
            signed = worker_signs(session, session.get_one(Placement, placement), at=self.now)
            assert not isinstance(signed, LeyeError)
        self.clerk.entries[placement].signed = signed.state == AgreementState.SIGNED

    def sign_as_employer(self, job: Job) -> None:
        with self.deed("sign") as session:
            signed = employer_signs(session, session.get_one(Posting, job.id), at=self.now)
            assert not isinstance(signed, LeyeError)
        for agreement in signed:
            self.clerk.entries[agreement.placement_id].signed = agreement.state == AgreementState.SIGNED

    # Arrivals

    def call_roll(self) -> None:
        """A foreman says anything of anybody."""
        known = [(job, placement) for job in self.jobs.values() for placement in job.held.values()]
        if known:
            job, placement = self.chance.choice(known)
            self._call(job, self.chance.randrange(len(job.shifts)), placement)

    def _call(self, job: Job, number: int, placement: int) -> None:
        said = Said.HERE if job.steady else self.chance.choice((Said.HERE, Said.HERE, Said.ON_TIME, Said.MISSING))
        shift_id = job.shifts[number][0]
        with self.deed("call") as session:
            by, told = self._employer(session, job), {placement: said}
            roll = {"posting_id": job.id, "shift_id": shift_id, "said": told, "by": by, "at": self.now}
            marks = [(mark.id, mark.state) for mark in attendance.roll_call(session, **roll)]
        for mark, state in marks:
            self._marked(job, mark, placement, shift_id, state)
        if marks and marks[0][1] == State.ARRIVED and not job.steady and self.chance.random() < 0.05:
            self.now += timedelta(minutes=3)
            with self.deed("undo") as session:
                attendance.undo(session, mark_id=marks[0][0], by=self._employer(session, job), at=self.now)
            self.clerk.entries[placement].came.discard(shift_id)

    def _miss(self, job: Job) -> None:
        with self.deed("miss") as session:
            found = attendance.mark_missing(session, posting_id=job.id, at=self.now)
            marks = [(mark.id, mark.placement_id, mark.shift_id, mark.state) for mark in found]
        for mark, placement, shift_id, state in marks:
            self._marked(job, mark, placement, shift_id, state)
        for worker in job.queue:
            self.plan(self.now + timedelta(minutes=5), lambda worker=worker: self._accept(job, worker), 0.5)

    def _marked(self, job: Job, mark: int, placement: int, shift_id: int, state: State) -> None:
        entry = self.clerk.entries[placement]
        self.marks.append((mark, job, placement, shift_id))
        if state == State.ARRIVED:
            entry.came.add(shift_id)
            entry.lost = ""
        elif state == State.ABSENT and shift_id == job.shifts[0][0]:
            entry.lost = "no_show"

    def contest(self) -> None:
        """A worker's or an employer's word against a mark, and, mostly, staff's on it."""
        if not self.marks:
            return
        mark, job, placement, shift_id = self.chance.choice(self.marks[-12:])
        side, verdict = self.chance.choice(list(Side)), self.chance.choice(list(Verdict))
        told = {"mark_id": mark, "by": self.staff, "at": self.now}
        with self.deed("contest") as session:
            attendance.contest(session, side=side, words="不是这么回事", **told)
        with self.deed("decide") as session:
            decided = attendance.decide(session, verdict=verdict, reason="看了打卡和工友的话", **told).state
        entry = self.clerk.entries[placement]
        if verdict in (Verdict.OVERTURNED, Verdict.COUNTERED) and decided == State.ARRIVED:
            entry.came.add(shift_id)
            if shift_id == job.shifts[0][0]:
                entry.lost = ""
        elif verdict in (Verdict.OVERTURNED, Verdict.COUNTERED):
            entry.came.discard(shift_id)
            entry.lost = entry.lost or ("" if entry.came else "no_show")

    # Hours and wages

    def say_hours(self, job: Job, number: int, placement: int, side: str) -> None:
        shift_id, starts_at, ends_at = job.shifts[number]
        minutes = (ends_at - starts_at) // timedelta(minutes=1)
        if not job.steady and self.chance.random() < 0.15:
            minutes -= 60
        with self.deed("say hours") as session:
            told = {"placement_id": placement, "shift_id": shift_id, "side": side, "minutes": minutes}
            said = hours.claim_hours(session, **told, by=SYSTEM, at=self.now)
            agreed = said.agreed_minutes
        if agreed is not None:
            self._agreed(placement, shift_id, local_date(starts_at), agreed)

    def decide_hours(self) -> None:
        with transaction() as session:
            open_ones = select(Hours.id, Hours.placement_id, Hours.shift_id).where(Hours.disputed_at.is_not(None))
            disputed = session.execute(open_ones.where(Hours.agreed_at.is_(None)).order_by(Hours.id)).all()
        if not disputed:
            return
        known, placement, shift_id = self.chance.choice(disputed)
        with self.deed("decide hours") as session:
            hours.decide_hours(session, hours_id=known, minutes=180, reason="两边各让一步", by=self.staff, at=self.now)
        job = self.jobs[self.clerk.entries[placement].posting]
        day = next(local_date(starts_at) for id, starts_at, _ in job.shifts if id == shift_id)
        self._agreed(placement, shift_id, day, 180)

    def _agreed(self, placement: int, shift_id: int, day: date, minutes: int) -> None:
        self.clerk.entries[placement].hours[shift_id] = (day, minutes)
        self._look_at_sheet(placement)

    def _look_at_sheet(self, placement: int) -> None:
        with transaction() as session:
            lines = session.scalars(select(Wage).where(Wage.placement_id == placement)).all()
        sheets = self.clerk.entries[placement].sheets
        for line in lines:
            before = sheets[line.id].payments if line.id in sheets else {}
            sheets[line.id] = Sheet(line.first_day, line.last_day, line.due_on, line.net_fen, before)

    def pay(self, placement: int) -> None:
        for wage, sheet in self.clerk.entries[placement].sheets.items():
            left = sheet.net_fen - sum(paid.fen for paid in sheet.payments.values() if paid.stands)
            if left > 0:
                whole = self.jobs[self.clerk.entries[placement].posting].steady or self.chance.random() < 0.8
                self._pay(wage, sheet, left if whole else left // 2)

    def _pay(self, wage: int, sheet: Sheet, fen: int) -> None:
        on = local_date(self.now)
        with self.deed("pay") as session:
            told = {"fen": fen, "paid_on": on, "how": "bank", "number": f"JN{next(self.order):08d}"}
            payment = wages.pay(session, wage_id=wage, **told, by=SYSTEM, at=self.now).id
        sheet.payments[payment] = Paid(fen, on)

    def add_bonus(self) -> None:
        owed = [(entry, wage) for entry in self.clerk.entries.values() for wage in entry.sheets]
        if not owed:
            return
        _, wage = self.chance.choice(owed)
        with self.deed("bonus") as session:
            extras = [("bonus", self.chance.randrange(100, 2000), "")]
            line = wages.set_items(session, wage_id=wage, extras=extras, deductions=(), by=SYSTEM, at=self.now)
            placement = line.placement_id
        self._look_at_sheet(placement)

    def _payment(self, *, stands: bool) -> tuple[int, Paid] | None:
        found = [
            (payment, paid)
            for entry in self.clerk.entries.values()
            for sheet in entry.sheets.values()
            for payment, paid in sheet.payments.items()
            if paid.stands == stands and not self.jobs[entry.posting].steady
        ]
        return self.chance.choice(found) if found else None

    def deny(self) -> None:
        self._answer(stands=True, received=False)

    def receive(self) -> None:
        self._answer(stands=False, received=True)

    def _answer(self, *, stands: bool, received: bool) -> None:
        found = self._payment(stands=stands)
        if found is not None:
            with self.deed(f"answer {received}") as session:
                told = {"payment_id": found[0], "received": received}
                wages.answer_payment(session, **told, by=SYSTEM, at=self.now)
            found[1].stands = received

    def uphold(self) -> None:
        found = self._payment(stands=False)
        if found is not None:
            with self.deed("uphold") as session:
                told = {"payment_id": found[0], "reason": "银行回单对上了"}
                wages.uphold_payment(session, **told, by=self.staff, at=self.now)
            found[1].stands = True

    def void(self) -> None:
        found = self._payment(stands=True)
        if found is not None:
            with self.deed("void") as session:
                wages.void_payment(session, payment_id=found[0], reason="记错人了", by=SYSTEM, at=self.now)
            found[1].stands = False

    # Complaints

    def complain(self) -> None:
        owing = [
            (entry.posting, entry.worker)
            for entry in self.clerk.entries.values()
            if any(sheet.settled_on() is None for sheet in entry.sheets.values())
        ]
        if not owing:
            return
        posting, worker = self.chance.choice(owing)
        with self.deed("complain") as session:
            told = {"posting_id": posting, "worker_id": worker}
            claim = disputes.complain(session, **told, by=SYSTEM, at=self.now)
            case, claim_id = claim.case_id, claim.id
        self.clerk.cases.setdefault(case, (self.jobs[posting].town[:6], local_date(self.now)))
        if self.chance.random() < 0.3:
            with self.deed("take back") as session:
                disputes.take_back(session, claim_id=claim_id, worker_id=worker, by=SYSTEM, at=self.now)
        if self.chance.random() < 0.3:
            with self.deed("close case") as session:
                told = {"case_id": case, "outcome": Outcome.REFUSED, "words": "材料里看不出欠薪"}
                disputes.close(session, **told, by=self.staff, at=self.now)
            del self.clerk.cases[case]

    def _employer(self, session: Session, job: Job) -> Actor:
        return oneself(session.get_one(Employer, job.employer))
