"""Work for the worker who asks."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from web.api.access import asking_worker
from web.api.blueprint import v1
from web.api.fields import Taken
from web.api.schemas import JobOut, job_out
from web.api.spec import BEARER
from web.auth import WORKER, may_enter
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.market.applications.rules import State
from zero_work_market.market.search.queries import search
from zero_work_market.market.search.rules import Job, Wanted


class RecommendationsQuery(Taken):
    first: Annotated[int, Field(ge=1, le=100)] = 20
    sort: Literal["fit", "distance"] = "fit"


class RecommendationsOut(BaseModel):
    postings: list[JobOut]


@v1.get("/recommendations")
@v1.input(RecommendationsQuery, location="query", arg_name="query")
@v1.output(RecommendationsOut)
@v1.doc(security=BEARER)
@may_enter(WORKER)
def recommend(query: RecommendationsQuery) -> RecommendationsOut:
    """The postings that suit the worker, the best first

    Work that pays less than asked, lies further than wished, or is when the worker isn't free is left out, as is what
    was answered already. `sort=distance` turns the ranking off: distance and time only.
    """
    wanted = Wanted(by_distance=query.sort == "distance")
    with transaction(read_only=True) as session:
        found = search(session, wanted=wanted, at=clock.now(), worker=asking_worker(session))
    jobs = [job for job in found.jobs if _suits(job)]
    return RecommendationsOut(postings=[job_out(job) for job in jobs[: query.first]])


def _suits(job: Job) -> bool:
    answered = job.application not in (None, State.INVITED, State.CLOSED)
    return job.score is not None and job.free > 0 and not answered
