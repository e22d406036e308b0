"""Types of the API's fields: as strict as the JSON Schema that they are documented by."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from web.brands import recognised_brands
from web.rows import LARGEST_ID
from zero_work_market.ground.errors import NotFound
from zero_work_market.reference.occupations.queries import occupation
from zero_work_market.reference.regions.queries import counties, county_of, region

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
TEXT = r"^[^\u0000]*$"
"""PostgreSQL keeps no NUL."""


class Taken(BaseModel):
    """What a request brings: a name that isn't known is refused, so that a misspelt one isn't lost."""

    model_config = ConfigDict(extra="forbid")


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _written(value: Any) -> Any:
    if not (isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)):
        raise ValueError("takes a date and time as 2026-11-24T08:00:00+08:00")
    return value


def _day_written(value: Any) -> Any:
    if not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        raise ValueError("takes a day as 2026-11-24")
    return value


def _near(value: date) -> date:
    if not FIRST_DAY.year <= value.year <= LAST_DAY.year:
        raise ValueError(f"takes a day from {FIRST_DAY} to {LAST_DAY}")
    return value


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _never_null(schema: dict[str, Any]) -> None:
    del schema["default"]
    (kind,) = [kind for kind in schema.pop("anyOf") if kind != {"type": "null"}]
    schema |= kind


def _known_town(code: str) -> str:
    try:
        if region(code).level == "town" and county_of(code) in counties():
            return code
    except NotFound:
        pass
    raise ValueError("no town of Jining has this code")


def _known_occupation(code: str) -> str:
    try:
        return occupation(code).code
    except NotFound:
        raise ValueError("no occupation of the 2022 classification has this code") from None


def _known_brand(code: str) -> str:
    if code not in {brand.code for brand in recognised_brands()}:
        raise ValueError("no brand has this code")
    return code


LEFT_OUT: Any = Field(default=None, json_schema_extra=_never_null)
"""For a part of a query, or a header, that may be left out: there is no null in those."""
INTEGRAL = BeforeValidator(_whole)
"""On a strict int: 160.0 is one, true and "160" aren't."""
Flag = Annotated[bool, Strict()]
Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID), INTEGRAL]
Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_near), AfterValidator(_utc)]
Day = Annotated[date, BeforeValidator(_day_written), AfterValidator(_near)]
CountyCode = Annotated[str, Field(pattern="^[0-9]{6}$")]
TownCode = Annotated[str, Field(pattern="^[0-9]{9}$")]
OccupationCode = Annotated[str, Field(pattern="^[0-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
KnownTown = Annotated[TownCode, AfterValidator(_known_town)]
KnownOccupation = Annotated[OccupationCode, AfterValidator(_known_occupation)]
KnownBrand = Annotated[str, Field(max_length=20), AfterValidator(_known_brand)]
