"""Who came when, by which proof, and what becomes of it (rules.md, "Hire and work")."""

import random
import string
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.agreements import employer_signs, worker_signs
from tests.support.makers import NOW, make_employer, make_staff, make_worker, oneself
from tests.support.market import make_posting, shift
from zero_work_market.ground import evidence
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import Record, placement_of, records
from zero_work_market.market.placements.rules import AlreadyThere, SeatGone
from zero_work_market.market.placements.rules import State as Seat
from zero_work_market.people.accounts.rules import ReasonMissing
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.attendance import queries, rules, service
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import STEP, How, Said, State, Verdict, begin_of, step_at
from zero_work_market.rights.contracts import service as contracts
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.contracts.rules import State as Agreed
from zero_work_market.rights.hours import service as hours
from zero_work_market.rights.hours.models import Hours
from zero_work_market.rights.hours.queries import undecided
from zero_work_market.rights.hours.rules import ArrivalInDoubt, NotArrived
from zero_work_market.rights.wages import service as wages
from zero_work_market.rights.wages.queries import wages_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Work:
    """A posting with workers on its seats, its gate open."""

    def __init__(self, session: Session, *, workers: int = 1, **draft: Any) -> None:
        self.session = session
        self.posting = make_posting(session, **{"headcount": workers} | draft)
        self.workers = [make_worker(session) for _ in range(workers)]
        for worker in self.workers:
            self.take(worker)
        self.key = service.open_gate(session, posting_id=self.posting.id, at=NOW)
        self.start, self.end = self.posting.shifts[0].starts_at, self.posting.shifts[0].ends_at

    def take(self, worker: Worker, at: datetime = NOW) -> placements.Answer:
        return placements.accept(
            self.session, posting_id=self.posting.id, worker_id=worker.id, by=oneself(worker), at=at
        )

    def codes(self, at: datetime) -> queries.Codes:
        return queries.codes(self.key, at=at)

    def arrive(self, at: datetime, worker: Worker | None = None, **proof: Any) -> Mark | LeyeError:
        worker = worker or self.workers[0]
        proof = proof or {"token": self.codes(at).token}
        return service.arrive(
            self.session, posting_id=self.posting.id, worker_id=worker.id, by=oneself(worker), at=at, **proof
        )

    def marked(self, at: datetime, worker: Worker | None = None, **proof: Any) -> Mark:
        mark = self.arrive(at, worker, **proof)
        assert isinstance(mark, Mark)
        return mark

    def call(self, said: Said, at: datetime, *workers: Worker, shift: int = 0) -> list[Mark]:
        said_of = {self.placement(worker).id: said for worker in workers or self.workers[:1]}
        return service.roll_call(
            self.session, posting_id=self.posting.id, shift_id=self.posting.shifts[shift].id, said=said_of, by=SYSTEM,
            at=at,
        )  # fmt: skip

    def miss(self, at: datetime) -> list[Mark]:
        return service.mark_missing(self.session, posting_id=self.posting.id, at=at)

    def placement(self, worker: Worker | None = None) -> Placement:
        worker = worker or self.workers[0]
        found = placement_of(self.session, posting_id=self.posting.id, worker_id=worker.id)
        assert found is not None
        return found

    def said(self) -> list[str]:
        return [link["kind"] for link in self.session.info[evidence.QUEUED]]


def test_who_scans_the_code_has_arrived_and_it_is_said_in_the_evidence(session: Session) -> None:
    work = Work(session)
    mark = work.marked(work.start - 5 * MINUTE)
    assert (mark.state, mark.how, mark.minutes_late, mark.told_at) == (State.ARRIVED, How.QR, 0, None)
    assert work.placement().arrived_at == mark.arrived_at
    [told] = [link["body"] for link in session.info[evidence.QUEUED] if link["kind"] == "arrived"]
    assert f'"shift":{mark.shift_id}' in told
    assert '"how":"qr"' in told
    assert '"minutes_late":0' in told


def test_a_code_changes_every_half_minute_and_differs_between_postings(session: Session) -> None:
    one, other = Work(session), Work(session)
    begin = begin_of(step_at(one.start))
    within = {one.codes(begin + second * timedelta(seconds=1)).spoken for second in range(30)}
    assert len(within) == 1
    later = {one.codes(begin + count * STEP).spoken for count in range(200)}
    assert len(later) > 195
    assert one.codes(begin).spoken != other.codes(begin).spoken
    assert all(len(code) == 6 and code.isdecimal() for code in later)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_spoken_code_holds_for_the_half_minute_before_and_after(session: Session, steps: int, taken: bool) -> None:
    work = Work(session)
    code = work.codes(work.start).spoken
    found = work.arrive(begin_of(step_at(work.start)) - steps * STEP, code=code)
    assert isinstance(found, Mark) is taken


@pytest.mark.parametrize(("steps", "how"), [(0, How.QR), (1, How.QR), (2, How.OFFLINE)])
def test_a_picture_is_scanned_within_the_half_minute_after_and_later_taken_along(
    session: Session, steps: int, how: How
) -> None:
    work = Work(session)
    shown = begin_of(step_at(work.start))
    mark = work.marked(shown + steps * STEP, token=work.codes(shown).token)
    assert (mark.how, mark.arrived_at) == (how, shown)
    assert (mark.told_at is not None) is (how == How.OFFLINE)


def test_a_code_of_another_posting_opens_nothing(session: Session) -> None:
    here, there = Work(session), Work(session)
    codes = there.codes(here.start)
    forged = codes.token.replace(f"{there.posting.id:x}.", f"{here.posting.id:x}.", 1)
    for proof in ({"token": codes.token}, {"token": forged}, {"code": codes.spoken}):
        assert isinstance(here.arrive(here.start, **proof), rules.WrongGateCode)


def test_a_posting_whose_codes_were_never_shown_takes_none(session: Session) -> None:
    work = Work(session)
    bare = make_posting(session)
    worker = make_worker(session)
    placements.accept(session, posting_id=bare.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    empty = rules.token("", posting_id=bare.id, step=step_at(work.start))
    for proof in ({"token": empty}, {"code": rules.spoken_code("", step_at(work.start))}, {}):
        told = service.arrive(
            session, posting_id=bare.id, worker_id=worker.id, by=oneself(worker), at=work.start, **proof
        )
        assert isinstance(told, rules.WrongGateCode)


def test_after_five_wrong_codes_even_the_right_one_waits_ten_minutes(session: Session) -> None:
    work = Work(session)
    told = [work.arrive(work.start, code="abc") for _ in range(5)]
    assert [error.details.get("left") for error in told] == [4, 3, 2, 1, None]  # type: ignore[union-attr]
    assert isinstance(told[-1], rules.AskForeman)
    assert isinstance(work.arrive(work.start + 9 * MINUTE), rules.AskForeman)
    assert isinstance(work.arrive(work.start + 10 * MINUTE), Mark)


def test_one_workers_wrong_codes_dont_keep_another_out(session: Session) -> None:
    work = Work(session, workers=2)
    for _ in range(6):
        work.arrive(work.start, work.workers[0], code="000")
    assert isinstance(work.arrive(work.start, work.workers[1]), Mark)


def test_nothing_that_isnt_a_token_is_taken_for_one() -> None:
    chance = random.Random(7)
    secret = "s" * 64
    good = rules.token(secret, posting_id=12, step=59_000_000)
    told = rules.read_token(good)
    assert told is not None
    assert rules.is_genuine(told, secret)
    for _ in range(3000):
        place = chance.randrange(len(good))
        bad = good[:place] + chance.choice(string.printable + "一") + good[place + 1 :]
        changed = rules.read_token(bad)
        assert bad == good or changed is None or changed == told or not rules.is_genuine(changed, secret)
    for odd in ("", ".", "..", "a.b", "١.٢." + "A" * 16, "f" * 40 + ".1." + "A" * 16, good + ".", "0x1.1." + "A" * 16):
        assert rules.read_token(odd) is None


@pytest.mark.parametrize(
    ("after", "late"), [(-60 * MINUTE, 0), (59 * timedelta(seconds=1), 0), (MINUTE, 1), (14.9 * MINUTE, 14)]
)
def test_lateness_is_whole_minutes_after_the_start(session: Session, after: timedelta, late: int) -> None:
    work = Work(session)
    at = work.start + after
    assert work.marked(at, code=work.codes(at).spoken).minutes_late == late


@pytest.mark.parametrize(("moment", "open_"), [(-3601, False), (-3600, True), (4 * 3600, True), (4 * 3600 + 1, False)])
def test_arrivals_are_taken_from_an_hour_before_the_start_to_the_end(
    session: Session, moment: int, open_: bool
) -> None:
    work = Work(session)
    at = work.start + timedelta(seconds=moment)
    if open_:
        assert work.marked(at, code=work.codes(at).spoken).state == State.ARRIVED
    else:
        with pytest.raises(rules.OutsideHours) as refused:
            work.arrive(at, code=work.codes(at).spoken)
        assert refused.value.details["opens_at"] == (work.start - HOUR if moment < 0 else None)


def test_two_codes_for_one_shift_are_one_mark_and_the_first_stands(session: Session) -> None:
    work = Work(session)
    first = work.marked(work.start)
    again = work.marked(work.start + 20 * MINUTE)
    assert again.id == first.id
    assert again.arrived_at == begin_of(step_at(work.start))
    assert work.said().count("arrived") == 1


def test_the_same_token_twice_is_one_mark_at_every_moment_of_two_near_shifts(session: Session) -> None:
    """Where one shift ends and the next takes arrivals a token must not count for both."""
    work = Work(session, shifts=(shift(start=8), shift(start=12, hours=3)))
    token = work.codes(work.end - timedelta(seconds=10)).token
    for second in range(0, 120, 7):
        work.arrive(work.end - timedelta(seconds=10) + second * timedelta(seconds=1), token=token)
    work.arrive(work.end + 5 * HOUR, token=token)
    assert len(session.scalars(select(Mark)).all()) == 1


def test_each_shift_of_a_posting_has_its_own_mark(session: Session) -> None:
    work = Work(session, shifts=(shift(1), shift(2)))
    for day in work.posting.shifts:
        work.marked(day.starts_at)
    assert work.placement().arrived_at == begin_of(step_at(work.start))
    assert len(queries.marks_of_placement(session, placement_id=work.placement().id)) == 2


def test_who_has_no_seat_cant_arrive(session: Session) -> None:
    work = Work(session)
    stranger = make_worker(session)
    with pytest.raises(NotFound):
        work.arrive(work.start, stranger)


def test_a_token_proves_the_place_and_the_login_the_person(session: Session) -> None:
    """Two workers of one posting may hold the same token; each is marked for themselves alone."""
    work = Work(session, workers=2)
    token = work.codes(work.start).token
    marks = [work.marked(work.start, worker, token=token) for worker in work.workers]
    assert [mark.placement_id for mark in marks] == [work.placement(worker).id for worker in work.workers]


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (24 * 3600, True), (24 * 3600 + 1, False)])
def test_a_token_taken_offline_counts_up_to_24_hours_later(session: Session, seconds: int, taken: bool) -> None:
    work = Work(session)
    seen = begin_of(step_at(work.start + 7 * MINUTE))
    token, at = work.codes(seen).token, seen + timedelta(seconds=seconds)
    if taken:
        mark = work.marked(at, token=token)
        assert (mark.arrived_at, mark.minutes_late) == (seen, 7)
        assert mark.how == (How.OFFLINE if seconds else How.QR)
        assert mark.told_at == (at if seconds else None)
    else:
        with pytest.raises(rules.TokenTooOld):
            work.arrive(at, token=token)


@pytest.mark.parametrize(("seconds", "taken"), [(24 * 3600, True), (24 * 3600 + 1, False)])
def test_digits_noted_offline_count_with_the_moment_they_were_noted(
    session: Session, seconds: int, taken: bool
) -> None:
    work = Work(session)
    seen = work.start + MINUTE
    code, at = work.codes(seen).spoken, seen + timedelta(seconds=seconds)
    if taken:
        mark = work.marked(at, code=code, noted_at=seen)
        assert (mark.how, mark.arrived_at, mark.minutes_late) == (How.OFFLINE, seen, 1)
    else:
        with pytest.raises(rules.TokenTooOld):
            work.arrive(at, code=code, noted_at=seen)


def test_digits_dont_count_for_another_moment_than_they_were_shown_at(session: Session) -> None:
    work = Work(session)
    code = work.codes(work.start + 40 * MINUTE).spoken
    told = work.arrive(work.start + HOUR, code=code, noted_at=work.start)
    assert isinstance(told, rules.WrongGateCode)


def test_a_token_of_before_the_gate_opened_proves_nothing(session: Session) -> None:
    work = Work(session)
    early = work.codes(work.start - 2 * HOUR).token
    with pytest.raises(rules.OutsideHours):
        work.arrive(work.start, token=early)


def test_a_late_token_undoes_an_absence_with_a_seat_of_its_own_though_another_has_the_old_one(
    session: Session,
) -> None:
    work = Work(session)
    token, waiting = work.codes(work.start - 3 * MINUTE).token, make_worker(session)
    work.take(waiting)
    work.miss(work.start + 15 * MINUTE)
    work.take(waiting, work.start + 20 * MINUTE)
    mark = work.marked(work.start + 6 * HOUR, token=token)
    assert (mark.state, mark.minutes_late) == (State.ARRIVED, 0)
    held = [work.placement(worker) for worker in (work.workers[0], waiting)]
    assert [(one.state, one.seat) for one in held] == [(Seat.ACCEPTED, 2), (Seat.ACCEPTED, 1)]
    assert "seat_restored" in work.said()
    assert session.scalars(select(OutboxRow).where(OutboxRow.kind == "arrived_offline")).one()


def test_a_token_of_after_the_absence_gives_no_seat_that_somebody_else_has(session: Session) -> None:
    work = Work(session)
    waiting = make_worker(session)
    work.take(waiting)
    work.miss(work.start + 15 * MINUTE)
    work.take(waiting, work.start + 20 * MINUTE)
    with pytest.raises(SeatGone):
        work.arrive(work.start + 21 * MINUTE)


def test_who_comes_late_to_a_seat_that_is_still_free_has_it_again(session: Session) -> None:
    work = Work(session)
    work.miss(work.start + 15 * MINUTE)
    mark = work.marked(work.start + 22 * MINUTE)
    assert (mark.state, mark.minutes_late, work.placement().state) == (State.ARRIVED, 22, Seat.ACCEPTED)


def test_the_roll_is_called_in_one_go_or_not_at_all(session: Session) -> None:
    work = Work(session, workers=2)
    one, two = (work.placement(worker).id for worker in work.workers)
    deed = {"posting_id": work.posting.id, "shift_id": work.posting.shifts[0].id, "by": SYSTEM, "at": work.start}
    with pytest.raises(NotFound):
        service.roll_call(session, said={one: Said.HERE, two + 999: Said.HERE}, **deed)
    assert session.scalars(select(Mark)).all() == []
    marks = service.roll_call(session, said={one: Said.HERE, two: Said.HERE}, **deed)
    assert [mark.how for mark in marks] == [How.ROLL_CALL] * 2


def test_who_came_in_time_but_is_ticked_later_isnt_late(session: Session) -> None:
    work = Work(session, workers=2)
    at = work.start + 12 * MINUTE
    [in_time] = work.call(Said.ON_TIME, at, work.workers[0])
    [just_now] = work.call(Said.HERE, at, work.workers[1])
    assert (in_time.minutes_late, just_now.minutes_late) == (0, 12)


@pytest.mark.parametrize(("after", "taken"), [(24 * HOUR, True), (24 * HOUR + MINUTE, False)])
def test_a_forgotten_roll_call_can_be_made_up_for_within_a_day(session: Session, after: timedelta, taken: bool) -> None:
    work = Work(session)
    if taken:
        assert work.call(Said.ON_TIME, work.end + after)[0].arrived_at == work.start
    else:
        with pytest.raises(rules.OutsideHours):
            work.call(Said.ON_TIME, work.end + after)


def test_nobody_is_just_here_after_the_shift(session: Session) -> None:
    work = Work(session)
    with pytest.raises(rules.OutsideHours):
        work.call(Said.HERE, work.end + MINUTE)


def test_the_foreman_cant_call_anybody_missing_before_the_grace_is_over(session: Session) -> None:
    work = Work(session)
    with pytest.raises(rules.NotMissingYet) as refused:
        work.call(Said.MISSING, work.start + 14.9 * MINUTE)
    assert refused.value.details["from_at"] == work.start + 15 * MINUTE
    [mark] = work.call(Said.MISSING, work.start + 15 * MINUTE)
    assert (mark.state, mark.how, work.placement().state) == (State.ABSENT, How.ROLL_CALL, Seat.NO_SHOW)


def test_who_is_there_cant_be_called_missing(session: Session) -> None:
    work = Work(session)
    work.marked(work.start)
    with pytest.raises(AlreadyThere):
        work.call(Said.MISSING, work.start + HOUR)


def test_a_wrong_tick_is_taken_back_within_ten_minutes(session: Session) -> None:
    work = Work(session)
    [mark] = work.call(Said.HERE, work.start)
    service.undo(session, mark_id=mark.id, by=SYSTEM, at=work.start + 10 * MINUTE)
    assert work.placement().arrived_at is None
    assert session.scalars(select(Mark)).all() == []
    assert work.said()[-2:] == ["arrived", "arrival_struck"]


def test_what_a_code_proves_the_foreman_cant_take_back(session: Session) -> None:
    work = Work(session)
    mark = work.marked(work.start)
    with pytest.raises(rules.UndoOver):
        service.undo(session, mark_id=mark.id, by=SYSTEM, at=work.start)


def test_taking_back_is_over_after_ten_minutes(session: Session) -> None:
    work = Work(session)
    [mark] = work.call(Said.HERE, work.start)
    with pytest.raises(rules.UndoOver):
        service.undo(session, mark_id=mark.id, by=SYSTEM, at=work.start + 10.1 * MINUTE)


def test_taking_back_that_somebody_left_keeps_the_arrival(session: Session) -> None:
    work = Work(session)
    [mark] = work.call(Said.HERE, work.start)
    work.call(Said.LEFT, work.start + MINUTE)
    assert mark.left_at == work.start + MINUTE
    service.undo(session, mark_id=mark.id, by=SYSTEM, at=work.start + 2 * MINUTE)
    assert (mark.left_at, mark.state) == (None, State.ARRIVED)


def test_leaving_is_by_the_same_code_and_counts_once(session: Session) -> None:
    work = Work(session)
    worker = work.workers[0]
    deed = {"posting_id": work.posting.id, "worker_id": worker.id, "by": oneself(worker)}
    with pytest.raises(rules.NotArrived):
        service.leave(session, **deed, at=work.start, token=work.codes(work.start).token)
    work.marked(work.start)
    for at in (work.end + 30 * MINUTE, work.end + 40 * MINUTE):
        mark = service.leave(session, **deed, at=at, code=work.codes(at).spoken)
    assert isinstance(mark, Mark)
    assert (mark.left_at, mark.left_how) == (work.end + 30 * MINUTE, How.SPOKEN)
    assert work.said().count("left") == 1


def leave(work: Work, at: datetime) -> Mark | LeyeError:
    worker, token = work.workers[0], work.codes(at).token
    return service.leave(
        work.session, posting_id=work.posting.id, worker_id=worker.id, by=oneself(worker), at=at, token=token
    )


def test_leaving_is_said_of_the_shift_that_is_worked_last(session: Session) -> None:
    work = Work(session, shifts=(shift(1, 8), shift(1, 13)))
    first, second = (work.marked(part.starts_at) for part in work.posting.shifts)
    leave(work, work.posting.ends_at)
    assert (first.left_at, second.left_at is not None) == (None, True)


def test_twelve_hours_after_a_shift_nobody_is_leaving_it_any_more(session: Session) -> None:
    work = Work(session)
    mark = work.marked(work.start)
    with pytest.raises(rules.NotArrived):
        leave(work, work.end + rules.LEAVES + STEP)
    assert not queries.may_leave(work.start, work.end, mark=mark, moment=work.end + rules.LEAVES + STEP)
    assert queries.may_leave(work.start, work.end, mark=mark, moment=work.end + rules.LEAVES)
    assert leave(work, work.end + rules.LEAVES) is mark


def test_whoever_holds_a_seat_unmarked_at_fifteen_minutes_loses_it(session: Session) -> None:
    work = Work(session, workers=3)
    work.marked(work.start, work.workers[0])
    work.call(Said.HERE, work.start, work.workers[1])
    assert work.miss(work.start + 15 * MINUTE - timedelta(seconds=1)) == []
    [mark] = work.miss(work.start + 15 * MINUTE)
    gone = work.placement(work.workers[2])
    assert (mark.placement_id, mark.state, mark.how) == (gone.id, State.ABSENT, None)
    assert (gone.state, gone.seat) == (Seat.NO_SHOW, None)
    assert work.said()[-2:] == ["absent", "seat_lost"]
    assert work.miss(work.start + 16 * MINUTE) == []


def test_a_second_day_missed_costs_no_seat(session: Session) -> None:
    work = Work(session, shifts=(shift(1), shift(2)))
    work.marked(work.start)
    second = work.posting.shifts[1]
    [mark] = work.miss(second.starts_at + 15 * MINUTE)
    assert (mark.shift_id, mark.state) == (second.id, State.ABSENT)
    assert (work.placement().state, work.placement().seat) == (Seat.ACCEPTED, 1)


def test_the_clock_marks_nobody_absent_from_work_of_more_than_a_day_ago(session: Session) -> None:
    work = Work(session)
    late = work.start + 24 * HOUR + MINUTE
    assert queries.due(session, at=late) == []
    assert work.miss(late) == []


def test_the_clock_knows_where_somebody_may_be_missing(session: Session) -> None:
    begun, there, ahead = Work(session), Work(session), Work(session, shifts=(shift(5),))
    there.marked(there.start)
    assert queries.due(session, at=begun.start + MINUTE) == [begun.posting.id]
    assert ahead.posting.id not in queries.due(session, at=begun.start + MINUTE)


def contest(work: Work, mark: Mark, side: Side, at: datetime, words: str = "七点五十就到了") -> Mark:
    return service.contest(work.session, mark_id=mark.id, side=side, words=words, by=SYSTEM, at=at)


def decide(work: Work, mark: Mark, verdict: Verdict, at: datetime, reason: str = "同去的三个人都说他在") -> Mark:
    staff = make_staff(work.session)
    return service.decide(work.session, mark_id=mark.id, verdict=verdict, reason=reason, by=staff, at=at)


def missed(session: Session) -> tuple[Work, Mark]:
    work = Work(session)
    [mark] = work.miss(work.start + 15 * MINUTE)
    return work, mark


@pytest.mark.parametrize(("seconds", "taken"), [(72 * 3600, True), (72 * 3600 + 1, False)])
def test_a_mark_is_contested_within_72_hours(session: Session, seconds: int, taken: bool) -> None:
    work, mark = missed(session)
    at = mark.marked_at + timedelta(seconds=seconds)
    [row] = queries.of_worker(session, worker_id=work.workers[0].id)
    assert row.may_contest(Side.WORKER, at=at) is taken
    if taken:
        assert contest(work, mark, Side.WORKER, at).contested_at == at
    else:
        with pytest.raises(rules.ContestOver):
            contest(work, mark, Side.WORKER, at)


def test_a_won_contest_gives_the_seat_back_though_it_was_given_to_another(session: Session) -> None:
    work, mark = missed(session)
    later = make_worker(session)
    session.add(Placement(posting_id=work.posting.id, worker_id=later.id, seat=1, state=Seat.ACCEPTED, accepted_at=NOW))
    session.flush()
    at = mark.marked_at + HOUR
    contest(work, mark, Side.WORKER, at)
    decide(work, mark, Verdict.OVERTURNED, at + HOUR)
    assert (mark.state, mark.how, mark.minutes_late) == (State.ARRIVED, How.STAFF, 0)
    assert mark.arrived_at == work.start
    assert (work.placement().state, work.placement().seat) == (Seat.ACCEPTED, 2)
    assert work.placement().arrived_at == work.start
    assert work.posting.headcount == 1
    assert work.said()[-2:] == ["seat_restored", "arrived"]


def test_a_won_contest_gives_back_the_very_seat_when_it_is_free(session: Session) -> None:
    work, mark = missed(session)
    contest(work, mark, Side.WORKER, mark.marked_at)
    decide(work, mark, Verdict.OVERTURNED, mark.marked_at)
    assert work.placement().seat == 1


def test_an_excused_absence_isnt_held_against_the_worker(session: Session) -> None:
    work, mark = missed(session)
    worker_id, at = work.workers[0].id, work.end
    assert records(session, worker_ids=[worker_id], at=at) == {worker_id: Record(1, 0, 0, 0)}
    contest(work, mark, Side.WORKER, at)
    decide(work, mark, Verdict.EXCUSED, at)
    assert mark.state == State.EXCUSED
    assert work.placement().state == Seat.NO_SHOW
    assert records(session, worker_ids=[worker_id], at=at) == {worker_id: Record(0, 0, 0, 1)}


def test_an_upheld_mark_stands_and_cant_be_contested_again(session: Session) -> None:
    work, mark = missed(session)
    contest(work, mark, Side.WORKER, mark.marked_at)
    decide(work, mark, Verdict.UPHELD, mark.marked_at)
    assert (mark.state, work.placement().state) == (State.ABSENT, Seat.NO_SHOW)
    with pytest.raises(rules.MarkDecided):
        contest(work, mark, Side.WORKER, mark.marked_at)
    with pytest.raises(rules.MarkDecided):
        work.arrive(work.start + HOUR)
    with pytest.raises(rules.MarkDecided):
        decide(work, mark, Verdict.OVERTURNED, mark.marked_at)


def test_an_employer_who_is_right_about_a_false_arrival_has_it_struck(session: Session) -> None:
    work = Work(session)
    token = work.codes(work.start).token
    mark = work.marked(work.end + HOUR, token=token)
    contest(work, mark, Side.EMPLOYER, work.end + 2 * HOUR, "人根本没来，码是别人发给他的")
    decide(work, mark, Verdict.OVERTURNED, work.end + 3 * HOUR)
    assert (mark.state, mark.arrived_at) == (State.ABSENT, None)
    assert (work.placement().state, work.placement().arrived_at) == (Seat.NO_SHOW, None)
    assert work.said()[-3:] == ["arrival_struck", "absent", "seat_lost"]


def test_who_was_never_there_never_left(session: Session) -> None:
    work = Work(session)
    mark = work.marked(work.start)
    leave(work, work.end)
    contest(work, mark, Side.EMPLOYER, work.end + HOUR, "人根本没来，码是别人发给他的")
    decide(work, mark, Verdict.OVERTURNED, work.end + 2 * HOUR)
    assert (mark.left_at, mark.left_how) == (None, None)


def test_striking_one_day_keeps_the_seat_of_who_came_on_another(session: Session) -> None:
    work = Work(session, shifts=(shift(1), shift(2)))
    first, second = (work.marked(day.starts_at) for day in work.posting.shifts)
    contest(work, first, Side.EMPLOYER, second.marked_at, "第一天没见着人")
    decide(work, first, Verdict.OVERTURNED, second.marked_at)
    assert work.placement().state == Seat.ACCEPTED
    assert work.placement().arrived_at == second.arrived_at


def test_nobody_contests_what_isnt_against_them(session: Session) -> None:
    work, absent = missed(session)
    with pytest.raises(rules.NotContestable):
        contest(work, absent, Side.EMPLOYER, absent.marked_at)
    punctual = Work(session)
    there = punctual.marked(punctual.start)
    with pytest.raises(rules.NotContestable):
        contest(punctual, there, Side.WORKER, there.marked_at)


def say_hours(work: Work, mark: Mark, side: str, at: datetime) -> Hours:
    told = {"placement_id": mark.placement_id, "shift_id": mark.shift_id, "side": side, "minutes": 240}
    return hours.claim_hours(work.session, **told, by=SYSTEM, at=at)


def test_an_employer_who_spoke_of_the_hours_cannot_say_that_the_worker_never_came(session: Session) -> None:
    work = Work(session)
    mark = work.call(Said.ON_TIME, work.start)[0]
    say_hours(work, mark, "worker", work.end)
    assert queries.row(session, mark.id).may_contest(Side.EMPLOYER, at=work.end)
    say_hours(work, mark, "employer", work.end)
    assert not queries.row(session, mark.id).may_contest(Side.EMPLOYER, at=work.end)
    with pytest.raises(rules.ArrivalGranted):
        contest(work, mark, Side.EMPLOYER, work.end)
    assert queries.to_undo(mark, at=work.start + MINUTE) is None


def test_hours_of_an_arrival_in_doubt_are_not_agreed_until_staff_decide(session: Session) -> None:
    work = Work(session)
    mark = work.marked(work.start)
    contest(work, mark, Side.EMPLOYER, work.end, "人根本没来")
    said = say_hours(work, mark, "worker", work.end)
    silent = work.end + 100 * HOUR
    deed = {"hours_id": said.id, "minutes": 240, "reason": "按到岗的算", "by": make_staff(session), "at": silent}
    with pytest.raises(ArrivalInDoubt):
        say_hours(work, mark, "employer", work.end)
    with pytest.raises(ArrivalInDoubt):
        hours.decide_hours(session, **deed)
    decide(work, mark, Verdict.UPHELD, silent)
    assert hours.decide_hours(session, **deed).agreed_minutes == 240


def test_hours_of_a_struck_arrival_are_never_agreed(session: Session) -> None:
    work = Work(session)
    mark = work.marked(work.start)
    said = say_hours(work, mark, "worker", work.end)
    contest(work, mark, Side.EMPLOYER, work.end, "人根本没来")
    decide(work, mark, Verdict.OVERTURNED, work.end)
    silent = work.end + 100 * HOUR
    with pytest.raises(NotArrived):
        hours.decide_hours(
            session, hours_id=said.id, minutes=240, reason="按到岗的算", by=make_staff(session), at=silent
        )
    assert session.scalars(undecided(scopes=["370829"], at=silent)).all() == []


@pytest.mark.parametrize("first", list(Side))
def test_both_may_contest_a_late_arrival_and_staff_may_decide_for_either(session: Session, first: Side) -> None:
    late, other = {}, Side.EMPLOYER if first == Side.WORKER else Side.WORKER
    for verdict in (Verdict.OVERTURNED, Verdict.COUNTERED, Verdict.UPHELD):
        work = Work(session)
        mark = late[verdict] = work.marked(work.start + 9 * MINUTE)
        contest(work, mark, first, work.end, "先说的这一句")
        with pytest.raises(rules.NotContestable):
            decide(work, mark, Verdict.COUNTERED, work.end)
        assert queries.row(session, mark.id).may_contest(other, at=work.end)
        contest(work, mark, other, work.end, "后说的这一句")
        assert (mark.contested_by, mark.contest, mark.counter) == (first, "先说的这一句", "后说的这一句")
        assert not any(queries.row(session, mark.id).may_contest(side, at=work.end) for side in Side)
        decide(work, mark, verdict, work.end)
    for_worker, for_employer = late[Verdict.OVERTURNED], late[Verdict.COUNTERED]
    if first == Side.EMPLOYER:
        for_worker, for_employer = for_employer, for_worker
    assert (for_worker.state, for_worker.minutes_late) == (State.ARRIVED, 0)
    assert for_employer.state == State.ABSENT
    assert (late[Verdict.UPHELD].state, late[Verdict.UPHELD].minutes_late) == (State.ARRIVED, 9)


def test_who_wins_a_no_show_after_the_shift_is_paid_like_everybody_else(session: Session) -> None:
    work = Work(session)
    placement = work.placement()
    assert contracts.follow_seat(session, placement_id=placement.id, at=NOW).state == Agreed.OFFERED
    worker_signs(session, placement)
    employer_signs(session, work.posting)
    [mark] = work.miss(work.start + 15 * MINUTE)
    contracts.follow_seat(session, placement_id=placement.id, at=mark.marked_at)
    over = work.end + HOUR
    contest(work, mark, Side.WORKER, over)
    decide(work, mark, Verdict.OVERTURNED, over)
    assert placement.state == Seat.ACCEPTED
    assert contracts.follow_seat(session, placement_id=placement.id, at=over).state == Agreed.SIGNED
    say_hours(work, mark, "worker", over)
    assert say_hours(work, mark, "employer", over).agreed_minutes == 240
    [row] = wages_of(session, posting_id=work.posting.id)
    wages.pay(
        session, wage_id=row.id, fen=row.left_fen, paid_on=local_date(over), how="bank", number="TX000001",
        by=SYSTEM, at=over,
    )  # fmt: skip
    assert work.said()[-6:] == ["hours_claimed", "hours_claimed", "hours_agreed", "wage_made", "paid", "wage_settled"]


def test_a_lateness_that_staff_take_back_is_none(session: Session) -> None:
    work = Work(session)
    mark = work.marked(work.start + 9 * MINUTE)
    assert mark.minutes_late == 9
    contest(work, mark, Side.WORKER, work.end)
    decide(work, mark, Verdict.OVERTURNED, work.end)
    assert (mark.minutes_late, mark.state) == (0, State.ARRIVED)


def test_staff_decide_only_what_is_contested_and_with_reasons(session: Session) -> None:
    work, mark = missed(session)
    with pytest.raises(rules.NotContestable):
        decide(work, mark, Verdict.OVERTURNED, mark.marked_at)
    with pytest.raises(InvalidValue):
        contest(work, mark, Side.WORKER, mark.marked_at, words="  到 ")
    contest(work, mark, Side.WORKER, mark.marked_at)
    with pytest.raises(ReasonMissing):
        decide(work, mark, Verdict.OVERTURNED, mark.marked_at, reason="")


def test_what_waits_for_staff_is_of_their_county_and_the_first_to_decide_comes_first(session: Session) -> None:
    work, mark = missed(session)
    other, second = missed(session)
    contest(other, second, Side.WORKER, mark.marked_at + HOUR)
    contest(work, mark, Side.WORKER, mark.marked_at + 2 * HOUR)
    waiting = session.scalars(queries.contested(counties=["370829"])).all()
    assert waiting == [second, mark]
    assert session.scalars(queries.contested(counties=["370828"])).all() == []
    decide(work, mark, Verdict.UPHELD, mark.marked_at + 3 * HOUR)
    assert session.scalars(queries.contested(counties=["370829"])).all() == [second]
    assert session.scalars(queries.contested(counties=["370829"], decided=True)).all() == [mark]


def test_who_has_arrived_neither_withdraws_nor_has_the_work_called_off(session: Session) -> None:
    employer = make_employer(session)
    work = Work(session, employer=employer)
    at = work.start - 30 * MINUTE
    work.marked(at)
    worker = work.workers[0]
    with pytest.raises(AlreadyThere):
        placements.withdraw(session, posting_id=work.posting.id, worker_id=worker.id, by=oneself(worker), at=at)
    with pytest.raises(AlreadyThere):
        placements.cancel_posting(session, posting_id=work.posting.id, by=oneself(employer), at=at)


def test_a_suspension_takes_no_seat_from_who_is_at_work(session: Session) -> None:
    work = Work(session, workers=2)
    at = work.start - 30 * MINUTE
    work.marked(at)
    placements.suspend_employer(session, employer_id=work.posting.employer_id, reason="多次不付工钱", by=SYSTEM, at=at)
    assert [work.placement(worker).state for worker in work.workers] == [Seat.ACCEPTED, Seat.CANCELLED]
