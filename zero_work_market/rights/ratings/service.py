"""Rating, contesting a rating, deciding on it. Every verb locks the posting first, then the placement's ratings."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, outbox
from zero_work_market.ground.audit import SYSTEM, Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import IllegalMove, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.people.accounts.rules import check_reason
from zero_work_market.people.workers.models import Worker
from zero_work_market.reference.law.queries import gate_law
from zero_work_market.rights.contracts.rules import Side
from zero_work_market.rights.ratings import queries, rules
from zero_work_market.rights.ratings.events import RatingDecided, RatingGiven
from zero_work_market.rights.ratings.models import Rating


def rate(
    session: Session,
    *,
    posting_id: int,
    worker_id: int,
    side: Side,
    stars: int,
    chips: Iterable[str],
    words: str,
    by: Actor,
    at: datetime,
) -> Rating:
    """Say what `side` thinks of the other, or change it while nobody has seen it; the same again changes nothing.

    Raises NotFound without a placement, RatingClosed, RatingFixed, InvalidValue, WordsUnfit.
    """
    posting, placement = _locked(session, posting_id, worker_id)
    today = local_date(at)
    terms, known = queries.terms(today), {chip.name for chip in queries.chips_of(side)}
    said = {
        "stars": rules.check_stars(stars),
        "chips": rules.check_chips(chips, known=known),
        "words": rules.check_words(words, gate_law().lexicon_on(today)),
    }
    given = queries.pair(session, placement_id=placement.id, lock=True)
    own, others = given.get(side), given.get(rules.other(side))
    if own is not None:
        if all(getattr(own, name) == value for name, value in said.items()):
            return own
        if at >= rules.revised_until(given_at=own.at, shown_at=own.shown_at, terms=terms):
            raise rules.RatingFixed()
        _say(own, said)
    else:
        settled = queries.settled_at(session, placement_ids=[placement.id]).get(placement.id)
        shown = others.shown_at if others else None
        rules.require_open(settled_at=settled, other_shown_at=shown, at=at, terms=terms)
        own = _added(session, posting, placement, side, said, both_gave=others is not None, at=at)
        if others is not None:
            others.shown_at = own.shown_at
    evidence.add(
        session, "rated", chain=posting.county, posting_id=posting.id, placement_id=placement.id, by=by, at=at,
        side=side.value, stars=stars,
    )  # fmt: skip
    record(session, verb="rating.given", subject=f"placement:{placement.id}", by=by, at=at, side=side.value)
    return own


def contest(
    session: Session, *, posting_id: int, worker_id: int, side: Side, words: str, by: Actor, at: datetime
) -> Rating:
    """Say against the rating that `side` got from the other why it isn't right; staff decide.

    Raises NotFound while there is none to be seen, ContestClosed, ReasonMissing.
    """
    _, placement = _locked(session, posting_id, worker_id)
    row = queries.pair(session, placement_id=placement.id, lock=True).get(rules.other(side))
    if row is None or row.shown_at > at:
        raise NotFound(what="rating")
    terms = queries.terms(local_date(at))
    rules.require_contestable(shown_at=row.shown_at, contested_at=row.contested_at, at=at, terms=terms)
    row.contest, row.contested_at = check_reason(words), at
    record(session, verb="rating.contested", subject=f"rating:{row.id}", by=by, at=at, side=side.value)
    return row


def decide(session: Session, *, rating_id: int, hide: bool, reason: str, by: Actor, at: datetime) -> Rating:
    """Staff let a contested rating stand, or take it down. Raises NotFound, IllegalMove, ReasonMissing."""
    locked(session, queries.posting_of(session, queries.rating(session, rating_id)))
    row = session.get_one(Rating, rating_id, with_for_update=True, populate_existing=True)
    if row.contested_at is None or row.decided_at is not None:
        raise IllegalMove(what="rating", from_state="decided" if row.decided_at else "given", to_state="decided")
    row.decision = check_reason(reason)
    row.decided_at, row.decided_by = at, by.account_id
    row.hidden_at = at if hide else None
    verb = "rating.hidden" if hide else "rating.kept"
    outbox.announce(session, RatingDecided(rating_id=row.id))
    record(session, verb=verb, subject=f"rating:{row.id}", by=by, at=at, reason=row.decision)
    return row


def forget_erased(session: Session, *, at: datetime) -> int:
    """Empty the words by and about workers who had their profile erased; stars and chips stay. Returns how many."""
    said = or_(Rating.words != "", Rating.contest != "", Rating.decision != "")
    query = select(Rating).join(Worker, Worker.id == Rating.worker_id).where(Worker.erased_at.is_not(None), said)
    rows = session.scalars(query.with_for_update(of=Rating)).all()
    for row in rows:
        row.words = row.contest = row.decision = ""
        record(session, verb="rating.forgotten", subject=f"rating:{row.id}", by=SYSTEM, at=at)
    session.flush()
    return len(rows)


def _locked(session: Session, posting_id: int, worker_id: int) -> tuple[Posting, Placement]:
    posting = locked(session, posting_id)
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    if placement is None:
        raise NotFound(what="placement")
    return posting, placement


def _added(
    session: Session, posting: Posting, placement: Placement, side: Side, said: dict[str, object], *,
    both_gave: bool, at: datetime,
) -> Rating:  # fmt: skip
    shown_at = rules.shown_from(given_at=at, both_gave=both_gave, terms=queries.terms(local_date(at)))
    row = Rating(
        placement_id=placement.id, side=side, worker_id=placement.worker_id, employer_id=posting.employer_id,
        county=posting.county, at=at, shown_at=shown_at, **said,
    )  # fmt: skip
    session.add(row)
    session.flush()
    outbox.announce(session, RatingGiven(rating_id=row.id))
    return row


def _say(row: Rating, said: dict[str, object]) -> None:
    for name, value in said.items():
        setattr(row, name, value)
