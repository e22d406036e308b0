"""Postings: the search, one of them, and publishing."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from web.api.access import asking_worker, visible, watches
from web.api.blueprint import v1
from web.api.fields import LEFT_OUT, TEXT, CountyCode, Day, OccupationCode, Taken, TownCode
from web.api.resend import Sent
from web.api.schemas import JobsOut, NewPosting, PostingOut, job_out, posting_out
from web.api.spec import BEARER, OPTIONAL_BEARER
from web.auth import EMPLOYER, EVERYONE, may_enter, viewer
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.ground.errors import InvalidValue, NotFound
from zero_work_market.ground.money import HIGHEST_FEN
from zero_work_market.market.postings import service
from zero_work_market.market.search.queries import job as job_of
from zero_work_market.market.search.queries import search
from zero_work_market.market.search.rules import Place, Wanted
from zero_work_market.people.employers.queries import employer as employer_by_id


class PostingsQuery(Taken):
    """What to look for; what is left out doesn't narrow."""

    county: CountyCode | None = LEFT_OUT
    town: TownCode | None = LEFT_OUT
    occupation: OccupationCode | None = LEFT_OUT
    words: Annotated[str, Field(max_length=60, pattern=TEXT)] = ""
    day: Day | None = LEFT_OUT
    least_hourly_fen: Annotated[int, Field(ge=0, le=HIGHEST_FEN)] = 0
    lon: Annotated[float, Field(ge=-180, le=180)] | None = LEFT_OUT
    lat: Annotated[float, Field(ge=-90, le=90)] | None = LEFT_OUT
    within_km: Annotated[float, Field(ge=0, le=1000)] | None = LEFT_OUT
    sort: Literal["fit", "distance"] = "fit"
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    size: Annotated[int, Field(ge=1, le=100)] = 30

    @model_validator(mode="after")
    def _whole_position(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat go together")
        return self

    @property
    def place(self) -> Place | None:
        return None if self.lon is None or self.lat is None else Place(self.lon, self.lat)

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            county=self.county or "",
            words=self.words,
            occupation=self.occupation or "",
            first_day=self.day,
            within_km=self.within_km,
            least_hourly_fen=self.least_hourly_fen,
            by_distance=self.sort == "distance",
        )


@v1.get("/postings")
@v1.input(PostingsQuery, location="query", arg_name="query")
@v1.output(JobsOut)
@v1.doc(security=OPTIONAL_BEARER)
@may_enter(EVERYONE)
def find_postings(query: PostingsQuery) -> JobsOut:
    """Search the postings that take workers

    For a worker they come by fit, invitations first, unless `sort=distance` asks for distance and time only; for
    anyone else always by distance and time. Distances are from `lon`, `lat`, for a worker from home.
    """
    with transaction(read_only=True) as session:
        worker = asking_worker(session)
        if query.within_km is not None and query.place is None and worker is None:
            raise InvalidValue(field="lon", reason="required")
        found = search(session, wanted=query.wanted, at=clock.now(), worker=worker, place=query.place)
    jobs = [job for job in found.jobs if query.town in (None, job.town)]
    first = (query.page - 1) * query.size
    page = [job_out(job) for job in jobs[first : first + query.size]]
    return JobsOut(postings=page, page=query.page, size=query.size, total=len(jobs))


@v1.post("/postings")
@v1.input(NewPosting, arg_name="new")
@v1.input(Sent, location="headers", arg_name="sent")
@v1.output(PostingOut, status_code=201)
@v1.doc(security=BEARER, responses={409: "The key was used for something else."})
@may_enter(EMPLOYER)
def publish(new: NewPosting, sent: Sent) -> PostingOut:
    """Publish a posting

    A verified employer's is open at once, another's waits for staff. What is unlawful is refused with 422 and every
    finding: the field, the words and where they stand, the clause, and what would pass. Sent again with the same
    `Idempotency-Key` it is the same posting.
    """
    employer_id = viewer().employer_id
    assert employer_id is not None
    with transaction() as session:
        employer = employer_by_id(session, employer_id)
        if employer is None:
            raise NotFound(what="employer")
        posting = service.publish(
            session,
            draft=new.draft(employer_name=employer.name),
            employer_id=employer_id,
            invite_first=new.invite_first,
            by=viewer().as_employer(),
            at=clock.now(),
            key=sent.idempotency_key,
        )
        return posting_out(job_of(session, posting), posting, watched=True)


@v1.get("/postings/<int:posting_id>")
@v1.output(PostingOut)
@v1.doc(security=OPTIONAL_BEARER)
@may_enter(EVERYONE)
def show_posting(posting_id: int) -> PostingOut:
    """One posting

    One that staff haven't let out is there for its employer and for staff over its town alone.
    """
    with transaction(read_only=True) as session:
        posting = visible(session, posting_id)
        job = job_of(session, posting, worker=asking_worker(session))
        return posting_out(job, posting, watched=watches(posting))
