"""A posting as the API takes and gives it. Money is fen, distance km; a time has its zone."""

from collections.abc import Hashable
from datetime import datetime
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema, model_validator

from web.api.fields import INTEGRAL, TEXT, Flag, Id, KnownBrand, KnownOccupation, KnownTown, Moment, Taken
from zero_work_market.market.applications.rules import State as ApplicationState
from zero_work_market.market.gate.rules import (
    EMPLOYMENTS,
    HIGHEST_LEVEL,
    MOST_BRANDS,
    MOST_BREAK_MINUTES,
    MOST_CHARACTERS,
    MOST_HEADCOUNT,
    MOST_OCCUPATIONS,
    STEP_MINUTES,
    Draft,
    PayKind,
)
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.rules import State
from zero_work_market.market.search.rules import Job
from zero_work_market.market.shortlists.service import FURTHEST
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.regions.queries import county_of, region

MOST_SHIFTS = 16
MOST_FEN = 10_000_000
"""So that the pay of a whole posting fits its column."""
BREAK = "The break within each shift: free, unpaid, no working time."
Item = TypeVar("Item", bound=Hashable)
PostingState = Annotated[State, WithJsonSchema({"type": "string", "enum": list(State)})]
Application = Annotated[ApplicationState, WithJsonSchema({"type": "string", "enum": list(ApplicationState)})]


class ShiftTimes(Taken):
    starts_at: Moment = Field(examples=["2026-11-24T08:00:00+08:00"])
    ends_at: Moment = Field(examples=["2026-11-24T12:00:00+08:00"])


class Need(Taken):
    """An occupation by its code in the 2022 classification, and the least skill level, 1 (初级工) to 5 (高级技师)."""

    code: KnownOccupation = Field(examples=["4-02-05-01"])
    level: Annotated[int, Field(strict=True, ge=1, le=HIGHEST_LEVEL), INTEGRAL] = 1


def _occupations_once(needs: list[Need]) -> list[Need]:
    _once([need.code for need in needs])
    return needs


def _once(items: list[Item]) -> list[Item]:
    if len(set(items)) < len(items):
        raise ValueError("the same stands here twice")
    return items


class NewPosting(Taken):
    """A draft. The position is the town's own where `lon` and `lat` are left out."""

    title: Annotated[str, Field(max_length=MOST_CHARACTERS["title"], pattern=TEXT)]
    occupations: Annotated[list[Need], Field(max_length=MOST_OCCUPATIONS), AfterValidator(_occupations_once)] = []
    headcount: Annotated[int, Field(strict=True, ge=1, le=MOST_HEADCOUNT), INTEGRAL]
    town: KnownTown = Field(examples=["370829001"])
    address: Annotated[str, Field(max_length=MOST_CHARACTERS["address"], pattern=TEXT)]
    lon: Annotated[float, Field(strict=True, ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(strict=True, ge=-90, le=90)] | None = None
    shifts: Annotated[list[ShiftTimes], Field(min_length=1, max_length=MOST_SHIFTS)]
    break_minutes: Annotated[
        int, Field(strict=True, ge=0, le=MOST_BREAK_MINUTES, multiple_of=STEP_MINUTES, description=BREAK), INTEGRAL
    ] = 0
    pay_kind: PayKind
    pay_fen: Annotated[int, Field(strict=True, ge=1, le=MOST_FEN), INTEGRAL]
    pieces_per_hour: Annotated[float, Field(strict=True, gt=0, le=10_000)] | None = None
    pay_days: Annotated[int, Field(strict=True, ge=0, le=90), INTEGRAL]
    employment: Annotated[str, Field(json_schema_extra={"enum": list(EMPLOYMENTS)})]
    meals: Flag = False
    lodging: Flag = False
    transport: Flag = False
    insurance: Flag = False
    min_age: Annotated[int, Field(strict=True, ge=0, le=100), INTEGRAL] = 18
    words: Annotated[str, Field(max_length=MOST_CHARACTERS["words"], pattern=TEXT)] = ""
    project_id: Id | None = None
    """Of one's own construction projects; work on a building site needs one."""
    brands: Annotated[
        list[KnownBrand], Field(max_length=MOST_BRANDS, json_schema_extra={"uniqueItems": True}), AfterValidator(_once)
    ] = []
    is_public_post: Flag = False
    invite_first: Annotated[int, Field(strict=True, ge=0, le=FURTHEST), INTEGRAL] = 0

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat go together")
        if self.pay_fen * (self.pieces_per_hour or 1) > MOST_FEN:
            raise ValueError(f"pay is more than {MOST_FEN} fen")
        return self

    def draft(self, *, employer_name: str) -> Draft:
        here = region(self.town)
        return Draft(
            employer_name=employer_name,
            title=self.title,
            occupations=tuple((need.code, need.level) for need in self.occupations),
            headcount=self.headcount,
            county=county_of(self.town).code,
            town=self.town,
            address=self.address,
            lon=here.lon if self.lon is None else self.lon,
            lat=here.lat if self.lat is None else self.lat,
            shifts=tuple((shift.starts_at, shift.ends_at) for shift in self.shifts),
            break_minutes=self.break_minutes,
            pay_kind=self.pay_kind,
            pay_fen=self.pay_fen,
            pieces_per_hour=self.pieces_per_hour,
            pay_days=self.pay_days,
            employment=self.employment,
            meals=self.meals,
            lodging=self.lodging,
            transport=self.transport,
            insurance=self.insurance,
            min_age=self.min_age,
            words=self.words,
            brands=tuple(self.brands),
            is_public_post=self.is_public_post,
            project_id=self.project_id,
        )


class OccupationOut(BaseModel):
    code: str
    name: str
    level: int


class ShiftOut(BaseModel):
    starts_at: datetime
    ends_at: datetime


class JobOut(BaseModel):
    """A posting in a list. From `score` on for a worker who asks; `distance_km` also for one who says where."""

    id: int
    state: PostingState
    title: str
    employer: str
    verified: bool
    occupations: list[OccupationOut]
    headcount: int
    taken: int = Field(description="Seats held.")
    queue: int = Field(description="How many wait for a seat.")
    county: str
    town: str
    address: str
    lon: float
    lat: float
    shifts: list[ShiftOut]
    break_minutes: int = Field(description=BREAK)
    closes_at: datetime
    pay_kind: PayKind
    pay_fen: int
    hourly_fen: int
    total_fen: int = Field(description="What one worker gets for all the shifts.")
    pay_days: int
    meals: bool
    lodging: bool
    transport: bool
    insurance: bool
    min_age: int
    brands: list[str]
    distance_km: float | None
    score: float | None = Field(description="The ranking's score, 0 to 1; none for one whom a gate keeps out.")
    shut: str = Field(description="The gate that keeps the worker out: slots, pay, distance or skill.")
    application: Application | None
    respond_by: datetime | None
    queue_place: int | None


class PostingOut(JobOut):
    """A posting with everything that it says. `state_reason` and `invite_first` are for its employer and staff."""

    words: str
    employment: str
    pieces_per_hour: float | None
    state_reason: str | None
    invite_first: int | None


class JobsOut(BaseModel):
    """A page of a list, numbered from 1."""

    postings: list[JobOut]
    page: int
    size: int
    total: int


def job_out(job: Job) -> JobOut:
    return JobOut.model_validate(_shown(job))


def posting_out(job: Job, posting: Posting, *, watched: bool) -> PostingOut:
    """`watched`: for the posting's employer, or staff over it."""
    return PostingOut.model_validate(
        _shown(job)
        | {
            "words": posting.words,
            "employment": posting.employment,
            "pieces_per_hour": posting.pieces_per_hour,
            "state_reason": posting.state_reason if watched else None,
            "invite_first": posting.invite_first if watched else None,
        }
    )


def _shown(job: Job) -> dict[str, object]:
    return vars(job) | {
        "occupations": [{"code": code, "name": label(code), "level": level} for code, level in job.occupations],
        "shifts": [{"starts_at": start, "ends_at": end} for start, end in job.shifts],
    }
