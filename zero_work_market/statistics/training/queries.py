"""What counts the two figures of training (plan 8).

A 人次 is a person in a batch of a course that is subsidised, who was there on enough of the days held; whether they
passed doesn't matter. A roster has a person once, so that the same row entered twice is one. It counts in the year of
the batch's last day held, where the batch was held.
"""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from zero_work_market.ground.paging import Page
from zero_work_market.people.workers.models import Worker
from zero_work_market.people.workers.rules import mask_name
from zero_work_market.policy.courses.models import Batch, ClassDay, Course, Enrolment, Flagship, Presence
from zero_work_market.policy.courses.rules import Out
from zero_work_market.reference.regions.queries import counties, region
from zero_work_market.reference.regions.rules import CITY, significant
from zero_work_market.statistics.registers.queries import Register, counted_by_month, month_of
from zero_work_market.statistics.registers.rules import Count, RegisterRow, Why

DAY = func.coalesce(Batch.ended_on, Batch.ends_on)
"""The last day held, or of a batch that goes on the last planned."""


def _trainings(session: Session, year: int, codes: Collection[str]) -> dict[str, Count]:
    return counted_by_month(
        session, codes=codes, place=Batch.town.expression, month=month_of(Batch.ended_on, year, of_days=True),
        what=func.count(), terms=(Enrolment.batch_id == Batch.id) & Enrolment.why_out.is_(None),
    )  # fmt: skip


def _training_rows(session: Session, year: int, code: str, counted: bool, number: int, size: int) -> Page[RegisterRow]:
    here = month_of(DAY, year, of_days=True) > 0, Batch.town.startswith(significant(code))
    query = (
        select(Enrolment, Batch, Course.name, Worker.surname, func.count().over())
        .select_from(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Course, Course.id == Batch.course_id)
        .join(Worker, Worker.id == Enrolment.worker_id)
        .where(*here, Enrolment.why_out.is_(None) if counted else Enrolment.why_out.is_not(None))
        .order_by(DAY.desc(), Enrolment.id.desc())
    )
    found = session.execute(query.limit(size).offset((number - 1) * size)).all()
    days = _days(session, [row for row, *_ in found if row.why_out == Out.ABSENT])
    rows = tuple(
        RegisterRow(
            "enrolment", row.id, mask_name(surname), f"{name}第 {batch.number} 期，{region(batch.town).name}",
            batch.ended_on or batch.ends_on, _why(row, days),
        )
        for row, batch, name, surname, _ in found
    )  # fmt: skip
    return Page(rows=rows, number=number, size=size, total=found[0][4] if found else 0)


def _why(row: Enrolment, days: Mapping[int, tuple[int, int]]) -> Why:
    if row.why_out is None:
        return ()
    return ("absent", *days[row.id]) if row.why_out == Out.ABSENT else (row.why_out.value,)


def _days(session: Session, rows: Collection[Enrolment]) -> dict[int, tuple[int, int]]:
    """By enrolment, the days on which they were there and those held."""
    there = select(Presence.enrolment_id, func.count()).where(Presence.enrolment_id.in_([row.id for row in rows]))
    held = select(ClassDay.batch_id, func.count()).where(ClassDay.batch_id.in_({row.batch_id for row in rows}))
    present = dict(session.execute(there.group_by(Presence.enrolment_id)).all())
    taught = dict(session.execute(held.group_by(ClassDay.batch_id)).all())
    return {row.id: (present.get(row.id, 0), taught.get(row.batch_id, 0)) for row in rows}


def _flagships(session: Session, year: int, codes: Collection[str]) -> dict[str, Count]:
    return counted_by_month(
        session, codes=codes, place=Flagship.county.expression, month=_named_in(year), what=func.count(),
        terms=Flagship.year == year,
    )  # fmt: skip


def _named_in(year: int) -> ColumnElement[int]:
    """Month of the naming; one named before its year stands from January on, one named after it in December."""
    month = month_of(Flagship.named_on, year, of_days=True)
    return case((Flagship.named_on < date(year, 1, 1), 1), (Flagship.named_on > date(year, 12, 31), 12), else_=month)


def _flagship_rows(session: Session, year: int, code: str, counted: bool, number: int, size: int) -> Page[RegisterRow]:
    """Each county of the region, and its course."""
    query = select(Flagship, Course).join(Course, Course.id == Flagship.course_id).where(Flagship.year == year)
    held = {row.county: (row, known) for row, known in session.execute(query)}
    asked = [one for one in counties() if code == CITY or code.startswith(one.code)]
    rows = [
        RegisterRow("course", held[one.code][1].id, held[one.code][1].name, one.name, held[one.code][0].named_on)
        if one.code in held
        else RegisterRow("county", one.code, one.name, "", None, ("no_flagship",))
        for one in asked
        if (one.code in held) == counted
    ]
    return Page(rows=tuple(rows), number=1, size=max(size, len(rows)), total=len(rows))


REGISTERS: Mapping[str, Register] = {
    "trainings": Register(_trainings, _training_rows),
    "flagship_courses": Register(_flagships, _flagship_rows),
}
"""By the figure's name in the plan's `counted_by`."""
