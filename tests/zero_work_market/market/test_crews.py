"""Crews: several jobs of one posting filled as one, each worker asked, all seated or none."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from tests.support.crews import (
    FAR,
    FORKLIFT,
    HOME,
    ROLES,
    Wanted,
    make_driver,
    make_packer,
    offer_best,
    offered_crew,
    say_no,
    say_yes,
    wanted_crew,
)
from tests.support.makers import make_staff, make_worker, oneself
from tests.support.market import PACKER, make_posting, shift
from zero_work_market.ground import clock
from zero_work_market.ground.audit import SYSTEM
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotFound
from zero_work_market.ground.evidence import Evidence
from zero_work_market.ground.outbox import OutboxRow
from zero_work_market.market.crews import queries, rules, service
from zero_work_market.market.crews.models import Crew, CrewMember
from zero_work_market.market.crews.rules import Answer, Candidate, CrewChanged, CrewOver, CrewUnderway, NewRole, Why
from zero_work_market.market.crews.rules import State as CrewState
from zero_work_market.market.placements import service as placements
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import held_by
from zero_work_market.market.placements.rules import PostingClosed, SeatsForCrew, ShiftsOverlap
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.postings.rules import State
from zero_work_market.market.shortlists import service as shortlists
from zero_work_market.people.workers import service as workers
from zero_work_market.people.workers.models import Worker

BRAND = "jinxiang-suangong"


def crew_now(crew_id: int) -> Crew:
    with transaction(read_only=True) as session:
        return session.get_one(Crew, crew_id)


def seated(posting_id: int) -> list[int]:
    with transaction(read_only=True) as session:
        return sorted(placement.worker_id for placement in held_by(session, posting_id=posting_id))


def told(kind: str) -> list[dict[str, int]]:
    with transaction(read_only=True) as session:
        return list(session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def answers(crew: Crew) -> dict[int, Answer]:
    return {one.worker_id: one.state for one in crew.members}


def accept(posting_id: int, worker_id: int) -> placements.Answer:
    with transaction() as session:
        by = oneself(session.get_one(Worker, worker_id))
        return placements.accept(session, posting_id=posting_id, worker_id=worker_id, by=by, at=clock.now())


def busy_then(worker_id: int) -> None:
    """The worker takes other work at the time of the crew's."""
    with transaction() as session:
        other = make_posting(session, at=clock.now(), shifts=(shift(now=clock.now()),), headcount=1).id
    accept(other, worker_id)


def look_after(posting_id: int, at: datetime) -> None:
    with transaction() as session:
        service.look_after(session, posting_id=posting_id, at=at)


def others(wanted: Wanted, taken: Iterable[int]) -> list[int]:
    return [id for id in (*wanted.drivers, *wanted.packers) if id not in taken]


def test_a_crew_covers_every_role_with_those_who_can_do_it(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    assert members[0] in wanted.drivers
    assert set(members[1:]) < set(wanted.packers)
    assert answers(crew_now(crew_id)) == dict.fromkeys(members, Answer.ASKED)
    assert len(told("crew_member_asked")) == 4


def test_neighbours_come_before_strangers_of_the_same_score(database: Engine) -> None:
    wanted = wanted_crew(drivers=1, packers=2)
    with transaction() as session:
        stranger = make_packer(session, FAR).id
        neighbour = make_packer(session, HOME).id
    _, members = offered_crew(wanted)
    assert neighbour in members
    assert stranger not in members


def test_a_brands_crew_is_of_its_holders_alone(database: Engine) -> None:
    wanted = wanted_crew(drivers=1, packers=3, brands=(BRAND,), lon=116.352, lat=35.408)
    with transaction() as session:
        nearer = [make_packer(session, lon=116.352, lat=35.408).id for _ in range(3)]
    with transaction(read_only=True) as session:
        posting = posting_by_id(session, wanted.posting_id)
        among = queries.candidates(session, posting, queries.roles_of(session, posting.id))
        of_all, of_brand = queries.proposals(among)
    assert (of_all.brand, of_brand.brand) == ("", BRAND)
    assert {one.worker_id for one in of_all.members} == {*wanted.drivers, *nearer}
    assert {one.worker_id for one in of_brand.members} == {*wanted.drivers, *wanted.packers}
    _, members = offered_crew(wanted, brand=BRAND)
    assert set(members) == {*wanted.drivers, *wanted.packers}


def test_a_brand_whose_holders_cover_not_every_role_offers_no_crew(database: Engine) -> None:
    wanted = wanted_crew()
    with transaction() as session:
        make_packer(session, brands=[BRAND])
    with transaction(read_only=True) as session:
        posting = posting_by_id(session, wanted.posting_id)
        among = queries.candidates(session, posting, queries.roles_of(session, posting.id))
        assert [one.brand for one in queries.proposals(among)] == [""]


def test_nobody_is_seated_before_the_last_says_yes_and_then_all_are(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    for worker_id in members[:-1]:
        say_yes(crew_id, worker_id)
    assert seated(wanted.posting_id) == []
    say_yes(crew_id, members[-1])
    assert seated(wanted.posting_id) == sorted(members)
    assert crew_now(crew_id).state == CrewState.FILLED
    assert len(told("crew_filled")) == 1
    assert len(told("seat_accepted")) == 4
    with transaction(read_only=True) as session:
        assert posting_by_id(session, wanted.posting_id).state == State.FILLED
        links = session.scalars(select(Evidence).where(Evidence.kind == "seat_accepted")).all()
        accounts = {session.get_one(Worker, worker_id).account_id for worker_id in members}
        assert {link.by_account for link in links} == accounts


def test_yes_said_twice_is_one_yes(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    for worker_id in [members[0], *members]:
        say_yes(crew_id, worker_id)
    assert seated(wanted.posting_id) == sorted(members)


def test_who_declines_is_replaced_by_the_next_of_the_same_job(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    driver = members[0]
    say_no(crew_id, driver)
    (instead,) = set(wanted.drivers) - {driver}
    crew = crew_now(crew_id)
    assert answers(crew)[driver] == Answer.DECLINED
    assert {one.worker_id: one.occupation for one in crew.members}[instead] == FORKLIFT
    for worker_id in (instead, *members[1:]):
        say_yes(crew_id, worker_id)
    assert seated(wanted.posting_id) == sorted([instead, *members[1:]])


def test_a_brands_crew_is_mended_by_its_holders_alone(database: Engine) -> None:
    wanted = wanted_crew(drivers=1, packers=3, brands=(BRAND,))
    with transaction() as session:
        make_packer(session)
    crew_id, members = offered_crew(wanted, brand=BRAND)
    say_no(crew_id, members[-1])
    assert crew_now(crew_id).why == Why.NOBODY_LEFT


def test_without_anybody_instead_the_crew_is_at_its_end_and_nobody_is_seated(database: Engine) -> None:
    wanted = wanted_crew(drivers=1)
    crew_id, members = offered_crew(wanted)
    for worker_id in members[1:]:
        say_yes(crew_id, worker_id)
    say_no(crew_id, members[0])
    crew = crew_now(crew_id)
    assert (crew.state, crew.why) == (CrewState.BROKEN, Why.NOBODY_LEFT)
    assert seated(wanted.posting_id) == []
    assert told("crew_broken") == [{"crew_id": crew_id}]
    with pytest.raises(CrewOver):
        say_yes(crew_id, members[0])


def test_who_has_other_work_by_then_is_replaced_and_the_others_keep_their_word(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    for worker_id in members[:-1]:
        say_yes(crew_id, worker_id)
    busy_then(members[0])
    say_yes(crew_id, members[-1])
    assert seated(wanted.posting_id) == []
    crew = crew_now(crew_id)
    assert answers(crew)[members[0]] == Answer.UNABLE
    assert [answers(crew)[worker_id] for worker_id in members[1:]] == [Answer.AGREED] * 3
    (instead,) = set(wanted.drivers) - {members[0]}
    say_yes(crew_id, instead)
    assert seated(wanted.posting_id) == sorted([instead, *members[1:]])


def test_who_has_other_work_at_that_time_cannot_say_yes(database: Engine) -> None:
    crew_id, members = offered_crew(wanted_crew())
    busy_then(members[0])
    with pytest.raises(ShiftsOverlap):
        say_yes(crew_id, members[0])
    assert answers(crew_now(crew_id))[members[0]] == Answer.ASKED


def test_a_yes_may_be_taken_back_while_the_crew_is_not_whole(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    say_yes(crew_id, members[1])
    say_no(crew_id, members[1])
    assert answers(crew_now(crew_id))[members[1]] == Answer.DECLINED
    with pytest.raises(IllegalMove):
        say_no(crew_id, members[1])
    for worker_id in (members[0], members[2], members[3], *others(wanted, members)[-1:]):
        say_yes(crew_id, worker_id)
    with pytest.raises(CrewOver):
        say_no(crew_id, members[0])


def test_single_workers_wait_in_the_queue_while_the_seats_are_for_a_crew(database: Engine) -> None:
    wanted = wanted_crew()
    alone = wanted.packers[-1]
    answer = accept(wanted.posting_id, alone)
    assert (answer.seat, answer.queue_place) == (None, 1)
    with transaction() as session:
        assert placements.fill_from_queue(session, posting_id=wanted.posting_id, at=clock.now()) is None
        service.open_to_all(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
    assert told("seat_freed")[-1] == {"posting_id": wanted.posting_id}
    with transaction() as session:
        placements.fill_from_queue(session, posting_id=wanted.posting_id, at=clock.now())
    assert seated(wanted.posting_id) == [alone]


def test_nobody_is_invited_alone_while_the_seats_are_for_a_crew(database: Engine) -> None:
    wanted = wanted_crew()
    with transaction() as session:
        for invite in (
            lambda told: shortlists.invite_more(session, count=1, **told),
            lambda told: shortlists.invite_chosen(session, worker_ids=[wanted.packers[0]], **told),
        ):
            with pytest.raises(SeatsForCrew):
                invite({"posting_id": wanted.posting_id, "by": wanted.employer, "at": clock.now()})
        posting_by_id(session, wanted.posting_id).invite_first = 3
        assert shortlists.invite_first(session, posting_id=wanted.posting_id, at=clock.now()) == []
        service.open_to_all(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
        assert len(shortlists.invite_first(session, posting_id=wanted.posting_id, at=clock.now())) == 3


def test_seats_are_kept_for_a_crew_whose_jobs_are_not_said_yet(database: Engine) -> None:
    with transaction() as session:
        posting_id = make_posting(session, at=clock.now(), shifts=(shift(now=clock.now()),)).id
        worker_id = make_worker(session).id
        service.reserve(session, posting_id=posting_id, by=SYSTEM, at=clock.now())
    assert accept(posting_id, worker_id).queue_place == 1


def test_one_of_the_queue_may_be_of_the_crew(database: Engine) -> None:
    wanted = wanted_crew(drivers=1, packers=3)
    accept(wanted.posting_id, wanted.packers[0])
    crew_id, members = offered_crew(wanted)
    for worker_id in members:
        say_yes(crew_id, worker_id)
    assert seated(wanted.posting_id) == sorted(members)


def test_a_crew_that_no_longer_fits_the_seats_gets_none(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    with transaction() as session:
        service.open_to_all(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
    stranger = others(wanted, members)[-1]
    assert accept(wanted.posting_id, stranger).seat == 1
    for worker_id in members:
        say_yes(crew_id, worker_id)
    crew = crew_now(crew_id)
    assert (crew.state, crew.why) == (CrewState.BROKEN, Why.SEATS_GONE)
    assert seated(wanted.posting_id) == [stranger]


def test_a_member_who_took_a_seat_alone_is_replaced(database: Engine) -> None:
    wanted = wanted_crew(headcount=5)
    crew_id, members = offered_crew(wanted)
    for worker_id in members[:-1]:
        say_yes(crew_id, worker_id)
    with transaction() as session:
        service.open_to_all(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
    accept(wanted.posting_id, members[1])
    say_yes(crew_id, members[-1])
    assert answers(crew_now(crew_id))[members[1]] == Answer.UNABLE
    assert seated(wanted.posting_id) == [members[1]]


def test_a_late_answer_is_not_waited_for(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    say_yes(crew_id, members[1])
    late = max(one.respond_by for one in crew_now(crew_id).members)
    with transaction(read_only=True) as session:
        assert queries.due(session, at=late - timedelta(seconds=1)) == []
        assert queries.due(session, at=late) == [wanted.posting_id]
    with pytest.raises(CrewOver):
        say_yes(crew_id, members[0], at=late)
    look_after(wanted.posting_id, late)
    crew = crew_now(crew_id)
    (instead,) = set(wanted.drivers) - {members[0]}
    assert answers(crew)[members[0]] == Answer.LATE
    assert answers(crew)[members[1]] == Answer.AGREED
    assert answers(crew)[instead] == Answer.ASKED


def test_when_the_time_for_a_crew_is_over_the_seats_are_for_all(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    say_yes(crew_id, members[0])
    with transaction(read_only=True) as session:
        until = posting_by_id(session, wanted.posting_id).crew_until
    assert until is not None
    look_after(wanted.posting_id, until)
    assert crew_now(crew_id).why == Why.TOO_LATE
    with transaction(read_only=True) as session:
        assert posting_by_id(session, wanted.posting_id).crew_until is None
        assert queries.due(session, at=until) == []
    assert accept(wanted.posting_id, members[0]).seat == 1


def test_a_crew_of_work_that_is_called_off_is_at_its_end(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    with transaction() as session:
        placements.cancel_posting(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
    with pytest.raises(PostingClosed):
        say_yes(crew_id, members[0])
    look_after(wanted.posting_id, clock.now())
    assert crew_now(crew_id).why == Why.POSTING_CLOSED
    assert told("crew_broken") == [{"crew_id": crew_id}]


def test_one_crew_is_asked_at_a_time_and_the_next_after_it_is_called_off(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    with transaction() as session, pytest.raises(CrewUnderway):
        offer_best(session, wanted)
    with transaction() as session, pytest.raises(CrewUnderway):
        service.ask(session, posting_id=wanted.posting_id, roles=ROLES, by=wanted.employer, at=clock.now())
    with transaction() as session:
        service.call_off(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
    assert crew_now(crew_id).why == Why.CALLED_OFF
    _, again = offered_crew(wanted)
    assert set(again) == set(members)


def test_who_said_no_is_not_asked_by_the_next_crew(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    say_no(crew_id, members[1])
    with transaction() as session:
        service.call_off(session, posting_id=wanted.posting_id, by=wanted.employer, at=clock.now())
    _, again = offered_crew(wanted)
    assert members[1] not in again


def test_a_crew_is_offered_as_it_was_seen_or_not_at_all(database: Engine) -> None:
    wanted = wanted_crew()
    with transaction() as session:
        among = queries.candidates(
            session, posting_by_id(session, wanted.posting_id), queries.roles_of(session, wanted.posting_id)
        )
        seen = {one.worker_id: one.role_id for one in queries.proposed(among).members}
    busy_then(next(iter(seen)))
    one_less = dict(list(seen.items())[1:])
    for members in (seen, one_less, {}, {**seen, others(wanted, seen)[-1]: next(iter(seen.values()))}):
        with transaction() as session, pytest.raises(CrewChanged):
            service.offer(
                session, posting_id=wanted.posting_id, members=members, brand="", by=wanted.employer, at=clock.now()
            )


@pytest.mark.parametrize(
    ("roles", "field"),
    [
        ((), "roles"),
        ((NewRole(PACKER, 1, 2),) * 2, "roles"),
        (tuple(NewRole(PACKER, level, 1) for level in range(1, 6)), "roles"),
        ((NewRole(PACKER, 1, 0), NewRole(FORKLIFT, 1, 2)), "roles"),
        ((NewRole(PACKER, 6, 2),), "roles"),
        ((NewRole(PACKER, 1, 1),), "crew"),
        ((NewRole(PACKER, 1, 5),), "crew"),
    ],
)
def test_roles_are_a_crew_that_fits_the_free_seats(database: Engine, roles: tuple[NewRole, ...], field: str) -> None:
    with transaction() as session:
        posting = make_posting(session, headcount=4)
        with pytest.raises(InvalidValue) as refused:
            service.ask(session, posting_id=posting.id, roles=roles, by=SYSTEM, at=posting.posted_at)
        assert refused.value.details["field"] == field


def test_an_ordinary_posting_is_for_whoever_comes_first(database: Engine) -> None:
    with transaction() as session:
        posting_id = make_posting(session, at=clock.now(), shifts=(shift(now=clock.now()),), headcount=1).id
        worker_id = make_worker(session).id
    assert accept(posting_id, worker_id).seat == 1


def test_somebody_who_is_not_of_the_crew_has_nothing_to_say(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)
    with pytest.raises(NotFound):
        say_yes(crew_id, others(wanted, members)[0])
    with pytest.raises(NotFound):
        say_no(crew_id + 1, members[0])


def test_the_young_and_the_paused_are_not_asked(database: Engine) -> None:
    wanted = wanted_crew(drivers=1, packers=4, min_age=18)
    with transaction() as session:
        boy = make_driver(session, born=clock.local_date(clock.now()) - timedelta(days=17 * 365)).id
        workers.pause(session, worker_id=wanted.packers[0], by=SYSTEM, at=clock.now())
        among = queries.candidates(
            session, posting_by_id(session, wanted.posting_id), queries.roles_of(session, wanted.posting_id)
        )
    assert boy not in among.ids
    with transaction(read_only=True) as session:
        among = queries.candidates(
            session, posting_by_id(session, wanted.posting_id), queries.roles_of(session, wanted.posting_id)
        )
    assert set(among.ids) == {*wanted.drivers, *wanted.packers[1:]}


def test_invitations_of_a_worker_are_those_that_wait(database: Engine) -> None:
    wanted = wanted_crew()
    crew_id, members = offered_crew(wanted)

    def waiting(worker_id: int, at: datetime) -> list[int]:
        with transaction(read_only=True) as session:
            return [crew.id for _, crew, _ in queries.invitations(session, worker_id=worker_id, at=at)]

    assert waiting(members[0], clock.now()) == [crew_id]
    assert waiting(others(wanted, members)[0], clock.now()) == []
    assert waiting(members[0], crew_now(crew_id).members[0].respond_by) == []
    say_yes(crew_id, members[0])
    assert waiting(members[0], clock.now()) == [crew_id]
    say_no(crew_id, members[0])
    assert waiting(members[0], clock.now()) == []


def test_half_the_time_left_at_most_is_for_single_workers() -> None:
    start = datetime(2026, 11, 24, tzinfo=clock.SHANGHAI)
    left = [timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8), timedelta(days=4)]
    for_others = [start - rules.alone_until(asked_at=start - one, closes_at=start) for one in left]
    assert for_others == [timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2), timedelta(hours=12)]


def test_a_neighbour_is_asked_instead_unless_a_stranger_is_better_by_more_than_a_stop() -> None:
    neighbour, stranger = Candidate(1, 1, HOME, 0.80), Candidate(1, 2, FAR, 0.84)
    alone = Candidate(1, 3, "", 0.84)
    assert rules.best_instead([neighbour, stranger, alone], [HOME, ""], stop=0.05) == neighbour
    assert rules.best_instead([neighbour, stranger, alone], [HOME], stop=0.03) == stranger
    assert rules.best_instead([], [HOME], stop=0.03) is None


def test_an_agents_yes_for_a_worker_is_the_agents_in_the_evidence(database: Engine) -> None:
    wanted = wanted_crew(drivers=1, packers=3)
    crew_id, members = offered_crew(wanted)
    with transaction() as session:
        agent = make_staff(session)
        service.agree(session, crew_id=crew_id, worker_id=members[0], by=agent, at=clock.now())
    for worker_id in members[1:]:
        say_yes(crew_id, worker_id)
    with transaction(read_only=True) as session:
        held = session.scalars(select(Placement).where(Placement.worker_id == members[0])).one()
        link = session.scalars(select(Evidence).where(Evidence.placement_id == held.id)).one()
        assert (link.by_account, link.by_role) == (agent.account_id, agent.role)
        member = session.scalars(select(CrewMember).where(CrewMember.worker_id == members[0])).one()
        assert member.agreed == agent
