"""Hours: agreed when both say the same, disputed when they don't, never overwritten, never agreed by silence."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.support.hires import agree, make_hire, say
from tests.support.makers import COUNTY, NOW, make_staff
from tests.support.market import shift
from zero_work_market.ground import evidence
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.people.accounts.rules import OutOfScope, ReasonMissing, Role
from zero_work_market.rights.attendance.models import Mark
from zero_work_market.rights.attendance.rules import State
from zero_work_market.rights.hours.models import Hours, HoursClaim
from zero_work_market.rights.hours.queries import count_undecided, hours_of, undecided
from zero_work_market.rights.hours.rules import (
    HoursAgreed,
    HoursTooEarly,
    HoursUndisputed,
    NotArrived,
    Word,
    agreed,
    differ,
    offered_minutes,
)
from zero_work_market.rights.hours.service import ask_for_hours, claim_hours, decide_hours
from zero_work_market.rights.wages.queries import wages_of

HOUR = timedelta(hours=1)


def said(session, kind):
    return [link for link in session.info.get(evidence.QUEUED, ()) if link["kind"] == kind]


def announced(session, kind):
    return session.scalar(select(func.count()).where(OutboxRow.kind == kind))


def test_hours_are_agreed_once_both_say_the_same(session):
    hire = make_hire(session)
    assert say(session, hire, "employer").agreed_at is None
    hours = say(session, hire, "worker")
    assert (hours.agreed_minutes, hours.disputed_at) == (240, None)
    assert len(said(session, "hours_claimed")) == 2
    assert [link["body"] for link in said(session, "hours_agreed")] == [
        evidence.canonical({"shift": hours.shift_id, "day": "2026-11-24", "minutes": 240})
    ]


def test_a_differing_word_opens_a_dispute_and_both_words_stay(session):
    hire = make_hire(session)
    say(session, hire, "worker", 240)
    hours = say(session, hire, "employer", 180, words="中间歇了一个钟头")
    assert hours.disputed_at == hire.over
    assert [(claim.side, claim.minutes, claim.words) for claim in hours.claims] == [
        ("worker", 240, ""), ("employer", 180, "中间歇了一个钟头"),
    ]  # fmt: skip
    assert announced(session, "hours_disputed") == 1
    assert wages_of(session, worker_id=hire.worker.id) == []


def test_a_later_word_that_is_the_same_agrees_and_the_dispute_stays_to_be_seen(session):
    hire = make_hire(session)
    say(session, hire, "worker", 240)
    say(session, hire, "employer", 180)
    hours = say(session, hire, "worker", 180)
    assert hours.agreed_minutes == 180
    assert hours.disputed_at is not None
    assert [claim.minutes for claim in hours.claims] == [240, 180, 180]


def test_the_same_word_sent_twice_is_one(session):
    hire = make_hire(session)
    for _ in range(3):
        say(session, hire, "worker", 240)
    assert session.scalar(select(func.count()).select_from(HoursClaim)) == 1
    agree(session, hire, 240)
    say(session, hire, "employer", 240)
    assert len(said(session, "hours_agreed")) == 1


def test_nothing_more_is_taken_once_hours_are_agreed(session):
    hire = make_hire(session)
    agree(session, hire, 240)
    with pytest.raises(HoursAgreed):
        say(session, hire, "employer", 60)
    assert session.scalar(select(func.count()).select_from(HoursClaim)) == 2


def test_who_did_not_arrive_has_no_hours(session):
    hire = make_hire(session, arrives=False)
    with pytest.raises(NotArrived):
        say(session, hire, "worker")
    missed = {"shift_id": hire.posting.shifts[0].id, "state": State.ABSENT, "due_at": NOW, "marked_at": NOW}
    session.add(Mark(placement_id=hire.placement.id, **missed))
    session.flush()
    with pytest.raises(NotArrived):
        say(session, hire, "worker")


def test_hours_are_spoken_of_when_the_shift_is_over_or_the_worker_has_left(session):
    hire = make_hire(session)
    early = hire.posting.ends_at - HOUR
    with pytest.raises(HoursTooEarly):
        say(session, hire, "worker", 180, at=early)
    session.scalars(select(Mark)).one().left_at = early
    assert say(session, hire, "worker", 180, at=early).claims


def test_minutes_lie_within_a_day(session):
    hire = make_hire(session)
    for minutes in (0, -15, 24 * 60 + 1):
        with pytest.raises(InvalidValue) as refusal:
            say(session, hire, "worker", minutes)
        assert refusal.value.details["field"] == "minutes"


def test_pay_by_the_piece_needs_the_pieces_and_they_must_agree_too(session):
    hire = make_hire(session, pay_kind="piece", pay_fen=100, pieces_per_hour=30.0)
    with pytest.raises(InvalidValue) as refusal:
        say(session, hire, "worker")
    assert refusal.value.details["field"] == "pieces"
    say(session, hire, "worker", pieces=130)
    assert say(session, hire, "employer", pieces=120).disputed_at is not None
    assert say(session, hire, "employer", pieces=130).agreed_pieces == 130


def test_staff_of_the_county_decide_what_the_two_cannot(session):
    hire = make_hire(session)
    say(session, hire, "worker", 240)
    hours = say(session, hire, "employer", 180)
    deed = {"hours_id": hours.id, "minutes": 210, "reason": "看了监控，歇了半个钟头", "at": hire.over}
    for staff, refusal in ((make_staff(session, Role.COUNTY, "370828"), OutOfScope),):
        with pytest.raises(refusal):
            decide_hours(session, by=staff, **deed)
    staff = make_staff(session, Role.COUNTY, COUNTY)
    with pytest.raises(ReasonMissing):
        decide_hours(session, by=staff, **deed | {"reason": "嗯"})
    decided = decide_hours(session, by=staff, **deed)
    assert decided.agreed_minutes == 210
    assert [claim.side for claim in decided.claims] == ["worker", "employer", "staff"]
    assert wages_of(session, worker_id=hire.worker.id)[0].net_fen == 6300
    with pytest.raises(HoursAgreed):
        decide_hours(session, by=staff, **deed)


def test_silence_agrees_to_nothing_but_lets_staff_decide_after_72_hours(session):
    hire = make_hire(session)
    hours = say(session, hire, "worker", 240)
    staff = make_staff(session, Role.COUNTY, COUNTY)
    deed = {"hours_id": hours.id, "minutes": 240, "reason": "单位一直不接电话", "by": staff}
    for hour in (24, 48, 71):
        ask_for_hours(session, at=hire.over + hour * HOUR)
        assert hours.agreed_at is None
        with pytest.raises(HoursUndisputed):
            decide_hours(session, at=hire.over + hour * HOUR, **deed)
    assert count_undecided(session, scopes=[COUNTY], at=hire.over + 71 * HOUR) == 0
    assert count_undecided(session, scopes=[COUNTY], at=hire.over + 72 * HOUR) == 1
    assert count_undecided(session, scopes=["370828"], at=hire.over + 72 * HOUR) == 0
    assert decide_hours(session, at=hire.over + 72 * HOUR, **deed).agreed_minutes == 240


def test_both_sides_are_asked_when_a_shift_ends_and_three_times_again(session):
    hire = make_hire(session)
    assert ask_for_hours(session, at=hire.posting.ends_at - HOUR) == 0
    asked = [ask_for_hours(session, at=hire.posting.ends_at + hour * HOUR) for hour in range(0, 24 * 7, 6)]
    assert sum(asked) == 4
    assert [6 * place for place, number in enumerate(asked) if number] == [0, 24, 48, 72]
    assert session.scalars(select(Hours)).one().claims == []


def test_nobody_is_asked_again_about_what_is_agreed_or_disputed(session):
    hire = make_hire(session)
    ask_for_hours(session, at=hire.over)
    agree(session, hire)
    assert ask_for_hours(session, at=hire.over + 100 * HOUR) == 0


def test_what_a_tap_offers_is_from_arrival_to_leaving_in_quarters():
    start, end = shift()
    late = start + timedelta(minutes=22)
    assert offered_minutes(start, end, None, None) == 240
    assert offered_minutes(start, end, start - timedelta(minutes=20), end) == 240
    assert offered_minutes(start, end, late, None) == 225
    assert offered_minutes(start, end, start, end + timedelta(minutes=40)) == 285
    assert offered_minutes(start, end, start, start + timedelta(minutes=2)) == 15


def test_a_break_is_taken_off_what_a_tap_offers_from_who_was_there_for_more_than_half_the_shift():
    start, end = shift(hours=9)
    half = start + timedelta(hours=4, minutes=30)
    assert offered_minutes(start, end, None, None, 60) == 480
    assert offered_minutes(start, end, start + timedelta(minutes=22), None, 60) == 465
    assert offered_minutes(start, end, start, half, 60) == 270
    assert offered_minutes(start, end, start, half + timedelta(minutes=15), 60) == 225
    assert offered_minutes(start, start + timedelta(hours=1), None, None, 45) == 15


def test_the_tap_of_a_shift_with_a_break_offers_its_working_time(session):
    hire = make_hire(session, shifts=(shift(hours=9),), break_minutes=60)
    (row,) = hours_of(session, posting_id=hire.posting.id)
    assert row.offered == 480


def test_the_rows_of_a_posting_show_both_words_and_what_a_tap_would_say(session):
    hire = make_hire(session)
    other = make_hire(session, posting=hire.posting)
    say(session, hire, "employer", 200)
    first, second = hours_of(session, posting_id=hire.posting.id)
    assert (first.worker_id, first.offered, first.last["employer"].minutes) == (hire.worker.id, 240, 200)
    assert (second.worker_id, second.words, second.hours_id) == (other.worker.id, (), None)
    assert not first.disputed
    say(session, hire, "worker", 240)
    assert hours_of(session, worker_id=hire.worker.id)[0].disputed
    assert [row.id for row in session.scalars(undecided(scopes=["370800"], at=hire.over))] == [first.hours_id]


def test_a_shift_of_another_posting_is_not_there(session):
    hire, other = make_hire(session), make_hire(session, shifts=(shift(3),))
    with pytest.raises(NotFound):
        claim_hours(
            session, placement_id=hire.placement.id, shift_id=other.posting.shifts[0].id, side="worker", minutes=60,
            by=hire.by_worker, at=other.over,
        )  # fmt: skip


WORDS = st.lists(
    st.builds(Word, st.sampled_from(["worker", "employer"]), st.sampled_from([60, 120, 180]), st.none()), max_size=12
)


@given(WORDS)
def test_no_order_of_words_agrees_without_both_or_against_either(words):
    found = agreed(words)
    last = {word.side: word.minutes for word in words}
    assert (found is not None) == (len(last) == 2 and len(set(last.values())) == 1)
    assert found is None or set(last.values()) == {found[0]}
    assert differ(words) == (len(last) == 2 and found is None)


@pytest.mark.parametrize("seed", range(2))
def test_no_order_of_claims_overwrites_a_word(session, seed):
    """Every word that was taken stays where it was, whatever is said or refused after it."""
    hire, kept, random = make_hire(session), [], Random(seed)
    for step in range(10):
        side, minutes = random.choice(["worker", "employer"]), random.choice([60, 120, 180])
        try:
            say(session, hire, side, minutes, at=hire.over + step * HOUR)
        except HoursAgreed:
            continue
        rows = session.scalars(select(HoursClaim).order_by(HoursClaim.id)).all()
        words = [(row.id, row.side, row.minutes, row.at) for row in rows]
        assert words[: len(kept)] == kept
        kept = words
    plain = [Word(side, minutes, None) for _, side, minutes, _ in kept]
    hours = session.scalars(select(Hours)).one()
    assert (hours.agreed_minutes is not None) == (agreed(plain) is not None)
