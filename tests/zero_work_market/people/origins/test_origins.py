"""Where a worker is at home: told with consent, sealed, proven by who may, taken back without a trace."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.support.makers import COUNTY, NOW, TOWN, make_staff, make_worker, oneself
from zero_work_market.ground.audit import AuditRow
from zero_work_market.ground.errors import InvalidValue, NotAllowed
from zero_work_market.people.accounts.rules import OutOfScope, ReasonMissing, Role
from zero_work_market.people.origins import service
from zero_work_market.people.origins.models import Origin
from zero_work_market.people.origins.queries import home_of, name_of
from zero_work_market.people.origins.rules import NotTold, Proof, ProofTooWeak, Status
from zero_work_market.people.workers.models import Consent, Worker
from zero_work_market.people.workers.rules import Given, Purpose, SlipMissing
from zero_work_market.reference.regions.rules import UnknownRegion


def tell(session: Session, worker: Worker, region: str = "500101", status: Status = Status.LIFTED, **more) -> None:
    service.tell(
        session, worker_id=worker.id, region=region, status=status, **{"by": oneself(worker), "at": NOW} | more
    )


def prove(session: Session, worker: Worker, proof: Proof = Proof.SYSTEM, **more) -> None:
    by = more.pop("by", None) or make_staff(session, Role.TOWN, TOWN)
    service.prove(session, worker_id=worker.id, proof=proof, number=more.pop("number", "5001 23"), by=by, at=NOW)


def test_what_is_told_is_kept_sealed_with_a_consent_of_its_own(session: Session) -> None:
    worker = make_worker(session)
    assert home_of(session, worker.id) is None
    tell(session, worker)
    home = home_of(session, worker.id)
    assert home is not None
    assert (home.name, home.status, home.proven_at) == ("重庆市万州区", Status.LIFTED, None)
    sealed = session.execute(text("SELECT status_sealed FROM origins")).scalar_one()
    assert b"lifted" not in bytes(sealed)
    [consent] = session.scalars(select(Consent).where(Consent.purpose == Purpose.COOPERATION))
    assert (consent.given_how, consent.witness_account_id) == (Given.BY_TAPPING, None)
    tell(session, worker, "520000", Status.NONE)
    assert session.query(Origin).count() == 1
    assert session.query(Consent).filter_by(purpose=Purpose.COOPERATION).count() == 1


def test_staff_tell_it_for_someone_only_with_a_slip_and_in_their_region(session: Session) -> None:
    worker, by = make_worker(session), make_staff(session, Role.TOWN, TOWN)
    with pytest.raises(SlipMissing):
        tell(session, worker, by=by)
    with pytest.raises(OutOfScope):
        tell(session, worker, by=make_staff(session, Role.COUNTY, "370828"), slip="甲001")
    tell(session, worker, by=by, slip="甲001")
    [consent] = session.scalars(select(Consent).where(Consent.purpose == Purpose.COOPERATION))
    assert (consent.given_how, consent.witness_account_id, consent.slip) == (Given.ON_PAPER, by.account_id, "甲001")
    with pytest.raises(NotAllowed):
        tell(session, worker, by=oneself(make_worker(session)))
    with pytest.raises(UnknownRegion):
        tell(session, worker, "990000")


def test_a_household_register_proves_the_home_and_not_the_status(session: Session) -> None:
    worker = make_worker(session)
    with pytest.raises(NotTold):
        prove(session, worker)
    tell(session, worker)
    with pytest.raises(ProofTooWeak):
        prove(session, worker, Proof.HOUSEHOLD)
    with pytest.raises(InvalidValue):
        prove(session, worker, number=" ")
    prove(session, worker)
    home = home_of(session, worker.id)
    assert home is not None
    assert (home.proven_at, home.proof) == (NOW, "system:5001 23")
    tell(session, worker, status=Status.NONE)
    prove(session, worker, Proof.HOUSEHOLD)


def test_a_paper_is_seen_by_town_staff_of_the_region_and_never_by_oneself(session: Session) -> None:
    worker = make_worker(session)
    tell(session, worker)
    for by, refusal in (
        (make_staff(session, Role.VILLAGE_AGENT, f"{TOWN}201"), NotAllowed),
        (make_staff(session, Role.COUNTY, "370828"), OutOfScope), (oneself(worker), NotAllowed),
    ):  # fmt: skip
        with pytest.raises(refusal):
            prove(session, worker, by=by)
    county = make_staff(session, Role.COUNTY, COUNTY)
    worker.account_id = county.account_id
    session.flush()
    with pytest.raises(NotAllowed):
        prove(session, worker, by=county)


def test_another_home_or_status_is_not_what_was_proven(session: Session) -> None:
    worker = make_worker(session)
    tell(session, worker)
    prove(session, worker)
    tell(session, worker)
    assert home_of(session, worker.id).proven_at == NOW  # type: ignore[union-attr]
    tell(session, worker, "520000")
    home = home_of(session, worker.id)
    assert home is not None
    assert (home.proven_at, home.proof) == (None, None)


def test_a_wrong_paper_is_taken_away_with_a_reason_that_stays_in_the_log(session: Session) -> None:
    worker, by = make_worker(session), make_staff(session, Role.COUNTY, COUNTY)
    tell(session, worker)
    with pytest.raises(NotTold):
        service.unprove(session, worker_id=worker.id, reason="编号查不到", by=by, at=NOW)
    prove(session, worker)
    with pytest.raises(ReasonMissing):
        service.unprove(session, worker_id=worker.id, reason=" ", by=by, at=NOW)
    service.unprove(session, worker_id=worker.id, reason="编号查不到", by=by, at=NOW)
    assert home_of(session, worker.id).proven_at is None  # type: ignore[union-attr]
    [row] = [row for row in session.query(AuditRow) if row.verb == "origin.unproven"]
    assert (row.subject, row.reason) == (f"worker:{worker.id}", "编号查不到")


def test_taken_back_nothing_of_it_stays(session: Session) -> None:
    worker = make_worker(session)
    tell(session, worker)
    with pytest.raises(NotAllowed):
        service.forget(session, worker_id=worker.id, by=oneself(make_worker(session)), at=NOW)
    service.forget(session, worker_id=worker.id, by=oneself(worker), at=NOW)
    assert session.query(Origin).count() == 0
    [consent] = session.scalars(select(Consent).where(Consent.purpose == Purpose.COOPERATION))
    assert consent.withdrawn_at == NOW
    service.forget(session, worker_id=worker.id, by=oneself(worker), at=NOW)


@pytest.mark.parametrize(("code", "name"), [("500101", "重庆市万州区"), ("520000", "贵州省"), ("520123", "贵州省")])
def test_a_home_is_named_as_far_as_it_is_known(code: str, name: str) -> None:
    assert name_of(code) == name
