"""Counts of postings, invitations and accepted seats, for staff."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator
from sqlalchemy.orm import Session

from web.api.blueprint import v1
from web.api.fields import LEFT_OUT, Day, Taken
from web.api.spec import BEARER
from web.auth import may_enter, staff, viewer
from zero_work_market.ground import clock
from zero_work_market.ground.db import transaction
from zero_work_market.people.accounts.rules import Permission
from zero_work_market.statistics.seats.queries import Counts, by_day, by_place, total

LONGEST_DAYS = 366
WEEK = timedelta(days=6)


class PlacementsQuery(Taken):
    """Days are those on which the work starts; without them, the seven from today. `region` narrows one's own."""

    by: Literal["county", "town", "day"] = "county"
    first: Day | None = LEFT_OUT
    last: Day | None = LEFT_OUT
    region: Annotated[str, Field(pattern="^[1-9][0-9]{5}([0-9]{3}){0,2}$")] | None = LEFT_OUT

    @model_validator(mode="after")
    def _one_span(self) -> Self:
        if (self.first is None) != (self.last is None):
            raise ValueError("first and last go together")
        if self.first and self.last and not 0 <= (self.last - self.first).days < LONGEST_DAYS:
            raise ValueError(f"last must not be before first, nor {LONGEST_DAYS} days after it")
        return self

    def span(self, today: date) -> tuple[date, date]:
        return (self.first or today), (self.last or today + WEEK)


class CountsOut(BaseModel):
    postings: int
    seats: int
    invitations: int
    accepted: int = Field(description="Seats held: person-times. An accepted seat isn't called employment.")
    workers: int = Field(description="Different persons who hold them; doesn't add up over rows.")


class RowOut(CountsOut):
    """`key` is a county's or town's code, or a day."""

    key: str


class PlacementsOut(BaseModel):
    first: date
    last: date
    rows: list[RowOut]
    total: CountsOut


@v1.get("/statistics/placements")
@v1.input(PlacementsQuery, location="query", arg_name="query")
@v1.output(PlacementsOut)
@v1.doc(security=BEARER)
@may_enter(staff(Permission.BOARD))
def placements(query: PlacementsQuery) -> PlacementsOut:
    """Postings, invitations and accepted seats in one's own regions, by county, town or day"""
    if query.region is not None:
        viewer().require(Permission.BOARD, query.region)
    scopes = viewer().scopes(Permission.BOARD) if query.region is None else (query.region,)
    first, last = query.span(clock.local_date(clock.now()))
    with transaction(read_only=True) as session:
        rows = _rows(session, scopes, first, last, query.by)
        summed = total(session, scopes=scopes, first=first, last=last)
    return PlacementsOut(
        first=first,
        last=last,
        rows=[RowOut(key=key, **vars(counts)) for key, counts in sorted(rows.items())],
        total=CountsOut(**vars(summed)),
    )


def _rows(session: Session, scopes: tuple[str, ...], first: date, last: date, by: str) -> dict[str, Counts]:
    if by == "day":
        days = by_day(session, scopes=scopes, first=first, last=last)
        return {day.isoformat(): counts for day, counts in days.items()}
    return by_place(session, scopes=scopes, first=first, last=last, level=by)
