"""The legal clock of a wage case: 5 days to take it on, 15 to mediate, 30 or 45 (+15) to hear it."""

from datetime import date, datetime, timedelta

import pytest

from tests.support.cases import complain, make_unpaid
from tests.support.makers import make_staff
from zero_work_market.ground.clock import SHANGHAI, local_date
from zero_work_market.ground.errors import IllegalMove, InvalidValue
from zero_work_market.people.accounts.rules import ReasonMissing
from zero_work_market.reference.law import queries as law
from zero_work_market.rights.disputes import queries, service
from zero_work_market.rights.disputes.models import Case
from zero_work_market.rights.disputes.rules import MOVES, OUTCOMES, CannotExtend, Procedure, Stage, require_move

FILED = datetime(2026, 12, 7, 10, tzinfo=SHANGHAI)


@pytest.fixture
def case(session) -> Case:
    """Filed on a Monday, before noon."""
    return session.get_one(Case, complain(session, make_unpaid(session), at=FILED).case_id)


@pytest.fixture
def staff(session):
    return make_staff(session)


def test_a_case_must_be_taken_on_within_five_days(case):
    assert case.due_on == date(2026, 12, 12)


def test_a_case_filed_a_minute_before_midnight_counts_from_that_day(session):
    at = datetime(2026, 12, 7, 23, 59, tzinfo=SHANGHAI)
    claim = complain(session, make_unpaid(session), at=at)
    assert session.get_one(Case, claim.case_id).due_on == date(2026, 12, 12)


def test_mediation_has_fifteen_days_from_the_acceptance_and_no_more_once_it_began(session, case, staff):
    service.accept(session, case_id=case.id, by=staff, at=FILED + timedelta(days=2))
    assert case.due_on == date(2026, 12, 24)
    at = FILED + timedelta(days=5)
    service.call_mediation(session, case_id=case.id, meet_at=at + timedelta(days=1), place="驿站", by=staff, at=at)
    assert (case.stage, case.due_on) == (Stage.MEDIATING, date(2026, 12, 24))


@pytest.mark.parametrize(
    ("procedure", "due_on"), [(Procedure.SIMPLE, date(2027, 1, 8)), (Procedure.ORDINARY, date(2027, 1, 23))]
)
def test_wages_are_heard_in_thirty_days_by_the_simple_procedure_and_in_forty_five_by_the_ordinary(
    session, case, staff, procedure, due_on
):
    service.accept(session, case_id=case.id, by=staff, at=FILED + timedelta(days=2))
    service.refer(session, case_id=case.id, procedure=procedure, by=staff, at=FILED + timedelta(days=2))
    assert case.due_on == due_on


def heard(session, case: Case, staff, procedure: Procedure) -> None:
    service.accept(session, case_id=case.id, by=staff, at=FILED)
    service.refer(session, case_id=case.id, procedure=procedure, by=staff, at=FILED)


def test_an_ordinary_hearing_is_extended_once_by_at_most_fifteen_days_and_with_a_reason(session, case, staff):
    heard(session, case, staff, Procedure.ORDINARY)
    deed = {"session": session, "case_id": case.id, "by": staff, "at": FILED}
    with pytest.raises(InvalidValue):
        service.extend(days=16, reason="要等鉴定结果", **deed)
    with pytest.raises(ReasonMissing):
        service.extend(days=15, reason="", **deed)
    assert service.extend(days=15, reason="要等鉴定结果", **deed).due_on == date(2026, 12, 7) + timedelta(days=60)
    with pytest.raises(CannotExtend):
        service.extend(days=1, reason="再等一天", **deed)


def test_a_simple_hearing_is_not_extended(session, case, staff):
    heard(session, case, staff, Procedure.SIMPLE)
    with pytest.raises(CannotExtend):
        service.extend(session, case_id=case.id, days=5, reason="人手不够", by=staff, at=FILED)


def test_a_case_that_was_not_taken_on_is_neither_mediated_nor_heard(session, case, staff):
    with pytest.raises(IllegalMove):
        service.call_mediation(
            session, case_id=case.id, meet_at=FILED + timedelta(days=1), place="驿站", by=staff, at=FILED
        )
    with pytest.raises(IllegalMove):
        service.refer(session, case_id=case.id, procedure=Procedure.SIMPLE, by=staff, at=FILED)


@pytest.mark.parametrize("current", list(Stage))
@pytest.mark.parametrize("target", list(Stage))
def test_a_stage_follows_only_as_the_table_says(current, target):
    if target in MOVES[current]:
        require_move(current, target)
    else:
        with pytest.raises(IllegalMove):
            require_move(current, target)


def test_every_stage_but_the_last_can_end_the_case():
    assert {stage for stage in Stage if OUTCOMES[stage]} == {stage for stage in Stage if Stage.CLOSED in MOVES[stage]}


def test_the_queue_puts_the_most_urgent_case_first_and_holds_what_waits_for_a_step_or_ends_soon(session, case, staff):
    later = session.get_one(Case, complain(session, make_unpaid(session), at=FILED + timedelta(days=9)).case_id)
    here = [case.county]
    assert list(session.scalars(queries.open_cases(counties=here))) == [case, later]
    assert queries.count(session, queries.pressing(counties=here, by=case.due_on - timedelta(days=1))) == 2
    service.accept(session, case_id=case.id, words="", by=staff, at=FILED)
    meet = FILED + timedelta(days=1)
    service.call_mediation(session, case_id=case.id, meet_at=meet, place="驿站", by=staff, at=FILED)
    session.refresh(case)
    assert list(session.scalars(queries.pressing(counties=here, by=case.due_on - timedelta(days=1)))) == [later]
    assert set(session.scalars(queries.pressing(counties=here, by=case.due_on))) == {case, later}
    assert queries.count(session, queries.open_cases(counties=["370828"])) == 0


@pytest.mark.parametrize(
    ("name", "value", "confirmed"),
    [
        ("case_accept_days", 5, True), ("case_mediate_days", 15, True), ("case_hearing_days", 45, True),
        ("case_extension_days", 15, True), ("case_simple_days", 30, False), ("collective_case_workers", 10, False),
        ("major_case_yuan", 100_000, False),
    ],
)  # fmt: skip
def test_the_days_are_dated_data_that_says_whether_its_article_was_read(name, value, confirmed):
    found = law.limit(name, local_date(FILED))
    assert (found.value, found.confirmed) == (value, confirmed)
    assert law.clause(found.clause_id).source
