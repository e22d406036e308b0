"""Asking for a crew, offering one, answering; filling as one; opening the seats to single workers.

Every verb locks the posting first, as those of placements do, so that answers of one crew come one after the other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf

from sqlalchemy import delete
from sqlalchemy.orm import Session

from zero_work_market.ground import outbox
from zero_work_market.ground.audit import SYSTEM, Actor, record
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.applications.queries import queue_of
from zero_work_market.market.applications.rules import respond_by
from zero_work_market.market.crews.events import CrewBroken, CrewFilled, CrewMemberAsked
from zero_work_market.market.crews.models import Crew, CrewMember, CrewRole
from zero_work_market.market.crews.queries import candidates, crew_of, offered, roles_of
from zero_work_market.market.crews.rules import (
    Answer,
    Candidate,
    CrewChanged,
    CrewOver,
    CrewUnderway,
    NewRole,
    State,
    Why,
    alone_until,
    best_instead,
    require_answer,
    require_move,
    require_roles,
)
from zero_work_market.market.placements.events import SeatFreed
from zero_work_market.market.placements.queries import seats_taken
from zero_work_market.market.placements.rules import PostingClosed, TooFewSeats
from zero_work_market.market.placements.service import require_seatable, seat_together
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.market.postings.rules import TAKING, is_for_crew
from zero_work_market.market.postings.rules import State as PostingState

TO_COME = (*TAKING, PostingState.WAITING)


def reserve(session: Session, *, posting_id: int, by: Actor, at: datetime) -> None:
    """Keep a posting's seats for a crew alone for now; which jobs it covers is said by `ask`.

    Raises NotFound, PostingClosed.
    """
    posting = locked(session, posting_id)
    _require_open(posting, at, TO_COME)
    posting.crew_until = alone_until(asked_at=at, closes_at=posting.closes_at)
    record(session, verb="crew.reserved", subject=f"posting:{posting_id}", by=by, at=at)


def ask(session: Session, *, posting_id: int, roles: Sequence[NewRole], by: Actor, at: datetime) -> list[CrewRole]:
    """Say which jobs a posting's crew covers, in place of what was said before; its seats are for a crew alone for now.

    Raises NotFound, PostingClosed, CrewUnderway, InvalidValue on "roles", or on "crew" for more seats than are free.
    """
    posting = locked(session, posting_id)
    _require_open(posting, at, TO_COME)
    if offered(session, posting_id) is not None:
        raise CrewUnderway()
    require_roles(roles, free=_free(session, posting))
    session.execute(delete(CrewRole).where(CrewRole.posting_id == posting_id))
    rows = [
        CrewRole(
            posting_id=posting_id, number=number, title=role.title, occupation=role.occupation, level=role.level,
            seats=role.seats,
        )
        for number, role in enumerate(roles, 1)
    ]  # fmt: skip
    session.add_all(rows)
    posting.crew_until = alone_until(asked_at=at, closes_at=posting.closes_at)
    session.flush()
    seats = sum(role.seats for role in roles)
    record(session, verb="crew.asked", subject=f"posting:{posting_id}", by=by, at=at, seats=seats)
    return rows


def offer(
    session: Session, *, posting_id: int, members: Mapping[int, int], brand: str, by: Actor, at: datetime
) -> Crew:
    """Ask the workers of `members` (worker id → role id) to come as one crew: all seats of all roles, as it was seen.

    Raises NotFound, PostingClosed, CrewUnderway, CrewChanged.
    """
    posting = locked(session, posting_id)
    _require_open(posting, at)
    if offered(session, posting_id) is not None:
        raise CrewUnderway()
    chosen = _chosen(session, posting, members, brand)
    roles = {role.id: role for role in roles_of(session, posting_id)}
    crew = Crew(posting_id=posting_id, brand=brand, state=State.OFFERED, offered_at=at)
    for place, one in enumerate(chosen, 1):
        role = roles[one.role_id]
        crew.members.append(_member(posting, one, place, (role.occupation, role.level, role.title), at))
    session.add(crew)
    session.flush()
    for member in crew.members:
        outbox.announce(session, CrewMemberAsked(member_id=member.id))
    record(session, verb="crew.offered", subject=f"posting:{posting_id}", by=by, at=at, count=len(chosen), brand=brand)
    return crew


def agree(session: Session, *, crew_id: int, worker_id: int, by: Actor, at: datetime) -> Crew:
    """Say yes. When all have, all get their seats at once, or none does: who no longer can is replaced.

    Said again it answers the same. Raises NotFound, CrewOver, PostingClosed, TooYoung, ProfilePaused, ShiftsOverlap,
    AlreadySeated.
    """
    posting, crew, member = _held(session, crew_id, worker_id)
    if member.state == Answer.AGREED:
        return crew
    _require_asked(crew, member, at)
    require_seatable(session, posting=posting, worker_id=worker_id, at=at)
    member.state, member.answered_at = Answer.AGREED, at
    member.agreed_by, member.agreed_as, member.agreed_in = by.account_id, by.role, by.region
    session.flush()
    record(session, verb="crew.agreed", subject=f"posting:{posting.id}", by=by, at=at, worker=worker_id)
    if all(one.state == Answer.AGREED for one in crew.members if one.place is not None):
        _fill(session, posting, crew, at)
    return crew


def decline(session: Session, *, crew_id: int, worker_id: int, by: Actor, at: datetime) -> Crew:
    """Say no, or no after a yes while the crew isn't whole; another is asked for the same job.

    Raises NotFound, CrewOver, IllegalMove once it is said.
    """
    posting, crew, member = _held(session, crew_id, worker_id)
    if crew.state != State.OFFERED:
        raise CrewOver(state=crew.state)
    record(session, verb="crew.declined", subject=f"posting:{posting.id}", by=by, at=at, worker=worker_id)
    _replace(session, posting, crew, [(member, Answer.DECLINED)], at)
    return crew


def call_off(session: Session, *, posting_id: int, by: Actor, at: datetime) -> None:
    """The employer takes the offer back. Raises NotFound when none is made."""
    locked(session, posting_id)
    crew = offered(session, posting_id)
    if crew is None:
        raise NotFound(what="crew")
    _break(session, crew, Why.CALLED_OFF, at)
    record(session, verb="crew.called_off", subject=f"posting:{posting_id}", by=by, at=at)


def open_to_all(session: Session, *, posting_id: int, by: Actor, at: datetime) -> None:
    """The seats are for single workers too, those who wait first; a crew that is being asked may still fill them."""
    _open(session, locked(session, posting_id), by, at)


def look_after(session: Session, *, posting_id: int, at: datetime) -> None:
    """What time has done to a posting's crew: nobody waits for late answers, nor for a crew past its time."""
    posting = locked(session, posting_id)
    crew = offered(session, posting_id)
    if posting.crew_until is not None and posting.crew_until <= at:
        if crew is not None:
            _break(session, crew, _why_over(posting, at), at)
        _open(session, posting, SYSTEM, at)
    elif crew is not None and not _is_open(posting, at):
        _break(session, crew, Why.POSTING_CLOSED, at)
    elif crew is not None:
        late = [one for one in crew.members if one.state == Answer.ASKED and one.respond_by <= at]
        _replace(session, posting, crew, [(member, Answer.LATE) for member in late], at)


def _fill(session: Session, posting: Posting, crew: Crew, at: datetime) -> None:
    """Seats for all of them; if that can't be, for none, and who can't come is replaced."""
    members = {one.worker_id: one for one in crew.members if one.place is not None}
    try:
        unable = seat_together(session, posting=posting, members={id: one.agreed for id, one in members.items()}, at=at)
    except TooFewSeats:
        return _break(session, crew, Why.SEATS_GONE, at)
    if unable:
        return _replace(session, posting, crew, [(members[id], Answer.UNABLE) for id in unable], at)
    require_move(crew.state, State.FILLED)
    crew.state, crew.ended_at, posting.crew_until = State.FILLED, at, None
    session.flush()
    outbox.announce(session, CrewFilled(crew_id=crew.id))
    record(session, verb="crew.filled", subject=f"posting:{posting.id}", by=SYSTEM, at=at, count=len(members))
    return None


def _replace(
    session: Session, posting: Posting, crew: Crew, leaving: Sequence[tuple[CrewMember, Answer]], at: datetime
) -> None:
    """Those who leave make way for the best who could come instead; without one for each, the crew is at its end."""
    places = []
    for member, answer in leaving:
        require_answer(member.state, answer)
        places.append((member.place, (member.occupation, member.level, member.title)))
        member.state, member.place, member.answered_at = answer, None, at
    session.flush()
    for place, role in places:
        found = _instead(session, posting, crew, role)
        if found is None or place is None:
            return _break(session, crew, Why.NOBODY_LEFT, at)
        member = _member(posting, found, place, role, at)
        crew.members.append(member)
        session.flush()
        outbox.announce(session, CrewMemberAsked(member_id=member.id))
    return None


def _instead(session: Session, posting: Posting, crew: Crew, role: tuple[str, int, str]) -> Candidate | None:
    occupation, level, title = role
    wanted = CrewRole(id=0, number=1, occupation=occupation, level=level, title=title, seats=1)
    among = candidates(session, posting, [wanted])
    able = [
        Candidate(0, worker_id, village, float(score))
        for worker_id, village, score, brands in zip(among.ids, among.codes, among.scores[0], among.brands, strict=True)
        if not crew.brand or crew.brand in brands
    ]
    return best_instead(able, [one.village for one in crew.members if one.place is not None], stop=among.stop)


def _break(session: Session, crew: Crew, why: Why, at: datetime) -> None:
    require_move(crew.state, State.BROKEN)
    crew.state, crew.why, crew.ended_at = State.BROKEN, why, at
    session.flush()
    outbox.announce(session, CrewBroken(crew_id=crew.id))
    record(session, verb="crew.broken", subject=f"posting:{crew.posting_id}", by=SYSTEM, at=at, reason=why.value)


def _open(session: Session, posting: Posting, by: Actor, at: datetime) -> None:
    if posting.crew_until is None:
        return
    posting.crew_until = None
    session.flush()
    if queue_of(session, posting_id=posting.id):
        outbox.announce(session, SeatFreed(posting_id=posting.id))
    record(session, verb="crew.opened", subject=f"posting:{posting.id}", by=by, at=at)


def _chosen(session: Session, posting: Posting, members: Mapping[int, int], brand: str) -> list[Candidate]:
    """The members in the order of their roles, with their scores now. Raises CrewChanged."""
    roles = roles_of(session, posting.id)
    among = candidates(session, posting, roles)
    at_of = {worker_id: at for at, worker_id in enumerate(among.ids)}
    chosen = []
    for number, role in enumerate(roles):
        of_role = sorted(worker_id for worker_id, role_id in members.items() if role_id == role.id)
        if len(of_role) != role.seats:
            raise CrewChanged()
        for worker_id in of_role:
            at = at_of.get(worker_id)
            if at is None or among.scores[number, at] == -inf or (brand and brand not in among.brands[at]):
                raise CrewChanged()
            chosen.append(Candidate(role.id, worker_id, among.codes[at], float(among.scores[number, at])))
    if len(chosen) != len(members):
        raise CrewChanged()
    return chosen


def _member(posting: Posting, one: Candidate, place: int, role: tuple[str, int, str], at: datetime) -> CrewMember:
    until = posting.crew_until if is_for_crew(posting.crew_until, at=at) else None
    occupation, level, title = role
    return CrewMember(
        worker_id=one.worker_id, occupation=occupation, level=level, title=title, place=place, state=Answer.ASKED,
        score=one.score, village=one.village, asked_at=at,
        respond_by=respond_by(invited_at=at, starts_at=until or posting.closes_at),
    )  # fmt: skip


def _held(session: Session, crew_id: int, worker_id: int) -> tuple[Posting, Crew, CrewMember]:
    """Posting (locked), crew and member. Raises NotFound."""
    crew = session.get(Crew, crew_id)
    if crew is None:
        raise NotFound(what="crew")
    posting = locked(session, crew.posting_id)
    crew = crew_of(session, crew_id)
    member = next((one for one in crew.members if one.worker_id == worker_id), None) if crew else None
    if crew is None or member is None:
        raise NotFound(what="crew")
    return posting, crew, member


def _require_asked(crew: Crew, member: CrewMember, at: datetime) -> None:
    if crew.state != State.OFFERED:
        raise CrewOver(state=crew.state)
    if member.state != Answer.ASKED or member.respond_by <= at:
        raise CrewOver(state=member.state)


def _require_open(posting: Posting, at: datetime, states: Sequence[PostingState] = TAKING) -> None:
    if posting.state not in states:
        raise PostingClosed(state=posting.state)
    if posting.closes_at <= at:
        raise PostingClosed(state=PostingState.EXPIRED)


def _is_open(posting: Posting, at: datetime) -> bool:
    return posting.state in TAKING and posting.closes_at > at


def _why_over(posting: Posting, at: datetime) -> Why:
    return Why.TOO_LATE if _is_open(posting, at) else Why.POSTING_CLOSED


def _free(session: Session, posting: Posting) -> int:
    return posting.headcount - seats_taken(session, posting_ids=[posting.id]).get(posting.id, 0)
