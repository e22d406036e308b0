"""What training announces."""

from dataclasses import dataclass
from typing import ClassVar

from zero_work_market.ground.outbox import Event


@dataclass(frozen=True)
class CoursePassed(Event):
    """Somebody passed a course: they are told, and invited to the posting that it was ordered for, if there is one."""

    kind: ClassVar[str] = "course_passed"
    enrolment_id: int


@dataclass(frozen=True)
class CertificateIssued(Event):
    kind: ClassVar[str] = "certificate_issued"
    certificate_id: int


@dataclass(frozen=True)
class SubsidyDecided(Event):
    kind: ClassVar[str] = "subsidy_decided"
    claim_id: int


@dataclass(frozen=True)
class TrainingOrderDecided(Event):
    """Staff took or refused an employer's order: the employer is told."""

    kind: ClassVar[str] = "training_order_decided"
    order_id: int
