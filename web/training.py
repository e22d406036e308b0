"""Training in plain words, and what the pages of several houses show of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from web.filters import month_day
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue
from zero_work_market.policy.courses import queries
from zero_work_market.policy.courses.models import Batch, Course
from zero_work_market.policy.courses.queries import Taken
from zero_work_market.policy.courses.rules import BatchState, ClaimState, Kind, Lacks, OrderState, Out, State

BATCH_STATES = {BatchState.PLANNED: "还没开课", BatchState.RUNNING: "正在上", BatchState.ENDED: "结班了"}
STATES = {
    State.ENROLLED: "报上名了", State.ATTENDING: "正在学", State.PASSED: "考过了", State.FAILED: "没考过",
    State.LEFT: "退了",
}  # fmt: skip
KINDS = {Kind.TRAINING: "培训补贴", Kind.SKILL: "高级工技能补贴"}
CLAIM_STATES = {ClaimState.ASKED: "等着批", ClaimState.APPROVED: "批了", ClaimState.REFUSED: "没批"}
ORDER_STATES = {OrderState.ASKED: "等着开班", OrderState.TAKEN: "开课了", OrderState.REFUSED: "没开成"}
OUTS = {
    Out.UNSUBSIDISED: "不是补贴性的课", Out.LEFT: "中途退了", Out.GOING_ON: "还没结班", Out.ABSENT: "课没上够",
}  # fmt: skip
LACKS = {
    Lacks.NO_CERTIFICATE: "拿到证书才能报", Lacks.LEVEL: "这个等级不在补贴里",
    Lacks.NOT_COUNTED: "不算补贴性培训的人次",
}  # fmt: skip
WORDS: Mapping[str, Any] = {
    "batch_states": BATCH_STATES, "states": STATES, "kinds": KINDS, "claim_states": CLAIM_STATES,
    "order_states": ORDER_STATES, "outs": OUTS, "lacks": LACKS,
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A course as a list shows it."""

    course: Course
    batches: list[Batch]
    """The latest first."""
    taken: Mapping[int, Taken]
    flagship: list[int]
    """The years for which it is its county's flagship."""
    seats: int
    """How many people open postings near ask for in its trade."""

    @property
    def enrolled(self) -> int:
        return sum(self.count(batch).enrolled for batch in self.batches)

    @property
    def passed(self) -> int:
        return sum(self.count(batch).passed for batch in self.batches)

    @property
    def next(self) -> Batch | None:
        """The soonest that can be booked."""
        planned = [batch for batch in self.batches if batch.state == BatchState.PLANNED]
        return min(planned, key=lambda batch: batch.starts_on, default=None)

    def count(self, batch: Batch) -> Taken:
        return self.taken.get(batch.id, Taken())

    def left(self, batch: Batch) -> int:
        return max(batch.places - self.count(batch).enrolled, 0)


def offers(session: Session, courses: Iterable[Course], *, at: datetime, county: str = "") -> list[Offer]:
    """In the order of `courses`; `county` is where postings are looked for."""
    courses = list(courses)
    ids = [one.id for one in courses]
    batches = queries.batches_of(session, ids)
    taken = queries.taken(session, [one.id for one in batches])
    years, seats = queries.flagship_years(session, ids), queries.wanted_seats(session, at=at, county=county)
    return [
        Offer(
            one, [batch for batch in batches if batch.course_id == one.id], taken, years[one.id],
            seats.get(one.occupation, 0),
        )
        for one in courses
    ]  # fmt: skip


def days_said(batch: Batch) -> str:
    """ "12 月 1 日到 5 日" """
    first, last = month_day(batch.starts_on), month_day(batch.ends_on)
    if batch.starts_on == batch.ends_on:
        return first
    month, _, day = last.partition(" 月 ")
    return f"{first}到 {day}" if first.startswith(f"{month} 月") else f"{first}到 {last}"


def day_given(given: Mapping[str, str], field: str) -> date:
    """A day that a form says. Raises InvalidValue."""
    try:
        return date.fromisoformat(given.get(field, ""))
    except ValueError:
        raise InvalidValue(field=field, reason="required" if not given.get(field) else "format") from None


def number_given(given: Mapping[str, str], name: str, field: str) -> int:
    """A whole number that a form says under `name`. Raises InvalidValue naming `field`."""
    text = given.get(name, "").strip()
    if not text:
        raise InvalidValue(field=field, reason="required")
    if not text.isdecimal() or len(text) > 6:
        raise InvalidValue(field=field, reason="not_a_number")
    return int(text)


def year_now(now: datetime) -> int:
    return local_date(now).year
