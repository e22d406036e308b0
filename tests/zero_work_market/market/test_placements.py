"""Taking seats, giving them up, taking them away (rules.md, "Hire and work")."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.makers import NOW, make_employer, make_staff, make_worker, oneself
from tests.support.market import make_posting, shift
from zero_work_market.ground.audit import SYSTEM, Actor, AuditRow
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import IllegalMove, NotFound
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications import service as applications
from zero_work_market.market.applications.queries import application_of
from zero_work_market.market.applications.rules import State as ApplicationState
from zero_work_market.market.placements import rules, service
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import held_by, placement_of, seats_taken
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State
from zero_work_market.people.workers.models import Worker


def take(session: Session, posting: Posting, worker: Worker, **more: object) -> service.Answer:
    told = {"by": oneself(worker), "at": NOW} | more
    return service.accept(session, posting_id=posting.id, worker_id=worker.id, **told)  # type: ignore[arg-type]


def test_the_sixth_acceptance_of_five_seats_gets_the_first_queue_place(session: Session) -> None:
    posting = make_posting(session, headcount=5)
    answers = [take(session, posting, make_worker(session)) for _ in range(6)]
    assert [answer.seat for answer in answers] == [1, 2, 3, 4, 5, None]
    assert answers[5].queue_place == 1
    assert posting.state == State.FILLED
    assert len(session.scalars(select(OutboxRow).where(OutboxRow.kind == "posting_filled")).all()) == 1
    assert seats_taken(session, posting_ids=[posting.id]) == {posting.id: 5}


def test_accepting_twice_is_one_seat(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    first = take(session, posting, worker, key="tap-1")
    assert take(session, posting, worker, key="tap-1") == first
    assert take(session, posting, worker) == first
    assert len(held_by(session, posting_id=posting.id)) == 1


def test_an_old_request_sent_again_after_withdrawing_takes_no_seat(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    take(session, posting, worker, key="tap-1")
    service.withdraw(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert take(session, posting, worker, key="tap-1").seat is None
    assert held_by(session, posting_id=posting.id) == []


def test_one_can_change_ones_mind_and_accept_again(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    take(session, posting, worker)
    service.withdraw(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert take(session, posting, worker).seat == 1
    assert len(session.scalars(select(Placement)).all()) == 1


def test_a_given_up_seat_goes_to_the_first_in_the_queue_and_not_to_a_newcomer(session: Session) -> None:
    posting = make_posting(session, headcount=1)
    holder, waiting, late = (make_worker(session) for _ in range(3))
    take(session, posting, holder)
    take(session, posting, waiting)
    service.withdraw(session, posting_id=posting.id, worker_id=holder.id, by=oneself(holder), at=NOW)
    assert take(session, posting, late).queue_place == 2
    service.fill_from_queue(session, posting_id=posting.id, at=NOW)
    assert [row.worker_id for row in held_by(session, posting_id=posting.id)] == [waiting.id]
    assert posting.state == State.FILLED


def test_the_queue_passes_over_one_whose_time_is_taken_by_now(session: Session) -> None:
    posting, other = make_posting(session, headcount=1), make_posting(session)
    holder, taken, free = (make_worker(session) for _ in range(3))
    for worker in (holder, taken, free):
        take(session, posting, worker)
    take(session, other, taken)
    service.withdraw(session, posting_id=posting.id, worker_id=holder.id, by=oneself(holder), at=NOW)
    service.fill_from_queue(session, posting_id=posting.id, at=NOW)
    assert [row.worker_id for row in held_by(session, posting_id=posting.id)] == [free.id]


def test_worker_cannot_hold_two_overlapping_shifts(session: Session) -> None:
    worker = make_worker(session)
    take(session, make_posting(session, shifts=(shift(start=8, hours=4),)), worker)
    overlapping = make_posting(session, shifts=(shift(start=11, hours=4),))
    with pytest.raises(rules.ShiftsOverlap) as refused:
        take(session, overlapping, worker)
    assert refused.value.details["reason"] == "overlap"
    assert placement_of(session, posting_id=overlapping.id, worker_id=worker.id) is None


@pytest.mark.parametrize(("km_east", "passes"), [(0.0, True), (6.4, True), (6.8, False)])
def test_shifts_that_touch_pass_if_the_ride_is_at_most_thirty_minutes(
    session: Session, km_east: float, passes: bool
) -> None:
    worker = make_worker(session)
    first = make_posting(session, lon=116.3, lat=35.4, shifts=(shift(start=8, hours=4),))
    take(session, first, worker)
    second = make_posting(session, lon=116.3 + km_east / 90.64, lat=35.4, shifts=(shift(start=12, hours=4),))
    if passes:
        assert take(session, second, worker).seat == 1
    else:
        with pytest.raises(rules.ShiftsOverlap) as refused:
            take(session, second, worker)
        assert refused.value.details["reason"] == "too_far"


def test_an_afternoon_across_the_city_passes_when_the_gap_is_long_enough_to_ride(session: Session) -> None:
    worker = make_worker(session)
    take(session, make_posting(session, lon=116.3, lat=35.4, shifts=(shift(start=8, hours=4),)), worker)
    far = make_posting(session, lon=116.3 + 20 / 90.64, lat=35.4, shifts=(shift(start=14, hours=4),))
    assert take(session, far, worker).seat == 1


def test_staff_may_let_shifts_overlap_and_the_reason_is_logged(session: Session) -> None:
    worker, staff = make_worker(session), make_staff(session)
    take(session, make_posting(session), worker)
    answer = take(session, make_posting(session), worker, by=staff, overlap_reason="两家是一个院子，说好了")
    assert answer.seat == 1
    row = session.scalars(select(AuditRow).where(AuditRow.verb == "seat.accepted", AuditRow.reason != "")).one()
    assert (row.account_id, row.reason) == (staff.account_id, "两家是一个院子，说好了")


def test_who_is_too_young_on_the_first_day_is_refused_and_on_the_birthday_taken(session: Session) -> None:
    day = shift()[0].date()
    posting = make_posting(session, min_age=18)
    assert take(session, posting, make_worker(session, born=day.replace(year=day.year - 18))).seat == 1
    with pytest.raises(rules.TooYoung):
        take(session, posting, make_worker(session, born=day.replace(year=day.year - 18) + timedelta(days=1)))


def test_a_birthday_begins_at_midnight_in_jining_and_not_in_greenwich(session: Session) -> None:
    early = shift(start=5)
    day = local_date(early[0])
    assert day != early[0].date()
    posting = make_posting(session, min_age=18, shifts=(early,))
    assert take(session, posting, make_worker(session, born=day.replace(year=day.year - 18))).seat == 1


def test_nothing_can_be_accepted_once_the_first_shift_began(session: Session) -> None:
    posting = make_posting(session)
    with pytest.raises(rules.PostingClosed):
        take(session, posting, make_worker(session), at=posting.closes_at)


def test_cancelling_takes_all_seats_away_and_closes_what_is_pending(session: Session) -> None:
    employer = make_employer(session)
    posting = make_posting(session, employer=employer, headcount=1)
    holder, waiting, invited = (make_worker(session) for _ in range(3))
    take(session, posting, holder)
    take(session, posting, waiting)
    applications.invite(session, posting=posting, scores={invited.id: 0.5}, by=oneself(employer), at=NOW)
    service.cancel_posting(session, posting_id=posting.id, by=oneself(employer), at=NOW)
    session.expire_all()
    states = [
        application_of(session, posting_id=posting.id, worker_id=one.id).state  # type: ignore[union-attr]
        for one in (holder, waiting, invited)
    ]
    assert states == [ApplicationState.CLOSED] * 3
    assert held_by(session, posting_id=posting.id) == []
    told = sorted(session.scalars(select(OutboxRow.kind)))
    assert told.count("placement_cancelled") == 1
    assert told.count("pending_called_off") == 2
    with pytest.raises(IllegalMove):
        service.cancel_posting(session, posting_id=posting.id, by=oneself(employer), at=NOW)


@pytest.mark.parametrize(("hours", "late"), [(24.1, False), (24, False), (23.9, True)])
def test_cancelling_within_24_hours_is_recorded(session: Session, hours: float, late: bool) -> None:
    employer, worker = make_employer(session), make_worker(session)
    posting = make_posting(session, employer=employer, shifts=(shift(3),))
    take(session, posting, worker)
    moment = posting.closes_at - timedelta(hours=hours)
    service.cancel_posting(session, posting_id=posting.id, by=oneself(employer), at=moment)
    placement = placement_of(session, posting_id=posting.id, worker_id=worker.id)
    assert placement is not None
    assert placement.ended_late is late


def test_a_suspended_employers_postings_are_closed_with_all_that_is_pending(session: Session) -> None:
    employer, worker = make_employer(session), make_worker(session)
    posting = make_posting(session, employer=employer)
    take(session, posting, worker)
    service.suspend_employer(session, employer_id=employer.id, reason="多次不付工钱", by=SYSTEM, at=NOW)
    assert posting.state == State.SUSPENDED
    assert held_by(session, posting_id=posting.id) == []
    with pytest.raises(rules.PostingClosed):
        take(session, posting, make_worker(session))


def test_a_posting_whose_shift_begins_closes_and_keeps_its_seats(session: Session) -> None:
    posting, worker, invited = make_posting(session), make_worker(session), make_worker(session)
    take(session, posting, worker)
    applications.invite(session, posting=posting, scores={invited.id: None}, by=SYSTEM, at=NOW)
    service.close_due(session, at=posting.closes_at)
    session.expire_all()
    assert posting.state == State.EXPIRED
    assert [row.worker_id for row in held_by(session, posting_id=posting.id)] == [worker.id]
    left = application_of(session, posting_id=posting.id, worker_id=invited.id)
    assert left is not None
    assert left.state == ApplicationState.CLOSED


def test_an_invitation_that_nobody_answered_lapses_and_can_still_be_taken_up(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    (invitation,) = applications.invite(session, posting=posting, scores={worker.id: 0.9}, by=SYSTEM, at=NOW)
    assert invitation.respond_by is not None
    service.close_due(session, at=invitation.respond_by)
    session.refresh(invitation)
    assert invitation.state == ApplicationState.CLOSED
    assert take(session, posting, worker).seat == 1


def test_nobody_is_invited_twice_by_the_task(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    assert len(applications.invite(session, posting=posting, scores={worker.id: 0.9}, by=SYSTEM, at=NOW)) == 1
    assert applications.invite(session, posting=posting, scores={worker.id: 0.9}, by=SYSTEM, at=NOW) == []


def test_who_declined_is_not_asked_again_but_may_still_come(session: Session) -> None:
    posting, worker, employer = make_posting(session), make_worker(session), Actor(1, "employer")
    applications.invite(session, posting=posting, scores={worker.id: 0.9}, by=SYSTEM, at=NOW)
    applications.decline(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert applications.invite(session, posting=posting, scores={worker.id: 0.9}, by=employer, at=NOW) == []
    assert take(session, posting, worker).seat == 1


def test_withdrawing_without_a_seat_is_said(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    with pytest.raises(NotFound):
        service.withdraw(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=NOW)


def test_a_worker_who_gives_up_a_seat_is_told_of_to_the_employer(session: Session) -> None:
    posting, worker = make_posting(session), make_worker(session)
    take(session, posting, worker)
    service.withdraw(session, posting_id=posting.id, worker_id=worker.id, by=oneself(worker), at=NOW)
    told = session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "seat_given_up")).all()
    assert told == [{"posting_id": posting.id, "worker_id": worker.id}]
