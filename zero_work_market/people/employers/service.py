"""Registering an employer, its papers, and the staff's decisions about it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zero_work_market.ground import audit, clock, messages
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.errors import NotAllowed, NotFound
from zero_work_market.ground.referring import referring, touched
from zero_work_market.people.accounts import queries as accounts
from zero_work_market.people.accounts import service as accounts_service
from zero_work_market.people.accounts.rules import Permission, check_reason
from zero_work_market.people.employers import queries, rules
from zero_work_market.people.employers.models import Document, Employer, Project
from zero_work_market.people.employers.rules import NewEmployer, NewProject, Operator, Paper, PaperBody, Verification
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.regions import queries as regions

REGISTERED, UNREGISTERED = "employer.register", "employer.unregister"


def register(session: Session, *, new: NewEmployer, account_id: int, by: Actor, at: datetime) -> Employer:
    """Register the employer that an account acts for; it waits to be verified.

    Raises AlreadyRegistered, InvalidValue, UnknownRegion, NotAllowed for another's account.
    """
    if by != audit.SYSTEM and by.account_id != account_id:
        raise NotAllowed(permission="own_account", region="")
    return _register(session, new, account_id, by, at)


def register_for(session: Session, *, new: NewEmployer, phone: str, by: Actor, at: datetime) -> Employer:
    """Register an employer from what staff of its town hold: its operator logs in by `phone`, shows the papers, and it
    waits to be verified as any other. Nothing of a refusal is kept.

    Raises AlreadyRegistered, InvalidValue, UnknownRegion, NotAllowed, OutOfScope.
    """
    accounts_service.require(session, by=by, permission=Permission.IMPORT, region=new.town)
    with session.begin_nested():
        account = accounts_service.open_account(session, phone=phone, at=at)
        return _register(session, new, account.id, by, at)


def unregister_many(session: Session, *, employer_ids: Sequence[int], by: Actor, at: datetime) -> dict[int, str]:
    """Really remove employers whom staff registered and nobody has had to do with since, and close their accounts.

    Returns why the others stay: "changed" (someone decided, or looked at the operator), or the table that has rows of
    them. Raises NotAllowed, OutOfScope.
    """
    query = select(Employer).where(Employer.id.in_(employer_ids)).order_by(Employer.id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    for town in sorted({employer.town for employer in found}):
        accounts_service.require(session, by=by, permission=Permission.IMPORT, region=town)
    kept = dict.fromkeys(touched(session, "employer", employer_ids, apart_from=(REGISTERED, UNREGISTERED)), "changed")
    kept |= referring(session, Employer, employer_ids)
    gone = [employer for employer in found if employer.id not in kept]
    for employer in gone:
        _record(session, UNREGISTERED, employer, by, at)
        session.delete(employer)
    session.flush()
    opened = {employer.account_id: employer.registered_at for employer in gone}
    accounts_service.close_unused(session, opened=opened, at=at)
    return kept


def _register(session: Session, new: NewEmployer, account_id: int, by: Actor, at: datetime) -> Employer:
    new = rules.check_new(new, today=clock.local_date(at))
    if queries.employer_id_of_account(session, account_id) is not None:
        raise rules.AlreadyRegistered(same="account")
    employer = Employer(
        account_id=account_id,
        name=new.name,
        short=new.short,
        uscc=new.uscc,
        county=regions.region(new.town).code[:6],
        town=new.town,
        address=new.address,
        state=Verification.WAITING,
        state_since=at,
        registered_at=at,
    )
    employer.operator, employer.operator_id_number = new.operator, new.operator_id_number
    try:
        with session.begin_nested():
            session.add(employer)
            session.flush()
    except IntegrityError:
        raise rules.AlreadyRegistered(same="uscc") from None
    _record(session, REGISTERED, employer, by, at)
    return employer


def add_paper(session: Session, *, employer_id: int, paper: Paper, body: bytes, by: Actor, at: datetime) -> Document:
    """Keep a paper of the operator's, in place of the one before. Raises InvalidValue, NotAllowed, NotFound."""
    employer = _own(session, employer_id, by)
    media_type = rules.media_type_of(body)
    document = _document(session, employer_id, paper) or Document(employer_id=employer_id, paper=paper)
    document.media_type, document.sha256 = media_type, hashlib.sha256(body).hexdigest()
    document.body, document.added_at = body, at
    session.add(document)
    _record(session, "employer.add_paper", employer, by, at, paper=paper.value, sha256=document.sha256)
    return document


def verify(session: Session, *, employer_id: int, by: Actor, at: datetime) -> Employer:
    """Staff have checked all three papers: verified for as long as the law lets it stand (six months).

    Raises PapersMissing, IllegalMove, NotAllowed, OutOfScope, NotFound.
    """
    employer = _verified(session, "verify", employer_id, by, at)
    _tell(session, employer, f"【乐业】{employer.short}核验通过了，现在发活马上就能看到。", at)
    return employer


def reverify(session: Session, *, employer_id: int, by: Actor, at: datetime) -> Employer:
    """Checked again, before its term ended or after: a new term from now. Raises as `verify`."""
    return _verified(session, "reverify", employer_id, by, at)


def refuse(session: Session, *, employer_id: int, reason: str, by: Actor, at: datetime) -> Employer:
    """Not verified, and told why. Raises ReasonMissing, IllegalMove, NotAllowed, OutOfScope, NotFound."""
    employer = _decided(session, "refuse", employer_id, by, at, reason=check_reason(reason))
    _tell(session, employer, f"【乐业】{employer.short}的核验没通过：{employer.state_reason}。改好再交一次就行。", at)
    return employer


def suspend(session: Session, *, employer_id: int, reason: str, by: Actor, at: datetime) -> Employer:
    """Take a verified employer out, its state alone: for the market's verb, which closes its postings with it.

    Entrances must not call this one. Raises ReasonMissing, IllegalMove, NotAllowed, OutOfScope, NotFound.
    """
    return _decided(session, "suspend", employer_id, by, at, reason=check_reason(reason))


def restore(session: Session, *, employer_id: int, by: Actor, at: datetime) -> Employer:
    """End a suspension; the verification's term runs on as it was. Raises as `suspend`."""
    return _decided(session, "restore", employer_id, by, at)


def resubmit(session: Session, *, employer_id: int, by: Actor, at: datetime) -> Employer:
    """Back to the queue's end after a refusal, by the operator. Raises IllegalMove, NotAllowed, NotFound."""
    employer = _own(session, employer_id, by)
    _move(session, employer, "resubmit", by, at)
    return employer


def read_paper(session: Session, *, employer_id: int, paper: Paper, by: Actor, at: datetime) -> PaperBody:
    """A paper's file, for the operator or the verifying staff; each look is logged. Raises NotFound, NotAllowed."""
    employer = _employer(session, employer_id)
    if by.account_id != employer.account_id:
        _require_staff(session, employer, by)
    document = _document(session, employer_id, paper)
    if document is None:
        raise NotFound(what="paper", employer_id=employer_id)
    _record(session, "employer.read_paper", employer, by, at, paper=paper.value)
    return PaperBody(media_type=document.media_type, body=document.body)


def reveal_operator(session: Session, *, employer_id: int, reason: str, by: Actor, at: datetime) -> Operator:
    """The operator in the clear, for the verifying staff; each look is logged. Raises ReasonMissing, NotAllowed."""
    reason = check_reason(reason)
    employer = _watched(session, employer_id, by)
    _record(session, "employer.reveal_operator", employer, by, at, reason=reason)
    return Operator(
        name=employer.operator or "",
        id_number=employer.operator_id_number or "",
        phone=_phone(session, employer),
    )


def show_phone(session: Session, *, employer_id: int, reason: str, by: Actor, at: datetime) -> str:
    """The operator's phone, for a caller that has decided that `by` may call; each look is logged.

    Raises ReasonMissing, NotFound also for an operator without a phone.
    """
    reason = check_reason(reason)
    employer = _employer(session, employer_id)
    phone = _phone(session, employer)
    if not phone:
        raise NotFound(what="phone", employer_id=employer_id)
    _record(session, "employer.phone_seen", employer, by, at, reason=reason)
    return phone


def add_project(session: Session, *, employer_id: int, new: NewProject, by: Actor, at: datetime) -> Project:
    """Enter a construction project. Raises InvalidValue, ProjectKnown, NotAllowed, NotFound."""
    employer = _own(session, employer_id, by)
    new = rules.check_project(new)
    known = select(Project.id).where(Project.employer_id == employer_id, Project.number == new.number)
    if (same := session.scalar(known)) is not None:
        raise rules.ProjectKnown(project_id=same)
    project = Project(
        employer_id=employer_id,
        name=new.name,
        number=new.number,
        contractor=new.contractor,
        insurance_number=new.insurance_number,
        bank=new.bank,
        added_at=at,
    )
    project.wage_account = new.wage_account or None
    session.add(project)
    session.flush()
    _record(session, "employer.add_project", employer, by, at, project=project.id)
    return project


def close_project(session: Session, *, project_id: int, by: Actor, at: datetime) -> Project:
    """The project is over: no more work is posted for it. Raises NotAllowed, NotFound."""
    project = session.get(Project, project_id)
    if project is None:
        raise NotFound(what="project", id=project_id)
    employer = _own(session, project.employer_id, by)
    if project.closed_at is None:
        project.closed_at = at
        _record(session, "employer.close_project", employer, by, at, project=project_id)
    return project


def _employer(session: Session, employer_id: int) -> Employer:
    """The employer, locked."""
    employer = session.get(Employer, employer_id, with_for_update=True, populate_existing=True)
    if employer is None:
        raise NotFound(what="employer", id=employer_id)
    return employer


def _own(session: Session, employer_id: int, by: Actor) -> Employer:
    employer = _employer(session, employer_id)
    if by != audit.SYSTEM and by.account_id != employer.account_id:
        raise NotAllowed(permission="own_employer", region=employer.county)
    return employer


def _watched(session: Session, employer_id: int, by: Actor) -> Employer:
    """The employer, locked, for staff who verify in its county."""
    employer = _employer(session, employer_id)
    _require_staff(session, employer, by)
    return employer


def _require_staff(session: Session, employer: Employer, by: Actor) -> None:
    accounts_service.require(session, by=by, permission=Permission.VERIFY_EMPLOYER, region=employer.county)


def _verified(session: Session, verb: str, employer_id: int, by: Actor, at: datetime) -> Employer:
    employer = _watched(session, employer_id, by)
    shown = set(session.scalars(select(Document.paper).where(Document.employer_id == employer_id)))
    if missing := [paper.value for paper in Paper if paper not in shown]:
        raise rules.PapersMissing(missing=missing)
    _move(session, employer, verb, by, at)
    months = law.gate_law().limit("reverify_months", clock.local_date(at)).value
    employer.verified_at, employer.valid_until = at, rules.months_later(at, months)
    session.flush()
    return employer


def _decided(session: Session, verb: str, employer_id: int, by: Actor, at: datetime, *, reason: str = "") -> Employer:
    employer = _watched(session, employer_id, by)
    _move(session, employer, verb, by, at, reason=reason)
    return employer


def _move(session: Session, employer: Employer, verb: str, by: Actor, at: datetime, *, reason: str = "") -> None:
    employer.state = rules.state_after(verb, employer.state)
    employer.state_reason, employer.state_since = reason, at
    _record(session, f"employer.{verb}", employer, by, at, reason=reason, state=employer.state.value)


def _document(session: Session, employer_id: int, paper: Paper) -> Document | None:
    return session.scalars(
        select(Document).where(Document.employer_id == employer_id, Document.paper == paper)
    ).one_or_none()


def _phone(session: Session, employer: Employer) -> str | None:
    account = accounts.account(session, employer.account_id)
    return None if account is None else account.phone


def _tell(session: Session, employer: Employer, body: str, at: datetime) -> None:
    phone = _phone(session, employer)
    if phone:
        messages.queue(session, phone=phone, body=body, purpose="employer_verification", at=at)


def _record(
    session: Session, verb: str, employer: Employer, by: Actor, at: datetime, *, reason: str = "", **details: Any
) -> None:
    audit.record(session, verb=verb, subject=f"employer:{employer.id}", by=by, at=at, reason=reason, **details)
    session.flush()
