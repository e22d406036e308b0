"""Courses, batches, rosters, and what came of them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zero_work_market.ground.db import Base, BigId, named
from zero_work_market.policy.courses.rules import BatchState, ClaimState, Kind, OrderState, Out, State


class Course(Base):
    """What is taught, and to which level of which trade it leads."""

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    occupation: Mapped[str] = mapped_column(String(10), index=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    brand: Mapped[str] = mapped_column(String(20), default="", index=True)
    """Code of the labor brand whose standard it teaches; empty for none."""
    county: Mapped[str] = mapped_column(String(6), index=True)
    provider: Mapped[str] = mapped_column(String(60))
    """The institution that teaches."""
    hours: Mapped[int] = mapped_column(SmallInteger)
    subsidised: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When it was taken off the list; its batches stay."""


class Flagship(Base):
    """A county's one flagship course of a year (一县一项目)."""

    __tablename__ = "flagship_courses"

    county: Mapped[str] = mapped_column(String(6), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    named_on: Mapped[date] = mapped_column(Date)


class TrainingOrder(Base):
    """An employer's wish to have people trained for a posting, and the course that came of it (定向定岗培训)."""

    __tablename__ = "training_orders"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id"), unique=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    county: Mapped[str] = mapped_column(String(6), index=True)
    places: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[OrderState] = mapped_column(named(OrderState, 10))
    asked_at: Mapped[datetime]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"), unique=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(300), default="")


class Batch(Base):
    """One run of a course (一期): where, when, for how many."""

    __tablename__ = "course_batches"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index("ix_course_batches_state_ended_on", "state", "ended_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    """Counted from 1 within the course."""
    starts_on: Mapped[date] = mapped_column(Date, index=True)
    ends_on: Mapped[date] = mapped_column(Date)
    town: Mapped[str] = mapped_column(String(9), index=True)
    place: Mapped[str] = mapped_column(String(80))
    places: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[BatchState] = mapped_column(named(BatchState, 10))
    ended_on: Mapped[date | None] = mapped_column(Date)
    """The last day held, once it has ended: whose year it counts for."""
    course: Mapped[Course] = relationship(lazy="joined", innerjoin=True)


class Enrolment(Base):
    """A person in a batch: one row however often they are entered (人次 = person + course + batch)."""

    __tablename__ = "enrolments"
    __table_args__ = (UniqueConstraint("batch_id", "worker_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("course_batches.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    state: Mapped[State] = mapped_column(named(State, 10))
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[int | None] = mapped_column(BigId)
    """Account of the agent or staff who entered them; None when the worker did."""
    score: Mapped[int | None] = mapped_column(SmallInteger)
    graded_at: Mapped[datetime | None]
    graded_by: Mapped[int | None] = mapped_column(BigId)
    why_out: Mapped[Out | None] = mapped_column(named(Out, 14))
    """Why it isn't counted, as it stands; None for one that counts."""
    batch: Mapped[Batch] = relationship(lazy="joined", innerjoin=True)


class ClassDay(Base):
    """A day on which a batch was taught and its roster called."""

    __tablename__ = "class_days"

    batch_id: Mapped[int] = mapped_column(ForeignKey("course_batches.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    taken_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(BigId)


class Presence(Base):
    """Someone was there on a day."""

    __tablename__ = "presences"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class Certificate(Base):
    """What someone got for a passed course: one of an occupation and level each."""

    __tablename__ = "course_certificates"
    __table_args__ = (UniqueConstraint("worker_id", "occupation", "level"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    occupation: Mapped[str] = mapped_column(String(10))
    level: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    issued_on: Mapped[date] = mapped_column(Date)
    issued_by: Mapped[int | None] = mapped_column(BigId)


class SubsidyClaim(Base):
    """A claim to a subsidy for one enrolment, and what was decided."""

    __tablename__ = "subsidy_claims"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "kind"),
        Index("ix_subsidy_claims_county_state", "county", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    kind: Mapped[Kind] = mapped_column(named(Kind, 10))
    county: Mapped[str] = mapped_column(String(6))
    level: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[ClaimState] = mapped_column(named(ClaimState, 10))
    fen: Mapped[int | None]
    """What is given; None until it is approved, unless a confirmed rule sets it."""
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(300), default="")
    enrolment: Mapped[Enrolment] = relationship(lazy="joined", innerjoin=True)
