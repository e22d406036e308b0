"""A wage case's four stages (快立、快调、快审、快结) and their legal clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from zero_work_market.ground.errors import IllegalMove, InvalidValue, LeyeError

LONGEST_WORDS = 1000


class Stage(StrEnum):
    FILED = "filed"
    """快立: the worker complained and the employer was told; staff are to take it on."""
    ACCEPTED = "accepted"
    """快调: taken on; both sides are to be brought together."""
    MEDIATING = "mediating"
    """快调: both sides were called together."""
    HEARING = "hearing"
    """快审: at the arbitration office."""
    CLOSED = "closed"
    """快结"""


MOVES: dict[Stage, set[Stage]] = {
    Stage.FILED: {Stage.ACCEPTED, Stage.CLOSED},
    Stage.ACCEPTED: {Stage.MEDIATING, Stage.HEARING, Stage.CLOSED},
    Stage.MEDIATING: {Stage.HEARING, Stage.CLOSED},
    Stage.HEARING: {Stage.CLOSED},
    Stage.CLOSED: set(),
}
COLLECTING = (Stage.FILED, Stage.ACCEPTED)
"""Stages in which the complaint of another worker of the same employer joins the case."""


class Procedure(StrEnum):
    """How the arbitration office hears it."""

    SIMPLE = "simple"
    ORDINARY = "ordinary"


class Outcome(StrEnum):
    PAID = "paid"
    """Everything claimed has come, by the wage ledger."""
    SETTLED = "settled"
    """The two agreed."""
    AWARDED = "awarded"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    """Not a case to be taken on, also where that shows later (办案规则 30, 32)."""


OUTCOMES: dict[Stage, set[Outcome]] = {
    Stage.FILED: {Outcome.PAID, Outcome.WITHDRAWN, Outcome.REFUSED},
    Stage.ACCEPTED: {Outcome.PAID, Outcome.WITHDRAWN, Outcome.REFUSED},
    Stage.MEDIATING: {Outcome.PAID, Outcome.SETTLED, Outcome.WITHDRAWN, Outcome.REFUSED},
    Stage.HEARING: {Outcome.PAID, Outcome.SETTLED, Outcome.AWARDED, Outcome.WITHDRAWN, Outcome.REFUSED},
    Stage.CLOSED: set(),
}
"""How a case may end from each stage."""


class Kind(StrEnum):
    """What a step of a case is."""

    CLAIMED = "claimed"
    TAKEN_BACK = "taken_back"
    SAID = "said"
    """A word of the worker or the employer."""
    ACCEPTED = "accepted"
    CALLED = "called"
    """Both sides were asked to a mediation."""
    MEDIATED = "mediated"
    REFERRED = "referred"
    EXTENDED = "extended"
    SUPERVISED = "supervised"
    LIFTED = "lifted"
    """Taken off the supervision list."""
    CLOSED = "closed"


class Result(StrEnum):
    """What a mediation came to."""

    AGREED = "agreed"
    FAILED = "failed"


class NotAgreed(LeyeError):
    """A case is settled only by a mediation in which the two agreed."""

    code = "case_not_agreed"


class StillOwed(LeyeError):
    """A case isn't paid, or withdrawn, while claims stand open. details: claims, how many."""

    code = "case_still_owed"


class OutcomeNotHere(LeyeError):
    """A case doesn't end that way from this stage. details: stage, outcome."""

    code = "case_outcome_not_here"


class CannotExtend(LeyeError):
    """Only an ordinary hearing is extended, and once. details: reason, "simple" or "twice"."""

    code = "case_cannot_extend"


@dataclass(frozen=True)
class Mediation:
    """The record of one meeting. `sums`: agreed fen by claim id; empty when they didn't agree."""

    held_on: date
    place: str
    present: str
    worker_said: str
    employer_said: str
    result: Result
    pay_by: date | None = None
    sums: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Days:
    """Days of the clock, from the law's data as of the day on which the case was filed."""

    accept: int
    mediate: int
    simple: int
    ordinary: int
    extend: int


def require_move(current: Stage, target: Stage) -> None:
    """Raises IllegalMove unless `current` may become `target`."""
    if target not in MOVES[current]:
        raise IllegalMove(what="case", from_state=current, to_state=target)


def due_on(stage: Stage, *, since: date, days: Days, procedure: Procedure | None = None) -> date:
    """By when a stage that began on `since` is to end: calendar days, as the articles say 日 and not 工作日.

    快立 by 劳动争议调解仲裁法 29, 快调 by 14 (from the acceptance on), 快审 by 43 or by the simple procedure.
    """
    hearing = days.simple if procedure == Procedure.SIMPLE else days.ordinary
    lengths = {Stage.FILED: days.accept, Stage.ACCEPTED: days.mediate, Stage.HEARING: hearing}
    return since + timedelta(days=lengths[stage])


def check_extension(*, procedure: Procedure | None, extended_by: int, days: int, most: int) -> None:
    """Raises CannotExtend, or InvalidValue when more than `most` days are asked for."""
    if procedure != Procedure.ORDINARY:
        raise CannotExtend(reason="simple")
    if extended_by:
        raise CannotExtend(reason="twice")
    if not 1 <= days <= most:
        raise InvalidValue(field="days", reason="range", least=1, most=most)


def check_outcome(stage: Stage, outcome: Outcome, *, open_claims: int, unpaid_claims: int, agreed: bool) -> None:
    """Raises OutcomeNotHere, StillOwed, NotAgreed unless the case may end so.

    `open_claims` aren't taken back; of them `unpaid_claims` aren't settled by the wage ledger; `agreed`: a mediation
    came to an agreement.
    """
    if outcome not in OUTCOMES[stage]:
        raise OutcomeNotHere(stage=stage, outcome=outcome)
    if outcome == Outcome.PAID and (unpaid_claims or not open_claims):
        raise StillOwed(claims=unpaid_claims)
    if outcome == Outcome.WITHDRAWN and open_claims:
        raise StillOwed(claims=open_claims)
    if outcome == Outcome.SETTLED and not agreed:
        raise NotAgreed()


def check_sums(sums: Mapping[int, int], claimed: Mapping[int, int]) -> None:
    """Raises InvalidValue unless every open claim has its sum, none above what was claimed."""
    for claim_id, fen in claimed.items():
        if claim_id not in sums:
            raise InvalidValue(field="sums", reason="required")
        if not 0 <= sums[claim_id] <= fen:
            raise InvalidValue(field="sums", reason="too_large", highest_fen=fen)


def check_mediation(record: Mediation, *, today: date) -> None:
    """Raises InvalidValue naming the field."""
    if record.held_on > today:
        raise InvalidValue(field="held_on", reason="future")
    for name in ("place", "present", "worker_said", "employer_said"):
        check_words(getattr(record, name), field=name)
    if record.result == Result.AGREED and record.pay_by is None:
        raise InvalidValue(field="pay_by", reason="required")


def check_words(words: str, *, field: str = "words") -> str:
    """The words without the spaces around them. Raises InvalidValue when there are none, or more than 1000."""
    said = words.strip()
    if not said:
        raise InvalidValue(field=field, reason="required")
    if len(said) > LONGEST_WORDS:
        raise InvalidValue(field=field, reason="too_long")
    return said


def is_collective(workers: Iterable[int], *, threshold: int) -> bool:
    """True when so many different workers claim against one employer in one county (plan 13)."""
    return len(set(workers)) >= threshold
