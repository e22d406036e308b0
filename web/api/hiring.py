"""From posting to seat: the ranked shortlist, invitations, acceptances."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from web.api.access import own, visible, watches
from web.api.blueprint import v1
from web.api.fields import INTEGRAL, Id, Taken
from web.api.resend import Sent
from web.api.schemas import Application
from web.api.spec import BEARER
from web.auth import EMPLOYER, WORKER, may_enter, staff, viewer
from web.filters import km
from web.words import reasons
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import NotFound
from zero_work_market.market.applications.queries import ApplicationRow, rows_of_posting
from zero_work_market.market.placements.service import accept
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import posting as posting_by_id
from zero_work_market.market.shortlists import service as shortlists
from zero_work_market.market.shortlists.queries import shortlist
from zero_work_market.market.shortlists.rules import Place
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name

MOST_AT_ONCE = 50


class ShortlistQuery(Taken):
    first: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 20
    sort: Literal["fit", "distance"] = "fit"


class Parts(BaseModel):
    skill: float
    location: float
    brand: float
    pay: float


class PlaceOut(BaseModel):
    """A worker's place in the ranking. `score` is the sum over `parts` of part × weight; `reasons` says it in words."""

    worker_id: int
    masked_name: str
    town: str
    distance_km: float
    score: float
    parts: Parts
    weights: Parts
    reasons: list[str]
    application: Application | None


class ShortlistOut(BaseModel):
    """The first places, in order. `more` says that the ranking goes on after them."""

    places: list[PlaceOut]
    more: bool


class Chosen(Taken):
    worker_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Next(Taken):
    count: Annotated[int, Field(strict=True, ge=1, le=MOST_AT_ONCE), INTEGRAL]


class Invitations(RootModel[Chosen | Next]):
    """Workers chosen from the ranking, or how many of its next ones."""


class InvitationsOut(BaseModel):
    """Who was invited now. Chosen workers who aren't in the ranking, or were invited before, are passed over."""

    worker_ids: list[int]


class AnswerOut(BaseModel):
    """A seat, or a place in the queue. Both are empty when the same request, sent again, finds the seat given up."""

    posting_id: int
    worker_id: int
    placement_id: int | None
    seat: int | None
    queue_place: int | None


@v1.get("/postings/<int:posting_id>/shortlist")
@v1.input(ShortlistQuery, location="query", arg_name="query")
@v1.output(ShortlistOut)
@v1.doc(security=BEARER)
@may_enter(EMPLOYER, staff(Permission.BOARD))
def show_shortlist(posting_id: int, query: ShortlistQuery) -> ShortlistOut:
    """The ranked workers for a posting, each with the reasons

    For the posting's employer, and for staff over its town. `sort=distance` ranks by distance and free time only.
    """
    with transaction(read_only=True) as session:
        posting = posting_by_id(session, posting_id)
        if not watches(posting):
            raise NotFound(what="posting")
        ranking = shortlist(posting, k=query.first, by_distance=query.sort == "distance")
        known = rows_of_posting(session, posting_id=posting_id)
        workers = _workers(session, [place.worker_id for place in ranking.places])
        places = [
            _place_out(posting, place, workers[place.worker_id], known.get(place.worker_id))
            for place in ranking.places
            if place.worker_id in workers
        ]
        return ShortlistOut(places=places, more=ranking.more)


@v1.post("/postings/<int:posting_id>/invitations")
@v1.input(Invitations, arg_name="wanted")
@v1.output(InvitationsOut, status_code=201)
@v1.doc(security=BEARER, responses={409: "The posting is closed."})
@may_enter(EMPLOYER)
def invite(posting_id: int, wanted: Invitations) -> InvitationsOut:
    """Invite workers from the ranking of one's own posting"""
    by, at = viewer().as_employer(), clock.now()
    with transaction() as session:
        own(session, posting_id)
        if isinstance(wanted.root, Chosen):
            made = shortlists.invite_chosen(
                session, posting_id=posting_id, worker_ids=wanted.root.worker_ids, by=by, at=at
            )
        else:
            made = shortlists.invite_more(session, posting_id=posting_id, count=wanted.root.count, by=by, at=at)
        return InvitationsOut(worker_ids=[row.worker_id for row in made])


@v1.post("/postings/<int:posting_id>/acceptances")
@v1.input(Sent, location="headers", arg_name="sent")
@v1.output(AnswerOut, status_code=201)
@v1.doc(security=BEARER, responses={409: "The posting is closed, or the worker can't take it."})
@may_enter(WORKER)
def accept_seat(posting_id: int, sent: Sent) -> AnswerOut:
    """Accept a posting: a seat, or a place in the queue when all seats are taken

    Sent again, with or without the same `Idempotency-Key`, it answers the same.
    """
    worker_id = viewer().worker_id
    assert worker_id is not None
    with transaction() as session:
        visible(session, posting_id)
        answer = accept(
            session,
            posting_id=posting_id,
            worker_id=worker_id,
            by=viewer().as_worker(),
            at=clock.now(),
            key=sent.idempotency_key,
        )
    return AnswerOut.model_validate(vars(answer))


def _workers(session: Session, ids: list[int]) -> dict[int, Worker]:
    return {worker.id: worker for worker in session.scalars(select(Worker).where(Worker.id.in_(ids)))}


def _place_out(posting: Posting, place: Place, worker: Worker, known: ApplicationRow | None) -> PlaceOut:
    said = reasons(
        [(need.occupation, need.level) for need in posting.occupations],
        [preferred.brand for preferred in posting.brands],
        [(shift.starts_at, shift.ends_at) for shift in posting.shifts],
        [(skill.occupation, skill.level) for skill in worker.skills],
        [held.brand for held in worker.brands],
    )
    return PlaceOut(
        worker_id=worker.id,
        masked_name=mask_name(worker.surname),
        town=worker.town,
        distance_km=place.distance_km,
        score=place.score,
        parts=Parts.model_validate(place.parts),
        weights=Parts.model_validate(place.weights),
        reasons=[km(place.distance_km), *said],
        application=None if known is None else known.state,
    )
