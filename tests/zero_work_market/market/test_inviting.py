"""How many to invite: the Poisson-binomial distribution against enumeration and simulation, and the workers' rates."""

from datetime import datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.support.makers import NOW, make_employer, make_worker
from tests.support.market import PACKER, a_draft, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications import service as applications
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.placements.rules import arrival_rate
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.market.shortlists import queries
from zero_work_market.market.shortlists.rules import (
    Inviting,
    Prior,
    accept_rate,
    arrival_chances,
    arrivals_at_least,
    how_many,
)

HOUR = timedelta(hours=1)
SHIFTS = 20_000
RATES = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 0.5])
CROWDS = {
    "all alike": lambda chance: np.full(20, 0.45),
    "half sure, half not": lambda chance: np.repeat([0.95, 0.1], 12),
    "anything": lambda chance: chance.random(40),
    "mostly unsure": lambda chance: chance.beta(1.2, 6, 80),
    "mostly sure": lambda chance: chance.beta(8, 1.5, 15),
}


def by_enumeration(rates: list[float], need: int) -> float:
    total = 0.0
    for came in product((False, True), repeat=len(rates)):
        if sum(came) >= need:
            total += float(np.prod([rate if comes else 1 - rate for rate, comes in zip(rates, came, strict=True)]))
    return total


@given(st.lists(RATES, max_size=8), st.integers(-1, 10))
def test_the_chance_is_that_of_enumerating_who_comes(rates: list[float], need: int) -> None:
    assert arrivals_at_least(rates, need) == pytest.approx(by_enumeration(rates, need), abs=1e-12)


@given(st.lists(RATES, min_size=10, max_size=10))
def test_the_chance_of_ten_workers_is_that_of_enumerating_who_comes(rates: list[float]) -> None:
    assert arrivals_at_least(rates, 6) == pytest.approx(by_enumeration(rates, 6), abs=1e-12)


@given(st.lists(RATES, max_size=60), RATES, st.integers(0, 30))
def test_one_more_worker_never_lowers_the_chance_and_one_more_seat_never_raises_it(
    rates: list[float], another: float, need: int
) -> None:
    chance = arrivals_at_least(rates, need)
    assert arrivals_at_least([*rates, another], need) >= chance - 1e-12
    assert arrivals_at_least(rates, need + 1) <= chance + 1e-12


@given(st.lists(RATES, max_size=60), st.integers(0, 20), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_how_many_is_the_shortest_start_that_is_sure_enough(rates: list[float], need: int, sure: float) -> None:
    count = how_many(rates, need, sure)
    shorter = range(len(rates) + 1 if count is None else count)
    assert all(arrivals_at_least(rates[:short], need) < sure for short in shorter)
    assert count is None or arrivals_at_least(rates[:count], need) >= sure


@given(st.lists(RATES, max_size=20), st.lists(RATES, max_size=20), st.integers(0, 12))
def test_who_is_held_counts_as_one_more_of_the_crowd(held: list[float], rates: list[float], need: int) -> None:
    chances = arrival_chances(rates, need, held=held)
    assert len(chances) == len(rates) + 1
    for count in (0, len(rates)):
        assert chances[count] == pytest.approx(arrivals_at_least(held + rates[:count], need), abs=1e-12)


@pytest.mark.parametrize(
    ("rates", "need", "chance"),
    [([], 0, 1), ([], 1, 0), ([1.0], 1, 1), ([0.0], 1, 0), ([0.5], 2, 0), ([0.5] * 3, 0, 1), ([1.0] * 5, 5, 1),
     ([1.0] * 5 + [0.0] * 5, 6, 0), ([0.25], -3, 1)],
)  # fmt: skip
def test_the_ends_are_exact(rates: list[float], need: int, chance: float) -> None:
    assert arrivals_at_least(rates, need) == chance


def test_two_thousand_workers_agree_with_the_binomial() -> None:
    from scipy.stats import binom

    assert arrivals_at_least([0.5] * 2000, 1040) == pytest.approx(float(binom.sf(1039, 2000, 0.5)), rel=1e-9)
    assert arrivals_at_least([0.9] * 2000, 1700) <= 1


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_what_is_no_chance_is_no_rate(rate: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        arrivals_at_least([0.5, rate], 1)


@pytest.mark.parametrize("crowd", CROWDS)
def test_the_chance_is_within_a_point_of_twenty_thousand_simulated_shifts(crowd: str) -> None:
    chance = np.random.default_rng(20261124)
    rates = CROWDS[crowd](chance)
    came = (chance.random((SHIFTS, len(rates))) < rates).sum(axis=1)
    needs = {1, *(int(np.quantile(came, part)) for part in (0.02, 0.25, 0.5, 0.75, 0.98))}
    for need in needs:
        assert abs(arrivals_at_least(rates.tolist(), need) - float((came >= need).mean())) <= 0.01, need


@pytest.mark.parametrize("need", [1, 3, 5, 12])
def test_inviting_so_many_fills_the_shift_and_never_confirms_more_than_its_seats(need: int) -> None:
    """Whoever accepts first is seated, the rest queue; a seat whose holder stays away goes to the next who comes."""
    chance = np.random.default_rng(need)
    accepts, arrives = chance.beta(3, 3, 200), chance.beta(9, 1, 200)
    count = how_many((accepts * arrives).tolist(), need)
    assert count is not None
    accepted = chance.random((SHIFTS, count)) < accepts[:count]
    there = accepted & (chance.random((SHIFTS, count)) < arrives[:count])
    order = np.argsort(chance.random((SHIFTS, count)), axis=1)
    in_order = np.take_along_axis(accepted, order, axis=1)
    confirmed = in_order & (in_order.cumsum(axis=1) <= need)
    assert confirmed.sum(axis=1).max() <= need
    seated_there = (np.take_along_axis(there, order, axis=1) & confirmed).sum(axis=1)
    queued_there = (np.take_along_axis(there, order, axis=1) & ~confirmed).sum(axis=1)
    filled = np.minimum(seated_there + queued_there, need) == need
    assert filled.mean() >= 0.94


def test_all_are_suggested_where_all_are_not_enough() -> None:
    few = Inviting(3, arrival_chances([0.5] * 4, 3))
    assert (few.enough, few.suggested, few.chance(9)) == (None, 4, few.chances[4])
    sure = Inviting(1, arrival_chances([0.9] * 4, 1))
    assert (sure.enough, sure.suggested) == (2, 2)


def test_a_rate_is_the_prior_first_and_the_workers_own_later() -> None:
    prior = Prior(2, 4)
    assert accept_rate(0, 0, prior) == 0.5
    assert accept_rate(0, 4, prior) == 0.25
    assert accept_rate(96, 96, prior) == 0.98


def an_invitation(session: Session, worker_id: int, *, days: int, employer: object = None) -> Posting:
    """To a shift so many days ahead, of one seat."""
    posting = make_posting(session, shifts=(shift(days),), headcount=1, employer=employer)
    applications.invite(session, posting=locked(session, posting.id), scores={worker_id: None}, by=SYSTEM, at=NOW)
    return posting


def answered(session: Session, worker_id: int, *, at: datetime) -> float:
    return queries.turnouts(session, worker_ids=[worker_id], at=at)[worker_id].accepts


def test_own_answers_make_the_rate(session: Session) -> None:
    """Accepted 1, declined 1, unanswered 1, of four that a stranger is thought to answer with two."""
    worker, employer = make_worker(session, skills=[PACKER]), make_employer(session)
    deed = {"worker_id": worker.id, "by": SYSTEM, "at": NOW + HOUR}
    first, second, _ = (an_invitation(session, worker.id, days=days, employer=employer) for days in (2, 3, 4))
    placements.accept(session, posting_id=first.id, **deed)
    applications.decline(session, posting_id=second.id, **deed)
    assert answered(session, worker.id, at=NOW + HOUR) == 0.5
    assert answered(session, worker.id, at=NOW + 13 * HOUR) == pytest.approx((2 + 1) / (4 + 3))
    applications.close_unanswered(session, at=NOW + 13 * HOUR)
    session.flush()
    assert answered(session, worker.id, at=NOW + 13 * HOUR) == pytest.approx((2 + 1) / (4 + 3))


def test_work_called_off_before_the_answer_was_due_is_not_held_against_the_worker(session: Session) -> None:
    silent, seated = (make_worker(session, skills=[PACKER]) for _ in range(2))
    posting = make_posting(session, shifts=(shift(3),))
    scores = {silent.id: None, seated.id: None}
    applications.invite(session, posting=locked(session, posting.id), scores=scores, by=SYSTEM, at=NOW)
    placements.accept(session, posting_id=posting.id, worker_id=seated.id, by=SYSTEM, at=NOW + HOUR)
    placements.cancel_posting(session, posting_id=posting.id, by=SYSTEM, at=NOW + 2 * HOUR)
    late = NOW + 24 * HOUR
    assert answered(session, silent.id, at=late) == 0.5
    assert answered(session, seated.id, at=late) == (2 + 1) / (4 + 1)


def test_a_seat_given_up_in_good_time_was_no_yes_and_one_given_up_late_is_an_absence(session: Session) -> None:
    worker, employer = make_worker(session, skills=[PACKER]), make_employer(session)
    posting = an_invitation(session, worker.id, days=3, employer=employer)
    deed = {"posting_id": posting.id, "worker_id": worker.id, "by": SYSTEM}
    placements.accept(session, **deed, at=NOW + HOUR)
    placements.withdraw(session, **deed, at=NOW + 2 * HOUR)
    after = posting.closes_at + HOUR
    rates = queries.turnouts(session, worker_ids=[worker.id], at=after)[worker.id]
    assert (rates.accepts, rates.arrives) == (2 / 5, arrival_rate(0, 0))
    placements.accept(session, **deed, at=NOW + 3 * HOUR)
    placements.withdraw(session, **deed, at=posting.closes_at - HOUR)
    rates = queries.turnouts(session, worker_ids=[worker.id], at=after)[worker.id]
    assert (rates.accepts, rates.arrives) == (3 / 5, arrival_rate(0, 1))


def test_who_queued_said_yes_whatever_comes_of_a_call_at_the_start(session: Session) -> None:
    first, second = (make_worker(session, skills=[PACKER]) for _ in range(2))
    posting = make_posting(session, shifts=(shift(1),), headcount=1)
    scores = {first.id: None, second.id: None}
    applications.invite(session, posting=locked(session, posting.id), scores=scores, by=SYSTEM, at=NOW)
    for worker in (first, second):
        placements.accept(session, posting_id=posting.id, worker_id=worker.id, by=SYSTEM, at=NOW + HOUR)
    begun = posting.closes_at + HOUR / 3
    applications.call(session, posting=posting, worker_ids=[second.id], by=SYSTEM, at=begun)
    session.flush()
    assert answered(session, second.id, at=begun + HOUR) == 3 / 5
    applications.decline(session, posting_id=posting.id, worker_id=second.id, by=SYSTEM, at=begun)
    session.flush()
    assert answered(session, second.id, at=begun + HOUR) == 3 / 5


def test_who_came_by_themselves_was_never_invited(session: Session) -> None:
    worker, posting = make_worker(session, skills=[PACKER]), make_posting(session)
    placements.accept(session, posting_id=posting.id, worker_id=worker.id, by=SYSTEM, at=NOW)
    assert answered(session, worker.id, at=NOW + 48 * HOUR) == 0.5


def test_arrivals_of_accepted_seats_make_the_other_half(session: Session) -> None:
    worker, posting = make_worker(session, skills=[PACKER]), make_posting(session)
    placements.accept(session, posting_id=posting.id, worker_id=worker.id, by=SYSTEM, at=NOW)
    placement = placement_of(session, posting_id=posting.id, worker_id=worker.id)
    assert placement is not None
    placement.arrived_at = posting.closes_at
    session.flush()
    rates = queries.turnouts(session, worker_ids=[worker.id], at=posting.ends_at)[worker.id]
    assert rates.arrives == arrival_rate(1, 1)
    assert rates.comes == pytest.approx(0.5 * arrival_rate(1, 1))


def test_those_seated_and_asked_count_before_anybody_more_is_invited(database: Engine) -> None:
    now, comes = clock.now(), 0.5 * arrival_rate(0, 0)
    with transaction() as session:
        silent, seated, *_ = [make_worker(session, skills=[PACKER]).id for _ in range(8)]
        posting = make_posting(session, headcount=2, shifts=(shift(3, now=now),), at=now).id
    with transaction() as session:
        row = locked(session, posting)
        assert queries.inviting(session, row, at=now).chances == arrival_chances([comes] * 8, 2)
        applications.invite(session, posting=row, scores={silent: None}, by=SYSTEM, at=now)
        placements.accept(session, posting_id=posting, worker_id=seated, by=SYSTEM, at=now)
    with transaction() as session:
        row = locked(session, posting)
        after = queries.inviting(session, row, at=now)
        assert after.chances == arrival_chances([comes] * 6, 2, held=[comes, arrival_rate(0, 0)])
        lapsed = queries.inviting(session, row, at=now + 13 * HOUR)
        assert (len(lapsed.chances), lapsed.chance(0)) == (7, 0)


def test_a_draft_asks_for_as_many_as_it_would_once_published(database: Engine) -> None:
    now = clock.now()
    told = {"headcount": 2, "shifts": (shift(3, now=now),)}
    with transaction() as session:
        for _ in range(6):
            make_worker(session, skills=[PACKER])
        posting = make_posting(session, at=now, **told).id
    with transaction() as session:
        published = queries.inviting(session, locked(session, posting), at=now)
        assert len(published.chances) == 7
        assert queries.inviting_to_draft(session, a_draft(**told), at=now) == published


def test_before_it_is_known_whom_all_are_strangers() -> None:
    assert queries.inviting_strangers(5).enough == how_many([0.5 * arrival_rate(0, 0)] * 200, 5)
