"""Courses from the first offer to the certificate: who may do what, and what is done once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.support.courses import (
    DAYS,
    FORKLIFT,
    TODAY,
    certify,
    end,
    enrol,
    grade,
    make_batch,
    make_course,
    make_trained,
    new_course,
    teach,
)
from tests.support.makers import COUNTY, NOW, TOWN, VILLAGE, make_employer, make_staff, make_worker, oneself
from tests.support.market import make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotAllowed, NotFound
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.applications.models import Application
from zero_work_market.market.shortlists.queries import shortlist
from zero_work_market.people.accounts.rules import OutOfScope, Role
from zero_work_market.people.workers.models import Skill
from zero_work_market.people.workers.rules import NewSkill
from zero_work_market.policy.courses import queries, rules, service
from zero_work_market.policy.courses.models import Certificate, Enrolment, SubsidyClaim
from zero_work_market.policy.courses.rules import BatchState, ClaimState, Kind, Lacks, OrderState, Out, State


def announced(session: Session, kind: str) -> list[dict[str, int]]:
    return list(session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def test_a_course_has_a_code_of_its_own_and_batches_with_numbers(session: Session) -> None:
    first, second = make_course(session), make_course(session, name="焊工班")
    assert (first.code, second.code) == (f"PX{first.id:05d}", f"PX{second.id:05d}")
    assert [make_batch(session, first).number, make_batch(session, first).number] == [1, 2]
    assert make_batch(session, second).number == 1


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"level": 6}, {"hours": 0}, {"provider": ""}, {"name": "长" * 41}, {"county": "370899"}]
)
def test_a_course_says_what_it_is(session: Session, wrong: dict[str, object]) -> None:
    with pytest.raises((InvalidValue, NotFound)):
        make_course(session, **wrong)


def test_county_staff_run_courses_of_their_county_and_nobody_below_does(session: Session) -> None:
    asked = {"session": session, "new": new_course(), "at": NOW}
    service.make_course(**asked, by=make_staff(session))
    with pytest.raises(OutOfScope):
        service.make_course(**asked, by=make_staff(session, Role.COUNTY, "370828"))
    for by in (make_staff(session, Role.TOWN, TOWN), make_staff(session, Role.VILLAGE_AGENT, VILLAGE)):
        with pytest.raises(NotAllowed):
            service.make_course(**asked, by=by)


def test_what_figures_stand_on_stays_once_there_is_a_batch(session: Session) -> None:
    course = make_course(session)
    asked = {"session": session, "course_id": course.id, "by": SYSTEM, "at": NOW}
    service.change_course(**asked, new=new_course(level=2))
    make_batch(session, course)
    service.change_course(**asked, new=new_course(level=2, name="叉车工中级班"))
    assert course.name == "叉车工中级班"
    for changed in ({"level": 3}, {"level": 2, "subsidised": False}):
        with pytest.raises(InvalidValue):
            service.change_course(**asked, new=new_course(**changed))


def test_a_county_has_one_flagship_a_year(session: Session) -> None:
    first, second = make_course(session), make_course(session, name="焊工班")
    asked = {"session": session, "by": SYSTEM, "at": NOW}
    service.name_flagship(**asked, course_id=first.id, year=2026)
    service.name_flagship(**asked, course_id=first.id, year=2026)
    with pytest.raises(rules.FlagshipTaken) as refused:
        service.name_flagship(**asked, course_id=second.id, year=2026)
    assert refused.value.details == {"county": COUNTY, "year": 2026, "course": "叉车工高级班"}
    service.name_flagship(**asked, course_id=second.id, year=2027)
    elsewhere = make_course(session, county="370828")
    service.name_flagship(**asked, course_id=elsewhere.id, year=2026)
    assert {county: row.course_id for county, row in queries.flagships(session, year=2026).items()} == {
        COUNTY: first.id, "370828": elsewhere.id,
    }  # fmt: skip
    service.drop_flagship(**asked, course_id=first.id, year=2026)
    service.name_flagship(**asked, course_id=second.id, year=2026)
    assert queries.flagship_years(session, [second.id]) == {second.id: [2026, 2027]}


def test_who_is_entered_twice_is_on_the_roster_once(session: Session) -> None:
    batch, worker = make_batch(session), make_worker(session)
    first, again = enrol(session, batch, worker), enrol(session, batch, worker)
    assert first.id == again.id
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 1


def test_the_last_place_is_taken_once_and_falls_free_again(session: Session) -> None:
    batch, first = make_batch(session, places=1), make_worker(session)
    enrol(session, batch, first)
    second = make_worker(session)
    with pytest.raises(rules.BatchFull):
        enrol(session, batch, second)
    service.leave(session, batch_id=batch.id, worker_id=first.id, by=oneself(first), at=NOW)
    enrol(session, batch, second)
    with pytest.raises(rules.BatchFull):
        enrol(session, batch, first)


def test_people_enrol_themselves_and_agents_enter_their_own_villagers(session: Session) -> None:
    batch = make_batch(session)
    here, there = make_worker(session, village=VILLAGE), make_worker(session, village=f"{TOWN}202")
    agent = make_staff(session, Role.VILLAGE_AGENT, VILLAGE)
    asked = {"session": session, "batch_id": batch.id, "at": NOW}
    assert service.enrol(**asked, worker_id=there.id, by=oneself(there)).enrolled_by is None
    assert service.enrol(**asked, worker_id=here.id, by=agent).enrolled_by == agent.account_id
    for by in (agent, oneself(here), make_staff(session, Role.COUNTY, "370828")):
        with pytest.raises(NotAllowed):
            service.leave(**asked, worker_id=there.id, by=by)
    assert [row.worker_id for row in queries.roster(session, batch.id, [VILLAGE])] == [here.id]


def test_who_runs_the_course_enters_people_from_anywhere(session: Session) -> None:
    batch, worker = make_batch(session), make_worker(session, town="370828001")
    by = make_staff(session, Role.COUNTY, COUNTY)
    assert service.enrol(session, batch_id=batch.id, worker_id=worker.id, by=by, at=NOW).enrolled_by == by.account_id


def test_nobody_enrols_in_a_batch_that_ended_or_a_course_taken_off(session: Session) -> None:
    batch = make_batch(session)
    make_trained(session, batch)
    with pytest.raises(rules.BatchClosed):
        enrol(session, batch)
    other = make_batch(session)
    service.close_course(session, course_id=other.course_id, by=SYSTEM, at=NOW)
    with pytest.raises(rules.BatchClosed):
        enrol(session, other)


def test_the_roster_of_a_day_is_called_anew_and_the_last_word_holds(session: Session) -> None:
    batch = make_batch(session)
    one, two = enrol(session, batch), enrol(session, batch)
    asked = {"session": session, "batch_id": batch.id, "by": SYSTEM, "at": NOW}
    service.call_roster(**asked, day=DAYS[0], present={one.id, two.id})
    assert (batch.state, one.state) == (BatchState.RUNNING, State.ATTENDING)
    service.call_roster(**asked, day=DAYS[0], present={two.id})
    assert (one.state, two.state) == (State.ENROLLED, State.ATTENDING)
    assert queries.presence(session, batch.id) == {two.id: {DAYS[0]}}
    for day in (DAYS[0] - timedelta(days=1), DAYS[-1] + timedelta(days=1)):
        with pytest.raises(InvalidValue):
            service.call_roster(**asked, day=day, present=set())
    later = make_batch(session, starts_on=TODAY)
    with pytest.raises(InvalidValue):
        service.call_roster(**asked | {"batch_id": later.id}, day=TODAY + timedelta(days=1), present=set())


def test_a_stranger_on_the_list_of_the_day_isnt_marked(session: Session) -> None:
    batch, elsewhere = make_batch(session), enrol(session, make_batch(session))
    row = enrol(session, batch)
    service.call_roster(session, batch_id=batch.id, day=DAYS[0], present={row.id, elsewhere.id}, by=SYSTEM, at=NOW)
    assert queries.presence(session, elsewhere.batch_id) == {}


def test_whether_somebody_counts_follows_the_days_also_when_they_are_mended(session: Session) -> None:
    batch = make_batch(session)
    row, short = enrol(session, batch), enrol(session, batch)
    assert row.why_out == Out.GOING_ON
    with pytest.raises(rules.NothingHeld):
        end(session, batch)
    teach(session, batch, absent={row.id: 1, short.id: 2})
    end(session, batch)
    assert (batch.ended_on, row.why_out, short.why_out) == (DAYS[-1], None, Out.ABSENT)
    service.call_roster(session, batch_id=batch.id, day=DAYS[-1], present={short.id, row.id}, by=SYSTEM, at=NOW)
    assert (row.why_out, short.why_out) == (None, None)


def test_sixty_passes_and_a_pass_is_announced_once(session: Session) -> None:
    batch = make_batch(session)
    passed, failed, absent = (enrol(session, batch) for _ in range(3))
    teach(session, batch, absent={absent.id: 5})
    grade(session, passed, 60)
    grade(session, failed, 59)
    grade(session, passed, 60)
    assert (passed.state, failed.state) == (State.PASSED, State.FAILED)
    with pytest.raises(IllegalMove):
        grade(session, passed, 90)
    with pytest.raises(IllegalMove):
        grade(session, absent, 90)
    with pytest.raises(InvalidValue):
        grade(session, failed, 101)
    grade(session, failed, 75)
    assert announced(session, "course_passed") == [{"enrolment_id": passed.id}, {"enrolment_id": failed.id}]
    assert queries.result(session, absent.id) is None
    found = queries.result(session, failed.id)
    assert found == queries.Result(failed.worker_id, batch.course.code, "", 3, 75, TODAY)


def test_a_certificate_stands_as_seen_on_the_skill(session: Session) -> None:
    worker = make_worker(session, skills=[NewSkill(FORKLIFT, 1)])
    certify(session, make_trained(session, worker=worker), number="S000037082900001")
    [skill] = session.scalars(select(Skill).where(Skill.worker_id == worker.id))
    assert (skill.level, skill.certificate) == (3, "叉车吊车高级工，S000037082900001")
    assert skill.certificate_seen_at == NOW


def test_the_engine_ranks_by_the_certificate(database: Engine) -> None:
    now = clock.now()
    with transaction() as session:
        posting = make_posting(session, at=now, occupations=((FORKLIFT, 3),), shifts=(shift(now=now),))
        better = make_worker(session, skills=[NewSkill(FORKLIFT, 2)])
        worker = make_worker(session, skills=[NewSkill(FORKLIFT, 1)])
        row = make_trained(session, worker=worker)
    assert [place.worker_id for place in shortlist(posting, k=5).places] == [better.id, worker.id]
    with transaction() as session:
        certify(session, row)
    assert [place.worker_id for place in shortlist(posting, k=5).places] == [worker.id, better.id]


def test_a_certificate_makes_a_skill_where_there_was_none_and_lowers_no_higher_one(session: Session) -> None:
    fresh = make_worker(session)
    certify(session, make_trained(session, worker=fresh))
    assert [(skill.occupation, skill.level) for skill in fresh.skills] == [(FORKLIFT, 3)]
    lower = make_batch(session, make_course(session, level=2))
    certify(session, make_trained(session, lower, fresh))
    assert [(skill.occupation, skill.level) for skill in fresh.skills] == [(FORKLIFT, 3)]


def test_a_certificate_is_one_a_person_trade_and_level_and_its_number_is_nobody_elses(session: Session) -> None:
    worker = make_worker(session)
    row = make_trained(session, worker=worker)
    first = certify(session, row, number="S1234567")
    assert certify(session, row, number="S1234567").id == first.id
    with pytest.raises(rules.CertificateHeld):
        certify(session, row, number="S7654321")
    with pytest.raises(rules.CertificateHeld):
        certify(session, make_trained(session, worker=worker), number="S7654321")
    with pytest.raises(InvalidValue):
        certify(session, make_trained(session), number="s1234567")
    assert session.scalar(select(func.count()).select_from(Certificate)) == 1
    assert announced(session, "certificate_issued") == [{"certificate_id": first.id}]


def test_only_who_passed_is_certified(session: Session) -> None:
    row = enrol(session, batch := make_batch(session))
    teach(session, batch)
    with pytest.raises(IllegalMove):
        certify(session, row)


def test_gaoji_may_claim_the_subsidy_and_zhongji_may_not(session: Session) -> None:
    high = make_trained(session, worker=(worker := make_worker(session)))
    asked = {"session": session, "kind": Kind.SKILL, "at": NOW}
    with pytest.raises(rules.NotEligible) as refused:
        service.claim(**asked, enrolment_id=high.id, by=oneself(worker))
    assert refused.value.details["lacks"] == Lacks.NO_CERTIFICATE
    certify(session, high)
    claim = service.claim(**asked, enrolment_id=high.id, by=oneself(worker))
    assert (claim.state, claim.fen, claim.level) == (ClaimState.ASKED, None, 3)
    assert service.claim(**asked, enrolment_id=high.id, by=oneself(worker)).id == claim.id
    middle = make_trained(session, make_batch(session, make_course(session, level=2)))
    certify(session, middle)
    with pytest.raises(rules.NotEligible) as refused:
        service.claim(**asked, enrolment_id=middle.id, by=SYSTEM)
    assert refused.value.details["lacks"] == Lacks.LEVEL
    assert session.scalar(select(func.count()).select_from(SubsidyClaim)) == 1


def test_a_figure_that_no_document_confirms_is_entered_by_who_decides(session: Session) -> None:
    row = make_trained(session)
    claim = service.claim(session, enrolment_id=row.id, kind=Kind.TRAINING, by=SYSTEM, at=NOW)
    asked = {"session": session, "claim_id": claim.id, "at": NOW}
    with pytest.raises(OutOfScope):
        service.approve(**asked, fen=80_000, reason="济人社发", by=make_staff(session, Role.COUNTY, "370828"))
    by = make_staff(session)
    with pytest.raises(InvalidValue):
        service.approve(**asked, fen=None, reason="济人社发", by=by)
    service.approve(**asked, fen=80_000, reason="补贴目录 2026", by=by)
    assert (claim.state, claim.fen, claim.reason) == (ClaimState.APPROVED, 80_000, "补贴目录 2026")
    with pytest.raises(IllegalMove):
        service.refuse(**asked, reason="算错了的", by=by)
    assert announced(session, "subsidy_decided") == [{"claim_id": claim.id}]


def test_a_refused_claim_may_be_asked_for_again(session: Session) -> None:
    row = make_trained(session)
    asked = {"session": session, "enrolment_id": row.id, "kind": Kind.TRAINING, "by": SYSTEM, "at": NOW}
    claim = service.claim(**asked)
    service.refuse(session, claim_id=claim.id, reason="材料不全", by=SYSTEM, at=NOW)
    assert service.claim(**asked).state == ClaimState.ASKED


def test_an_employer_orders_training_for_a_posting_and_who_passes_is_invited(session: Session) -> None:
    employer = make_employer(session)
    posting = make_posting(session, employer=employer, occupations=((FORKLIFT, 3),), shifts=(shift(14),))
    asked = {"session": session, "posting_id": posting.id, "words": "会倒车就行", "at": NOW}
    with pytest.raises(NotAllowed):
        service.ask_training(**asked, places=20, by=oneself(make_employer(session, name="别家有限公司")))
    order = service.ask_training(**asked, places=20, by=oneself(employer))
    assert service.ask_training(**asked, places=18, by=oneself(employer)).id == order.id
    assert order.places == 18
    course = make_course(session, order_id=order.id)
    assert (order.state, order.course_id) == (OrderState.TAKEN, course.id)
    with pytest.raises(IllegalMove):
        make_course(session, order_id=order.id)
    row = make_trained(session, make_batch(session, course))
    asked = {"session": session, "enrolment_id": row.id, "by": SYSTEM, "at": NOW}
    [invited] = service.invite_passed(**asked)
    assert (invited.posting_id, invited.worker_id) == (posting.id, row.worker_id)
    assert service.invite_passed(**asked) == []
    assert queries.passed_in(session, course.id) == [row.worker_id]


def test_when_the_posting_is_over_the_employers_next_of_the_trade_takes_its_place(session: Session) -> None:
    employer = make_employer(session)
    of_trade = {"employer": employer, "occupations": ((FORKLIFT, 3),)}
    posting = make_posting(session, **of_trade, shifts=(shift(1),))
    by = oneself(employer)
    order = service.ask_training(session, posting_id=posting.id, places=5, words="", by=by, at=NOW)
    row = make_trained(session, make_batch(session, make_course(session, order_id=order.id)))
    make_posting(session, employer=employer, shifts=(shift(5),))
    make_posting(session, **of_trade, shifts=(shift(9),))
    soonest = make_posting(session, **of_trade, shifts=(shift(7),))
    make_posting(session, occupations=((FORKLIFT, 3),), shifts=(shift(6),))
    [invited] = service.invite_passed(session, enrolment_id=row.id, by=SYSTEM, at=posting.closes_at)
    assert invited.posting_id == soonest.id


def test_nobody_is_invited_to_a_posting_that_is_over_or_from_a_course_nobody_ordered(session: Session) -> None:
    employer = make_employer(session)
    posting = make_posting(session, employer=employer, occupations=((FORKLIFT, 3),), shifts=(shift(14),))
    by = oneself(employer)
    order = service.ask_training(session, posting_id=posting.id, places=5, words="", by=by, at=NOW)
    row = make_trained(session, make_batch(session, make_course(session, order_id=order.id)))
    service.invite_passed(session, enrolment_id=row.id, by=SYSTEM, at=posting.closes_at)
    service.invite_passed(session, enrolment_id=make_trained(session).id, by=SYSTEM, at=NOW)
    assert session.scalar(select(func.count()).select_from(Application)) == 0


def test_an_order_is_refused_with_a_reason_and_may_be_made_again(session: Session) -> None:
    employer = make_employer(session)
    posting = make_posting(session, employer=employer)
    asked = {"session": session, "posting_id": posting.id, "places": 5, "words": "", "by": oneself(employer), "at": NOW}
    order = service.ask_training(**asked)
    service.refuse_order(session, order_id=order.id, reason="眼下没有老师", by=make_staff(session), at=NOW)
    assert order.state == OrderState.REFUSED
    with pytest.raises(IllegalMove):
        service.refuse_order(session, order_id=order.id, reason="眼下没有老师", by=SYSTEM, at=NOW)
    assert service.ask_training(**asked).state == OrderState.ASKED


def test_a_course_in_another_county_doesnt_answer_an_order(session: Session) -> None:
    employer = make_employer(session)
    posting = make_posting(session, employer=employer)
    order = service.ask_training(session, posting_id=posting.id, places=5, words="", by=oneself(employer), at=NOW)
    with pytest.raises(InvalidValue):
        service.make_course(session, new=replace(new_course(), county="370828"), order_id=order.id, by=SYSTEM, at=NOW)
