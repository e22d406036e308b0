"""The verbs on complaints and cases: the worker's, the employer's, and the staff's who handle them.

A complaint locks its posting, then its case; what staff do locks the case.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zero_work_market.ground import audit, evidence, once, outbox
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import IllegalMove, InvalidValue, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.queries import placement_of
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked as locked_posting
from zero_work_market.people.accounts import service as accounts
from zero_work_market.people.accounts.rules import Permission, check_reason
from zero_work_market.reference.law.queries import limit
from zero_work_market.rights.arrears import queries as arrears
from zero_work_market.rights.arrears.rules import NotDueYet, NothingOwed
from zero_work_market.rights.disputes import queries, rules
from zero_work_market.rights.disputes.events import CaseStepped, PayReminded
from zero_work_market.rights.disputes.models import Case, Claim, Step
from zero_work_market.rights.disputes.queries import Unpaid
from zero_work_market.rights.disputes.rules import Kind, Mediation, Outcome, Procedure, Result, Stage


def complain(
    session: Session,
    *,
    posting_id: int,
    worker_id: int,
    words: str = "",
    by: Actor,
    at: datetime,
    key: str | None = None,
) -> Claim:
    """Claim all that is late, or denied, for one placement: the complaint builds itself and joins the open case.

    What is in an open case isn't claimed again: a second tap gives the claim that stands. What is missing stops nobody.
    Raises NotFound for who never held a seat, NotDueYet, NothingOwed, InvalidValue.
    """
    posting = locked_posting(session, posting_id)
    request = f"complain:{posting_id}:{worker_id}"
    if by.account_id is not None:
        done = once.result_of(session, account_id=by.account_id, key=key, request=request)
        if done is not None:
            return session.get_one(Claim, done)
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    if placement is None:
        raise NotFound(what="placement")
    words = rules.check_words(words) if words.strip() else ""
    unpaid = queries.unpaid_of(session, placement_id=placement.id, at=at)
    if unpaid is None or not unpaid.fileable:
        return _standing_claim(session, placement, unpaid)
    claim = _file(session, posting, placement, unpaid, words=words, by=by, at=at)
    if by.account_id is not None:
        once.remember(session, account_id=by.account_id, key=key, request=request, result_id=claim.id, at=at)
    return claim


def remind(session: Session, *, posting_id: int, worker_id: int, by: Actor, at: datetime) -> bool:
    """Have the employer told of the pay day, once a day. False when it was told today. Raises NotFound, NothingOwed."""
    locked_posting(session, posting_id)
    placement = placement_of(session, posting_id=posting_id, worker_id=worker_id)
    if placement is None or by.account_id is None:
        raise NotFound(what="placement")
    unpaid = queries.unpaid_of(session, placement_id=placement.id, at=at)
    if unpaid is None or not unpaid.free:
        raise NothingOwed()
    key = f"remind:{posting_id}:{local_date(at)}"
    if once.result_of(session, account_id=by.account_id, key=key, request="remind") is not None:
        return False
    once.remember(session, account_id=by.account_id, key=key, request="remind", result_id=placement.id, at=at)
    due_on = unpaid.due_on.isoformat()
    outbox.announce(session, PayReminded(placement_id=placement.id, fen=unpaid.fen, due_on=due_on))
    audit.record(session, verb="pay.reminded", subject=f"placement:{placement.id}", by=by, at=at, due_on=due_on)
    return True


def take_back(session: Session, *, claim_id: int, worker_id: int, words: str = "", by: Actor, at: datetime) -> Claim:
    """The worker takes the complaint back; taken back twice is once. Raises NotFound, IllegalMove in a closed case."""
    case, claim = _own_claim(session, claim_id, worker_id)
    if claim.withdrawn_at is None:
        _require_open(case)
        claim.withdrawn_at = at
        _step(session, case, Kind.TAKEN_BACK, by, at, words=words.strip()[: rules.LONGEST_WORDS], claim=claim)
    return claim


def add_words(session: Session, *, claim_id: int, worker_id: int, words: str, by: Actor, at: datetime) -> Step:
    """What else the worker has to say. Raises NotFound, InvalidValue, IllegalMove in a closed case."""
    case, claim = _own_claim(session, claim_id, worker_id)
    _require_open(case)
    return _step(session, case, Kind.SAID, by, at, words=rules.check_words(words), claim=claim)


def answer(session: Session, *, case_id: int, employer_id: int, words: str, by: Actor, at: datetime) -> Step:
    """The employer's word. Raises NotFound for another's case, InvalidValue, IllegalMove in a closed one."""
    case = queries.locked(session, case_id)
    if case.employer_id != employer_id:
        raise NotFound(what="case")
    _require_open(case)
    return _step(session, case, Kind.SAID, by, at, words=rules.check_words(words))


def accept(session: Session, *, case_id: int, words: str = "", by: Actor, at: datetime) -> Case:
    """快立: taken on. All verbs of the staff raise NotFound, NotAllowed, OutOfScope, IllegalMove, InvalidValue."""
    case = _handled(session, case_id, by)
    _enter(session, case, Stage.ACCEPTED, by, at)
    _step(session, case, Kind.ACCEPTED, by, at, words=words.strip())
    return case


def call_mediation(
    session: Session, *, case_id: int, meet_at: datetime, place: str, words: str = "", by: Actor, at: datetime
) -> Case:
    """快调: ask both sides to come at a time to a place; may be asked again."""
    case = _handled(session, case_id, by)
    place = rules.check_words(place, field="place")
    if meet_at < at:
        raise InvalidValue(field="meet_at", reason="past")
    if case.stage != Stage.MEDIATING:
        _enter(session, case, Stage.MEDIATING, by, at)
    _step(session, case, Kind.CALLED, by, at, words=words.strip(), meet_at=meet_at.isoformat(), place=place)
    return case


def record_mediation(session: Session, *, case_id: int, record: Mediation, by: Actor, at: datetime) -> Step:
    """What a meeting came to. What was agreed for each open claim is promised, and not paid yet."""
    case = _handled(session, case_id, by)
    rules.check_mediation(record, today=local_date(at))
    if case.stage == Stage.ACCEPTED:
        _enter(session, case, Stage.MEDIATING, by, at)
    if case.stage != Stage.MEDIATING:
        raise IllegalMove(what="case", from_state=case.stage, to_state=Stage.MEDIATING)
    sums = dict(record.sums) if record.result == Result.AGREED else {}
    if record.result == Result.AGREED:
        _promise(case, sums)
    return _step(
        session, case, Kind.MEDIATED, by, at,
        held_on=record.held_on.isoformat(), place=record.place.strip(), present=record.present.strip(),
        worker_said=record.worker_said.strip(), employer_said=record.employer_said.strip(),
        result=record.result.value, pay_by=record.pay_by and record.pay_by.isoformat(),
        sums={str(claim_id): fen for claim_id, fen in sums.items()},
    )  # fmt: skip


def refer(session: Session, *, case_id: int, procedure: Procedure, words: str = "", by: Actor, at: datetime) -> Case:
    """快审: to the arbitration office, by the simple procedure (wages) or the ordinary one."""
    case = _handled(session, case_id, by)
    case.procedure = procedure
    _enter(session, case, Stage.HEARING, by, at)
    _step(session, case, Kind.REFERRED, by, at, words=words.strip(), procedure=procedure.value)
    return case


def extend(session: Session, *, case_id: int, days: int, reason: str, by: Actor, at: datetime) -> Case:
    """More days for an ordinary hearing, once (劳动争议调解仲裁法 43). Also raises CannotExtend, ReasonMissing."""
    case, reason = _handled(session, case_id, by), check_reason(reason)
    if case.stage != Stage.HEARING:
        raise IllegalMove(what="case", from_state=case.stage, to_state=Stage.HEARING)
    most = queries.days_of(local_date(case.filed_at)).extend
    rules.check_extension(procedure=case.procedure, extended_by=case.extended_by_days, days=days, most=most)
    case.extended_by_days, case.due_on = days, case.due_on + timedelta(days=days)
    _step(session, case, Kind.EXTENDED, by, at, words=reason, days=days)
    return case


def supervise(session: Session, *, case_id: int, reason: str, by: Actor, at: datetime) -> Case:
    """Put a case on the supervision list by hand (挂牌督办). Also raises ReasonMissing."""
    case, reason = _handled(session, case_id, by), check_reason(reason)
    _require_open(case)
    _supervise(session, case, by, at, words=reason)
    return case


def lift(session: Session, *, case_id: int, reason: str, by: Actor, at: datetime) -> Case:
    """Take a case off the supervision list. Also raises ReasonMissing."""
    case, reason = _handled(session, case_id, by), check_reason(reason)
    if case.supervised_at is not None:
        case.supervised_at = None
        _step(session, case, Kind.LIFTED, by, at, words=reason)
    return case


def close(
    session: Session,
    *,
    case_id: int,
    outcome: Outcome,
    words: str = "",
    sums: Mapping[int, int] | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """快结. An award names its fen by open claim; a refusal its reason. Also raises what `rules.check_outcome` does.

    What the case recovered is what the ledger says came since it was filed, whatever was promised.
    """
    case = _handled(session, case_id, by)
    standings = {claim: queries.standing(session, claim) for claim in case.open_claims}
    rules.check_outcome(
        case.stage, outcome, agreed=queries.agreed(case) is not None, open_claims=len(standings),
        unpaid_claims=sum(1 for standing in standings.values() if not standing.settled),
    )  # fmt: skip
    words = check_reason(words) if outcome == Outcome.REFUSED else words.strip()
    if outcome == Outcome.AWARDED:
        _promise(case, dict(sums or {}))
    rules.require_move(case.stage, Stage.CLOSED)
    case.stage, case.stage_since, case.closed_at, case.outcome = Stage.CLOSED, at, at, outcome
    recovered_fen = sum(standing.came_fen for standing in standings.values())
    promised_fen = sum(claim.promised_fen or 0 for claim in standings)
    _step(
        session, case, Kind.CLOSED, by, at, words=words, outcome=outcome.value, recovered_fen=recovered_fen,
        promised_fen=promised_fen,
    )  # fmt: skip
    evidence.add(
        session, "case_closed", chain=case.county, posting_id=None, by=by, at=at, case=case.id, outcome=outcome.value,
        recovered_fen=recovered_fen,
    )  # fmt: skip
    return case


def _file(
    session: Session, posting: Posting, placement: Placement, unpaid: Unpaid, *, words: str, by: Actor, at: datetime
) -> Claim:
    case = _collecting(session, posting, at)
    facts = arrears.built(session, unpaid.arrears, unpaid.fileable)
    claim = Claim(
        placement_id=placement.id, worker_id=placement.worker_id, claim_fen=facts["owed_fen"], built_from=facts,
        missing=arrears.missing(session, facts, worker_id=placement.worker_id, employer_id=posting.employer_id),
        filed_at=at,
    )  # fmt: skip
    case.claims.append(claim)
    session.flush()
    _step(session, case, Kind.CLAIMED, by, at, words=words, claim=claim, claim_fen=claim.claim_fen)
    evidence.add(
        session, "case_filed", chain=case.county, posting_id=posting.id, placement_id=placement.id, by=by, at=at,
        case=case.id, claim_fen=claim.claim_fen,
    )  # fmt: skip
    _supervise_collective(session, case, at)
    return claim


def _supervise_collective(session: Session, case: Case, at: datetime) -> None:
    """Put all open cases of the employer in the county on the supervision list once enough workers claim in them."""
    cases = queries.open_together(session, case)
    threshold = limit("collective_case_workers", local_date(at)).value
    workers = {claim.worker_id for one in cases for claim in one.open_claims}
    if rules.is_collective(workers, threshold=threshold):
        for one in cases:
            if one.supervised_at is None:
                _supervise(session, one, audit.SYSTEM, at, workers=len(workers), threshold=threshold)


def _standing_claim(session: Session, placement: Placement, unpaid: Unpaid | None) -> Claim:
    standing = queries.open_claims(session, placement_ids=[placement.id])
    if standing:
        return standing[-1]
    if unpaid is None:
        raise NothingOwed()
    raise NotDueYet(due_on=unpaid.due_on)


def _collecting(session: Session, posting: Posting, at: datetime) -> Case:
    """The case that collects claims against the employer in this county, opened by the first of them."""
    employer_id, county = posting.employer_id, posting.county
    found = queries.collecting(session, employer_id=employer_id, county=county)
    if found is not None:
        return found
    filed_on = local_date(at)
    due_on = rules.due_on(Stage.FILED, since=filed_on, days=queries.days_of(filed_on))
    opened = Case(
        employer_id=employer_id, county=county, town=posting.town, stage=Stage.FILED, stage_since=at, filed_at=at,
        due_on=due_on,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(opened)
            session.flush()
    except IntegrityError:
        # Another worker's complaint opened it a moment ago.
        found = queries.collecting(session, employer_id=employer_id, county=county)
        assert found is not None
        return found
    return opened


def _own_claim(session: Session, claim_id: int, worker_id: int) -> tuple[Case, Claim]:
    claim = queries.claim_of_worker(session, claim_id=claim_id, worker_id=worker_id)
    case = queries.locked(session, claim.case_id)
    return case, next(one for one in case.claims if one.id == claim.id)


def _handled(session: Session, case_id: int, by: Actor) -> Case:
    """The case, locked, for staff who decide in its county."""
    case = queries.locked(session, case_id)
    accounts.require(session, by=by, permission=Permission.DECIDE, region=case.county)
    return case


def _require_open(case: Case) -> None:
    if case.stage == Stage.CLOSED:
        raise IllegalMove(what="case", from_state=case.stage, to_state=case.stage)


def _enter(session: Session, case: Case, stage: Stage, by: Actor, at: datetime) -> None:
    """The next stage with its own days; a mediation runs on those that began with the acceptance."""
    rules.require_move(case.stage, stage)
    case.stage, case.stage_since = stage, at
    if stage != Stage.MEDIATING:
        days = queries.days_of(local_date(case.filed_at))
        case.due_on = rules.due_on(stage, since=local_date(at), days=days, procedure=case.procedure)
    evidence.add(
        session, "case_moved", chain=case.county, posting_id=None, by=by, at=at, case=case.id, stage=stage.value
    )


def _promise(case: Case, sums: Mapping[int, int]) -> None:
    rules.check_sums(sums, {claim.id: claim.claim_fen for claim in case.open_claims})
    for claim in case.open_claims:
        claim.promised_fen = sums[claim.id]


def _supervise(session: Session, case: Case, by: Actor, at: datetime, **why: Any) -> None:
    case.supervised_at = at
    _step(session, case, Kind.SUPERVISED, by, at, **why)


def _step(
    session: Session,
    case: Case,
    kind: Kind,
    by: Actor,
    at: datetime,
    *,
    words: str = "",
    claim: Claim | None = None,
    **details: Any,
) -> Step:
    """Note what was done: as a step of the case, in the audit, and to whom it concerns."""
    step = Step(
        case_id=case.id, claim_id=claim and claim.id, kind=kind, at=at, account_id=by.account_id, role=by.role,
        words=words, details=details,
    )  # fmt: skip
    case.steps.append(step)
    session.flush()
    audit.record(session, verb=f"case.{kind}", subject=f"case:{case.id}", by=by, at=at)
    outbox.announce(session, CaseStepped(step_id=step.id))
    return step
