"""Complaints: what is owed, what they are built from, which case they join, and how a case ends."""

import json
import multiprocessing
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.support.cases import complain, complain_all, late, make_unpaid, wage_of
from tests.support.hires import Hire, agree, make_hire, say
from tests.support.makers import COUNTY, NOW, make_employer, make_staff, make_worker
from tests.support.market import shift
from zero_work_market.ground.audit import SYSTEM, Actor, AuditRow
from zero_work_market.ground.db import connect, transaction
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotAllowed, NotFound
from zero_work_market.ground.evidence import Evidence, write_queued
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.ground.settings import settings
from zero_work_market.people.accounts.rules import OutOfScope, Role
from zero_work_market.people.employers.models import Employer
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.law.rules import NotSetHere
from zero_work_market.rights.arrears.rules import Ground, NotDueYet, NothingOwed, sum_lines
from zero_work_market.rights.disputes import queries, service
from zero_work_market.rights.disputes.models import Case, Claim
from zero_work_market.rights.disputes.rules import (
    Kind,
    Mediation,
    NotAgreed,
    Outcome,
    OutcomeNotHere,
    Procedure,
    Result,
    Stage,
    StillOwed,
)
from zero_work_market.rights.wages import service as wages

FORK = multiprocessing.get_context("fork")


def pay(session, hire: Hire, fen: int, *, at, number: str = "2026112400001") -> Any:
    wage = wage_of(session, hire)
    day = wage.last_day
    return wages.pay(
        session, wage_id=wage.id, fen=fen, paid_on=day, how="bank", number=number, by=hire.by_employer, at=at
    )


def test_a_worker_sees_the_largest_late_pay_first_and_then_what_is_due_next(session):
    worker = make_worker(session)
    small = make_unpaid(session, worker=worker)
    large = make_unpaid(session, worker=worker, shifts=(shift(2), shift(3)))
    ahead = make_unpaid(session, worker=worker, shifts=(shift(4),), pay_days=30)
    found = queries.unpaid(session, worker_id=worker.id, at=late(session, large))
    assert [(one.arrears.posting.id, one.fen) for one in found] == [
        (large.posting.id, 14400), (small.posting.id, 7200), (ahead.posting.id, 7200)
    ]  # fmt: skip
    assert [bool(one.fileable) for one in found] == [True, True, False]


def test_before_the_pay_day_nothing_can_be_complained_of_and_the_worker_hears_when(session):
    hire = make_unpaid(session)
    due_on = wage_of(session, hire).due_on
    with pytest.raises(NotDueYet) as refusal:
        complain(session, hire, at=hire.over)
    assert refusal.value.details == {"due_on": due_on}
    with pytest.raises(NotDueYet):
        complain(session, hire, at=late(session, hire, days=0))
    assert complain(session, hire, at=late(session, hire, days=1)).claim_fen == 7200


def test_hours_that_the_employer_disputes_can_be_complained_of_at_once(session):
    hire = make_hire(session)
    say(session, hire, "worker", 240)
    say(session, hire, "employer", 180)
    claim = complain(session, hire, at=hire.over)
    assert claim.claim_fen == 7200
    assert claim.built_from["shifts"][0]["ground"] == Ground.DISPUTED
    assert claim.built_from["shifts"][0]["said"] == {"worker": 240, "employer": 180}


def test_a_payment_that_never_came_can_be_complained_of_at_once(session):
    hire = make_unpaid(session)
    payment = pay(session, hire, 7200, at=hire.over)
    with pytest.raises(NothingOwed):
        complain(session, hire, at=hire.over)
    wages.answer_payment(session, payment_id=payment.id, received=False, by=hire.by_worker, at=hire.over)
    claim = complain(session, hire, at=hire.over)
    assert claim.claim_fen == 7200
    assert claim.built_from["wages"][0]["payments"][0]["denied_at"] is not None


@pytest.mark.parametrize(("spoken", "ground"), [(True, Ground.UNAGREED), (False, Ground.UNRECORDED)])
def test_work_without_agreed_hours_is_owed_once_its_pay_day_has_passed(session, spoken, ground):
    hire = make_hire(session)
    if spoken:
        say(session, hire, "worker", 210)
    with pytest.raises(NotDueYet):
        complain(session, hire, at=hire.over)
    claim = complain(session, hire)
    assert (claim.claim_fen, claim.built_from["shifts"][0]["ground"]) == (6300 if spoken else 7200, ground)
    assert "hours" in claim.missing


def test_a_shift_of_which_nobody_spoke_is_owed_without_its_break(session):
    hire = make_hire(session, shifts=(shift(hours=9),), break_minutes=60)
    claim = complain(session, hire)
    assert (claim.claim_fen, claim.built_from["shifts"][0]["minutes"]) == (14400, 480)


def test_what_is_missing_is_named_and_stops_nobody(session):
    claim = complain(session, make_unpaid(session))
    assert claim.missing == ["agreement", "address"]


def test_a_complaint_rests_on_frozen_facts_that_add_up_to_its_sum(session):
    hire = make_unpaid(session, shifts=(shift(1), shift(2, hours=3.5)))
    write_queued(session)
    pay(session, hire, 3000, at=hire.over)
    claim = complain(session, hire)
    facts = claim.built_from
    assert [(line.kind, line.fen) for line in sum_lines(facts)] == [("shift", 7200), ("shift", 6300), ("paid", -3000)]
    assert sum(line.fen for line in sum_lines(facts)) == facts["owed_fen"] == claim.claim_fen == 10500
    assert [one["mark"]["how"] for one in facts["shifts"]] == ["roll_call"] * 2
    kinds = {link["kind"] for link in facts["evidence"]}
    assert {"posting_published", "seat_accepted", "hours_agreed", "wage_made"} <= kinds
    pay(session, hire, 10500, at=late(session, hire), number="2026120100002")
    session.expire(claim)
    assert claim.built_from == facts


def test_a_rounded_wage_has_its_few_fen_in_a_line_of_their_own(session):
    hire = make_unpaid(session, pay_kind="hour", pay_fen=1801, shifts=(shift(1, hours=1.25), shift(2, hours=1.25)))
    lines = sum_lines(complain(session, hire).built_from)
    assert [(line.kind, line.fen) for line in lines] == [("shift", 2251), ("shift", 2251), ("rounding", 1)]


def test_a_second_tap_gives_the_claim_that_stands(session):
    hire = make_unpaid(session)
    at = late(session, hire)
    first = complain(session, hire, at=at, key="k1")
    assert complain(session, hire, at=at, key="k1").id == complain(session, hire, at=at).id == first.id
    assert len(session.scalars(select(Claim)).all()) == 1


def test_complaints_of_one_employer_join_the_open_case_of_the_county(session):
    employer = make_employer(session)
    first, second = complain_all(session, employer, 2)
    elsewhere = complain(session, make_unpaid(session, employer=employer, town="370828002", county="370828"))
    other = complain(session, make_unpaid(session))
    assert first.case_id == second.case_id
    assert len({first.case_id, elsewhere.case_id, other.case_id}) == 3


def test_who_complains_after_the_mediation_began_has_a_case_of_their_own(session):
    employer, staff = make_employer(session), make_staff(session)
    first = complain(session, make_unpaid(session, employer=employer))
    case = service.accept(session, case_id=first.case_id, by=staff, at=NOW)
    assert complain(session, make_unpaid(session, employer=employer)).case_id == case.id
    service.call_mediation(session, case_id=case.id, meet_at=NOW + timedelta(days=1), place="驿站", by=staff, at=NOW)
    assert complain(session, make_unpaid(session, employer=employer)).case_id != case.id


def test_a_claim_that_was_taken_back_can_be_made_again(session):
    hire = make_unpaid(session)
    first = complain(session, hire)
    service.take_back(session, claim_id=first.id, worker_id=hire.worker.id, by=hire.by_worker, at=NOW)
    second = complain(session, hire)
    assert (second.case_id, second.id != first.id) == (first.case_id, True)
    assert session.get_one(Case, first.case_id).open_claims == [second]


def test_workers_in_several_open_cases_of_one_employer_count_together(session):
    employer, staff = make_employer(session), make_staff(session)
    first = complain_all(session, employer, 6)[0]
    service.accept(session, case_id=first.case_id, by=staff, at=NOW)
    service.refer(session, case_id=first.case_id, procedure=Procedure.SIMPLE, by=staff, at=NOW)
    second = complain_all(session, employer, 3)[0]
    assert second.case_id != first.case_id
    cases = [session.get_one(Case, claim.case_id) for claim in (first, second)]
    assert [case.supervised_at for case in cases] == [None, None]
    complain_all(session, employer, 1)
    assert all(case.supervised_at is not None for case in cases)
    assert cases[0].steps[-1].details == {"workers": 10, "threshold": 10}


def test_ten_workers_in_one_case_put_it_on_the_supervision_list_and_nine_do_not(session):
    employer = make_employer(session)
    *_, ninth = complain_all(session, employer, 9, headcount=1)
    case = session.get_one(Case, ninth.case_id)
    assert case.supervised_at is None
    complain(session, make_unpaid(session, employer=employer))
    assert case.supervised_at is not None
    assert case.steps[-1].details == {"workers": 10, "threshold": 10}


@pytest.fixture
def own_limits() -> Iterator[Path]:
    """The file in which a place sets what no law does; read anew with it, and without it after."""
    path = settings().home / law.OWN_LIMITS
    law.gate_law.cache_clear()
    yield path
    path.unlink()
    law.gate_law.cache_clear()


def test_how_many_workers_make_a_case_collective_is_set_by_the_place_from_a_day_on(session, own_limits):
    own_limits.write_text("- {name: collective_case_workers, value: 3, from: 2026-11-24, source: 县里定的}\n")
    assert [law.limit("collective_case_workers", date(2026, 11, day)).value for day in (23, 24)] == [10, 3]
    claims = complain_all(session, make_employer(session), 3)
    case = queries.case(session, claims[0].case_id)
    assert case.supervised_at is not None
    assert case.steps[-1].details == {"workers": 3, "threshold": 3}


@pytest.mark.parametrize(
    "row", ["case_accept_days, value: 9", "no_such_days, value: 9", "collective_case_workers, value: 0"]
)
def test_what_the_law_sets_is_not_the_places_to_set(own_limits, row):
    own_limits.write_text(f"- {{name: {row}, from: 2026-11-24, source: 县里定的}}\n")
    with pytest.raises(NotSetHere):
        law.gate_law()
    assert "can't be set" in law.check()[0]


def test_two_claims_of_one_worker_are_one_worker(session):
    employer, worker = make_employer(session), make_worker(session)
    complain_all(session, employer, 8)
    for days in (2, 3):
        claim = complain(session, make_unpaid(session, employer=employer, worker=worker, shifts=(shift(days),)))
    assert session.get_one(Case, claim.case_id).supervised_at is None


def test_a_claim_shows_what_came_since_and_is_settled_by_the_ledger(session):
    hire = make_unpaid(session)
    claim = complain(session, hire)
    at = claim.filed_at + timedelta(days=1)
    pay(session, hire, 7000, at=at)
    standing = queries.standing(session, claim)
    assert (standing.came_fen, standing.left_fen, standing.settled) == (7000, 200, False)
    pay(session, hire, 200, at=at, number="2026120100002")
    assert queries.standing(session, claim).settled


def test_hours_agreed_after_the_complaint_are_part_of_the_claim(session):
    hire = make_hire(session)
    claim = complain(session, hire)
    assert queries.standing(session, claim).unagreed == 1
    agree(session, hire, 180, at=claim.filed_at)
    assert queries.standing(session, claim).left_fen == 5400


def test_a_case_is_closed_as_paid_only_when_the_ledger_says_so(session):
    hire, staff = make_unpaid(session), make_staff(session)
    claim = complain(session, hire)
    with pytest.raises(StillOwed):
        service.close(session, case_id=claim.case_id, outcome=Outcome.PAID, by=staff, at=NOW)
    pay(session, hire, 7200, at=claim.filed_at)
    case = service.close(session, case_id=claim.case_id, outcome=Outcome.PAID, by=staff, at=claim.filed_at)
    assert (case.stage, case.outcome, closed_with(session)) == (Stage.CLOSED, Outcome.PAID, 7200)


def closed_with(session) -> int:
    """What the case brought, as the chain of evidence says."""
    write_queued(session)
    link = session.scalars(select(Evidence).where(Evidence.kind == "case_closed")).one()
    return json.loads(link.body)["recovered_fen"]


def mediated(session, claim: Claim, staff: Actor, result: Result, sums: dict[int, int]) -> None:
    record = Mediation(
        held_on=date(2026, 11, 23), place="卧龙山驿站", present="两边都来了", worker_said="干了四小时",
        employer_said="月底给", result=result, pay_by=date(2026, 12, 31) if sums else None, sums=sums,
    )  # fmt: skip
    service.record_mediation(session, case_id=claim.case_id, record=record, by=staff, at=NOW)


def test_a_case_is_settled_only_by_a_mediation_that_agreed(session):
    staff, claim = make_staff(session), complain(session, make_unpaid(session))
    service.accept(session, case_id=claim.case_id, by=staff, at=NOW)
    mediated(session, claim, staff, Result.FAILED, {})
    with pytest.raises(NotAgreed):
        service.close(session, case_id=claim.case_id, outcome=Outcome.SETTLED, by=staff, at=NOW)
    mediated(session, claim, staff, Result.AGREED, {claim.id: 7000})
    service.close(session, case_id=claim.case_id, outcome=Outcome.SETTLED, by=staff, at=NOW)
    assert (claim.promised_fen, closed_with(session)) == (7000, 0)


def test_what_a_case_recovered_is_what_was_paid_since_and_not_what_was_promised(session):
    hire, staff = make_unpaid(session), make_staff(session)
    pay(session, hire, 1000, at=hire.over)
    claim = complain(session, hire)
    service.accept(session, case_id=claim.case_id, by=staff, at=NOW)
    mediated(session, claim, staff, Result.AGREED, {claim.id: 6000})
    pay(session, hire, 2500, at=claim.filed_at, number="2026120100009")
    case = service.close(session, case_id=claim.case_id, outcome=Outcome.SETTLED, by=staff, at=claim.filed_at)
    assert (case.steps[-1].details["promised_fen"], closed_with(session)) == (6000, 2500)
    pay(session, hire, 3500, at=claim.filed_at, number="2026120100010")
    assert queries.standing(session, claim).came_fen == 6000


def test_an_agreement_names_a_sum_for_every_open_claim_and_none_above_it(session):
    staff = make_staff(session)
    first, second = complain_all(session, make_employer(session), 2)
    service.accept(session, case_id=first.case_id, by=staff, at=NOW)
    for sums in ({first.id: 7200}, {first.id: 7200, second.id: 7201}):
        with pytest.raises(InvalidValue):
            mediated(session, first, staff, Result.AGREED, sums)


def test_an_award_needs_a_hearing(session):
    staff, claim = make_staff(session), complain(session, make_unpaid(session))
    award = {"case_id": claim.case_id, "outcome": Outcome.AWARDED, "sums": {claim.id: 7200}, "by": staff, "at": NOW}
    service.accept(session, case_id=claim.case_id, by=staff, at=NOW)
    with pytest.raises(OutcomeNotHere):
        service.close(session, **award)
    service.refer(session, case_id=claim.case_id, procedure=Procedure.SIMPLE, by=staff, at=NOW)
    assert service.close(session, **award).outcome == Outcome.AWARDED
    with pytest.raises((IllegalMove, OutcomeNotHere)):
        service.close(session, **award)


def test_nobody_but_staff_of_the_county_handles_a_case(session):
    claim = complain(session, make_unpaid(session))
    deed = {"session": session, "case_id": claim.case_id, "at": NOW}
    with pytest.raises(OutOfScope):
        service.accept(by=make_staff(session, Role.COUNTY, "370828"), **deed)
    with pytest.raises(NotAllowed):
        service.accept(by=make_staff(session, Role.TOWN, f"{COUNTY}001"), **deed)
    assert service.accept(by=make_staff(session, Role.CITY, "370800"), **deed).stage == Stage.ACCEPTED


def test_only_the_own_claim_is_taken_back_and_only_the_own_case_answered(session):
    hire, other = make_unpaid(session), make_unpaid(session)
    claim = complain(session, hire)
    with pytest.raises(NotFound):
        service.take_back(session, claim_id=claim.id, worker_id=other.worker.id, by=other.by_worker, at=NOW)
    told = {"words": "下周给", "by": other.by_employer, "at": NOW}
    with pytest.raises(NotFound):
        service.answer(session, case_id=claim.case_id, employer_id=other.employer.id, **told)


def test_a_complaint_leaves_its_link_its_audit_row_and_its_event(session):
    hire, staff = make_unpaid(session), make_staff(session)
    claim = complain(session, hire)
    service.accept(session, case_id=claim.case_id, by=staff, at=NOW)
    write_queued(session)
    links = session.scalars(select(Evidence).where(Evidence.kind.startswith("case_")).order_by(Evidence.number)).all()
    assert [(link.chain, link.kind, link.placement_id, link.body) for link in links] == [
        (COUNTY, "case_filed", hire.placement.id, f'{{"case":{claim.case_id},"claim_fen":7200}}'),
        (COUNTY, "case_moved", None, f'{{"case":{claim.case_id},"stage":"accepted"}}'),
    ]
    told = session.scalars(select(AuditRow.verb).where(AuditRow.subject == f"case:{claim.case_id}")).all()
    assert told == ["case.claimed", "case.accepted"]
    assert len(session.scalars(select(OutboxRow).where(OutboxRow.kind == "case_stepped")).all()) == 2


def test_the_employer_is_reminded_of_a_pay_day_once_a_day(session):
    hire = make_unpaid(session)
    told = {"posting_id": hire.posting.id, "worker_id": hire.worker.id, "by": hire.by_worker}
    days = (hire.over, hire.over + timedelta(minutes=1), hire.over + timedelta(days=1))
    assert [service.remind(session, at=at, **told) for at in days] == [True, False, True]


def test_staff_put_a_case_on_the_supervision_list_and_take_it_off_with_a_reason(session):
    staff, claim = make_staff(session), complain(session, make_unpaid(session))
    case = service.supervise(session, case_id=claim.case_id, reason="数额大，年底前", by=staff, at=NOW)
    assert case.steps[-1].words == "数额大，年底前"
    service.lift(session, case_id=case.id, reason="已经给了一半", by=staff, at=NOW)
    assert (case.supervised_at, [step.kind for step in case.steps][-2:]) == (None, [Kind.SUPERVISED, Kind.LIFTED])


def _complain(url: str, barrier: Any, cases: Any, posting_id: int, worker_id: int, at: Any) -> None:
    connect(url)
    barrier.wait()
    with transaction() as session:
        claim = service.complain(session, posting_id=posting_id, worker_id=worker_id, by=SYSTEM, at=at)
        cases.put(claim.case_id)


def test_workers_who_complain_at_once_end_in_one_case(database: Engine, database_url: str) -> None:
    """Real processes, each with a posting of its own of the same employer; three rounds."""
    with transaction() as session:
        rounds = []
        for _ in range(3):
            employer: Employer = make_employer(session)
            hires = [make_unpaid(session, employer=employer) for _ in range(2)]
            rounds.append([(one.posting.id, one.worker.id, late(session, one)) for one in hires])
    database.dispose()
    for crowd in rounds:
        barrier, cases = FORK.Barrier(len(crowd)), FORK.Queue()
        ran = [FORK.Process(target=_complain, args=(database_url, barrier, cases, *one)) for one in crowd]
        for one in ran:
            one.start()
        found = {cases.get(timeout=30) for _ in ran}
        for one in ran:
            one.join()
        assert [one.exitcode for one in ran] == [0] * len(ran)
        assert len(found) == 1
