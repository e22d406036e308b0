"""The verbs on workers. A worker keeps the own profile; staff and agents keep those of their region, all of it audited.

Every change goes through the ORM's flush, so that the change feed tells the engines.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, lazyload

from zero_work_market.ground import audit, changes, clock
from zero_work_market.ground.audit import Actor
from zero_work_market.ground.errors import InvalidValue, LeyeError, NotAllowed, NotFound
from zero_work_market.ground.privacy import lookup
from zero_work_market.ground.referring import referring, touched
from zero_work_market.people.accounts import queries as accounts
from zero_work_market.people.accounts import service as accounts_service
from zero_work_market.people.accounts.models import Grant
from zero_work_market.people.accounts.rules import CodePurpose, Permission, birth_date, check_reason, require
from zero_work_market.people.workers import queries, rules
from zero_work_market.people.workers.models import Consent, DayOff, HeldBrand, Skill, Worker
from zero_work_market.people.workers.rules import Given, NewSkill, NewWorker, Place, Profile, Purpose, Secret, SignedFor
from zero_work_market.reference.law import queries as law
from zero_work_market.reference.occupations import queries as occupations
from zero_work_market.reference.regions import queries as regions

REGISTERED, UNREGISTERED, FLAGGED = "worker.registered", "worker.unregistered", "worker.phone_flagged"


def register(
    session: Session, *, new: NewWorker, by: Actor, at: datetime, account_id: int | None = None, slip: str = ""
) -> Worker:
    """Register a person: oneself with one's own `account_id`, or by an agent with the number of the consent slip.

    Raises AlreadyRegistered, UnderAge, SlipMissing, NotAllowed, OutOfScope, InvalidValue, NotFound.
    """
    today = clock.local_date(at)
    new = rules.check_new(new, today=today)
    slip = _require_may_register(session, new.place, by, account_id, slip)
    _require_working_age(new, today)
    if account_id is not None and queries.worker_id_of_account(session, account_id) is not None:
        raise rules.AlreadyRegistered(same="account")
    worker = _erased_row(session, lookup(new.id_number, kind="id_number")) or Worker()
    worker.account_id = account_id
    _fill(session, worker, new, by, at)
    _put_skills(worker, new.skills)
    _put_phone(worker, new.phone if account_id is None else _own_phone(session, account_id))
    worker.consents.append(Consent(**_consent(by, at, slip)))
    try:
        with session.begin_nested():
            session.add(worker)
            session.flush()
    except IntegrityError:
        raise rules.AlreadyRegistered(same="person") from None
    if worker.phone_hash:
        workers = session.scalar(select(func.count()).where(Worker.phone_hash == worker.phone_hash)) or 0
        _flag_shared_phone(session, worker, workers, by, at)
    _changed(session, REGISTERED, worker, by, at)
    return worker


def register_many(
    session: Session, *, people: Sequence[SignedFor], by: Actor, at: datetime
) -> list[Worker | LeyeError]:
    """As `register` by an agent, for hundreds at once: of each in its order the worker, or the refusal.

    Raises IntegrityError when another transaction registers one of them at the same moment: nothing is done then.
    """
    today, grants = clock.local_date(at), accounts.grants_of(session, by.account_id)
    checked = [_checked(person, grants, by, today) for person in people]
    numbers = [one.new.id_number for one in checked if isinstance(one, SignedFor)]
    known = _workers_of(session, [lookup(number, kind="id_number") for number in numbers])
    # Kept at hand, so that `session.get` asks the database for none of them.
    villages = accounts.villages_of(session, {person.new.place.village for person in people})
    fresh: list[tuple[SignedFor, Worker]] = []
    outcomes = [_added(session, one, known, fresh, by, at) if isinstance(one, SignedFor) else one for one in checked]
    made = [one for one in outcomes if isinstance(one, Worker)]
    phones = _on_phones(session, made)
    session.flush()
    _insert_parts(session, fresh, by, at)
    for worker in made:
        phones[worker.phone_hash] += 1
        _flag_shared_phone(session, worker, phones[worker.phone_hash], by, at)
    audit.record_many(session, verb=REGISTERED, subjects=map(_subject, made), by=by, at=at)
    session.flush()
    del villages
    return outcomes


def unregister_many(session: Session, *, worker_ids: Sequence[int], by: Actor, at: datetime) -> dict[int, str]:
    """Really remove workers whom staff registered and nobody has had to do with since: row, skills, consents. The log
    stays; SQLite may give the number out again, so who was changed or looked at stays too.

    Returns why the others stay: "account" (they log in themselves), "changed" (someone changed them, or looked), or
    the table that has rows of them. Who isn't there any more is passed over. Raises NotAllowed, OutOfScope.
    """
    query = select(Worker).where(Worker.id.in_(worker_ids)).order_by(Worker.id).with_for_update()
    workers = session.scalars(query.options(lazyload("*")).execution_options(populate_existing=True)).all()
    for region in sorted({worker.village or worker.town for worker in workers}):
        accounts_service.require(session, by=by, permission=Permission.REGISTER_WORKER, region=region)
    seen = touched(session, "worker", worker_ids, apart_from=(REGISTERED, UNREGISTERED, FLAGGED))
    kept = dict.fromkeys(seen, "changed")
    kept |= referring(session, Worker, worker_ids, apart_from=(Skill, Consent))
    kept |= {worker.id: "account" for worker in workers if worker.account_id is not None}
    gone = {worker.id for worker in workers} - kept.keys()
    for model, column in ((Skill, Skill.worker_id), (Consent, Consent.worker_id), (Worker, Worker.id)):
        session.execute(delete(model).where(column.in_(gone)).execution_options(synchronize_session=False))
    for worker in workers:
        if worker.id in gone:
            session.expunge(worker)
    subjects = [_subject(worker) for worker in workers if worker.id in gone]
    audit.record_many(session, verb=UNREGISTERED, subjects=subjects, by=by, at=at)
    changes.note(session, "worker", gone)
    session.flush()
    return kept


def bind_phone(
    session: Session, *, worker_id: int, phone: str, code: str, by: Actor, at: datetime
) -> Worker | LeyeError:
    """Give a worker the account of `phone`, proved by the code sent there for binding (`CodePurpose.BIND`).

    Returns a wrong or expired code's refusal, to be committed. Raises AlreadyRegistered when the account has a worker.
    """
    worker = _worker_for(session, worker_id, by)
    proved = accounts_service.try_code(session, phone=phone, code=code, at=at, purpose=CodePurpose.BIND)
    if isinstance(proved, LeyeError):
        return proved
    if queries.worker_id_of_account(session, proved.id) not in (None, worker.id):
        raise rules.AlreadyRegistered(same="account")
    worker.account_id = proved.id
    _put_phone(worker, proved.phone)
    _changed(session, "worker.phone_bound", worker, by, at)
    return worker


def set_place(session: Session, *, worker_id: int, place: Place, by: Actor, at: datetime) -> None:
    """Move a worker's home. Staff need both the old and the new one in their region."""
    worker = _worker_for(session, worker_id, by)
    rules.check_point(place)
    if by.account_id != worker.account_id:
        region = place.village or place.town
        accounts_service.require(session, by=by, permission=Permission.REGISTER_WORKER, region=region)
    _put_place(session, worker, place)
    _changed(session, "worker.moved", worker, by, at)


def set_radius(session: Session, *, worker_id: int, radius_km: float, relocates: bool, by: Actor, at: datetime) -> None:
    """How far the worker goes, 0–300 km; who relocates goes anywhere."""
    _set(session, worker_id, by, at, radius_km=radius_km, relocates=relocates)


def set_floor(session: Session, *, worker_id: int, min_hourly_fen: int, by: Actor, at: datetime) -> None:
    """The least hourly pay that the worker wants to hear of, 0 for any."""
    _set(session, worker_id, by, at, min_hourly_fen=min_hourly_fen)


def set_week(session: Session, *, worker_id: int, week: int, by: Actor, at: datetime) -> None:
    """The free quarters of an ordinary week, 28 bits as in `rules.Profile`."""
    _set(session, worker_id, by, at, week=week)


def add_day_off(session: Session, *, worker_id: int, day: date, by: Actor, at: datetime) -> None:
    """A day on which the worker isn't free; said twice, it is there once. Raises InvalidValue for a past day."""
    worker = _worker_for(session, worker_id, by)
    if day < clock.local_date(at):
        raise InvalidValue(field="day", reason="past")
    if day not in queries.days_off(session, worker.id):
        session.add(DayOff(worker_id=worker.id, day=day))
        _changed(session, "worker.day_off_added", worker, by, at, day=day.isoformat())


def remove_day_off(session: Session, *, worker_id: int, day: date, by: Actor, at: datetime) -> None:
    worker = _worker_for(session, worker_id, by)
    held = session.scalars(select(DayOff).where(DayOff.worker_id == worker.id, DayOff.day == day)).one_or_none()
    if held is not None:
        session.delete(held)
        _changed(session, "worker.day_off_removed", worker, by, at, day=day.isoformat())


def set_skills(session: Session, *, worker_id: int, skills: Iterable[NewSkill], by: Actor, at: datetime) -> None:
    """Make these the worker's skills. A certificate seen before stays seen while occupation, level and name stay."""
    worker = _worker_for(session, worker_id, by)
    _put_skills(worker, rules.check_skills(skills))
    _changed(session, "worker.skills_set", worker, by, at)


def see_certificate(session: Session, *, worker_id: int, occupation: str, by: Actor, at: datetime) -> None:
    """Staff or an agent saw the certificate that a skill names. Raises NotAllowed to the worker; NotFound if none."""
    worker = _worker_for(session, worker_id, by)
    if by.account_id is not None and by.account_id == worker.account_id:
        raise NotAllowed(permission=Permission.REGISTER_WORKER.value, region=worker.town)
    skill = next((skill for skill in worker.skills if skill.occupation == occupation and skill.certificate), None)
    if skill is None:
        raise NotFound(what="certificate", worker_id=worker_id)
    skill.certificate_seen_at = at
    _changed(session, "worker.certificate_seen", worker, by, at, occupation=occupation)


def certify(
    session: Session, *, worker_id: int, occupation: str, level: int, certificate: str, by: Actor, at: datetime
) -> None:
    """Write a certificate that the caller has just issued on the worker's skill: seen, and never a lower level than a
    seen one that they hold. Raises NotFound, UnknownOccupation; InvalidValue when no further skill has room.
    """
    worker = _worker(session, worker_id)
    code = occupations.occupation(occupation).code
    skill = next((skill for skill in worker.skills if skill.occupation == code), None)
    if skill is None:
        if len(worker.skills) >= rules.MOST_SKILLS:
            raise InvalidValue(field="skills", reason="too_many", most=rules.MOST_SKILLS)
        skill = Skill(occupation=code, level=level)
        worker.skills.append(skill)
    if skill.certificate_seen_at is None or level >= skill.level:
        skill.level, skill.certificate, skill.certificate_seen_at = max(level, skill.level), certificate, at
    _changed(session, "worker.certified", worker, by, at, occupation=code, level=level)


def set_brands(session: Session, *, worker_id: int, brands: Iterable[str], by: Actor, at: datetime) -> None:
    """Make these the brand codes that the worker holds, for a caller that has decided by itself that `by` may: who
    certifies in a brand's name, wherever the worker lives. Raises NotFound, InvalidValue on "brands".
    """
    worker = _worker(session, worker_id)
    wanted = rules.check_brands(brands)
    held = {row.brand: row for row in worker.brands}
    for brand in held.keys() - set(wanted):
        worker.brands.remove(held[brand])
    worker.brands.extend(HeldBrand(brand=brand) for brand in wanted if brand not in held)
    _changed(session, "worker.brands_set", worker, by, at, brands=list(wanted))


def pause(session: Session, *, worker_id: int, by: Actor, at: datetime) -> None:
    """Out of every ranking until `resume`."""
    worker = _worker_for(session, worker_id, by)
    worker.active = False
    _changed(session, "worker.paused", worker, by, at)


def resume(session: Session, *, worker_id: int, by: Actor, at: datetime) -> None:
    worker = _worker_for(session, worker_id, by)
    worker.active = True
    _changed(session, "worker.resumed", worker, by, at)


def consent(session: Session, *, worker_id: int, purpose: Purpose, by: Actor, at: datetime, slip: str = "") -> Consent:
    """The worker agrees to a purpose: by tapping, or on a paper slip that staff have seen. Twice is once.

    Raises NotAllowed, OutOfScope; SlipMissing when staff say so without the slip's number.
    """
    worker = _worker_for(session, worker_id, by)
    own = by.account_id is not None and by.account_id == worker.account_id
    number = "" if own else rules.check_slip(slip)
    given = [one for one in worker.consents if one.purpose == purpose and one.withdrawn_at is None]
    if given:
        return given[0]
    row = Consent(**_consent(by, at, number) | {"purpose": purpose})
    worker.consents.append(row)
    _changed(session, "worker.consented", worker, by, at, purpose=purpose.value)
    return row


def take_back_consent(session: Session, *, worker_id: int, purpose: Purpose, by: Actor, at: datetime) -> None:
    """The worker doesn't agree any more (个人信息保护法 15)."""
    worker = _worker_for(session, worker_id, by)
    for row in worker.consents:
        if row.purpose == purpose and row.withdrawn_at is None:
            row.withdrawn_at = at
    _changed(session, "worker.consent_taken_back", worker, by, at, purpose=purpose.value)


def reveal(session: Session, *, worker_id: int, what: Secret, reason: str, by: Actor, at: datetime) -> str:
    """The full name, ID number or phone, for staff of the worker's region; logged each time with its reason.

    Raises ReasonMissing, NotAllowed, OutOfScope; NotFound also for a phone that isn't there. Works on an erased profile
    as long as the law keeps it.
    """
    worker = _worker(session, worker_id, erased=True)
    region = worker.village or worker.town
    accounts_service.require(session, by=by, permission=Permission.SEE_FULL_ID, region=region)
    return show(session, worker_id=worker_id, what=what, reason=reason, by=by, at=at)


def show(session: Session, *, worker_id: int, what: Secret, reason: str, by: Actor, at: datetime) -> str:
    """As `reveal`, for a caller that has decided by itself that `by` may look: a confirmed hire opens the phone."""
    reason = check_reason(reason)
    worker = _worker(session, worker_id, erased=True)
    secret: str | None = getattr(worker, what.value)
    if not secret:
        raise NotFound(what=what.value, worker_id=worker_id)
    audit.record(session, verb=f"worker.{what}_seen", subject=_subject(worker), by=by, at=at, reason=reason)
    session.flush()
    return secret


def export_of(session: Session, *, worker_id: int, by: Actor, at: datetime) -> dict[str, Any]:
    """All that is kept of a worker, ready for JSON, for the worker alone (个人信息保护法 45). Raises NotAllowed."""
    worker = _worker(session, worker_id)
    if by.account_id is None or by.account_id != worker.account_id:
        raise NotAllowed(permission="export", region=worker.town)
    data = queries.own_data(session, worker)
    audit.record(session, verb="worker.exported", subject=_subject(worker), by=by, at=at)
    session.flush()
    return data


def erase(session: Session, *, worker_id: int, kept_until: date | None, by: Actor, at: datetime) -> None:
    """Empty the profile and rank it no more, by the worker or staff whom the worker asked (个人信息保护法 47).

    `kept_until` is the last day on which the ledgers of the worker's hires must show name and ID number; they stay,
    marked, until then. None when there was no hire: they go at once.
    """
    worker = _worker_for(session, worker_id, by)
    worker.active, worker.erased_at, worker.kept_until = False, at, kept_until
    worker.account_id = worker.village = None
    worker.lon, worker.lat = round(worker.lon, 1), round(worker.lat, 1)
    worker.relocates, worker.min_hourly_fen, worker.week = False, 0, 0
    _put_phone(worker, None)
    worker.skills.clear()
    worker.brands.clear()
    for row in session.scalars(select(DayOff).where(DayOff.worker_id == worker.id)):
        session.delete(row)
    for consent in worker.consents:
        consent.withdrawn_at = consent.withdrawn_at or at
    if kept_until is None:
        _forget_person(worker)
    _changed(session, "worker.erased", worker, by, at)


def forget_kept(session: Session, *, at: datetime) -> int:
    """Let go of the name and ID number of erased profiles whose `kept_until` is over. Returns how many."""
    over = select(Worker).where(Worker.kept_until < clock.local_date(at)).with_for_update()
    workers = session.scalars(over).all()
    for worker in workers:
        _forget_person(worker)
        _changed(session, "worker.forgotten", worker, audit.SYSTEM, at)
    return len(workers)


def _worker(session: Session, worker_id: int, *, erased: bool = False) -> Worker:
    """The worker, locked. Raises NotFound; an erased one is found only if asked for."""
    worker = session.get(Worker, worker_id, with_for_update=True, populate_existing=True)
    if worker is None or (worker.erased_at is not None and not erased):
        raise NotFound(what="worker", id=worker_id)
    return worker


def _worker_for(session: Session, worker_id: int, by: Actor) -> Worker:
    """The worker, locked, for themselves or for staff of their region. Raises NotFound, NotAllowed, OutOfScope."""
    worker = _worker(session, worker_id)
    if by.account_id is None or by.account_id != worker.account_id:
        region = worker.village or worker.town
        accounts_service.require(session, by=by, permission=Permission.REGISTER_WORKER, region=region)
    return worker


def _require_may_register(session: Session, place: Place, by: Actor, account_id: int | None, slip: str) -> str:
    if account_id is None:
        region = place.village or place.town
        accounts_service.require(session, by=by, permission=Permission.REGISTER_WORKER, region=region)
        return rules.check_slip(slip)
    if by.account_id != account_id and by != audit.SYSTEM:
        raise NotAllowed(permission=Permission.REGISTER_WORKER.value, region=place.town)
    return ""


def _erased_row(session: Session, id_number_hash: str) -> Worker | None:
    """The erased profile of a person who comes back while the law still keeps them: one person stays one row."""
    kept = select(Worker).where(Worker.id_number_hash == id_number_hash, Worker.erased_at.is_not(None))
    return session.scalars(kept.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _own_phone(session: Session, account_id: int) -> str | None:
    account = accounts.account(session, account_id)
    if account is None:
        raise NotFound(what="account", id=account_id)
    return account.phone


def _put_place(session: Session, worker: Worker, place: Place) -> None:
    town = regions.region(place.town)
    if town.level != "town":
        raise InvalidValue(field="town", reason="level", given=place.town)
    village = accounts.village(session, place.village) if place.village else None
    if place.village and (village is None or village.town != place.town):
        raise InvalidValue(field="village", reason="unknown", given=place.village)
    worker.town, worker.village = place.town, place.village
    worker.lon = town.lon if place.lon is None else place.lon
    worker.lat = town.lat if place.lat is None else place.lat


def _put_skills(worker: Worker, skills: tuple[NewSkill, ...]) -> None:
    held = {skill.occupation: skill for skill in worker.skills}
    for occupation in held.keys() - {skill.occupation for skill in skills}:
        worker.skills.remove(held[occupation])
    for new in skills:
        occupations.occupation(new.occupation)
        skill = held.get(new.occupation)
        if skill is None:
            worker.skills.append(Skill(occupation=new.occupation, level=new.level, certificate=new.certificate))
        elif (skill.level, skill.certificate) != (new.level, new.certificate):
            skill.level, skill.certificate, skill.certificate_seen_at = new.level, new.certificate, None


def _consent(by: Actor, at: datetime, slip: str) -> dict[str, Any]:
    """Of the worker's own tapping, or of a slip that who registers has seen signed."""
    how = Given.ON_PAPER if slip else Given.BY_TAPPING
    witness = by.account_id if slip else None
    told = {"purpose": Purpose.MATCHING, "given_how": how, "witness_account_id": witness, "slip": slip}
    return told | {"given_at": at}


def _put_phone(worker: Worker, phone: str | None) -> None:
    worker.phone, worker.phone_hash = phone, phone and lookup(phone, kind="phone")


def _set(session: Session, worker_id: int, by: Actor, at: datetime, **values: Any) -> None:
    worker = _worker_for(session, worker_id, by)
    rules.check_profile(replace(_profile_of(worker), **values))
    for name, value in values.items():
        setattr(worker, name, value)
    _changed(session, "worker.wishes_set", worker, by, at, **values)


def _profile_of(worker: Worker) -> Profile:
    return Profile(
        radius_km=worker.radius_km,
        relocates=worker.relocates,
        min_hourly_fen=worker.min_hourly_fen,
        week=worker.week,
    )


def _flag_shared_phone(session: Session, worker: Worker, workers: int, by: Actor, at: datetime) -> None:
    """With `workers` on the phone, this one among them."""
    if worker.phone_hash and workers >= rules.SHARED_PHONE:
        audit.record(session, verb=FLAGGED, subject=_subject(worker), by=by, at=at, workers=workers)


def _on_phones(session: Session, made: Iterable[Worker]) -> Counter[str | None]:
    """How many workers there are on the phones of those that are being made, without them."""
    with session.no_autoflush:
        counted = select(Worker.phone_hash, func.count()).group_by(Worker.phone_hash)
        hashes = {worker.phone_hash for worker in made if worker.phone_hash}
        return Counter(dict(session.execute(counted.where(Worker.phone_hash.in_(hashes))).all()))


def _checked(person: SignedFor, grants: Sequence[Grant], by: Actor, today: date) -> SignedFor | LeyeError:
    try:
        new, slip = rules.check_new(person.new, today=today), rules.check_slip(person.slip)
        if by != audit.SYSTEM:
            require(grants, Permission.REGISTER_WORKER, new.place.village or new.place.town)
        _require_working_age(new, today)
        for skill in new.skills:
            occupations.occupation(skill.occupation)
    except LeyeError as refusal:
        return refusal
    return SignedFor(new, slip)


def _added(
    session: Session,
    person: SignedFor,
    known: dict[str, Worker],
    fresh: list[tuple[SignedFor, Worker]],
    by: Actor,
    at: datetime,
) -> Worker | LeyeError:
    """The person as a worker of the session, or the refusal: by hash of ID number among the known then, and among the
    fresh, whose skills and consent are yet to come, unless they come back to an erased profile."""
    number = lookup(person.new.id_number, kind="id_number")
    worker = known.get(number) or Worker()
    if number in known and worker.erased_at is None:
        return rules.AlreadyRegistered(same="person")
    try:
        with session.no_autoflush:
            _fill(session, worker, person.new, by, at)
    except LeyeError as refusal:
        return refusal
    _put_phone(worker, person.new.phone)
    if number in known:
        _put_skills(worker, person.new.skills)
        worker.consents.append(Consent(**_consent(by, at, person.slip)))
    else:
        session.add(worker)
        fresh.append((person, worker))
    known[number] = worker
    return worker


def _insert_parts(session: Session, fresh: Sequence[tuple[SignedFor, Worker]], by: Actor, at: datetime) -> None:
    """Skills and consents of workers that are just inserted; the feed has the workers already."""
    skills = [
        {"worker_id": worker.id, "occupation": one.occupation, "level": one.level, "certificate": one.certificate}
        for person, worker in fresh
        for one in person.new.skills
    ]
    if skills:
        session.execute(insert(Skill), skills)
    if fresh:
        session.execute(insert(Consent), [{"worker_id": row.id, **_consent(by, at, one.slip)} for one, row in fresh])


def _fill(session: Session, worker: Worker, new: NewWorker, by: Actor, at: datetime) -> None:
    """Make the row this person's; skills, consent and phone are put by who calls."""
    _put_place(session, worker, new.place)
    worker.name, worker.surname, worker.born_on = new.name, rules.surname_of(new.name), birth_date(new.id_number)
    worker.id_number, worker.id_number_hash = new.id_number, lookup(new.id_number, kind="id_number")
    worker.registered_at, worker.active, worker.erased_at, worker.kept_until = at, True, None, None
    worker.registered_by = None if by.account_id == worker.account_id else by.account_id
    for name, value in asdict(new.profile).items():
        setattr(worker, name, value)


def _require_working_age(new: NewWorker, today: date) -> None:
    least = law.gate_law().limit("working_age", today).value
    rules.check_age(birth_date(new.id_number), today=today, least=least)


def _workers_of(session: Session, hashes: Iterable[str]) -> dict[str, Worker]:
    """By hash of ID number, locked, erased profiles too."""
    query = select(Worker).where(Worker.id_number_hash.in_(tuple(hashes))).order_by(Worker.id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True))
    return {worker.id_number_hash: worker for worker in found}


def _forget_person(worker: Worker) -> None:
    """Only the year of birth and the town stay, for the counts."""
    worker.name = worker.surname = worker.id_number = ""
    worker.id_number_hash = lookup(worker.seal, kind="erased")
    worker.born_on, worker.kept_until = worker.born_on.replace(month=1, day=1), None


def _changed(session: Session, verb: str, worker: Worker, by: Actor, at: datetime, **details: Any) -> None:
    audit.record(session, verb=verb, subject=_subject(worker), by=by, at=at, **details)
    session.flush()


def _subject(worker: Worker) -> str:
    return f"worker:{worker.id}"
