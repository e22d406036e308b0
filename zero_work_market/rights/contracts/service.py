"""Offering agreements as seats are taken, voiding them as seats are lost, and having them signed by both.

Every verb locks the posting first, as whoever takes or gives up a seat does.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from zero_work_market.ground import evidence, outbox, trusted_time
from zero_work_market.ground.audit import SYSTEM, Actor, record
from zero_work_market.ground.clock import local_date
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotFound
from zero_work_market.market.placements.models import Placement
from zero_work_market.market.placements.rules import State as PlacementState
from zero_work_market.market.postings.models import Posting
from zero_work_market.market.postings.queries import locked
from zero_work_market.people.accounts import queries as accounts
from zero_work_market.people.accounts import service as codes
from zero_work_market.people.accounts.models import Account
from zero_work_market.people.accounts.rules import CodePurpose, check_reason
from zero_work_market.people.workers.models import Worker
from zero_work_market.rights.contracts import queries
from zero_work_market.rights.contracts.events import AgreementsSigned
from zero_work_market.rights.contracts.models import Agreement, Signature
from zero_work_market.rights.contracts.rules import (
    AgreementChanged,
    AgreementVoid,
    Side,
    State,
    hand,
    require_move,
)

NEWS = timedelta(days=1)
"""A start that lies further back is no news to the worker."""


def follow_seat(session: Session, *, placement_id: int, at: datetime) -> Agreement | None:
    """Bring a placement's agreement in line with its seat: offer one, offer it anew, or void it.

    Done twice, nothing more happens. A void one stays as it was, with what was signed. One that nobody has signed yet
    follows what changed in the posting. None when there is no seat to agree on, or the work is over. Raises NotFound.
    """
    posting, placement = _placed(session, placement_id)
    agreement = queries.of_placement(session, placement_id)
    if placement.seat is None:
        if agreement and placement.arrived_at is None and placement.state != PlacementState.NO_SHOW:
            _void(session, posting, agreement, at)
        return agreement
    if agreement and agreement.made_at < placement.accepted_at:
        _void(session, posting, agreement, at)
    if (agreement is None or agreement.state == State.VOID) and posting.ends_at <= at:
        return agreement
    if agreement is None or agreement.state == State.VOID or not agreement.signatures:
        agreement = _offer(session, posting, placement, agreement, at)
    return agreement


def request_code(session: Session, *, by: Actor, at: datetime) -> None:
    """Send a code for signing to the phone of `by`'s own account.

    Raises InvalidValue for an account without a phone, CodeTooSoon, TooManyCodes.
    """
    codes.request_code(session, phone=_phone(_account(session, by)), at=at, purpose=CodePurpose.SIGN)


def sign_as_worker(
    session: Session,
    *,
    placement_id: int,
    seen: str,
    code: str,
    drawn: str,
    typed_name: str,
    by: Actor,
    at: datetime,
) -> Agreement | LeyeError:
    """Sign for the worker; what is signed already stays so. `seen` is the hash of the text that was shown.

    `drawn` and `typed_name` as in `rules.hand`. Returns the refusal of a wrong code, for the attempt counts only if the
    caller commits. Raises NotFound, AgreementVoid, AgreementChanged, InvalidValue.
    """
    posting, placement = _placed(session, placement_id)
    worker = session.get_one(Worker, placement.worker_id)
    agreement = queries.of_placement(session, placement_id)
    if agreement is None or by.account_id is None or worker.account_id != by.account_id:
        raise NotFound(what="agreement")
    if queries.signature_of(agreement, Side.WORKER):
        return agreement
    _require_open(agreement, seen)
    strokes = hand(drawn, typed_name=typed_name, name=worker.name or "")
    refused = _try_code(session, code, by, at)
    if refused is not None:
        return refused
    _sign(session, posting, [agreement], Side.WORKER, strokes, by, at)
    return agreement


def sign_as_employer(
    session: Session,
    *,
    posting_id: int,
    seen: Collection[str],
    code: str,
    drawn: str,
    typed_name: str,
    by: Actor,
    at: datetime,
) -> list[Agreement] | LeyeError:
    """Sign for the employer all agreements of a posting whose texts were shown (`seen`: their hashes), with one code.

    Returns those that were signed now, or the refusal of a wrong code. Raises NotFound, AgreementChanged, InvalidValue.
    """
    posting = locked(session, posting_id)
    if by.account_id is None or posting.employer.account_id != by.account_id:
        raise NotFound(what="agreement")
    waiting = waiting_for_employer(session, posting_id)
    agreements = [agreement for agreement in waiting if agreement.text_hash in seen]
    if not waiting:
        return []
    if not agreements:
        raise AgreementChanged()
    strokes = hand(drawn, typed_name=typed_name, name=posting.employer.operator or "")
    refused = _try_code(session, code, by, at)
    if refused is not None:
        return refused
    _sign(session, posting, agreements, Side.EMPLOYER, strokes, by, at)
    return agreements


def waiting_for_employer(session: Session, posting_id: int) -> list[Agreement]:
    """The agreements of a posting that its employer hasn't signed, by seat."""
    return [
        agreement
        for agreement, _ in queries.of_posting(session, posting_id)
        if queries.signature_of(agreement, Side.EMPLOYER) is None
    ]


def add_witness(session: Session, *, signature_id: int, name: str, stamp: bytes) -> None:
    """Keep the stamp that an outside authority gave for a signature; the first one stays."""
    signature = session.get(Signature, signature_id, with_for_update=True, populate_existing=True)
    if signature is not None and signature.witness_stamp is None:
        signature.witness, signature.witness_stamp = name, stamp


def say_seen(session: Session, *, agreement_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Log that someone else than the worker took the agreement with all that it says.

    Raises ReasonMissing, NotFound.
    """
    placement = session.get_one(Placement, queries.agreement(session, agreement_id).placement_id)
    subject = f"worker:{placement.worker_id}"
    record(session, verb="worker.agreement_seen", subject=subject, by=by, at=at, reason=check_reason(reason))


def to_warn(session: Session, *, at: datetime) -> list[Placement]:
    """Placements whose work began lately without both signatures, each once."""
    query = (
        select(Agreement, Placement)
        .join(Placement, Placement.id == Agreement.placement_id)
        .where(Agreement.state == State.OFFERED, Agreement.warned_at.is_(None))
        .where(Placement.arrived_at > at - NEWS, Placement.arrived_at <= at)
        .with_for_update(of=Agreement)
    )
    found = []
    for agreement, placement in session.execute(query):
        agreement.warned_at = at
        found.append(placement)
    return found


def forget_kept(session: Session, *, at: datetime) -> int:
    """Let go of texts and strokes of workers whose erased profile needs to be kept no longer. Returns how many."""
    over = (
        select(Agreement)
        .join(Placement, Placement.id == Agreement.placement_id)
        .join(Worker, Worker.id == Placement.worker_id)
        .where(Worker.erased_at.is_not(None), Worker.kept_until.is_(None), Agreement.text_sealed.is_not(None))
    )
    agreements = session.scalars(over.with_for_update(of=Agreement)).all()
    for agreement in agreements:
        agreement.text = None
        for signature in agreement.signatures:
            signature.strokes = None
        record(session, verb="agreement.forgotten", subject=f"agreement:{agreement.id}", by=SYSTEM, at=at)
    return len(agreements)


def _placed(session: Session, placement_id: int) -> tuple[Posting, Placement]:
    """The placement with its posting locked. Raises NotFound."""
    placement = session.get(Placement, placement_id)
    if placement is None:
        raise NotFound(what="placement")
    posting = locked(session, placement.posting_id)
    session.refresh(placement)
    return posting, placement


def _offer(
    session: Session, posting: Posting, placement: Placement, agreement: Agreement | None, at: datetime
) -> Agreement:
    wording = queries.wording_on(local_date(at))
    text = queries.text_of(session, posting, placement, wording).encode()
    text_hash = queries.sha256(text)
    if agreement is None or agreement.state == State.VOID:
        agreement = Agreement(placement_id=placement.id, number=queries.number_of(session, posting, placement))
        session.add(agreement)
    elif agreement.text_hash == text_hash:
        return agreement
    agreement.state, agreement.made_at, agreement.version = State.OFFERED, at, wording.version
    agreement.text, agreement.text_hash, agreement.signed_at, agreement.warned_at = text, text_hash, None, None
    session.flush()
    _say(session, "agreement_made", posting, agreement, SYSTEM, at, version=wording.version, text_hash=text_hash)
    return agreement


def _void(session: Session, posting: Posting, agreement: Agreement, at: datetime) -> None:
    if agreement.state != State.VOID:
        require_move(agreement.state, State.VOID)
        agreement.state = State.VOID
        session.flush()
        _say(session, "agreement_void", posting, agreement, SYSTEM, at)


def _require_open(agreement: Agreement, seen: str) -> None:
    if agreement.state == State.VOID:
        raise AgreementVoid()
    if agreement.text_hash != seen:
        raise AgreementChanged()


def _try_code(session: Session, code: str, by: Actor, at: datetime) -> LeyeError | None:
    phone = _phone(_account(session, by))
    tried = codes.try_code(session, phone=phone, code=code, at=at, purpose=CodePurpose.SIGN)
    return tried if isinstance(tried, LeyeError) else None


def _sign(
    session: Session,
    posting: Posting,
    agreements: Collection[Agreement],
    side: Side,
    strokes: bytes | None,
    by: Actor,
    at: datetime,
) -> None:
    number, link = queries.chain_end(session, posting.county)
    completed = []
    for agreement in agreements:
        signature = Signature(
            side=side, account_id=by.account_id, signed_at=at, text_hash=agreement.text_hash,
            chain_number=number, chain_hash=link, strokes_hash=queries.sha256(strokes) if strokes else "",
        )  # fmt: skip
        signature.strokes = strokes
        signature.stamp = trusted_time.site().stamp(queries.message_of(agreement, signature), at=at)
        agreement.signatures.append(signature)
        _say(session, "agreement_signed", posting, agreement, by, at, side=side.value, text_hash=agreement.text_hash)
        record(session, verb="agreement.signed", subject=f"agreement:{agreement.id}", by=by, at=at, side=side.value)
        if len(agreement.signatures) == len(Side):
            require_move(agreement.state, State.SIGNED)
            agreement.state, agreement.signed_at = State.SIGNED, at
            _say(session, "agreement_complete", posting, agreement, by, at)
            completed.append(agreement.id)
    session.flush()
    ids = [agreement.id for agreement in agreements]
    outbox.announce(session, AgreementsSigned(side=side.value, agreement_ids=ids, completed=completed))


def _say(
    session: Session, kind: str, posting: Posting, agreement: Agreement, by: Actor, at: datetime, **body: str
) -> None:
    evidence.add(
        session, kind, chain=posting.county, posting_id=posting.id, placement_id=agreement.placement_id, by=by, at=at,
        agreement=agreement.id, **body,
    )  # fmt: skip


def _account(session: Session, by: Actor) -> Account:
    account = accounts.account(session, by.account_id) if by.account_id is not None else None
    if account is None:
        raise NotFound(what="account")
    return account


def _phone(account: Account) -> str:
    if not account.phone:
        raise InvalidValue(field="phone", reason="missing")
    return account.phone
