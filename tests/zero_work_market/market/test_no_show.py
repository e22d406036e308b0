"""Somebody is missing at the start: the next in the queue is called (rules.md, "Hire and work")."""

import multiprocessing
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.support.makers import NOW, make_employer, make_worker, oneself
from tests.support.market import make_posting, shift
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications import service as applications
from zero_work_market.market.applications.queries import application_of, queue_of
from zero_work_market.market.applications.rules import State as Answer
from zero_work_market.market.placements import service
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import Record, held_by, placement_of, records
from zero_work_market.market.placements.rules import PostingClosed, State, arrival_rate, due_at
from zero_work_market.market.postings.rules import State as PostingState
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance import service as attendance
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.queries import codes
from zero_work_market.rights.attendance.rules import Said
from zero_work_market.rights.attendance.rules import State as Came

FORK = multiprocessing.get_context("fork")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Morning:
    """A posting whose seats are taken and whose queue is long, when the shift begins."""

    def __init__(self, session: Session, *, seats: int = 1, queue: int = 3, **draft: Any) -> None:
        self.session = session
        self.posting = make_posting(session, headcount=seats, **draft)
        self.holders = [make_worker(session) for _ in range(seats)]
        self.queue = [make_worker(session) for _ in range(queue)]
        for worker in (*self.holders, *self.queue):
            self.accept(worker, NOW)
        self.start, self.end = self.posting.shifts[0].starts_at, self.posting.shifts[0].ends_at
        self.missing_at = self.start + 15 * MINUTE

    def accept(self, worker: Worker, at: datetime) -> service.Answer:
        return service.accept(self.session, posting_id=self.posting.id, worker_id=worker.id, by=oneself(worker), at=at)

    def beat(self, at: datetime) -> None:
        """What the clock does every few seconds."""
        service.close_due(self.session, at=at)
        attendance.mark_missing(self.session, posting_id=self.posting.id, at=at)
        self.session.expire_all()

    def states(self) -> list[Answer]:
        found = [application_of(self.session, posting_id=self.posting.id, worker_id=one.id) for one in self.queue]
        return [row.state for row in found if row is not None]

    def call(self, worker: Worker, said: Said, at: datetime) -> None:
        placement = placement_of(self.session, posting_id=self.posting.id, worker_id=worker.id)
        assert placement is not None
        attendance.roll_call(
            self.session, posting_id=self.posting.id, shift_id=self.posting.shifts[0].id, said={placement.id: said},
            by=SYSTEM, at=at,
        )  # fmt: skip

    def held(self) -> list[int]:
        return [row.worker_id for row in held_by(self.session, posting_id=self.posting.id)]


def test_a_queue_outlives_the_start_and_an_invitation_doesnt(session: Session) -> None:
    morning = Morning(session)
    invited = make_worker(session)
    applications.invite(session, posting=morning.posting, scores={invited.id: 0.5}, by=SYSTEM, at=NOW)
    morning.beat(morning.start)
    assert morning.posting.state == PostingState.EXPIRED
    assert morning.states() == [Answer.QUEUED] * 3
    left = application_of(session, posting_id=morning.posting.id, worker_id=invited.id)
    assert left is not None
    assert left.state == Answer.CLOSED


def test_nobody_is_called_before_a_quarter_past(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.missing_at - timedelta(seconds=1))
    assert morning.states() == [Answer.QUEUED] * 3
    morning.beat(morning.missing_at)
    assert morning.states() == [Answer.INVITED, Answer.QUEUED, Answer.QUEUED]
    called = application_of(session, posting_id=morning.posting.id, worker_id=morning.queue[0].id)
    assert called is not None
    assert called.respond_by == morning.missing_at + 15 * MINUTE
    assert session.scalars(select(OutboxRow).where(OutboxRow.kind == "worker_called")).one()


def test_one_is_called_for_each_who_is_missing_and_no_more(session: Session) -> None:
    morning = Morning(session, seats=3, queue=4)
    morning.call(morning.holders[0], Said.HERE, morning.start)
    for _ in range(3):
        morning.beat(morning.missing_at)
    assert morning.states() == [Answer.INVITED, Answer.INVITED, Answer.QUEUED, Answer.QUEUED]


def test_who_is_called_takes_the_seat_though_the_posting_has_expired(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.missing_at)
    answer = morning.accept(morning.queue[0], morning.missing_at + 5 * MINUTE)
    assert answer.seat == 1
    assert morning.posting.state == PostingState.EXPIRED
    assert morning.held() == [morning.queue[0].id]
    assert morning.accept(morning.queue[0], morning.missing_at + 6 * MINUTE) == answer


def test_nobody_else_takes_it(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.missing_at)
    for stranger in (make_worker(session), morning.holders[0]):
        with pytest.raises(PostingClosed):
            morning.accept(stranger, morning.missing_at)
    assert morning.accept(morning.queue[1], morning.missing_at).queue_place == 1
    assert morning.held() == []


def test_a_call_not_answered_in_a_quarter_of_an_hour_goes_to_the_next(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.missing_at)
    morning.beat(morning.missing_at + 15 * MINUTE)
    assert morning.states() == [Answer.CLOSED, Answer.INVITED, Answer.QUEUED]
    with pytest.raises(PostingClosed):
        morning.accept(morning.queue[0], morning.missing_at + 15 * MINUTE)


def test_a_call_declined_goes_to_the_next(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.missing_at)
    first = morning.queue[0]
    applications.decline(
        session, posting_id=morning.posting.id, worker_id=first.id, by=oneself(first), at=morning.missing_at
    )
    morning.beat(morning.missing_at + MINUTE)
    assert morning.states() == [Answer.DECLINED, Answer.INVITED, Answer.QUEUED]


def test_one_who_holds_another_seat_then_is_passed_over(session: Session) -> None:
    morning = Morning(session)
    elsewhere = make_posting(session)
    service.accept(session, posting_id=elsewhere.id, worker_id=morning.queue[0].id, by=SYSTEM, at=NOW)
    morning.beat(morning.missing_at)
    assert morning.states() == [Answer.QUEUED, Answer.INVITED, Answer.QUEUED]


def test_who_is_called_has_until_the_ride_is_done_and_then_the_grace(session: Session) -> None:
    morning = Morning(session, lon=116.3, lat=35.4)
    caller = morning.queue[0]
    caller.lon, caller.lat = 116.3 + 3.2 / 90.64, 35.4
    morning.beat(morning.missing_at)
    accepted_at = morning.missing_at + 5 * MINUTE
    morning.accept(caller, accepted_at)
    ride = due_at(starts_at=morning.start, accepted_at=accepted_at, distance_km=3.2) - accepted_at
    assert ride == 15 * MINUTE
    morning.beat(accepted_at + ride + 14 * MINUTE)
    assert morning.held() == [caller.id]
    morning.call(caller, Said.HERE, accepted_at + ride + 2 * MINUTE)
    mark = session.scalars(select(Mark).where(Mark.state == Came.ARRIVED)).one()
    assert (mark.due_at, mark.minutes_late) == (accepted_at + ride, 2)


def test_who_is_called_and_doesnt_come_either_is_replaced_by_the_next(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.missing_at)
    morning.accept(morning.queue[0], morning.missing_at)
    morning.beat(morning.missing_at + 2 * HOUR)
    assert morning.held() == []
    assert morning.states() == [Answer.CLOSED, Answer.INVITED, Answer.QUEUED]


def test_when_the_missing_one_comes_after_all_the_one_called_waits_again(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.missing_at)
    morning.call(morning.holders[0], Said.HERE, morning.missing_at + MINUTE)
    answer = morning.accept(morning.queue[0], morning.missing_at + 2 * MINUTE)
    assert (answer.seat, answer.queue_place) == (None, 1)
    assert morning.held() == [morning.holders[0].id]


def test_the_queue_closes_once_everybody_is_there(session: Session) -> None:
    morning = Morning(session, seats=2)
    for holder in morning.holders:
        morning.call(holder, Said.HERE, morning.start)
        assert morning.states() == [Answer.QUEUED] * 3
    morning.beat(morning.start + MINUTE)
    assert morning.states() == [Answer.CLOSED] * 3


def test_nobody_is_called_to_a_shift_that_is_over(session: Session) -> None:
    morning = Morning(session, shifts=(shift(1), shift(2)))
    morning.beat(morning.end)
    assert morning.states() == [Answer.CLOSED] * 3
    assert placement_of(session, posting_id=morning.posting.id, worker_id=morning.holders[0].id).state == State.NO_SHOW  # type: ignore[union-attr]


def test_a_call_is_answered_before_the_first_shift_ends(session: Session) -> None:
    morning = Morning(session, shifts=(shift(hours=2), shift(2)))
    late = morning.end - 5 * MINUTE
    morning.beat(late)
    called = application_of(session, posting_id=morning.posting.id, worker_id=morning.queue[0].id)
    assert called is not None
    assert called.respond_by == morning.end
    with pytest.raises(PostingClosed):
        morning.accept(morning.queue[0], morning.end)


def test_one_may_leave_the_queue_while_it_still_moves_but_not_the_seat(session: Session) -> None:
    morning = Morning(session)
    waiting, holder = morning.queue[1], morning.holders[0]
    deed = {"posting_id": morning.posting.id, "at": morning.start + MINUTE}
    service.withdraw(session, worker_id=waiting.id, by=oneself(waiting), **deed)
    assert waiting.id not in queue_of(session, posting_id=morning.posting.id)
    with pytest.raises(PostingClosed):
        service.withdraw(session, worker_id=holder.id, by=oneself(holder), **deed)


def test_work_that_has_begun_is_no_longer_called_off(session: Session) -> None:
    morning = Morning(session)
    with pytest.raises(PostingClosed):
        service.cancel_posting(session, posting_id=morning.posting.id, by=SYSTEM, at=morning.start)


def test_a_suspended_employer_is_sent_nobody(session: Session) -> None:
    morning = Morning(session)
    morning.beat(morning.start)
    service.suspend_employer(
        session, employer_id=morning.posting.employer_id, reason="多次不付工钱", by=SYSTEM, at=morning.start
    )
    morning.beat(morning.missing_at)
    assert Answer.INVITED not in morning.states()


def past(session: Session, *, of: Worker, times: int = 1, **placement: Any) -> None:
    """Seats of last week that came to `placement`."""
    for _ in range(times):
        posting = make_posting(session, shifts=(shift(1),), at=NOW)
        told = {"state": State.ACCEPTED, "accepted_at": NOW, "seat": 1} | placement
        if told["state"] != State.ACCEPTED:
            told["seat"] = None
        session.add(Placement(posting_id=posting.id, worker_id=of.id, **told))
    session.flush()


def test_a_record_counts_what_is_known_to_have_come_of_a_seat(session: Session) -> None:
    worker, after = make_worker(session), NOW + timedelta(days=2)
    past(session, of=worker, times=3, arrived_at=NOW)
    past(session, of=worker, state=State.NO_SHOW)
    past(session, of=worker, state=State.NO_SHOW, excused=True)
    past(session, of=worker, state=State.WITHDRAWN, ended_late=True)
    past(session, of=worker, state=State.WITHDRAWN)
    past(session, of=worker, state=State.CANCELLED)
    past(session, of=worker)
    told = records(session, worker_ids=[worker.id], at=after)
    assert told == {worker.id: Record(accepted=5, arrived=3, withdrawn_late=1, excused=1)}
    assert records(session, worker_ids=[worker.id], at=NOW) == {}


def test_an_early_arrival_is_no_record_before_the_start(session: Session) -> None:
    """Or the figure would move twice for one seat."""
    morning = Morning(session)
    worker_id = morning.holders[0].id
    morning.call(morning.holders[0], Said.HERE, morning.start - 30 * MINUTE)
    assert records(session, worker_ids=[worker_id], at=morning.start - MINUTE) == {}
    assert records(session, worker_ids=[worker_id], at=morning.start)[worker_id].arrived == 1


@pytest.mark.parametrize(
    ("arrived", "accepted", "rate"), [(0, 0, 0.9), (12, 12, 21 / 22), (0, 1, 9 / 11), (8, 9, 17 / 19)]
)
def test_a_rate_is_drawn_to_nine_of_ten_while_little_is_known(arrived: int, accepted: int, rate: float) -> None:
    assert arrival_rate(arrived, accepted) == pytest.approx(rate)


def _take_turns(url: str, seed: int, barrier: Any, postings: list[int], deed: Callable[[Any, int], None]) -> None:
    connect(url)
    chance = random.Random(seed)
    for posting_id in postings:
        barrier.wait()
        for _ in range(chance.randrange(1500)):
            pass
        try:
            with transaction() as session:
                deed(session, posting_id)
        except LeyeError:
            pass


class _Scan:
    def __init__(self, workers: dict[int, int], at: datetime) -> None:
        self.workers, self.at = workers, at

    def __call__(self, session: Any, posting_id: int) -> None:
        key = attendance.open_gate(session, posting_id=posting_id, at=self.at)
        attendance.arrive(
            session, posting_id=posting_id, worker_id=self.workers[posting_id], by=Actor(None, "worker"), at=self.at,
            token=codes(key, at=self.at).token,
        )  # fmt: skip


class _Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self, session: Any, posting_id: int) -> None:
        attendance.mark_missing(session, posting_id=posting_id, at=self.at)


def test_a_scan_at_the_moment_of_being_missed_comes_to_one_of_the_two(postgresql_url: str) -> None:
    """60 interleavings of two processes: the worker at the gate, and the clock that gives the seat away."""
    engine: Engine = connect(postgresql_url)
    with transaction() as session:
        employer = make_employer(session)
        made = [make_posting(session, employer=employer, headcount=1) for _ in range(60)]
        postings, at = [one.id for one in made], made[0].closes_at + 15 * MINUTE
        crowd = {posting_id: make_worker(session).id for posting_id in postings}
        for posting_id, worker_id in crowd.items():
            service.accept(session, posting_id=posting_id, worker_id=worker_id, by=SYSTEM, at=NOW)
    engine.dispose()
    barrier = FORK.Barrier(2)
    pair = [
        FORK.Process(target=_take_turns, args=(postgresql_url, seed, barrier, postings, deed))
        for seed, deed in enumerate((_Scan(crowd, at), _Clock(at)))
    ]
    for one in pair:
        one.start()
    for one in pair:
        one.join(timeout=60)
    assert [one.exitcode for one in pair] == [0, 0]
    with transaction() as session:
        marks = {mark.placement_id: mark for mark in session.scalars(select(Mark))}
        held = session.scalars(select(Placement)).all()
    assert len(held) == len(marks) == 60
    for placement in held:
        assert marks[placement.id].state == Came.ARRIVED
        assert (placement.state, placement.seat) == (State.ACCEPTED, 1)
        assert placement.arrived_at is not None
    engine.dispose()
