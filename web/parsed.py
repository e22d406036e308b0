"""A message that was read, as the API and the command give it. Money is yuan, as people write it."""

from typing import Any, Literal, get_args

from pydantic import BaseModel, Field

from zero_work_market.market.amounts.rules import Wage
from zero_work_market.market.particulars.rules import Said
from zero_work_market.market.reader.rules import Job, Reading

Violation = Literal[
    "gender", "age", "ethnicity", "hukou_region", "health_or_disability", "marriage", "criminal_record",
    "under_18_hazard", "no_pay_clause", "deposit_or_fee", "id_document_held", "false_promise", "suspected_fraud",
    "contact_scheme",
]  # fmt: skip
VIOLATIONS: dict[str, Violation] = {name: name for name in get_args(Violation)} | {
    "minor_hours": "under_18_hazard",
    "under_16": "under_18_hazard",
}
"""The law's categories by the names that they have here; those that have none aren't told."""


class ParsedPlace(BaseModel):
    city: str | None
    district_or_town: str | None


class ParsedPay(BaseModel):
    amount_min: int | float
    amount_max: int | float
    unit: Literal["hour", "day", "month", "piece", "shift", "year"]


class ParsedJob(BaseModel):
    """A job of the message. null: the message doesn't say."""

    title: str | None
    occupation_code: str | None = Field(examples=["6-31-05-00"])
    employer: str | None
    place: ParsedPlace
    pay: list[ParsedPay]
    headcount: int | None
    age_min: int | float | None
    age_max: int | float | None
    gender: Literal["male", "female", "any"] | None
    shift_times: list[str] = Field(examples=[["08:30-20:30"]])
    meals: bool | None
    lodging: bool | None
    start_date: str | None = Field(examples=["06-07"])


class ParsedOut(BaseModel):
    jobs: list[ParsedJob]
    violations: list[Violation]


def parsed(reading: Reading) -> ParsedOut:
    found = {VIOLATIONS.get(one.category) for one in reading.findings}
    known = [name for name in dict.fromkeys(VIOLATIONS.values()) if name in found]
    return ParsedOut(jobs=[_job(job) for job in reading.jobs], violations=known)


def _job(job: Job) -> ParsedJob:
    where = job.place.value if job.place else None
    return ParsedJob(
        title=_value(job.title),
        occupation_code=job.occupations[0].value if job.occupations else None,
        employer=_value(job.employer),
        place=ParsedPlace(
            city=where.city if where else None,
            district_or_town=(where.county or where.town or None) if where else None,
        ),
        pay=[_wage(one) for one in job.pay],
        headcount=_value(job.headcount),
        age_min=_number(job.age_min),
        age_max=_number(job.age_max),
        gender=_value(job.gender),
        shift_times=[one.value for one in job.shifts],
        meals=_value(job.meals),
        lodging=_value(job.lodging),
        start_date="{:02}-{:02}".format(*job.start_day.value) if job.start_day else None,
    )


def _value(said: Said[Any] | None) -> Any:
    return said.value if said else None


def _number(said: Said[float] | None) -> int | float | None:
    return _whole(said.value) if said else None


def _wage(wage: Wage) -> ParsedPay:
    return ParsedPay.model_validate(
        {"amount_min": _whole(wage.low), "amount_max": _whole(wage.high), "unit": wage.unit}
    )


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value
