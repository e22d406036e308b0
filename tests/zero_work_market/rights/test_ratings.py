"""Ratings: after pay, without revenge, contestable, and shown as figures alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.support.hires import make_hire
from tests.support.makers import make_employer, make_staff, make_worker
from tests.support.market import shift
from tests.support.ratings import make_paid_hire, rate
from zero_work_market.ground import evidence
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotFound
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.people.accounts.rules import ReasonMissing
from zero_work_market.people.workers import service as workers
from zero_work_market.reference.law.queries import gate_law
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings import queries, rules, service
from zero_work_market.rights.ratings.models import Rating

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
WORKER, EMPLOYER = Side.WORKER, Side.EMPLOYER
LEXICON = gate_law().lexicon_on(date(2026, 11, 24))


def seen(session, hire, side, at):
    return queries.view(session, placement_id=hire.placement.id, side=side, at=at)


def contest(session, hire, side, at, words="根本没迟到，那天有签到"):
    by = hire.by_worker if side == WORKER else hire.by_employer
    told = {"posting_id": hire.posting.id, "worker_id": hire.worker.id, "side": side, "words": words}
    return service.contest(session, **told, by=by, at=at)


def announced(session, kind):
    return session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == kind))


def test_nobody_is_rated_before_the_wage_is_settled(session):
    hire = make_hire(session)
    for side in Side:
        with pytest.raises(rules.RatingClosed) as refused:
            rate(session, hire, side)
        assert refused.value.details == {"why": "unpaid"}


def test_words_by_and_about_an_erased_worker_are_emptied_and_the_stars_stay(session):
    hire, other = make_paid_hire(session), make_paid_hire(session)
    for one in (hire, other):
        rate(session, one, WORKER, 4, words="管饭，工头讲理")
        rate(session, one, EMPLOYER, 2, words="来得晚了一点")
        contest(session, one, WORKER, one.over)
    workers.erase(session, worker_id=hire.worker.id, kept_until=date(2030, 1, 1), by=hire.by_worker, at=hire.over)
    assert service.forget_erased(session, at=hire.over) == 2
    assert service.forget_erased(session, at=hire.over) == 0
    emptied = session.scalars(select(Rating).where(Rating.worker_id == hire.worker.id).order_by(Rating.id)).all()
    assert [(row.stars, row.words, row.contest) for row in emptied] == [(4, "", ""), (2, "", "")]
    kept = session.scalars(select(Rating).where(Rating.worker_id == other.worker.id)).all()
    assert all(row.words for row in kept)


def test_who_never_had_a_seat_rates_nobody(session):
    hire = make_paid_hire(session)
    stranger = make_worker(session).id
    with pytest.raises(NotFound):
        service.rate(
            session, posting_id=hire.posting.id, worker_id=stranger, side=WORKER, stars=5, chips=(), words="",
            by=hire.by_worker, at=hire.over,
        )  # fmt: skip


@pytest.mark.parametrize(("after", "open_"), [(30 * DAY - SECOND, True), (30 * DAY, False)])
def test_thirty_days_after_pay_it_is_over(session, after, open_):
    hire = make_paid_hire(session)
    if open_:
        assert rate(session, hire, WORKER, at=hire.over + after).stars == 5
    else:
        with pytest.raises(rules.RatingClosed) as refused:
            rate(session, hire, WORKER, at=hire.over + after)
        assert refused.value.details == {"why": "late"}


def test_the_first_is_seen_by_nobody_until_the_second_is_given_and_then_both_are(session):
    hire = make_paid_hire(session)
    rate(session, hire, WORKER, 2)
    before, later = hire.over + HOUR, hire.over + 2 * HOUR
    other = seen(session, hire, EMPLOYER, before)
    assert (other.others, other.other_gave) == (None, True)
    rate(session, hire, EMPLOYER, 4, at=later)
    assert seen(session, hire, EMPLOYER, later).others.stars == 2
    assert seen(session, hire, WORKER, later).others.stars == 4


def test_the_first_is_seen_after_seven_days_and_then_is_not_answered_in_kind(session):
    hire = make_paid_hire(session)
    rate(session, hire, WORKER, 1)
    shown = hire.over + 7 * DAY
    assert seen(session, hire, EMPLOYER, shown - SECOND).others is None
    assert seen(session, hire, EMPLOYER, shown - SECOND).until == shown
    assert seen(session, hire, EMPLOYER, shown).others.stars == 1
    assert seen(session, hire, EMPLOYER, shown).until is None
    with pytest.raises(rules.RatingClosed) as refused:
        rate(session, hire, EMPLOYER, 1, at=shown)
    assert refused.value.details == {"why": "shown"}


def test_it_is_changed_within_a_day_and_once_a_placement(session):
    hire = make_paid_hire(session)
    first = rate(session, hire, WORKER, 3)
    again = rate(session, hire, WORKER, 4, at=hire.over + DAY - SECOND, words="补一句，管饭好。")
    assert (again.id, again.stars, again.words, again.at) == (first.id, 4, "补一句，管饭好。", hire.over)
    with pytest.raises(rules.RatingFixed):
        rate(session, hire, WORKER, 5, at=hire.over + DAY)
    assert session.scalar(select(func.count()).select_from(Rating)) == 1


def test_it_is_not_changed_once_the_other_can_be_read(session):
    """Both gave: the worker reads the employer's one star, and may not take back the five given before."""
    hire = make_paid_hire(session)
    rate(session, hire, WORKER, 5)
    rate(session, hire, EMPLOYER, 1, at=hire.over + HOUR)
    for side in Side:
        with pytest.raises(rules.RatingFixed):
            rate(session, hire, side, 2, at=hire.over + 2 * HOUR)


def test_sent_twice_it_is_given_once_even_when_it_can_be_seen(session):
    hire = make_paid_hire(session)
    rate(session, hire, WORKER, 5)
    given = rate(session, hire, EMPLOYER, 4)
    assert rate(session, hire, EMPLOYER, 4) is given
    assert announced(session, "rating_given") == 2
    links = [link for link in session.info[evidence.QUEUED] if link["kind"] == "rated"]
    assert [link["body"] for link in links] == ['{"side":"worker","stars":5}', '{"side":"employer","stars":4}']


def test_ready_words_are_those_of_ones_own_side(session):
    hire = make_paid_hire(session)
    given = rate(session, hire, WORKER, chips=["fed_well", "paid_on_time", "fed_well"])
    assert given.chips == ["fed_well", "paid_on_time"]
    for chips in (["nimble"], ["handsome"], [chip.name for chip in queries.chips_of(WORKER)][:5]):
        with pytest.raises(InvalidValue) as refused:
            rate(session, hire, WORKER, 4, chips=chips)
        assert refused.value.details["field"] == "chips"


def test_no_ready_word_is_of_who_one_is():
    for chip in queries.chips().values():
        assert rules.check_words(chip.text, LEXICON) == chip.text
        assert not set(chip.text) & set("男女老少族教婚孕胖丑残")


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(session, stars):
    with pytest.raises(InvalidValue):
        rate(session, make_paid_hire(session), WORKER, stars)


@pytest.mark.parametrize(
    ("words", "category"),
    [("这老板就是个王 八 蛋", "abuse"), ("SB 老板", "abuse"), ("他妈的不给钱", "abuse"), ("河南人不行", "hukou_region"),
     ("以后只招男的", "gender"), ("这人有残疾", "health_or_disability")],
)  # fmt: skip
def test_words_that_abuse_or_tell_of_who_one_is_are_refused_with_what_is_at_fault(words, category):
    with pytest.raises(rules.WordsUnfit) as refused:
        rules.check_words(words, LEXICON)
    assert refused.value.details["category"] == category
    assert refused.value.details["words"] in words


@pytest.mark.parametrize(
    "words",
    ["收了押金不退，身份证也扣着", "说好 18 一小时，只给 15", "大妈的饭做得好", "干满一天才给钱，不满不给",
     "杂种水稻制种的活", "押着工资不给", ""],
)  # fmt: skip
def test_what_an_employer_did_may_be_said_though_no_posting_may_say_it(words):
    assert rules.check_words(f"  {words} ", LEXICON) == words


def test_two_hundred_characters_pass_and_one_more_does_not():
    assert len(rules.check_words("好" * 200, LEXICON)) == 200
    with pytest.raises(InvalidValue):
        rules.check_words("好" * 201, LEXICON)


def test_figures_begin_with_three_raters_and_each_counts_once(session):
    """One worker came three times and gave 1, 1 and 4: counted once, with their mean of 2."""
    employer, often = make_employer(session), make_worker(session)
    for days, stars in ((1, 1), (2, 1), (3, 4)):
        hire = make_paid_hire(session, employer=employer, worker=often, shifts=(shift(days),))
        rate(session, hire, WORKER, stars)
    late = hire.over + 8 * DAY
    figures = queries.employers_figures(session, employer_ids=[employer.id], at=late)
    assert figures == {employer.id: rules.Figure(None, 1)}
    for stars in (5, 5):
        rate(session, make_paid_hire(session, employer=employer), WORKER, stars)
    figures = queries.employers_figures(session, employer_ids=[employer.id, 999], at=late)
    assert figures == {employer.id: rules.Figure(4.0, 3)}


def test_a_workers_figure_is_of_employers(session):
    worker = make_worker(session)
    for days, stars in ((1, 5), (2, 4), (3, 4)):
        rate(session, make_paid_hire(session, worker=worker, shifts=(shift(days),)), EMPLOYER, stars)
    late = make_paid_hire(session).over + 20 * DAY
    figure = queries.workers_figures(session, worker_ids=[worker.id], at=late)[worker.id]
    assert (round(figure.stars, 2), figure.raters) == (4.33, 3)


def test_what_is_not_seen_yet_counts_in_no_figure(session):
    employer = make_employer(session)
    hires = [make_paid_hire(session, employer=employer) for _ in range(3)]
    for hire in hires:
        rate(session, hire, WORKER, 5)
    over = hires[0].over
    assert queries.employers_figures(session, employer_ids=[employer.id], at=over + 7 * DAY - SECOND) == {}
    assert queries.employers_figures(session, employer_ids=[employer.id], at=over + 7 * DAY)[employer.id].raters == 3


def test_praise_is_counted_by_workers_and_blame_is_not_praise(session):
    employer = make_employer(session)
    said = (["paid_on_time", "fed_well"], ["paid_on_time", "more_work"], ["paid_on_time"])
    for chips in said:
        hire = make_paid_hire(session, employer=employer)
        rate(session, hire, WORKER, 5, chips=chips)
    late = hire.over + 8 * DAY
    assert queries.praised(session, employer_id=employer.id, at=late) == [("准时给钱", 3), ("管饭好", 1)]


def test_only_what_is_seen_is_contested_by_whom_it_is_about_within_72_hours(session):
    hire = make_paid_hire(session)
    rate(session, hire, EMPLOYER, 1)
    shown = hire.over + 7 * DAY
    with pytest.raises(NotFound):
        contest(session, hire, WORKER, shown - SECOND)
    with pytest.raises(NotFound):
        contest(session, hire, EMPLOYER, shown)
    with pytest.raises(ReasonMissing):
        contest(session, hire, WORKER, shown, words="不对")
    assert seen(session, hire, WORKER, shown).contest_until == shown + 72 * HOUR
    assert seen(session, hire, WORKER, shown + 72 * HOUR).contest_until is None
    with pytest.raises(rules.ContestClosed):
        contest(session, hire, WORKER, shown + 72 * HOUR)
    contest(session, hire, WORKER, shown + 72 * HOUR - SECOND)
    with pytest.raises(rules.ContestClosed) as refused:
        contest(session, hire, WORKER, shown + 72 * HOUR - SECOND)
    assert refused.value.details == {"why": "contested"}


def test_staff_take_a_contested_rating_out_of_the_figures_or_let_it_stand(session):
    worker, staff = make_worker(session), make_staff(session)
    hires = [make_paid_hire(session, worker=worker, shifts=(shift(days),)) for days in (1, 2, 3, 4)]
    rows = [rate(session, hire, EMPLOYER, stars) for hire, stars in zip(hires, (5, 5, 5, 1), strict=True)]
    at = hires[-1].over + 8 * DAY
    assert queries.workers_figures(session, worker_ids=[worker.id], at=at)[worker.id] == rules.Figure(4.0, 4)
    with pytest.raises(IllegalMove):
        service.decide(session, rating_id=rows[3].id, hide=True, reason="签到记录证明没迟到", by=staff, at=at)
    contest(session, hires[3], WORKER, at)
    assert session.scalars(queries.contested(counties=["370829"])).all() == [rows[3]]
    with pytest.raises(ReasonMissing):
        service.decide(session, rating_id=rows[3].id, hide=True, reason="", by=staff, at=at)
    service.decide(session, rating_id=rows[3].id, hide=True, reason="签到记录证明没迟到", by=staff, at=at)
    with pytest.raises(IllegalMove):
        service.decide(session, rating_id=rows[3].id, hide=False, reason="再看一遍还是留", by=staff, at=at)
    assert queries.workers_figures(session, worker_ids=[worker.id], at=at)[worker.id] == rules.Figure(5.0, 3)
    assert session.scalars(queries.contested(counties=["370829"])).all() == []
    assert session.scalars(queries.contested(counties=["370829"], decided=True)).all() == [rows[3]]
    contest(session, hires[2], WORKER, hires[2].over + 8 * DAY)
    service.decide(session, rating_id=rows[2].id, hide=False, reason="照片和签到都对得上", by=staff, at=at)
    assert queries.workers_figures(session, worker_ids=[worker.id], at=at)[worker.id] == rules.Figure(5.0, 3)
    assert announced(session, "rating_decided") == 2


def test_ratings_of_another_county_are_not_in_the_queue(session):
    hire = make_paid_hire(session)
    rate(session, hire, EMPLOYER, 1)
    contest(session, hire, WORKER, hire.over + 7 * DAY)
    assert session.scalars(queries.contested(counties=["370828"])).all() == []


def test_many_placements_are_read_as_each_is(session):
    employer = make_employer(session)
    hires = [make_paid_hire(session, employer=employer) for _ in range(2)] + [make_hire(session, employer=employer)]
    rate(session, hires[0], WORKER, 4)
    rate(session, hires[1], EMPLOYER, 4)
    at, ids = hires[0].over + HOUR, [hire.placement.id for hire in hires]
    together = queries.views(session, placement_ids=ids, side=EMPLOYER, at=at)
    assert together == {hire.placement.id: seen(session, hire, EMPLOYER, at) for hire in hires}
    assert [together[id].settled_at is None for id in ids] == [False, False, True]
