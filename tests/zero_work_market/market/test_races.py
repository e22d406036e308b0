"""Many processes at one posting: real ones, on SQLite and on PostgreSQL. TEST_ROUNDS sets how often (by hand: 500)."""

import multiprocessing
import os
import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from tests.support.crews import wanted_crew
from tests.support.makers import NOW, make_employer, make_worker
from tests.support.market import make_posting
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM, Actor
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.errors import LeyeError
from zero_work_market.market.crews import service as crews
from zero_work_market.market.crews.models import Crew
from zero_work_market.market.crews.queries import roles_of
from zero_work_market.market.crews.rules import State as CrewState
from zero_work_market.market.crews.rules import Why
from zero_work_market.market.placements import service
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State

FORK = multiprocessing.get_context("fork")
ROUNDS = int(os.environ.get("TEST_ROUNDS", "100"))


def _accept(url: str, start: Any, answers: Any, posting_id: int, worker_id: int, account_id: int) -> None:
    connect(url)
    start.wait()
    with transaction() as session:
        answer = service.accept(
            session, posting_id=posting_id, worker_id=worker_id, by=Actor(account_id, "worker"), at=NOW
        )
    answers.put((worker_id, answer.seat, answer.queue_place))


def test_fifty_processes_accept_the_last_seat_and_exactly_one_holds_it(database: Engine, database_url: str) -> None:
    with transaction() as session:
        posting_id = make_posting(session, headcount=1).id
        workers = [(worker.id, worker.account_id) for worker in (make_worker(session) for _ in range(50))]
    database.dispose()
    start, answers = FORK.Event(), FORK.Queue()
    crowd = [
        FORK.Process(target=_accept, args=(database_url, start, answers, posting_id, *worker)) for worker in workers
    ]
    for one in crowd:
        one.start()
    start.set()
    told = [answers.get(timeout=120) for _ in crowd]
    for one in crowd:
        one.join()
    assert [one.exitcode for one in crowd] == [0] * 50
    assert sorted(seat for _, seat, _ in told if seat) == [1]
    with transaction() as session:
        held = session.scalars(select(Placement).where(Placement.posting_id == posting_id)).all()
        assert [placement.seat for placement in held] == [1]
        answers_now = [service.answer_of(session, posting_id=posting_id, worker_id=worker) for worker, _ in workers]
        places = sorted(answer.queue_place for answer in answers_now if answer.queue_place)
        assert places == list(range(1, 50))


def _take_turns(url: str, seed: int, barrier: Any, postings: list[int], deed: Callable[[Any, int], None]) -> None:
    connect(url)
    chance = random.Random(seed)
    for posting_id in postings:
        barrier.wait()
        for _ in range(chance.randrange(2000)):
            pass
        try:
            with transaction() as session:
                deed(session, posting_id)
        except LeyeError:
            pass


class _Accept:
    def __init__(self, workers: dict[int, int]) -> None:
        self.workers = workers

    def __call__(self, session: Any, posting_id: int) -> None:
        worker_id = self.workers[posting_id]
        service.accept(session, posting_id=posting_id, worker_id=worker_id, by=Actor(None, "worker"), at=NOW)


class _Cancel:
    def __call__(self, session: Any, posting_id: int) -> None:
        service.cancel_posting(session, posting_id=posting_id, by=Actor(None, "employer"), at=NOW)


def test_accepting_while_the_employer_cancels_never_leaves_a_seat(database: Engine, database_url: str) -> None:
    """So many interleavings of two processes."""
    with transaction() as session:
        employer = make_employer(session)
        postings = [make_posting(session, employer=employer, headcount=1).id for _ in range(ROUNDS)]
        crowd = [make_worker(session).id for _ in range(ROUNDS)]
    database.dispose()
    barrier = FORK.Barrier(2)
    deeds = [_Accept(dict(zip(postings, crowd, strict=True))), _Cancel()]
    pair = [
        FORK.Process(target=_take_turns, args=(database_url, seed, barrier, postings, deed))
        for seed, deed in enumerate(deeds)
    ]
    for one in pair:
        one.start()
    for one in pair:
        one.join(timeout=240)
    assert [one.exitcode for one in pair] == [0, 0]
    with transaction() as session:
        states = set(session.scalars(select(Posting.state)))
        left = session.scalars(select(Placement).where(Placement.seat.is_not(None))).all()
        ever = len(session.scalars(select(Placement)).all())
    assert states == {State.WITHDRAWN}
    assert left == []
    assert 0 < ever < ROUNDS, f"no real interleaving: {ever} of {ROUNDS} accepted first"


class _SayYes:
    """The member of a place in each posting's crew."""

    def __init__(self, crew_of: dict[int, tuple[int, list[int]]], place: int) -> None:
        self.crew_of, self.place = crew_of, place

    def __call__(self, session: Any, posting_id: int) -> None:
        crew_id, members = self.crew_of[posting_id]
        crews.agree(session, crew_id=crew_id, worker_id=members[self.place], by=Actor(None, "worker"), at=NOW)


class _AcceptInAWhile(_Accept):
    """After a few milliseconds, so that the crew, which has more to read before it holds the posting, is as quick."""

    def __call__(self, session: Any, posting_id: int) -> None:
        for _ in range(random.Random(posting_id).randrange(1_000_000)):
            pass
        super().__call__(session, posting_id)


def _crew(agreed: int) -> tuple[int, tuple[int, list[int]]]:
    """A posting of four open to all, and its crew of four, of whom so many have said yes."""
    wanted = wanted_crew(drivers=1, packers=3)
    with transaction() as session:
        driving, packing = roles_of(session, wanted.posting_id)
        members = dict.fromkeys(wanted.drivers, driving.id) | dict.fromkeys(wanted.packers, packing.id)
        crew = crews.offer(
            session, posting_id=wanted.posting_id, members=members, brand="", by=wanted.employer, at=clock.now()
        )
        crews.open_to_all(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
        for worker_id in list(members)[:agreed]:
            crews.agree(session, crew_id=crew.id, worker_id=worker_id, by=SYSTEM, at=NOW)
        return wanted.posting_id, (crew.id, list(members))


def test_a_crew_beside_single_workers_is_seated_whole_or_not_at_all(database: Engine, database_url: str) -> None:
    """12 interleavings of four processes: the last two of a crew, or the last, say yes while two others come alone."""
    crew_of = dict(_crew(agreed=2 + number % 2) for number in range(12))
    postings = list(crew_of)
    with transaction() as session:
        alone = [dict(zip(postings, [make_worker(session).id for _ in postings], strict=True)) for _ in range(2)]
    database.dispose()
    barrier = FORK.Barrier(4)
    deeds = [_SayYes(crew_of, 2), _SayYes(crew_of, 3), *map(_AcceptInAWhile, alone)]
    crowd = [
        FORK.Process(target=_take_turns, args=(database_url, seed, barrier, postings, deed))
        for seed, deed in enumerate(deeds)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(timeout=240)
    assert [one.exitcode for one in crowd] == [0] * 4
    with transaction() as session:
        states = {crew.posting_id: (crew.state, crew.why) for crew in session.scalars(select(Crew))}
        held = session.scalars(select(Placement).where(Placement.seat.is_not(None))).all()
    for posting_id in postings:
        workers = {placement.worker_id for placement in held if placement.posting_id == posting_id}
        members = set(crew_of[posting_id][1])
        assert len(workers) <= 4
        if states[posting_id] == (CrewState.FILLED, None):
            assert workers == members
        else:
            assert states[posting_id] == (CrewState.BROKEN, Why.SEATS_GONE)
            assert not workers & members
    whole = sum(state == CrewState.FILLED for state, _ in states.values())
    assert 0 < whole < 12, f"no real interleaving: {whole} of 12 crews were whole"
